"""Anchored rules: one table of cases each, expected values as arithmetic."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalengine.errors import MethodError
from evalengine.methods.curves import curve
from evalengine.methods.mapping import column_parameters, mapped
from evalengine.methods.scoring_kernel import Tree, rules, score_units

ONE = Tree(
    parents=np.array([0, -1], dtype=np.int64),
    weights=np.ones(2),
    aggregations=np.zeros(1, dtype=np.int64),
    powers=np.ones(1),
)


def scores(rule, values, **parameters):
    made = rules([curve(rule, parameters)], missing=[math.nan], not_applicable=[math.nan])
    return score_units(np.array([values], dtype=np.float64), made, ONE)[0]


CASES = [
    # three anchors; weight 12 in the source: 5 of base 10 earns 3.6 of 12 points = 30 %
    ("base_full", {"base": 10, "full": 20}, [-1, 0, 5, 9.99, 10, 15, 20, 33], [0, 0, 30, 60 * 0.999, 60, 80, 100, 100]),
    ("base_full", {"base": 10, "full": 20, "below_base": "zero"}, [0, 5, 9.99, 10, 15, 20], [0, 0, 0, 60, 80, 100]),
    ("base_full", {"zero": 4, "base": 10, "full": 20}, [4, 7, 10], [0, 60 * 3 / 6, 60]),
    ("base_full", {"base": 1, "full": 1}, [0, 0.5, 0.999999, 1, 2], [0, 30, 59.99994, 100, 100]),
    ("base_full", {"base": 1, "full": 1, "below_base": "zero"}, [0, 0.999999, 1], [0, 0, 100]),
    ("base_full", {"zero": 80, "base": 40, "full": 10}, [90, 80, 60, 40, 25, 10, 0], [0, 0, 30, 60, 80, 100, 100]),
    ("base_full", {"zero": 80, "base": 40, "full": 10, "below_base": "zero"}, [40.001, 40, 10], [0, 60, 100]),
    ("base_full", {"base": 10, "full": 20, "base_percent": 50}, [5, 10, 15], [25, 50, 75]),
    ("linear", {"zero": 10, "full": 50}, [5, 10, 30, 50, 60], [0, 0, 50, 100, 100]),
    ("linear", {"zero": 50, "full": 10}, [60, 50, 30, 10, 0], [0, 0, 50, 100, 100]),
    ("share_of_standard", {"standard": 4}, [-1, 0, 1, 4, 8], [0, 0, 25, 100, 100]),
    ("efficacy", {"satisfactory": 12, "unacceptable": 6}, [5.81, 6, 12, 15], [60 + 40 * (5.81 - 6) / 6, 60, 100, 120]),
    ("efficacy", {"satisfactory": 6, "unacceptable": 12}, [12, 9, 6], [60, 80, 100]),
    ("efficacy", {"satisfactory": 12, "unacceptable": 6, "floor": 0, "ceiling": 100}, [-9, 15], [0, 100]),
    (
        "efficacy_exponential",
        {"satisfactory": 12, "unacceptable": 6},
        [6, 9, 12],
        [60, 60 * math.sqrt(100 / 60), 100],
    ),
    (
        "interval",
        {"lo_zero": 30, "lo": 50, "hi": 80, "hi_zero": 100},
        [20, 30, 40, 50, 66, 80, 90, 100, 110],
        [0, 0, 50, 100, 100, 100, 50, 0, 0],
    ),
    ("interval", {"lo_zero": 10, "lo": 10, "hi": 20, "hi_zero": 20}, [9.999, 10, 20, 20.001], [0, 100, 100, 0]),
    (
        "tiers",
        {"tiers": [{"at_least": 0, "score": 0}, {"at_least": 1, "score": 40}, {"at_least": 4, "score": 100}]},
        [-1, 0, 0.9, 1, 3, 4, 9],
        [0, 0, 0, 40, 40, 100, 100],
    ),
    (
        "tiers",
        {"tiers": [{"at_most": 30, "score": 40}, {"at_most": 10, "score": 100}]},
        [31, 30, 11, 10, 0],
        [0, 40, 40, 100, 100],
    ),
    (
        "bands",
        {"bands": [{"at_least": 10, "low": 60, "high": 79}, {"at_least": 20, "low": 80, "high": 100}], "top": 40},
        [9, 10, 15, 20, 30, 40, 50],
        [0, 60, 60 + 19 / 2, 80, 90, 100, 100],
    ),
    ("expert", {}, [0, 55.5, 100], [0, 55.5, 100]),
    ("expert", {"scale": [0, 10]}, [0, 5, 10], [0, 50, 100]),
]


@pytest.mark.parametrize(("rule", "parameters", "values", "expected"), CASES)
def test_scores(rule, parameters, values, expected):
    assert scores(rule, values, **parameters) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("rule", "parameters"),
    [
        ("base_full", {"base": 10, "full": 5}),
        ("base_full", {"zero": 10, "base": 10, "full": 20}),
        ("base_full", {"zero": 0, "base": 10, "full": 20, "base_percent": 101}),
        ("base_full", {"base": math.nan, "full": 20}),
        ("base_full", {"base": "10", "full": 20}),
        ("base_full", {"base": True, "full": 20}),
        ("base_full", {"base": 10, "full": 20, "below_base": "half"}),
        ("base_full", {"base": 10}),
        ("base_full", {"base": 10, "full": 20, "best": 3}),
        ("linear", {"zero": 1, "full": 1}),
        ("share_of_standard", {"standard": 0}),
        ("efficacy", {"satisfactory": 1, "unacceptable": 1}),
        ("efficacy", {"satisfactory": 2, "unacceptable": 1, "floor": 100, "ceiling": 0}),
        ("efficacy_exponential", {"satisfactory": 1, "unacceptable": 1}),
        ("interval", {"lo_zero": 0, "lo": 5, "hi": 4, "hi_zero": 9}),
        ("tiers", {"tiers": []}),
        ("tiers", {"tiers": [{"at_least": 2, "score": 1}, {"at_least": 1, "score": 2}]}),
        ("tiers", {"tiers": [{"at_least": 1, "points": 1}]}),
        ("tiers", {"tiers": [{"at_least": 1, "score": 1}, {"at_most": 2, "score": 2}]}),
        ("tiers", {"tiers": [{"at_least": 1, "score": 90}, {"at_least": 2, "score": 80}]}),
        ("tiers", {"tiers": [{"at_most": 10, "score": 60}, {"at_most": 5, "score": 50}]}),
        ("tiers", {"tiers": [{"at_least": 1, "score": 50}, {"at_least": 2, "score": 120}]}),
        ("tiers", {"tiers": [{"at_least": 1, "score": -5}, {"at_least": 2, "score": 100}]}),
        ("bands", {"bands": [{"at_least": 10, "low": 80, "high": 60}], "top": 20}),
        (
            "bands",
            {"bands": [{"at_least": 1, "low": 60, "high": 90}, {"at_least": 2, "low": 80, "high": 95}], "top": 9},
        ),
        ("bands", {"bands": [{"at_least": 10, "low": 60, "high": 80}], "top": 10}),
        ("expert", {"scale": [1]}),
        ("expert", {"scale": [5, 5]}),
        ("no_such_rule", {}),
        ("min_max", {}),
    ],
)
def test_a_wrong_rule_is_refused(rule, parameters):
    with pytest.raises(MethodError) as caught:
        curve(rule, parameters)
    assert rule in caught.value.message("en")
    assert rule in caught.value.message("zh")


finite = st.floats(-1e6, 1e6).map(lambda number: round(number, 6))


@given(st.lists(finite, min_size=3, max_size=3, unique=True), st.lists(finite, min_size=2, max_size=20), st.booleans())
def test_base_full_is_monotone_and_bounded(anchors, values, falling):
    zero, base, full = sorted(anchors, reverse=falling)
    direction = -1 if falling else 1
    found = scores("base_full", sorted(values, reverse=falling), zero=zero, base=base, full=full)
    assert (np.diff(found) >= -1e-12).all()  # one last bit where two slopes meet
    assert ((found >= 0) & (found <= 100)).all()
    assert direction * (full - zero) > 0


@given(st.lists(st.integers(-10_000, 10_000), min_size=3, max_size=3, unique=True), st.integers(-10_000, 10_000))
def test_base_full_against_its_definition(anchors, x):
    zero, base, full = sorted(anchors)
    if x <= zero:
        expected = 0.0
    elif x < base:
        expected = 60 * (x - zero) / (base - zero)
    elif x < full:
        expected = 60 + 40 * (x - base) / (full - base)
    else:
        expected = 100.0
    assert scores("base_full", [x], zero=zero, base=base, full=full)[0] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("rule", "parameters", "value", "expected"),
    [
        ("tiers", {"tiers": [{"at_least": 90, "score": 100}]}, 89.99999999999999, 100),
        ("tiers", {"tiers": [{"at_most": 10, "score": 100}]}, 10.000000000000002, 100),
        ("base_full", {"base": 90, "full": 100, "below_base": "zero"}, 89.99999999999999, 60),
        ("base_full", {"base": 1, "full": 1}, 0.9999999999999999, 100),
        ("interval", {"lo_zero": 10, "lo": 10, "hi": 20, "hi_zero": 20}, 20.000000000000004, 100),
        ("tiers", {"tiers": [{"at_least": 90, "score": 100}]}, 89.99999999, 0),
    ],
)
def test_the_last_bit_of_a_formula_does_not_miss_a_threshold(rule, parameters, value, expected):
    assert scores(rule, [value], **parameters)[0] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("parameters", [{"zero": -1e308, "full": 1e308}, {"zero": 0, "full": 1e-310}])
def test_anchors_without_a_slope_are_refused(parameters):
    with pytest.raises(MethodError):
        curve("linear", parameters)


def test_nan_stays_nan():
    assert np.isnan(scores("base_full", [math.nan], base=1, full=2)).all()


@pytest.mark.parametrize(
    ("rule", "given", "expected"),
    [
        ({"rule": "percentile", "times": 100.0}, [0.0, 0.5, 1.0], [0.0, 50.0, 100.0]),
        ({"rule": "z_score", "times": 10, "plus": 50, "floor": 0, "ceiling": 60}, [-6.0, 0.5, 3.0], [0.0, 55.0, 60.0]),
        ({"rule": "min_max", "upper": 100}, [0.0, 30.0], [0.0, 30.0]),
    ],
)
def test_column_scores_are_put_on_the_scale_that_is_asked_for(rule, given, expected):
    assert mapped(np.array(given), rule).tolist() == expected
    assert not {"rule", "times", "plus", "floor", "ceiling"} & set(column_parameters(rule))


@pytest.mark.parametrize("wrong", [{"times": 0}, {"times": "a"}, {"plus": math.nan}, {"floor": 5, "ceiling": 5}])
def test_a_wrong_mapping_is_refused(wrong):
    with pytest.raises(MethodError):
        mapped(np.array([1.0]), {"rule": "rank", **wrong})
