"""COPRAS, ARAS and MARCOS by hand and at the edges of their domain."""

import numpy as np
import pytest

from evalengine.errors import MethodError
from evalengine.methods.ratio import aras, copras, marcos

MATRIX = [[2.0, 10.0], [4.0, 20.0], [3.0, 40.0]]
WEIGHTS, DIRECTIONS = [0.75, 0.25], [1, -1]


def test_copras() -> None:
    result = copras(MATRIX, WEIGHTS, DIRECTIONS)
    benefit, cost = 0.75 * np.array([2, 4, 3]) / 9, 0.25 * np.array([1, 2, 4]) / 7
    significance = benefit + cost.sum() / (cost * (1 / cost).sum())
    np.testing.assert_allclose(result.tables["significance"], significance, rtol=1e-14)
    np.testing.assert_allclose(result.scores, significance / significance.max(), rtol=1e-14)


def test_copras_without_a_cost_is_the_sum_of_shares_and_with_costs_only_the_second_term() -> None:
    np.testing.assert_allclose(copras([[1.0, 6.0], [3.0, 2.0]]).tables["significance"], [0.5, 0.5], rtol=1e-14)
    assert copras([[1.0], [3.0]], None, [-1]).scores.tolist() == [1.0, 1.0 / 3.0]


def test_a_higher_cost_never_raises_a_copras_score() -> None:
    scores = [copras([[2.0, cost], [4.0, 20.0], [3.0, 40.0]], None, DIRECTIONS).scores[0] for cost in (1, 5, 9, 30, 99)]
    assert scores == sorted(scores, reverse=True)


def test_copras_names_the_unit_without_any_cost() -> None:
    with pytest.raises(MethodError) as caught:
        copras([[1.0, 4.0, 1.0], [2.0, 0.0, 0.0]], None, [1, -1, -1])
    assert (caught.value.code, caught.value.facts["unit"]) == ("costs_all_zero", 2)


def test_aras() -> None:
    result = aras(MATRIX, WEIGHTS, DIRECTIONS)
    benefit = np.array([2, 4, 3, 4]) / 13  # the optimal row last: most of the benefit …
    cost = np.array([4, 2, 1, 4]) / 11  # … and least of the cost; inverses 1/10, 1/20, 1/40, 1/10
    total = 0.75 * benefit + 0.25 * cost
    np.testing.assert_allclose(result.tables["optimality"], total[:3], rtol=1e-14)
    np.testing.assert_allclose(result.scores, total[:3] / total[3], rtol=1e-14)


def test_aras_reaches_one_for_a_unit_that_is_best_in_everything() -> None:
    assert aras([[9.0, 1.0], [3.0, 2.0]], None, DIRECTIONS).scores[0] == 1.0


def test_marcos() -> None:
    result = marcos(MATRIX, WEIGHTS, DIRECTIONS)
    total = np.array([0.75 * 2 / 4 + 0.25, 0.75 + 0.25 / 2, 0.75 * 3 / 4 + 0.25 / 4])
    anti_ideal = 0.75 * 2 / 4 + 0.25 * 10 / 40
    below, above = total / anti_ideal, total
    f_above, f_below = below / (above + below), above / (above + below)
    expected = (above + below) / (1 + (1 - f_above) / f_above + (1 - f_below) / f_below)
    np.testing.assert_allclose(result.scores, expected, rtol=1e-13)
    np.testing.assert_allclose(result.tables["to_anti_ideal"], below, rtol=1e-14)


def test_marcos_answers_for_a_unit_of_zeros_but_not_without_an_anti_ideal() -> None:
    assert marcos([[0.0, 2.0], [5.0, 1.0], [0.0, 1.0]]).ranks.tolist() == [2, 1, 3]
    with pytest.raises(MethodError, match="marcos"):
        marcos([[0.0, 3.0], [2.0, 0.0]])
