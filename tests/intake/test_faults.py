# ruff: noqa: E501 - one fault, one line
"""Seeded faults in the shipped sample: each is reported with its cell, none crashes, none passes silently.

A fault is an edit of the first consortium's workbook, of the office's workbook, or of the folder, and the problem it
must cause: severity, code and place (`sheet!cell`, or the file's own name where a file is at fault).
"""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import evalengine as ee
from evalengine.errors import Problem
from evalengine.scheme.model import IndicatorSystem
from evalengine.scheme.shipped import shipped

Edit = Callable[[Any, Any, Path], None]
OWN, OFFICE = "JS01.xlsx", "office.xlsx"


def put(sheet: str, cell: str, value: object, *, book: str = OWN) -> Edit:
    """Type a value into a cell."""

    def edit(own: Any, office: Any, _folder: Path) -> None:
        (own if book == OWN else office)[sheet][cell].value = value

    return edit


def raw(sheet: str, cell: str, number: str) -> Edit:
    """Write a numeric cell whose number no library would write."""

    def edit(own: Any, _office: Any, _folder: Path) -> None:
        own[sheet][cell]._value = number
        own[sheet][cell].data_type = "n"

    return edit


def on(sheet: str, change: Callable[[Any], object], *, book: str = OWN) -> Edit:
    """Change a sheet."""

    def edit(own: Any, office: Any, _folder: Path) -> None:
        change((own if book == OWN else office)[sheet])

    return edit


def file(name: str, content: bytes) -> Edit:
    """Add a file."""

    def edit(_own: Any, _office: Any, folder: Path) -> None:
        (folder / name).write_bytes(content)

    return edit


def gone(sheet: str, *, book: str = OWN) -> Edit:
    """Take a sheet away."""

    def edit(own: Any, office: Any, _folder: Path) -> None:
        del (own if book == OWN else office)[sheet]

    return edit


def percent_cell(sheet: str, cell: str) -> Edit:
    def change(held: Any) -> None:
        held[cell].value, held[cell].number_format = 0.05, "0.00%"

    return on(sheet, change)


def again(row: int) -> Callable[[Any], None]:
    """Append a copy of a row."""

    def change(sheet: Any) -> None:
        sheet.append([cell.value for cell in sheet[row]])

    return change


def foreign(sheet: Any) -> None:
    """Name a unit in every row of a sheet that had no column for it, another one in the last."""
    sheet["AH3"].value = "联合体编号"
    for row in range(4, sheet.max_row + 1):
        sheet[f"AH{row}"].value = "js01" if row < sheet.max_row else "JS02"


def hide(row: int) -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        sheet.row_dimensions[row].hidden = True

    return change


def hide_column(letter: str) -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        sheet.column_dimensions[letter].hidden = True

    return change


def hide_sheet(sheet: Any) -> None:
    sheet.sheet_state = "hidden"


def rename(title: str) -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        sheet.title = title

    return change


CONTRACTS = "合同登记编号,合同名称,成交年度,合同类别,成交额（万元）,是否认定登记,成员间合同,联合体编号\n"
ROW = "K1,甲,2025,技术开发,{amount},是,否,JS01\n"

