"""The normalisations the score-type methods share, folded with the weight and oriented so that more is better."""

from __future__ import annotations

import numpy as np

from evalengine.methods.arrays import Array
from evalengine.methods.compromise import Problem, require_divisor, require_positive
from evalengine.methods.compromise_columns import inverse_totals
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
    total = np.where(case.cost, inverse_totals(case.matrix, case.cost), case.total) if case.cost.any() else case.total
    if extra is not None:
        total = total + np.where(case.cost, 1.0 / np.where(case.cost, extra, 1.0), extra)
    scale = case.weights / require_divisor(case, total, "column_sum_not_positive")
    return Terms(case=case, shift=np.zeros_like(scale), scale=scale, inverse=case.cost)


def signed_share(case: Problem) -> Terms:
    """Return `t·w·x/Σx`, t = +1 for a benefit, −1 for a cost, so that benefits and costs add up apart.

    Raises:
        MethodError: a value is negative, or all of an indicator are 0.
    """
    require_positive(case, or_zero=True)
    scale = case.directions * case.weights / require_divisor(case, case.total, "column_sum_not_positive")
    return Terms(case=case, shift=np.zeros_like(scale), scale=scale)


def log_product(case: Problem) -> Terms:
    """Return `w·t·ln(x/best)`, t = +1 for a benefit, −1 for a cost; `log_of_best` makes it the logarithm of Π x^(w·t).

    Their sum does not depend on the units of measurement, so ties are judged by it.

    Raises:
        MethodError: a value is not positive.
    """
    require_positive(case)
    return Terms(case=case, shift=-np.log(case.best), scale=case.weights * case.directions, logs=True)


def log_of_best(case: Problem) -> float:
    """Return `Σ w·t·ln best`, the logarithm of the product of the best values."""
    return float((case.weights * case.directions * np.log(case.best)).sum())
