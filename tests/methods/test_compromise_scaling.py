"""The shared normalisations against their definitions."""

import numpy as np
import pytest

from evalengine.errors import MethodError
from evalengine.methods.compromise import BLOCK, problem
from evalengine.methods.compromise_scaling import linear, min_max, regret, share
from evalengine.methods.compromise_terms import sum_terms

WEIGHTS, DIRECTIONS = np.array([0.5, 0.3, 0.2]), np.array([1, -1, 1])


def case(units: int = BLOCK + 5) -> tuple[np.ndarray, np.ndarray]:
    matrix = np.random.default_rng(1).uniform(1.0, 9.0, (units, 3))
    return matrix, np.where(DIRECTIONS > 0, matrix, 1.0 / matrix)


def test_each_term_of_a_row() -> None:
    matrix, positive = case()
    found = problem(matrix, WEIGHTS, DIRECTIONS, method="test")
    span = np.ptp(matrix, axis=0)
    z = np.where(DIRECTIONS > 0, matrix - matrix.min(axis=0), matrix.max(axis=0) - matrix) / span
    for terms, expected in (
        (min_max(found), z),
        (regret(found), 1.0 - z),
        (linear(found), positive / positive.max(axis=0)),
        (share(found), positive / positive.sum(axis=0)),
        (share(found, extra=found.best), positive / (positive.sum(axis=0) + positive.max(axis=0))),
    ):
        np.testing.assert_allclose(terms.of(matrix[7]), WEIGHTS * expected[7], rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(sum_terms(terms), (WEIGHTS * expected).sum(axis=1), rtol=1e-12, atol=1e-15)


def test_a_constant_indicator_counts_as_best() -> None:
    found = problem([[1.0, 5.0, 5.0], [2.0, 5.0, 5.0]], WEIGHTS, DIRECTIONS, method="test")
    assert sum_terms(min_max(found)).tolist() == [0.5, 1.0]
    assert sum_terms(regret(found)).tolist() == [0.5, 0.0]


@pytest.mark.parametrize(
    ("column", "values", "code"),
    [
        (0, [0.0, 0.0], "column_best_not_positive"),
        (0, [-1.0, 2.0], "value_negative"),
        (1, [0.0, 2.0], "value_not_positive"),
    ],
)
def test_values_a_ratio_cannot_take(column: int, values: list[float], code: str) -> None:
    matrix = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    matrix[:, column] = values
    found = problem(matrix, WEIGHTS, DIRECTIONS, method="test")
    with pytest.raises(MethodError) as caught:
        linear(found)
    assert caught.value.code == code
