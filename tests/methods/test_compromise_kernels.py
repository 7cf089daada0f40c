"""The kernels against their NumPy twins at the edges of tiles and steps."""

import numpy as np
import pytest

from evalengine.methods.compromise_kernels import TILE, column_statistics, term_sums, term_totals, two_distances

SHAPES = [(1, 1), (7, 3), (8, 3), (TILE, 4), (TILE + 1, 1), (5 * TILE - 3, 17)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("order", ["C", "F"])
def test_twins(shape: tuple[int, int], order: str) -> None:
    rng = np.random.default_rng(shape)
    X = np.asarray(rng.normal(size=shape), order=order)
    units, columns = shape
    scale, shift, after = rng.normal(size=(3, columns))
    low, high, total, squares = (np.empty(columns) for _ in range(4))
    column_statistics(X, low, high, total, squares)
    assert (low.tolist(), high.tolist()) == (X.min(axis=0).tolist(), X.max(axis=0).tolist())
    np.testing.assert_allclose(total, X.sum(axis=0), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(squares, (X**2).sum(axis=0), rtol=1e-12)

    near, far = np.empty(units), np.empty(units)
    two_distances(X, scale, high, low, near, far)
    np.testing.assert_allclose(near**2, (((X - high) * scale) ** 2).sum(axis=1), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(far**2, (((X - low) * scale) ** 2).sum(axis=1), rtol=1e-12, atol=1e-15)

    coefficients = shift, scale, np.zeros(columns, dtype=np.bool_), np.zeros(columns), after
    out = [np.empty(units) for _ in range(4)]
    term_sums(X, *coefficients, *out)
    totals = np.empty(units)
    term_totals(X, *coefficients, totals)
    terms = (X + shift) * scale + after
    np.testing.assert_allclose(totals, terms.sum(axis=1), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(out[0] - out[1], terms.sum(axis=1), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(out[3], np.abs(terms).max(axis=1), rtol=1e-14)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("unit", [0, 5, 8, 10])
def test_what_is_not_finite_shows_in_the_squares(bad: float, unit: int) -> None:
    X = np.ones((11, 2))
    X[unit, 1] = bad
    statistics = [np.empty(2) for _ in range(4)]
    column_statistics(X, *statistics)
    assert np.isfinite(statistics[3]).tolist() == [True, False]
    out = [np.empty(11) for _ in range(4)]
    totals = np.empty(11)
    coefficients = np.zeros(2), np.ones(2), np.zeros(2, dtype=np.bool_), np.zeros(2), np.zeros(2)
    term_sums(X, *coefficients, *out)
    term_totals(X, *coefficients, totals)
    assert np.flatnonzero(~np.isfinite(out[2])).tolist() == np.flatnonzero(~np.isfinite(totals)).tolist() == [unit]
