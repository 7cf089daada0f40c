"""Kemeny's order: classic election, exhaustive search, certificate of the heuristic."""

import importlib
import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalengine.errors import MethodError
from evalengine.methods.kemeny import kemeny

module = importlib.import_module("evalengine.methods.kemeny")  # the package exports the function of that name

# Capital of Tennessee, see test_voting: 42, 26, 15 and 17 voters of 100.
TENNESSEE = np.array([[1, 4, 4, 4], [2, 1, 3, 3], [3, 2, 1, 2], [4, 3, 2, 1]])
SHARES = [42, 26, 15, 17]


def exhaustive(ranks: np.ndarray, weights: np.ndarray) -> tuple[float, int, list[int]]:
    """Least distance, number of optimal orders and units certainly ahead, over all permutations."""
    units = len(ranks)
    weights = weights / weights.sum()
    prefers = np.zeros((units, units))
    for j, weight in enumerate(weights):
        prefers += weight * ((ranks[:, j][:, None] < ranks[:, j]) + 0.5 * (ranks[:, j][:, None] == ranks[:, j]))
    cost = {
        order: sum(prefers[b, a] for a, b in itertools.combinations(order, 2))
        for order in itertools.permutations(range(units))
    }
    least = min(cost.values())
    best = [order for order, value in cost.items() if value < least + 1e-9]
    ahead = [
        sum(all(order.index(b) < order.index(a) for order in best) for b in range(units) if b != a)
        for a in range(units)
    ]
    return least, len(best), ahead


def test_the_capital_of_tennessee() -> None:
    found = kemeny(TENNESSEE, SHARES, [-1, -1, -1, -1])
    assert found.ranks.tolist() == [4, 1, 2, 3]
    # the Kemeny-Young score of this order is 393 agreements of 100 voters over 6 pairs
    assert found.tables["distance"][0] * 100 == pytest.approx(6 * 100 - 393, abs=1e-10)
    assert found.tables["gap"].tolist() == [0.0]
    assert found.tables["optima"].tolist() == [1.0]
    assert found.tables["preferences"][0, 1] == pytest.approx(0.42, abs=1e-15)


def test_the_voting_paradox_has_three_optima_and_no_unit_certainly_ahead() -> None:
    found = kemeny([[1, 3, 2], [2, 1, 3], [3, 2, 1]], None, [-1, -1, -1])
    assert found.tables["optima"].tolist() == [3.0]
    assert found.ranks.tolist() == [1, 1, 1]
    assert found.tables["distance"][0] == pytest.approx(1 / 3 + 1 / 3 + 2 / 3, abs=1e-15)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.lists(st.integers(1, 6), min_size=4, max_size=4), min_size=2, max_size=6, unique_by=tuple),
    st.lists(st.floats(0.1, 1.0), min_size=4, max_size=4),
)
def test_exhaustive_search_agrees(rows: list[list[int]], weights: list[float]) -> None:
    ranks = np.array(rows, dtype=float)
    for shares in (np.ones(4), np.array(weights)):
        least, optima, ahead = exhaustive(ranks, shares)
        found = kemeny(ranks, shares, [-1] * 4)
        assert found.tables["distance"][0] == pytest.approx(least, abs=1e-10)
        assert found.tables["lower_bound"][0] == found.tables["distance"][0]
        assert found.tables["optima"].tolist() == [optima]
        assert found.scores.tolist() == ahead


def circles(units: int, voters: int, seed: int) -> np.ndarray:
    """Rankings without any agreement: the majorities are one big circle."""
    random = np.random.default_rng(seed)
    return np.column_stack([random.permutation(units) + 1.0 for _ in range(voters)])


