"""Agreement of two rankings: SciPy as the oracle, ties, definitions, known disagreements."""

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evalengine.errors import MethodError
from evalengine.methods.agreement import (
    kendall_tau_b,
    mean_rank_shift,
    spearman,
    top_k_overlap,
    weighted_spearman,
    ws,
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # pymcdm warns on import about packages it plots with
    from pymcdm import correlations

PAIRWISE = (spearman, kendall_tau_b, weighted_spearman, ws, mean_rank_shift, top_k_overlap)
X = np.array([1.0, 2.5, 2.5, 4.0, 5.0, 6.0])
Y = np.array([2.0, 1.0, 3.5, 3.5, 6.0, 5.0])


def settings_of(method: Any) -> dict[str, int]:
    return {"k": 2} if method is top_k_overlap else {}


def test_two_rankings_with_ties_by_hand() -> None:
    # pairs: 15; concordant 11, discordant 2, one tied in each ranking
    assert kendall_tau_b(X, Y) == pytest.approx((11 - 2) / 14, abs=1e-15)
    d = X - Y
    assert mean_rank_shift(X, Y) == pytest.approx((1 + 1.5 + 1 + 0.5 + 1 + 1) / 6, abs=1e-15)
    shift = (d**2 * ((7 - X) + (7 - Y))).sum()
    assert weighted_spearman(X, Y) == pytest.approx(1 - 6 * shift / (6**4 + 6**3 - 6**2 - 6), abs=1e-15)
    expected = 1 - sum(2**-a * abs(a - b) / max(a - 1, 6 - a) for a, b in zip(X, Y, strict=True))
    assert ws(X, Y) == pytest.approx(expected, abs=1e-15)
    assert ws(X, Y) != ws(Y, X)


def test_parity_with_pymcdm_on_average_ranks() -> None:
    random = np.random.default_rng(1)
    for units in (5, 30, 200):
        x, y = (stats.rankdata(random.integers(0, units, units)) for _ in range(2))
        assert weighted_spearman(x, y) == pytest.approx(correlations.weighted_spearman(x, y), abs=1e-13)
        assert ws(x, y) == pytest.approx(correlations.ws(x, y), abs=1e-13)
        assert spearman(x, y) == pytest.approx(correlations.spearman(x, y), abs=1e-13)


def test_disagreement_what_pymcdm_and_pyrepo_call_kendall_tau_is_tau_a() -> None:
    assert correlations.kendall_tau(X, Y) == pytest.approx(9 / 15, abs=1e-15)
    assert kendall_tau_b(X, Y) == pytest.approx(9 / 14, abs=1e-15)


def test_disagreement_the_shortcut_formula_of_spearman_is_wrong_with_ties() -> None:
    # pyrepo-mcda 0.1.15 uses it
    shortcut = 1 - 6 * ((X - Y) ** 2).sum() / (6 * 35)
    assert spearman(X, Y) == pytest.approx(stats.spearmanr(X, Y).statistic, abs=1e-15)
    assert abs(shortcut - spearman(X, Y)) > 0.005


@pytest.mark.parametrize("units", [2, 3, 10, 200, 3000])
@pytest.mark.parametrize("values", [2, 10, 10**9])
def test_spearman_and_kendall_agree_with_scipy(units: int, values: int) -> None:
    random = np.random.default_rng(units)
    for _ in range(5):
        x, y = (np.append(random.integers(0, values, units - 1), values) * 1.0 for _ in range(2))
        if units == 2:
            x[0], y[0] = 0.0, 0.0
        assert spearman(x, y) == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-13)
        assert kendall_tau_b(x, y) == pytest.approx(stats.kendalltau(x, y).statistic, abs=1e-13)


def test_top_k_overlap_and_ties_at_the_cut() -> None:
    assert top_k_overlap([1, 2, 3, 4], [2, 1, 4, 3], k=2) == 1.0
    assert top_k_overlap([1, 2, 3, 4], [4, 3, 2, 1], k=2) == 0.0
    assert top_k_overlap([1, 2, 3, 4], [1, 3, 2, 4], k=2) == 0.5
    # two places for three tied units: 2/3 each
    assert top_k_overlap([1, 1, 1, 4], [1, 2, 3, 4], k=2) == pytest.approx((2 / 3 + 2 / 3) / 2, abs=1e-15)
    assert top_k_overlap([1, 1, 1, 4], [1, 1, 1, 4], k=2) == 1.0
    assert top_k_overlap([1, 2, 3, 4], [4, 3, 2, 1], k=4) == 1.0


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=30),
    st.randoms(use_true_random=False),
)
def test_properties(pairs: list[tuple[int, int]], random: Any) -> None:
    x, y = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    x[0], x[-1] = 7.0, -1.0
    y[0], y[-1] = -1.0, 7.0
    order = list(range(len(x)))
    random.shuffle(order)
    for method in PAIRWISE:
        value = method(x, y, **settings_of(method))
        assert method(x[order], y[order], **settings_of(method)) == pytest.approx(value, abs=1e-14)
        # competition, dense or average ranks, or scores: only the order counts
        for rule in ("min", "dense", "average"):
            assert method(stats.rankdata(x, rule), np.exp(y), **settings_of(method)) == value
        perfect = 0.0 if method is mean_rank_shift else 1.0
        assert method(x, x, **settings_of(method)) == pytest.approx(perfect, abs=1e-15)
        assert method(x, x, **settings_of(method)) <= 1.0
        if method is not ws:
            assert method(y, x, **settings_of(method)) == pytest.approx(value, abs=1e-14)
    assert spearman(x, -x) == pytest.approx(-1.0, abs=1e-15)
    assert kendall_tau_b(x, -x) == pytest.approx(-1.0, abs=1e-15)


def test_reversed_rankings_reach_the_other_end() -> None:
    ranks = np.arange(1.0, 9.0)
    assert weighted_spearman(ranks, ranks[::-1]) == pytest.approx(-1.0, abs=1e-14)
    assert mean_rank_shift(ranks, ranks[::-1]) == 4.0
    assert 0.0 < ws(ranks, ranks[::-1]) < 0.5


def test_a_ranking_without_order() -> None:
    for method in (spearman, kendall_tau_b):
        with pytest.raises(MethodError, match=rf"{method.__name__}.*y"):
            method([1, 2, 3], [2, 2, 2])
    assert mean_rank_shift([1, 2, 3], [2, 2, 2]) == pytest.approx(2 / 3, abs=1e-15)
    assert top_k_overlap([1, 2, 3], [2, 2, 2], k=1) == pytest.approx(1 / 3, abs=1e-15)


@pytest.mark.parametrize("method", PAIRWISE)
@pytest.mark.parametrize(
    "arguments",
    [
        ([1.0], [1.0]),
        ([], []),
        ([1.0, 2.0], [1.0, 2.0, 3.0]),
        ([1.0, np.nan], [1.0, 2.0]),
        ([1.0, 2.0], [1.0, np.inf]),
        (["a", "b"], [1.0, 2.0]),
        ([[1.0, 2.0]], [[1.0, 2.0]]),
    ],
)
def test_refusals(method: Any, arguments: Any) -> None:
    with pytest.raises(MethodError, match=method.__name__):
        method(*arguments, **settings_of(method))


@pytest.mark.parametrize("k", [0, 4, -1, 1.5, np.nan, "2", None, [2]])
def test_the_number_of_places_is_checked(k: Any) -> None:
    with pytest.raises(MethodError, match="k"):
        top_k_overlap([1, 2, 3], [1, 2, 3], k=k)
