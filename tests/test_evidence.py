"""Evidence by indicator: what is tracked, what missing and rejected evidence costs, and what it never touches."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import polars as pl
import pytest

import evalengine as ee
from evalengine.analysis.explanation import evidence_cost
from evalengine.scheme.model import Evidence, EvidenceCost
from tests.small import DATA, PLAIN_TOTAL, YEAR, codes, flat, row_of, score_of, small, status_of

FREE = EvidenceCost()
OTHER = {"year_left_flat"}  # the small rows have one year
UNVERIFIED = EvidenceCost(unverified=True)
PENALTY = EvidenceCost(penalty="N1")
BOTH = EvidenceCost(unverified=True, penalty="N1")


def assessed(
    *rows: tuple[str, str, str],
    missing: EvidenceCost = FREE,
    rejected: EvidenceCost = FREE,
    figures: Mapping[str, object] | None = None,
    year: int = YEAR,
) -> ee.Assessment:
    """Return the assessment of two plain units with rows of evidence: unit, indicator, status."""
    system, profile = small()
    system = dataclasses.replace(system, evidence=Evidence(missing=missing, rejected=rejected))
    listed = pl.DataFrame(rows, schema=["unit", "indicator", "status"], orient="row").with_columns(year=year)
    tables = {"fields": flat(figures or {}, {"unit": "U2"}), "evidence": listed}
    return ee.assess(ee.Dataset.from_tables(tables, system), system, profile, year=YEAR)


# money: 50 points at weight 0.1; N1: 1 point
@pytest.mark.parametrize(
    ("cost", "status", "total", "warning"),
    [
        (FREE, "ok", PLAIN_TOTAL, {"evidence_listed"}),
        (UNVERIFIED, "unverified", PLAIN_TOTAL - 0.1 * 50, {"evidence_unverified"}),
        (PENALTY, "ok", PLAIN_TOTAL - 1, {"evidence_penalised"}),
        (BOTH, "unverified", PLAIN_TOTAL - 0.1 * 50 - 1, {"evidence_unverified", "evidence_penalised"}),
    ],
)
@pytest.mark.parametrize("state", ["missing", "rejected"])
def test_what_it_costs(state, cost, status, total, warning):
    result = assessed(("U1", "money", state), **{state: cost})
    assert status_of(result, "money") == status
    assert row_of(result)["total"] == pytest.approx(total)
    assert row_of(result, "U2")["total"] == pytest.approx(PLAIN_TOTAL)
    assert set(codes(result)) - OTHER == warning  # and no second warning that the value is unverified
    row = result.evidence.row(0, named=True)
    assert (row["unit"], row["indicator"], row["status"]) == ("U1", "money", state)
    assert (row["unverified"], row["penalty"]) == (cost.unverified, cost.penalty)
    items = result.items.filter(item="N1")
    assert items.height == bool(cost.penalty)
    assert result.values.filter(unit="U1", indicator="money")["reported"].item() == 500


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ([], "no row"),
        ([("U1", "money", "present")], "it is there"),
        ([("U2", "money", "missing")], "that of another unit"),
    ],
)
def test_what_costs_a_unit_nothing(rows, what):
    result = assessed(*rows, missing=BOTH, rejected=BOTH)
    assert row_of(result)["total"] == pytest.approx(PLAIN_TOTAL), what


def test_evidence_of_another_year_is_not_this_years():
    result = assessed(("U1", "money", "missing"), missing=BOTH, year=YEAR - 1)
    assert result.evidence.is_empty()
    assert row_of(result)["total"] == pytest.approx(PLAIN_TOTAL)


@pytest.mark.parametrize(
    ("figures", "status"), [({"covered": None}, "missing"), ({"covered": 0.0, "listed": 0.0}, "not_applicable")]
)
def test_where_there_is_no_value_there_is_nothing_to_prove(figures, status):
    """Coverage has no value: a row about its evidence leaves the status alone and costs no point."""
    result = assessed(("U1", "coverage", "rejected"), rejected=BOTH, figures=figures)
    assert status_of(result, "coverage") == status
    assert row_of(result)["penalty"] == 0
    assert result.evidence.select("unverified", "penalty").row(0) == (False, "")


def test_the_rows_are_in_the_order_of_the_system():
    given = [("U2", "money", "present"), ("U1", "opinion", "present"), ("U1", "intensity", "rejected")]
    result = assessed(*given)
    assert result.evidence.select("unit", "indicator").rows() == [
        ("U1", "intensity"), ("U1", "opinion"), ("U2", "money"),
    ]  # fmt: skip


def test_penalties_of_evidence_share_the_items_limit_and_cap():
    """N2 counts for half a point and at most five times: six indicators without evidence cost 2.5 points."""
    six = ("intensity", "money", "coverage", "completion", "capped", "opinion")
    result = assessed(*(("U1", code, "missing") for code in six), missing=EvidenceCost(penalty="N2"))
    assert result.items["counted"].to_list() == [1, 1, 1, 1, 1, 0]
    assert row_of(result)["penalty"] == 2.5


def test_an_indicator_may_be_named_by_its_label_and_an_unknown_one_is_refused():
    assert assessed(("U1", "经费", "缺失"), missing=UNVERIFIED).evidence["indicator"].to_list() == ["money"]
    with pytest.raises(ee.DataError) as caught:
        assessed(("U1", "moneys", "missing"))
    errors = [problem for problem in caught.value.problems if problem.severity == "error"]
    assert [(p.code, p.field, p.cell) for p in errors] == [("unknown_choice", "indicator", "B2")]


def test_the_same_indicator_twice_is_refused():
    with pytest.raises(ee.DataError) as caught:
        assessed(("U1", "money", "missing"), ("U1", "money", "present"))
    assert {p.code for p in caught.value.problems if p.severity == "error"} == {"duplicate_key"}


def test_a_warning_names_the_cell():
    found = [p for p in assessed(("U1", "money", "missing"), missing=UNVERIFIED).problems if p.table == "evidence"]
    assert [(p.sheet or p.file, p.cell, p.unit, p.field) for p in found] == [("evidence", "C2", "U1", "money")]
    assert "缺失" in found[0].message("zh")
    assert "missing" in found[0].message("en").lower()


def test_an_adjustment_can_put_it_right():
    """An appeal: the evidence came after all."""
    system, profile = small()
    system = dataclasses.replace(system, evidence=Evidence(missing=BOTH))
    row = {
        "unit": "U1", "table": "evidence", "key": f"{YEAR}/money", "column": "status",
        "reported": "missing", "verified": "present", "reason": "handed in on appeal",
    }  # fmt: skip
    tables = {
        "fields": flat({}),
        "evidence": pl.DataFrame({"unit": ["U1"], "year": [YEAR], "indicator": ["money"], "status": ["missing"]}),
        "adjustments": pl.DataFrame([row]),
    }
    result = ee.assess(ee.Dataset.from_tables(tables, system), system, profile, year=YEAR)
    assert result.evidence["status"].to_list() == ["present"]
    assert row_of(result)["total"] == pytest.approx(PLAIN_TOTAL)


def test_the_cost_is_that_of_the_verified_value():
    """With its evidence the money would be scored as verified, 300 of 500: 30 points at weight 0.1."""
    system, profile = small()
    system = dataclasses.replace(system, evidence=Evidence(missing=UNVERIFIED))
    row = {
        "unit": "U1", "table": "fields", "key": str(YEAR), "column": "budget",
        "reported": "500", "verified": "300", "reason": "counted twice",
    }  # fmt: skip
    tables = {
        "fields": flat({}),
        "evidence": pl.DataFrame({"unit": ["U1"], "year": [YEAR], "indicator": ["money"], "status": ["missing"]}),
        "adjustments": pl.DataFrame([row]),
    }
    result = ee.assess(ee.Dataset.from_tables(tables, system), system, profile, year=YEAR)
    assert result.evidence["value"].to_list() == [300]
    assert evidence_cost(result) == {("U1", "money"): pytest.approx(0.1 * 30)}


def test_a_tie_break_without_its_evidence_is_a_score_of_zero():
    result = assessed(("U1", "completion", "rejected"), rejected=UNVERIFIED)
    assert score_of(result, "completion") == 0


def test_a_penalty_item_that_does_not_exist_is_refused(tmp_path):
    path = tmp_path / "wrong.toml"
    path.write_text((DATA / "small.toml").read_text("utf-8") + '[evidence]\nmissing = { penalty = "N7" }\n', "utf-8")
    with pytest.raises(ee.SchemeError) as caught:
        ee.load_indicators(path)
    assert [(p.field, p.value) for p in caught.value.problems] == [("evidence.missing.penalty", "N7")]
