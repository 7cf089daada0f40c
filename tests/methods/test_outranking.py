"""What the pairwise methods share: the entrance, thresholds and the intersection of two rankings."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from evalengine.errors import MethodError
from evalengine.methods.electre import electre_iii
from evalengine.methods.outranking import (
    SLACK,
    Compared,
    check_order,
    compared,
    credibility,
    intersection,
    pseudo_criteria,
    thresholds,
)
from evalengine.methods.promethee import promethee_ii


def given_criteria(**changes: Any) -> Compared:
    arguments: dict[str, Any] = {"weights": [3, 0, 1], "directions": [1, 1, -1], "columns": ["a", "b", "c"]}
    arguments |= changes
    weights, directions, columns = (arguments.pop(name) for name in ("weights", "directions", "columns"))
    return compared([[1, 2, 3], [4, 5, 6]], weights, directions, method="m", columns=columns, **arguments)


def test_costs_are_negated_and_weightless_criteria_left_out() -> None:
    found = given_criteria()
    assert found.values.tolist() == [[1, 4], [-3, -6]]
    assert found.values.flags.c_contiguous
    assert found.weights.tolist() == [0.75, 0.25]
    assert found.kept.tolist() == [0, 2]
    assert found.name(1) == "c"
    assert given_criteria(columns=None).name(1) == "#3"


def test_thresholds_are_taken_for_the_criteria_that_count() -> None:
    found = given_criteria()
    assert thresholds(0.5, found, what="q").tolist() == [0.5, 0.5]
    assert thresholds([1, 2, 3], found, what="q").tolist() == [1, 3]
    for bad in ([1, 2], -1.0, [1, 2, -3], np.nan, np.inf, "wide", [[1, 2, 3]]):
        with pytest.raises(MethodError):
            thresholds(bad, found, what="q")
    with pytest.raises(MethodError, match=r"c.*q <= p"):
        check_order(np.array([1.0, 2.0]), np.array([1.0, 1.0]), found, names="q <= p")


def test_only_a_threshold_at_which_the_index_jumps_has_slack() -> None:
    q, p, v = pseudo_criteria([1, 0, 1], [1, 0, 2], [1, 0, 3], given_criteria())
    assert q.tolist() == [1 + SLACK, 1]
    assert p.tolist() == [1 + SLACK, 2]
    assert v.tolist() == [1 + SLACK, 3]
    assert pseudo_criteria(0.0, 0.0, None, given_criteria())[2].tolist() == [np.inf, np.inf]


def test_a_veto_at_the_preference_threshold_is_a_jump() -> None:
    q, p, v = pseudo_criteria(0.5, 2.0, 2.0, given_criteria(weights=[1, 0, 0]))
    assert q.tolist() == [0.5]
    assert p.tolist() == v.tolist() == [2 * (1 + SLACK)]


@pytest.mark.parametrize("outlier", [0.0, 1e15])
@pytest.mark.parametrize("offset", [1e3, 1e6, 1e9, -1e9])
def test_a_small_threshold_of_large_values_is_not_decided_by_rounding(offset: float, outlier: float) -> None:
    """0.1 as written is not more than 0.1, and 0.2 is, wherever the values lie and whatever else is in the column."""
    for k in range(50):
        low, same, more = (float(f"{offset + (k + step) / 10:.1f}") for step in (0, 1, 2))
        for function in ("u_shape", "level"):
            flows = promethee_ii([[low], [same], [outlier]], function=function, q=0.1, p=0.1).scores
            assert flows[0] == flows[1]
            flows = promethee_ii([[low], [more], [outlier]], function=function, q=0.1, p=0.1).scores
            assert flows[0] < flows[1]
        for other, expected in ((same, 1.0), (more, 0.0)):
            degree = electre_iii([[low], [other], [outlier]], q=0.1, p=0.1).tables["credibility"]
            assert degree[0, 1] == expected
            assert degree[1, 0] == 1.0


def test_the_number_of_units_is_checked() -> None:
    for limits in ({"least": 3}, {"most": 1}):
        with pytest.raises(MethodError, match="m"):
            given_criteria(**limits)


def test_a_credibility_is_at_most_one() -> None:
    weights = np.array([0.05, 0.25, 0.35, 0.35])
    weights /= weights.sum()
    assert np.cumsum(weights)[-1] > 1.0
    a, zero = np.ones((4, 1)), np.zeros(4)
    assert credibility(a, a, weights, zero, zero, np.full(4, np.inf)).tolist() == [[1.0]]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=30))
def test_the_intersection_by_definition(pairs: list[tuple[int, int]]) -> None:
    first, second = (rankdata(column, "dense") for column in zip(*pairs, strict=True))
    at_least = (first[:, None] <= first) & (second[:, None] <= second)
    ahead, incomparable = intersection(first, second)
    assert ahead.tolist() == (at_least & ~at_least.T).sum(axis=0).tolist()
    assert incomparable.tolist() == (~at_least & ~at_least.T).sum(axis=1).tolist()
