"""Weighted sum, weighted product and WASPAS by hand."""

import numpy as np
import pytest

from evalengine.methods.additive import waspas, weighted_product, weighted_sum

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
    np.testing.assert_array_equal(weighted_sum([[1e15], [1e15 + 1], [1e15 + 2]]).scores, [0.0, 0.5, 1.0])
