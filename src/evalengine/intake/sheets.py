"""Files as raw sheets: cells as they stand, with their positions; nothing is interpreted here."""

from __future__ import annotations

import csv
import io
import math
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from evalengine.errors import UnreadableError
from evalengine.intake.guard import Checked
from evalengine.intake.numbers import ErrorCell, Percent, Uncached, is_blank
from evalengine.intake.parts import LAST_COLUMN, LAST_ROW

if TYPE_CHECKING:
    import polars as pl
    from openpyxl.worksheet.worksheet import Worksheet

Row = Sequence[object]
LONGEST_CELL = 2**20
LITERAL = re.compile(r'"[^"]*"|\\.')


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sheet:
    """One sheet of a workbook, or a whole CSV or Parquet file.

    Attributes:
        file: name of the file.
        name: name of the sheet; empty for files without sheets.
        title: what names the table: the sheet's name or the file's stem.
        rows: the cells, from the first row on.
        typed: the file tells numbers from text.
        hidden: the sheet is hidden.
        hidden_rows: 1-based numbers of hidden rows.
        hidden_columns: letters of hidden columns.
        merged: merged ranges as (first row, last row, first column, last column), 1-based.
    """

    file: str
    name: str
    title: str
    rows: Sequence[Row]
    typed: bool = True
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()


def sheets_of(name: str, stem: str, content: bytes, checked: Checked) -> list[Sheet]:
    """Return the sheets of a file that passed the guard.

    Raises:
        UnreadableError: its content cannot be read.
    """
    if checked.kind == "workbook":
        return _from_workbook(name, content, checked)
    if checked.kind == "parquet":
        return [_from_parquet(name, stem, content)]
    return [_from_text(name, stem, content)]


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


def frame_sheet(name: str, title: str, frame: pl.DataFrame) -> Sheet:
    """Return a frame as a sheet: its column names are the heading in row 1."""
    return Sheet(file=name, name="", title=title, rows=[frame.columns, *frame.rows()])


def _from_text(name: str, stem: str, content: bytes) -> Sheet:
    text = decoded(name, content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    csv.field_size_limit(LONGEST_CELL)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise UnreadableError("broken_table", file=name) from error
    return Sheet(file=name, name="", title=stem, rows=rows, typed=False)


def _from_parquet(name: str, stem: str, content: bytes) -> Sheet:
    import polars as pl  # noqa: PLC0415 - the process that reads files loads it where it is needed

    try:
        frame = pl.read_parquet(io.BytesIO(content))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UnreadableError("broken_table", file=name) from error
    return frame_sheet(name, stem, frame)


def _from_workbook(name: str, content: bytes, checked: Checked) -> list[Sheet]:
    import openpyxl  # noqa: PLC0415 - loaded where a workbook is read, not with the package

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of what it does not keep; nothing is written back
            workbook = openpyxl.load_workbook(io.BytesIO(content), data_only=True, keep_links=False)
        uncached = checked.uncached
        sheets = [_from_worksheet(name, sheet, uncached.get(sheet.title, frozenset())) for sheet in workbook.worksheets]
    except UnreadableError:
        raise
    except Exception as error:  # a broken workbook raises whatever its parts make the library raise
        raise UnreadableError("broken_workbook", file=name) from error
    if not sheets:
        raise UnreadableError("broken_workbook", file=name)
    return sheets


def _from_worksheet(name: str, sheet: Worksheet, uncached: frozenset[str]) -> Sheet:
    if sheet.max_row > LAST_ROW or sheet.max_column > LAST_COLUMN:
        raise UnreadableError("area_too_large", file=name, part=sheet.title, rows=LAST_ROW, columns=LAST_COLUMN)
    rows = [[_raw(cell, uncached) for cell in row] for row in sheet.iter_rows()]
    while rows and all(is_blank(cell) for cell in rows[-1]):
        rows.pop()
    return Sheet(
        file=name,
        name=sheet.title,
        title=sheet.title,
        rows=rows,
        hidden=sheet.sheet_state != "visible",
        hidden_rows=frozenset(number for number, row in sheet.row_dimensions.items() if row.hidden),
        hidden_columns=_hidden_columns(sheet),
        merged=tuple(
            sorted((area.min_row, area.max_row, area.min_col, area.max_col) for area in sheet.merged_cells.ranges)
        ),
    )


def _hidden_columns(sheet: Worksheet) -> frozenset[int]:
    """Return the 1-based numbers of hidden columns; the file states them as ranges."""
    spans = [(column.min, column.max) for column in sheet.column_dimensions.values() if column.hidden]
    return frozenset(
        number for first, last in spans if first and last for number in range(first, min(last, LAST_COLUMN) + 1)
    )


@cache
def _shows_percent(number_format: str) -> bool:
    """Return whether a format multiplies by a hundred; a quoted or escaped percent sign is only text."""
    return "%" in LITERAL.sub("", number_format)


def _raw(cell: Any, uncached: frozenset[str]) -> object:  # noqa: ANN401 - openpyxl is not typed
    value = cell.value
    if value is None:
        return Uncached("=") if uncached and cell.coordinate in uncached else None
    kind = cell.data_type
    if kind == "e":
        return ErrorCell(value)
    if kind == "n" and isinstance(value, (int, float)) and not isinstance(value, bool):
        if cell.has_style and _shows_percent(cell.number_format):
            return Percent(value) if math.isfinite(value) else float(value)
        return value
    return value
