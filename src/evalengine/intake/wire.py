"""How sheets cross from the process that reads files to the one that uses them: as JSON, in frames of a stated length.

Plain data only: what a reader that a file took over sends can be wrong, but it cannot be executed. JSON writes the
shortest digits that read back as the same number, so floats arrive bit for bit.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import IO, Any

from evalengine.intake.numbers import ErrorCell, Percent, Scaled, Uncached
from evalengine.intake.parts import MOST_CELLS_OF_FILE
from evalengine.intake.sheets import Row, Sheet, cells_of

LENGTH = 8  # bytes of a frame's length
LARGEST_FRAME = 2**26
LARGEST_ANSWER = 2**28  # what the parent holds of it is at most some twice as much
ROWS_OF_FRAME = 2_000
PLAIN = frozenset({type(None), str, int, float, bool})

Special = tuple[int, int, str, float | str]  # row in the frame, position, kind, content
# The cells JSON has no word for: what they are called, how they are written and read back.
KINDS: Mapping[type, tuple[str, Callable[[Any], float | str], Callable[[Any], object]]] = {
    Percent: ("percent", float, Percent),
    Scaled: ("scaled", float, Scaled),
    ErrorCell: ("error", str.__str__, ErrorCell),
    Uncached: ("uncached", str.__str__, Uncached),
    Decimal: ("decimal", str, Decimal),
    dt.datetime: ("datetime", dt.datetime.isoformat, dt.datetime.fromisoformat),
    dt.date: ("date", dt.date.isoformat, dt.date.fromisoformat),
    dt.time: ("time", dt.time.isoformat, dt.time.fromisoformat),
    dt.timedelta: ("duration", dt.timedelta.total_seconds, lambda seconds: dt.timedelta(seconds=seconds)),
}
READERS = {kind: read for kind, _, read in KINDS.values()}


class WireError(Exception):
    """What came over the wire is not what a reader sends."""


def write_frame(stream: IO[bytes], content: bytes) -> None:
    """Write one frame."""
    stream.write(len(content).to_bytes(LENGTH, "big"))
    stream.write(content)
    stream.flush()


def read_frame(stream: IO[bytes], largest: int = LARGEST_FRAME) -> bytes | None:
    """Return the next frame, None at the end.

    Raises:
        WireError: the frame is longer than allowed, or the end comes within it.
    """
    head = stream.read(LENGTH)
    if not head:
        return None
    length = int.from_bytes(head, "big")
    if len(head) < LENGTH or length > largest:
        raise WireError
    content = stream.read(length)
    if len(content) < length:
        raise WireError
    return content


def packed(message: object) -> bytes:
    """Return a message as JSON in UTF-8."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def unpacked(frame: bytes) -> dict[str, Any]:
    """Return the message of a frame.

    Raises:
        WireError: it is none.
    """
    try:
        message = json.loads(frame)
    except (ValueError, RecursionError) as error:
        raise WireError from error
    if not isinstance(message, dict):
        raise WireError
    return message


def sheet_messages(sheets: Sequence[Sheet]) -> Iterator[dict[str, object]]:
    """Yield the messages that carry sheets: for each what it is, then its rows."""
    for sheet in sheets:
        facts = {
            item.name: getattr(sheet, item.name)
            for item in dataclasses.fields(sheet)
            if item.name not in {"rows", "hidden_rows", "hidden_columns"}
        }
        hidden = {"hidden_rows": sorted(sheet.hidden_rows), "hidden_columns": sorted(sheet.hidden_columns)}
        yield {"sheet": {**facts, **hidden}}
        for first in range(0, len(sheet.rows), ROWS_OF_FRAME):
            yield _row_message(sheet.rows[first : first + ROWS_OF_FRAME])


def sheets_in(messages: Iterator[dict[str, Any]]) -> list[Sheet]:
    """Return the sheets of such messages.

    Raises:
        WireError: the messages carry no sheets, or more cells than a file may have.
    """
    sheets: list[Sheet] = []
    bodies: list[list[Row]] = []
    cells = 0
    try:
        for message in messages:
            if "sheet" in message:
                bodies.append([])
                sheets.append(_sheet(bodies[-1], **message["sheet"]))
            else:
                rows = _rows(message["rows"], message["special"])
                cells += cells_of(rows)
                if cells > MOST_CELLS_OF_FILE:
                    raise WireError
                bodies[-1].extend(rows)
    except (KeyError, IndexError, TypeError, ValueError, ArithmeticError) as error:
        raise WireError from error
    return sheets


def _row_message(rows: Sequence[Row]) -> dict[str, object]:
    sent: list[Row] = []
    special: list[Special] = []
    for number, row in enumerate(rows):
        if not PLAIN.issuperset(map(type, row)):
            special += [
                (number, position, *_written(cell)) for position, cell in enumerate(row) if type(cell) not in PLAIN
            ]
            row = [cell if type(cell) in PLAIN else None for cell in row]  # noqa: PLW2901 - the row as it is sent
        sent.append(row)
    return {"rows": sent, "special": special}


def _written(cell: object) -> tuple[str, float | str]:
    kind, write, _ = KINDS[type(cell)]
    return kind, write(cell)


def _rows(rows: list[list[object]], special: Sequence[Special]) -> list[list[object]]:
    for row in rows:
        if type(row) is not list or not PLAIN.issuperset(map(type, row)):
            raise WireError
    for number, position, kind, content in special:
        rows[number][position] = READERS[kind](content)
    return rows


def _sheet(
    body: list[Row],
    *,
    file: str,
    name: str,
    title: str,
    typed: bool,
    hidden: bool,
    hidden_rows: list[int],
    hidden_columns: list[int],
    merged: list[list[int]],
) -> Sheet:
    return Sheet(
        file=str(file),
        name=str(name),
        title=str(title),
        rows=body,
        typed=bool(typed),
        hidden=bool(hidden),
        hidden_rows=frozenset(map(int, hidden_rows)),
        hidden_columns=frozenset(map(int, hidden_columns)),
        merged=tuple((int(top), int(bottom), int(left), int(right)) for top, bottom, left, right in merged),
    )
