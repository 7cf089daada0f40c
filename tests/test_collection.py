"""A collection round: template, filled in, collected, assessed; and everything that goes wrong in one."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import openpyxl
import polars as pl
import pytest

import evalengine as ee
from evalengine.collection import Collection, collect, expected_units
from evalengine.intake.columns import columns_of
from evalengine.reports.collection import write_collection
from evalengine.reports.template import write_template
from evalengine.reports.template.columns import entries, shown, tables_of
from evalengine.reports.words import Words
from tests.cli.test_commands import run as command

SYSTEM = ee.load_indicators("innovation-consortium")
PROFILE = ee.load_weights("jiangsu", SYSTEM)
SAMPLE = Path(__file__).parents[1] / "sample_data" / "2025"
WORDS = Words(SYSTEM, "zh")


def fill(template: Path, target: Path, data: ee.Dataset, filler: str, unit: str | None) -> None:
    """Fill in a template through openpyxl, sheet by sheet and cell by cell, as an office would."""
    book = openpyxl.load_workbook(template)
    for table in tables_of(SYSTEM, filler):
        frame = data.tables.get(table)
        if frame is None:
            continue
        sheet = book[SYSTEM.tables[table].label.zh]
        rows = frame.filter(pl.col("unit") == unit) if unit else frame
        columns = columns_of(SYSTEM, table)
        for number, row in enumerate(rows.to_dicts(), start=4):
            for position, entry in enumerate(entries(SYSTEM, table, filler, 2025, WORDS), start=1):
                assert str(sheet.cell(3, position).value).startswith(entry.heading.partition("\n")[0])
                value = shown(row[entry.code], columns[entry.code], WORDS)
                cell = sheet.cell(number, position)
                cell.value = value
                if isinstance(value, float):
                    cell._value, cell.data_type = repr(value), "n"  # as Excel saves it: all seventeen digits
    book.save(target)


@pytest.fixture(scope="module")
def source() -> ee.Dataset:
    return ee.read_dataset(SAMPLE, SYSTEM)


@pytest.fixture(scope="module")
def returned(tmp_path_factory: pytest.TempPathFactory, source: ee.Dataset) -> Path:
    """Return a folder of workbooks filled in from templates with the sample's data."""
    folder = tmp_path_factory.mktemp("round")
    made = {filler: folder / f"{filler}.xlsx" for filler in ("unit", "office")}
    for filler, path in made.items():
        write_template(SYSTEM, 2025, path, "zh", filler=filler)
    target = folder / "returned"
    target.mkdir()
    for unit in source.tables["consortia"]["unit"]:
        fill(made["unit"], target / f"{unit}.xlsx", source, "unit", unit)
    fill(made["office"], target / "office.xlsx", source, "office", None)
    return target


@pytest.fixture(scope="module")
def whole(returned: Path) -> Collection:
    return collect(returned, SYSTEM)


def some(folder: Path, target: Path, *names: str) -> Path:
    target.mkdir()
    for name in names:
        shutil.copy(folder / name, target / name)
    return target


def change(path: Path, sheet: str, cell: str, value: object) -> None:
    book = openpyxl.load_workbook(path)
    book[sheet][cell].value = value
    book.save(path)


def statuses(found: Collection) -> dict[str, str]:
    return {file.name: file.status for file in found.files}


# ---------------------------------------------------------------- Must show 1
def test_template_filled_in_collected_and_assessed_gives_the_bits_of_the_source(
    tmp_path: Path, source: ee.Dataset, whole: Collection
) -> None:
    assert set(statuses(whole).values()) == {"accepted"}
    assert {file.template for file in whole.files} == {"current"}
    write_collection(whole, tmp_path / "out", "zh")
    merged = ee.read_dataset(tmp_path / "out" / "data", SYSTEM)
    assert [problem.line("en") for problem in merged.problems if problem.severity == "error"] == []
    assert ee.read_dataset(tmp_path / "out", SYSTEM).sources == merged.sources  # the round's folder means its data
    (tmp_path / "out" / "late.csv").write_text("unit,table\n", encoding="utf-8")  # put there by somebody: read
    assert "late.csv" in [item.name for item in ee.read_dataset(tmp_path / "out", SYSTEM).sources]
    expected, got = (ee.assess(data, SYSTEM, PROFILE, year=2025) for data in (source, merged))
    for table in ("ranking", "values", "scores", "fields", "items", "differences", "evidence", "treated"):
        assert getattr(got, table).equals(getattr(expected, table)), table
    assert got.adjustments.equals(expected.adjustments)


