"""MABAC and EDAS by hand."""

import numpy as np
import pytest

from evalengine.errors import MethodError
from evalengine.methods.border import edas, mabac

MATRIX, WEIGHTS, DIRECTIONS = [[2.0, 10.0], [4.0, 20.0], [3.0, 40.0]], [0.75, 0.25], [1, -1]


def test_mabac() -> None:
    v = np.array([0.75, 0.25]) * (1.0 + np.array([[0.0, 1.0], [1.0, 2 / 3], [0.5, 0.0]]))
    border = v.prod(axis=0) ** (1 / 3)
    result = mabac(MATRIX, WEIGHTS, DIRECTIONS)
    np.testing.assert_allclose(result.tables["border"], border, rtol=1e-14)
    np.testing.assert_allclose(result.scores, (v - border).sum(axis=1), rtol=1e-13)


def test_a_constant_indicator_lies_on_the_mabac_border() -> None:
    result = mabac([[1.0, 5.0], [3.0, 5.0]], [0.5, 0.5])
    np.testing.assert_allclose(result.tables["border"], [0.5 * np.sqrt(2.0), 0.5 * 2.0], rtol=1e-15)
    np.testing.assert_allclose(result.scores, [0.5 - 0.5 * np.sqrt(2.0), 1.0 - 0.5 * np.sqrt(2.0)], rtol=1e-14)


def test_edas() -> None:
    average = np.array([3.0, 70 / 3])
    deviation = (np.array(MATRIX) - average) * DIRECTIONS / average
    above, below = (np.maximum(s * deviation, 0.0) @ WEIGHTS for s in (1, -1))
    result = edas(MATRIX, WEIGHTS, DIRECTIONS)
    np.testing.assert_allclose(result.tables["above"], above, rtol=1e-14)
    np.testing.assert_allclose(result.tables["below"], below, rtol=1e-14)
    np.testing.assert_allclose(result.scores, (above / above.max() + 1 - below / below.max()) / 2, rtol=1e-14)


def test_the_mean_of_equal_values_is_that_value() -> None:
    column = [7.98] * 6  # summing and dividing gives another number
    result = edas(np.column_stack([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], column]))
    assert result.tables["average"][1] == 7.98


@pytest.mark.parametrize("column", [[0.0, 0.0, 0.0], [-1.0, 0.0, 1.0], [-3.0, -2.0, -1.0]])
def test_edas_needs_a_positive_mean(column: list[float]) -> None:
    with pytest.raises(MethodError, match="#2"):
        edas(np.column_stack([[1.0, 2.0, 3.0], column]))
