"""Ranks, Borda points, percentile ranks and bands."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import rankdata

from evalengine.errors import MethodError
from evalengine.methods.normalisation_rank import borda, categorical, percentile, rank

VALUES = np.array([[30.0], [10.0], [30.0], [20.0]])


@pytest.mark.parametrize(
    ("ties", "benefit", "cost"),
    [
        ("min", [3, 1, 3, 2], [1, 4, 1, 3]),
        ("average", [3.5, 1, 3.5, 2], [1.5, 4, 1.5, 3]),
        ("max", [4, 1, 4, 2], [2, 4, 2, 3]),
    ],
)
def test_rank_worked(ties: Any, benefit: Any, cost: Any) -> None:
    assert rank(VALUES, ties=ties)[:, 0].tolist() == benefit
    assert rank(VALUES, [-1], ties=ties)[:, 0].tolist() == cost
    assert borda(VALUES, ties=ties)[:, 0].tolist() == [k - 1 for k in benefit]
    assert percentile(VALUES, ties=ties)[:, 0].tolist() == [(k - 1) / 3 for k in benefit]


@pytest.mark.parametrize("ties", ["min", "average", "max"])
@settings(max_examples=40, deadline=None)
@given(values=arrays(np.float64, st.tuples(st.integers(1, 12), st.integers(1, 3)), elements=st.integers(-3, 3)))
def test_rank_equals_scipy(ties: Any, values: Any) -> None:
    assert rank(values, ties=ties).tolist() == rankdata(values, method=ties, axis=0).tolist()
    assert rank(values, [-1] * values.shape[1], ties=ties).tolist() == rankdata(-values, method=ties, axis=0).tolist()


def test_float_noise_is_a_tie() -> None:
    """The same 0.3 twice, once as 0.1 + 0.2; exact comparison gives them different ranks."""
    values = np.array([[0.1 + 0.2], [0.3], [0.4], [0.2]])
    assert values[0, 0] != values[1, 0]
    assert rank(values)[:, 0].tolist() == [2, 2, 4, 1]
    assert sorted(rank(values, tolerance=0)[:, 0].tolist()) == [1, 2, 3, 4]


def test_tolerance_is_relative_and_passed_on() -> None:
    values = np.array([[1.0], [1.04], [1.08], [2.0], [-1.0], [0.0], [1e-9]])
    assert rank(values, tolerance=0.05)[:, 0].tolist() == [4, 4, 4, 7, 1, 2, 3]


@pytest.mark.parametrize("function", [rank, borda, percentile])
def test_gaps_take_no_place(function: Any) -> None:
    values = np.array([[3.0], [math.nan], [1.0], [2.0]])
    result = function(values, nan="keep")[:, 0]
    assert np.isnan(result[1])
    assert result[[0, 2, 3]].tolist() == function(values[[0, 2, 3]])[:, 0].tolist()


def test_ranks_that_are_not_their_own_inverse() -> None:
    values = np.array([[6.0], [2.0], [6.0], [10.0], [6.0]])
    assert rank(values)[:, 0].tolist() == [2, 1, 2, 5, 2]
    assert rank(values, [-1])[:, 0].tolist() == [2, 5, 2, 1, 2]


def test_categorical_bands_of_the_handbook() -> None:
    values = np.arange(1.0, 102.0)[:, None]  # the p-th percentile is p + 1
    result = categorical(values)[:, 0]
    assert [result[k - 1] for k in (1, 15, 16, 25, 26, 65, 66, 85, 86, 95, 96, 101)] == [
        0, 0, 20, 20, 40, 40, 60, 60, 80, 80, 100, 100,
    ]  # fmt: skip


def test_categorical_counts_from_the_worst() -> None:
    values = np.arange(10.0)[:, None]
    assert categorical(values, [-1], percentiles=[50], scores=[1, 2])[:, 0].tolist() == [2] * 5 + [1] * 5


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: rank(VALUES, ties="dense"), "bad_choice"),
        (lambda: rank(VALUES, tolerance=-1), "out_of_range"),
        (lambda: rank(VALUES, tolerance=math.nan), "out_of_range"),
        (lambda: percentile([[1.0]]), "one_value"),
        (lambda: categorical([[1.0], [1.0]]), "constant_column"),
        (lambda: categorical([[-1.7e308], [1.7e308]]), "overflow"),
        (lambda: categorical(VALUES, percentiles=[50, 40], scores=[1, 2, 3]), "out_of_range"),
        (lambda: categorical(VALUES, percentiles=[0, 40], scores=[1, 2, 3]), "out_of_range"),
        (lambda: categorical(VALUES, percentiles=[50], scores=[2, 1]), "out_of_range"),
        (lambda: categorical(VALUES, percentiles=[50], scores=[1]), "wrong_length"),
    ],
)
def test_faults_of_the_call_are_refused(call: Any, code: Any) -> None:
    with pytest.raises(MethodError) as error:
        call()
    assert error.value.code == code


def test_one_unit_has_a_rank() -> None:
    assert rank([[5.0]]).tolist() == [[1]]
    assert borda([[5.0]]).tolist() == [[0]]


def test_many_units() -> None:
    values = np.random.default_rng(1).integers(0, 500, size=(20_000, 3)).astype(float)
    assert (rank(values, [1, -1, 1], ties="average") == rankdata(values * [1, -1, 1], axis=0)).all()
