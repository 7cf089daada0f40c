"""The normalisations the score-type methods share, folded with the weight into one term per cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evalengine.methods.arrays import Array
from evalengine.methods.compromise import (
    BLOCK,
    Problem,
    Sums,
    reduce_terms,
    require_divisor,
    require_positive,
)
from evalengine.methods.compromise_kernels import column_statistics


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """Weighted normalised values, oriented so that more is better, as `(x + shift)·scale` or `scale/(x + shift)`.

    Attributes:
        case: the problem.
        shift: (indicators,).
        scale: (indicators,), holds the weight.
        inverse: which indicators use the second form.
        offset: what the constant indicators add to every unit.
    """

    case: Problem
    shift: Array
    scale: Array
    inverse: NDArray[np.bool_]
    offset: float = 0.0

    def reduce(self) -> Sums:
        """Return the reductions of the terms over the indicators, without `offset`."""
        return reduce_terms(self.case, self.shift, self.scale, inverse=self.inverse)

    def total(self) -> Array:
        """Return the sum of the terms of each unit; no term is negative."""
        return self.reduce().positive + self.offset

    def of(self, row: Array) -> Array:
        """Return the terms of one row of raw values."""
        shifted = row + self.shift
        return np.where(self.inverse, self.scale / np.where(self.inverse, shifted, 1.0), shifted * self.scale)


def min_max(case: Problem) -> Terms:
    """Return `w·(x − worst)/(best − worst)`; a constant indicator counts as best, `w`, for every unit."""
    scale = case.per_range() * case.directions
    none = np.zeros(scale.size, dtype=np.bool_)
    return Terms(case, -case.worst, scale, none, float(case.weights[case.constant].sum()))


def regret(case: Problem) -> Terms:
    """Return `w·(best − x)/(best − worst)`, what is lost against the best; 0 for a constant indicator."""
    scale = -case.per_range() * case.directions
    return Terms(case, -case.best, scale, np.zeros(scale.size, dtype=np.bool_))


def linear(case: Problem) -> Terms:
    """Return `w·x/largest` for a benefit and `w·smallest/x` for a cost.

    Raises:
        MethodError: a benefit is negative or 0 throughout, or a cost is not positive.
    """
    require_positive(case, case.cost)
    require_positive(case, ~case.cost, or_zero=True)
    require_divisor(case, case.high, "column_best_not_positive")
    scale = np.where(case.cost, case.weights * case.low, case.weights / case.high)
    return Terms(case, np.zeros_like(scale), scale, case.cost)


def share(case: Problem, extra: Array | None = None) -> Terms:
    """Return `w·x/Σx` for a benefit and `w·(1/x)/Σ(1/x)` for a cost; `extra` is one more row in the sums.

    Raises:
        MethodError: a benefit is negative or 0 throughout, or a cost is not positive.
    """
    require_positive(case, case.cost)
    require_positive(case, ~case.cost, or_zero=True)
    total = case.total.copy()
    total[case.cost] = _inverse_totals(case)
    if extra is not None:
        total += np.where(case.cost, 1.0 / np.where(case.cost, extra, 1.0), extra)
    scale = case.weights / require_divisor(case, total, "column_sum_not_positive")
    return Terms(case, np.zeros_like(scale), scale, case.cost)


def _inverse_totals(case: Problem) -> Array:
    """Return `Σ 1/x` of each cost."""
    sums = np.zeros(int(case.cost.sum()))
    low, high, total, squares = (np.empty_like(sums) for _ in range(4))
    for start in range(0, case.matrix.shape[0] if sums.size else 0, BLOCK):
        block = np.ascontiguousarray(case.matrix[start : start + BLOCK, case.cost])
        column_statistics(1.0 / block, low, high, total, squares)
        sums += total
    return sums
