"""Adjustments recorded one by one: what is saved, what is refused, and that nothing saved before is ever damaged."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import polars as pl
import pytest

import evalengine as ee
from evalengine import recording, staging
from evalengine.recording import Recorded, list_adjustments, record_adjustment
from tests.small import DATA, YEAR, flat, small

GIVEN = {
    "unit": "U1", "table": "fields", "key": None, "column": "budget", "reported": "500", "verified": "300",
    "reason": "checked", "evidence": None, "verifier": "V", "date": dt.date(2026, 3, 1),
}  # fmt: skip
HEADING = "编号,年度,表,行标识,栏目,申报值,核定值,理由,依据,核定人,日期"
SAVED = "U2,2025,fields,,budget,500,450,r,,V,2026-01-02"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    flat({}, {"unit": "U2"}).write_csv(tmp_path / "fields.csv")
    return tmp_path


def record(folder: Path, name: str = "adjustments.csv", **changes: object) -> Recorded:
    row = {**GIVEN, **changes}
    return record_adjustment(row, folder / name, [folder], small()[0], year=None, language="zh")


def saved(folder: Path) -> list[Mapping[str, object]]:
    system, profile = small()
    return ee.assess(ee.read_dataset(folder, system), system, profile, year=YEAR).adjustments.to_dicts()


@pytest.mark.parametrize("name", ["核定调整.csv", "三月核定.xlsx"])
def test_what_is_recorded_is_what_the_assessment_reads(folder, name):
    first = record(folder, name)
    assert (first.row, first.count, first.difference, first.warnings) == (2, 1, -200.0, ())
    second = record(
        folder, name, unit="u2", column="revenue", reported="1000", verified=None, reason="=1+1, 其余\n无据"
    )
    assert (second.row, second.count, second.difference) == (3, 2, None)
    rows = saved(folder)
    assert [(row["unit"], row["year"], row["column"], row["verified"], row["date"]) for row in rows] == [
        ("U1", YEAR, "budget", "300", dt.date(2026, 3, 1)),
        ("U2", YEAR, "revenue", None, dt.date(2026, 3, 1)),
    ]
    assert str(rows[1]["reason"]).lstrip("'").startswith("=1+1")
    if name.endswith(".xlsx"):
        cells = [cell for row in openpyxl.load_workbook(folder / name).worksheets[0].iter_rows() for cell in row]
        assert not any(cell.data_type == "f" for cell in cells)


REFUSED = [
    ({"reported": "501"}, "adjustment_outdated", "F2"),
    ({"reported": None}, "adjustment_without_reported", "F2"),
    ({"reason": " "}, "adjustment_without_reason", "H2"),
    ({"unit": "U9"}, "adjustment_unknown_row", "D2"),
    ({"table": "projects"}, "adjustment_unknown_table", "C2"),
    ({"column": "budgets"}, "adjustment_unknown_column", "E2"),
    ({"verified": "many"}, "adjustment_bad_value", "G2"),
    ({"verified": "-1"}, "adjustment_out_of_range", "G2"),
    ({"column": "unit", "reported": "U1"}, "adjustment_of_key", "E2"),
]


@pytest.mark.parametrize(("changes", "code", "cell"), REFUSED)
def test_what_does_not_fit_is_refused_and_leaves_no_trace(folder, changes, code, cell):
    with pytest.raises(ee.DataError) as caught:
        record(folder, "adjustments.xlsx" if code == "adjustment_outdated" else "adjustments.csv", **changes)
    assert [(problem.code, problem.cell) for problem in caught.value.problems] == [(code, cell)]
    assert sorted(path.name for path in folder.iterdir() if path.suffix != ".lock") == ["fields.csv"]


def test_the_same_figure_twice_is_refused_and_the_first_stays(folder):
    record(folder)
    before = (folder / "adjustments.csv").read_bytes()
    with pytest.raises(ee.DataError) as caught:
        record(folder, verified="200")
    assert [problem.code for problem in caught.value.problems] == ["adjustment_twice"]
    assert (folder / "adjustments.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (f"{HEADING},备注\r\n{SAVED},自用\r\n", "utf-8-sig"),
        (f"{HEADING}\n{SAVED}", "utf-8"),
        (f"某局核定记录\n\n{HEADING}\n{SAVED}\n", "gb18030"),
        ((f"{HEADING}\n{SAVED}\n").replace(",", "\t"), "utf-8"),
        ("栏目,核定值,申报值,编号,表,理由,核定人,日期,年度\nbudget,450,500,U2,fields,r,V,,2025\n", "utf-8"),
    ],
)
def test_a_file_of_the_offices_own_is_continued_byte_for_byte(folder, content, encoding):
    path = folder / "核定调整.csv"
    path.write_bytes(content.encode(encoding))
    made = record(folder, "核定调整.csv")
    assert made.count == 2
    assert path.read_bytes().startswith(content.encode(encoding))
    assert {(row["unit"], row["verified"]) for row in saved(folder)} == {("U1", "300"), ("U2", "450")}


def test_a_workbook_of_the_offices_own_keeps_what_is_in_it(folder):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "核定调整"
    sheet.append(["某局核定记录"])
    sheet.append([*HEADING.split(","), "备注"])
    sheet.append(["U2", 2025, "fields", None, "budget", 500, 450, "r", None, "V", None, "=G3-F3"])
    sheet["L1"].fill = openpyxl.styles.PatternFill("solid", fgColor="FFFF00")
    book.save(folder / "核定.xlsx")
    assert record(folder, "核定.xlsx").row == 4
    after = openpyxl.load_workbook(folder / "核定.xlsx")["核定调整"]
    assert [after["L3"].value, after["L1"].fill.fgColor.rgb, after["A1"].value] == [
        "=G3-F3",
        "00FFFF00",
        "某局核定记录",
    ]
    assert len(saved(folder)) == 2


def other_sheet(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "核定调整"
    book.active.append(HEADING.split(","))
    book.create_sheet("说明")
    book.save(path)


@pytest.mark.parametrize(
    ("name", "made", "error"),
    [
        ("核定调整.txt", None, "adjust_file_type"),
        ("三月.csv", None, "adjust_file_name"),
        ("核定调整.csv", lambda path: path.write_text("a,b\n1,2\n", "utf-8"), "adjust_no_heading"),
        ("核定调整.csv", lambda path: path.write_text("编号,表,栏目,申报值,核定值\n", "utf-8"), "adjust_no_column"),
        ("核定.xlsx", other_sheet, "adjust_not_alone"),
    ],
)
def test_a_file_that_cannot_hold_it_is_refused_untouched(folder, name, made, error):
    path = folder / name
    if made is not None:
        made(path)
    before = path.read_bytes() if path.exists() else None
    with pytest.raises(ee.EvalengineError) as caught:
        record(folder, name)
    assert caught.value.code == error
    assert (path.read_bytes() if path.exists() else None) == before


@pytest.mark.parametrize("sign", ["~$adjustments.csv", ".~lock.adjustments.csv#"])
def test_a_file_open_in_an_editor_is_left_alone(folder, sign):
    (folder / sign).write_bytes(b"")
    with pytest.raises(ee.OutputError) as caught:
        record(folder)
    assert (caught.value.code, caught.value.exit_code) == ("output_open", 4)


def test_a_file_held_by_somebody_else_is_busy(folder, monkeypatch):
    monkeypatch.setattr(staging, "PATIENCE", 0.1)
    with staging.exclusive(folder / "adjustments.csv"), pytest.raises(ee.OutputError) as caught:
        record(folder)
    assert caught.value.code == "output_busy"


def test_a_change_by_somebody_who_knows_no_lock_is_not_overwritten(folder, monkeypatch):
    record(folder)
    path = folder / "adjustments.csv"
    checked = recording._checked

    def meanwhile(*arguments: object) -> Recorded:
        path.write_bytes(path.read_bytes() + b"U2,2025,fields,,budget,500,1,r,,V,\r\n")
        return checked(*arguments)

    monkeypatch.setattr(recording, "_checked", meanwhile)
    with pytest.raises(ee.OutputError) as caught:
        record(folder, column="revenue", reported="1000", verified="900")
    assert caught.value.code == "output_busy"
    assert path.read_bytes().endswith(b"U2,2025,fields,,budget,500,1,r,,V,\r\n")


def test_a_full_disk_leaves_the_old_file(folder, monkeypatch):
    record(folder)
    before = (folder / "adjustments.csv").read_bytes()

    def full(path: Path) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(recording, "flush", full)
    with pytest.raises(ee.OutputError) as caught:
        record(folder, column="revenue", reported="1000", verified="900")
    assert caught.value.code == "output_not_writable"
    assert (folder / "adjustments.csv").read_bytes() == before
    assert not list(folder.glob("*.staging")), "nothing is left behind"


def test_several_people_at_once_lose_nothing(folder):
    code = (
        "import sys, datetime as dt; from pathlib import Path; import evalengine as ee\n"
        "from evalengine.recording import record_adjustment\n"
        "folder, unit, system = Path(sys.argv[1]), sys.argv[2], ee.load_indicators(sys.argv[3])\n"
        "row = dict(unit=unit, table='fields', key=None, column='budget', reported='500', verified='300', reason='r',\n"
        "           evidence=None, verifier=unit, date=dt.date(2026, 3, 1))\n"
        "file, data = folder / 'adjustments.csv', [folder / 'fields.csv']\n"
        "record_adjustment(row, file, data, system, year=None, language='en')\n"
    )
    flat(*({"unit": f"U{number}"} for number in range(4))).write_csv(folder / "fields.csv")
    command = [sys.executable, "-c", code, str(folder)]
    people = [subprocess.Popen([*command, f"U{number}", str(DATA / "small.toml")]) for number in range(4)]
    assert [process.wait() for process in people] == [0] * 4
    assert sorted(str(row["unit"]) for row in saved(folder)) == ["U0", "U1", "U2", "U3"]


def test_the_list_has_what_applies_and_what_does_not(folder):
    record(folder)
    line = "U2,2025,fields,,budget,499,1,r,,V,2026-03-01\r\n"
    (folder / "adjustments.csv").write_bytes((folder / "adjustments.csv").read_bytes() + line.encode())
    frame, problems = list_adjustments([folder], small()[0], year=None)
    assert frame["unit"].to_list() == ["U1"]
    assert [(problem.code, problem.cell) for problem in problems] == [("adjustment_outdated", "F3")]


def test_the_command_line(folder):
    def run(*arguments: str) -> tuple[int, str, str]:
        command = [sys.executable, "-m", "evalengine", "adjust", str(folder), "--indicators", str(DATA / "small.toml")]
        done = subprocess.run([*command, *arguments], capture_output=True, check=False, encoding="utf-8")
        return done.returncode, done.stdout, done.stderr

    file = ["--file", str(folder / "核定调整.csv"), "--lang", "zh"]
    about = ["--unit", "U1", "--table", "fields", "--column", "budget", "--reason", "核查", "--verifier", "甲"]
    status, out, err = run(*file, *about, "--reported", "500", "--verified", "300")
    assert (status, err) == (0, "")
    assert "申报 500 → 核定 300（-200）" in out
    assert run(*file, *about, "--reported", "500", "--verified", "300")[0] == 1  # already adjusted
    assert run(*file, *about, "--reported", "500")[0] == 2  # no verified value
    assert run(*file, "--unit", "U1")[0] == 2
    status, out, _ = run(*file, "--list", "--json")
    assert status == 0
    assert '"budget"' in out
    assert pl.read_csv(folder / "核定调整.csv").height == 1
