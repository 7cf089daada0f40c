"""CSV and Parquet tables as raw sheets."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from evalengine.errors import UnreadableError
from evalengine.intake.parts import MOST_CELLS_OF_FILE
from evalengine.intake.sheets import Sheet, frame_sheet

LONGEST_CELL = 2**20
LONGEST_LINE = 2**24
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")


def decoded(name: str, content: bytes) -> str:
    """Return a text file's content: by its byte-order mark, or else strict UTF-8, or else strict GB18030.

    Raises:
        UnreadableError: it is none of these.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif content.startswith(b"\xef\xbb\xbf"):
        encodings = ["utf-8-sig"]
    else:
        encodings = ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableError("unknown_encoding", file=name)


def read_text(name: str, stem: str, content: bytes) -> Sheet:
    """Return the sheet of a CSV file: its cells are separated by commas or tabs, whichever its first line has more of.

    Raises:
        UnreadableError: its encoding is unknown, its quotes do not close, or it has too many cells.
    """
    text = decoded(name, content)
    if max(text.count("\n"), text.count("\r")) > MOST_CELLS_OF_FILE:  # told at once, not after millions of lines
        raise UnreadableError("too_many_cells", file=name, part=stem, limit=MOST_CELLS_OF_FILE)
    first = next((line for line in _lines(name, text) if line.strip()), "")
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    csv.field_size_limit(LONGEST_CELL)
    rows: list[list[str]] = []
    cells = 0
    try:
        for row in csv.reader(_lines(name, text), delimiter=delimiter, strict=True):
            cells += len(row) + 1
            if cells > MOST_CELLS_OF_FILE:
                raise UnreadableError("too_many_cells", file=name, part=stem, limit=MOST_CELLS_OF_FILE)
            rows.append(row)
    except csv.Error as error:
        raise UnreadableError("broken_table", file=name) from error
    return Sheet(file=name, name="", title=stem, rows=rows, typed=False)


def _lines(name: str, text: str) -> Iterator[str]:
    """Yield the lines with their ends; a file object over the text would hold it again, four bytes a character."""
    for match in LINE.finditer(text):
        if match.end() - match.start() > LONGEST_LINE:
            raise UnreadableError("broken_table", file=name)
        yield match[0]


def read_parquet(name: str, stem: str, content: bytes) -> Sheet:
    """Return the sheet of a Parquet file.

    Raises:
        UnreadableError: it is broken, too large, or holds lists, structures or bytes.
    """
    import polars as pl  # noqa: PLC0415 - the process that reads files loads it where it is needed

    try:
        lazy = pl.scan_parquet(io.BytesIO(content))
        schema = lazy.collect_schema()
        height = int(lazy.select(pl.len()).collect().item())
        if (height + 1) * (len(schema) + 1) > MOST_CELLS_OF_FILE:
            raise UnreadableError("too_many_cells", file=name, part=stem, limit=MOST_CELLS_OF_FILE)
        for column, kind in schema.items():
            if kind.is_nested() or kind in {pl.Binary, pl.Object}:
                raise UnreadableError("unreadable_column", file=name, column=column, kind=str(kind))
        frame = lazy.with_columns(pl.selectors.by_dtype(pl.Categorical, pl.Enum).cast(pl.String)).collect()
        frame = frame.with_columns(pl.selectors.datetime().dt.replace_time_zone(None))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:  # damage makes polars panic
        raise UnreadableError("broken_table", file=name) from error
    return frame_sheet(name, stem, frame)
