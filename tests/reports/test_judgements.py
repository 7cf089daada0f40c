"""The judgement workbook: read back as filled in, the same consistency as the command, old functions only."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess

import numpy as np
import openpyxl
import pytest

from evalengine import DataError, OutputError, UsageError, load_indicators, load_theme
from evalengine.intake.judgements import read_judgements
from evalengine.methods.ahp import ahp
from evalengine.methods.best_worst import best_worst
from evalengine.reports.judgements import write_judgements
from tests.small import small

SYSTEM, _ = small()
SIZES = {"total": 2, "A": 2, "A1": 2, "B": 3}
OLD_FUNCTIONS = {"ABS", "AND", "COUNT", "COUNTIF", "IF", "ISNUMBER", "LEFT", "MAX", "MID", "ROUND", "SUM"}
OLD_FUNCTIONS |= {"SUMPRODUCT", "VALUE"}


def blank(tmp_path, kind, language="zh", nodes=()):
    path = tmp_path / f"{kind}.xlsx"
    write_judgements(SYSTEM, kind, path, language, nodes)
    return path


def filled(path, **cells):
    """Fill in cells by node and offset: node=[(child row, column, value), …]."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    starts = {
        node: next(
            row
            for row in range(4, sheet.max_row + 1)
            if sheet.cell(row, 1).value == node and sheet.cell(row + 2, 1).value == SYSTEM.children()[node][0]
        )
        for node in SIZES
    }
    for node, values in cells.items():
        for child, column, value in values:
            sheet.cell(starts[node] + 2 + child, 3 + column).value = value
    book.save(path)
    return path, starts


ALL = {
    "total": [(0, 1, "3")],
    "A": [(0, 1, "1/2")],
    "A1": [(0, 1, "1")],
    "B": [(0, 1, "2"), (0, 2, "1/5"), (1, 2, "4")],
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_filled_in_is_read(tmp_path, language):
    path, _ = filled(blank(tmp_path, "ahp", language), **ALL)
    judged = read_judgements(path, "ahp", SYSTEM)
    assert judged.expert == "ahp"
    assert judged.nodes["total"].tolist() == [[1, 3], [1 / 3, 1]]
    assert judged.nodes["B"].tolist() == [[1, 2, 1 / 5], [1 / 2, 1, 4], [5, 1 / 4, 1]]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("7", 7.0),
        (7, 7.0),
        ("1/7", 1 / 7),
        ("１／７", 1 / 7),
        (" 1/2 ", 0.5),
        (0.5, 0.5),
        (0.333, 1 / 3),
        (0.1429, 1 / 7),
    ],
)
def test_the_scale_as_people_type_it(tmp_path, typed, expected):
    path, _ = filled(blank(tmp_path, "ahp"), total=[(0, 1, typed)])
    assert read_judgements(path, "ahp", SYSTEM).nodes["total"][0, 1] == expected


@pytest.mark.parametrize("typed", ["10", 0, -3, "1/10", 2.5, 0.3, "3:1", "=1/3", True, "#N/A"])
def test_what_is_not_on_the_scale_is_refused_with_its_cell(tmp_path, typed):
    path, starts = filled(blank(tmp_path, "ahp"), total=[(0, 1, typed)])
    with pytest.raises(DataError) as caught:
        read_judgements(path, "ahp", SYSTEM)
    [problem] = caught.value.problems
    assert (problem.code, problem.cell) == ("judgement_ahp_wrong", f"D{starts['total'] + 2}")


def test_pairs_and_nodes_may_be_left_blank(tmp_path):
    path, _ = filled(blank(tmp_path, "ahp"), B=[(0, 1, "2")])
    judged = read_judgements(path, "ahp", SYSTEM)
    assert judged.nodes.keys() == {"B"}
    assert np.isnan(judged.nodes["B"][0, 2])


@pytest.mark.parametrize("above", [None, "3"])
def test_a_judgement_typed_below_the_diagonal_is_refused_not_ignored(tmp_path, above):
    path, starts = filled(blank(tmp_path, "ahp"), B=[(0, 1, above), (0, 2, "2"), (1, 0, "5")])
    with pytest.raises(DataError) as caught:
        read_judgements(path, "ahp", SYSTEM)
    [problem] = caught.value.problems
    assert (problem.code, problem.cell, problem.value) == ("judgement_below", f"C{starts['B'] + 3}", "5")


