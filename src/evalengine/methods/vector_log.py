"""A natural logarithm that the compiler can vectorise: `math.log` in a kernel is a scalar call, seven times slower."""

from __future__ import annotations

import math

import numpy as np

from evalengine.methods.instructions import fma
from evalengine.methods.kernel import kernel

# (2 artanh(s)/s - 2)/s² as a polynomial in s², s² in [0, (√2-1)²/(√2+1)²]: interpolation at the roots of the Chebyshev
# polynomial whose smallest root lies at 0, in extended precision; the relative error of the logarithm is below 2e-16.
P0, P1, P2 = 0.6666666666658797, 0.40000000051907875, 0.2857141718697992
P3, P4, P5 = 0.2222336778123568, 0.18123763429229572, 0.1681842923928059
LN2 = math.log(2.0)
SQRT_HALF_BITS = 0x3FE6A09E667F3BCD
ONE_BITS = 0x3FF0000000000000
MANTISSA = 52
EXPONENT = -(1 << MANTISSA)  # masks sign and exponent
STEP = LN2 / (1 << MANTISSA)  # of the exponent, read as an integer


@kernel
def _series(weight: float, s: float) -> float:
    """Return weight·2 artanh(s)/s."""
    z = s * s
    p = fma(z, fma(z, fma(z, weight * P5, weight * P4), weight * P3), weight * P2)
    return fma(z, fma(z, fma(z, p, weight * P1), weight * P0), weight * 2.0)


@kernel
def add_log(total: float, weight: float, x: float) -> float:
    """Return total + weight·ln x of a normal x from 2⁻¹⁰⁰⁰ to 2¹⁰⁰⁰, as exact as `log_positive`, an operation faster.

    In a loop with one weight the compiler multiplies the coefficients of the series by it once.
    """
    moved = (np.float64(x).view(np.int64) + (ONE_BITS - SQRT_HALF_BITS)) & EXPONENT
    power = np.int64(moved).view(np.float64)  # a power of two; x/power lies in [√½, √2)
    s = (x - power) / (x + power)
    return fma(s, _series(weight, s), fma(np.float64(moved - ONE_BITS), weight * STEP, total))


@kernel
def log_positive(x: float) -> float:
    """Return ln x of a positive, normal, finite x to about three units in the last place.

    No branches, therefore no checks: callers pass checked numbers only. At 0 the result is about −709, finite, so
    that `x * log_positive(x)` is exactly 0 there; at subnormal, negative, infinite and NaN x it is meaningless.
    """
    bits = np.float64(x).view(np.int64)
    moved = (bits - SQRT_HALF_BITS) & EXPONENT
    mantissa = np.int64(bits - moved).view(np.float64)  # in [√½, √2)
    s = (mantissa - 1.0) / (mantissa + 1.0)
    return fma(s, _series(1.0, s), np.float64(moved) * STEP)
