"""Aggregation by order: what decides is a value's place among the unit's values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.aggregation import Entries, NanRule, entries, weighted_mean, within
from evalengine.methods.arrays import Array, as_weights
from evalengine.methods.checks import check_choice
from evalengine.methods.registry import Behaviour, register

_HALF = 0.5
_SAME = 1e-12  # shares of weight closer than this are the same share
_ANY = "any value"
_NAN = "raise (default), or skip: the entry leaves together with its weight; a unit without any entry raises"


def _refuse_unequal(given: Entries, method: str) -> None:
    if np.ptp(given.weights) > _SAME:
        raise MethodError("weights_not_used", method=method)


@register(
    "aggregation",
    formula="S = sum(v_k x_(k)), x_(1) >= x_(2) >= ... sorted, sum(v) = 1",
    source="R. Yager, On ordered weighted averaging aggregation operators, IEEE Trans. SMC 18, 1988",
    complexity="O(N M log M)",
    relative=False,
    behaviour=Behaviour(nan="raises", ties="equal rows tie", constant="no effect", zeros=_ANY, negatives=_ANY),
)
def owa(
    scores: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    order_weights: ArrayLike,
    columns: Sequence[str] | None = None,
) -> Array:
    """Ordered weighted average: weights belong to places, the best value first, not to indicators.

    Args:
        scores: (units, indicators), more = better.
        weights: None or equal; a weight of 0 leaves the indicator out. Unequal weights raise: they would not count.
        order_weights: one for each place among the indicators that take part, at least 0, rescaled to sum 1;
            (1, 0, …) is the maximum, (…, 0, 1) the minimum, equal ones the arithmetic mean.
        columns: names of the indicators for messages.

    Returns:
        (units,), in the unit of the scores.

    Raises:
        MethodError: weights are unequal, order weights have the wrong length, or the arguments are at fault.
    """
    given = entries(scores, weights, method="owa", nan="raise", columns=columns)
    _refuse_unequal(given, "owa")
    places = as_weights(order_weights, given.values.shape[0], method="owa")
    if not places.any():  # their sum left double precision
        raise MethodError("zero_weights", method="owa")
    with np.errstate(over="ignore"):
        return within(weighted_mean(np.sort(given.values, axis=0)[::-1], places), given.values)


@register(
    "aggregation",
    formula="S = middle value; mean of the two middle values if the count is even",
    source=("J. Tukey, Exploratory Data Analysis, 1977; as node method: W. Becker, COINr, user-supplied aggregation"),
    complexity="O(N M log M)",
    relative=False,
    behaviour=Behaviour(nan=_NAN, ties="equal rows tie", constant="no effect", zeros=_ANY, negatives=_ANY),
)
def median(
    scores: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    nan: NanRule = "raise",
    columns: Sequence[str] | None = None,
) -> Array:
    """Median: extreme values do not count.

    Args:
        scores: (units, indicators), more = better.
        weights: None or equal; a weight of 0 leaves the indicator out. Unequal weights raise: see `weighted_median`.
        nan: `raise`, or `skip` to take the median of the entries there are.
        columns: names of the indicators for messages.

    Returns:
        (units,), in the unit of the scores.

    Raises:
        MethodError: weights are unequal, or the arguments are at fault.
    """
    given = entries(scores, weights, method="median", nan=nan, columns=columns)
    _refuse_unequal(given, "median")
    ordered = np.sort(given.values, axis=0)
    count = (~np.isnan(ordered)).sum(axis=0)
    return 0.5 * _pick(ordered, (count - 1) // 2) + 0.5 * _pick(ordered, count // 2)


@register(
    "aggregation",
    formula=(
        "midpoint: x_(k) with W_(k-1) < 1/2 < W_k, mean of x_(k), x_(k+1) if W_k = 1/2; "
        "interpolated: linear in x between the centres W_k - w_k/2, at 1/2"
    ),
    source=(
        "F. Edgeworth, Philosophical Magazine 25, 1888 (midpoint); "
        "H. Bengtsson, matrixStats 0.63, weightedMedian, used with COINr (interpolated)"
    ),
    complexity="O(N M log M)",
    relative=False,
    behaviour=Behaviour(
        nan=_NAN,
        ties="equal rows tie; equal values of one unit are ordered by weight",
        constant="no effect",
        zeros=_ANY,
        negatives=_ANY,
    ),
)
def weighted_median(
    scores: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    rule: Literal["midpoint", "interpolated"] = "midpoint",
    nan: NanRule = "raise",
    columns: Sequence[str] | None = None,
) -> Array:
    """Weighted median: half of the weight lies at or below the score, half at or above.

    With equal weights both rules give the median. `interpolated` is what COINr's examples use (matrixStats default);
    with unequal weights it is not monotone: a value that rises past a heavier one can lower the score.

    Args:
        scores: (units, indicators), more = better.
        weights: as for `arithmetic`.
        rule: `midpoint` or `interpolated`.
        nan: as for `arithmetic`.
        columns: names of the indicators for messages.

    Returns:
        (units,), in the unit of the scores.

    Raises:
        MethodError: as for `arithmetic`.
    """
    check_choice(rule, ("midpoint", "interpolated"), method="weighted_median", name="rule")
    given = entries(scores, weights, method="weighted_median", nan=nan, columns=columns)
    shares = np.where(np.isnan(given.values), 0.0, given.weights[:, np.newaxis])
    order = np.lexsort((shares, given.values), axis=0)
    values = np.take_along_axis(given.values, order, axis=0)
    shares = np.take_along_axis(shares, order, axis=0)
    shares /= shares.sum(axis=0)
    reached = np.cumsum(shares, axis=0)
    last = (~np.isnan(values)).sum(axis=0) - 1
    if rule == "midpoint":
        low = np.minimum((reached < _HALF - _SAME).sum(axis=0), last)
        high = np.minimum((reached <= _HALF + _SAME).sum(axis=0), last)
        return 0.5 * _pick(values, low) + 0.5 * _pick(values, high)
    centres = reached - shares / 2
    high = np.minimum((centres < _HALF).sum(axis=0), last)
    low = np.maximum(high - 1, 0)
    gap = _pick(centres, high) - _pick(centres, low)
    part = np.where(gap > 0, (_HALF - _pick(centres, low)) / np.where(gap > 0, gap, 1.0), 1.0)
    part = np.clip(part, 0.0, 1.0)
    return within((1 - part) * _pick(values, low) + part * _pick(values, high), values)


def _pick(table: Array, places: np.ndarray) -> Array:
    result: Array = np.take_along_axis(table, places[np.newaxis], axis=0)[0]
    return result
