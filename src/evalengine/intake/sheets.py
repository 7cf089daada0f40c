"""Files as raw sheets: cells as they stand, with their positions; nothing is interpreted here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalengine.intake.numbers import is_blank

if TYPE_CHECKING:
    import polars as pl

Row = Sequence[object]
Area = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sheet:
    """One sheet of a workbook, or a whole CSV or Parquet file.

    Attributes:
        file: name of the file.
        name: name of the sheet; empty for files without sheets.
        title: what names the table: the sheet's name or the file's stem.
        rows: the cells, from the first row on; rows may be of different lengths.
        typed: the file tells numbers from text.
        hidden: the sheet is hidden.
        hidden_rows: 1-based numbers of hidden rows.
        hidden_columns: 1-based numbers of hidden columns.
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
    merged: tuple[Area, ...] = ()


def rows_from(cells: Mapping[int, Mapping[int, object]]) -> list[Row]:
    """Return cells by 1-based row and column as rows, without blank rows at the end."""
    last = max(cells, default=0)
    numbers = range(1, last + 1)
    rows = [cells.get(number, {}) for number in numbers]
    return without_blank_end([[row.get(column) for column in range(1, max(row, default=0) + 1)] for row in rows])


def cells_of(rows: Sequence[Row]) -> int:
    """Return how many cells rows hold; a row by itself counts as one."""
    return sum(map(len, rows)) + len(rows)


def without_blank_end(rows: Sequence[Row]) -> list[Row]:
    """Return the rows up to the last one that holds something."""
    end = next((number for number in range(len(rows), 0, -1) if not all(map(is_blank, rows[number - 1]))), 0)
    return list(rows[:end])


def frame_sheet(name: str, title: str, frame: pl.DataFrame) -> Sheet:
    """Return a frame as a sheet: its column names are the heading in row 1."""
    return Sheet(file=name, name="", title=title, rows=[frame.columns, *frame.rows()])
