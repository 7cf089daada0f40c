"""Borda, Copeland, Condorcet and the consensus: classic elections, definitions, ties."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

from evalengine.errors import MethodError
from evalengine.methods.voting import borda, condorcet, consensus, copeland

METHODS = (borda, copeland, condorcet, consensus)

# Capital of Tennessee, the standard example of social choice (for instance Young, J. Economic Perspectives 9 (1995),
# and encyclopaedias): ranks of Memphis, Nashville, Chattanooga, Knoxville by 42, 26, 15 and 17 per cent of the voters.
TENNESSEE = np.array([[1, 4, 4, 4], [2, 1, 3, 3], [3, 2, 1, 2], [4, 3, 2, 1]])
SHARES = [42, 26, 15, 17]
LOW = [-1, -1, -1, -1]


def majority(x: np.ndarray, w: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Weight preferring the row unit less weight preferring the column unit."""
    signs = np.sign((x * t)[:, None, :] - (x * t)[None, :, :])
    return np.round((signs * w / w.sum()).sum(axis=2), 12)


def test_the_capital_of_tennessee() -> None:
    count = borda(TENNESSEE, SHARES, LOW)
    # Nashville: 42 % put two units behind it, 26 % three, 32 % one
    np.testing.assert_allclose(count.scores * 100, [126, 194, 173, 107], rtol=1e-14)
    assert count.ranks.tolist() == [3, 1, 2, 4]
    assert copeland(TENNESSEE, SHARES, LOW).scores.tolist() == [-3, 3, 1, -1]
    order = condorcet(TENNESSEE, SHARES, LOW)
    assert order.ranks.tolist() == [4, 1, 2, 3]
    assert order.tables["winner"].tolist() == [0, 1, 0, 0]
    middle = consensus(TENNESSEE, SHARES, LOW)
    assert middle.scores.tolist() == [4, 2, 2, 3]
    assert middle.tables["best"].tolist() == [1, 1, 1, 1]
    assert middle.tables["worst"].tolist() == [4, 3, 3, 4]


def test_disagreement_pyrepo_calls_the_sum_of_ranks_copeland() -> None:
    # unit 1 beats every other by two voters of three; by the sum of ranks unit 2 would win
    ranks = np.array([[1, 1, 4], [2, 2, 1], [3, 3, 2], [4, 4, 3]])
    assert ranks.sum(axis=1).argmin() == 1
    assert copeland(ranks, None, [-1, -1, -1]).ranks.tolist() == [1, 2, 3, 4]
    assert condorcet(ranks, None, [-1, -1, -1]).tables["winner"].tolist() == [1, 0, 0, 0]


def test_disagreement_pydecision_splits_ties_by_the_order_of_the_rows() -> None:
    # pyDecision 5.1.8 gives three identical units 2, 4 and 6 points
    for method in METHODS:
        assert method(np.ones((3, 2))).ranks.tolist() == [1, 1, 1]
    assert borda(np.ones((3, 2))).scores.tolist() == [1, 1, 1]


def test_the_voting_paradox_is_a_tie() -> None:
    circle = [[1, 3, 2], [2, 1, 3], [3, 2, 1]]
    for method in METHODS:
        assert method(circle).ranks.tolist() == [1, 1, 1]
    assert condorcet(circle).tables["winner"].tolist() == [0, 0, 0]


def test_a_majority_of_a_half_is_a_tie_in_spite_of_noise() -> None:
    weights = np.array([0.1, 0.2, 0.3])
    assert 0.1 + 0.2 > 0.3
    found = copeland([[2, 2, 1], [1, 1, 2]], weights)
    assert found.tables["wins"].tolist() == [0, 0]
    assert found.ranks.tolist() == [1, 1]


def test_a_consensus_stands_against_one_wild_ranking() -> None:
    ranks = np.array([[1, 1, 1, 4], [2, 2, 2, 3], [3, 3, 3, 2], [4, 4, 4, 1]])
    assert consensus(ranks, None, LOW).ranks.tolist() == [1, 2, 3, 4]
    # half the weight on either side: the mean of both middle ranks
    assert consensus([[3, 1], [2, 3], [1, 2]]).scores.tolist() == [2.0, 1.5, 2.5]


