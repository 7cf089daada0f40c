"""Weighted sum, weighted product and WASPAS by hand."""

from collections.abc import Callable

import numpy as np
import pytest

from evalengine.methods.additive import waspas, weighted_product, weighted_sum
from evalengine.methods.moora import full_multiplicative, multimoora
from evalengine.methods.results import Ranked

MATRIX = [[2.0, 10.0], [4.0, 20.0], [3.0, 40.0]]
WEIGHTS, DIRECTIONS = [0.75, 0.25], [1, -1]


@pytest.mark.parametrize(
    ("scaling", "expected"),
    [
        ("min_max", [0.25, 0.75 + 0.25 * 2 / 3, 0.75 / 2]),
        ("linear", [0.75 * 2 / 4 + 0.25, 0.75 + 0.25 / 2, 0.75 * 3 / 4 + 0.25 / 4]),
        ("sum", [0.75 * 2 / 9 + 0.25 * 4 / 7, 0.75 * 4 / 9 + 0.25 * 2 / 7, 0.75 * 3 / 9 + 0.25 / 7]),
    ],
)
def test_weighted_sum(scaling: str, expected: list[float]) -> None:
    np.testing.assert_allclose(weighted_sum(MATRIX, WEIGHTS, DIRECTIONS, scaling=scaling).scores, expected, rtol=1e-14)


def test_weighted_product() -> None:
    result = weighted_product(MATRIX, WEIGHTS, DIRECTIONS)
    expected = [2**0.75 / 10**0.25, 4**0.75 / 20**0.25, 3**0.75 / 40**0.25]
    np.testing.assert_allclose(result.scores, expected, rtol=1e-14)
    assert result.ranks.tolist() == [2, 1, 3]


def test_weighted_product_keeps_tiny_scores_apart() -> None:
    result = weighted_product([[1e-300], [2e-300], [1e300]])
    assert result.ranks.tolist() == [3, 2, 1]


def test_waspas() -> None:
    result = waspas(MATRIX, WEIGHTS, DIRECTIONS, mixture=0.3)
    total = [0.75 * 2 / 4 + 0.25, 0.75 + 0.25 / 2, 0.75 * 3 / 4 + 0.25 / 4]
    product = [0.5**0.75, 0.5**0.25, 0.75**0.75 * 0.25**0.25]
    np.testing.assert_allclose(result.tables["weighted_sum"], total, rtol=1e-14)
    np.testing.assert_allclose(result.tables["weighted_product"], product, rtol=1e-14)
    np.testing.assert_allclose(result.scores, 0.3 * np.array(total) + 0.7 * np.array(product), rtol=1e-14)


def test_a_large_offset_does_not_blur_min_max() -> None:
    np.testing.assert_array_equal(weighted_sum([[1e11], [1e11 + 1], [1e11 + 2]]).scores, [0.0, 0.5, 1.0])


@pytest.mark.parametrize("method", [weighted_product, full_multiplicative, multimoora])
@pytest.mark.parametrize("unit", [1e-300, 1e-9, 1.0, 1e9, 1e300])
def test_ties_of_products_do_not_depend_on_the_unit_of_measurement(method: Callable[..., Ranked], unit: float) -> None:
    """Scores 1e-11 apart; the logarithms of values in a unit of 1e±300 are so large that 1e-12 of them is more."""
    matrix = np.array([[2.0, 1.0], [2.0 * (1.0 + 2e-11), 1.0], [1.0, 3.0], [1.0, 3.0 * (1.0 + 1e-14)]])
    expected = [4.0, 3.0, 1.0, 1.0]
    result = method(matrix * [unit, 1.0])
    if method is multimoora:
        assert result.tables["rank_matrix"][:, 2].tolist() == [4.0, 3.0, 1.5, 1.5]
    else:
        assert result.ranks.tolist() == expected
        np.testing.assert_allclose(result.scores, np.sqrt(matrix[:, 0] * unit * matrix[:, 1]), rtol=1e-12)
        np.testing.assert_allclose(result.tables["logarithm"], np.log(result.scores), rtol=1e-12)
