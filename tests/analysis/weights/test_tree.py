"""Shares along the tree and their publication: exact sums, the largest remainder, ties in file order."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalengine.analysis.weights.tree import along_the_tree, published, shares_inside
from tests.small import small


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ((1, 1, 1), ("0.3334", "0.3333", "0.3333")),  # equal remainders: the first one gets the step left over
        ((0.5, 0.25, 0.25), ("0.5000", "0.2500", "0.2500")),
        ((2, 4, 1), ("0.2857", "0.5714", "0.1429")),  # remainders .14, .29, .57
        ((1e-9, 1, 1), ("0.0000", "0.5000", "0.5000")),
        ((0.1 + 0.2, 0.3, 0.4), ("0.3000", "0.3000", "0.4000")),  # noise of binary sums takes no step
    ],
)
def test_largest_remainder(weights, expected):
    made = published(dict(zip("abc", weights, strict=True)))
    assert tuple(map(str, made.values())) == expected


@given(st.lists(st.floats(min_value=0, max_value=1e6), min_size=1, max_size=60).filter(lambda w: sum(w) > 1e-3))
def test_published_weights_sum_to_exactly_one_and_stay_near(weights):
    made = published({str(k): w for k, w in enumerate(weights)})
    assert sum(made.values()) == 1
    total = sum(weights)
    assert all(abs(float(p) - w / total) < 1.0001e-4 for p, w in zip(made.values(), weights, strict=True))


def test_shares_multiply_back_to_the_weights():
    system, profile = small()
    local = shares_inside(system, profile.weights)
    assert local["total"].tolist() == pytest.approx([0.6, 0.4])
    assert local["A1"].tolist() == pytest.approx([0.2 / 0.3, 0.1 / 0.3])
    again = along_the_tree(system, local)
    assert again == pytest.approx({code: float(weight) for code, weight in profile.weights.items()}, abs=1e-15)


def test_a_node_without_weight_gives_its_children_equal_shares():
    system, profile = small()
    nothing = {**profile.weights, "intensity": Decimal(0), "money": Decimal(0)}
    assert np.array_equal(shares_inside(system, nothing)["A1"], [0.5, 0.5])
