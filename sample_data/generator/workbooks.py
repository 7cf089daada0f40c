"""Write tables as the workbooks an office returns: title, line of units, headings, rows, ready to print."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import canonicalize

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

Row = Mapping[str, Any]
TITLE = Font(name="黑体", size=16)
SUBTITLE = Font(name="仿宋", size=10.5)
HEADING = Font(name="黑体", size=10.5)
BODY = Font(name="仿宋", size=10.5)
GREY = PatternFill("solid", fgColor="E7E6E6")
THIN = Side(style="thin", color="808080")
GRID = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
ONE_LINE = Alignment(horizontal="left", vertical="center")
RIGHT = Alignment(horizontal="right", vertical="center")
HEADING_ROW = 3
STAMP = datetime(2026, 3, 2, 9, 0, 0)  # noqa: DTZ001 - a workbook's properties carry no time zone
ENTRY_TIME = (2026, 3, 2, 9, 0, 0)
MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
LONG_TEXT = {
    *("name", "lead", "member", "project", "contract", "title", "matter", "evidence", "reason"),
    *("indicator", "note", "file"),
}
PAGE_COLUMNS = 18  # more columns than these go on further pages, the first column repeated
HEADING_WIDTH = 10
NARROWEST_TABLE = 90  # leaves room for the title


class Forms:
    """The tables of the indicator system, as far as a form needs them: labels, types, units."""

    def __init__(self, system: Mapping[str, Any]) -> None:
        self.tables = system["tables"]
        self.indicators = system["indicators"]
        self.units = system["units"]
        typed = {code: {"type": "number", **field} for code, field in system["fields"].items() if "expr" not in field}
        yearly = self.tables["yearly"]["columns"]
        nil = yearly.pop("nil_returns")
        yearly |= {**typed, "nil_returns": nil}

    def label(self, table: str) -> str:
        """Return the name of a table."""
        return str(self.tables[table]["label"]["zh"])

    def evidence(self, row: Row) -> Row:
        """Return a row on evidence with the name of its indicator."""
        return {**row, "indicator": self.indicators[row["indicator"]]["label"]["zh"]}

    def columns(self, table: str, *, with_unit: bool) -> dict[str, Mapping[str, Any]]:
        """Return the columns of a table's form."""
        return {code: column for code, column in self.tables[table]["columns"].items() if with_unit or code != "unit"}

    def heading(self, column: Mapping[str, Any]) -> str:
        """Return a heading, its unit in brackets on a line of its own."""
        label, unit = column["label"]["zh"], column.get("unit")
        return f"{label}\n（{self.units[unit]['zh']}）" if unit and unit != "weight" else label

    def shown(self, value: object, column: Mapping[str, Any]) -> object:
        """Return a value as it is typed into the form."""
        if isinstance(value, bool):
            return "是" if value else "否"
        if column.get("type") == "choice" and value is not None:
            return column["choices"][value]["zh"]
        return value


def add_sheet(
    book: Workbook, forms: Forms, table: str, rows: Sequence[Row], *, title: str, filler: str, with_unit: bool
) -> None:
    """Add the sheet of a table."""
    sheet = book.create_sheet(forms.label(table))
    columns = forms.columns(table, with_unit=with_unit)
    money = any(column.get("unit") == "wan_yuan" for column in columns.values())
    _head(sheet, len(columns), title, f"{filler}　　　{'金额单位：万元' if money else ''}")
    for place, (code, column) in enumerate(columns.items(), start=1):
        heading = sheet.cell(HEADING_ROW, place, forms.heading(column))
        heading.font, heading.fill, heading.border, heading.alignment = HEADING, GREY, GRID, CENTRE
        shown = [forms.shown(row.get(code), column) for row in rows]
        width = max(_width(forms.heading(column), shown), NARROWEST_TABLE / len(columns))
        sheet.column_dimensions[get_column_letter(place)].width = width
        for number, value in enumerate(shown, start=HEADING_ROW + 1):
            cell = sheet.cell(number, place, value)
            cell.font, cell.border = BODY, GRID
            cell.alignment = LEFT if code in LONG_TEXT else (RIGHT if _is_number(column) else CENTRE)
            cell.number_format = _format(value, code, column)
    lines = max(_lines(forms.heading(column)) for column in columns.values())
    sheet.row_dimensions[HEADING_ROW].height = 14 * lines + 6
    sheet.sheet_format.defaultRowHeight, sheet.sheet_format.customHeight = 18, True
    _print_setup(sheet, len(columns))


