"""A form being made cell by cell through openpyxl: what people fill in, in the style of the reports."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

from openpyxl.styles import PatternFill, Protection
from openpyxl.worksheet.pagebreak import Break

from evalengine import text
from evalengine.reports import cells, layout, style
from evalengine.reports.layout import Entry
from evalengine.scheme.theme import Theme

ROW_POINTS = 15.0  # of a row whose height is not set


class Page:
    """A sheet being filled, cell by cell, in the style of the reports.

    Args:
        worksheet: the openpyxl worksheet.
        language: decides fonts and words.
        words: where its sentences stand, below `report`.
        theme: how the office wants it.
    """

    def __init__(self, worksheet: Any, language: str, words: str, theme: Theme) -> None:  # noqa: ANN401 - openpyxl is untyped
        self.worksheet = worksheet
        self.language = language
        self._theme = theme
        self._styles = style.Styles(worksheet, language, self._theme)
        self._words = words

    def say(self, key: str, **facts: object) -> str:
        """Return a sentence of the form."""
        return text.sentence(f"report.{self._words}.{key}", self.language, **facts)

    def put(self, row: int, column: int, content: object, kind: str = "text") -> Any:  # noqa: ANN401 - an openpyxl cell
        """Write text or a number; text that looks like a formula stays text."""
        cell = self.formula(row, column, cells.clean(content) if isinstance(content, str) else content, kind)
        if isinstance(content, str):
            cell.data_type = "s"
        exact(cell)
        return cell

    def formula(self, row: int, column: int, content: object, kind: str = "centre") -> Any:  # noqa: ANN401 - an openpyxl cell
        """Write a formula."""
        cell = self.worksheet.cell(row, column, content)
        cell._style = copy(self.worksheet.parent._cell_styles[self._styles.number(kind)])  # noqa: SLF001 - no public way
        return cell

    def open(self, row: int, column: int, kind: str = "strong_centre", number_format: str = "@") -> None:
        """Leave a cell to be filled in, by default as text: a spreadsheet would take 1/9 for a date."""
        cell = self.formula(row, column, None, kind)
        cell.protection = Protection(locked=False)
        cell.number_format = number_format

    def fit(self, row: int, entries: Sequence[Entry], widths: Sequence[float]) -> None:
        """Make a row high enough for texts of these kinds in cells of these widths."""
        self.worksheet.row_dimensions[row].height = self.height(entries, widths)

    def height(self, entries: Sequence[Entry], widths: Sequence[float]) -> float:
        """Return the height at which none of these texts is cut off."""
        return layout.height(layout.Row(entries), widths, self._styles.look)

    def computed(self, row: int, column: int, content: object, kind: str = "centre") -> None:
        """Write a formula, grey: nothing to fill in."""
        self.formula(row, column, content, kind).fill = PatternFill("solid", fgColor=style.GREY)

    def page_setup(self, *, pages_wide: int = 1, orientation: style.Orientation = "landscape") -> None:
        """Fit the sheet to A4."""
        style.set_page(self.worksheet, orientation, self._theme, self.language, pages_wide=pages_wide)

    def capacity(self, width: float, orientation: style.Orientation = "landscape") -> float:
        """Return the height of the rows that fit a page if columns so wide are fitted to it, in points."""
        scale = style.page_scale(orientation, self._theme, width)
        return style.page_points(orientation, self._theme, scale)

    def keep_whole(self, starts: Sequence[int], end: int, widths: Sequence[float]) -> None:
        """Break pages between blocks of rows where a block would be cut; one longer than a page is.

        Args:
            starts: first row of each block, rising.
            end: the row after the last block.
            widths: of the columns, in characters; they are fitted to the width of the page.
        """
        sheet, capacity = self.worksheet, self.capacity(sum(widths))
        known = dict(sheet.row_dimensions)  # openpyxl makes, and writes, a row that is only looked at
        heights = [(known[row].height if row in known else None) or ROW_POINTS for row in range(1, end)]
        used = sum(heights[: starts[0] - 1])
        for start, after in zip(starts, [*starts[1:], end], strict=True):
            height = sum(heights[start - 1 : after - 1])
            if used > 0 and used + height > capacity:
                sheet.row_breaks.append(Break(id=start - 1))
                used = 0.0
            used += height

    def protect(self) -> None:
        """Lock everything but the cells left open, without a password; widths and heights stay adjustable."""
        self.worksheet.protection.sheet = True
        self.worksheet.protection.formatColumns = self.worksheet.protection.formatRows = False

    def across(self, row: int, first: int, last: int, content: str, kind: str) -> None:
        """Write text across columns."""
        self.put(row, first, content, kind)
        for column in range(first + 1, last + 1):
            self.formula(row, column, None, kind)
        if last > first:  # Excel repairs a merged area of one cell
            self.worksheet.merge_cells(start_row=row, start_column=first, end_row=row, end_column=last)


def exact(cell: Any) -> None:  # noqa: ANN401 - an openpyxl cell
    """Have a number written with all its digits; openpyxl would round it to sixteen."""
    if isinstance(cell.value, float):
        cell._value = cells.number(cell.value)  # noqa: SLF001 - no public way
