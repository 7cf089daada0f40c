"""What verification changed: each adjustment with its effect on indicator, item and score, as arithmetic."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence

import polars as pl
import pytest

import evalengine as ee
from evalengine.differences import SCHEMA
from evalengine.scheme.model import Evidence, EvidenceCost, Floor, GroupRules, GroupWeights
from evalengine.scheme.shipped import shipped
from tests.small import PLAIN_TOTAL, YEAR, flat, row_of, small

GIVEN = {"unit": "U1", "table": "fields", "reason": "checked", "verifier": "V", "date": dt.date(2026, 3, 1)}


def adjusted(
    *rows: Mapping[str, object], figures: Mapping[str, object] | None = None, floors: Sequence[Floor] = ()
) -> ee.Assessment:
    system, profile = small()
    system = dataclasses.replace(system, floors=tuple(floors))
    kinds = dict.fromkeys(("unit", "table", "key", "column", "reported", "verified", "reason", "verifier"), pl.String)
    listed = pl.DataFrame([{**GIVEN, **row} for row in rows], schema={**kinds, "date": pl.Date})
    tables = {"fields": flat(figures or {}, {"unit": "U2"}), "adjustments": listed}
    return ee.assess(ee.Dataset.from_tables(tables, system), system, profile, year=YEAR)


def test_without_adjustments_the_table_is_empty_and_has_its_columns():
    found = adjusted().differences
    assert found.is_empty()
    assert dict(found.schema) == dict(SCHEMA)


# money: linear 0 to 1000, weight .1; intensity: base_full 0, 3, 8, weight .2
@pytest.mark.parametrize(
    ("column", "reported", "verified", "difference", "indicator", "values", "scores", "points"),
    [
        ("budget", "500", "300", -200.0, "money", (500, 300), (50, 30), 0.1 * (30 - 50)),
        ("budget", "500", "900", 400.0, "money", (500, 900), (50, 90), 0.1 * (90 - 50)),
        ("budget", "500", None, None, "money", (500, None), (50, 0), 0.1 * (0 - 50)),
        ("spent", "30", "15.1", -14.9, "intensity", (3, 1.51), (60, 60 * 1.51 / 3), 0.2 * (60 * 1.51 / 3 - 60)),
        ("spent", "30.0 万元", "15", -15.0, "intensity", (3, 1.5), (60, 30), 0.2 * (30 - 60)),
    ],
)
def test_the_effect_on_an_indicator(column, reported, verified, difference, indicator, values, scores, points):
    result = adjusted({"column": column, "reported": reported, "verified": verified})
    row = result.differences.row(0, named=True)
    assert result.differences.height == 1
    assert (row["difference"], row["indicator"], row["item"], row["together"]) == (difference, indicator, None, 1)
    assert (row["value_reported"], row["value"]) == pytest.approx(values)
    assert (row["score_reported"], row["score"]) == pytest.approx(scores)
    assert row["points"] == pytest.approx(points)
    assert (row["total_reported"], row["total"]) == pytest.approx((PLAIN_TOTAL, round(PLAIN_TOTAL + points, 2)))
    assert row["total"] == row_of(result)["score"]
    assert (row["reason"], row["verifier"], row["date"]) == ("checked", "V", dt.date(2026, 3, 1))


def test_two_adjustments_of_one_indicator_are_told_as_together():
    """100 * 20 / 2000 = 1 in place of 3: neither alone is the effect, and each row says that there are two."""
    result = adjusted(
        {"column": "spent", "reported": "30", "verified": "20"},
        {"column": "revenue", "reported": "1000", "verified": "2000"},
        {"column": "budget", "reported": "500", "verified": "400"},
    )
    rows = result.differences.select("column", "indicator", "together", "points").rows()
    both = pytest.approx(0.2 * (60 / 3 - 60))
    assert sorted(rows) == [
        ("budget", "money", 1, pytest.approx(-1.0)),
        ("revenue", "intensity", 2, both),
        ("spent", "intensity", 2, both),
    ]


@pytest.mark.parametrize(
    ("column", "reported", "verified", "points"),
    [("P2", "1", "2", 1.5), ("P2", "1", "0", -1.5), ("N1", "2", "5", -3.0), ("V4", "0", "1", 0.0)],
)
def test_the_effect_on_an_item(column, reported, verified, points):
    result = adjusted(
        {"column": column, "reported": reported, "verified": verified}, figures={"P2": 1.0, "N1": 2.0, "V4": 0.0}
    )
    row = result.differences.row(0, named=True)
    assert (row["indicator"], row["item"], row["points"]) == (None, column, points)
    assert row["total"] - row["total_reported"] == pytest.approx(points)


@pytest.mark.parametrize(
    ("figures", "adjustments", "points"),
    [
        ({"P1": 1.0, "P2": 2.0}, {"P1": "0"}, {"P1": 3 - 5}),  # 3 + 2 * 1.5, at most 5, become 3
        ({"P1": 1.0, "P2": 2.0}, {"P2": "0"}, {"P2": 3 - 5}),
        ({"P1": 1.0, "P2": 2.0}, {"P1": "0", "P2": "1"}, {"P1": 3 - 5, "P2": 1.5 - 3}),
        ({"N1": 9.0, "N2": 5.0}, {"N1": "0"}, {"N1": 10 - 2.5}),  # 9 + 5 * 0.5, at most 10
    ],
)
def test_the_effects_of_items_add_up_under_a_cap(figures, adjustments, points):
    result = adjusted(
        *({"column": code, "reported": f"{figures[code]:g}", "verified": now} for code, now in adjustments.items()),
        figures=figures,
    )
    rows = result.differences
    assert dict(rows.select("item", "points").rows()) == pytest.approx(points)
    assert rows["points"].sum() == pytest.approx(rows["total"][0] - rows["total_reported"][0])


def test_an_item_that_takes_the_place_of_another_is_in_the_effect():
    """P1 (3 points) and P2 (1.5) on one matter: only P1 counted, without it P2 does. What was P1 may also become P2."""
    system, profile = small()
    own = {"unit": ["U1"], "year": [YEAR]}
    for column, now in (("count", "0"), ("item", "P2")):
        row = {"table": "events", "key": f"{YEAR}/P1/m", "column": column, "verified": now}
        row["reported"] = "1" if column == "count" else "P1"
        both = {"unit": ["U1"] * 2, "year": [YEAR] * 2, "item": ["P1", "P2"], "count": [1, 1], "matter": ["m", "n"]}
        if column == "count":
            both["matter"] = ["m", "m"]
        tables = {
            "consortia": pl.DataFrame({"unit": ["U1"], "name": ["N"], "city": ["X"]}),
            "yearly": pl.DataFrame({**own, "spent": [30.0], "revenue": [1000.0]}),
            "events": pl.DataFrame(both),
            "adjustments": pl.DataFrame([{**GIVEN, **row}]),
        }
        rows = ee.assess(ee.Dataset.from_tables(tables, system), system, profile, year=YEAR).differences
        assert rows["points"].sum() == pytest.approx(-1.5)
        assert rows["total"][0] - rows["total_reported"][0] == pytest.approx(-1.5)


def test_a_penalty_for_missing_evidence_is_an_effect():
    system, profile = small()
    system = dataclasses.replace(system, evidence=Evidence(missing=EvidenceCost(penalty="N1")))
    row = {
        "table": "evidence",
        "key": f"{YEAR}/money",
        "column": "status",
        "reported": "missing",
        "verified": "present",
    }
    tables = {
        "fields": flat({}),
        "evidence": pl.DataFrame({"unit": ["U1"], "year": [YEAR], "indicator": ["money"], "status": ["missing"]}),
        "adjustments": pl.DataFrame([{**GIVEN, **row}]),
    }
    result = ee.assess(ee.Dataset.from_tables(tables, system), system, profile, year=YEAR)
    assert result.differences.select("item", "points", "total_reported", "total").rows() == [
        ("N1", 1.0, PLAIN_TOTAL - 1, PLAIN_TOTAL)
    ]


def test_another_group_changes_anchors_and_weights():
    """By the anchors of H 500 of money is 100 points, by its weights .3 of the total; verified are 250: 50 points.

    As reported that is .3 * 100 - .1 * 50, and coverage (75) gives .2 of its weight away.
    """
    system, profile = small()
    rules = {"H": GroupRules(scoring={"money": {"rule": "linear", "zero": 0, "full": 500}})}
    own = {**profile.weights, "money": profile.weights["coverage"], "coverage": profile.weights["money"]}
    system = dataclasses.replace(system, groups=rules)
    profile = dataclasses.replace(profile, groups={"H": GroupWeights(weights=own)})
    listed = [
        {**GIVEN, "key": str(YEAR), "column": column, "reported": reported, "verified": verified}
        for column, reported, verified in (("group", "G", "H"), ("budget", "500", "250"))
    ]
    tables = {"fields": flat({}, {"unit": "U2"}), "adjustments": pl.DataFrame(listed)}
    result = ee.assess(ee.Dataset.from_tables(tables, system), system, profile, year=YEAR)
    points = dict(result.differences.select("column", "points").rows())
    moved = (0.3 * 100 - 0.1 * 50) - 0.2 * 75
    assert points == {"group": pytest.approx(moved), "budget": pytest.approx(0.3 * (50 - 100))}
    row = result.differences.row(0, named=True)
    assert row["total"] - row["total_reported"] == pytest.approx(sum(points.values()))


def test_evidence_of_another_indicator_changes_both():
    """Not the evidence of money (50 points, weight .1) is missing, but that of capped (50, .1)."""
    system, profile = small()
    system = dataclasses.replace(system, evidence=Evidence(missing=EvidenceCost(unverified=True)))
    row = {
        "table": "evidence",
        "key": f"{YEAR}/money",
        "column": "indicator",
        "reported": "money",
        "verified": "capped",
    }
    tables = {
        "fields": flat({}),
        "evidence": pl.DataFrame({"unit": ["U1"], "year": [YEAR], "indicator": ["money"], "status": ["missing"]}),
        "adjustments": pl.DataFrame([{**GIVEN, **row}]),
    }
    result = ee.assess(ee.Dataset.from_tables(tables, system), system, profile, year=YEAR)
    points = dict(result.differences.select("indicator", "points").rows())
    assert points == {"money": pytest.approx(5), "capped": pytest.approx(-5)}


def test_a_change_without_effect_has_one_row_that_says_so():
    """LEAST(away, 2): three or two away makes no difference."""
    result = adjusted({"column": "away", "reported": "3", "verified": "2"}, figures={"away": 3.0})
    assert result.differences.select("column", "difference", "indicator", "points").rows() == [
        ("away", -1.0, None, None)
    ]
    assert result.differences["total"].item() == result.differences["total_reported"].item()


@pytest.mark.parametrize(
    ("reported", "verified", "floors", "told", "standing"),
    [
        # 30 spent, verified as 15: below 20; V3 fails the unit, which loses its rank
        (30, "15", [("V3", 20)], [("V3", True)], ("pass", 1, "fail", None)),
        (15, "30", [("V3", 20)], [("V3", False)], ("fail", None, "pass", 1)),
        (30, None, [("V3", 20)], [("V3", True)], ("pass", 1, "fail", None)),  # what is unverified is below
        (30, "25", [("V3", 20)], [], ("pass", 1, "pass", 2)),
        (15, "10", [("V3", 20)], [], ("fail", None, "fail", None)),
        (30, "15", [("V3", 20), ("V4", 16), ("V4", 12)], [("V3", True), ("V4", True)], ("pass", 1, "fail", None)),
        (30, "15", [("V3", None)], [], ("pass", 1, "pass", 2)),
    ],
)
def test_a_floor_missed_because_of_an_adjustment_is_named(reported, verified, floors, told, standing):
    result = adjusted(
        {"column": "spent", "reported": str(reported), "verified": verified},
        figures={"spent": float(reported)},
        floors=[Floor(field="spent", veto=veto, minimum=minimum) for veto, minimum in floors],
    )
    rows = result.differences
    named = rows.filter(pl.col("floor").is_not_null())
    assert named.select("item", "missed").rows() == told
    assert set(named["floor"]) <= {"spent"}
    assert set(named["points"]) <= {None}  # the points are those of the indicator, in a row of its own
    columns = ("grade_reported", "rank_reported", "grade", "rank")
    assert rows.select(columns).unique().rows() == [standing]
    assert standing[2:] == (row_of(result)["grade"], row_of(result)["rank"])


def test_the_effects_add_up_where_an_indicator_ceases_to_apply():
    """Without revenue intensity (60, weight .2) does not apply; money (50, .1) takes its weight: -10 points of .2.

    Then money falls to 30: with the weight of both that is 20 points of .3.
    """
    result = adjusted(
        {"column": "revenue", "reported": "1000", "verified": "0"},
        {"column": "budget", "reported": "500", "verified": "300"},
    )
    points = dict(result.differences.select("indicator", "points").rows())
    assert points == {"intensity": pytest.approx(0.2 * (50 - 60)), "money": pytest.approx(0.3 * (30 - 50))}
    row = result.differences.row(0, named=True)
    assert sum(points.values()) == pytest.approx(row["total"] - row["total_reported"])


def test_one_record_may_go_into_several_indicators():
    """The sample's rejected conversion lowers the rate and shortens the mean cycle: both are told."""
    system = ee.load_indicators()
    result = ee.assess(
        ee.read_dataset(shipped("sample_data") / "2025", system), system, ee.load_weights("jiangsu", system)
    )
    rows = result.differences.filter(unit="JS09")
    assert rows["indicator"].to_list() == ["conversion_rate", "avg_conversion_cycle"]
    assert rows["points"].sum() == pytest.approx(rows["total"][0] - rows["total_reported"][0], abs=0.01)
    assert sorted(set(result.differences["unit"])) == sorted(set(result.adjustments["unit"]))


