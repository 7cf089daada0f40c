"""Fraction of the maximum, vector and sum normalisation."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pymcdm.normalizations as pm
import pytest
from skcriteria.preprocessing.scalers import scale_by_sum, scale_by_vector

from evalengine.errors import MethodError
from evalengine.methods.normalisation_ratio import fraction_of_maximum, sum_, vector

VALUES = np.array([[2.0, 2.0], [4.0, 4.0], [8.0, 8.0]])


@pytest.mark.parametrize(
    ("function", "options", "benefit", "cost"),
    [
        (fraction_of_maximum, {}, [1 / 4, 1 / 2, 1], [1, 1 / 2, 1 / 4]),
        (fraction_of_maximum, {"cost": "complement"}, [1 / 4, 1 / 2, 1], [3 / 4, 1 / 2, 0]),
        (sum_, {}, [2 / 14, 4 / 14, 8 / 14], [4 / 7, 2 / 7, 1 / 7]),
        (
            vector,
            {},
            [2 / math.sqrt(84), 4 / math.sqrt(84), 8 / math.sqrt(84)],
            [1 - 2 / math.sqrt(84), 1 - 4 / math.sqrt(84), 1 - 8 / math.sqrt(84)],
        ),
    ],
)
def test_worked(function: Any, options: Any, benefit: Any, cost: Any) -> None:
    assert function(VALUES, [1, -1], **options) == pytest.approx(np.array([benefit, cost]).T, rel=1e-15)


PEERS = [
    (fraction_of_maximum, pm.linear_normalization),
    (lambda *a: fraction_of_maximum(*a, cost="complement"), pm.max_normalization),
    (sum_, pm.sum_normalization),
    (vector, pm.vector_normalization),
]


@pytest.mark.parametrize(("ours", "theirs"), PEERS, ids=["ratio", "complement", "sum", "vector"])
@pytest.mark.parametrize("shape", [(5, 3), (51, 49), (300, 7)])
def test_equal_to_pymcdm(ours: Any, theirs: Any, shape: Any) -> None:
    values = np.random.default_rng(1).lognormal(size=shape)
    directions = np.where(np.arange(shape[1]) % 2 == 0, -1, 1)
    expected = [theirs(v, cost=bool(d < 0)) for v, d in zip(values.T, directions, strict=True)]
    assert ours(values, directions) == pytest.approx(np.array(expected).T, rel=1e-12)


def test_scikit_criteria_leaves_costs_as_costs() -> None:
    """Equal for benefits; for costs its scalers keep 'less is better', ours turn it."""
    values = np.random.default_rng(2).lognormal(size=(40, 5))
    assert sum_(values) == pytest.approx(scale_by_sum(values, axis=0), rel=1e-12)
    assert vector(values) == pytest.approx(scale_by_vector(values, axis=0), rel=1e-12)
    turned = sum_(values, [-1] * 5)
    assert (turned.argmax(axis=0) == scale_by_sum(values, axis=0).argmin(axis=0)).all()


def test_negating_costs_first_would_rank_them_upside_down() -> None:
    """COINr's fraction of the maximum divides the negated costs by their maximum: x / min, more for worse."""
    costs = np.array([[2.0], [4.0], [8.0]])
    upside_down = -costs / (-costs).max()
    assert upside_down[:, 0].tolist() == [1, 2, 4]
    assert fraction_of_maximum(costs, [-1])[:, 0].tolist() == [1, 1 / 2, 1 / 4]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: fraction_of_maximum([[1.0], [-1.0]]), "outside_domain"),
        (lambda: fraction_of_maximum([[0.0], [0.0]]), "zero_column"),
        (lambda: fraction_of_maximum([[0.0], [1.0]], [-1]), "outside_domain"),
        (lambda: fraction_of_maximum([[1.0]], cost="linear"), "bad_choice"),
        (lambda: sum_([[1.0], [-1.0]]), "outside_domain"),
        (lambda: sum_([[0.0], [0.0]]), "zero_column"),
        (lambda: sum_([[0.0], [1.0]], [-1]), "outside_domain"),
        (lambda: vector([[0.0], [0.0]]), "zero_column"),
    ],
)
def test_outside_the_domain_raises(call: Any, code: Any) -> None:
    with pytest.raises(MethodError) as error:
        call()
    assert error.value.code == code


def test_zeros_and_negatives_where_they_mean_something() -> None:
    assert fraction_of_maximum([[0.0], [4.0]])[:, 0].tolist() == [0, 1]
    assert fraction_of_maximum([[0.0], [4.0]], [-1], cost="complement")[:, 0].tolist() == [1, 0]
    assert vector([[-3.0], [4.0]])[:, 0] == pytest.approx([-0.6, 0.8], rel=1e-15)


def test_one_unit_is_the_maximum_and_the_whole() -> None:
    assert fraction_of_maximum([[3.0]]).tolist() == [[1]]
    assert sum_([[3.0]]).tolist() == [[1]]
    assert vector([[3.0]]).tolist() == [[1]]


def test_shares_sum_to_one() -> None:
    values = np.random.default_rng(3).lognormal(size=(1000, 4))
    assert sum_(values, [1, -1, 1, -1]).sum(axis=0) == pytest.approx(np.ones(4), rel=1e-13)
