"""The template: derived from the scheme, read back as nothing filled in, starting from what a run knows."""

from __future__ import annotations

import math
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

import evalengine as ee
from evalengine import text
from evalengine.carryover import carried_over
from evalengine.intake.headings import is_ignored
from evalengine.intake.isolation import read_files
from evalengine.intake.template import read_mark
from evalengine.reports.style import LATIN_POINTS
from evalengine.reports.template import write_template
from evalengine.reports.template.columns import tables_of

SYSTEM = ee.load_indicators("innovation-consortium")
CORE = ee.load_indicators("innovation-consortium-core")
SAMPLE = Path(__file__).parents[2] / "sample_data"
UNIT_TABLES = ["consortia", "members", "projects", "contracts", "achievements", "yearly"]


def made(path: Path, system: ee.IndicatorSystem = SYSTEM, language: str = "zh", filler: str = "unit") -> Path:
    write_template(system, 2026, path, language, filler=filler)
    return path


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    result = ee.assess(ee.read_dataset(SAMPLE / "2024", SYSTEM), SYSTEM, ee.load_weights("jiangsu", SYSTEM))
    return ee.write_run(result, tmp_path_factory.mktemp("runs") / "2024")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("made") / "t.xlsx")


def sheets_by_name(path: Path) -> dict[str, list[list[object]]]:
    (file,) = read_files([(path.name, path)])
    assert file.error is None
    return {sheet.name: [list(row) for row in sheet.rows] for sheet in file.sheets}


def test_the_scheme_says_who_fills_in_what() -> None:
    assert tables_of(SYSTEM, "unit") == UNIT_TABLES
    assert set(tables_of(SYSTEM, "office")) == set(SYSTEM.tables) - set(UNIT_TABLES)


