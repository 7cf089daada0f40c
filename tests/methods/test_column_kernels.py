"""Each kernel against its plain NumPy twin, at sizes around the lane, block and strip widths."""

import numpy as np
import pytest

from evalengine.methods import column_kernels as kernels

SIZES = [(1, 1), (1, 2), (3, 63), (5, 64), (8, 65), (7, 1023), (4, 1024), (9, 1025), (50, 2500)]


def data(rows, units):
    return np.random.default_rng(rows * 10_007 + units).lognormal(0, 1, (rows, units))


@pytest.mark.parametrize("shape", SIZES)
def test_moments(shape) -> None:
    X = data(*shape)
    lowest, highest, mean, squares = (np.empty(shape[0]) for _ in range(4))
    kernels.moments(X, True, lowest, highest, mean, squares)
    span = X.max(1) - X.min(1)
    assert np.array_equal(lowest, X.min(1))
    assert np.array_equal(highest, X.max(1))
    np.testing.assert_allclose(mean, X.mean(1), rtol=1e-14)
    np.testing.assert_allclose(squares * span**2, X.var(1) * shape[1], rtol=1e-13, atol=1e-300)
    again = [np.empty(shape[0]) for _ in range(3)]
    kernels.moments(X, False, *again, np.empty(0))
    assert np.array_equal(again, [lowest, highest, mean])


@pytest.mark.parametrize("spread", [True, False])
@pytest.mark.parametrize(
    ("first", "second", "odd"),
    [
        (1.0, 2.0, False),
        (2.0, 2.0, True),
        (0.1 + 0.2, 0.3, True),
        (np.nan, 2.0, True),
        (np.inf, 2.0, True),
        (-1.7e308, 1.7e308, True),
    ],
)
def test_moments_tell_whether_a_row_needs_a_closer_look(first, second, odd, spread) -> None:
    X = np.array([np.linspace(0.0, 1.0, 200), np.full(200, second), np.linspace(3.0, 5.0, 200)])
    X[1, 170] = first
    results = [np.empty(3) for _ in range(4)]
    assert bool(kernels.moments(X, spread, *results)) is odd


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("position", [0, 63, 64, 99])
def test_a_bad_value_reaches_the_sums(bad, position) -> None:
    X = data(2, 100)
    X[1, position] = bad
    four = [np.empty(2) for _ in range(4)]
    kernels.moments(X, True, *four)
    assert np.isfinite(four[2]).tolist() == [True, False]
    bounds, sums = np.empty((2, 2)), np.empty((2, 2))
    best = np.empty(2, dtype=np.int64)
    kernels.entropy_sums(X, np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 0.0]]), bounds, sums, np.ones(2), best)
    assert np.isfinite(sums[1]).tolist() == [True, False]
    assert best.tolist() == [X[0].argmax(), -1]


@pytest.mark.parametrize("shape", SIZES)
def test_entropy_sums(shape) -> None:
    X = data(*shape)
    rng = np.random.default_rng(1)
    maps = np.stack([X.min(1), rng.uniform(0.5, 2, shape[0]), rng.uniform(0, 1, shape[0])])
    bounds, sums = np.empty((2, shape[0])), np.empty((2, shape[0]))
    signs, best = rng.choice([-1.0, 1.0], shape[0]), np.empty(shape[0], dtype=np.int64)
    kernels.entropy_sums(X, maps, bounds, sums, signs, best)
    q = (X - maps[0][:, None]) * maps[1][:, None] + maps[2][:, None]
    logs = np.log(np.where(q > 0, q, 1.0))
    np.testing.assert_allclose(sums[0], (q * logs - (q - 1)).sum(1), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(sums[1], (q - 1).sum(1), rtol=1e-12, atol=1e-12)
    assert np.array_equal(bounds, [X.min(1), X.max(1)])
    assert np.array_equal(best, np.where(signs > 0, X.argmax(1), X.argmin(1)))
    again = np.empty_like(sums)
    kernels.entropy_sums(X, maps, bounds, again, signs, np.empty(0, dtype=np.int64))
    assert np.array_equal(again, sums)


@pytest.mark.parametrize("shape", SIZES)
def test_removal_effects(shape) -> None:
    X = data(*shape)
    effects = np.empty(shape[0])
    kernels.removal_effects(X, 1 / X.min(1), effects)
    a = np.abs(np.log(X / X.min(1)[:, None]))
    expected = -np.log1p(-a / (shape[0] + a.sum(0))).sum(1)
    np.testing.assert_allclose(effects, expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("shape", SIZES)
def test_rank_sums(shape):
    X = np.sort(data(*shape), axis=1)
    sums = np.empty(shape[0])
    kernels.rank_sums(X, X.mean(1), sums)
    ranks = 2.0 * np.arange(1, shape[1] + 1) - shape[1] - 1
    np.testing.assert_allclose(sums, X @ ranks / X.mean(1), rtol=1e-10, atol=1e-9)


@pytest.mark.parametrize("start", [0, 1, 100])
@pytest.mark.parametrize("place", [100, 255, 256, 357, 599])
def test_first_position_of_ties_in_any_block(start, place) -> None:
    x = np.zeros(600)
    x[place:] = 1.0
    assert kernels.first_position(x, 1.0, start) == place


@pytest.mark.parametrize("place", [0, 8_192, 16_383, 16_384, 32_768, 40_000])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_best_is_found_in_any_stretch(place, sign) -> None:
    X = np.random.default_rng(6).normal(size=(1, 40_001))
    X[0, [place, 40_000]] = 9.0 * sign
    signs, positions, bounds = np.array([sign]), np.empty(1, dtype=np.int64), np.empty((2, 1))
    kernels.extremes(X, signs, bounds[0], bounds[1], np.empty(1), positions)
    assert positions.tolist() == [place]
    assert bounds.tolist() == [[X.min()], [X.max()]]
    positions[0] = -2
    kernels.entropy_sums(X, np.array([[0.0], [0.0], [1.0]]), bounds, np.empty((2, 1)), signs, positions)
    assert positions.tolist() == [place]
    assert bounds.tolist() == [[X.min()], [X.max()]]


def test_extremes_know_where_the_best_is_and_leave_rows_without_one() -> None:
    X = np.random.default_rng(5).normal(size=(4, 1_000)).round(1)
    X[2, 700] = np.nan
    X[3, :] = np.inf
    signs = np.array([1.0, -1.0, 1.0, 1.0])
    lowest, highest, mean = np.empty((3, 4))
    positions = np.empty(4, dtype=np.int64)
    with np.errstate(invalid="ignore"):
        kernels.extremes(X, signs, lowest, highest, mean, positions)
    assert positions.tolist() == [X[0].argmax(), X[1].argmin(), -1, -1]
    assert [lowest[0], highest[1]] == [X[0].min(), X[1].max()]
    np.testing.assert_allclose(mean[:2], X[:2].mean(axis=1), rtol=1e-14, atol=1e-16)


def test_values_at() -> None:
    X = np.arange(12.0).reshape(3, 4)
    found = np.empty((2, 2))
    kernels.values_at(X, np.array([2, 0]), np.array([1, 3]), found)
    assert found.tolist() == [[9.0, 1.0], [11.0, 3.0]]
