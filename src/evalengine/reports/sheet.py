"""A sheet being made: rows of cells, column widths and row heights that fit them, and the printed page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties

from evalengine import text
from evalengine.reports import cells, layout, style
from evalengine.reports.layout import Column, Entry
from evalengine.scheme.theme import Theme

MOST_BREAKS = 1000  # Excel takes no more than 1,026 in a sheet
BLOCKS = ("band", "section")  # rows across all columns that start a block
SLACK = 0.85  # digits of a font that stands in for a missing one are that much wider: measured in LibreOffice


class Sheet:
    """Collects rows, then lays them out.

    Args:
        worksheet: the openpyxl worksheet that carries everything but the cells.
        styles: style numbers of the workbook.
        strings: texts of the workbook.
        attachment: mark of the annex above the title; empty for none.
        back: what leads back to the contents, on the screen alone, and the title of their sheet; none if empty.
    """

    def __init__(
        self,
        worksheet: Any,  # noqa: ANN401 - openpyxl is untyped
        styles: style.Styles,
        strings: cells.SharedStrings,
        attachment: str = "",
        back: tuple[str, str] | None = None,
    ) -> None:
        self.worksheet = worksheet
        self._attachment = attachment
        self._back = back
        self._printed_from = 1
        self._fixed = 0
        self._styles = styles
        self._strings = strings
        self._columns: tuple[Column, ...] = ()
        self._rows: list[layout.Row] = []
        self._widths: Sequence[float] = ()
        self._heights: list[float] = []
        self._merges: list[str] = []
        self._charts: list[cells.Chart] = []
        self._links: list[tuple[str, str]] = []
        self._heading_rows = (0, 0)
        self._orientation: style.Orientation = "landscape"

    @property
    def theme(self) -> Theme:
        """Return the theme of the workbook."""
        return self._styles.theme

    @property
    def look(self) -> style.Look:
        """Return what decides how much room a text takes."""
        return self._styles.look

    @property
    def height(self) -> int:
        """Return the number of rows so far."""
        return len(self._rows)

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
        self.lay_out(columns, orientation)
        self.annex()
        self.head(title, left=left, right=right)

    def lay_out(self, columns: Sequence[Column], orientation: style.Orientation) -> None:
        """Set the columns of a sheet whose pages have titles of their own."""
        self._columns, self._orientation = tuple(columns), orientation
        if self._back:
            label, contents = self._back
            width = min(2, len(columns))
            self.link("A1", contents, "A1")
            self._rows.append(
                layout.Row([("back", label), *[("caption", None)] * (len(columns) - 1)], ((0, width - 1),))
            )
            self._printed_from = 2

    def annex(self) -> None:
        """Write the mark of the annex, if the sheet is one."""
        if self._attachment:
            self.span(("mark", self._attachment))

    def head(self, title: str, *, left: str = "", right: str = "") -> None:
        """Write a title and the line under it, text at its left and right end."""
        count = len(self._columns)
        last = count - 1
        self.span(("title", title))
        middle = max(1, 2 * count // 3)
        entries: list[Entry] = [("caption", None)] * count
        entries[0] = ("caption", left)
        entries[min(middle, last)] = ("caption_right", right)
        self._rows.append(layout.Row(entries, ((0, middle - 1), (middle, last)) if right else ((0, last),)))

    def headings(self) -> None:
        """Write the heading row, two rows where columns have a heading above; they repeat on every printed page."""
        first = len(self._rows) + 1
        own = [("heading", column.heading) for column in self._columns]
        above = [column.above for column in self._columns]
        if any(above):
            runs = layout.runs(above)
            firsts = {first: above[first] for first, _ in runs}
            over: list[Entry] = [("heading", firsts.get(position)) for position in range(len(above))]
            upper = [
                entry if name else ("heading", column.heading)
                for entry, name, column in zip(over, above, self._columns, strict=True)
            ]
            lower = [entry if name else ("heading", None) for entry, name in zip(own, above, strict=True)]
            self._rows.append(layout.Row(upper, runs, over))
            self._rows.append(layout.Row(lower, (), own))
            for position, name in enumerate(above):
                if not name:  # one heading over both rows
                    self.merge(first, position, first + 1, position)
        else:
            self._rows.append(layout.Row(own))
        self._repeat(first)

    def own_headings(self, headings: Iterable[str]) -> None:
        """Write a heading row for one part of a sheet; the last one written repeats on the pages after it."""
        self._rows.append(layout.Row([("heading", heading) for heading in headings]))
        self._repeat(len(self._rows))

    def row(self, entries: Sequence[Entry]) -> None:
        """Write a row."""
        self._rows.append(layout.Row(entries))

    @property
    def rows(self) -> int:
        """Return how many rows were written: the number of the last one."""
        return len(self._rows)

    def written(self, after: int) -> Sequence[layout.Row]:
        """Return the rows written after the one with this number."""
        return self._rows[after:]

    def add(self, row: layout.Row) -> None:
        """Write a row that was made elsewhere."""
        self._rows.append(row)

    def chart(self, chart: cells.Chart) -> None:
        """Put a chart on the sheet."""
        self._charts.append(chart)

    def span(self, entry: Entry) -> None:
        """Write one cell across all columns."""
        last = len(self._columns) - 1
        self._rows.append(layout.Row([entry, *[(entry[0], None)] * last], ((0, last),) if last else ()))

    def notes(self, sentences: Iterable[str]) -> None:
        """Write sentences below the table, each across all columns."""
        for sentence in sentences:
            self.span(("caption", sentence))

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Merge cells; rows count from 1 as in Excel, columns from 0."""
        first, last = get_column_letter(left + 1), get_column_letter(right + 1)
        self._merges.append(f"{first}{top}:{last}{bottom}")

    def link(self, cell: str, sheet: str, target: str) -> None:
        """Let a cell lead to another one of the workbook."""
        self._links.append((cell, f"'{sheet}'!{target}"))

    def page_break(self) -> None:
        """Start a new printed page after the last row."""
        self.worksheet.row_breaks.append(Break(id=len(self._rows)))

    def freeze(self, columns: int) -> None:
        """Keep everything down to the headings, and the first columns, in view, and on every page of a wide table."""
        self._fixed = columns
        self.worksheet.freeze_panes = f"{get_column_letter(columns + 1)}{self._heading_rows[1] + 1}"

    def filter(self) -> None:
        """Offer a filter on the columns below the headings."""
        last = get_column_letter(len(self._columns))
        self.worksheet.auto_filter.ref = f"A{self._heading_rows[1]}:{last}{len(self._rows)}"

    def finish(self, language: str, run_id: str) -> cells.Content:
        """Set widths, heights and page, and return the cells."""
        page = style.page_columns(self._orientation, self.theme)
        widths = self._widths = layout.widths(self._columns, self._measured(), page, self.look)
        letters = [get_column_letter(position + 1) for position in range(len(widths))]
        pages = layout.pages(widths, self._fixed, page, [column.above for column in self._columns])
        if len(pages) > 1:
            self._rows = [layout.within(row, self._fixed, pages) for row in self._rows]
        for place, row in enumerate(self._rows, start=1):
            for first, last in row.spans:
                if first < last:
                    self.merge(place, first, place, last)
        area = f"A1:{letters[-1]}{self.height}"
        self.worksheet.print_area = f"A{self._printed_from}:{letters[-1]}{self.height}"
        run = text.sentence("report.footer.run", language, run_id=run_id) if run_id else ""
        style.set_page(self.worksheet, self._orientation, self.theme, language, run=run)
        if len(pages) > 1:
            self._side_by_side(pages, widths, page)
        self._heights = [layout.height(row, widths, self.look) for row in self._rows]
        self._keep_blocks(sum(widths))
        return cells.Content(
            rows=self._xml(letters),
            widths=tuple(widths),
            area=area,
            merges=tuple(self._merges),
            charts=tuple(self._charts),
            links=tuple(self._links),
        )

    def _measured(self) -> Iterable[layout.Row]:
        """Return the rows that decide the widths."""
        return self._rows

    def _xml(self, letters: Sequence[str]) -> Iterator[str]:
        """Yield the rows one by one."""
        for place, (row, high) in enumerate(zip(self._rows, self._heights, strict=True), start=1):
            own = "".join(
                self._cell(f"{letter}{place}", *entry) for letter, entry in zip(letters, row.entries, strict=False)
            )
            yield f'<row r="{place}" ht="{high}" customHeight="1">{own}</row>'

    def _cell(self, address: str, kind: str, value: cells.Value) -> str:
        if isinstance(value, str):
            value = cells.clean(value)
            number = self._styles.number(kind, quoted=cells.starts_like_formula(value))
        else:
            number = self._styles.number(kind)
        return cells.cell(address, number, value, self._strings)

    def _repeat(self, first: int) -> None:
        self._heading_rows = (first, len(self._rows))
        self.worksheet.print_title_rows = f"{first}:{len(self._rows)}"

    def _keep_blocks(self, across: float) -> None:
        """Break pages between groups of units, or parts of the sheet, where one would be cut that fits a page."""
        sheet, (first, last) = self.worksheet, self._heading_rows
        scale = (sheet.page_setup.scale or 0) / 100 or style.page_scale(self._orientation, self.theme, across)
        repeated = sum(self._heights[first - 1 : last]) if first else 0.0
        page = style.page_points(self._orientation, self.theme, scale) - repeated
        broken = {item.id for item in sheet.row_breaks.brk}
        blocks = (place for place, row in enumerate(self._rows) if row.spans and row.entries[0][0] in BLOCKS)
        starts = sorted(broken.union(blocks))
        elsewhere = {*range(self._printed_from - 1), *range(first - 1, last)}  # not printed, or on every page
        own = [0.0 if place in elsewhere else height for place, height in enumerate(self._heights)]
        found = layout.breaks(own, starts, broken, page)[: MOST_BREAKS - len(broken)]
        sheet.row_breaks.brk = [Break(id=row) for row in sorted(broken.union(found))]

    def _side_by_side(self, pages: Sequence[int], widths: Sequence[float], page: float) -> None:
        """Print a table too wide for one page on several, the first columns on each."""
        sheet = self.worksheet
        sheet.print_title_cols = f"A:{get_column_letter(self._fixed)}"
        for end in pages[:-1]:
            sheet.col_breaks.append(Break(id=end + 1))
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=False)
        sheet.page_setup.fitToWidth = sheet.page_setup.fitToHeight = None
        starts = [0, *(end + 1 for end in pages[:-1])]
        fixed = sum(widths[: self._fixed])
        widest = max(
            sum(widths[start : end + 1]) + (fixed if start else 0) for start, end in zip(starts, pages, strict=True)
        )
        sheet.page_setup.scale = min(100, int(SLACK * style.PAGE_SCALE * page / widest))
