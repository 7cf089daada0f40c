from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalengine.errors import MethodError
from evalengine.methods.rounding import half_up


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (84.995, 85.0),  # the double nearest to 84.995 lies below it
        (84.99499999999999, 85.0),  # floating-point noise below 1e-9
        (84.994999998, 84.99),  # no noise
        (1.005, 1.01),
        (2.675, 2.68),
        (0.125, 0.13),
        (-0.125, -0.13),
        (-0.004, 0.0),
        (100.0, 100.0),
    ],
)
def test_half_up(value, expected):
    assert half_up([value])[0] == expected
    assert not np.signbit(half_up([-0.001])[0])


@given(st.integers(-(10**12), 10**12), st.integers(0, 4))
def test_against_decimal(billionths, decimals):
    value = Decimal(billionths) / 10**9
    expected = float(value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP))
    assert half_up([float(value)], decimals=decimals)[0] == expected


@pytest.mark.parametrize("values", [[np.nan], [np.inf], [1e7], [[1.0]], ["1"]])
def test_what_cannot_be_rounded_raises(values):
    with pytest.raises(MethodError):
        half_up(values)


def test_decimals_beyond_the_inner_ones_raise():
    with pytest.raises(MethodError):
        half_up([1.0], decimals=10)
