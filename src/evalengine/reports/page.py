"""A form being made cell by cell through openpyxl: what people fill in, in the style of the reports."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

from openpyxl.styles import PatternFill, Protection
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties

from evalengine import text
from evalengine.reports import cells, style
from evalengine.scheme.loading import load_theme

INCH = 72.0
A4_POINTS = {"portrait": 842.0, "landscape": 595.0}  # down the page
CHARACTER_POINTS = 5.25  # width of a digit of the default font
ROW_POINTS = 15.0  # of a row whose height is not set
FILL = 0.97  # programs differ in the height of a row


class Page:
    """A sheet being filled, cell by cell, in the style of the reports.

    Args:
        worksheet: the openpyxl worksheet.
        language: decides fonts and words.
        words: where its sentences stand, below `report`.
    """

    def __init__(self, worksheet: Any, language: str, words: str) -> None:  # noqa: ANN401 - openpyxl is untyped
        self.worksheet = worksheet
        self.language = language
        self._theme = load_theme()
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

    def high(self, row: int, texts: Sequence[str], width: int, points: float = style.BODY_POINTS) -> None:
        """Make a row high enough for texts in columns of so many characters."""
        scale = points / style.BODY_POINTS
        lines = max(cells.lines(string, int((width - 3) / scale)) for string in texts)
        self.worksheet.row_dimensions[row].height = lines * style.LINE_POINTS * scale + style.ROW_PADDING

    def computed(self, row: int, column: int, content: object, kind: str = "centre") -> None:
        """Write a formula, grey: nothing to fill in."""
        self.formula(row, column, content, kind).fill = PatternFill("solid", fgColor=style.GREY)

    def page_setup(self, *, pages_wide: int = 1, orientation: style.Orientation = "landscape") -> None:
        """Fit the sheet to A4."""
        sheet = self.worksheet
        sheet.page_setup.orientation, sheet.page_setup.paperSize = orientation, style.PAPER_A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = pages_wide, 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.oddFooter.right.text = self._theme.footer.get(self.language).format(page="&P", pages="&N")

    def keep_whole(self, starts: Sequence[int], end: int, widths: Sequence[float]) -> None:
        """Break pages between blocks of rows where a block would be cut; one longer than a page is.

        Args:
            starts: first row of each block, rising.
            end: the row after the last block.
            widths: of the columns, in characters; they are fitted to the width of the page.
        """
        sheet, margins = self.worksheet, self.worksheet.page_margins
        down = A4_POINTS[sheet.page_setup.orientation] - (margins.top + margins.bottom) * INCH
        across = sum(A4_POINTS.values()) - A4_POINTS[sheet.page_setup.orientation]
        across -= (margins.left + margins.right) * INCH
        capacity = down * max(1.0, sum(widths) * CHARACTER_POINTS / across) * FILL
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
