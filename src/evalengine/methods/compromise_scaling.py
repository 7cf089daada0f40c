"""The normalisations the score-type methods share, folded with the weight and oriented so that more is better."""

from __future__ import annotations

import numpy as np

from evalengine.methods.arrays import Array
from evalengine.methods.compromise import BLOCK, Problem, require_divisor, require_positive
from evalengine.methods.compromise_kernels import column_statistics
from evalengine.methods.compromise_terms import Terms


def min_max(case: Problem) -> Terms:
    """Return `w·(x − worst)/(best − worst)`; a constant indicator counts as best, `w`, for every unit."""
    offset = float(case.weights[case.constant].sum())
    return Terms(case=case, shift=-case.worst, scale=case.per_range() * case.directions, offset=offset)


def regret(case: Problem) -> Terms:
    """Return `w·(best − x)/(best − worst)`, what is lost against the best; 0 for a constant indicator."""
    return Terms(case=case, shift=-case.best, scale=-case.per_range() * case.directions)


def linear(case: Problem) -> Terms:
    """Return `w·x/largest` for a benefit and `w·smallest/x` for a cost.

    Raises:
        MethodError: a benefit is negative or 0 throughout, or a cost is not positive.
    """
    require_positive(case, case.cost)
    require_positive(case, ~case.cost, or_zero=True)
    require_divisor(case, case.high, "column_best_not_positive")
    scale = np.where(case.cost, case.weights * case.low, case.weights / case.high)
    return Terms(case=case, shift=np.zeros_like(scale), scale=scale, inverse=case.cost)


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
    return Terms(case=case, shift=np.zeros_like(scale), scale=scale, inverse=case.cost)


def log_product(case: Problem) -> Terms:
    """Return `w·t·ln x`, t = +1 for a benefit, −1 for a cost.

    Raises:
        MethodError: a value is not positive.
    """
    require_positive(case)
    scale = case.weights * case.directions
    return Terms(case=case, shift=np.zeros_like(scale), scale=scale, logs=True)


def _inverse_totals(case: Problem) -> Array:
    """Return `Σ 1/x` of each cost."""
    sums = np.zeros(int(case.cost.sum()))
    low, high, total, squares = (np.empty_like(sums) for _ in range(4))
    for start in range(0, case.matrix.shape[0] if sums.size else 0, BLOCK):
        block = np.ascontiguousarray(case.matrix[start : start + BLOCK, case.cost])
        column_statistics(1.0 / block, low, high, total, squares)
        sums += total
    return sums
