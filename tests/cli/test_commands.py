"""The command line as an official uses it: output, exit codes, languages."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import subprocess
import sys

import openpyxl
import pytest

from evalengine.cli.printing import summary
from evalengine.scheme.shipped import shipped
from evalengine.text import width
from tests.small import assess_flat, small

SAMPLE = shipped("sample_data")


def run(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "EVALENGINE_LANG": "zh", "COLUMNS": "100", **variables}
    command = [sys.executable, "-m", "evalengine", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, encoding="utf-8", env=environment)


def test_assess_prints_an_aligned_table_and_where_the_files_are(tmp_path):
    done = run("assess", SAMPLE / "2025", "-o", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    start = next(k for k, line in enumerate(lines) if line.startswith("名次"))
    column = width(lines[start][: lines[start].index("得分")])
    scores = [line for line in lines[start + 1 :] if "JS" in line][:4]
    for line in scores:
        cut = next(k for k in range(len(line)) if width(line[:k]) >= column)
        assert line[cut : cut + 5].strip().replace(".", "").isdigit()
    assert str(tmp_path / "run" / "ranking.xlsx") in done.stdout
    assert "优秀" in done.stdout


def test_assess_in_english():
    done = run("assess", SAMPLE / "worked-example.csv", "--dry-run", "--lang", "en")
    assert done.returncode == 0
    assert "Dry run" in done.stdout
    assert "82.43" in done.stdout


def test_the_two_year_note_says_the_range_and_the_grade_of_the_scheme(monkeypatch):
    monkeypatch.setenv("EVALENGINE_LANG", "zh")
    system, _ = small()
    rule = dataclasses.replace(system.grades.two_year, low=63, high=66.5, result="pass")
    own = dataclasses.replace(system, grades=dataclasses.replace(system.grades, two_year=rule))
    result = assess_flat({"budget": 0.0, "last_score": 66.5}, system=own)  # 63.5
    assert "连续两年得分在 63 至 66.5，按规定应为合格，由主管部门审定" in summary(result, None)


def test_json_has_english_codes_in_any_language():
    for language in ("zh", "en"):
        done = run("assess", SAMPLE / "2025", "--dry-run", "--json", "--lang", language)
        printed = json.loads(done.stdout)
        assert {row["grade"] for row in printed["ranking"]} <= {"excellent", "good", "pass", "fail"}
        assert {
            "unit",
            "name",
            "group",
            "score",
            "rank",
            "overall_rank",
            "grade",
            "tie",
            "two_year_result",
            "needs_decision",
        } <= printed["ranking"][0].keys()


def damaged(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    for path in (SAMPLE / "2025").glob("*.xlsx"):
        (folder / path.name).write_bytes(path.read_bytes())
    victim = next(folder.glob("JS01*.xlsx"))
    book = openpyxl.load_workbook(victim)
    sheet = book["年度数据"]
    heading = next(row for row in sheet.iter_rows() if any("研发人员数" in str(cell.value) for cell in row))
    column = next(cell.column for cell in heading if "研发人员数" in str(cell.value))
    sheet.cell(heading[0].row + 1, column).value = "约一千"
    book.save(victim)
    return folder


def test_data_errors_exit_with_1_name_the_cell_and_write_nothing(tmp_path):
    folder = damaged(tmp_path)
    done = run("assess", folder, "-o", tmp_path / "run")
    assert done.returncode == 1
    assert "年度数据" in done.stderr
    assert "约一千" in done.stderr
    assert not (tmp_path / "run").exists()
    printed = json.loads(run("assess", folder, "--dry-run", "--json").stdout)
    assert printed["error"] == "data_refused"
    assert any("约一千" in problem["message_zh"] for problem in printed["problems"])
    checked = run("check", folder, "--report", tmp_path / "problems.xlsx")
    assert checked.returncode == 1
    assert "约一千" in checked.stdout
    assert openpyxl.load_workbook(tmp_path / "problems.xlsx").active.max_row > 2


def test_check_of_good_data_is_0():
    done = run("check", SAMPLE / "2025", "--json")
    assert done.returncode == 0
    assert all(problem["severity"] == "warning" for problem in json.loads(done.stdout))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["asess"], 2),
        (["assess"], 2),
        (["assess", SAMPLE / "2025"], 2),
        (["assess", SAMPLE / "2025", "--yaer", "2025", "--dry-run"], 2),
        (["assess", SAMPLE / "2025", "--dry-run", "--weights", "nanjing"], 2),
        (["assess", SAMPLE / "2025", "--dry-run", "--indicators", "nothing.toml"], 2),
        (["assess", SAMPLE / "2025", "--dry-run", "--weights", "jiangsu-core"], 2),
        (["assess", SAMPLE / "1999", "--dry-run"], 3),
        (["methods", "cooking"], 2),
    ],
)
def test_wrong_usage_is_one_sentence(arguments, code):
    done = run(*arguments)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


def test_an_unreadable_file_exits_with_3(tmp_path):
    path = tmp_path / "JS01.xlsx"
    path.write_bytes(b"PK\x03\x04 this is no workbook")
    done = run("assess", path, "-o", tmp_path / "run")
    assert done.returncode == 3
    assert "JS01.xlsx" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_existing_output_exits_with_4_before_the_work(tmp_path):
    done = run("assess", tmp_path / "does-not-even-exist", "-o", tmp_path)
    assert done.returncode == 4


def test_presets_and_methods():
    listed = json.loads(run("presets", "--json").stdout)
    assert set(listed) == {"indicators", "weights", "themes", "grades"}
    described = json.loads(run("methods", "normalisation", "--json").stdout)
    assert {"base_full", "interval", "tiers", "efficacy"} <= {item["name"] for item in described}
    assert all(item["source"] and item["formula"] for item in described)
    assert "base_full" in run("methods").stdout


def test_the_core_system_assesses_the_same_workbooks():
    done = run("assess", SAMPLE / "2025", "--dry-run", "--indicators", "innovation-consortium-core", "--json")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["ranking"]) == 10


def test_of_very_many_problems_the_errors_come_first_and_the_rest_is_counted(tmp_path):
    rows = [f"U{number},2025,a{number},x" for number in range(400)]
    (tmp_path / "fields.csv").write_text("\n".join(["unit,year,rd_expenditure,group", *rows]), encoding="utf-8")
    report = tmp_path / "problems.xlsx"
    done = run("check", tmp_path / "fields.csv", "--report", report, "--lang", "en")
    lines = done.stdout.splitlines()
    errors, warnings = map(int, re.fullmatch(r"Errors: (\d+), warnings: (\d+)\.", lines[201]).groups())
    assert lines[200].startswith(f"... {errors + warnings - 200} more")
    sheet = openpyxl.load_workbook(report).active
    assert sheet.max_row > min(errors + warnings, 10_000)
    with_json = run("check", tmp_path / "fields.csv", "--json", "--lang", "en")
    assert len(json.loads(with_json.stdout)) == errors + warnings
    refused = run("assess", tmp_path / "fields.csv", "--dry-run", "--lang", "en")
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) < 210
