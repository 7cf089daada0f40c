"""Kernels of the fused composite score; the matrix is (indicators, units), one contiguous row per indicator.

Indicators are taken up to four at a time: their extremes are found and their scores added to the node while they are
still in the cache, so that the matrix is read from memory once.

`add_logarithm_of` and `exp` have no branches, so that the loops around them become vector code, which the calls of the
C library would prevent. Both return NaN for NaN; the callers keep their arguments positive, normal and below overflow.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evalengine.methods.arrays import Array
from evalengine.methods.constancy import within_noise
from evalengine.methods.instructions import fma
from evalengine.methods.kernel import kernel
from evalengine.methods.vector_log import add_log

is_constant = kernel(within_noise)
Places = NDArray[np.intp]

GROUP = 4  # indicators added at once
LANES = 32  # independent minima and maxima, enough to fill the vector units
STRIP = 512  # units between two turns of `add_logarithms`; measured from 128 to 1024

_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_LOG2_E = 1.4426950408889634


@kernel
def add_logarithm_of(total: float, weight: float, x: float) -> float:
    """Return total + weight·ln x of a positive normal x, or NaN if one of them is NaN."""
    return add_log(fma(0.0, x, total), weight, x)


@kernel
def exp(x: float) -> float:
    """Exponential of a number between −700 and 700."""
    k = np.floor(fma(x, _LOG2_E, 0.5))
    r = fma(-k, _LN2_LOW, fma(-k, _LN2_HIGH, x))
    p = fma(r, 1.0 / 6227020800.0, 1.0 / 479001600.0)
    p = fma(p, r, 1.0 / 39916800.0)
    p = fma(p, r, 1.0 / 3628800.0)
    p = fma(p, r, 1.0 / 362880.0)
    p = fma(p, r, 1.0 / 40320.0)
    p = fma(p, r, 1.0 / 5040.0)
    p = fma(p, r, 1.0 / 720.0)
    p = fma(p, r, 1.0 / 120.0)
    p = fma(p, r, 1.0 / 24.0)
    p = fma(p, r, 1.0 / 6.0)
    p = fma(p, r, 0.5)
    p = fma(p, r, 1.0)
    p = fma(p, r, 1.0)
    result = p * np.int64((np.int64(k) + 1023) << 52).view(np.float64)
    return result if x == x else x  # NaN differs from itself


@kernel
def widen(row: Array, low: Array, high: Array) -> None:
    """Widen LANES minima and maxima by the numbers of a row; of no use if it has a NaN, which shows in the scores."""
    whole = row.shape[0] // (4 * LANES)
    for block in range(whole):
        part = row[block * 4 * LANES : (block + 1) * 4 * LANES]
        for k in range(LANES):
            a, b, c, d = part[k], part[k + LANES], part[k + 2 * LANES], part[k + 3 * LANES]
            v = a if a < b else b
            w = c if c < d else d
            v = v if v < w else w
            low[k] = v if v < low[k] else low[k]
            v = a if a > b else b
            w = c if c > d else d
            v = v if v > w else w
            high[k] = v if v > high[k] else high[k]
    rest = row[whole * 4 * LANES :]
    for first in range(0, rest.shape[0], LANES):  # into lanes too: one minimum would wait for each comparison
        part = rest[first : first + LANES]
        for k in range(part.shape[0]):
            v = part[k]
            low[k] = v if v < low[k] else low[k]
            high[k] = v if v > high[k] else high[k]


@kernel
def extremes(row: Array) -> tuple[float, float]:
    """Return the minimum and maximum of a row; of no use if the row has a NaN, as `widen`."""
    low, high = np.empty(LANES), np.empty(LANES)
    low[:] = np.inf
    high[:] = -np.inf
    widen(row, low, high)
    return low.min(), high.max()


@kernel
def add_scores(
    total: Array,
    matrix: Array,
    leaf: Places,
    weight: Array,
    directions: Array,
    scale: Array,
    lowest: Array,
    highest: Array,
) -> None:
    """Add Σ w·v over some indicators to `total`, and write their extremes.

    The score of an indicator is offset + slope·(x − base) with the worst value as base, which loses no digits where
    values are large against their range. The last group is filled up with its first indicator at slope 0.

    Args:
        total: (units,), added to.
        matrix: (indicators, units).
        leaf: (leaves,), the indicators.
        weight: (leaves,), their weights.
        directions: (indicators,), +1 or −1.
        scale: lower and upper score of an indicator, and the score of a constant one.
        lowest: (indicators,), written.
        highest: (indicators,), written.
    """
    slope, base = np.zeros(GROUP), np.zeros(GROUP)
    for first in range(0, leaf.size, GROUP):
        size = min(GROUP, leaf.size - first)
        start = 0.0
        slope[:] = 0.0
        base[:] = 0.0
        for k in range(size):
            j = leaf[first + k]
            lowest[j], highest[j] = extremes(matrix[j])
            still = is_constant(lowest[j], highest[j])
            base[k] = lowest[j] if directions[j] > 0 else highest[j]
            if not still:
                slope[k] = weight[first + k] * directions[j] * ((scale[1] - scale[0]) / (highest[j] - lowest[j]))
            start += weight[first + k] * (scale[2] if still else scale[0])
        b0, b1, b2, b3 = slope[0], slope[1], slope[2], slope[3]
        c0, c1, c2, c3 = base[0], base[1], base[2], base[3]
        x0 = matrix[leaf[first]]
        x1 = matrix[leaf[first + min(1, size - 1)]]
        x2 = matrix[leaf[first + min(2, size - 1)]]
        x3 = matrix[leaf[first + min(3, size - 1)]]
        for k in range(total.shape[0]):
            total[k] += start + (((b0 * (x0[k] - c0) + b1 * (x1[k] - c1)) + b2 * (x2[k] - c2)) + b3 * (x3[k] - c3))


@kernel
def add_logarithms(
    total: Array,
    matrix: Array,
    leaf: Places,
    weight: Array,
    directions: Array,
    scale: Array,
    lowest: Array,
    highest: Array,
) -> None:
    """Add Σ w·ln v over some indicators to `total`; otherwise as `add_scores`.

    The extremes of the next indicator are found STRIP units at a time between the logarithms of this one, which gives
    memory the time to deliver it.
    """
    low, high = np.empty(LANES), np.empty(LANES)
    base = slope = offset = 0.0
    for place in range(-1, leaf.size):
        ahead = place + 1 < leaf.size
        x = matrix[leaf[max(place, 0)]]
        y = matrix[leaf[place + 1]] if ahead else x
        low[:] = np.inf
        high[:] = -np.inf
        for first in range(0, total.size, STRIP):
            if ahead:
                widen(y[first : first + STRIP], low, high)
            if place >= 0:
                w = weight[place]
                part, own = total[first : first + STRIP], x[first : first + STRIP]
                for k in range(part.size):
                    part[k] = add_logarithm_of(part[k], w, fma(slope, own[k] - base, offset))
        if ahead:
            j = leaf[place + 1]
            lowest[j], highest[j] = low.min(), high.max()
            still = is_constant(lowest[j], highest[j])
            base = lowest[j] if directions[j] > 0 else highest[j]
            slope = 0.0 if still else directions[j] * ((scale[1] - scale[0]) / (highest[j] - lowest[j]))
            offset = scale[2] if still else scale[0]


@kernel
def add_logarithm(total: Array, scores: Array, weight: float) -> None:
    """Add w·ln v to `total`."""
    for k in range(total.shape[0]):
        total[k] = add_logarithm_of(total[k], weight, scores[k])


@kernel
def add_exponential(total: Array, logarithms: Array, weight: float) -> None:
    """Add w·exp(v) to `total`."""
    for k in range(total.shape[0]):
        total[k] = fma(weight, exp(logarithms[k]), total[k])


@kernel
def finish(scores: Array, logarithms: bool, lower: float, upper: float) -> int:  # noqa: FBT001 - kernels have no names
    """Turn the root into scores between lower and upper, in place; return the number of NaN."""
    missing = 0
    if logarithms:
        for k in range(scores.shape[0]):
            scores[k] = exp(scores[k])
    for k in range(scores.shape[0]):
        v = scores[k]
        missing += 0 if v == v else 1
        v = lower if v < lower else v
        scores[k] = upper if v > upper else v
    return missing