def test_who_is_not_in_the_merged_data_is_told_where_they_are_read(tmp_path: Path, returned: Path) -> None:
    """Nine of ten would be ranked, and the places of a quota be counted, as if there were no tenth."""
    folder = some(returned, tmp_path / "in", "JS01.xlsx", "JS02.xlsx", "JS03.xlsx", "office.xlsx")
    change(folder / "JS02.xlsx", "联合体", "B6", "某个不存在的组织形式" * 3)
    shutil.copy(folder / "JS03.xlsx", folder / "JS03-new.xlsx")
    change(folder / "JS03-new.xlsx", "联合体", "B4", "改名后的联合体（示例）")
    found = collect(folder, SYSTEM, expected={f"JS{number:02d}": "" for number in range(1, 5)})
    write_collection(found, tmp_path / "out", "zh")
    told = {"JS02": "unit_not_merged", "JS03": "unit_not_merged", "JS04": "unit_not_received"}
    codes = set(told.values())
    for path in (tmp_path / "out", tmp_path / "out" / "data"):
        problems = ee.read_dataset(path, SYSTEM).problems
        assert {item.unit: item.code for item in problems if item.code in codes} == told
    problems = ee.read_dataset([tmp_path / "out", returned / "JS02.xlsx"], SYSTEM).problems  # handed in again
    assert {item.unit for item in problems if item.code in codes} == {"JS03", "JS04"}


def test_merged_tables_are_those_of_the_source(source: ee.Dataset, whole: Collection) -> None:
    for code, table in whole.tables.items():
        values = [name for name in table.columns if not name.startswith("_")]
        assert table.select(values).equals(source.tables[code].select(values)), code