def test_a_record_of_the_office_and_a_struck_row():
    """An event, a consortium's city and a whole project: each finds what it goes into."""
    system, profile = small()
    projects = pl.DataFrame({
        "unit": ["U1"] * 3, "project_id": ["a", "b", "c"], "year": [YEAR] * 3, "city": ["X", "Y", "Y"],
        "budget": [100.0, 200.0, 300.0], "done": [True, True, False],
    })  # fmt: skip
    own = {"unit": ["U1"], "year": [YEAR]}
    rows = [
        {"table": "events", "key": f"{YEAR}/P2/m", "column": "count", "reported": "1", "verified": "0"},
        {"table": "consortia", "key": None, "column": "city", "reported": "X", "verified": "Y"},
        {"table": "projects", "key": "c", "column": "整行", "reported": None, "verified": None},
    ]
    tables = {
        "consortia": pl.DataFrame({"unit": ["U1"], "name": ["N"], "city": ["X"]}),
        "projects": projects,
        "yearly": pl.DataFrame({**own, "spent": [30.0], "revenue": [1000.0]}),
        "events": pl.DataFrame({**own, "item": ["P2"], "count": [1], "matter": ["m"]}),
        "adjustments": pl.DataFrame([{**GIVEN, **row} for row in rows]),
    }
    result = ee.assess(ee.Dataset.from_tables(tables, system), system, profile, year=YEAR)
    found = {(row["table"], row["indicator"] or row["item"]) for row in result.differences.to_dicts()}
    # 2 of 3 done become 2 of 2; 600 become 300; away from X were b and c, away from Y is a
    assert found == {
        ("events", "P2"), ("consortia", "capped"), ("projects", "completion"), ("projects", "money"),
        ("projects", "capped"),
    }  # fmt: skip
    money = result.differences.filter(indicator="money").row(0, named=True)
    assert (money["score_reported"], money["score"], money["difference"]) == (60, 30, None)