def _head(sheet: Worksheet, width: int, title: str, line: str) -> None:
    for row, text, font, place in ((1, title, TITLE, CENTRE), (2, line, SUBTITLE, ONE_LINE)):
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=-(-width // _pages(width)))
        cell = sheet.cell(row, 1, text)
        cell.font, cell.alignment = font, place
    sheet.row_dimensions[1].height = 30
    sheet.row_dimensions[2].height = 20


def _print_setup(sheet: Worksheet, width: int) -> None:
    sheet.freeze_panes = sheet.cell(HEADING_ROW + 1, 2 if width > 4 else 1)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = _pages(width), 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    if _pages(width) > 1:
        sheet.print_title_cols = "A:A"
    sheet.print_title_rows = f"{HEADING_ROW}:{HEADING_ROW}"
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.6
    sheet.oddFooter.center.text = "第 &P 页 共 &N 页"


def _pages(width: int) -> int:
    return -(-width // PAGE_COLUMNS)


def _is_number(column: Mapping[str, Any]) -> bool:
    return column.get("unit") in {"wan_yuan", "hour", "workday"}


def _format(value: object, code: str, column: Mapping[str, Any]) -> str:
    if isinstance(value, date):
        return "yyyy-mm-dd"
    if isinstance(value, str):
        return "@"
    if column.get("unit") == "wan_yuan":
        return "#,##0.00"
    if column.get("unit") in {"hour", "workday"}:
        return "#,##0"
    return "0.00" if code == "score" and isinstance(value, float) else "General"


def _lines(heading: str) -> int:
    return sum(-(-_length(part) // HEADING_WIDTH) for part in heading.split("\n"))


def _length(text: str) -> int:
    return sum(2 if ord(sign) > 0x2E80 or sign in "（）—" else 1 for sign in text)


def _width(heading: str, shown: Sequence[object]) -> float:
    texts = [f"{value:,.2f}" if isinstance(value, float) else str(value) for value in shown if value is not None]
    longest = max(map(_length, texts), default=0)
    headed = max(map(_length, heading.split("\n")))
    return min(max(longest, min(headed, HEADING_WIDTH)) + 2, 44)


def add_notes(book: Workbook, title: str, notes: Sequence[str]) -> None:
    """Add the sheet of instructions, which no reader takes for data."""
    sheet = book.create_sheet("填报说明")
    sheet.column_dimensions["A"].width = 96
    for number, text in enumerate([title, *notes], start=1):
        cell = sheet.cell(number, 1, text)
        cell.font, cell.alignment = (TITLE, CENTRE) if number == 1 else (BODY, LEFT)
        sheet.row_dimensions[number].height = 30 if number == 1 else 18 * -(-_length(text) // 92)
    sheet.page_setup.paperSize = 9
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0


def new_book(title: str) -> Workbook:
    """Return an empty workbook that says it is fiction."""
    book = Workbook()
    book.remove(book.active)
    book.properties.title = title
    book.properties.creator = "虚构示例"
    book.properties.created = STAMP
    return book


def save(book: Workbook, path: Path) -> None:
    """Save a workbook without a trace of the clock: two runs give the same bytes."""
    buffer = io.BytesIO()
    book.save(buffer)
    path.parent.mkdir(parents=True, exist_ok=True)
    stamp = STAMP.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(buffer) as made, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as kept:
        for entry in made.infolist():
            # canonical: openpyxl writes the same elements in another form where it finds lxml
            content = canonicalize(made.read(entry)).encode()
            if entry.filename == "docProps/core.xml":
                content = MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", content)
            fixed = zipfile.ZipInfo(entry.filename, ENTRY_TIME)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            fixed.external_attr = 0o644 << 16
            kept.writestr(fixed, content)
