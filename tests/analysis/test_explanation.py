"""An explanation promises points; a new assessment with the value it proposes has to pay them."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Mapping

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evalengine as ee
from evalengine.analysis.explanation import explanations
from evalengine.methods.curves import is_curve
from evalengine.methods.marks import MARKS
from evalengine.methods.registry import methods
from evalengine.scheme.model import Field, GroupRules, IndicatorSystem, WeightProfile
from evalengine.text import Label
from tests.reports.random_schemes import scheme
from tests.small import YEAR, assess_flat, small

GROUPS = ("G", "H", "I")
CLOSE = pytest.approx


def direct(seed: int) -> tuple[IndicatorSystem, WeightProfile]:
    """Return a random scheme each of whose indicators is a figure of its own over one."""
    system, profile = scheme(seed)
    codes = list(system.indicators)
    fields = {f"x{code}": Field(label=Label(code, code), minimum=None) for code in codes}
    indicators = {
        code: dataclasses.replace(item, formula=f"x{code} / one", window="year")
        for code, item in system.indicators.items()
    }
    one = Field(label=Label("one", "one"))
    return dataclasses.replace(system, fields={**fields, "one": one}, indicators=indicators, floors=()), profile


def rows_of(seed: int, system: IndicatorSystem) -> list[dict[str, object]]:
    choice = random.Random(seed)
    rows: list[dict[str, object]] = []
    for number in range(9):
        figures: dict[str, object] = {
            f"x{code}": choice.choice([None, 0.0, *[round(choice.uniform(0, 22), 2) for _ in range(8)]])
            for code in system.indicators
        }
        group = GROUPS[number % 3]
        one = choice.choice([1.0] * 6 + [0.0]) if number else 1.0  # a zero denominator: nothing of it applies
        rows.append({"unit": f"U{number}", "name": f"U{number}", "group": group, "year": YEAR, **figures, "one": one})
    return rows


def assessed(rows: list[dict[str, object]], system: IndicatorSystem, profile: WeightProfile) -> ee.Assessment:
    kinds: Mapping[str, type[pl.DataType]] = {"year": pl.Int64} | dict.fromkeys(("unit", "name", "group"), pl.String)
    frame = pl.DataFrame(rows, schema={name: kinds.get(name, pl.Float64) for name in rows[0]})
    return ee.assess(ee.Dataset.from_fields(frame, system), system, profile, year=YEAR)


def weighted(result: ee.Assessment, unit: str) -> float:
    return float(result.ranking.filter(pl.col("unit") == unit)["weighted"][0])


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_a_proposed_value_brings_the_promised_points_when_assessed_anew(seed: int) -> None:
    system, profile = direct(seed)
    rows = rows_of(seed, system)
    try:
        before = assessed(rows, system, profile)
    except ee.DataError:  # nothing applies to a unit: refused
        return
    whole = {row["unit"] for row in rows if row["one"]}  # over zero no figure gives the proposed value
    found = [
        (explained.unit, code, target)
        for explained in explanations(before)
        if explained.unit in whole
        for code, item in explained.indicators.items()
        for target in item.targets
    ]
    for unit, code, target in random.Random(seed).sample(found, min(6, len(found))):
        changed = [{**row, **({f"x{code}": target.value} if row["unit"] == unit else {})} for row in rows]
        after = assessed(changed, system, profile)
        assert weighted(after, unit) - weighted(before, unit) == CLOSE(target.points, abs=1e-9)
        score = ee.explain(after, unit).indicators[code].standing.score
        assert score == CLOSE(target.score, abs=1e-12)


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_points_lost_add_up_to_what_is_missing_where_means_are_arithmetic(seed: int) -> None:
    system, profile = direct(seed)
    plain = {code: dataclasses.replace(item, aggregation="arithmetic") for code, item in system.dimensions.items()}
    system = dataclasses.replace(system, dimensions=plain)
    try:
        result = assessed(rows_of(seed, system), system, profile)
    except ee.DataError:
        return
    for explained in explanations(result):
        scores = [item.standing.score for item in explained.indicators.values()]
        if all(score is None or score <= 100 for score in scores):
            lost = sum(item.standing.lost for item in explained.indicators.values())
            assert lost == CLOSE(100 - explained.total.score, abs=1e-9)
            assert sum(part.lost for part in explained.dimensions.values()) == CLOSE(lost, abs=1e-9)


def test_every_anchored_rule_has_marks_and_no_other() -> None:
    anchored = {item.name for item in methods("normalisation") if is_curve(item)}
    assert set(MARKS) == anchored


def test_small_unit_in_arithmetic() -> None:
    rows = [{"unit": f"U{k}", "budget": 100.0 * k} for k in range(1, 6)]
    explained = ee.explain(assess_flat(*rows), "U2")
    money = explained.indicators["money"]  # 0 at 0, 100 at 1000; weight .1
    assert (money.value, money.median, money.best) == (200.0, 300.0, 500.0)
    assert (money.standing.score, money.standing.median, money.standing.best) == (20.0, 30.0, 50.0)
    assert money.standing.lost == CLOSE(0.1 * 80)
    assert [(target.kind, target.value, target.score) for target in money.targets] == [("full", 1000.0, 100.0)]
    assert money.targets[0].points == CLOSE(0.1 * 80)
    intensity = explained.indicators["intensity"]  # 3 earns 60
    assert [(target.kind, target.points) for target in intensity.targets] == [("full", CLOSE(0.2 * 40))]
    assert explained.peers == 5
    assert explained.shortfalls[:2] in {("intensity", "money"), ("money", "intensity")}


def test_medians_and_bests_need_three_ranked_units() -> None:
    two = ee.explain(assess_flat({"unit": "U1"}, {"unit": "U2"}), "U1")
    assert two.peers == 2
    assert all(item.median is None and item.standing.best is None for item in two.indicators.values())
    vetoed = assess_flat({"unit": "U1"}, {"unit": "U2"}, {"unit": "U3", "budget": 9000.0, "V1": 1.0})
    assert ee.explain(vetoed, "U3").peers == 2
    four = assess_flat({"unit": "U1"}, {"unit": "U2"}, {"unit": "U4"}, {"unit": "U3", "budget": 9000.0, "V1": 1.0})
    assert ee.explain(four, "U3").indicators["money"].best == 500.0  # the vetoed one is no peer


def test_a_coefficient_changes_the_value_needed_not_the_points() -> None:
    system, profile = small()
    grouped = dataclasses.replace(system, groups={"G": GroupRules(coefficients={"intensity": 3.0})})
    before = ee.explain(assess_flat({"spent": 5.0}, system=grouped, profile=profile), "U1")
    item = before.indicators["intensity"]  # .5 per cent counts as 1.5; base 3, full 8
    assert item.coefficient == 3.0
    assert item.scored == CLOSE(1.5)
    assert [(target.kind, target.value) for target in item.targets] == [("base", 1.0), ("full", 2.667)]  # 8/3, up
    assert item.targets[1].score == 100.0


def test_what_does_not_apply_loses_nothing_and_promises_nothing() -> None:
    explained = ee.explain(assess_flat({"started": 0.0, "done": 0.0}), "U1")
    item = explained.indicators["completion"]
    assert item.status == "not_applicable"
    assert item.targets == ()
    weights = sum(part.standing.weight for part in explained.indicators.values())
    assert weights == CLOSE(1.0)


def test_missing_value_promises_the_points_of_a_first_one() -> None:
    item = ee.explain(assess_flat({"budget": None}), "U1").indicators["money"]
    assert (item.value, item.standing.score, item.status) == (None, 0.0, "missing")
    assert item.targets[0].points == CLOSE(0.1 * 100)


def test_relative_rules_and_treated_indicators_promise_nothing() -> None:
    system, profile = small()
    relative = {"rule": "min_max", "times": 100.0}
    money = dataclasses.replace(system.indicators["money"], scoring=relative)
    changed = dataclasses.replace(system, indicators={**system.indicators, "money": money})
    rows = [{"unit": f"U{k}", "budget": 100.0 * k} for k in range(1, 6)]
    explained = ee.explain(assess_flat(*rows, system=changed, profile=profile), "U2")
    assert explained.indicators["money"].targets == ()
    assert explained.indicators["money"].standing.lost == CLOSE(0.1 * 75)
    assert explained.indicators["intensity"].targets[0].points == CLOSE(0.2 * 40)


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(ee.UsageError, match="U9"):
        ee.explain(assess_flat({}), "U9")
