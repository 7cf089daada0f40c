import math

import numba
import numpy as np
import pytest

from evalengine.methods.vector_log import log_positive


@numba.njit
def _logs(values):
    out = np.empty_like(values)
    for i in range(values.size):
        out[i] = log_positive(values[i])
    return out


@pytest.mark.parametrize(
    ("low", "high", "log_spaced"),
    [(-700.0, 700.0, True), (1e-9, 3.0, False), (1.0 - 1e-6, 1.0 + 1e-6, False), (0.70, 0.72, False)],
)
def test_within_a_few_units_in_the_last_place(low, high, log_spaced) -> None:
    values = np.random.default_rng(0).uniform(low, high, 50_000)
    values = np.exp(values) if log_spaced else values
    exact = np.log(values.astype(np.longdouble))
    assert np.max(np.abs(_logs(values) - exact) / np.maximum(np.abs(exact), 1e-300)) < 1e-15


def test_ends_of_the_domain() -> None:
    ends = np.array([np.finfo(float).tiny, np.finfo(float).max, 1.0, 2.0, 0.5])
    assert _logs(ends) == pytest.approx([math.log(x) for x in ends], rel=1e-15)
    assert _logs(np.array([1.0]))[0] == 0.0


def test_zero_times_its_logarithm_is_zero() -> None:
    assert 0.0 * _logs(np.array([0.0]))[0] == 0.0
