"""A file of adjustments with one row more: everything in it stays as it was."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from evalengine.errors import UsageError
from evalengine.intake.columns import ADJUSTMENTS, columns_of, named
from evalengine.intake.headings import find_header, headings_in
from evalengine.intake.numbers import is_blank
from evalengine.reports import package
from evalengine.reports.page import exact
from evalengine.reports.tables import FORMULA_STARTS
from evalengine.scheme.model import IndicatorSystem

Cell = str | int | date | None
Row = Mapping[str, Cell]
CSV, WORKBOOK = ".csv", ".xlsx"
MARK = b"\xef\xbb\xbf"  # tells Excel that a CSV file is UTF-8
WIDTHS = {"reason": 40.0, "evidence": 30.0, "key": 24.0}
WIDTH = 14.0


def with_row(
    before: bytes | None, row: Row, system: IndicatorSystem, *, kind: str, name: str, language: str
) -> tuple[bytes, int]:
    """Return the content of the file with a row more, and the number of that row.

    Args:
        before: the content so far; None for a new file.
        row: the adjustment by column code.
        system: the indicator system, which names the columns.
        kind: `.csv` or `.xlsx`.
        name: name of the file, for messages.
        language: language of the headings of a new file.

    Raises:
        UsageError: the file has no heading, lacks a column the row needs, or is a workbook with other sheets.
    """
    columns = columns_of(system, ADJUSTMENTS)
    headings = [column.label.get(language) for column in columns.values()]
    if kind == CSV:
        return _csv_with_row(MARK + _line(headings, "\r\n").encode() if before is None else before, row, system, name)
    if before is None:
        book = _new_book(headings, list(columns), system.tables[ADJUSTMENTS].label.get(language))
    else:
        book = load_workbook(io.BytesIO(before))
    if len(book.sheetnames) != 1:  # saving it again would lose what openpyxl does not know
        raise UsageError("adjust_not_alone", file=name)
    sheet = book.worksheets[0]
    rows = [list(cells) for cells in sheet.iter_rows(values_only=True)]
    for cells in sheet.iter_rows():
        for cell in cells:
            exact(cell)
    header, places = _places(rows, row, system, name)
    filled = (number for number, cells in enumerate(rows) if not all(is_blank(cells[at]) for at in places.values()))
    position = max([header, *filled]) + 2
    for code, at in places.items():
        _fill(sheet, position, at + 1, row.get(code))
    content = io.BytesIO()
    package.save_plain(book, content)
    return content.getvalue(), position


def _csv_with_row(content: bytes, row: Row, system: IndicatorSystem, name: str) -> tuple[bytes, int]:
    """Return the bytes with a line more; the bytes before it are untouched."""
    encoding = "utf-8" if content.startswith(MARK) or _is_utf8(content) else "gb18030"
    written = content.removeprefix(MARK).decode(encoding)
    first = next((line for line in written.splitlines() if line.strip()), "")
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    records = list(csv.reader(io.StringIO(written, newline=""), delimiter=delimiter))
    header, places = _places(records, row, system, name)
    cells = [""] * len(records[header])
    for code, at in places.items():
        value = row.get(code)
        cells[at] = "" if value is None else _guarded(str(value))
    end = "\r\n" if "\r\n" in written else "\n"
    gap = "" if written.endswith(("\n", "\r")) else end
    return content + (gap + _line(cells, end, delimiter)).encode(encoding), len(records) + 1


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _line(cells: Sequence[str], end: str, delimiter: str = ",") -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator=end, delimiter=delimiter).writerow(cells)
    return buffer.getvalue()


def _guarded(value: str) -> str:
    """Return text that no spreadsheet takes for a formula; a number stays what it is."""
    try:
        float(value)
    except ValueError:
        return f"'{value}" if value.startswith(FORMULA_STARTS) else value
    return value


def _places(
    rows: Sequence[Sequence[object]], row: Row, system: IndicatorSystem, name: str
) -> tuple[int, dict[str, int]]:
    """Return the position of the headings and the place of every column under them."""
    columns = columns_of(system, ADJUSTMENTS)
    header = find_header(rows, columns)
    if header is None:
        raise UsageError("adjust_no_heading", file=name)
    places = {found.code: found.position for found in reversed(headings_in(rows[header], columns)) if found.code}
    lacking = [code for code, value in row.items() if value is not None and code not in places]
    if lacking:
        raise UsageError(
            "adjust_no_column", file=name, **named("label", [(code, columns[code].label) for code in lacking])
        )
    return header, places


def _new_book(headings: Sequence[str], codes: Sequence[str], title: str) -> Workbook:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    sheet.append(list(headings))
    for cell, code in zip(sheet[1], codes, strict=True):
        cell.font, cell.alignment = Font(bold=True), Alignment(horizontal="center", vertical="center", wrap_text=True)
        sheet.column_dimensions[cell.column_letter].width = WIDTHS.get(code, WIDTH)
    sheet.freeze_panes, sheet.print_title_rows = "A2", "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    return book


def _fill(sheet: Worksheet, row: int, column: int, value: Cell) -> None:
    cell = sheet.cell(row, column, value)
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    if isinstance(value, str):  # text stays text: no formula, no date, no lost zero
        cell.data_type, cell.number_format = "s", "@"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
