"""Outliers treated before scoring: an index of COINr's kind in TOML alone, every moved value kept."""

from __future__ import annotations

import dataclasses

import numpy as np
import openpyxl
import polars as pl
import pytest

from evalengine import Dataset, MethodError, SchemeError, assess, load_indicators, load_weights
from evalengine.reports.calculation.workbook import write_calculation
from evalengine.reports.tables import parquet_tables
from evalengine.scheme.model import Treatment
from tests.small import DATA, assess_flat, codes, score_of, small

UNITS = 12
NAMES = ("goods", "services", "emissions", "trust", "growth")


def system_and_profile():
    system = load_indicators(DATA / "coin.toml")
    return system, load_weights(DATA / "coin-weights.toml", system)


def figures():
    """Twelve units: goods has one value far out, the others are ordinary or treated as an expert decided."""
    k = np.arange(UNITS, dtype=float)
    goods = 10.0 + k
    goods[3] = 500.0
    table = [goods, 40.0 + (k * 5) % 12, 1.5 ** ((k * 7) % 12), (k * 11) % 12 * 3.0 + 20, (k * 5) % 12 - 4.0]
    return dict(zip(NAMES, table, strict=True))


def frame(columns):
    keys = {"unit": [f"U{k:02d}" for k in range(UNITS)], "name": ["N"] * UNITS, "group": [""] * UNITS}
    return pl.DataFrame({**keys, "year": [2024] * UNITS, **{name: list(values) for name, values in columns.items()}})


def assessed(columns, system=None):
    own, profile = system_and_profile()
    system = system or own
    return assess(Dataset.from_fields(frame(columns), system), system, profile)


def scaled(column, low, high):
    return (column - column.min()) / (column.max() - column.min()) * (high - low) + low


def test_every_level_agrees_with_plain_arithmetic():
    given = figures()
    goods = np.where(given["goods"] == 500.0, 21.0, given["goods"])  # one point, Winsorised to the next value
    logs = np.log(given["emissions"])
    growth = np.clip(given["growth"], *np.quantile(given["growth"], [0.1, 0.9]))
    trust = (given["trust"] - given["trust"].mean()) / given["trust"].std(ddof=1) * 10 + 50
    connection = 2 / (1 / scaled(goods, 1, 100) + 1 / scaled(given["services"], 1, 100))
    quality = (scaled(-logs, 1, 100) + trust + scaled(growth, 1, 100)) / 3
    expected = {"connection": connection, "quality": quality, "total": connection**0.4 * quality**0.6}
    result = assessed(given)
    for node, values in expected.items():
        scores = [score_of(result, node, f"U{k:02d}") for k in range(UNITS)]
        assert scores == pytest.approx(list(values), abs=1e-9), node


def test_every_moved_value_is_kept_and_the_verified_one_stays():
    given = figures()
    result = assessed(given)
    goods = result.treated.filter(pl.col("indicator") == "goods_score")
    assert goods.rows() == [("U03", "goods_score", "winsorise", 500.0, 21.0)]
    assert result.values.filter(unit="U03", indicator="goods_score")["value"].item() == 500.0
    assert set(result.treated["indicator"]) == {"goods_score", "emissions_score", "growth_score"}
    assert parquet_tables(result)["treated"].equals(result.treated)
    assert codes(result).count("values_treated") == 3


def test_an_override_is_obeyed():
    system, _ = system_and_profile()
    override = {"goods_score": {"rule": "none"}, "trust_score": {"rule": "logarithm", "variant": "natural"}}
    result = assessed(figures(), dataclasses.replace(system, treatment=Treatment(override=override)))
    assert result.treated["indicator"].unique().to_list() == ["trust_score"]
    assert result.treated["after"].to_list() == pytest.approx(np.log(result.treated["before"].to_list()), abs=1e-15)


def test_missing_values_stay_missing_and_do_not_count():
    given = figures()
    given["goods"][5] = np.nan
    result = assessed({**given, "goods": [None if np.isnan(value) else value for value in given["goods"]]})
    assert result.treated.filter(pl.col("indicator") == "goods_score")["unit"].to_list() == ["U03"]
    assert score_of(result, "goods_score", "U05") == 0.0


def test_a_treatment_without_an_answer_names_the_indicator():
    given = figures()
    given["emissions"][0] = 0.0
    with pytest.raises(MethodError, match="emissions_score"):
        assessed(given)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('rule = "skewness_kurtosis"', 'rule = "skewness"', "scoring_wrong"),
        ("points = 2", "point = 2", "node_unknown"),
        ("trust_score = { rule", "trusts_score = { rule", "node_unknown"),
        ("lower = 10", "lowest = 10", "node_unknown"),
        ("[treatment]", "[treatment]\nmethod = 1", "key_unknown"),
    ],
)
def test_a_wrong_treatment_is_refused(tmp_path, old, new, code):
    content = (DATA / "coin.toml").read_text(encoding="utf-8")
    assert old in content
    (tmp_path / "coin.toml").write_text(content.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SchemeError) as caught:
        load_indicators(tmp_path / "coin.toml")
    assert code in [problem.code for problem in caught.value.problems]


def test_the_calculation_workbook_scores_treated_values_and_says_which_are_numbers(tmp_path):
    """That its formulas give the engine's scores, also with other anchors and weights, is recalculated in `reports`."""
    system, profile = small()
    treatment = Treatment(override={"money": {"rule": "percentile_caps", "lower": 20, "upper": 80}})
    rows = [{"unit": f"U{k}", "budget": 100.0 * k} for k in range(1, 6)]
    result = assess_flat(*rows, system=dataclasses.replace(system, treatment=treatment), profile=profile)
    after = dict(result.treated.select("unit", "after").iter_rows())
    assert list(after) == ["U1", "U5"]
    write_calculation(result, tmp_path / "calculation.xlsx", "en")
    book = openpyxl.load_workbook(tmp_path / "calculation.xlsx")
    sheet, scores = book["Values"], book["Scores"]
    (column,) = (cell.column for cell in sheet[3] if cell.value == "Values scored after the treatment of outliers")
    units = {cell.value: cell.row for cell in sheet["B"] if cell.value in result.ranking["unit"]}
    shown = {unit: sheet.cell(row, column).value for unit, row in units.items()}
    assert {unit: value for unit, value in shown.items() if not str(value).startswith("=")} == after
    (money,) = (cell.column for row in scores.iter_rows() for cell in row if cell.value == "money")
    assert all(sheet.cell(units["U1"], column).column_letter in scores.cell(row, money).value for row in units.values())
    said = [cell.value for row in book.worksheets[0].iter_rows() for cell in row if cell.value]
    assert any(str(line).startswith("Values only: 2 outlying values") for line in said)
