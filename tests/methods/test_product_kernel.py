"""The kernel against plain NumPy, at sizes around the widths of tile, vector and block."""

import numpy as np
import pytest

from evalengine.methods.product_kernel import BLOCK, pair_sums
from evalengine.methods.tile_kernel import TILE

SIZES = [
    (1, 1),
    (1, 2),
    (3, 63),
    (5, 64),
    (8, 65),
    (4, BLOCK - 1),
    (6, BLOCK),
    (7, BLOCK + 1),
    (4, 3 * BLOCK),
    (50, 2500),
]


def summed(X, centre, scale):
    rows = X.shape[0]
    bounds, sums = np.empty((2, rows)), np.empty(rows)
    products = np.full((-(-rows // TILE) * TILE,) * 2, np.nan)
    pair_sums(X, centre, scale, bounds, sums, products)
    return bounds, sums, products[:rows, :rows]


@pytest.mark.parametrize("shape", SIZES)
def test_agrees_with_numpy(shape) -> None:
    X = np.random.default_rng(shape[1]).lognormal(0, 1, shape)
    centre, scale = X[:, 0].copy(), 1 / (1 + X.max(1))
    bounds, sums, products = summed(X, centre, scale)
    Z = (X - centre[:, None]) * scale[:, None]
    assert np.array_equal(bounds, [Z.min(1), Z.max(1)])
    np.testing.assert_allclose(sums, Z.sum(1), rtol=1e-12, atol=1e-12)
    upper = np.triu_indices(shape[0])
    np.testing.assert_allclose(products[upper], (Z @ Z.T)[upper], rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("position", [0, BLOCK - 1, BLOCK, 2 * BLOCK + 5])
def test_a_bad_value_reaches_the_sum_of_its_row_only(bad, position) -> None:
    X = np.random.default_rng(0).normal(size=(6, 2 * BLOCK + 6))
    X[4, position] = bad
    _, sums, products = summed(X, np.zeros(6), np.ones(6))
    assert np.isfinite(sums).tolist() == [True, True, True, True, False, True]
    assert np.isfinite(np.diagonal(products)).tolist() == [True, True, True, True, False, True]


@pytest.mark.parametrize("units", [3, BLOCK, BLOCK + 3])
def test_bounds_are_those_of_zero_too(units) -> None:
    X = np.random.default_rng(0).uniform(1.0, 2.0, (2, units)) * [[1.0], [-1.0]]
    bounds, _, _ = summed(X, np.zeros(2), np.ones(2))
    assert bounds.tolist() == [[0.0, X[1].min()], [X[0].max(), 0.0]]


def test_the_end_of_the_matrix() -> None:
    """What is asked for ahead may lie beyond the matrix; no cell of one row leaks into another."""
    X = np.zeros((8, 4 * BLOCK))
    X[7, -1] = 3.0
    bounds, sums, products = summed(X, np.zeros(8), np.ones(8))
    assert sums.tolist() == [0.0] * 7 + [3.0]
    assert bounds[1].tolist() == [0.0] * 7 + [3.0]
    assert np.triu(products).sum() == 9.0