FAULTS: list[tuple[str, Edit, str, str, str]] = [
    # what is typed into cells of numbers
    ("words for a number", put("项目", "J4", "约三百"), "error", "not_a_number", "项目!J4"),
    ("number stored as text", put("项目", "J4", "264"), "warning", "number_as_text", "项目!J4"),
    ("full-width digits", put("项目", "J4", "２６４"), "warning", "rewritten", "项目!J4"),
    ("separators", put("项目", "J4", "1,264"), "warning", "rewritten", "项目!J4"),
    ("separator out of place", put("项目", "J4", "12,64"), "error", "not_a_number", "项目!J4"),
    ("declared unit typed", put("项目", "J4", "264万元"), "warning", "rewritten", "项目!J4"),
    ("yuan in a column of ten thousands", put("项目", "J4", "2640000元"), "warning", "scaled", "项目!J4"),
    ("foreign suffix", put("项目", "J4", "264美元"), "error", "unknown_suffix", "项目!J4"),
    ("superscript", put("项目", "J4", "10²"), "error", "unknown_suffix", "项目!J4"),
    ("overflow as text", put("项目", "J4", "1e999"), "error", "not_finite", "项目!J4"),
    ("overflow as number", raw("项目", "J4", "1e999"), "error", "not_finite", "项目!J4"),
    ("percentage in an amount", put("项目", "J4", "5%"), "error", "percent_elsewhere", "项目!J4"),
    ("percent format in an amount", percent_cell("项目", "J4"), "error", "percent_elsewhere", "项目!J4"),
    ("date for a number", put("项目", "J4", dt.date(2025, 3, 1)), "error", "not_a_number", "项目!J4"),
    ("yes for a number", put("项目", "J4", value=True), "error", "not_a_number", "项目!J4"),
    ("formula without result", put("项目", "J4", "=1+1"), "error", "formula_without_result", "项目!J4"),
    ("error cell", put("项目", "J4", "#DIV/0!"), "error", "error_cell", "项目!J4"),
    ("dash", put("项目", "J4", "—"), "warning", "read_as_blank", "项目!J4"),
    ("not applicable typed", put("年度数据", "D6", "不适用"), "warning", "read_as_blank", "年度数据!D6"),
    ("negative", put("项目", "J4", -264), "error", "out_of_range", "项目!J4"),
    ("negative in brackets", put("年度数据", "D6", "(12.5)"), "error", "out_of_range", "年度数据!D6"),
    ("readiness above 9", put("项目", "P4", 12), "error", "out_of_range", "项目!P4"),
    ("fraction of a person", put("年度数据", "K6", 407.5), "error", "not_whole", "年度数据!K6"),
    ("fraction of a level", put("项目", "P4", 3.5), "error", "not_whole", "项目!P4"),
    ("blank", put("年度数据", "D6", None), "warning", "blank", "年度数据!D6"),
    # what is typed into other cells
    ("year before 1990", put("技术合同", "C4", 1025), "error", "out_of_range", "技术合同!C4"),
    ("year in words", put("技术合同", "C4", "二〇二五"), "warning", "rewritten", "技术合同!C4"),
    ("year in words of amounts", put("技术合同", "C4", "二千零二十五"), "error", "not_a_year", "技术合同!C4"),
    ("year as text", put("技术合同", "C4", "2025年"), "warning", "rewritten", "技术合同!C4"),
    ("unknown choice", put("项目", "D4", "乡级"), "error", "unknown_choice", "项目!D4"),
    ("neither yes nor no", put("项目", "K4", "可能"), "error", "not_a_boolean", "项目!K4"),
    ("blank id", put("项目", "A4", None), "error", "blank_required", "项目!A4"),
    ("id as number", put("项目", "A4", 20250101), "warning", "number_to_text", "项目!A4"),
    ("18-digit id as number", put("成员单位", "A4", 913202001234567890), "error", "digits_lost", "成员单位!A4"),
    ("date for an id", put("项目", "A4", dt.date(2025, 3, 1)), "error", "date_as_text", "项目!A4"),
    ("date in words", put("核定调整", "K4", "上周", book=OFFICE), "error", "not_a_date", "核定调整!K4"),
    ("impossible date", put("核定调整", "K4", "2025-02-30", book=OFFICE), "error", "not_a_date", "核定调整!K4"),
    # rows and keys
    ("row twice", on("项目", again(4)), "error", "duplicate_key", "项目!A4"),
    ("unknown unit", put("专家评分", "A4", "JS99", book=OFFICE), "error", "unknown_unit", "专家评分!A4"),
    ("orphan member", put("产业链节点", "F4", "不存在的成员", book=OFFICE), "error", "reference_missing", "产业链节点!F4"),
    ("row of another unit", on("年度数据", foreign), "error", "foreign_unit", "年度数据!AH6"),
    ("node with two weights", put("产业链节点", "D5", 9, book=OFFICE), "error", "rows_disagree", "产业链节点!D5"),
    ("score above 100", put("专家评分", "E4", 101, book=OFFICE), "error", "out_of_range", "专家评分!E4"),
    ("unknown item", put("荣誉与事项", "C4", "P9", book=OFFICE), "error", "unknown_choice", "荣誉与事项!C4"),
    ("half an occurrence", put("荣誉与事项", "D4", 0.5, book=OFFICE), "error", "not_whole", "荣誉与事项!D4"),
    ("hidden row", on("项目", hide(4)), "warning", "hidden_row", "项目!A4"),
    ("merged data", on("项目", lambda sheet: sheet.merge_cells("D4:D6")), "error", "merged_cells", "项目!D4"),
    # between figures
    ("part above total", put("年度数据", "C6", 40), "error", "part_above_total", "年度数据!C6"),
    ("sum that does not add up", put("年度数据", "G6", 6000), "warning", "sum_differs", "年度数据!G6"),
    ("jump", put("年度数据", "K6", 800), "warning", "jump", "年度数据!K6"),
    ("yuan typed for ten thousands", put("年度数据", "H6", 95811700), "warning", "unit_slip", "年度数据!H6"),
    ("unknown nil return", put("年度数据", "AG6", "合同表；成果"), "error", "nil_unknown", "年度数据!AG6"),
    ("nil return with rows", put("年度数据", "AG6", "成果"), "warning", "nil_with_rows", "年度数据!AG6"),
    # headings and sheets
    ("unknown column", put("项目", "R3", "备注说明"), "warning", "unknown_column", "项目!R3"),
    ("misspelt heading", put("项目", "J3", "项目经非（万元）"), "error", "missing_column", "项目!A3"),
    ("heading twice", put("项目", "R3", "项目经费"), "error", "duplicate_heading", "项目!R3"),
    ("heading in another unit", put("项目", "J3", "项目经费（元）"), "error", "heading_unit", "项目!J3"),
    ("note in another unit", put("项目", "A2", "填报单位：江苏　金额单位：元"), "error", "note_unit", "项目!A2"),
    ("note of several units", put("项目", "A2", "单位：元、项"), "error", "note_unit", "项目!A2"),
    ("content without heading", put("项目", "S4", "多余"), "warning", "without_heading", "项目!S4"),
    ("no heading", on("技术合同", lambda sheet: sheet.delete_rows(1, 3)), "error", "heading_not_found", "技术合同"),
    ("hidden column", on("项目", hide_column("J")), "warning", "hidden_column", "项目!J3"),
    ("hidden sheet", on("项目", hide_sheet), "warning", "hidden_sheet", "项目"),
    ("missing sheet", gone("项目"), "warning", "no_table", ""),
    ("missing required sheet", gone("成员单位"), "error", "missing_table", ""),
    ("misspelt sheet", on("技术合同", rename("技术和同")), "warning", "unknown_sheet", "技术和同"),
    ("no consortium", gone("联合体"), "error", "unit_not_stated", "项目!A3"),
    ("no node list", gone("产业链节点", book=OFFICE), "warning", "no_table", ""),
    # files
    ("unknown file", file("notes.docx", b"x"), "warning", "unknown_file", "notes.docx"),
    ("separator moves columns", file("contracts.csv", (CONTRACTS + ROW.format(amount="1,035")).encode()), "error", "row_too_long", "contracts.csv!I2"),
    ("NaN in a CSV", file("contracts.csv", (CONTRACTS + ROW.format(amount="NaN")).encode()), "error", "not_a_number", "contracts.csv!E2"),
    ("bad figure in GB18030", file("contracts.csv", (CONTRACTS + ROW.format(amount="壹")).encode("gb18030")), "error", "not_a_number", "contracts.csv!E2"),
    ("flat table beside records", file("flat.csv", b"unit,year,funds_total,rd_expenditure\nJS01,2025,1,1\n"), "error", "mixed_data", ""),
]  # fmt: skip


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory, system: IndicatorSystem) -> Path:
    """One consortium's workbook and what the office says of it, without a problem."""
    folder = tmp_path_factory.mktemp("clean")
    source = shipped("sample_data") / "2025"
    shutil.copy(next(source.glob("JS01*.xlsx")), folder / OWN)
    office = openpyxl.load_workbook(source / OFFICE)
    for sheet in office.worksheets[1:]:
        kept = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4) if row[0].value == "JS01"]
        sheet.delete_rows(4, sheet.max_row)
        for row in kept:
            sheet.append(row)
    if "核定调整" not in [sheet.title for sheet in office.worksheets if sheet.max_row > 3]:
        adjustments = office["核定调整"]
        adjustments.append(
            ["JS01", 2025, "年度数据", None, "研发人员数", 407, 400, "两人重复计算", "名册", "核", "2026-03-01"]
        )
    office.save(folder / OFFICE)
    found = list(problems_in(folder, system))
    assert [item for item in found if item.severity == "error"] == []
    return folder


def problems_in(folder: Path, system: IndicatorSystem) -> Iterator[Problem]:
    yield from ee.check(ee.read_dataset(folder, system), system, year=2025)


@pytest.mark.parametrize(
    ("edit", "severity", "code", "place"), [item[1:] for item in FAULTS], ids=[item[0] for item in FAULTS]
)
def test_a_fault_is_reported_with_its_cell(
    clean: Path, tmp_path: Path, system: IndicatorSystem, edit: Edit, severity: str, code: str, place: str
) -> None:
    folder = tmp_path / "returned"
    folder.mkdir()
    own, office = openpyxl.load_workbook(clean / OWN), openpyxl.load_workbook(clean / OFFICE)
    edit(own, office, folder)
    own.save(folder / OWN)
    office.save(folder / OFFICE)

    found = list(problems_in(folder, system))

    places = [(item.severity, item.code, item.where()) for item in found]
    wanted = [
        item for item in found if item.severity == severity and item.code == code and item.where().endswith(place)
    ]
    assert wanted, places
    for item in found:
        for language in ("zh", "en"):
            assert item.message(language)
            assert item.remedy(language)


def test_the_corpus_is_large_enough() -> None:
    assert len({name for name, *_ in FAULTS}) == len(FAULTS) >= 40
