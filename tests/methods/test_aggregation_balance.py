"""Mazziotta–Pareto and Choquet."""

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
from evalengine.methods.aggregation_balance import choquet, mazziotta_pareto


@pytest.mark.parametrize(
    ("row", "weights", "penalty", "expected"),
    [
        ([90, 110], None, "subtract", 100 - 10**2 / 100),
        ([90, 110], None, "add", 100 + 10**2 / 100),
        ([100, 100], None, "subtract", 100),
        ([80, 100, 120], None, "subtract", 100 - (800 / 3) / 100),  # variance over n, not n − 1
        ([90, 110], [3, 1], "subtract", 95 - (0.75 * 25 + 0.25 * 225) / 95),
        ([-1, 3], None, "subtract", 1 - 4 / 1),
    ],
)
def test_mazziotta_pareto_worked(row: Any, weights: Any, penalty: Any, expected: Any) -> None:
    assert mazziotta_pareto([row], weights, penalty=penalty) == pytest.approx([expected], rel=1e-14)


def test_mazziotta_pareto_penalises_the_unbalanced_of_equal_means() -> None:
    balanced, unbalanced = mazziotta_pareto([[100, 100, 100], [70, 100, 130]])
    assert balanced == 100
    assert unbalanced < balanced


def test_mazziotta_pareto_skips_missing() -> None:
    assert mazziotta_pareto([[90, math.nan, 110]], nan="skip") == pytest.approx([99], rel=1e-14)


PAIR = [[0, 0.4, 0], [0.4, 0, -0.2], [0, -0.2, 0]]


def test_choquet_worked() -> None:
    row, weights = [[0.2, 0.8, 0.5]], [0.3, 0.4, 0.3]
    expected = 0.3 * 0.2 + 0.4 * 0.8 + 0.3 * 0.5 - 0.5 * (0.4 * 0.6 + -0.2 * 0.3)
    assert choquet(row, weights, interactions=PAIR) == pytest.approx([expected], rel=1e-14)


def test_choquet_is_the_moebius_form() -> None:
    rng = np.random.default_rng(5)
    scores = rng.uniform(size=(40, 3))
    pairs = np.array(PAIR)
    weights = np.array([0.3, 0.4, 0.3])
    single = weights - 0.5 * pairs.sum(axis=1)
    expected = scores @ single
    for i, j in ((0, 1), (0, 2), (1, 2)):
        expected = expected + pairs[i, j] * np.minimum(scores[:, i], scores[:, j])
    assert choquet(scores, weights, interactions=pairs) == pytest.approx(expected, rel=1e-12)


def test_choquet_without_interaction_is_the_mean_and_with_all_of_it_the_minimum() -> None:
    scores = np.random.default_rng(6).normal(size=(20, 2))
    assert choquet(scores, [1, 3], interactions=np.zeros((2, 2))) == pytest.approx(arithmetic(scores, [1, 3]))
    assert choquet(scores, interactions=[[0, 1], [1, 0]]) == pytest.approx(minimum(scores))
    assert choquet(scores, interactions=[[0, -1], [-1, 0]]) == pytest.approx(scores.max(axis=1))


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: mazziotta_pareto([[1, -1]]), "mean_not_positive"),
        (lambda: mazziotta_pareto([[-3, 1]]), "mean_not_positive"),
        (lambda: mazziotta_pareto([[1, 2]], penalty="none"), "bad_choice"),
        (lambda: mazziotta_pareto([[1e308, -1e308, 1e300]]), "unit_overflow"),
        (lambda: mazziotta_pareto([[1, math.nan]]), "not_finite"),
        (lambda: choquet([[1, 2]], interactions=[[0, 0.1], [0.2, 0]]), "not_symmetric"),
        (lambda: choquet([[1, 2]], interactions=[[0.1, 0], [0, 0]]), "not_symmetric"),
        (lambda: choquet([[1, 2]], interactions=[[0]]), "wrong_length"),
        (lambda: choquet([[1, 2]], interactions=[[0, 1.2], [1.2, 0]]), "not_monotone"),
        (lambda: choquet([[1, 2]], [1, 0], interactions=[[0, 0.1], [0.1, 0]]), "not_monotone"),
        (lambda: choquet([[1e308, -1e308]], interactions=[[0, 1], [1, 0]]), "unit_overflow"),
        (lambda: choquet([[1, math.nan]], interactions=np.zeros((2, 2))), "not_finite"),
    ],
)
def test_faults_of_the_call_are_refused(call: Any, code: Any) -> None:
    with pytest.raises(MethodError) as error:
        call()
    assert error.value.code == code


def test_choquet_names_the_column_whose_interactions_are_too_strong() -> None:
    with pytest.raises(MethodError, match="patents"):
        choquet([[1, 2]], [0.1, 0.9], interactions=[[0, 0.4], [0.4, 0]], columns=["patents", "sales"])


SCORES = arrays(np.float64, (5, 3), elements=st.floats(-100, 100))


@settings(max_examples=60, deadline=None)
@given(scores=SCORES)
def test_choquet_is_bounded_monotone_and_symmetric(scores: Any) -> None:
    weights = [0.3, 0.4, 0.3]
    result = choquet(scores, weights, interactions=PAIR)
    assert (result >= scores.min(axis=1)).all()
    assert (result <= scores.max(axis=1)).all()
    for column in range(3):
        better = scores.copy()
        better[:, column] += 1.0
        assert (choquet(better, weights, interactions=PAIR) >= result - 1e-12).all()
    order = [2, 0, 1]
    moved = choquet(scores[:, order], np.array(weights)[order], interactions=np.array(PAIR)[np.ix_(order, order)])
    assert moved == pytest.approx(result, abs=1e-12)
    assert choquet(scores[::-1], weights, interactions=PAIR).tolist() == result[::-1].tolist()
