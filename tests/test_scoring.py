"""Groups, coefficients, relative rules, other means, and the kernel's place in an assessment."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from evalengine import MethodError
from evalengine.scheme.model import GroupRules, GroupWeights
from tests.small import PLAIN_TOTAL, assess_flat, codes, row_of, score_of, small, weight_of


def test_a_group_may_have_its_own_weights():
    system, profile = small()
    own = {code: Decimal(0) for code in profile.weights} | {"money": Decimal(1)}
    profile = dataclasses.replace(profile, groups={"H": GroupWeights(weights=own)})
    result = assess_flat({}, {"unit": "U2", "group": "H"}, system=system, profile=profile)
    assert row_of(result, "U1")["total"] == pytest.approx(PLAIN_TOTAL, abs=1e-12)
    assert row_of(result, "U2")["total"] == pytest.approx(50.0, abs=1e-12)
    assert weight_of(result, "money", "U2") == 1.0


def test_a_group_may_have_its_own_anchors():
    system, profile = small()
    rules = GroupRules(scoring={"money": {"rule": "linear", "zero": 0, "full": 500}})
    system = dataclasses.replace(system, groups={"H": rules})
    result = assess_flat({}, {"unit": "U2", "group": "H"}, system=system, profile=profile)
    assert [score_of(result, "money", unit) for unit in ("U1", "U2")] == [50.0, 100.0]


def test_an_industry_coefficient_multiplies_a_named_ratio():
    system, profile = small()
    system = dataclasses.replace(system, groups={"H": GroupRules(coefficients={"intensity": 2.0})})
    result = assess_flat({}, {"unit": "U2", "group": "H"}, system=system, profile=profile)
    assert score_of(result, "intensity", "U1") == 60.0  # 3 % is the base mark
    assert score_of(result, "intensity", "U2") == pytest.approx(60 + 40 * (2 * 3 - 3) / (8 - 3), abs=1e-12)
    values = result.values.filter(unit="U2", indicator="intensity").row(0, named=True)
    assert (values["value"], values["coefficient"]) == (3.0, 2.0)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"rule": "min_max", "upper": 100.0}, [0.0, 100 * (400 - 100) / (600 - 100), 100.0]),
        ({"rule": "z_score", "times": 10, "plus": 50, "floor": 0, "ceiling": 100}, None),
        ({"rule": "percentile", "times": 100.0}, [0.0, 50.0, 100.0]),
    ],
)
def test_relative_rules_score_by_the_column_and_are_marked(rule, expected):
    system, profile = small()
    money = dataclasses.replace(system.indicators["money"], scoring=rule)
    system = dataclasses.replace(system, indicators={**system.indicators, "money": money})
    rows = [{"unit": f"U{k}", "budget": budget} for k, budget in enumerate((100.0, 400.0, 600.0))]
    result = assess_flat(*rows, system=system, profile=profile)
    scores = [score_of(result, "money", f"U{k}") for k in range(3)]
    assert scores == sorted(scores)
    assert expected is None or scores == pytest.approx(expected, abs=1e-12)
    assert codes(result).count("relative_rule") == 1


def test_a_relative_rule_leaves_a_missing_unit_at_zero():
    system, profile = small()
    money = dataclasses.replace(system.indicators["money"], scoring={"rule": "min_max", "upper": 100.0})
    system = dataclasses.replace(system, indicators={**system.indicators, "money": money})
    rows = [{"unit": "U1", "budget": None}, {"unit": "U2", "budget": 100.0}, {"unit": "U3", "budget": 300.0}]
    result = assess_flat(*rows, system=system, profile=profile)
    assert [score_of(result, "money", f"U{k}") for k in (1, 2, 3)] == [0.0, 0.0, 100.0]


def test_a_relative_rule_without_an_answer_names_the_column():
    system, profile = small()
    money = dataclasses.replace(system.indicators["money"], scoring={"rule": "min_max"})
    system = dataclasses.replace(system, indicators={**system.indicators, "money": money})
    with pytest.raises(MethodError, match="money"):
        assess_flat({}, {"unit": "U2"}, system=system, profile=profile)


@pytest.mark.parametrize(
    ("aggregation", "power", "expected"),
    [
        ("arithmetic", 1.0, (0.2 * 60 + 0.1 * 50) / 0.3),
        ("geometric", 1.0, 60 ** (2 / 3) * 50 ** (1 / 3)),
        ("harmonic", 1.0, 0.3 / (0.2 / 60 + 0.1 / 50)),
        ("power", 2.0, ((0.2 * 60**2 + 0.1 * 50**2) / 0.3) ** 0.5),
        ("minimum", 1.0, 50.0),
    ],
)
def test_each_node_has_its_own_mean(aggregation, power, expected):
    system, profile = small()
    node = dataclasses.replace(system.dimensions["A1"], aggregation=aggregation, power=power)
    system = dataclasses.replace(system, dimensions={**system.dimensions, "A1": node})
    result = assess_flat({}, system=system, profile=profile)
    assert score_of(result, "A1") == pytest.approx(expected, abs=1e-9)
    assert score_of(result, "B") == pytest.approx((0.2 * 80 + 0.1 * 50 + 0.1 * 80) / 0.4, abs=1e-12)
    contributions = result.scores.filter(node="intensity")["contribution"][0]
    assert (contributions is None) == (aggregation != "arithmetic")


def test_a_zero_under_a_geometric_mean_is_zero():
    system, profile = small()
    node = dataclasses.replace(system.dimensions["A1"], aggregation="geometric")
    system = dataclasses.replace(system, dimensions={**system.dimensions, "A1": node})
    assert score_of(assess_flat({"budget": 0.0}, system=system, profile=profile), "A1") == 0.0


def test_a_negative_score_under_a_geometric_mean_is_refused():
    system, profile = small()
    node = dataclasses.replace(system.dimensions["A1"], aggregation="geometric")
    efficacy = {"rule": "efficacy", "satisfactory": 1000.0, "unacceptable": 900.0}
    money = dataclasses.replace(system.indicators["money"], scoring=efficacy)
    system = dataclasses.replace(
        system, dimensions={**system.dimensions, "A1": node}, indicators={**system.indicators, "money": money}
    )
    with pytest.raises(MethodError, match="geometric"):
        assess_flat({"budget": 0.0}, system=system, profile=profile)


def test_contributions_add_up_to_the_weighted_score_at_every_level():
    result = assess_flat({}, {"unit": "U2", "revenue": 0.0, "covered": 0.0, "listed": 0.0}, {"unit": "U3", "done": 0.0})
    leaves = set(result.system.indicators)
    for unit in ("U1", "U2", "U3"):
        own = result.scores.filter((pl.col("unit") == unit) & pl.col("node").is_in(leaves))
        assert own["contribution"].sum() == pytest.approx(row_of(result, unit)["weighted"], abs=1e-10)
        assert own["weight"].sum() == pytest.approx(1.0, abs=1e-12)
        tops = result.scores.filter((pl.col("unit") == unit) & (pl.col("level") == 1))
        assert tops["contribution"].sum() == pytest.approx(row_of(result, unit)["weighted"], abs=1e-10)


def test_many_units_score_as_each_alone():
    rng = np.random.default_rng(7)
    rows = [
        {"unit": f"U{k:04}", "budget": float(rng.uniform(0, 1500)), "spent": float(rng.uniform(0, 100))}
        for k in range(2500)
    ]
    together = assess_flat(*rows)
    for k in (0, 1023, 1024, 2047, 2048, 2499):  # around the kernel's blocks
        alone = assess_flat(rows[k])
        unit = rows[k]["unit"]
        assert together.scores.filter(unit=unit).equals(alone.scores)


def test_a_relative_rule_does_not_depend_on_weights_or_groups():
    system, profile = small()
    money = dataclasses.replace(system.indicators["money"], scoring={"rule": "min_max", "upper": 100.0})
    system = dataclasses.replace(system, indicators={**system.indicators, "money": money})
    rows = [
        {"unit": f"U{k}", "budget": b, "group": g}
        for k, (b, g) in enumerate([(0.0, "G"), (250.0, "H"), (500.0, "G"), (1000.0, "H")])
    ]
    plain = assess_flat(*rows, system=system, profile=profile)
    grouped = dataclasses.replace(profile, groups={"H": GroupWeights(weights=profile.weights)})
    same = assess_flat(*rows, system=system, profile=grouped)
    assert [score_of(plain, "money", f"U{k}") for k in range(4)] == [0.0, 25.0, 50.0, 100.0]
    assert same.scores.equals(plain.scores)


def test_weights_for_a_group_that_nobody_is_in_are_mentioned():
    system, profile = small()
    profile = dataclasses.replace(profile, groups={"G 2": GroupWeights(weights=profile.weights)})
    assert "group_unused" in codes(assess_flat({}, system=system, profile=profile))
