"""The calculation workbook: what it holds before a spreadsheet program opens it."""

from __future__ import annotations

import dataclasses
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from evalengine import text
from evalengine.methods.curves import is_curve
from evalengine.methods.registry import methods
from evalengine.reports.calculation import write_calculation
from evalengine.reports.calculation.curves import RULES, anchors
from evalengine.reports.calculation.expressions import translate
from evalengine.scheme.model import GroupRules, GroupWeights
from tests.reports import recalculation
from tests.reports.random_schemes import assessed, scheme
from tests.reports.recalculation import Book, differences
from tests.small import assess_flat, small

# Excel 2007, WPS and LibreOffice all have these, with the same meaning
KNOWN = frozenset({
    "ABS", "AND", "AVERAGE", "CHOOSE", "COUNT", "COUNTIF", "EXP", "IF", "IFERROR", "INDEX", "INT", "ISERROR",
    "ISNUMBER", "LN", "MATCH", "MAX", "MIN", "N", "NOT", "OR", "POWER", "ROUND", "ROW", "SQRT", "SUM", "SUMPRODUCT",
})  # fmt: skip
CALL = re.compile(r"([A-Z][A-Z0-9._]*)\(")
FORMULA = re.compile(rb"<c [^>]*><f>([^<]*)</f>(<v>[^<]*</v>)?")
LONGEST = 8192
LONGEST_TEXT = 255


def formulas(path: Path) -> list[tuple[str, bytes]]:
    """Return every formula of a workbook, entities resolved, and the value written beside it."""
    with zipfile.ZipFile(path) as archive:
        parts = [archive.read(name) for name in sorted(archive.namelist()) if name.startswith("xl/worksheets/sheet")]
    found = [match.groups() for part in parts for match in FORMULA.finditer(part)]
    plain = [(entity(formula.decode()), value) for formula, value in found]
    assert len(plain) == sum(part.count(b"<f>") for part in parts)
    return plain


def entity(string: str) -> str:
    return string.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_before_any_recalculation_it_shows_what_the_engine_gave(tmp_path, language):
    for seed in range(4):
        expected = assessed(seed, *scheme(seed))
        write_calculation(expected, tmp_path / "book.xlsx", language)
        book = Book(tmp_path / "book.xlsx", language)
        assert differences(book, expected) == ([], 0.0)
        assert book.verdict() == (text.sentence("calculation.verdict.agree", language), 0, 0)


def test_every_formula_is_short_plain_and_has_its_value_beside_it(tmp_path):
    used = set()
    for seed in range(8):
        write_calculation(assessed(seed, *scheme(seed)), tmp_path / "book.xlsx", "zh")
        for formula, value in formulas(tmp_path / "book.xlsx"):
            assert value is not None
            assert len(formula) <= LONGEST
            assert all(len(literal) <= LONGEST_TEXT for literal in re.findall(r'"((?:[^"]|"")*)"', formula))
            assert "[" not in formula  # no other workbook
            used |= set(CALL.findall(re.sub(r'"[^"]*"', "", formula)))
    assert used <= KNOWN
    assert {"SUMPRODUCT", "ROUND", "IFERROR", "COUNTIF"} <= used


def test_the_same_bytes_twice(tmp_path):
    expected = assessed(1, *scheme(1))
    for name in ("one.xlsx", "two.xlsx"):
        write_calculation(expected, tmp_path / name, "zh")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_only_what_may_be_changed_is_unlocked(tmp_path):
    write_calculation(assess_flat({}, {"unit": "U2"}), tmp_path / "book.xlsx", "en")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    unlocked = {
        sheet.title: sum(not cell.protection.locked for row in sheet.iter_rows() for cell in row) for sheet in book
    }
    assert all(sheet.protection.sheet for sheet in book)
    assert {name for name, count in unlocked.items() if count} == {
        "Weights", "Anchors", "Rules", "Raw figures", "Items", "One unit",
    }  # fmt: skip
    assert unlocked["Weights"] == 6  # one for each indicator; dimensions add up
    open_formulas = [
        cell.coordinate
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f" and not cell.protection.locked
    ]
    assert open_formulas == []


