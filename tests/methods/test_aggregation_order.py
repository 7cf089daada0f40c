"""OWA, median and weighted median."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from evalengine.errors import MethodError
from evalengine.methods.aggregation import arithmetic, minimum
from evalengine.methods.aggregation_order import median, owa, weighted_median

ROW = [[4.0, 1.0, 7.0, 2.0]]


@pytest.mark.parametrize(
    ("order_weights", "expected"),
    [([1, 0, 0, 0], 7), ([0, 0, 0, 1], 1), ([1, 1, 1, 1], 14 / 4), ([4, 3, 2, 1], (4 * 7 + 3 * 4 + 2 * 2 + 1) / 10)],
)
def test_owa_weighs_places(order_weights: Any, expected: Any) -> None:
    assert owa(ROW, order_weights=order_weights) == pytest.approx([expected], rel=1e-15)


def test_owa_spans_minimum_and_mean() -> None:
    scores = np.random.default_rng(3).normal(size=(30, 5))
    assert owa(scores, order_weights=[0, 0, 0, 0, 1]).tolist() == minimum(scores).tolist()
    assert owa(scores, order_weights=np.ones(5)) == pytest.approx(arithmetic(scores), rel=1e-13)


def test_owa_leaves_out_indicators_of_weight_zero() -> None:
    assert owa(ROW, [1, 1, 0, 1], order_weights=[2, 1, 1]) == pytest.approx([(2 * 4 + 2 + 1) / 4])


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: owa(ROW, [1, 2, 1, 1], order_weights=[1, 1, 1, 1]), "weights_not_used"),
        (lambda: owa(ROW, order_weights=[1, 1]), "wrong_length"),
        (lambda: owa(ROW, order_weights=[1, 1, 1, -1]), "negative_weight"),
        (lambda: owa(ROW, order_weights=[0, 0, 0, 0]), "zero_weights"),
        (lambda: owa([[1.0, math.nan]], order_weights=[1, 1]), "not_finite"),
        (lambda: median(ROW, [1, 2, 1, 1]), "weights_not_used"),
        (lambda: median([[math.nan]], nan="skip"), "no_entry"),
        (lambda: weighted_median(ROW, rule="lower"), "bad_choice"),
        (lambda: weighted_median([[1.0, math.nan]]), "not_finite"),
    ],
)
def test_faults_of_the_call_are_refused(call: Any, code: Any) -> None:
    with pytest.raises(MethodError) as error:
        call()
    assert error.value.code == code


def test_median_skips_missing_entries() -> None:
    scores = [[4, 1, math.nan, 2], [4, 1, 7, 2], [math.nan, math.nan, 3, math.nan]]
    assert median(scores, nan="skip").tolist() == [2, 3, 3]
    assert weighted_median(scores, nan="skip").tolist() == [2, 3, 3]
    assert weighted_median(scores, nan="skip", rule="interpolated").tolist() == [2, 3, 3]


@pytest.mark.parametrize(
    ("weights", "midpoint", "interpolated"),
    [
        ([1, 1, 1, 1], 3, 3),
        ([1, 1, 4, 1], 7, 4 + (3.5 - 2.5) / (5 - 2.5) * (7 - 4)),  # centres 0.5, 1.5, 2.5, 5; half = 3.5
        ([1, 1, 3, 1], (4 + 7) / 2, 4 + (3 - 2.5) / (4.5 - 2.5) * 3),  # half of the weight exactly at the value 4
        ([0, 1, 0, 0], 1, 1),
        ([1, 9, 1, 1], 1, 1 + (6 - 4.5) / (9.5 - 4.5) * (2 - 1)),
        ([1, 99, 1, 1], 1, 1 + (51 - 49.5) / (99.5 - 49.5)),
    ],
)
def test_weighted_median_worked(weights: Any, midpoint: Any, interpolated: Any) -> None:
    assert weighted_median(ROW, weights) == pytest.approx([midpoint], rel=1e-14)
    assert weighted_median(ROW, weights, rule="interpolated") == pytest.approx([interpolated], rel=1e-14)


def test_interpolated_rule_is_not_monotone_and_midpoint_is() -> None:
    """The matrixStats default: the first value rises past a heavier one and the score falls."""
    weights = [0.1, 0.3, 0.6]
    before, after = [[0.999, 1.0, 2.0]], [[1.001, 1.0, 2.0]]
    fall = weighted_median(after, weights, rule="interpolated") - weighted_median(before, weights, rule="interpolated")
    assert fall[0] == pytest.approx(0.15 / 0.35 - 0.25 / 0.45, abs=0.002)
    assert weighted_median(after, weights)[0] >= weighted_median(before, weights)[0]


SCORES = arrays(np.float64, (5, 4), elements=st.integers(-4, 4).map(float))
WEIGHTS = arrays(np.float64, 4, elements=st.integers(0, 3).map(float)).filter(lambda w: w.sum() > 0)


@settings(max_examples=80, deadline=None)
@given(scores=SCORES, weights=WEIGHTS)
def test_weighted_median_splits_the_weight_in_half(scores: Any, weights: Any) -> None:
    result = weighted_median(scores, weights)
    below = (weights * (scores < result[:, None])).sum(axis=1)
    above = (weights * (scores > result[:, None])).sum(axis=1)
    assert (below <= weights.sum() / 2 + 1e-9).all()
    assert (above <= weights.sum() / 2 + 1e-9).all()
    repeated = [np.median(np.repeat(row, weights.astype(int))) for row in scores]
    assert result.tolist() == repeated
    better = scores + np.eye(4)[1]
    assert (weighted_median(better, weights) >= result).all()


@settings(max_examples=40, deadline=None)
@given(scores=SCORES)
def test_order_does_not_matter_and_equal_weights_give_the_median(scores: Any) -> None:
    expected = np.median(scores, axis=1)
    assert median(scores) == pytest.approx(expected)
    for rule in ("midpoint", "interpolated"):
        assert weighted_median(scores, rule=rule) == pytest.approx(expected)
        mixed = weighted_median(scores, [1, 2, 3, 4], rule=rule)
        assert weighted_median(scores[:, [2, 0, 3, 1]], [3, 1, 4, 2], rule=rule) == pytest.approx(mixed)
    assert owa(scores[:, ::-1], order_weights=[4, 3, 2, 1]) == pytest.approx(owa(scores, order_weights=[4, 3, 2, 1]))
