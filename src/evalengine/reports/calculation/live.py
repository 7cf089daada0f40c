"""Cells that compute: numbers and texts that carry the formula they are the result of, or that may be edited.

The value written beside a formula is the engine's own, so that a previewer shows the numbers before anything is
recalculated. Everything else of a sheet is as in the other reports.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any, Self
from xml.sax.saxutils import escape

from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter

from evalengine.reports import cells, layout, style
from evalengine.reports.calculation.columns import ROW, UnitColumn
from evalengine.reports.layout import Column, Entry
from evalengine.reports.sheet import Sheet
from evalengine.scheme.theme import Theme

EDITABLE = "FFFFF2CC"


class Number(float):
    """A number with the formula it results from.

    Attributes:
        formula: the formula, without an equals sign; empty for a plain number.
        editable: whether the reader may change it.
    """

    __slots__ = ("editable", "formula")
    formula: str
    editable: bool

    def __new__(cls, value: float, formula: str = "", *, editable: bool = False) -> Self:
        """Return a number with its formula."""
        made = super().__new__(cls, value)
        made.formula, made.editable = formula, editable
        return made


class Text(str):
    """A text with the formula it results from; attributes as in `Number`."""

    __slots__ = ("editable", "formula")
    formula: str
    editable: bool

    def __new__(cls, value: str, formula: str = "", *, editable: bool = False) -> Self:
        """Return a text with its formula."""
        made = super().__new__(cls, value)
        made.formula, made.editable = formula, editable
        return made


def live(kind: str, formula: str, value: float | str) -> Entry:
    """Return a cell with a formula and its result; a text is centred."""
    if isinstance(value, str):
        return ("text" if kind == "text" else "centre", Text(value, formula))
    return (kind, Number(value, formula))


def given(kind: str, value: float | str) -> Entry:
    """Return a cell without a formula which the reader may change."""
    if isinstance(value, str):
        return ("centre", Text(value, editable=True))
    return (kind, Number(value, editable=True))


def quoted(string: str) -> str:
    """Return a text as a literal in a formula."""
    return '"' + string.replace('"', '""') + '"'


def column_letter(position: int) -> str:
    """Return the letter of a column counted from 0."""
    letter: str = get_column_letter(position + 1)
    return letter


class LiveStyles(style.Styles):
    """Style numbers, with a variant of each kind for cells that may be edited."""

    def __init__(self, worksheet: Any, language: str, theme: Theme) -> None:  # noqa: ANN401 - openpyxl is untyped
        super().__init__(worksheet, language, theme)
        self._editable: dict[str, int] = {}

    def editable(self, kind: str) -> int:
        """Return the style number of a kind for a cell that is not locked."""
        if kind not in self._editable:
            self._editable[kind] = self._unlocked(style.KINDS[kind])
        return self._editable[kind]

    def _unlocked(self, kind: style.Kind) -> int:
        cell = Cell(self._worksheet)
        cell.font = self._font(kind)
        cell.alignment = Alignment(horizontal=kind.horizontal, vertical="center", wrap_text=not kind.shown)
        cell.number_format = kind.format
        side = Side(style="thin")
        cell.border = Border(left=side, right=side, top=side, bottom=side)
        cell.fill = PatternFill("solid", fgColor=EDITABLE)
        cell.protection = Protection(locked=False)
        return int(cell.style_id)


class LiveSheet(Sheet):
    """A sheet whose cells may compute."""

    def __init__(self, worksheet: Any, styles: LiveStyles, strings: cells.SharedStrings) -> None:  # noqa: ANN401 - openpyxl is untyped
        super().__init__(worksheet, styles, strings)
        self._live_styles = styles
        self._units: tuple[UnitColumn, ...] = ()

    @property
    def title(self) -> str:
        """Return the name of the sheet."""
        return str(self.worksheet.title)

    def start_wide(self, columns: Sequence[Column], fixed: int, title: str, left: str) -> None:
        """Set the columns, and write title and caption over the fixed ones, which stand whole on every page."""
        self.start(columns[:fixed], title, left=left)
        self._columns = tuple(columns)

    def cell(self, column: str, row: int) -> str:
        """Return the absolute address of a cell of this sheet, for formulas of other sheets."""
        return f"'{self.title}'!${column}${row}"

    def range(self, column: str, first: int, last: int) -> str:
        """Return the absolute address of a piece of a column, for formulas of other sheets."""
        return f"'{self.title}'!${column}${first}:${column}${last}"

    def units(self, columns: Sequence[UnitColumn]) -> None:
        """Write one row for each unit below what there is; no other rows may follow."""
        self._units = tuple(columns)

    @property
    def height(self) -> int:
        """Return the number of rows so far."""
        return super().height + (len(self._units[0].values) if self._units else 0)

    def _measured(self) -> Iterator[layout.Row]:
        yield from super()._measured()
        widest = (column.widest() for column in self._units)
        yield from (layout.Row(entries) for entries in zip_longest(*widest, fillvalue=("text", None)))

    def _xml(self, letters: Sequence[str]) -> Iterator[str]:
        yield from super()._xml(letters)
        columns = zip(self._units, self._widths, strict=False)
        wrapping = [(column, width) for column, width in columns if column.wraps(width)]
        rooms = [width for _, width in wrapping]
        top = super().height + 1
        written = [self._column(column, letter, top) for column, letter in zip(self._units, letters, strict=False)]
        for unit, own in enumerate(zip(*written, strict=True)):
            tall = layout.height(layout.Row([column.entry(unit) for column, _ in wrapping]), rooms)
            yield f'<row r="{top + unit}" ht="{tall}" customHeight="1">{"".join(own)}</row>'

    def _column(self, column: UnitColumn, letter: str, top: int) -> Iterator[str]:
        """Yield the cells of a column of units, one by one."""
        escaped: dict[str, str] = {}
        for unit in range(len(column.values)):
            address, (kind, value), formula = f"{letter}{top + unit}", column.entry(unit), column.formula(unit)
            if not formula:
                yield self._cell(address, kind, _editable(value) if column.editable else value)
                continue
            if formula not in escaped:
                escaped[formula] = escape(formula)
            made = escaped[formula].replace(ROW, str(top + unit))
            yield _computed(address, self._styles.number(kind), made, value)

    def _cell(self, address: str, kind: str, value: cells.Value) -> str:
        if not isinstance(value, Number | Text):
            return super()._cell(address, kind, value)
        number = self._live_styles.editable(kind) if value.editable else self._styles.number(kind)
        if not value.formula:
            return cells.cell(address, number, value, self._strings)
        return _computed(address, number, escape(value.formula), value)


def _editable(value: cells.Value) -> Number | Text:
    """Return a value which the reader may change."""
    if value is None or isinstance(value, str):
        return Text(value or "", editable=True)
    return Number(value, editable=True)


def _computed(address: str, style_number: int, formula: str, value: cells.Value) -> str:
    """Return the XML of a cell with an escaped formula and its result."""
    if value is None or isinstance(value, str):
        shown = escape(cells.ESCAPED.sub("_x005F_", value or ""))
        return f'<c r="{address}" s="{style_number}" t="str"><f>{formula}</f><v>{shown}</v></c>'
    return f'<c r="{address}" s="{style_number}"><f>{formula}</f><v>{cells.number(value)}</v></c>'
