"""What verification leaves of a list, of its year and of its group, as arithmetic."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import polars as pl
import pytest

from evalengine import Assessment, DataError, Dataset, assess
from evalengine.scheme.model import GroupRules
from tests.small import YEAR, small, status_of
from tests.test_derivation import projects, tables

TWO_YEARS = {"year": [YEAR - 1] * 2 + [YEAR] * 3, "city": ["Suzhou"] * 2 + ["Nanjing", "Nanjing", "Suzhou"]}


def verified(*rows: Mapping[str, object], **changes: pl.DataFrame | None) -> Assessment:
    """Return the assessment with adjustments, the number of projects away taken as a mean of three years."""
    system, profile = small()
    away = dataclasses.replace(system.indicators["capped"], window="avg3")
    twice = GroupRules(scoring={}, coefficients={"money": 2.0})
    system = dataclasses.replace(system, indicators={**system.indicators, "capped": away}, groups={"S": twice})
    given = {"unit": "U1", "table": "projects", "key": None, "column": "*", "reported": None, "verified": None}
    names = dict.fromkeys((*given, "reason"), pl.String)
    listed = pl.DataFrame([{**given, **row, "reason": "checked"} for row in rows], schema=names)
    data = Dataset.from_tables(tables(projects=projects(**TWO_YEARS), adjustments=listed, **changes), system)
    return assess(data, system, profile, year=YEAR)


def value_of(result: Assessment, indicator: str) -> float | None:
    return result.values.row(by_predicate=pl.col("indicator") == indicator, named=True)["value"]


@pytest.mark.parametrize(
    ("struck", "mean"),
    [
        ([], (2 + 1) / 2),
        (["P4"], (2 + 0) / 2),
        (["P2", "P3", "P4"], (2 + 0) / 2),  # a year whose records are all struck stays in the window
        (["P0", "P1"], (0 + 1) / 2),
        (["P0", "P1", "P2", "P3", "P4"], 0.0),
    ],
)
def test_a_list_struck_as_a_whole_is_an_empty_list(struck, mean):
    result = verified(*({"key": project} for project in struck))
    assert value_of(result, "capped") == pytest.approx(mean)
    assert status_of(result, "capped") == "ok"


def test_a_list_moved_to_another_year_leaves_an_empty_one():
    rows = [{"key": f"P{k}", "column": "year", "reported": "2025", "verified": "2024"} for k in (2, 3, 4)]
    assert value_of(verified(*rows), "capped") == pytest.approx((3 + 0) / 2)


def test_struck_expert_scores_are_missing_not_zero():
    result = verified(*({"table": "experts", "key": f"2025/E{k}"} for k in range(3)))
    assert status_of(result, "opinion") == "missing"


def test_the_effect_of_another_year_or_entry_is_told():
    """2 and 1 projects away become 3 and 0 of the year; the mean of two years stays, the rate of completion too."""
    move = {"key": "P4", "column": "year", "reported": "2025", "verified": "2022"}
    told = verified(move).differences.select("indicator", "value_reported", "value").rows()
    assert ("capped", 1.5, 1.0) in told
    nodes = {"table": "nodes", "key": "N3", "column": "node_id", "reported": "N3", "verified": "N2"}
    told = verified(nodes).differences.select("indicator", "value_reported", "value").rows()
    assert told == [("coverage", 75.0, 100.0)]  # the third node was the second one again


def test_a_record_cannot_lose_its_year():
    """Without one it would be in no year, and nobody would see it go."""
    with pytest.raises(DataError) as raised:
        verified({"key": "P4", "column": "year", "reported": "2025", "verified": None})
    assert [problem.code for problem in raised.value.problems if problem.severity == "error"] == ["blank_required"]


def test_a_corrected_group_is_scored_by_its_own_rules_on_either_side():
    """Coefficients of S make 500 of money 1000, which earns 100 rather than 50: .1 of it is 5 points."""
    move = {"table": "consortia", "column": "group", "reported": "S", "verified": "G"}
    consortia = pl.DataFrame({"unit": ["U1"], "name": ["Unit 1"], "group": ["S"], "city": ["Nanjing"]})
    told = verified(move, consortia=consortia).differences.row(0, named=True)
    assert told["total_reported"] - told["total"] == pytest.approx(0.1 * (100 - 50))
