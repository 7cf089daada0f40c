"""The kernels against their NumPy twins at the edges of vectors, steps and blocks."""

import numpy as np
import pytest

from evalengine.methods.compromise_columns import CHAIN, GROUP, WAYS, column_statistics, inverse_totals, log_totals
from evalengine.methods.compromise_kernels import ROWS, term_sums, term_totals, two_distances

PERIOD = GROUP * WAYS
SHAPES = [(1, 1), (7, 3), (8, 8), (PERIOD, 4), (PERIOD + 1, 1), (2 * PERIOD - 2, 9), (ROWS, 16), (ROWS + 7, 27)]


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


@pytest.mark.parametrize("shape", SHAPES)
def test_ratios_and_the_same_bits_from_both_layouts(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(shape)
    X = rng.uniform(1.0, 2.0, shape) * 10.0 ** rng.integers(-8, 8, shape[1])
    units, columns = shape
    shift, scale, bias, after = rng.uniform(1.0, 2.0, (4, columns))
    inverse = np.arange(columns) % 2 == 0
    coefficients = shift, scale, inverse, bias, after
    points = rng.uniform(1.0, 2.0, (2, columns))
    totals, sums = np.empty((2, units)), np.empty((2, 4, units))
    apart, statistics = np.empty((2, 2, units)), np.empty((2, 4, columns))
    for k, order in enumerate("CF"):
        given = np.asarray(X, order=order)
        term_totals(given, *coefficients, totals[k])
        term_sums(given, *coefficients, *sums[k])
        two_distances(given, scale, *points, *apart[k])
        column_statistics(given, *statistics[k])
    terms = np.where(inverse, scale / (X + shift + bias), (X + shift) * scale) + after
    np.testing.assert_allclose(totals[0], terms.sum(axis=1), rtol=1e-14)
    np.testing.assert_allclose(sums[0], [terms.sum(axis=1), 0.0 * totals[0], (terms**2).sum(axis=1), terms.max(axis=1)])
    for both in (totals, sums, apart, statistics):
        assert both[0].tobytes() == both[1].tobytes()


@pytest.mark.parametrize("order", ["C", "F"])
def test_the_order_of_additions_is_the_stated_one(order: str) -> None:
    """Eight lanes along the row and halves on halves; sixteen sums of fours along the column."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(70, 22)) * 10.0 ** rng.integers(-8, 8, (70, 22))
    none, no, totals = np.zeros(22), np.zeros(22, dtype=np.bool_), np.empty(70)
    given = np.asarray(X, order=order)
    term_totals(given, none, np.ones(22), no, none, none, totals)
    lanes = np.zeros((70, 8))
    for j in range(22):
        lanes[:, j % 8] += X[:, j]
    while lanes.shape[1] > 1:
        half = lanes.shape[1] // 2
        lanes = lanes[:, :half] + lanes[:, half:]
    assert totals.tolist() == lanes[:, 0].tolist()
    statistics = [np.empty(22) for _ in range(4)]
    column_statistics(given, *statistics)
    ways = np.zeros((16, 22))
    four = np.vstack([X, np.zeros((2, 22))]).reshape(18, 4, 22)
    for k in range(18):
        ways[k % 16] += (four[k, 0] + four[k, 1]) + (four[k, 2] + four[k, 3])
    assert statistics[2].tolist() == [sum(column) for column in ways.T.tolist()]


def test_a_row_ends_where_it_ends() -> None:
    """What stands beyond the row in memory has no part in it, whatever it is."""
    beyond = np.full((5, 16), np.nan)
    for columns in range(1, 9):
        memory = beyond.ravel()[: 3 * columns]
        memory[:] = 1.0
        X = memory.reshape(3, columns)
        none, no, totals = np.zeros(columns), np.zeros(columns, dtype=np.bool_), np.empty(3)
        term_totals(X, none, np.ones(columns), no, none, none, totals)
        assert totals.tolist() == [columns] * 3
        beyond[:] = np.nan


@pytest.mark.parametrize("units", [1, PERIOD - 1, PERIOD, PERIOD + 3, CHAIN * PERIOD + 70])
def test_inverses_and_logarithms_of_columns(units: int) -> None:
    X = np.random.default_rng(units).uniform(1.0, 9.0, (units, 3))
    X[:, 1] = 9.0  # the largest factor throughout: the chain must not overflow
    where, worst, scale = np.array([True, False, True]), np.full(3, 1.0), np.full(3, 0.125)
    inverses, logs = inverse_totals(X, where), log_totals(X, worst, scale)
    np.testing.assert_allclose(inverses[where], (1.0 / X).sum(axis=0)[where], rtol=1e-12)
    np.testing.assert_allclose(logs, np.log1p((X - 1.0) / 8.0).sum(axis=0), rtol=1e-12)
    columns = np.asfortranarray(X)
    assert inverses[where].tolist() == inverse_totals(columns, where)[where].tolist()
    assert logs.tolist() == log_totals(columns, worst, scale).tolist()
