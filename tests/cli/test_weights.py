"""`evalengine weights` as an office uses it: sheets out, judgements in, profiles that assess."""

from __future__ import annotations

import json
import tomllib
from decimal import Decimal

import openpyxl
import pytest

from evalengine import load_indicators
from evalengine.scheme.shipped import shipped
from tests.cli.test_commands import run

SAMPLE = shipped("sample_data")
WHO = ("--decided-by", "专家组", "--date", "2026-03-01")


def judged(path, target, values):
    """Fill in the block of the top dimensions, pair by pair."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    start = next(row for row in range(4, sheet.max_row) if sheet.cell(row, 1).value == "total")
    for (i, j), value in values.items():
        sheet.cell(start + 2 + i, 3 + j).value = value
    book.save(target)
    return target


def pairs(value):
    return {(i, j): value for i in range(5) for j in range(i + 1, 5)}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A run, and a profile from two experts who judged the top dimensions only."""
    folder = tmp_path_factory.mktemp("weights")
    assert run("assess", SAMPLE / "2025", "-o", folder / "run").returncode == 0
    sheet = folder / "sheet.xlsx"
    assert run("weights", "sheet", "ahp", "-o", sheet, "--node", "total").returncode == 0
    first = judged(sheet, folder / "E1.xlsx", pairs("1"))
    second = judged(sheet, folder / "E2.xlsx", pairs("1") | {(0, j): "3" for j in range(1, 5)})
    done = run("weights", "ahp", first, second, "--base", "jiangsu", "-o", folder / "ahp.toml", *WHO)
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


def test_judgements_become_a_profile_that_assesses(made):
    folder, printed = made
    profile = tomllib.loads((folder / "ahp.toml").read_text(encoding="utf-8"), parse_float=Decimal)
    assert sum(profile["weights"].values()) == 1
    assert all(-weight.as_tuple().exponent == 4 for weight in profile["weights"].values())
    root = 3**0.5  # the geometric mean of 1 and 3
    expected = {code: (root if code == "A" else 1) / (root + 4) for code in "ABCDE"}
    assert {code: float(weight) for code, weight in profile["dimensions"].items()} == pytest.approx(expected, abs=5e-4)
    below = [code for code, item in load_indicators().indicators.items() if item.parent.startswith("A")]
    assert sum(profile["weights"][code] for code in below) == profile["dimensions"]["A"]
    assert profile["decided_by"]["zh"] == "专家组"
    assert profile["made"]["date"] == "2026-03-01"
    assert "ahp.toml" in printed
    assert "jiangsu" in printed
    done = run("assess", SAMPLE / "2025", "--weights", folder / "ahp.toml", "--dry-run", "--json")
    assert done.returncode == 0, done.stderr
    assert "profile_warning" in [problem["code"] for problem in json.loads(done.stdout)["problems"]]


def test_inconsistent_judgements_are_refused_then_accepted(made, tmp_path):
    folder, _ = made
    crossed = pairs("9") | {(0, 4): "1/9", (1, 4): "1/9"}
    bad = judged(folder / "sheet.xlsx", tmp_path / "E3.xlsx", crossed)
    arguments = ("weights", "ahp", bad, "--base", "jiangsu", "-o", tmp_path / "bad.toml", *WHO)
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert "E3.xlsx" in done.stderr
    assert "--accept-inconsistent" in done.stderr
    assert not (tmp_path / "bad.toml").exists()
    assert run(*arguments, "--accept-inconsistent").returncode == 0


def test_data_and_combinations(made, tmp_path):
    folder, _ = made
    done = run(
        "weights", "data", folder / "run", "--method", "entropy", "-o", tmp_path / "e.toml", *WHO, "--lang", "en"
    )
    assert done.returncode == 0, done.stderr
    assert "pure noise" in done.stdout
    both = (folder / "ahp.toml", tmp_path / "e.toml", "--method", "minimum_relative_entropy")
    done = run("weights", "combine", *both, "-o", tmp_path / "c.toml", *WHO, "--json")
    printed = json.loads(done.stdout)
    assert sum(map(Decimal, printed["weights"].values())) == 1
    assert [row["profile"] for row in printed["diagnostics"]] == ["ahp", "e"]
    done = run(
        "weights", "data", folder / "run", "--method", "entropy", "-o", tmp_path / "s.toml", *WHO, "--set", "shift"
    )
    assert done.returncode == 2


def test_files_are_never_overwritten(made):
    folder, _ = made
    before = (folder / "ahp.toml").read_bytes()
    done = run(
        "weights", "combine", "jiangsu", "jiangsu", "--method", "additive_combination", "-o", folder / "ahp.toml", *WHO
    )
    assert done.returncode == 4
    assert (folder / "ahp.toml").read_bytes() == before
    assert run("weights", "sheet", "ahp", "-o", folder / "sheet.xlsx").returncode == 4


@pytest.mark.parametrize("language", ["zh", "en"])
def test_help_lists_the_commands(language):
    done = run("weights", "--lang", language, "--help")
    assert done.returncode == 0
    assert all(
        f"\n  {name}" in done.stdout for name in ("sheet", "ahp", "best-worst", "budget", "stated", "data", "combine")
    )
    done = run("weights", "stat", "--lang", language)
    assert done.returncode == 2
    assert "stated" in done.stderr


def test_what_every_profile_needs_is_asked_for(tmp_path):
    done = run("weights", "stated", tmp_path / "points.toml", "-o", tmp_path / "p.toml")
    assert done.returncode == 2
    assert "date" in done.stderr or "decided" in done.stderr