@pytest.mark.parametrize(("above", "shown"), [("3", "1/3"), ("1/4", "4"), (0.5, "1/0.5"), ("10", "1/10")])
def test_what_the_formula_shows_below_the_diagonal_is_no_judgement(tmp_path, above, shown):
    path, _ = filled(blank(tmp_path, "ahp"), total=[(0, 1, above), (1, 0, shown)])
    if above == "10":
        with pytest.raises(DataError) as caught:
            read_judgements(path, "ahp", SYSTEM)
        assert [problem.code for problem in caught.value.problems] == ["judgement_ahp_wrong"]
    else:
        assert read_judgements(path, "ahp", SYSTEM).nodes["total"][0, 1] in {3.0, 0.25, 0.5}


def test_only_the_nodes_asked_for_are_in_the_sheet(tmp_path):
    path = blank(tmp_path, "ahp", nodes=("B",))
    codes = {cell.value for cell in openpyxl.load_workbook(path).worksheets[0]["A"]}
    assert "B" in codes
    assert "A1" not in codes


def test_another_kind_system_or_layout_is_refused(tmp_path):
    path = blank(tmp_path, "budget")
    with pytest.raises(DataError) as caught:
        read_judgements(path, "ahp", SYSTEM)
    assert caught.value.problems[0].code == "judgement_other_sheet"
    path, starts = filled(blank(tmp_path, "ahp"), **ALL)
    book = openpyxl.load_workbook(path)
    book.worksheets[0].cell(starts["B"] + 3, 1).value = "else"
    book.save(path)
    with pytest.raises(DataError) as caught:
        read_judgements(path, "ahp", SYSTEM)
    assert [problem.code for problem in caught.value.problems] == ["judgement_other_children"]
    (tmp_path / "text.csv").write_text("a,b\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_judgements(tmp_path / "text.csv", "ahp", SYSTEM)
    assert caught.value.problems[0].code == "judgement_other_sheet"


def test_budgets_and_ends_have_to_be_complete(tmp_path):
    path, _ = filled(blank(tmp_path, "budget"), total=[(0, 0, 60), (1, 0, 30)], B=[(0, 0, 50)])
    with pytest.raises(DataError) as caught:
        read_judgements(path, "budget", SYSTEM)
    assert [(item.code, item.field) for item in caught.value.problems] == [
        ("judgement_total", "total"),
        ("judgement_blank", "B"),
        ("judgement_blank", "B"),
    ]
    path, _ = filled(blank(tmp_path, "best_worst"), total=[(0, 0, 1), (1, 0, "1/3"), (0, 1, 3), (1, 1, 1)])
    with pytest.raises(DataError) as caught:
        read_judgements(path, "best_worst", SYSTEM)
    assert "judgement_best_worst_wrong" in [item.code for item in caught.value.problems]


def test_signed_workbooks_carry_the_expert(tmp_path):
    path = blank(tmp_path, "ahp")
    book = openpyxl.load_workbook(path)
    book.worksheets[0].cell(3, 2).value = " 张三 "
    book.save(path)
    assert read_judgements(path, "ahp", SYSTEM).expert == "张三"


@pytest.mark.parametrize("kind", ["ahp", "best_worst", "budget"])
def test_formulas_use_functions_of_2007_and_the_rest_is_locked(tmp_path, kind):
    path = blank(tmp_path, kind)
    used, unlocked = set(), 0
    for sheet in openpyxl.load_workbook(path).worksheets:
        assert sheet.protection.sheet
        for row in sheet.iter_rows():
            for cell in row:
                unlocked += not cell.protection.locked
                if cell.data_type == "f":
                    used |= set(re.findall(r"([A-Z]+)\(", re.sub(r'"[^"]*"', "", cell.value)))
    assert used <= OLD_FUNCTIONS
    pairs, ends = sum(n * (n - 1) // 2 for n in SIZES.values()), sum(SIZES.values())
    assert unlocked == 1 + {"ahp": pairs, "best_worst": 2 * ends, "budget": ends}[kind]


def test_the_same_workbook_has_the_same_bytes_and_is_not_overwritten(tmp_path):
    first = blank(tmp_path, "ahp")
    (tmp_path / "again").mkdir()
    assert blank(tmp_path / "again", "ahp").read_bytes() == first.read_bytes()
    with pytest.raises(OutputError) as caught:
        blank(tmp_path, "ahp")
    assert caught.value.exit_code == 4


def test_unknown_nodes_and_names_are_refused(tmp_path):
    with pytest.raises(UsageError):
        blank(tmp_path, "ahp", nodes=("A2",))  # one child: nothing to compare
    with pytest.raises(UsageError):
        write_judgements(SYSTEM, "ahp", tmp_path / "sheet.xls", "zh")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice recalculates the formulas")
def test_a_spreadsheet_shows_the_consistency_the_command_computes(tmp_path):
    pairs, starts = filled(blank(tmp_path, "ahp"), **ALL)
    ends, _ = filled(
        blank(tmp_path, "best_worst"), B=[(0, 0, 1), (1, 0, 2), (2, 0, 5), (0, 1, 5), (1, 1, 3), (2, 1, 1)]
    )
    settings = tmp_path / "profile" / "user"
    settings.mkdir(parents=True)
    always = '<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>'
    (settings / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        f'<item oor:path="/org.openoffice.Office.Calc/Formula/Load">{always}</item></oor:items>',
        encoding="utf-8",
    )
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", tmp_path / "out", pairs, ends], check=True, capture_output=True, timeout=120)
    sheet = openpyxl.load_workbook(tmp_path / "out" / pairs.name, data_only=True).worksheets[0]
    judged = read_judgements(pairs, "ahp", SYSTEM)
    for node, size in SIZES.items():
        made = ahp(judged.nodes[node])
        shown = [sheet.cell(starts[node] + 2 + place, 3 + size).value for place in range(size)]
        assert shown == pytest.approx(made.weights.tolist(), abs=1e-4)
    verdict = starts["B"] + 2 + SIZES["B"]
    assert sheet.cell(verdict, 3).value == pytest.approx(ahp(judged.nodes["B"]).consistency_ratio, rel=1e-2)
    assert "复核" in sheet.cell(verdict, 4).value
    assert sheet.cell(starts["B"] + 4, 3).value == "5"  # the reciprocal of 1/5
    sheet = openpyxl.load_workbook(tmp_path / "out" / ends.name, data_only=True).worksheets[0]
    made = best_worst(*read_judgements(ends, "best_worst", SYSTEM).nodes["B"])
    found = [row[2].value for row in sheet.iter_rows() if row[1].value == "输入一致性（0 为完全一致）"]
    assert found[-1] == pytest.approx(made.consistency_ratio, abs=1e-12)


def test_enough_multiplications_near_the_limit():
    """The workbook's way to λ, in NumPy: for matrices with CR up to 0.2 it agrees with the eigenvalue to 1e-6."""
    from evalengine.reports.judgement_formulas import STEPS  # noqa: PLC0415 - only here

    random = np.random.default_rng(1)
    seen = 0
    for _ in range(400):
        size = int(random.integers(3, 8))
        weights = random.uniform(1, 5, size)
        ratio = np.exp(np.log(weights[:, None] / weights) + random.normal(0, 0.35, (size, size)))
        whole = np.clip(np.round(np.where(ratio >= 1, ratio, 1 / ratio)), 1, 9)
        upper = np.triu(np.where(ratio >= 1, whole, 1 / whole), 1)
        matrix = np.eye(size) + upper + np.divide(1, upper, out=np.zeros_like(upper), where=upper > 0).T
        made = ahp(matrix)
        if made.consistency_ratio > 0.2:
            continue
        seen += 1
        iterate = before = np.ones(size)
        for _ in range(STEPS):
            before, iterate = iterate, matrix @ iterate
        assert iterate.sum() / before.sum() == pytest.approx(made.principal, abs=1e-6)
        assert iterate / iterate.sum() == pytest.approx(made.weights, abs=1e-6)
    assert seen > 200


def test_pages_break_between_blocks(tmp_path):
    write_judgements(load_indicators(), "budget", path := tmp_path / "b.xlsx", "zh")
    sheet = openpyxl.load_workbook(path).worksheets[0]
    titles = [
        row
        for row in range(4, sheet.max_row)
        if sheet.cell(row, 1).value and sheet.cell(row + 1, 1).value == sheet.cell(6, 1).value
    ]
    breaks = [item.id + 1 for item in sheet.row_breaks.brk]
    assert len(titles) == 19
    assert breaks
    assert set(breaks) <= set(titles)
    between = [b - a for a, b in itertools.pairwise([1, *breaks, sheet.max_row + 1])]
    assert max(between) <= 35  # rows of a page in landscape


def test_a_judgement_workbook_looks_as_the_theme_says(tmp_path):
    look = tmp_path / "theme.toml"
    look.write_text("[margins]\ntop = 2.54\n[fonts.en]\nbody = 'Georgia'\n", encoding="utf-8")
    write_judgements(SYSTEM, "ahp", tmp_path / "j.xlsx", "en", theme=load_theme(str(look)))
    sheet = openpyxl.load_workbook(tmp_path / "j.xlsx").worksheets[0]
    assert (sheet.page_margins.top, sheet["A2"].font.name) == (1.0, "Georgia")
