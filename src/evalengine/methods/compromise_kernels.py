"""The passes over the matrix that give a number for each unit; those for each indicator are in `compromise_columns`.

All read the matrix as the caller has it, `(units, indicators)` in C or Fortran order: a transposed copy of
100,000 × 50 costs more (9 ms) than a pass (2 to 4 ms). Each layout has its own loops, and both add in the same order,
in the LANES partial sums of `row_kernels`, so they give the same bits. A matrix in rows is read row by row, one in
columns by blocks of ROWS units whose partial sums stay in the first cache.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evalengine.methods.arrays import Array
from evalengine.methods.instructions import LANES, ask
from evalengine.methods.kernel import kernel
from evalengine.methods.row_kernels import (
    AHEAD,
    either_sums,
    either_total,
    product_sums,
    product_total,
    squared_distances,
)

ROWS = 512  # units of a block of columns

Flags = NDArray[np.bool_]


def two_distances(X: Array, scale: Array, best: Array, worst: Array, to_best: Array, to_worst: Array) -> None:
    """Fill the distances `√Σ ((x − best)·scale)²` and `√Σ ((x − worst)·scale)²` of each unit."""
    if X.flags.c_contiguous:
        _distances_of_rows(X, _padded(scale, best, worst), to_best, to_worst)
    else:
        _distances_of_columns(X.T, scale, best, worst, to_best, to_worst)


def term_totals(X: Array, shift: Array, scale: Array, inverse: Flags, bias: Array, after: Array, totals: Array) -> None:
    """Fill the sum of the terms of each unit over the indicators.

    The term of a cell is `(x + shift)·scale + after`, or `scale/((x + shift) + bias) + after` where `inverse`. A term
    that is not finite always shows in the total.
    """
    if not X.flags.c_contiguous:
        _totals_of_columns(X.T, shift, scale, inverse, bias, after, totals)
    elif inverse.any():
        _either_totals_of_rows(X, _padded(shift, scale, after, bias, inverse), totals)
    else:
        _totals_of_rows(X, _padded(shift, scale, after), totals)


def term_sums(
    X: Array,
    shift: Array,
    scale: Array,
    inverse: Flags,
    bias: Array,
    after: Array,
    positive: Array,
    negative: Array,
    squares: Array,
    largest: Array,
) -> None:
    """Fill, for each unit, four reductions of its terms over the indicators.

    Terms as in `term_totals`. Reductions: the sum of the positive terms, the sum of the sizes of the negative ones,
    the sum of squares, and the largest size. A term that is not finite always shows in the squares.
    """
    if not X.flags.c_contiguous:
        _sums_of_columns(X.T, shift, scale, inverse, bias, after, positive, negative, squares, largest)
    elif inverse.any():
        _either_sums_of_rows(X, _padded(shift, scale, after, bias, inverse), positive, negative, squares, largest)
    else:
        _sums_of_rows(X, _padded(shift, scale, after), positive, negative, squares, largest)


def _padded(*constants: NDArray[np.generic]) -> Array:
    """Return the constants as rows of one matrix, 0 beyond the columns up to a multiple of LANES."""
    columns = constants[0].size
    given = np.zeros((len(constants), columns + -columns % LANES))
    for row, values in zip(given, constants, strict=True):
        row[:columns] = values
    return given


@kernel
def _row(X: Array, i: int) -> Array:  # pragma: no cover
    """Return a row, and ask for what comes later in memory."""
    row: Array = X[i]
    for k in range(0, row.shape[0], LANES):
        ask(row, k + AHEAD)
    return row


@kernel
def _distances_of_rows(X: Array, given: Array, to_best: Array, to_worst: Array) -> None:  # pragma: no cover
    for i in range(X.shape[0]):
        near, far = squared_distances(_row(X, i), given)
        to_best[i] = np.sqrt(near)
        to_worst[i] = np.sqrt(far)


@kernel
def _distances_of_columns(
    X: Array, scale: Array, best: Array, worst: Array, to_best: Array, to_worst: Array
) -> None:  # pragma: no cover
    columns, units = X.shape
    near, far = np.empty((LANES, ROWS)), np.empty((LANES, ROWS))
    for start in range(0, units, ROWS):
        count = min(ROWS, units - start)
        for lane in range(LANES):
            p, q = near[lane, :count], far[lane, :count]
            for k in range(count):
                p[k] = 0.0
                q[k] = 0.0
            for j in range(lane, columns - LANES, 2 * LANES):  # two at a time: half the fetching and storing of sums
                x, y = X[j, start : start + count], X[j + LANES, start : start + count]
                a, b, c = best[j], worst[j], scale[j]
                e, f, g = best[j + LANES], worst[j + LANES], scale[j + LANES]
                for k in range(count):
                    v, w = x[k], y[k]
                    p[k] = (p[k] + ((v - a) * c) * ((v - a) * c)) + ((w - e) * g) * ((w - e) * g)
                    q[k] = (q[k] + ((v - b) * c) * ((v - b) * c)) + ((w - f) * g) * ((w - f) * g)
            if (columns - lane + LANES - 1) // LANES % 2 == 1:
                j = columns - 1 - (columns - 1 - lane) % LANES
                x, a, b, c = X[j, start : start + count], best[j], worst[j], scale[j]
                for k in range(count):
                    v = x[k]
                    p[k] += ((v - a) * c) * ((v - a) * c)
                    q[k] += ((v - b) * c) * ((v - b) * c)
        _fold(near, to_best[start : start + count])
        _fold(far, to_worst[start : start + count])
        for k in range(start, start + count):
            to_best[k] = np.sqrt(to_best[k])
            to_worst[k] = np.sqrt(to_worst[k])


@kernel
def _fold(lanes: Array, out: Array) -> None:  # pragma: no cover
    """Write the sums of the lanes, added as `row_kernels` adds them."""
    a, b, c, d, e, f, g, h = lanes[0], lanes[1], lanes[2], lanes[3], lanes[4], lanes[5], lanes[6], lanes[7]
    for k in range(out.shape[0]):
        out[k] = ((a[k] + e[k]) + (c[k] + g[k])) + ((b[k] + f[k]) + (d[k] + h[k]))


@kernel
def _totals_of_rows(X: Array, given: Array, totals: Array) -> None:  # pragma: no cover
    for i in range(X.shape[0]):
        totals[i] = product_total(_row(X, i), given)[0]


@kernel
def _either_totals_of_rows(X: Array, given: Array, totals: Array) -> None:  # pragma: no cover
    for i in range(X.shape[0]):
        totals[i] = either_total(_row(X, i), given)[0]


@kernel
def _totals_of_columns(
    X: Array, shift: Array, scale: Array, inverse: Flags, bias: Array, after: Array, totals: Array
) -> None:  # pragma: no cover
    columns, units = X.shape
    sums = np.empty((LANES, ROWS))
    for start in range(0, units, ROWS):
        count = min(ROWS, units - start)
        for lane in range(LANES):
            total = sums[lane, :count]
            for k in range(count):
                total[k] = 0.0
            for j in range(lane, columns, LANES):
                x, a, b, c, d = X[j, start : start + count], shift[j], scale[j], bias[j], after[j]
                divided = inverse[j]
                for k in range(count):
                    shifted = x[k] + a
                    total[k] += (b / (shifted + c) if divided else shifted * b) + d
        _fold(sums, totals[start : start + count])


@kernel
def _sums_of_rows(
    X: Array, given: Array, positive: Array, negative: Array, squares: Array, largest: Array
) -> None:  # pragma: no cover
    for i in range(X.shape[0]):
        positive[i], negative[i], squares[i], largest[i] = product_sums(_row(X, i), given)


@kernel
def _either_sums_of_rows(
    X: Array, given: Array, positive: Array, negative: Array, squares: Array, largest: Array
) -> None:  # pragma: no cover
    for i in range(X.shape[0]):
        positive[i], negative[i], squares[i], largest[i] = either_sums(_row(X, i), given)


@kernel
def _sums_of_columns(
    X: Array,
    shift: Array,
    scale: Array,
    inverse: Flags,
    bias: Array,
    after: Array,
    positive: Array,
    negative: Array,
    squares: Array,
    largest: Array,
) -> None:  # pragma: no cover
    columns, units = X.shape
    above, below, powers = np.empty((LANES, ROWS)), np.empty((LANES, ROWS)), np.empty((LANES, ROWS))
    for start in range(0, units, ROWS):
        count = min(ROWS, units - start)
        top = largest[start : start + count]
        for k in range(count):
            top[k] = 0.0
        for lane in range(LANES):
            pos, neg, squ = above[lane, :count], below[lane, :count], powers[lane, :count]
            for k in range(count):
                pos[k], neg[k], squ[k] = 0.0, 0.0, 0.0
            for j in range(lane, columns, LANES):
                x, a, b, c, d = X[j, start : start + count], shift[j], scale[j], bias[j], after[j]
                divided = inverse[j]
                for k in range(count):
                    shifted = x[k] + a
                    value = (b / (shifted + c) if divided else shifted * b) + d
                    size = abs(value)
                    pos[k] += value if value > 0.0 else 0.0
                    neg[k] += -value if value < 0.0 else 0.0
                    squ[k] += value * value
                    top[k] = size if size > top[k] else top[k]
        _fold(above, positive[start : start + count])
        _fold(below, negative[start : start + count])
        _fold(powers, squares[start : start + count])