@pytest.mark.parametrize("units", [9, 14])
def test_the_heuristic_is_within_its_certificate(units: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(5):
        ranks = circles(units, 5, seed)
        exact = kemeny(ranks, None, [-1] * 5)
        with monkeypatch.context() as patch:
            patch.setattr(module, "EXACT_LIMIT", 1)
            found = kemeny(ranks, None, [-1] * 5)
        distance, least = found.tables["distance"][0], exact.tables["distance"][0]
        bound, gap = found.tables["lower_bound"][0], found.tables["gap"][0]
        assert bound <= least + 1e-9
        assert least <= distance + 1e-9
        assert gap == pytest.approx((distance - bound) / distance, abs=1e-12)
        assert sorted(found.ranks.tolist()) == list(range(1, units + 1))
        # the distance is that of the order it returns
        order = np.argsort(found.ranks)
        prefers = exact.tables["preferences"]
        assert distance == pytest.approx(sum(prefers[b, a] for a, b in itertools.combinations(order, 2)), abs=1e-9)


def test_a_large_circle_reports_what_is_not_proven() -> None:
    found = kemeny(circles(60, 3, 1), None, [-1, -1, -1])
    assert 0.0 < found.tables["gap"][0] < 0.2
    assert found.tables["optima"].tolist() == [0.0]


def test_equal_units_share_a_rank_and_count_as_ahead_of_those_behind() -> None:
    ranks = np.array([[1, 1], [3, 3], [3, 3], [3, 3], [5, 5]])
    found = kemeny(ranks, None, [-1, -1])
    assert found.scores.tolist() == [0, 1, 1, 1, 4]
    assert found.ranks.tolist() == [1, 2, 2, 2, 5]
    assert found.tables["optima"].tolist() == [1.0]
    assert found.tables["distance"].tolist() == [0.0]
    same = kemeny(np.full((4, 2), 7.98))
    assert same.ranks.tolist() == [1, 1, 1, 1]
    assert same.tables["gap"].tolist() == [0.0]


@pytest.mark.parametrize("limit", [20, 1])
def test_permutation_of_units_and_voters(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EXACT_LIMIT", limit)
    random = np.random.default_rng(4)
    ranks = circles(12, 5, 7)
    ranks[3] = ranks[8]
    found = kemeny(ranks, None, [-1] * 5)
    order = random.permutation(12)
    assert kemeny(ranks[order], None, [-1] * 5).ranks.tolist() == found.ranks[order].tolist()
    assert found.ranks[3] == found.ranks[8]
    assert kemeny(ranks[:, ::-1], None, [-1] * 5).ranks.tolist() == found.ranks.tolist()
    assert kemeny(np.exp(-ranks)).ranks.tolist() == found.ranks.tolist()


@given(st.integers(0, 10**6), st.booleans())
@settings(max_examples=25, deadline=None)
def test_the_heuristic_knows_no_order_of_voters_or_units(seed: int, equal: bool) -> None:
    random = np.random.default_rng(seed)
    matrix = random.integers(0, 8, (26, 6)).astype(np.float64)
    weights = None if equal else random.random(6)
    found = kemeny(matrix, weights)
    voters, units = random.permutation(6), random.permutation(26)
    other = kemeny(matrix[:, voters], None if weights is None else weights[voters])
    assert other.scores.tolist() == found.scores.tolist()
    for name, table in found.tables.items():
        assert other.tables[name].tolist() == table.tolist()
    assert kemeny(matrix[units], weights).scores.tolist() == found.scores[units].tolist()


def test_voters_alike_in_everything_but_their_order_change_nothing() -> None:
    shifts = (np.arange(21)[:, None] + np.arange(21)) % 21.0  # no unit differs from another but by its name
    found = kemeny(shifts)
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(21)
        assert kemeny(shifts[:, order]).scores.tolist() == found.scores.tolist()


@pytest.mark.parametrize(
    "arguments",
    [
        ([[1.0, 2.0]],),
        ([[1.0], [np.nan]],),
        ([["a"], ["b"]],),
        ([1.0, 2.0],),
        ([[1.0], [2.0]], [-1.0]),
        ([[1.0], [2.0]], [1.0], [0]),
        (np.zeros((1001, 1)),),
    ],
)
def test_refusals(arguments: Any) -> None:
    with pytest.raises(MethodError, match="kemeny"):
        kemeny(*arguments)


# https://electowiki.org/wiki/Kemeny-Young_method: the distances of the Tennessee order, 207 of 100 voters, and of a
# circle of majorities: 25 A>B>C, 40 B>C>A, 35 C>A>B give B>C>A, the only order with distance 120.
PUBLISHED = [
    (TENNESSEE, SHARES, 2.07, [4, 1, 2, 3]),
    ([[1, 3, 2], [2, 1, 3], [3, 2, 1]], [25, 40, 35], 1.20, [3, 1, 2]),
]


@pytest.mark.parametrize(("ranks", "voters", "distance", "expected"), PUBLISHED, ids=["Tennessee", "circle"])
def test_published_orders(ranks: list[list[int]], voters: list[int], distance: float, expected: list[int]) -> None:
    found = kemeny(ranks, voters, [-1] * len(voters))
    assert found.ranks.tolist() == expected
    assert found.tables["distance"].item() == pytest.approx(distance, abs=1e-12)
