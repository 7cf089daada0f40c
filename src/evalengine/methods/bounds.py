"""Smallest and largest shares for any weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_vector, column_name
from evalengine.methods.registry import Behaviour, register
from evalengine.methods.weighting import Weights, as_shares

SUM_TOLERANCE = 1e-12
TINY = 1e-280  # a smaller weight counts as 0: no factor in double precision would lift it


@dataclass(frozen=True, slots=True, eq=False)
class BoundedWeights(Weights):
    """Weights inside their bounds.

    Attributes:
        raised: whether the weight was lifted to its smallest share, shape (indicators,).
        lowered: whether the weight was cut to its largest share, shape (indicators,).
        factor: what the weights inside their bounds were multiplied by.
    """

    raised: NDArray[np.bool_]
    lowered: NDArray[np.bool_]
    factor: float


@register(
    "weighting",
    formula="v_j = min(max(λ w_j, lower_j), upper_j) with the λ for which Σ v = 1",
    source="minimum relative entropy of v to w subject to the bounds (its optimality conditions)",
    complexity="O(M²)",
    behaviour=Behaviour(
        nan="raises",
        ties="equal weights with equal bounds stay equal",
        constant="no data involved",
        zeros="a weight of 0 stays 0 or is lifted to its smallest share",
        negatives="raises",
    ),
    relative=False,
)
def bounded(
    weights: ArrayLike,
    *,
    lowest: ArrayLike | float = 0.0,
    highest: ArrayLike | float = 1.0,
    columns: Sequence[str] | None = None,
) -> BoundedWeights:
    """Weights kept between a smallest and a largest share, the others rescaled so that the sum stays one.

    Clipping and dividing by the sum would break the bounds again. Here the weights inside the bounds keep their
    proportions; of all weights that obey the bounds these are the nearest in relative entropy.

    Args:
        weights: shape (indicators,), at least 0, any sum.
        lowest: smallest share of each indicator, or one for all.
        highest: largest share of each indicator, or one for all.
        columns: names of the indicators for messages.

    Raises:
        MethodError: wrong weights, a smallest share above the largest, or bounds that no weights summing to one obey.
    """
    method = "bounded"
    given = as_shares(weights, method=method, what="weights")
    low = _shares(lowest, given.size, "lowest")
    high = _shares(highest, given.size, "highest")
    if (low > high).any():
        at = int(np.argmax(low > high))
        name = column_name(columns, at)
        raise MethodError("bounds_crossed", method=method, column=name, lowest=float(low[at]), highest=float(high[at]))
    reachable = np.where(given > TINY, high, low).sum()
    if low.sum() > 1.0 + SUM_TOLERANCE or reachable < 1.0 - SUM_TOLERANCE:
        raise MethodError("bounds_impossible", method=method, least=float(low.sum()), most=float(reachable))
    factor = _factor(given, low, high)
    result = np.clip(factor * given, low, high)
    return BoundedWeights(result, (result == low) & (low > factor * given), result < factor * given, factor)


def _shares(value: ArrayLike | float, length: int, what: str) -> Array:
    if np.ndim(value) == 0:
        value = np.full(length, value)
    shares = as_vector(value, method="bounded", what=what, length=length)
    if ((shares < 0.0) | (shares > 1.0)).any():
        at = int(np.argmax((shares < 0.0) | (shares > 1.0)))
        raise MethodError("weights_range", method="bounded", option=what, value=str(shares[at]), lowest=0, highest=1)
    return shares


def _factor(weights: Array, low: Array, high: Array) -> float:
    """Return λ: Σ clip(λ w, low, high) grows piecewise linearly in λ, so find the piece that crosses one."""
    positive = weights > TINY
    ends = np.concatenate([low[positive] / weights[positive], high[positive] / weights[positive]])
    breaks = np.unique(np.append(ends, 0.0))
    totals = np.array([np.clip(at * weights, low, high).sum() for at in breaks])
    piece = int(np.searchsorted(totals, 1.0, side="left"))
    if piece == 0:
        return float(breaks[0])
    if piece == breaks.size:
        return float(breaks[-1])
    middle = (breaks[piece - 1] + breaks[piece]) / 2.0
    free = positive & (middle * weights > low) & (middle * weights < high)
    fixed = np.clip(middle * weights, low, high)[~free].sum()
    return float((1.0 - fixed) / weights[free].sum()) if free.any() else float(breaks[piece])
