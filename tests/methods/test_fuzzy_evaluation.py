"""Fuzzy comprehensive evaluation: memberships and the four operators by hand."""

import numpy as np
import pytest

from evalengine.methods.fuzzy_evaluation import OPERATORS, compose, fuzzy_evaluation

MEMBERSHIPS = np.array([[[0.2, 0.5, 0.3], [0.1, 0.3, 0.6], [0.4, 0.4, 0.2]]])
WEIGHTS = np.array([0.5, 0.3, 0.2])


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("weighted_mean", [0.1 + 0.03 + 0.08, 0.25 + 0.09 + 0.08, 0.15 + 0.18 + 0.04]),
        ("max_product", [0.1, 0.25, 0.18]),
        ("max_min", [0.2, 0.5, 0.3]),
        ("bounded_sum", [0.2 + 0.1 + 0.2, 1.0, 0.3 + 0.3 + 0.2]),
    ],
)
def test_the_operators_on_votes(operator: str, expected: list[float]) -> None:
    np.testing.assert_allclose(compose(MEMBERSHIPS, WEIGHTS, operator=operator), [expected], rtol=1e-14)


def test_membership_between_and_beyond_the_anchors() -> None:
    anchors = [[60.0, 70.0, 90.0], [9.0, 5.0, 1.0]]
    result = fuzzy_evaluation([[75.0, 2.0], [50.0, 9.5]], [0.5, 0.5], [1, -1], anchors=anchors, values=[60, 75, 95])
    np.testing.assert_allclose(result.tables["memberships"][0], [0.0, (0.75 + 0.25) / 2, (0.25 + 0.75) / 2], rtol=1e-14)
    assert result.tables["memberships"][1].tolist() == [1.0, 0.0, 0.0]
    np.testing.assert_allclose(result.scores, [(75 + 95) / 2, 60.0], rtol=1e-14)


def test_evenly_spread_grades_with_even_values_are_the_weighted_sum_on_min_max() -> None:
    rng = np.random.default_rng(6)
    matrix, weights, directions = rng.random((50, 4)), rng.dirichlet(np.ones(4)), np.array([1, -1, 1, 1])
    z = (matrix - matrix.min(axis=0)) / np.ptp(matrix, axis=0)
    expected = np.where(directions > 0, z, 1 - z) @ weights
    for grades in (2, 5, 9):
        result = fuzzy_evaluation(matrix, weights, directions, grades=grades)
        np.testing.assert_allclose(result.scores, expected, rtol=1e-12)
        np.testing.assert_allclose(result.tables["memberships"].sum(axis=1), 1.0, rtol=1e-14)


@pytest.mark.parametrize("operator", OPERATORS)
def test_one_unit_can_be_graded_against_stated_anchors(operator: str) -> None:
    result = fuzzy_evaluation([[80.0]], anchors=[[60.0, 80.0, 100.0]], operator=operator)
    assert result.tables["memberships"].tolist() == [[0.0, 1.0, 0.0]]
    assert result.scores.tolist() == [0.5]


@pytest.mark.parametrize(
    ("operator", "composed"),
    [  # memberships (0, 0.75, 0.25) with weight 0.6 and (1, 0, 0) with weight 0.4
        ("max_product", [0.4, 0.6 * 0.75, 0.6 * 0.25]),
        ("max_min", [0.4, 0.6, 0.25]),
        ("bounded_sum", [0.4, 0.6, 0.25]),
    ],
)
def test_composed_memberships_are_scaled_to_sum_one(operator: str, composed: list[float]) -> None:
    anchors, values = [[60.0, 70.0, 90.0], [9.0, 5.0, 1.0]], [60.0, 75.0, 95.0]
    result = fuzzy_evaluation([[75.0, 9.5]], [0.6, 0.4], [1, -1], anchors=anchors, values=values, operator=operator)
    shares = np.array(composed) / sum(composed)
    np.testing.assert_allclose(result.tables["memberships"], [shares], rtol=1e-13)
    np.testing.assert_allclose(result.scores, [shares @ values], rtol=1e-13)
