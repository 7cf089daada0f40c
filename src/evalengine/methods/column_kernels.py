"""Compiled passes over an (indicators, units) matrix, shared by the data-driven weights.

Every sum runs in `LANES` explicit partial sums, which the compiler turns into vector instructions without changing
the order of any addition: the same bits on every processor.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evalengine.methods.arrays import Array
from evalengine.methods.composite_kernel import is_constant
from evalengine.methods.instructions import fma
from evalengine.methods.kernel import kernel
from evalengine.methods.vector_log import log_positive

LANES = 32
WAYS = 4  # numbers taken together before a partial sum is fetched and stored
BLOCK = 256  # units in which a position is looked for at once
STRETCH = 16_384  # units of which it is known whether the best is among them; a multiple of WAYS·LANES
STRIP = 1024  # units of one strip of `removal_effects`
CHAIN = 32  # factors multiplied before one logarithm is taken


@kernel
def fold(x: Array, low: Array, high: Array, total: Array) -> None:
    """Widen LANES minima and maxima by the numbers of x and add them to LANES sums."""
    full = x.size - x.size % (WAYS * LANES)
    for i in range(0, full, WAYS * LANES):
        part = x[i : i + WAYS * LANES]
        for k in range(LANES):
            a, b, c, d = part[k], part[k + LANES], part[k + 2 * LANES], part[k + 3 * LANES]
            total[k] += (a + b) + (c + d)
            v, w = (a if a < b else b), (c if c < d else d)
            v = v if v < w else w
            low[k] = v if v < low[k] else low[k]
            v, w = (a if a > b else b), (c if c > d else d)
            v = v if v > w else w
            high[k] = v if v > high[k] else high[k]
    for i in range(full, x.size, LANES):  # into lanes too: one sum would wait for each addition
        part = x[i : i + LANES]
        for k in range(part.size):
            v = part[k]
            total[k] += v
            low[k] = v if v < low[k] else low[k]
            high[k] = v if v > high[k] else high[k]


@kernel
def moments(X: Array, spread: bool, lowest: Array, highest: Array, mean: Array, squares: Array) -> int:  # noqa: FBT001 - kernels have no names
    """Fill lowest, highest, mean and, if `spread`, the sum of squared deviations of each row in units of its range.

    A NaN or an infinity ends in the mean. Dividing by the range keeps columns of 1e±200 from over- or underflowing;
    a constant row has 0. The second pass over a row finds it in the cache.

    Returns:
        0 if every row varies beyond noise and its results are finite, which is the rule; the caller then has nothing
        to check.
    """
    units = X.shape[1]
    full = units - units % (WAYS * LANES)
    odd = 0
    low, high, total = np.empty(LANES), np.empty(LANES), np.empty(LANES)
    for j in range(X.shape[0]):
        x = X[j]
        low[:] = np.inf
        high[:] = -np.inf
        total[:] = 0.0
        fold(x, low, high, total)
        lowest[j] = low.min()
        highest[j] = high.max()
        centre = total.sum() / units
        mean[j] = centre
        ordinary = np.isfinite(centre) and np.isfinite(highest[j] - lowest[j])
        odd += 0 if ordinary and not is_constant(lowest[j], highest[j]) else 1
        if not spread:
            continue
        scale = 1.0 / (highest[j] - lowest[j]) if highest[j] > lowest[j] else 0.0
        total[:] = 0.0
        for i in range(0, full, WAYS * LANES):
            part = x[i : i + WAYS * LANES]
            for k in range(LANES):
                a, b = (part[k] - centre) * scale, (part[k + LANES] - centre) * scale
                c, d = (part[k + 2 * LANES] - centre) * scale, (part[k + 3 * LANES] - centre) * scale
                total[k] += (a * a + b * b) + (c * c + d * d)
        for i in range(full, units, LANES):
            part = x[i : i + LANES]
            for k in range(part.size):
                d = (part[k] - centre) * scale
                total[k] += d * d
        squares[j] = total.sum()
        odd += 0 if np.isfinite(squares[j]) else 1
    return odd


@kernel
def first_position(x: Array, value: float, start: int) -> int:
    """Return the first position from `start` on that holds `value`, which is there."""
    i = start
    for first in range(start, x.size - BLOCK, BLOCK):  # a block's hits are vector code, a search that may stop is not
        part = x[first : first + BLOCK]
        found = 0
        for k in range(BLOCK):
            found |= 1 if part[k] == value else 0
        if found:
            break
        i = first + BLOCK
    while x[i] != value:
        i += 1
    return i


@kernel
def fold_entropy(
    x: Array, low: Array, high: Array, bend: Array, excess: Array, origin: float, factor: float, start: float
) -> None:
    """Fold x into LANES minima, maxima, sums of q ln q − (q − 1) and sums of q − 1, q = (x − origin)·factor + start."""
    full = x.size - x.size % (WAYS * LANES)
    for i in range(0, full, WAYS * LANES):
        part = x[i : i + WAYS * LANES]
        for k in range(LANES):
            a, b, c, d = part[k], part[k + LANES], part[k + 2 * LANES], part[k + 3 * LANES]
            v, w = (a if a < b else b), (c if c < d else d)
            v = v if v < w else w
            low[k] = v if v < low[k] else low[k]
            v, w = (a if a > b else b), (c if c > d else d)
            v = v if v > w else w
            high[k] = v if v > high[k] else high[k]
            a, b = fma(a - origin, factor, start), fma(b - origin, factor, start)
            c, d = fma(c - origin, factor, start), fma(d - origin, factor, start)
            e, f, g, h = a - 1.0, b - 1.0, c - 1.0, d - 1.0
            excess[k] += (e + f) + (g + h)
            a, b = fma(a, log_positive(a), -e), fma(b, log_positive(b), -f)
            c, d = fma(c, log_positive(c), -g), fma(d, log_positive(d), -h)
            bend[k] += (a + b) + (c + d)
    for i in range(full, x.size, LANES):
        part = x[i : i + LANES]
        for k in range(part.size):
            v = part[k]
            low[k] = v if v < low[k] else low[k]
            high[k] = v if v > high[k] else high[k]
            q = fma(v - origin, factor, start)
            e = q - 1.0
            excess[k] += e
            bend[k] += fma(q, log_positive(q), -e)


@kernel
def entropy_sums(X: Array, maps: Array, bounds: Array, sums: Array, signs: Array, positions: NDArray[np.int64]) -> None:
    """Fill the sums of q ln q − (q − 1) and of q − 1, and the bounds of x, for each row.

    q = (x − offset)·scale + shift; the rows of `maps` are offset, scale and shift. Both sums are small where q is
    near 1, so that the divergence of a nearly uniform column keeps its digits. The bounds are the lowest and the
    highest x; a NaN or an infinity ends in the second sum. Where `positions` is not empty the first position of the
    best x is filled too, the highest where its sign is +1, or −1 in a row with NaN or infinity.
    """
    low, high, bend, excess = np.empty(LANES), np.empty(LANES), np.empty(LANES), np.empty(LANES)
    for j in range(X.shape[0]):
        x = X[j]
        lowest, highest, at = np.inf, -np.inf, 0
        bend[:] = 0.0
        excess[:] = 0.0
        for first in range(0, x.size, STRETCH):
            low[:] = np.inf
            high[:] = -np.inf
            part = x[first : first + STRETCH]
            fold_entropy(part, low, high, bend, excess, maps[0, j], maps[1, j], maps[2, j])
            least, most = low.min(), high.max()
            at = first if (most > highest if signs[j] > 0.0 else least < lowest) else at
            lowest, highest = min(lowest, least), max(highest, most)
        bounds[0, j], bounds[1, j] = lowest, highest
        sums[0, j], sums[1, j] = bend.sum(), excess.sum()
        if positions.size:
            positions[j] = -1
            if np.isfinite(sums[1, j]):
                positions[j] = first_position(x, highest if signs[j] > 0.0 else lowest, at)


@kernel
def extremes(X: Array, signs: Array, lowest: Array, highest: Array, mean: Array, positions: NDArray[np.int64]) -> int:
    """Fill lowest, highest, mean and the first position of the best of each row: the highest where its sign is +1.

    A row with NaN or infinity has no best: its mean tells, its position is −1. Returns what `moments` returns.
    """
    low, high, total = np.empty(LANES), np.empty(LANES), np.empty(LANES)
    odd = 0
    for j in range(X.shape[0]):
        x = X[j]
        lowest[j], highest[j], at = np.inf, -np.inf, 0
        total[:] = 0.0
        for first in range(0, x.size, STRETCH):
            low[:] = np.inf
            high[:] = -np.inf
            fold(x[first : first + STRETCH], low, high, total)
            least, most = low.min(), high.max()
            at = first if (most > highest[j] if signs[j] > 0.0 else least < lowest[j]) else at
            lowest[j], highest[j] = min(lowest[j], least), max(highest[j], most)
        mean[j] = total.sum() / x.size
        positions[j] = -1
        if np.isfinite(mean[j]):
            positions[j] = first_position(x, highest[j] if signs[j] > 0.0 else lowest[j], at)
        ordinary = np.isfinite(mean[j]) and np.isfinite(highest[j] - lowest[j])
        odd += 0 if ordinary and not is_constant(lowest[j], highest[j]) else 1
    return odd


@kernel
def removal_effects(X: Array, scale: Array, effects: Array) -> None:
    """Fill Σ_i abs(ln(1 − a_ij/(n + Σ_j a_ij))) for each row j of n, where a = abs(ln(x·scale)): MEREC's effects.

    The factors 1 − a/(n + Σa) lie in (1/1500, 1], so CHAIN of them are multiplied before their logarithm is taken.
    """
    rows, units = X.shape
    logs = np.empty((rows, STRIP))
    total = np.empty(STRIP)
    product = np.empty(STRIP // CHAIN)
    effects[:] = 0.0
    for begin in range(0, units, STRIP):
        width = min(STRIP, units - begin)
        total[:] = rows
        for j in range(rows):
            x = X[j, begin : begin + width]
            a, s = logs[j], scale[j]
            for i in range(width):
                a[i] = abs(log_positive(x[i] * s))
                total[i] += a[i]
            for i in range(width, STRIP):
                a[i] = 0.0
        for i in range(STRIP):
            total[i] = 1.0 / total[i]
        for j in range(rows):
            a = logs[j]
            product[:] = 1.0
            for i in range(0, STRIP, product.size):
                for k in range(product.size):
                    product[k] *= fma(-a[i + k], total[i + k], 1.0)
            for k in range(product.size):
                effects[j] -= log_positive(product[k])


@kernel
def rank_sums(X: Array, mean: Array, sums: Array) -> None:
    """Fill Σ_i (2i − N − 1)(x_(i)/mean − 1), i from 1, for each sorted row: N² times its Gini coefficient."""
    units = X.shape[1]
    full = units - units % LANES
    total = np.empty(LANES)
    for j in range(X.shape[0]):
        x = X[j]
        c = mean[j]
        s = 1.0 / c
        total[:] = 0.0
        for i in range(0, full, LANES):
            start = 2.0 * i + 1.0 - units
            for k in range(LANES):
                total[k] += (start + 2.0 * k) * ((x[i + k] - c) * s)
        for i in range(full, units):
            total[0] += (2.0 * i + 1.0 - units) * ((x[i] - c) * s)
        sums[j] = total.sum()


@kernel
def values_at(X: Array, rows: NDArray[np.int64], positions: NDArray[np.int64], values: Array) -> None:
    """Fill values_ik = X[rows_k, positions_i]: far apart in memory, fetched here without one waiting for another."""
    for k in range(rows.size):
        x = X[rows[k]]
        for i in range(positions.size):
            values[i, k] = x[positions[i]]
