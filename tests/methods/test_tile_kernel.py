import numba
import numpy as np
import pytest

from evalengine.methods.instructions import LANES
from evalengine.methods.tile_kernel import FOLDS, TILE, add_half, add_products, add_triangle


@numba.njit
def _products(left, right, out):
    add_products(
        np.int64(left.ctypes.data),
        np.int64(right.ctypes.data),
        np.int64(left.shape[1]),
        np.int64(out.ctypes.data),
        np.int64(out.shape[1] * LANES),
    )
    return left[0, 0] + right[0, 0] + out[0, 0, 0]  # keeps the arrays alive beyond the call


@pytest.mark.parametrize("width", [LANES, 2 * LANES, 13 * LANES])
def test_adds_to_a_corner_of_a_larger_matrix(width):
    rng = np.random.default_rng(width)
    left, right = rng.normal(size=(TILE, width)), rng.normal(size=(TILE, width))
    out = np.full((TILE + 1, TILE + 3, LANES), 7.0)
    _products(left, right, out)
    np.testing.assert_allclose((out[:TILE, :TILE] - 7.0).sum(axis=-1), left @ right.T, atol=1e-11)
    assert (out[TILE:] == 7.0).all()
    assert (out[:, TILE:] == 7.0).all()


def test_order_of_addition_is_the_stated_one():
    """Eight partial sums, each from left to right: numbers for which any other order would round differently."""
    rng = np.random.default_rng(0)
    left, right = rng.normal(size=(TILE, 64)) * 10.0 ** rng.integers(-8, 8, 64), np.ones((TILE, 64))
    out = np.zeros((TILE, TILE, LANES))
    _products(left, right, out)
    for i in range(TILE):
        lanes = np.zeros(LANES)
        for at in range(0, 64, LANES):
            lanes += left[i, at : at + LANES]
        assert (out[i] == lanes).all()


@numba.njit
def _half(left, right, out):
    width, stride = np.int64(left.shape[1]), np.int64(out.shape[1] * LANES)
    add_half(np.int64(left.ctypes.data), np.int64(right.ctypes.data), width, np.int64(out.ctypes.data), stride)
    return left[0, 0] + right[0, 0] + out[0, 0, 0]  # keeps the arrays alive beyond the call


@numba.njit
def _triangle(rows, out, folds):
    width, stride = np.int64(rows.shape[1]), np.int64(out.shape[1] * LANES)
    add_triangle(np.int64(rows.ctypes.data), width, np.int64(out.ctypes.data), stride, np.int64(folds.ctypes.data))
    return rows[0, 0] + out[0, 0, 0] + folds[0, 0, 0]  # likewise


def test_half_a_tile_leaves_the_other_half():
    rng = np.random.default_rng(1)
    left, right = rng.normal(size=(TILE, 24)), rng.normal(size=(TILE, 24))
    out = np.zeros((TILE, TILE, LANES))
    _half(left, right, out)
    np.testing.assert_allclose(out[:, : TILE // 2].sum(axis=-1), left @ right[: TILE // 2].T, atol=1e-12)
    assert (out[:, TILE // 2 :] == 0.0).all()


def test_triangle_folds_bounds_and_sums():
    rows = np.random.default_rng(2).normal(size=(TILE, 40))
    out, folds = np.zeros((TILE, TILE, LANES)), np.zeros((TILE, FOLDS, LANES))
    folds[:, 0], folds[:, 1] = np.inf, -np.inf
    _triangle(rows, out, folds)
    _triangle(-rows, out, folds)
    np.testing.assert_allclose(out.sum(axis=-1), 2 * np.triu(rows @ rows.T), atol=1e-12)
    assert np.array_equal(folds[:, 0].min(axis=1), -np.abs(rows).max(axis=1))
    assert np.array_equal(folds[:, 1].max(axis=1), np.abs(rows).max(axis=1))
    np.testing.assert_allclose(folds[:, 2].sum(axis=1), 0.0, atol=1e-14)
