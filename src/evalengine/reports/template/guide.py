"""The sheets of a template that hold no data: how to fill it in, and what is promised and signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openpyxl.utils import get_column_letter

from evalengine.reports import style
from evalengine.reports.layout import Entry as Cell
from evalengine.reports.page import Page
from evalengine.reports.template.columns import Entry
from evalengine.reports.words import Words
from evalengine.scheme.model import FLAT, Indicator, IndicatorSystem

COLUMNS = (("table", 13), ("column", 24), ("unit", 10), ("how", 52), ("used_for", 46))
INDICATORS = (("indicator", 37), ("definition", 62), ("evidence", 46))  # heading, width
WIDTH = sum(width for _, width in COLUMNS)
BLOCK_WIDTHS = (26, 62)
SIGNED = ("unit", "seal", "filler", "telephone", "reviewer", "head", "date")


def write_guide(
    page: Page, system: IndicatorSystem, words: Words, sheets: Mapping[str, Sequence[Entry]], rules: Sequence[str]
) -> None:
    """Write the rules for filling in, then every column."""
    last = len(COLUMNS)
    row = _title(page, page.say("guide.title"), [width for _, width in COLUMNS])
    for number, sentence in enumerate(rules, start=1):
        said = page.say("guide.rule", number=number, rule=sentence)
        page.across(row, 1, last, said, "caption")
        page.fit(row, [("caption", said)], [WIDTH])
        row += 1
    page.across(row, 1, last, page.say("guide.columns"), "section")
    row = _headings(page, row + 1, COLUMNS)
    for table, listed in sheets.items():
        name = sheet_name(system, table, words)
        for entry in listed:
            used = words.say("between_items").join(entry.used_for)
            _row(page, row, (name, entry.heading.partition("\n")[0], entry.unit, entry.how, used), COLUMNS)
            row += 1
    page.protect()
    page.page_setup()


def write_indicators(page: Page, fed: Sequence[Indicator], words: Words) -> None:
    """Write the indicators with the evidence they need."""
    row = _title(page, page.say("guide.indicators"), [width for _, width in INDICATORS])
    row = _headings(page, row, INDICATORS)
    for item in fed:
        _row(page, row, [words.label(said) for said in (item.label, item.definition, item.evidence)], INDICATORS)
        row += 1
    page.protect()
    page.page_setup()


def write_commitment(page: Page, unit: str) -> None:
    """Write what the unit promises and where it signs."""
    row = _title(page, page.say("commitment.title"), BLOCK_WIDTHS)
    promised = page.say("commitment.text")
    page.across(row, 1, len(BLOCK_WIDTHS), promised, "caption")
    page.fit(row, [("caption", promised)], [sum(BLOCK_WIDTHS)])
    row += 2
    for key in SIGNED:
        page.put(row, 1, page.say(f"commitment.{key}"), "band")
        page.open(row, 2, "text")
        if key == "unit" and unit:
            page.worksheet.cell(row, 2).value = unit
            page.worksheet.cell(row, 2).data_type = "s"
        page.worksheet.row_dimensions[row].height = 2 * style.LINE_POINTS + style.ROW_PADDING
        row += 1
    page.protect()
    page.page_setup(orientation="portrait")


def sheet_name(system: IndicatorSystem, table: str, words: Words) -> str:
    """Return the name of a table's sheet."""
    return FLAT if table == FLAT else words.label(system.tables[table].label)


def _title(page: Page, title: str, widths: Sequence[float]) -> int:
    """Set the column widths, write the title across them and return the row below."""
    for position, width in enumerate(widths, start=1):
        page.worksheet.column_dimensions[get_column_letter(position)].width = width
    page.across(1, 1, len(widths), title, "title")
    page.fit(1, [("title", title)], [sum(widths)])
    return 2


def _headings(page: Page, row: int, columns: Sequence[tuple[str, int]]) -> int:
    """Write the headings, which repeat on every page, and return the row below."""
    _row(page, row, [page.say(f"guide.{key}") for key, _ in columns], columns, "heading")
    page.worksheet.print_title_rows = f"{row}:{row}"
    return row + 1


def _row(page: Page, row: int, contents: Sequence[str], columns: Sequence[tuple[str, int]], kind: str = "text") -> None:
    """Write a row as high as its contents need."""
    cells: list[Cell] = [(kind, content) for content in contents]
    for position, content in enumerate(contents, start=1):
        page.put(row, position, content, kind)
    page.fit(row, cells, [width for _, width in columns])
