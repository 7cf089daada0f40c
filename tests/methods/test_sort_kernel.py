"""The counting sort against NumPy's, on columns that are kind to it and on columns it must give up."""

import numpy as np
import pytest

from evalengine.methods.sort_kernel import sort_positive

RNG = np.random.default_rng(3)
SIZE = 5_000
COLUMNS = {
    "skewed": RNG.lognormal(0, 0.6, SIZE),
    "far apart": RNG.lognormal(0, 3, SIZE),
    "even": RNG.random(SIZE),
    "whole": RNG.integers(0, 50, SIZE).astype(float),
    "narrow": 1e6 + RNG.random(SIZE),
    "constant": np.full(SIZE, 3.0),
    "zeros of both signs": np.where(RNG.random(SIZE) < 0.5, 0.0, -0.0),
    "zeros of both signs and values": np.where(RNG.random(SIZE) < 0.3, -0.0, RNG.choice([0.0, 1.5, 2.0], SIZE)),
    "few": RNG.lognormal(0, 0.6, 1_000),
    "few with a negative zero": np.append(RNG.lognormal(0, 0.6, 1_000), -0.0),
    "zeros and values": np.where(RNG.random(SIZE) < 0.3, 0.0, RNG.lognormal(0, 1, SIZE)),
    "subnormal": RNG.integers(0, 9_000, SIZE) * 5e-324,
    "largest": RNG.random(SIZE) * np.finfo(float).max,
    "one": np.array([2.0]),
    "two": np.array([2.0, 1.0]),
    "descending": np.arange(SIZE, 0.0, -1.0),
}


def sort(x):
    out = np.empty_like(x)
    done = sort_positive(x, x.min(), x.max(), np.empty(x.size, np.uint32), np.empty_like(x), out)
    return done, out


@pytest.mark.parametrize("name", COLUMNS)
def test_sorts(name) -> None:
    done, out = sort(COLUMNS[name])
    assert done
    assert np.array_equal(out, np.sort(COLUMNS[name]))


def test_gives_up_where_the_leading_bits_tell_nothing_apart() -> None:
    x = np.where(np.arange(SIZE) == 7, 0.0, 1e6 + RNG.random(SIZE))
    done, out = sort(x)
    assert not done
    assert np.array_equal(np.sort(out), np.sort(x))