@pytest.mark.parametrize("system", [SYSTEM, CORE], ids=lambda system: system.name)
@pytest.mark.parametrize("filler", ["unit", "office"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_blank_template_reads_as_nothing_filled_in(
    tmp_path: Path, system: ee.IndicatorSystem, filler: str, language: str
) -> None:
    path = made(tmp_path / "t.xlsx", system, language, filler)
    data = ee.read_dataset(path, system)
    assert all(frame.is_empty() for frame in data.tables.values())
    assert {problem.code for problem in data.problems} <= {"missing_table", "no_table"}


@pytest.mark.parametrize("system", [SYSTEM, CORE], ids=lambda system: system.name)
@pytest.mark.parametrize("filler", ["unit", "office"])
def test_every_heading_is_understood(tmp_path: Path, system: ee.IndicatorSystem, filler: str) -> None:
    path = made(tmp_path / "t.xlsx", system, "zh", filler)
    book = openpyxl.load_workbook(path)
    for code in tables_of(system, filler):
        sheet = book[system.tables[code].label.zh]
        sheet.cell(4, 1).value = "x"  # a row, so that the sheet is looked at
    book.save(path)
    odd = {"unknown_column", "duplicate_heading", "heading_unit", "missing_column", "note_unit", "heading_not_found"}
    odd |= {"unknown_sheet", "hidden_sheet"}
    found = [problem.line("en") for problem in ee.read_dataset(path, system).problems if problem.code in odd]
    assert found == []


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_the_sheets_without_data_are_ignored_under_any_scheme(language: str) -> None:
    for key in ("guide.sheet", "indicators_sheet", "commitment.sheet", "mark_sheet"):
        assert is_ignored(text.sentence(f"report.template.{key}", language), SYSTEM)


def test_the_mark_says_what_it_was_made_from(template: Path) -> None:
    (file,) = read_files([("t.xlsx", template)])
    mark = read_mark(file.sheets)
    assert mark is not None
    assert (mark.system, mark.edition, mark.sha256) == (SYSTEM.name, SYSTEM.edition, SYSTEM.sha256)
    assert (mark.year, mark.filled_by, mark.unit) == ("2026", "unit", "")
    assert read_mark([]) is None


def test_identical_arguments_give_identical_bytes(tmp_path: Path, template: Path) -> None:
    assert made(tmp_path / "t.xlsx").read_bytes() == template.read_bytes()


def test_structure_is_locked_and_entry_cells_are_open(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    assert book.security.lockStructure
    assert book[text.sentence("report.template.mark_sheet", "zh")].sheet_state == "veryHidden"
    for code in UNIT_TABLES:
        sheet = book[SYSTEM.tables[code].label.zh]
        assert sheet.protection.sheet
        assert all(sheet.cell(3, column).protection.locked for column in range(1, sheet.max_column + 1))
        assert not any(sheet.cell(4, column).protection.locked for column in range(1, sheet.max_column + 1))
    members = book["成员单位"]
    assert members.cell(4, 1).number_format == "@"
    assert not members.column_dimensions["A"].protection.locked


def test_rules_and_prompts_keep_within_what_excel_opens_without_repair(tmp_path: Path) -> None:
    for filler in ("unit", "office"):
        path = made(tmp_path / f"{filler}.xlsx", filler=filler)
        for sheet in openpyxl.load_workbook(path).worksheets:
            assert len(sheet.title) <= 31
            for rule in sheet.data_validations.dataValidation:
                assert len(rule.prompt or "") <= 255
                assert len(rule.promptTitle or "") <= 32
                assert len(rule.error or "") <= 225
                assert len(rule.errorTitle or "") <= 32
                assert len(rule.formula1 or "") <= 257  # a list and its quotation marks
        with zipfile.ZipFile(path) as archive:
            content = b"".join(archive.read(name) for name in archive.namelist())
            assert b"<f>" not in content
            assert b"extLst" not in content


def test_lists_too_long_for_a_rule_stand_on_the_hidden_sheet(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(made(tmp_path / "t.xlsx", filler="office"))
    rules = book["佐证材料"].data_validations.dataValidation
    named = [rule.formula1 for rule in rules if rule.formula1 == "list_evidence_indicator"]
    assert len(named) == 1
    sheet, area = book.defined_names[named[0]].attr_text.split("!")
    first, last = re.findall(r"\$([A-Z]+\$\d+)", area)
    cells = book[sheet.strip("'")][f"{first.replace('$', '')}:{last.replace('$', '')}"]
    assert [cell.value for (cell,) in cells] == [item.label.zh for item in SYSTEM.indicators.values()]


# ---------------------------------------------------------------- what last year's run knows
def test_a_run_fills_in_what_it_knows_and_nothing_that_is_stated_anew(tmp_path: Path, run: Path) -> None:
    write_template(SYSTEM, 2025, tmp_path / "t.xlsx", "zh", carried=carried_over(run, SYSTEM, unit="js01"))
    data = ee.read_dataset(tmp_path / "t.xlsx", SYSTEM)
    before = ee.read_dataset(SAMPLE / "2024", SYSTEM)
    members, known = data.tables["members"], before.tables["members"].filter(unit="JS01")
    plain = [code for code in SYSTEM.tables["members"].columns if not SYSTEM.tables["members"].columns[code].restated]
    assert members.select(plain).equals(known.select(plain))
    for table, columns in (("members", ["has_task", "funds_received"]), ("projects", ["status"])):
        assert all(data.tables[table].get_column(name).null_count() == data.tables[table].height for name in columns)
    yearly = data.tables["yearly"].sort("year")
    assert yearly["year"].to_list() == [2023, 2024, 2025]
    earlier = before.tables["yearly"].filter(unit="JS01").sort("year").tail(2)
    figures = list(SYSTEM.fields_of("yearly"))
    assert yearly.head(2).select(figures).equals(earlier.select(figures))  # bit for bit
    assert all(math.isfinite(value) for value in yearly.head(2)["funds_total"])
    assert yearly.tail(1).select(figures).row(0) == (None,) * len(figures)


def test_earlier_figures_are_the_verified_ones_and_locked(tmp_path: Path, run: Path) -> None:
    before = ee.read_dataset(SAMPLE / "2024", SYSTEM)
    verified = [row for row in before.tables["adjustments"].to_dicts() if row["table"] in {"yearly", "年度数据"}]
    assert verified
    for row in verified:
        carried = carried_over(run, SYSTEM, unit=row["unit"])
        path = tmp_path / f"{row['unit']}.xlsx"
        if path.exists():
            continue
        write_template(SYSTEM, 2025, path, "zh", carried=carried)
        sheet = openpyxl.load_workbook(path)["年度数据"]
        assert sheet["B4"].protection.locked
        assert not sheet["B6"].protection.locked
        label = next(item.label.zh for code, item in SYSTEM.fields.items() if row["column"] in {code, item.label.zh})
        column = next(cell.column for cell in sheet[3] if str(cell.value).partition("\n")[0] == label)
        assert sheet.cell(5, column).value == float(row["verified"])


def test_the_office_gets_the_node_lists_and_what_was_published(tmp_path: Path, run: Path) -> None:
    write_template(SYSTEM, 2025, tmp_path / "t.xlsx", "zh", filler="office", carried=carried_over(run, SYSTEM))
    data = ee.read_dataset(tmp_path / "t.xlsx", SYSTEM)
    before = ee.read_dataset(SAMPLE / "2024", SYSTEM)
    assert data.tables["chain_nodes"].height == before.tables["chain_nodes"].height
    assert data.tables["chain_nodes"]["closed"].null_count() == data.tables["chain_nodes"].height
    assert all(data.tables[code].is_empty() for code in ("experts", "events", "adjustments", "evidence"))
    published = data.tables["history"].filter(year=2024).select("unit", "score", "rank")
    ranking = ee.assess(before, SYSTEM, ee.load_weights("jiangsu", SYSTEM)).ranking.select("unit", "score", "rank")
    assert sorted(published.rows()) == sorted(ranking.rows())
    assert data.tables["history"].filter(year=2023)["rank"].null_count() == 0


def test_what_cannot_be_made_is_refused(tmp_path: Path, run: Path) -> None:
    with pytest.raises(ee.UsageError, match="xlsx"):
        made(tmp_path / "t.xls")
    path = made(tmp_path / "t.xlsx")
    with pytest.raises(ee.OutputError):
        made(path)
    with pytest.raises(ee.UsageError, match="XX"):
        carried_over(run, SYSTEM, unit="XX")
    with pytest.raises(ee.UsageError, match="manifest"):
        carried_over(tmp_path, SYSTEM)


def test_a_template_looks_as_the_theme_says(tmp_path: Path) -> None:
    look = tmp_path / "theme.toml"
    look.write_text('mark = { zh = "内部" }\n[margins]\nleft = 2.54\n[fonts.zh]\nbody = "仿宋"\n', encoding="utf-8")
    write_template(SYSTEM, 2026, tmp_path / "t.xlsx", "zh", theme=ee.load_theme(str(look)))
    sheets = [sheet for sheet in openpyxl.load_workbook(tmp_path / "t.xlsx") if sheet.sheet_state == "visible"]
    assert {(sheet.page_margins.left, sheet.oddHeader.left.text) for sheet in sheets} == {(1.0, "内部")}
    assert (sheets[0]["A1"].font.name, sheets[0]["A2"].font.name) == ("宋体", "仿宋")


@pytest.mark.parametrize("filler", ["unit", "office"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_sheet_of_a_template_repeats_its_heading(tmp_path: Path, language: str, filler: str) -> None:
    book = openpyxl.load_workbook(made(tmp_path / "t.xlsx", SYSTEM, language, filler))
    commitment = text.sentence("report.template.commitment.sheet", language)
    for sheet in book:
        if sheet.sheet_state == "visible" and sheet.title != commitment:
            row = int(sheet.print_title_rows.split("$")[-1])
            assert all(cell.value for cell in sheet[row])
            assert [k for k in range(row + 1, sheet.max_row + 1) if sheet.cell(k, 1).font.name == "Arial"] == []


def test_no_narrow_cell_of_the_instructions_is_cut(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(made(tmp_path / "t.xlsx", language="en")).worksheets[0]
    rows = [row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == "Technology contracts"]
    assert rows  # two lines in a column of thirteen
    assert all(sheet.row_dimensions[row].height >= 2 * LATIN_POINTS for row in rows)


def test_what_stands_above_a_wide_table_is_not_said_again_in_its_repeated_column(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    wide = [sheet for sheet in book if sheet.print_title_cols]
    assert wide
    assert [sheet.title for sheet in wide if sheet["A1"].value or sheet["A2"].value] == []


def test_a_blank_list_fills_its_pages(template: Path) -> None:
    """A page between margins of 1.5 cm is 18 cm high; the rows of two are drawn, less 3 % and what does not divide."""
    sheet = openpyxl.load_workbook(template)["成员单位"]
    across = sum(dimension.width for dimension in sheet.column_dimensions.values())
    page = 18 / 2.54 * 72 * max(1.0, across * 5.25 / (26.7 / 2.54 * 72))
    head, heading = sum(sheet.row_dimensions[row].height for row in (1, 2, 3)), sheet.row_dimensions[3].height
    drawn = sum(1 for row in range(4, sheet.max_row + 1) if sheet.cell(row, 1).border.left.style)
    height = drawn * 20 + head + heading
    assert 2 * 0.97 * page - 2 * 20 < height <= 2 * 0.97 * page
