"""Aggregation that looks at the whole profile of a unit: imbalance is penalised, interaction rewarded or charged."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.aggregation import NanRule, entries, weighted_mean, within
from evalengine.methods.arrays import Array, as_matrix, as_weights, column_name
from evalengine.methods.checks import check_choice
from evalengine.methods.registry import Behaviour, register

_SLACK = 1e-12  # rounding allowed in the conditions on the interactions


def _refuse_overflow(result: Array, method: str) -> Array:
    bad = ~np.isfinite(result)
    if bad.any():
        raise MethodError("unit_overflow", method=method, unit=int(np.argmax(bad)) + 1)
    return result


@register(
    "aggregation",
    formula="S = M -/+ M cv^2, cv = sqrt(sum(w (x - M)^2) / sum(w)) / M, M = weighted mean of the unit",
    source="M. Mazziotta, A. Pareto, Social Indicators Research 127, 2016: MPI- and MPI+ on scores of mean 100, sd 10",
    complexity="O(N M)",
    relative=False,
    behaviour=Behaviour(
        nan="raise (default), or skip: the entry leaves together with its weight",
        ties="equal rows tie",
        constant="no effect",
        zeros="any value; a unit with a mean of 0 or less raises",
        negatives="any value; a unit with a mean of 0 or less raises",
    ),
)
def mazziotta_pareto(
    scores: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    penalty: Literal["subtract", "add"] = "subtract",
    nan: NanRule = "raise",
    columns: Sequence[str] | None = None,
) -> Array:
    """Mazziotta–Pareto index: the arithmetic mean less a penalty for imbalance between the indicators.

    Args:
        scores: (units, indicators), normalised; the authors use a z-score with mean 100 and standard deviation 10.
        weights: as for `arithmetic`; the original has equal weights.
        penalty: `subtract` where more = better (MPI−), `add` where more = worse, such as a poverty index (MPI+).
        nan: as for `arithmetic`.
        columns: names of the indicators for messages.

    Returns:
        (units,), in the unit of the scores; may lie outside the range of the unit's scores.

    Raises:
        MethodError: a unit's mean is not above 0, so that its coefficient of variation has no meaning; the penalty
            leaves double precision; or as for `arithmetic`.
    """
    check_choice(penalty, ("subtract", "add"), method="mazziotta_pareto", name="penalty")
    given = entries(scores, weights, method="mazziotta_pareto", nan=nan, columns=columns)
    with np.errstate(over="ignore", invalid="ignore"):
        mean = within(weighted_mean(given.values, given.weights), given.values)
        if (mean <= 0).any():
            unit = int(np.argmax(mean <= 0))
            raise MethodError("mean_not_positive", method="mazziotta_pareto", unit=unit + 1, value=float(mean[unit]))
        squared_cv = weighted_mean((given.values / mean - 1.0) ** 2, given.weights)
        result = mean * (1.0 - squared_cv if penalty == "subtract" else 1.0 + squared_cv)
    return _refuse_overflow(result, "mazziotta_pareto")


@register(
    "aggregation",
    formula="S = sum(w_i x_i) - 1/2 sum_{i<j} I_ij |x_i - x_j|, w = Shapley values, sum(w) = 1",
    source="M. Grabisch, k-order additive discrete fuzzy measures, Fuzzy Sets and Systems 92, 1997",
    complexity="O(N M^2)",
    relative=False,
    behaviour=Behaviour(nan="raises", ties="equal rows tie", constant="no effect", zeros="any", negatives="any"),
)
def choquet(
    scores: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    interactions: ArrayLike,
    columns: Sequence[str] | None = None,
) -> Array:
    """Choquet integral of a 2-additive capacity: indicators may complement or overlap one another.

    Args:
        scores: (units, indicators) on one scale, more = better.
        weights: the Shapley values: importance of each indicator, at least 0, rescaled to sum 1; equal if None.
        interactions: (indicators, indicators), symmetric, diagonal 0: above 0 both are needed (complements), below 0
            either will do (overlap), 0 everywhere is the arithmetic mean.
        columns: names of the indicators for messages.

    Returns:
        (units,), in the unit of the scores, between the unit's lowest and highest score.

    Raises:
        MethodError: interactions are not symmetric, or so strong that a better value could lower the score
            (w_i < ½ Σ_j |I_ij|), or the arguments are at fault.
    """
    matrix = as_matrix(scores, method="choquet", columns=columns)
    count = matrix.shape[1]
    importance = as_weights(weights, count, method="choquet")
    pairs = as_matrix(interactions, method="choquet")
    if pairs.shape != (count, count):
        raise MethodError(
            "wrong_length", method="choquet", what="interactions", length=str(pairs.shape), expected=str((count, count))
        )
    if np.abs(pairs - pairs.T).max() > _SLACK or np.diag(pairs).any():
        raise MethodError("not_symmetric", method="choquet")
    short = importance - 0.5 * np.abs(pairs).sum(axis=1) < -_SLACK
    if short.any():
        raise MethodError("not_monotone", method="choquet", column=column_name(columns, int(np.argmax(short))))
    values = np.ascontiguousarray(matrix.T)
    with np.errstate(over="ignore", invalid="ignore"):
        result = weighted_mean(values, importance)
        for i, j in combinations(range(count), 2):
            if pairs[i, j] != 0:
                result -= 0.5 * pairs[i, j] * np.abs(values[i] - values[j])
    return within(_refuse_overflow(result, "choquet"), values)