def test_a_formula_of_the_data_is_text(tmp_path):
    write_calculation(assess_flat({"unit": "=1+1", "name": "=HYPERLINK(1)"}), tmp_path / "book.xlsx", "en")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    cell = book["Result"]["C8"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=HYPERLINK(1)", "s", True)


def test_a_rule_that_looks_at_other_units_is_written_as_values_and_said_so(tmp_path):
    system, profile = small()
    money = dataclasses.replace(system.indicators["money"], scoring={"rule": "min_max", "upper": 100.0})
    opinion = dataclasses.replace(system.indicators["capped"], formula="COALESCE(away, 1)")
    system = dataclasses.replace(system, indicators={**system.indicators, "money": money, "capped": opinion})
    result = assess_flat({}, {"unit": "U2", "budget": 600.0}, system=system, profile=profile)
    write_calculation(result, tmp_path / "book.xlsx", "en")
    notes = [row[0].value for row in openpyxl.load_workbook(tmp_path / "book.xlsx")["Guide"].iter_rows()]
    assert text.sentence("calculation.values_only.scoring", "en", subject="Money") in notes
    assert text.sentence("calculation.values_only.formula", "en", subject="Away") in notes
    assert differences(Book(tmp_path / "book.xlsx", "en"), result) == ([], 0.0)


def test_groups_have_their_own_columns_and_lines(tmp_path):
    system, profile = small()
    own = {code: Decimal(0) for code in profile.weights} | {"money": Decimal(1)}
    profile = dataclasses.replace(profile, groups={"H": GroupWeights(weights=own)})
    rules = GroupRules(scoring={"money": {"rule": "linear", "zero": 0, "full": 500}}, coefficients={"intensity": 2.0})
    system = dataclasses.replace(system, groups={"H": rules})
    result = assess_flat({}, {"unit": "U2", "group": "H"}, system=system, profile=profile)
    write_calculation(result, tmp_path / "book.xlsx", "en")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    assert [cell.value for cell in book["Weights"][3]][2:6] == [
        "Weight (editable)", "Weight, group H (editable)", "Original", "Original, group H",
    ]  # fmt: skip
    scopes = [(row[0].value, row[2].value, row[3].value) for row in book["Anchors"].iter_rows() if row[1].value == "H"]
    assert ("Money", "Value that earns 100", 500) in scopes
    assert ("Intensity", "Industry coefficient", 2) in scopes


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_without_the_program_the_recalculation_is_skipped_and_fails_under_ci(monkeypatch, ci, outcome):
    monkeypatch.setattr(recalculation, "PROGRAM", None)
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="NOT recalculated"):
        recalculation.require_program()


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("100 * a / b", "100*A1/B1"),
        ("(a + b) / (c - 1)", "(A1+B1)/(C1-1)"),
        ("a / (b / 10000)", "A1/(B1/10000)"),
        ("a - -b", "A1-(-B1)"),
        ("LEAST(a, 2) + greatest(b, c, 0.5)", "MIN(A1,2)+MAX(B1,C1,0.5)"),
        ("ABS(LN(a))", "ABS(LN(A1))"),
        ("SQRT(a / b)", "SQRT(A1/B1)"),
        ("CASE WHEN a >= 1 AND b <> 0 THEN 2 ELSE c END", "IF(AND(A1>=1,B1<>0),2,C1)"),
        ("CASE WHEN a = 1 THEN 1 WHEN NOT a = 2 OR b < 1 THEN 2 ELSE 3 END", "IF(A1=1,1,IF(OR(NOT(A1=2),B1<1),2,3))"),
        ("1.5e3 * a", "1500*A1"),
    ],
)
def test_translated(sql, expected):
    assert translate(sql, {"a": "A1", "b": "B1", "c": "C1"}) == expected


@pytest.mark.parametrize(
    "sql",
    [
        "LEAST(a / b, 2)",  # infinity is more than 2, so SQL has 2; Excel an error
        "a / (b / c)",  # infinity below the line makes 0
        "a / LN(b)",
        "EXP(a / b)",
        "CASE WHEN a / b > 1 THEN 1 ELSE 0 END",
        "CASE WHEN a > 1 THEN 1 END",  # NULL otherwise
        "COALESCE(a, 0)",
        "NULLIF(a, 0)",
        "POWER(a, b)",  # 0 to the power 0 is 1 in SQL, an error in Excel
        "a % 2",
        "a --b",
        "a /* b */",
        "a b",
        "unknown + 1",
        "a +",
        "'text'",
        "(a",
    ],
)
def test_not_translated(sql):
    assert translate(sql, {"a": "A1", "b": "B1", "c": "C1"}) is None


def test_every_anchored_rule_has_a_formula():
    assert set(RULES) == {item.name for item in methods() if item.kind == "normalisation" and is_curve(item)}
    assert anchors({"rule": "base_full", "base": 3, "full": 8}) == {"zero": 0, "base": 3, "full": 8, "base_percent": 60}
    assert anchors({"rule": "min_max"}) is None


def test_the_guides_follow_a_score_of_the_sample(sample):
    """The example of the guides is the sample's own: its figures, steps and sheets."""
    chosen = (pl.col("unit") == "JS02") & (pl.col("node") == "new_product_revenue_share")
    (score,) = sample.scores.filter(chosen).iter_rows(named=True)
    share = 100 * 58_200 / 203_741.5
    assert score["score"] == pytest.approx(60 + 40 * (share - 20) / (40 - 20), abs=1e-9)
    (row,) = sample.ranking.filter(unit="JS02").iter_rows(named=True)
    assert (row["rank"], row["grade"], row["bonus"], row["penalty"]) == (2, "good", 0, 0)
    told = ["66,930.93", f"{share:.2f}", f"{score['score']:.2f}", f"{score['weight']:.2%}".replace("%", "")]
    told += [f"{score['contribution']:.2f}", f"{row['weighted']:.2f}", f"{row['score']:.2f}"]
    for language, heading in (("zh", "## 复核一个得分"), ("en", "## Checking a score")):
        guide = (Path(__file__).parents[2] / "docs" / f"guide.{language}.md").read_text(encoding="utf-8")
        section = guide.partition(heading)[2].partition("\n## ")[0]
        assert [number for number in told if number not in section] == []
        names = (
            "guide",
            "fields",
            "values",
            "anchors",
            "scores",
            "weights",
            "shares",
            "result",
            "unit",
            "check",
            "engine",
        )
        titles = [text.sentence(f"calculation.{name}.sheet", language) for name in names]
        assert [title for title in titles if title not in section] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_title_of_a_wide_sheet_stands_whole_on_every_page(tmp_path, language):
    """What is written across the columns of one page would be cut off at the repeated ones on the next."""
    write_calculation(assessed(1, *scheme(1)), tmp_path / "book.xlsx", language)
    wide = [sheet for sheet in openpyxl.load_workbook(tmp_path / "book.xlsx") if sheet.print_title_cols]
    assert wide
    for sheet in wide:
        across = {str(area) for area in sheet.merged_cells.ranges if area.min_row <= 2}
        assert across == {"A1:C1", "A2:C2"}
        assert sheet.print_title_cols == "$A:$C"
