"""The sheets of a template that hold no data: how to fill it in, and what is promised and signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openpyxl.utils import get_column_letter

from evalengine.reports import style
from evalengine.reports.page import Page
from evalengine.reports.template.columns import Entry, indicators_fed
from evalengine.reports.words import Words
from evalengine.scheme.model import FLAT, IndicatorSystem

COLUMNS = (("table", 13), ("column", 24), ("unit", 10), ("how", 52), ("used_for", 46))
INDICATORS = (("indicator", 37, 1, 2), ("definition", 62, 3, 4), ("evidence", 46, 5, 5))  # heading, width, first, last
WIDTH = sum(width for _, width in COLUMNS)
BLOCK_WIDTHS = (26, 62)
SIGNED = ("unit", "seal", "filler", "telephone", "reviewer", "head", "date")


def write_guide(
    page: Page, system: IndicatorSystem, words: Words, sheets: Mapping[str, Sequence[Entry]], rules: Sequence[str]
) -> None:
    """Write the rules for filling in, then every column, then the indicators with the evidence they need."""
    _widths(page, [width for _, width in COLUMNS])
    last = len(COLUMNS)
    row = _title(page, page.say("guide.title"), last)
    for number, sentence in enumerate(rules, start=1):
        said = page.say("guide.rule", number=number, rule=sentence)
        page.across(row, 1, last, said, "caption")
        page.high(row, [said], WIDTH)
        row += 1
    page.across(row, 1, last, page.say("guide.columns"), "section")
    row = _headings(page, row + 1, [(page.say(f"guide.{key}"), at, at) for at, (key, _) in enumerate(COLUMNS, start=1)])
    for table, listed in sheets.items():
        name = sheet_name(system, table, words)
        for entry in listed:
            used = words.say("between_items").join(entry.used_for)
            cells = (name, entry.heading.partition("\n")[0], entry.unit, entry.how, used)
            for at, content in enumerate(cells, start=1):
                page.put(row, at, content, "text")
            page.high(row, [used], COLUMNS[-1][1])
            _higher(page, row, entry.how, COLUMNS[3][1])
            row += 1
    row = _indicators(page, system, words, list(sheets), row)
    page.protect()
    page.page_setup()


def write_commitment(page: Page, unit: str) -> None:
    """Write what the unit promises and where it signs."""
    _widths(page, BLOCK_WIDTHS)
    row = _title(page, page.say("commitment.title"), len(BLOCK_WIDTHS))
    promised = page.say("commitment.text")
    page.across(row, 1, len(BLOCK_WIDTHS), promised, "caption")
    page.high(row, [promised], sum(BLOCK_WIDTHS))
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


def _indicators(page: Page, system: IndicatorSystem, words: Words, tables: Sequence[str], row: int) -> int:
    fed = indicators_fed(system, tables)
    if not fed:
        return row
    page.across(row, 1, len(COLUMNS), page.say("guide.indicators"), "section")
    row = _headings(page, row + 1, [(page.say(f"guide.{key}"), first, last) for key, _, first, last in INDICATORS])
    for item in fed.values():
        texts = [words.label(item.label), words.label(item.definition), words.label(item.evidence)]
        for content, (_, width, first, last) in zip(texts, INDICATORS, strict=True):
            page.across(row, first, last, content, "text")
            _higher(page, row, content, width)
        row += 1
    return row


def _title(page: Page, title: str, last: int) -> int:
    page.across(1, 1, last, title, "title")
    page.worksheet.row_dimensions[1].height = 2 * style.LINE_POINTS + style.ROW_PADDING
    return 2


def _headings(page: Page, row: int, headings: Sequence[tuple[str, int, int]]) -> int:
    for content, first, last in headings:
        page.across(row, first, last, content, "heading")
    return row + 1


def _higher(page: Page, row: int, content: str, width: float) -> None:
    """Make a row high enough for one more text."""
    before = page.worksheet.row_dimensions[row].height or 0
    page.high(row, [content], int(width))
    page.worksheet.row_dimensions[row].height = max(before, page.worksheet.row_dimensions[row].height)


def _widths(page: Page, widths: Sequence[float]) -> None:
    for position, width in enumerate(widths, start=1):
        page.worksheet.column_dimensions[get_column_letter(position)].width = width