# ---------------------------------------------------------------- who sent what
def test_missing_blank_twice_and_unreadable_are_told_apart_and_stop_nobody(tmp_path: Path, returned: Path) -> None:
    folder = some(returned, tmp_path / "in", "JS01.xlsx", "JS02.xlsx", "JS03.xlsx", "office.xlsx")
    shutil.copy(folder / "JS01.xlsx", folder / "JS01-copy.xlsx")  # the same bytes: no question
    shutil.copy(folder / "JS02.xlsx", folder / "JS02-new.xlsx")
    change(folder / "JS02-new.xlsx", "联合体", "B4", "改名后的联合体（示例）")
    os.utime(folder / "JS02.xlsx", (1_000, 1_000))
    (folder / "broken.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    write_template(SYSTEM, 2025, folder / "blank.xlsx", "zh")
    expected = {f"JS{number:02d}": "" for number in range(1, 5)}
    found = collect(folder, SYSTEM, expected=expected)
    assert statuses(found) == {
        "JS01.xlsx": "copy",
        "JS01-copy.xlsx": "accepted",
        "JS02.xlsx": "twice",
        "JS02-new.xlsx": "twice",
        "JS03.xlsx": "accepted",
        "blank.xlsx": "blank",
        "broken.xlsx": "unreadable",
        "office.xlsx": "accepted",
    }
    assert list(found.missing) == ["JS04"]
    assert found.exit_code == 3
    assert found.tables["consortia"]["unit"].to_list() == ["JS01", "JS03"]
    twice = [problem for file in found.files for problem in file.problems if problem.code == "sent_twice"]
    assert {problem.facts["newest"] for problem in twice} == {"JS02-new.xlsx"}
    newest = collect(folder, SYSTEM, expected=expected, latest=True)
    assert statuses(newest)["JS02-new.xlsx"] == "accepted"
    assert statuses(newest)["JS02.xlsx"] == "superseded"
    # rows of the office about units that are not merged are left out, and that is said
    assert set(found.tables["experts"]["unit"]) == {"JS01", "JS03"}
    left = {problem.unit: problem.severity for problem in found.problems if problem.code == "office_rows_left_out"}
    assert left["JS02"] == left["JS04"] == "warning"  # sent twice; expected
    assert left["JS05"] == "error"  # nobody knows it


def test_a_file_with_an_error_is_sent_back_with_all_its_problems(tmp_path: Path, returned: Path) -> None:
    folder = some(returned, tmp_path / "in", "JS01.xlsx", "JS02.xlsx")
    change(folder / "JS02.xlsx", "年度数据", "D6", "约三千")  # unreadable
    change(folder / "JS02.xlsx", "年度数据", "E6", -5)  # out of range
    found = collect(folder, SYSTEM)
    assert statuses(found) == {"JS01.xlsx": "accepted", "JS02.xlsx": "to_correct"}
    cells = {problem.cell for file in found.files for problem in file.problems if problem.severity == "error"}
    assert {"D6", "E6"} <= cells
    assert found.tables["consortia"]["unit"].to_list() == ["JS01"]
    assert found.exit_code == 1
    write_collection(found, tmp_path / "out", "zh")
    for path in (tmp_path / "out" / "problems.xlsx", tmp_path / "out" / "corrections" / "JS02.xlsx"):
        book = openpyxl.load_workbook(path)
        listed, excerpts = book["问题清单"], book["原表摘录"]
        links = [row for row in listed.iter_rows() if row[0].hyperlink is not None and row[0].row > 1]
        assert all(row[4].hyperlink is None for row in links)  # a link does not wrap, and names of files are long
        targets = {row[4].value: excerpts[row[0].hyperlink.location.partition("!")[2]] for row in links}
        at = next(target for where, target in targets.items() if where.endswith("年度数据!D6"))
        assert (at.value, at.fill.fgColor.rgb) == ("约三千", "FFFFC7CE")
    letter = (tmp_path / "out" / "corrections" / "JS02.txt").read_text("utf-8-sig")
    assert "年度数据!D6" in letter
    assert not (tmp_path / "out" / "corrections" / "JS01.txt").exists()


def test_a_stale_template_somebody_elses_and_last_years_are_recognised(tmp_path: Path, returned: Path) -> None:
    folder = some(returned, tmp_path / "in", "JS01.xlsx", "JS02.xlsx", "JS03.xlsx", "JS04.xlsx")
    for name, row, value in (("JS01", 6, "0" * 64), ("JS02", 8, "JS09"), ("JS03", 7, "2024")):
        change(folder / f"{name}.xlsx", "模板信息", f"B{row}", value)
    found = collect(folder, SYSTEM, year=2025)
    codes = {file.name: {problem.code for problem in file.problems} for file in found.files}
    assert "template_stale" in codes["JS01.xlsx"]
    assert "template_of_other_year" in codes["JS03.xlsx"]
    assert [file.template for file in found.files] == ["stale", "current", "other_year", "current"]
    assert "template_of_other_unit" in codes["JS02.xlsx"]
    assert statuses(found) == {
        "JS01.xlsx": "accepted",  # headings are matched by name: a warning
        "JS02.xlsx": "to_correct",
        "JS03.xlsx": "to_correct",
        "JS04.xlsx": "accepted",
    }


def test_who_is_expected_comes_from_a_list_a_workbook_or_a_run(tmp_path: Path, returned: Path) -> None:
    (tmp_path / "list.csv").write_text("联合体编号,名称\nJS01,甲\nJS02,乙\n", encoding="utf-8")
    assert expected_units(tmp_path / "list.csv", SYSTEM) == {"JS01": "甲", "JS02": "乙"}
    assert list(expected_units(returned / "JS03.xlsx", SYSTEM)) == ["JS03"]
    folder = tmp_path / "run" / "tables"
    folder.mkdir(parents=True)
    pl.DataFrame({"unit": ["JS07"], "name": ["丙"]}).write_parquet(folder / "ranking.parquet")
    assert expected_units(tmp_path / "run", SYSTEM) == {"JS07": "丙"}
    (tmp_path / "empty.csv").write_text("联合体编号\n", encoding="utf-8")
    with pytest.raises(ee.UsageError):
        expected_units(tmp_path / "empty.csv", SYSTEM)


def test_the_command_prints_who_sent_what_and_refuses_to_overwrite(tmp_path: Path, returned: Path) -> None:
    folder = some(returned, tmp_path / "in", "JS01.xlsx", "JS02.xlsx")
    (tmp_path / "list.csv").write_text("JS01\nJS02\nJS03\n", encoding="utf-8")
    done = command("collect", folder, "-o", tmp_path / "out", "--expected", tmp_path / "list.csv")
    assert done.returncode == 1, done.stderr
    assert "应报 3 家，已收 2 家，未收 1 家" in done.stdout
    assert command("collect", folder, "-o", tmp_path / "out").returncode == 4
    found = json.loads((tmp_path / "out" / "collection.json").read_text("utf-8"))
    assert found["missing"] == {"JS03": ""}
    assert len({file["sha256"] for file in found["files"]}) == 2
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"collection.json", "data", "problems.xlsx"}


def test_two_rounds_give_the_same_bytes(tmp_path: Path, returned: Path) -> None:
    folder = some(returned, tmp_path / "in", "JS01.xlsx", "JS05.xlsx")
    for name in ("a", "b"):
        write_collection(collect(folder, SYSTEM), tmp_path / name, "zh")
    listed = [sorted(path.relative_to(tmp_path / name) for path in (tmp_path / name).rglob("*.*")) for name in "ab"]
    assert listed[0] == listed[1]
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in listed[0])
