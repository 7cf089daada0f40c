"""Write a template: a sheet for each table, a guide, a commitment and a hidden mark of what it was made from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.workbook.protection import WorkbookProtection

from evalengine.carryover import Carried
from evalengine.errors import OutputError, UsageError
from evalengine.intake.columns import key_of, year_of
from evalengine.intake.template import FORMAT, Mark, mark_rows
from evalengine.reports import package, style
from evalengine.reports.page import Page, exact
from evalengine.reports.template import columns
from evalengine.reports.template.columns import Entry
from evalengine.reports.template.guide import sheet_name, write_commitment, write_guide, write_indicators
from evalengine.reports.words import Words
from evalengine.scheme.loading import load_theme
from evalengine.scheme.model import IndicatorSystem
from evalengine.scheme.theme import Theme

HEAD_ROWS = TITLE_ROW, CAPTION_ROW, HEADING_ROW = 1, 2, 3
LIST_PAGES = 2  # of rows drawn; more can be filled in below
SPARE_ROWS = 20  # drawn under the rows carried over, at least
LAST_ENTRY = 5_000  # as far as the rules for entries reach
PAGE_WIDTH = 225.0  # printed at about seven tenths; what is wider goes on further pages, the first column repeated
ENTRY_HEIGHT = 20.0
LISTS_FROM = 4  # column of the hidden sheet
CARRIED_FILL = "FFFFF8E1"


def write_template(
    system: IndicatorSystem,
    year: int,
    path: Path,
    language: str,
    *,
    filler: str = "unit",
    carried: Carried | None = None,
    theme: Theme | None = None,
) -> None:
    """Write a template; identical arguments give identical bytes.

    Args:
        system: the indicator system: its tables, columns, labels, units, choices and ranges.
        year: the assessed year.
        path: the file to write, ending in `.xlsx`; must not exist.
        language: `zh` or `en`.
        filler: whose workbook it is: a `unit`'s or the `office`'s.
        carried: rows to start with.
        theme: how it looks; the shipped default if None.

    Raises:
        UsageError: the name does not end in `.xlsx`, or the scheme has no table for that filler.
        OutputError: the file exists or cannot be written.
    """
    if path.suffix != ".xlsx":
        raise UsageError("not_an_xlsx_name", file=str(path))
    if path.exists():
        raise OutputError("file_exists", file=str(path))
    words = Words(system, language)
    tables = columns.tables_of(system, filler)
    if not tables:
        raise UsageError("no_table_to_fill_in", filler=filler, system=system.name)
    sheets = {code: columns.entries(system, code, filler, year, words) for code in tables}
    workbook = Workbook()
    looks = theme or load_theme()
    guide = Page(workbook.active, language, "template", looks)
    guide.worksheet.title = guide.say("guide.sheet")

    def page_of(title: str) -> Page:
        return Page(workbook.create_sheet(title), language, "template", looks)

    write_guide(guide, system, words, sheets, _rules(words, filler, carried))
    if fed := tuple(columns.indicators_fed(system, tables).values()):
        write_indicators(page_of(guide.say("indicators_sheet")), fed, words)
    hidden = page_of(guide.say("mark_sheet"))
    for number, (table, listed) in enumerate(sheets.items(), start=1):
        page = page_of(sheet_name(system, table, words))
        _Form(page, system, table, listed, year, words, carried).write(number, filler)
    if filler == "unit":
        write_commitment(page_of(guide.say("commitment.sheet")), _name(carried))
    mark = Mark(
        format=FORMAT,
        filled_by=filler,
        system=system.name,
        edition=system.edition,
        sha256=system.sha256,
        year=str(year),
        unit=carried.unit if carried else "",
    )
    _write_hidden(workbook, hidden, mark, sheets)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        package.save_plain(workbook, path)
    except OSError as error:
        raise OutputError("output_not_writable", folder=str(path), detail=str(error)) from error


class _Form:
    """The sheet of one table."""

    def __init__(
        self,
        page: Page,
        system: IndicatorSystem,
        table: str,
        entries: Sequence[Entry],
        year: int,
        words: Words,
        carried: Carried | None,
    ) -> None:
        self.page, self.system, self.table, self.entries = page, system, table, entries
        self.year, self.words = year, words
        self.rows: Sequence[Mapping[str, Any]] = ()
        if carried is not None and table in carried.tables:
            self.rows = carried.tables[table].to_dicts()
        self.by_year = columns.is_dated_by_key(system, table)
        self.single = key_of(system, table) == ("unit",)
        self.own = all(entry.code != "unit" for entry in entries)  # rows of the one unit whose workbook it is

    def write(self, number: int, filler: str) -> None:
        """Write title, headings and cells to fill in."""
        page, last = self.page, len(self.entries)
        widths = [entry.width for entry in self.entries]
        pages = math.ceil(sum(widths) / PAGE_WIDTH)
        name = sheet_name(self.system, self.table, self.words)
        across = max(2, -(-last // pages)) if last > 1 else 1
        title = page.say(f"title.{filler}", number=number, year=self.year, label=name)
        first = 2 if pages > 1 else 1  # the first column stands on every page, and what is written across it would too
        for row, kind, said in ((TITLE_ROW, "title", title), (CAPTION_ROW, "caption", page.say(f"caption.{filler}"))):
            page.across(row, first, across, said, kind)
            page.fit(row, [(kind, said)], [sum(widths[first - 1 : across])])
        page.fit(HEADING_ROW, [("heading", entry.heading) for entry in self.entries], widths)
        open_ended = not (filler == "unit" and (self.single or (self.by_year and self.own)))
        drawn = self._drawn(open_ended=open_ended)
        for position, entry in enumerate(self.entries, start=1):
            self._column(position, entry, drawn, open_ended=open_ended)
        self._fit_rows()
        page.worksheet.sheet_format.defaultRowHeight, page.worksheet.sheet_format.customHeight = ENTRY_HEIGHT, True
        page.worksheet.freeze_panes = page.worksheet.cell(HEADING_ROW + 1, 2 if last > 4 else 1)  # noqa: PLR2004 - wide
        page.worksheet.print_title_rows = f"{HEADING_ROW}:{HEADING_ROW}"
        if pages > 1:
            page.worksheet.print_title_cols = "A:A"
        page.protect()
        page.worksheet.protection.insertRows = False  # False allows it
        page.page_setup(pages_wide=pages)

    def _drawn(self, *, open_ended: bool) -> int:
        """Return how many rows are drawn, and bring the rows carried over into their order."""
        if not open_ended and self.single:
            return 1
        if not open_ended:
            years = list(columns.years_asked(self.year))
            if self.rows:
                dated = year_of(self.system, self.table)
                known = {row[dated]: row for row in self.rows}
                self.rows = [known.get(each, {dated: each}) for each in years]
            return len(years)
        return self._whole_pages(len(self.rows) + SPARE_ROWS if self.rows else 0)

    def _whole_pages(self, least: int) -> int:
        """Return how many rows fill as many pages as are needed, two at least."""
        known = self.page.worksheet.row_dimensions
        head, repeated = (sum(known[row].height for row in rows) for rows in (HEAD_ROWS, HEAD_ROWS[-1:]))
        total = sum(entry.width for entry in self.entries)
        page = self.page.capacity(total / math.ceil(total / PAGE_WIDTH))
        first, further = int((page - head) / ENTRY_HEIGHT), int((page - repeated) / ENTRY_HEIGHT)
        return first + further * max(LIST_PAGES - 1, math.ceil((least - first) / further))

    def _fit_rows(self) -> None:
        """Make the rows carried over high enough for what stands in them."""
        for place, row in enumerate(self.rows, start=HEADING_ROW + 1):
            texts = [("text", str(row.get(entry.code) or "")) for entry in self.entries]
            needed = self.page.height(texts, [entry.width for entry in self.entries])
            if needed > ENTRY_HEIGHT:
                self.page.worksheet.row_dimensions[place].height = needed

    def _column(self, position: int, entry: Entry, drawn: int, *, open_ended: bool) -> None:
        page, letter = self.page, get_column_letter(position)
        page.put(HEADING_ROW, position, entry.heading, "heading")
        sheet, first = page.worksheet, HEADING_ROW + 1
        dimension = sheet.column_dimensions[letter]
        dimension.width = entry.width
        kind = "text" if entry.column.type == "text" and not entry.choices else "centre"
        for place in range(drawn):
            page.open(first + place, position, kind, entry.number_format)
            if place < len(self.rows):
                self._carry(first + place, position, entry, self.rows[place])
        if open_ended:  # rows below those drawn are filled in likewise
            dimension.number_format = entry.number_format
            dimension.protection = Protection(locked=False)
        last = LAST_ENTRY if open_ended else first + drawn - 1
        accepted = columns.accepted(entry, self.table, self.system, self.year, self.words)
        accepted.add(f"{letter}{first}:{letter}{last}")
        sheet.add_data_validation(accepted)
        explained = columns.explained(entry, self.words)
        explained.add(f"{letter}{HEADING_ROW}")
        sheet.add_data_validation(explained)

    def _carry(self, row: int, position: int, entry: Entry, carried: Mapping[str, Any]) -> None:
        """Fill in what is known; a figure of an earlier year is the verified one and stays locked."""
        value = columns.shown(carried.get(entry.code), entry.column, self.words)
        if value is None:
            return
        cell = self.page.worksheet.cell(row, position)
        if isinstance(value, str):
            cell.value, cell.data_type = value, "s"
        else:
            cell.value = value
            cell.number_format = entry.number_format  # a date would bring a format of its own
            exact(cell)
        dated = year_of(self.system, self.table)
        fixed = self.by_year and self.own  # one row for each year
        verified = fixed and carried[dated] < self.year
        cell.fill = PatternFill("solid", fgColor=style.GREY if verified else CARRIED_FILL)
        cell.protection = Protection(locked=verified or (fixed and entry.code == dated))


def _write_hidden(workbook: Any, page: Page, mark: Mark, sheets: Mapping[str, Sequence[Entry]]) -> None:  # noqa: ANN401 - openpyxl is untyped
    """Write the mark and the long drop-downs, and lock the order of the sheets."""
    for row, (key, value) in enumerate(mark_rows(mark), start=1):
        page.put(row, 1, key, "text")
        page.put(row, 2, value, "text")
    position = LISTS_FROM
    for table, listed in sheets.items():
        for entry in listed:
            if entry.choices and not columns.fits_in_rule(entry.choices):
                for row, choice in enumerate(entry.choices, start=1):
                    page.put(row, position, choice, "text")
                letter = get_column_letter(position)
                area = f"'{page.worksheet.title}'!${letter}$1:${letter}${len(entry.choices)}"
                name = columns.list_name(table, entry.code)
                workbook.defined_names[name] = DefinedName(name, attr_text=area)
                position += 1
    page.protect()
    sheet = page.worksheet
    workbook.move_sheet(sheet, offset=len(workbook.sheetnames))
    sheet.sheet_state = "veryHidden"
    workbook.active = 0
    workbook.security = WorkbookProtection(lockStructure=True)


def _rules(words: Words, filler: str, carried: Carried | None) -> list[str]:
    """Return the rules for filling in."""
    keys = ["cells", "blank", *(["nil"] if filler == "unit" else []), "numbers", "rows", "keep"]
    if carried is not None:
        keys.append("carried_unit" if filler == "unit" else "carried_office")
    facts = {"year": carried.year if carried else ""}
    return [words.say(f"template.rules.{key}", **facts) for key in (*keys, f"return_{filler}")]


def _name(carried: Carried | None) -> str:
    """Return the name of the unit a template was filled in for, as far as the run knows it."""
    rows = carried.tables.get("consortia") if carried is not None and carried.unit else None
    if rows is None or "name" not in rows.columns or rows.is_empty():
        return ""
    name = rows.get_column("name")[0]
    return name if isinstance(name, str) else ""
