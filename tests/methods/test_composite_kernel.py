"""Logarithm and exponential of the kernels, and the extremes."""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np
import pytest

from evalengine.methods.composite_kernel import LANES, add_logarithm_of, exp, extremes


@numba.njit
def each_log(values: Any) -> Any:
    return np.array([add_logarithm_of(0.5, 2.0, v) for v in values])


@numba.njit
def each_exp(values: Any) -> Any:
    return np.array([exp(v) for v in values])


def test_logarithm_keeps_nan() -> None:
    made = each_log(np.array([math.nan, 1.0, 2.0]))
    assert np.isnan(made[0])
    assert made[1:].tolist() == [0.5, 0.5 + 2.0 * math.log(2.0)]


def test_exponential_within_one_unit_in_the_last_place() -> None:
    values = np.concatenate([np.random.default_rng(2).uniform(-700, 700, 40_000), [0.0, 1.0, -1.0]])
    truth = np.array([math.exp(v) for v in values])
    assert (np.abs(each_exp(values) - truth) <= np.spacing(truth)).all()
    assert np.isnan(each_exp(np.array([math.nan]))).all()


@pytest.mark.parametrize("size", [1, LANES, 4 * LANES - 1, 4 * LANES, 4 * LANES + 1, 21 * LANES + 7])
def test_extremes(size: Any) -> None:
    matrix = np.random.default_rng(size).normal(size=(3, size))
    matrix[1, 0], matrix[2, size - 1] = math.inf, -math.inf
    for row in matrix:
        assert extremes(row) == (row.min(), row.max())
