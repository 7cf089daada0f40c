"""How wide columns and how high rows have to be, so that every number shows and no text is cut off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evalengine.reports import cells, style

Entry = tuple[str, cells.Value]  # a kind of cell and its value

FILL = 0.95  # of a column's room that text may take: fonts differ
PADDING = 1.0  # columns beside the content
NARROWEST = 5.0
HEADING_LINES = 3
WORD = 1.15  # room of a word in headings, whose letters are wider than digits
LONG = 200.0  # sentences this long or longer ask for the same part of a page


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a sheet.

    Attributes:
        heading: its heading; empty in sheets whose parts have headings of their own.
        above: heading over this column and its neighbours with the same one.
        wraps: a column of sentences: it takes its part of the page width left by the others.
        least: lowest width of such a column.
        widest: limit for any other column, beyond which its text wraps; numbers are never cut.
    """

    heading: str = ""
    above: str = ""
    wraps: bool = False
    least: float = 12.0
    widest: float = 40.0


@dataclass(slots=True)
class Row:
    """A row of cells.

    Attributes:
        entries: its cells.
        spans: first and last column of merged cells, from 0.
        measured: what its height has to hold, if not its own entries.
    """

    entries: Sequence[Entry]
    spans: Sequence[tuple[int, int]] = ()
    measured: Sequence[Entry] | None = None


def widths(columns: Sequence[Column], rows: Iterable[Row], page: float) -> list[float]:
    """Return column widths: what has to fit decides; columns of sentences share what is left of the page.

    Args:
        columns: the columns.
        rows: the rows; those with merged cells have no say.
        page: width of the page.
    """
    content = [max(NARROWEST, _heading_width(column.heading)) for column in columns]
    for row in rows:
        if row.spans:
            continue
        for position, (kind, value) in enumerate(row.entries):
            if value is not None:
                content[position] = max(content[position], _content_width(columns[position], kind, value))
    fixed = sum(size for column, size in zip(columns, content, strict=True) if not column.wraps)
    least = sum(column.least for column in columns if column.wraps)
    asked = sum(size for column, size in zip(columns, content, strict=True) if column.wraps)
    left = max(0.0, page - fixed - least)
    found = [
        column.least + left * size / asked if column.wraps else size
        for column, size in zip(columns, content, strict=True)
    ]
    return [min(round(size, 1), style.WIDEST_COLUMN) for size in found]


def height(row: Row, across: Sequence[float]) -> float:
    """Return the height at which no text of a row is cut off, up to Excel's limit.

    Args:
        row: the row.
        across: the column widths.
    """
    ends = dict(row.spans)
    tallest = style.LINE_POINTS
    for position, (kind, value) in enumerate(row.entries if row.measured is None else row.measured):
        if isinstance(value, str) and value:
            scale = style.KINDS[kind].points / style.BODY_POINTS
            room = sum(across[position : ends.get(position, position) + 1])
            columns = int(FILL * (room - PADDING) / scale)
            tallest = max(tallest, cells.lines(value, columns) * style.LINE_POINTS * scale)
    return min(style.TALLEST_ROW, round(tallest + style.ROW_PADDING, 1))


def runs(names: Sequence[str]) -> list[tuple[int, int]]:
    """Return first and last position of neighbours with the same name, where there is a name."""
    found: list[tuple[int, int]] = []
    for position, name in enumerate(names):
        if name and found and found[-1][1] == position - 1 and names[position - 1] == name:
            found[-1] = (found[-1][0], position)
        elif name:
            found.append((position, position))
    return found


def _content_width(column: Column, kind: str, value: str | float) -> float:
    if kind == "heading":
        return _heading_width(str(value))
    look = style.KINDS[kind]
    shown = value if isinstance(value, str) else format(value, look.shown) if look.shown else str(value)
    if column.wraps:
        return min(LONG, cells.width(shown.replace("\n", " ")))
    size = _room(cells.width(shown) * look.points / style.BODY_POINTS * (1.1 if look.bold else 1.0))
    return min(size, column.widest) if isinstance(value, str) else size


def _heading_width(heading: str) -> float:
    """Return the width at which a heading wraps into a few lines and no word of it is broken."""
    return _room(max(cells.width(heading) / HEADING_LINES, WORD * cells.longest_word(heading)))


def _room(content: float) -> float:
    """Return the width of a column in which so much content fits on one line."""
    return content / FILL + PADDING + 0.1  # a tenth more than the height of the row will ask for
