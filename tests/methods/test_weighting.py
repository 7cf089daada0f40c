import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skcriteria.preprocessing import weighters as sk

from evalengine.errors import MethodError
from evalengine.methods.weighting import budget_allocation, equal, rank_order, stated


def test_equal() -> None:
    assert equal(4).weights.tolist() == [0.25] * 4
    assert equal(np.int64(1)).weights.tolist() == [1.0]


@pytest.mark.parametrize("bad", [0, -1, 2.5, math.nan, "3", None])
def test_equal_refuses(bad) -> None:
    with pytest.raises(MethodError):
        equal(bad)


def test_stated_keeps_proportions_and_the_input() -> None:
    points = np.array([30.0, 20.0, 0.0])
    assert stated(points).weights.tolist() == [0.6, 0.4, 0.0]
    assert points.tolist() == [30.0, 20.0, 0.0]


def test_a_sum_beyond_double_precision():
    assert stated([1e308, 1e308, 0.5e308]).weights.tolist() == pytest.approx([0.4, 0.4, 0.2])


@pytest.mark.parametrize(
    ("points", "code"),
    [
        ([1, -1], "negative_weight"),
        ([0, 0], "zero_weights"),
        ([1, math.nan], "not_finite"),
        (["1", "2"], "not_numeric"),
        ([[1, 2]], "wrong_length"),
    ],
)
def test_stated_refuses(points, code) -> None:
    with pytest.raises(MethodError) as caught:
        stated(points)
    assert caught.value.code == code


def test_budget_allocation() -> None:
    result = budget_allocation([[50, 30, 20], [40, 40, 20], [60, 20, 20]])
    assert result.weights == pytest.approx([150 / 300, 90 / 300, 60 / 300])
    assert result.spread == pytest.approx([0.1, 0.1, 0.0])  # shares .5 .4 .6 and .3 .4 .2
    assert result.lowest == pytest.approx([0.4, 0.2, 0.2])
    assert result.highest == pytest.approx([0.6, 0.4, 0.2])
    assert budget_allocation([[7, 3]], budget=10).spread.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("points", "code", "fact"),
    [
        ([[50, 50], [60, 30]], "weights_budget", ("expert", 2)),
        ([[110, -10]], "weights_negative_value", ("column", "b")),
        ([[math.nan, 100]], "not_finite", ("column", "a")),
    ],
)
def test_budget_allocation_names_the_fault(points, code, fact) -> None:
    with pytest.raises(MethodError) as caught:
        budget_allocation(points, columns=["a", "b"])
    assert (caught.value.code, caught.value.facts[fact[0]]) == (code, fact[1])


# Barron & Barrett (1996), table 1: rank-order centroid weights of four attributes .5208 .2708 .1458 .0625
@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("centroid", [(1 + 1 / 2 + 1 / 3 + 1 / 4) / 4, (1 / 2 + 1 / 3 + 1 / 4) / 4, (1 / 3 + 1 / 4) / 4, 1 / 16]),
        ("sum", [4 / 10, 3 / 10, 2 / 10, 1 / 10]),
        ("reciprocal", [12 / 25, 6 / 25, 4 / 25, 3 / 25]),
        ("rancom", [7 / 16, 5 / 16, 3 / 16, 1 / 16]),
    ],
)
def test_rank_order_rules(rule, expected) -> None:
    assert rank_order([1, 2, 3, 4], rule=rule).weights == pytest.approx(expected, abs=1e-15)
    assert rank_order([40, 3, 1, 20], rule=rule).weights == pytest.approx(np.array(expected)[[3, 1, 0, 2]], abs=1e-15)


def test_centroid_matches_the_published_figures() -> None:
    assert rank_order([1, 2, 3, 4]).weights == pytest.approx([0.5208, 0.2708, 0.1458, 0.0625], abs=5e-5)


def test_exponent_spans_equal_and_sum() -> None:
    assert rank_order([1, 2, 3], rule="exponent", exponent=0).weights == pytest.approx([1 / 3] * 3)
    assert rank_order([1, 2, 3], rule="exponent", exponent=1).weights == pytest.approx([3 / 6, 2 / 6, 1 / 6])
    assert rank_order([1, 2, 3], rule="exponent", exponent=2).weights == pytest.approx([9 / 14, 4 / 14, 1 / 14])


def test_tied_ranks_share_their_positions() -> None:
    assert rank_order([1, 2, 2, 4], rule="sum").weights == pytest.approx([0.4, 0.25, 0.25, 0.1])
    assert rank_order([1, 2, 2, 3], rule="sum").weights == pytest.approx([0.4, 0.25, 0.25, 0.1])
    assert rank_order([5, 5, 5]).weights == pytest.approx([1 / 3] * 3)


def test_rancom_agrees_with_scikit_criteria() -> None:
    for weights in ([0.1, 0.4, 0.2, 0.3], [3.0, 1.0, 2.0, 2.5, 0.5]):
        peer = sk.rancom_weights(np.array(weights))  # a copy: it divides the caller's array in place
        assert rank_order(-np.array(weights), rule="rancom").weights == pytest.approx(peer, abs=1e-15)


@pytest.mark.parametrize(
    ("ranks", "settings"), [([1, 2], {"rule": "roc"}), ([1, math.nan], {}), ([], {}), ([1, 2], {"exponent": -1})]
)
def test_rank_order_refuses(ranks, settings) -> None:
    with pytest.raises(MethodError):
        rank_order(np.array(ranks, dtype=float), **settings)


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=12),
    st.sampled_from(["centroid", "sum", "reciprocal", "exponent", "rancom"]),
)
def test_rank_order_is_monotone_and_sums_to_one(ranks, rule) -> None:
    weights = rank_order(np.array(ranks, dtype=float), rule=rule).weights
    assert math.isclose(weights.sum(), 1.0, abs_tol=1e-12)
    for i, a in enumerate(ranks):
        for j, b in enumerate(ranks):
            assert (weights[i] > weights[j]) if a < b else (weights[i] == weights[j] or a > b)
