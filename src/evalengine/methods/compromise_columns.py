"""The passes over the matrix that give a number for each indicator.

As in `compromise_kernels` both layouts are read as they lie in memory and give the same bits: a column is added in
WAYS partial sums, of which the k-th takes the units GROUP·k to GROUP·k + GROUP − 1 of every GROUP·WAYS, pairs first.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from evalengine.methods.arrays import Array
from evalengine.methods.instructions import LANES, ask
from evalengine.methods.kernel import kernel
from evalengine.methods.row_kernels import AHEAD

GROUP = 4  # units added at once: with one, fetching and storing the sums costs more than the arithmetic
WAYS = 16  # partial sums of a column; with 8 the compiler does not vectorise
CHAIN = 250  # products of GROUP factors up to 2 that stay below the largest number


def column_statistics(X: Array, low: Array, high: Array, total: Array, squares: Array) -> None:
    """Fill minimum, maximum, sum and sum of squares of each column.

    A NaN or infinity always shows in `squares`; `low` and `high` may miss it.
    """
    if X.flags.c_contiguous:
        _statistics_of_rows(X, low, high, total, squares)
    else:
        _statistics_of_columns(X.T, low, high, total, squares)


def inverse_totals(X: Array, where: NDArray[np.bool_]) -> Array:
    """Return `Σ 1/x` of the columns `where`; what the others hold is no result."""
    totals = np.zeros(X.shape[1])
    if X.flags.c_contiguous:
        _inverses_of_rows(X, totals)
    else:
        _inverses_of_columns(X.T, where, totals)
    return totals


def log_totals(X: Array, worst: Array, scale: Array) -> Array:
    """Return `Σ ln(1 + (x − worst)·scale)` of each column, where the products lie between 0 and 1.

    Up to GROUP·CHAIN factors are multiplied before a logarithm is taken.
    """
    totals = np.zeros(X.shape[1])
    if X.flags.c_contiguous:
        _logarithms_of_rows(X, worst, scale, totals)
    else:
        _logarithms_of_columns(X.T, worst, scale, totals)
    return totals


@kernel
def _statistics_of_rows(X: Array, low: Array, high: Array, total: Array, squares: Array) -> None:  # pragma: no cover
    units, columns = X.shape
    sums, powers = np.zeros((WAYS, columns)), np.zeros((WAYS, columns))
    for j in range(columns):
        low[j], high[j] = np.inf, -np.inf
    whole = units - units % GROUP
    for i in range(0, whole, GROUP):
        first, second, third, fourth = X[i], X[i + 1], X[i + 2], X[i + 3]
        for k in range(0, GROUP * columns, LANES):
            ask(first, k + AHEAD)
        s, q = sums[(i // GROUP) % WAYS], powers[(i // GROUP) % WAYS]
        for j in range(columns):
            a, b, c, d = first[j], second[j], third[j], fourth[j]
            s[j] += (a + b) + (c + d)
            q[j] += (a * a + b * b) + (c * c + d * d)
            low[j] = min(low[j], a, b, c, d)
            high[j] = max(high[j], a, b, c, d)
    for j in range(columns):
        low[j], high[j], total[j], squares[j] = _finished(X[:, j], whole, sums[:, j], powers[:, j], low[j], high[j])


@kernel
def _statistics_of_columns(X: Array, low: Array, high: Array, total: Array, squares: Array) -> None:  # pragma: no cover
    columns, units = X.shape
    s, q, least, most = np.empty(WAYS), np.empty(WAYS), np.empty(WAYS), np.empty(WAYS)
    whole = units - units % (GROUP * WAYS)
    for j in range(columns):
        x = X[j]
        for k in range(WAYS):
            s[k], q[k], least[k], most[k] = 0.0, 0.0, np.inf, -np.inf
        for i in range(0, whole, GROUP * WAYS):
            part = x[i : i + GROUP * WAYS]
            for k in range(WAYS):
                a, b, c, d = part[GROUP * k], part[GROUP * k + 1], part[GROUP * k + 2], part[GROUP * k + 3]
                s[k] += (a + b) + (c + d)
                q[k] += (a * a + b * b) + (c * c + d * d)
                least[k] = min(least[k], a, b, c, d)
                most[k] = max(most[k], a, b, c, d)
        low[j], high[j], total[j], squares[j] = _finished(x, whole, s, q, least.min(), most.max())


@kernel
def _finished(
    x: Array, whole: int, sums: Array, powers: Array, low: float, high: float
) -> tuple[float, float, float, float]:  # pragma: no cover
    """Return the statistics of a column from its partial ones and its units from `whole` on."""
    units = x.shape[0]
    for i in range(whole, units, GROUP):
        a = x[i]
        b = x[i + 1] if i + 1 < units else 0.0
        c = x[i + 2] if i + 2 < units else 0.0
        d = x[i + 3] if i + 3 < units else 0.0
        k = (i // GROUP) % WAYS
        sums[k] += (a + b) + (c + d)
        powers[k] += (a * a + b * b) + (c * c + d * d)
    for i in range(whole, units):
        low, high = min(low, x[i]), max(high, x[i])
    total, squares = 0.0, 0.0
    for k in range(WAYS):
        total += sums[k]
        squares += powers[k]
    return low + 0.0, high + 0.0, total, squares  # -0 and 0 are one number, whichever came first


@kernel
def _inverses_of_rows(X: Array, totals: Array) -> None:  # pragma: no cover
    units, columns = X.shape
    sums = np.zeros((WAYS, columns))
    whole = units - units % (GROUP * WAYS)
    for i in range(0, whole, GROUP):
        first, second, third, fourth = X[i], X[i + 1], X[i + 2], X[i + 3]
        for k in range(0, GROUP * columns, LANES):
            ask(first, k + AHEAD)
        s = sums[(i // GROUP) % WAYS]
        for j in range(columns):
            s[j] += (1.0 / first[j] + 1.0 / second[j]) + (1.0 / third[j] + 1.0 / fourth[j])
    for j in range(columns):
        for k in range(WAYS):
            totals[j] += sums[k, j]
        for i in range(whole, units):
            totals[j] += 1.0 / X[i, j]


@kernel
def _inverses_of_columns(X: Array, where: NDArray[np.bool_], totals: Array) -> None:  # pragma: no cover
    columns, units = X.shape
    s = np.empty(WAYS)
    whole = units - units % (GROUP * WAYS)
    for j in range(columns):
        if not where[j]:
            continue
        x = X[j]
        for k in range(WAYS):
            s[k] = 0.0
        for i in range(0, whole, GROUP * WAYS):
            part = x[i : i + GROUP * WAYS]
            for k in range(WAYS):
                a, b, c, d = part[GROUP * k], part[GROUP * k + 1], part[GROUP * k + 2], part[GROUP * k + 3]
                s[k] += (1.0 / a + 1.0 / b) + (1.0 / c + 1.0 / d)
        for k in range(WAYS):
            totals[j] += s[k]
        for i in range(whole, units):
            totals[j] += 1.0 / x[i]


@kernel
def _logarithms_of_rows(X: Array, worst: Array, scale: Array, totals: Array) -> None:  # pragma: no cover
    units, columns = X.shape
    products = np.ones((WAYS, columns))
    whole = units - units % (GROUP * WAYS)
    for start in range(0, whole, CHAIN * GROUP * WAYS):
        for i in range(start, min(whole, start + CHAIN * GROUP * WAYS), GROUP):
            first, second, third, fourth = X[i], X[i + 1], X[i + 2], X[i + 3]
            for k in range(0, GROUP * columns, LANES):
                ask(first, k + AHEAD)
            p = products[(i // GROUP) % WAYS]
            for j in range(columns):
                w, f = worst[j], scale[j]
                a, b = (first[j] - w) * f + 1.0, (second[j] - w) * f + 1.0
                c, d = (third[j] - w) * f + 1.0, (fourth[j] - w) * f + 1.0
                p[j] *= (a * b) * (c * d)
        for j in range(columns):
            for k in range(WAYS):
                totals[j] += math.log(products[k, j])
                products[k, j] = 1.0
    for j in range(columns):
        rest = 1.0
        for i in range(whole, units):
            rest *= (X[i, j] - worst[j]) * scale[j] + 1.0
        totals[j] += math.log(rest)


@kernel
def _logarithms_of_columns(X: Array, worst: Array, scale: Array, totals: Array) -> None:  # pragma: no cover
    columns, units = X.shape
    p = np.empty(WAYS)
    whole = units - units % (GROUP * WAYS)
    for j in range(columns):
        x, w, f = X[j], worst[j], scale[j]
        for start in range(0, whole, CHAIN * GROUP * WAYS):
            for k in range(WAYS):
                p[k] = 1.0
            for i in range(start, min(whole, start + CHAIN * GROUP * WAYS), GROUP * WAYS):
                part = x[i : i + GROUP * WAYS]
                for k in range(WAYS):
                    a, b = (part[GROUP * k] - w) * f + 1.0, (part[GROUP * k + 1] - w) * f + 1.0
                    c, d = (part[GROUP * k + 2] - w) * f + 1.0, (part[GROUP * k + 3] - w) * f + 1.0
                    p[k] *= (a * b) * (c * d)
            for k in range(WAYS):
                totals[j] += math.log(p[k])
        rest = 1.0
        for i in range(whole, units):
            rest *= (x[i] - w) * f + 1.0
        totals[j] += math.log(rest)
