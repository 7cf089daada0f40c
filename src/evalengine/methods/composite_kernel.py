"""Kernels of the fused composite score; the matrix is (indicators, units), one contiguous row per indicator.

`log` and `exp` are branch-free versions of fdlibm's, within 1 ulp on the ranges used here, because the loops around
them become vector code, which the calls of the C library would prevent. Both return NaN for NaN; the callers keep
their arguments positive, normal and below overflow.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evalengine.methods.arrays import Array
from evalengine.methods.kernel import kernel

Places = NDArray[np.intp]
Flags = NDArray[np.bool_]

LANES = 32  # independent minima and maxima, enough to fill the vector units
BLOCK = 1024  # units whose intermediate scores stay in the first cache levels

_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_LOG2_E = 1.4426950408889634
_SQRT_HALF = 0x3FE6A09E667F3BCD  # bits of √½: the mantissa is taken between √½ and √2


@kernel
def log(x: float) -> float:
    """Natural logarithm of a positive normal number."""
    bits = np.float64(x).view(np.int64)
    k = (bits - _SQRT_HALF) >> 52
    f = np.int64(bits - (k << 52)).view(np.float64) - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    r = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01)) + z * (
        6.666666666666735130e-01
        + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01))
    )
    h = 0.5 * f * f
    result = k * _LN2_HIGH - ((h - (s * (h + r) + k * _LN2_LOW)) - f)
    return result if x == x else x  # NaN differs from itself


@kernel
def exp(x: float) -> float:
    """Exponential of a number between −700 and 700."""
    k = np.floor(x * _LOG2_E + 0.5)
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    p = 1.0 / 6227020800.0
    p = p * r + 1.0 / 479001600.0
    p = p * r + 1.0 / 39916800.0
    p = p * r + 1.0 / 3628800.0
    p = p * r + 1.0 / 362880.0
    p = p * r + 1.0 / 40320.0
    p = p * r + 1.0 / 5040.0
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    result = p * np.int64((np.int64(k) + 1023) << 52).view(np.float64)
    return result if x == x else x  # NaN differs from itself


@kernel
def extremes(matrix: Array, lowest: Array, highest: Array) -> None:
    """Write the minimum and maximum of each row; NaN is passed over."""
    low, high = np.empty(LANES), np.empty(LANES)
    for j in range(matrix.shape[0]):
        row = matrix[j]
        low[:] = np.inf
        high[:] = -np.inf
        whole = row.shape[0] // LANES
        for block in range(whole):
            part = row[block * LANES : (block + 1) * LANES]
            for k in range(LANES):
                v = part[k]
                low[k] = v if v < low[k] else low[k]
                high[k] = v if v > high[k] else high[k]
        rest = row[whole * LANES :]
        for k in range(rest.shape[0]):
            v = rest[k]
            low[k] = v if v < low[k] else low[k]
            high[k] = v if v > high[k] else high[k]
        lowest[j] = low.min()
        highest[j] = high.max()


@kernel
def combine(
    matrix: Array,
    leaf: Places,
    base: Array,
    slope: Array,
    offset: Array,
    weight: Array,
    leaf_at: Places,
    kid: Places,
    kid_weight: Array,
    kid_at: Places,
    start: Array,
    geometric: Flags,
    out: Array,
) -> None:
    """Write the score of every unit: each node in turn, children before parents, block by block of units.

    A node holds Σ w·v, or Σ w·ln v if it is geometric. The value of a leaf is offset + slope·(x − base), which loses
    no digits where the values are large against their range. In an arithmetic node slope holds the weight and start
    the offsets.
    """
    nodes = geometric.shape[0]
    units = matrix.shape[1]
    scratch = np.empty((nodes, BLOCK))
    for first in range(0, units, BLOCK):
        size = min(BLOCK, units - first)
        for node in range(nodes):
            total = scratch[node, :size]
            total[:] = start[node]
            e, last = leaf_at[node], leaf_at[node + 1]
            if geometric[node]:
                for place in range(e, last):
                    x = matrix[leaf[place], first : first + size]
                    a, b, c, w = offset[place], slope[place], base[place], weight[place]
                    for k in range(size):
                        total[k] += w * log(a + b * (x[k] - c))
            else:
                while e + 4 <= last:
                    x0 = matrix[leaf[e], first : first + size]
                    x1 = matrix[leaf[e + 1], first : first + size]
                    x2 = matrix[leaf[e + 2], first : first + size]
                    x3 = matrix[leaf[e + 3], first : first + size]
                    b0, b1, b2, b3 = slope[e], slope[e + 1], slope[e + 2], slope[e + 3]
                    c0, c1, c2, c3 = base[e], base[e + 1], base[e + 2], base[e + 3]
                    for k in range(size):
                        total[k] += ((b0 * (x0[k] - c0) + b1 * (x1[k] - c1)) + b2 * (x2[k] - c2)) + b3 * (x3[k] - c3)
                    e += 4
                for place in range(e, last):
                    x = matrix[leaf[place], first : first + size]
                    b, c = slope[place], base[place]
                    for k in range(size):
                        total[k] += b * (x[k] - c)
            for place in range(kid_at[node], kid_at[node + 1]):
                child = scratch[kid[place], :size]
                w = kid_weight[place]
                if geometric[node] == geometric[kid[place]]:
                    for k in range(size):
                        total[k] += w * child[k]
                elif geometric[node]:
                    for k in range(size):
                        total[k] += w * log(child[k])
                else:
                    for k in range(size):
                        total[k] += w * exp(child[k])
        root = scratch[nodes - 1, :size]
        result = out[first : first + size]
        if geometric[nodes - 1]:
            for k in range(size):
                result[k] = exp(root[k])
        else:
            result[:] = root