@pytest.mark.parametrize(("units", "voters"), [(2, 1), (9, 4), (60, 7)])
def test_counts_by_the_definition(units: int, voters: int) -> None:
    random = np.random.default_rng(units)
    x = np.round(random.standard_normal((units, voters)), 1)
    x[-1] = x[0]
    w, t = random.random(voters) + 0.1, np.where(np.arange(voters) % 2, -1.0, 1.0)
    margin = majority(x, w, t)
    wins, losses = (margin > 0).sum(axis=1), (margin < 0).sum(axis=1)
    found = copeland(x, w, t)
    assert found.tables["wins"].tolist() == wins.tolist()
    assert found.tables["losses"].tolist() == losses.tolist()
    assert found.scores.tolist() == (wins - losses).tolist()
    ranks = rankdata(-x * t, axis=0)
    np.testing.assert_allclose(borda(x, w, t).scores, ((units - ranks) * w / w.sum()).sum(axis=1), rtol=1e-13)
    for method in METHODS:
        ranking = method(x, w, t).ranks
        assert ranking[0] == ranking[-1]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(st.integers(1, 5), min_size=3, max_size=3), min_size=2, max_size=7))
def test_condorcet_layers_by_definition(rows: list[list[int]]) -> None:
    x = np.array(rows, dtype=float)
    beats = majority(x, np.ones(3), -np.ones(3)) > 0
    units = len(rows)
    layers = []
    left = set(range(units))
    while left:
        # the smallest set whose members beat everybody left outside it
        size, top = next(
            (size, set(chosen))
            for size in range(1, len(left) + 1)
            for chosen in itertools.combinations(sorted(left), size)
            if all(beats[i, k] for i in chosen for k in left - set(chosen))
        )
        assert size == len(top)
        layers.append(top)
        left -= top
    found = condorcet(x, None, [-1, -1, -1])
    assert found.scores.tolist() == [1 + next(n for n, top in enumerate(layers) if i in top) for i in range(units)]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.integers(-3, 3), min_size=3, max_size=3), min_size=2, max_size=9),
    st.sampled_from(METHODS),
    st.randoms(use_true_random=False),
)
def test_properties(rows: list[list[int]], method: Any, random: Any) -> None:
    x = np.array(rows, dtype=float)
    w, t = np.array([0.5, 0.3, 0.2]), np.array([1, -1, 1])
    found = method(x, w, t)
    order = list(range(len(rows)))
    random.shuffle(order)
    assert method(x[order], w, t).ranks.tolist() == found.ranks[order].tolist()
    assert method(x[:, ::-1], w[::-1], t[::-1]).ranks.tolist() == found.ranks.tolist()
    assert method(np.exp(x), w, t).ranks.tolist() == found.ranks.tolist()  # only the order counts
    assert method(-x, w, -t).ranks.tolist() == found.ranks.tolist()
    blank = np.column_stack([x, np.full(len(x), 7.98)])
    assert method(blank, [*w, 0.0], [*t, 1]).ranks.tolist() == found.ranks.tolist()
    for i, k in itertools.permutations(range(len(rows)), 2):
        if (x[i] * t >= x[k] * t).all():
            assert found.ranks[i] <= found.ranks[k]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "arguments",
    [
        ([[1.0, 2.0]],),
        ([[1.0], [np.nan]],),
        ([[1.0], [np.inf]],),
        ([["a"], ["b"]],),
        ([1.0, 2.0],),
        ([[1.0], [2.0]], [-1.0]),
        ([[1.0], [2.0]], [0.0]),
        ([[1.0], [2.0]], [1.0], [0]),
    ],
)
def test_refusals(method: Any, arguments: Any) -> None:
    with pytest.raises(MethodError, match=method.__name__):
        method(*arguments)
