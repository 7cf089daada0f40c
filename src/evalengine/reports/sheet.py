"""A sheet being made: rows of cells, column widths and row heights that fit them, and the printed page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties

from evalengine import text
from evalengine.reports import cells, style

Entry = tuple[str, cells.Value]  # a kind of cell and its value
NOTHING: Entry = ("text", None)
NOT_A_NUMBER = "\N{EM DASH}"
PADDING = 1.6  # columns beside the longest content
NARROWEST = 5.0
HEADING_LINES = 3
FOOTER_POINTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a sheet.

    Attributes:
        heading: its heading; empty in sheets whose parts have headings of their own.
        above: heading over this column and its neighbours with the same one.
        share: a text column: its share of the page width left by the others; 0 makes it as wide as its content.
        least: lowest width of such a text column.
        widest: limit for a column as wide as its content, beyond which text wraps.
    """

    heading: str = ""
    above: str = ""
    share: float = 0.0
    least: float = 12.0
    widest: float = 40.0


@dataclass(slots=True)
class _Row:
    entries: Sequence[Entry]
    spans: Sequence[tuple[int, int]] = ()  # first and last column of merged cells, from 0
    measured: Sequence[Entry] | None = None  # what its height has to hold, if not its own entries


class Sheet:
    """Collects rows, then lays them out.

    Args:
        worksheet: the openpyxl worksheet that carries everything but the cells.
        styles: style numbers of the workbook.
        strings: texts of the workbook.
        columns: the columns of the sheet.
    """

    def __init__(self, worksheet: Any, styles: style.Styles, strings: cells.SharedStrings) -> None:  # noqa: ANN401 - openpyxl is untyped
        self.worksheet = worksheet
        self._styles = styles
        self._strings = strings
        self._columns: tuple[Column, ...] = ()
        self._rows: list[_Row] = []
        self._merges: list[str] = []
        self._heading_rows = (0, 0)
        self._orientation: style.Orientation = "landscape"

    def start(
        self,
        columns: Sequence[Column],
        title: str,
        *,
        left: str = "",
        right: str = "",
        orientation: style.Orientation = "landscape",
    ) -> None:
        """Set the columns and write the title and the line under it, text at its left and right end."""
        self._columns, self._orientation = tuple(columns), orientation
        last = len(columns) - 1
        self.span(("title", title))
        middle = max(1, 2 * len(columns) // 3)
        entries: list[Entry] = [("caption", None)] * len(columns)
        entries[0] = ("caption", left)
        entries[min(middle, last)] = ("caption_right", right)
        self._rows.append(_Row(entries, ((0, middle - 1), (middle, last)) if right else ((0, last),)))

    def headings(self) -> None:
        """Write the heading row, two rows where columns have a heading above; they repeat on every printed page."""
        first = len(self._rows) + 1
        own = [("heading", column.heading) for column in self._columns]
        above = [column.above for column in self._columns]
        if any(above):
            runs = _runs(above)
            firsts = {first: above[first] for first, _ in runs}
            over: list[Entry] = [("heading", firsts.get(position)) for position in range(len(above))]
            upper = [
                entry if name else ("heading", column.heading)
                for entry, name, column in zip(over, above, self._columns, strict=True)
            ]
            lower = [entry if name else ("heading", None) for entry, name in zip(own, above, strict=True)]
            self._rows.append(_Row(upper, runs, over))
            self._rows.append(_Row(lower, (), own))
            for position, name in enumerate(above):
                if not name:  # one heading over both rows
                    self.merge(first, position, first + 1, position)
        else:
            self._rows.append(_Row(own))
        self._repeat(first)

    def own_headings(self, headings: Iterable[str]) -> None:
        """Write a heading row for one part of a sheet; the last one written repeats on the pages after it."""
        self._rows.append(_Row([("heading", heading) for heading in headings]))
        self._repeat(len(self._rows))

    def row(self, entries: Sequence[Entry]) -> None:
        """Write a row."""
        self._rows.append(_Row(entries))

    def span(self, entry: Entry) -> None:
        """Write one cell across all columns."""
        last = len(self._columns) - 1
        self._rows.append(_Row([entry, *[(entry[0], None)] * last], ((0, last),) if last else ()))

    def notes(self, sentences: Iterable[str]) -> None:
        """Write sentences below the table, each across all columns."""
        for sentence in sentences:
            self.span(("caption", sentence))

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Merge cells; rows count from 1 as in Excel, columns from 0."""
        first, last = get_column_letter(left + 1), get_column_letter(right + 1)
        self._merges.append(f"{first}{top}:{last}{bottom}")

    def page_break(self) -> None:
        """Start a new printed page after the last row."""
        self.worksheet.row_breaks.append(Break(id=len(self._rows)))

    def freeze(self, columns: int) -> None:
        """Keep everything down to the headings, and the first columns, in view."""
        self.worksheet.freeze_panes = f"{get_column_letter(columns + 1)}{self._heading_rows[1] + 1}"

    def filter(self) -> None:
        """Offer a filter on the columns below the headings."""
        last = get_column_letter(len(self._columns))
        self.worksheet.auto_filter.ref = f"A{self._heading_rows[1]}:{last}{len(self._rows)}"

    def finish(self, language: str, run_id: str) -> cells.Content:
        """Set widths, heights and page, and return the cells."""
        widths = self._widths()
        letters = [get_column_letter(position + 1) for position in range(len(widths))]
        for letter, columns in zip(letters, widths, strict=True):
            self.worksheet.column_dimensions[letter].width = columns
        parts: list[str] = []
        for place, row in enumerate(self._rows, start=1):
            for first, last in row.spans:
                if first < last:
                    self.merge(place, first, place, last)
            parts.append(f'<row r="{place}" ht="{self._height(row, widths)}" customHeight="1">')
            for letter, entry in zip(letters, row.entries, strict=False):
                parts.append(self._cell(f"{letter}{place}", *entry))
            parts.append("</row>")
        area = f"A1:{letters[-1]}{len(self._rows)}"
        self.worksheet.print_area = area
        self._page(language, run_id)
        return cells.Content(rows="".join(parts).encode(), area=area, merges=tuple(self._merges))

    def _cell(self, address: str, kind: str, value: cells.Value) -> str:
        if isinstance(value, str):
            value = cells.clean(value)
            number = self._styles.number(kind, quoted=cells.starts_like_formula(value))
        else:
            number = self._styles.number(kind)
        return cells.cell(address, number, value, self._strings)

    def _widths(self) -> list[float]:
        """Return column widths: content decides, then text columns share what is left of the page."""
        content = [max(NARROWEST, _heading_width(column.heading)) for column in self._columns]
        for row in self._rows:
            if row.spans:
                continue
            for position, (kind, value) in enumerate(row.entries):
                if value is None:
                    continue
                if kind == "heading":
                    size = _heading_width(str(value))
                elif isinstance(value, str):  # text wraps, a number has to fit
                    size = min(_shown_width(kind, value) + PADDING, self._columns[position].widest)
                else:
                    size = _shown_width(kind, value) + PADDING
                content[position] = max(content[position], size)
        widths = [0.0 if column.share else size for column, size in zip(self._columns, content, strict=True)]
        shares = sum(column.share for column in self._columns)
        left = style.PAGE_COLUMNS[self._orientation] - sum(widths)
        for position, column in enumerate(self._columns):
            if column.share:
                widths[position] = max(column.least, left * column.share / shares)
        return [min(round(size, 1), style.WIDEST_COLUMN) for size in widths]

    def _height(self, row: _Row, widths: Sequence[float]) -> float:
        ends = dict(row.spans)
        tallest = style.LINE_POINTS
        for position, (kind, value) in enumerate(row.entries if row.measured is None else row.measured):
            if isinstance(value, str) and value:
                look = style.KINDS[kind]
                scale = look.points / style.BODY_POINTS
                room = sum(widths[position : ends.get(position, position) + 1])
                columns = int((0.95 * room - 1) / scale)
                tallest = max(tallest, cells.lines(value, columns) * style.LINE_POINTS * scale)
        return min(style.TALLEST_ROW, round(tallest + style.ROW_PADDING, 1))

    def _repeat(self, first: int) -> None:
        self._heading_rows = (first, len(self._rows))
        self.worksheet.print_title_rows = f"{first}:{len(self._rows)}"

    def _page(self, language: str, run_id: str) -> None:
        sheet = self.worksheet
        sheet.page_setup.orientation = self._orientation
        sheet.page_setup.paperSize = style.PAPER_A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.print_options.horizontalCentered = True
        margins = sheet.page_margins
        margins.left = margins.right = margins.top = margins.bottom = style.MARGIN_INCHES
        margins.header = margins.footer = style.MARGIN_INCHES / 2
        for part, key in ((sheet.oddFooter.left, "run"), (sheet.oddFooter.right, "page")):
            part.text = text.sentence(f"report.footer.{key}", language, run_id=run_id)
            part.size = FOOTER_POINTS


def figure(value: float | None, kind: str = "", *, absent: str = NOT_A_NUMBER, whole: bool = True) -> Entry:
    """Return a number as a cell; what is not a finite number is printed as text."""
    if value is None or not math.isfinite(value):
        return ("centre", absent)
    return (kind or style.kind_of(value, whole=whole), value)


def rank(value: float | None) -> Entry:
    """Return a rank as a cell; shared ranks may be halves."""
    return figure(value, "rank" if value is None or value == int(value) else "rank_half")


def _shown_width(kind: str, value: cells.Value) -> float:
    look = style.KINDS[kind]
    shown = value if isinstance(value, str) else format(value, look.shown) if look.shown else str(value)
    return cells.width(shown) * look.points / style.BODY_POINTS * (1.1 if look.bold else 1.0)


def _heading_width(heading: str) -> float:
    """Return the width at which a heading wraps into a few lines and no word of it is broken."""
    return max(cells.width(heading) / HEADING_LINES, cells.longest_word(heading)) + PADDING


def _runs(names: Sequence[str]) -> list[tuple[int, int]]:
    """Return first and last position of neighbours with the same name, where there is a name."""
    runs: list[tuple[int, int]] = []
    for position, name in enumerate(names):
        if name and runs and runs[-1][1] == position - 1 and names[position - 1] == name:
            runs[-1] = (runs[-1][0], position)
        elif name:
            runs.append((position, position))
    return runs
