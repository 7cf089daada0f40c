"""Methods that measure the distance to a stated reference: SPOTIS and RIM."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_matrix, as_vector
from evalengine.methods.compromise import BLOCK, TOLERANCE, Problem, answer, problem
from evalengine.methods.compromise_checks import require_finite
from evalengine.methods.compromise_kernels import two_distances
from evalengine.methods.compromise_register import compromise_method
from evalengine.methods.compromise_terms import Terms, reduce_terms
from evalengine.methods.results import Ranked, Tie


@compromise_method(
    formula="score_i = Σ_j w_j·|x_ij − x*_j|/(U_j − L_j); x* the better bound or a stated point",
    source="Dezert, Tchamova, Han and Tacnet (2020), FUSION 2020",
    constant="distance 0 for all where the bounds come from the data",
    zeros="allowed",
    negatives="allowed",
    small="one unit: with stated bounds only",
)
def spotis(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    bounds: ArrayLike | None = None,
    reference: ArrayLike | None = None,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the weighted distance of each unit to the reference point within fixed bounds, low scores first.

    With stated bounds a score does not depend on the other units, so no rank reverses when one leaves. Without them
    the bounds are the smallest and largest values found, and the score is 1 minus the weighted sum on min-max.

    Args:
        matrix: (units, indicators).
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        bounds: (indicators, 2), lower and upper bound of each indicator.
        reference: (indicators,), the point aimed at, within the bounds; the better bound for None.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        columns: labels of the indicators for messages.

    Returns:
        Scores in [0, 1], low is better; tables `lower`, `upper`, `reference`.

    Raises:
        MethodError: a malformed input, bounds that are not increasing, a value or reference outside them, or nothing
            to compare where the bounds come from the data.
    """
    case = problem(matrix, weights, directions, method="spotis", columns=columns, relative=bounds is None)
    lower, upper = _ranges(case, bounds, "bounds")
    if reference is None:
        point = np.where(case.cost, lower, upper)
    else:
        point = as_vector(reference, method="spotis", what="reference", length=case.indicators)[case.kept]
        _require_inside(case, point, point, lower, upper)
    span = upper - lower
    scale = np.where(span > 0, case.weights / np.where(span > 0, span, 1.0), 0.0)
    sums = reduce_terms(Terms(case=case, shift=-point, scale=np.where(np.isfinite(span), scale, np.nan)))
    tables = {"lower": lower, "upper": upper, "reference": point}
    return answer(case, sums.positive + sums.negative, tables, tie=tie, tolerance=tolerance, higher_is_better=False)


@compromise_method(
    formula="score_i = I⁻/(I⁺ + I⁻); I⁺ = √Σ_j (w_j·(1 − f_ij))², I⁻ = √Σ_j (w_j·f_ij)²; f = 1 in [C, D], "
    "1 − (C − x)/(C − A) below, 1 − (x − D)/(B − D) above",
    source="Cables, Lamata and Verdegay (2016), Information Sciences 337-338",
    constant="no part where the ranges come from the data",
    zeros="allowed",
    negatives="allowed",
    small="one unit: with stated ranges only",
)
def rim(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    ranges: ArrayLike | None = None,
    ideals: ArrayLike | None = None,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the closeness of each unit to ideal intervals inside fixed ranges, high scores first.

    An ideal may lie anywhere in the range, so a middle value can be the best. Without stated ranges, [A, B] are the
    smallest and largest values found; without ideals, C = D is the better end: together exactly
    TOPSIS on min-max, a constant indicator taking no part.

    Args:
        matrix: (units, indicators).
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1, used only where `ideals` is None; all benefit for None.
        ranges: (indicators, 2), A and B of each indicator.
        ideals: (indicators, 2), C and D of each indicator, A ≤ C ≤ D ≤ B.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        columns: labels of the indicators for messages.

    Returns:
        Scores in [0, 1]; tables `lower`, `upper`, `ideal_low`, `ideal_high`, `to_ideal` (I⁺), `from_worst` (I⁻).

    Raises:
        MethodError: a malformed input, ranges that are not increasing, a value or ideal outside them, or nothing to
            compare where the ranges come from the data.
    """
    case = problem(matrix, weights, directions, method="rim", columns=columns, relative=ranges is None)
    lower, upper = _ranges(case, ranges, "ranges")
    if ideals is None:
        low = high = np.where(case.cost, lower, upper)
    else:
        low, high = _intervals(case, ideals, "ideals")
        _require_inside(case, low, high, lower, upper)
    left, right = low - lower, upper - high
    require_finite(left + right, method="rim")
    weight = case.weights if ranges is not None else np.where(case.constant, 0.0, case.weights)
    per_left = np.where(left > 0, 1.0 / np.where(left > 0, left, 1.0), 0.0)
    per_right = np.where(right > 0, 1.0 / np.where(right > 0, right, 1.0), 0.0)
    units, zero, one = case.matrix.shape[0], np.zeros_like(low), np.ones_like(low)
    to_ideal, from_worst = np.empty(units), np.empty(units)
    for start in range(0, units, BLOCK):
        part = slice(start, start + BLOCK)
        block = case.matrix[part]
        lost = np.maximum(low - block, 0.0) * per_left + np.maximum(block - high, 0.0) * per_right
        two_distances(lost, weight, zero, one, to_ideal[part], from_worst[part])
    tables = {
        "lower": lower,
        "upper": upper,
        "ideal_low": low,
        "ideal_high": high,
        "to_ideal": to_ideal,
        "from_worst": from_worst,
    }
    return answer(case, from_worst / (to_ideal + from_worst), tables, tie=tie, tolerance=tolerance)


def _intervals(case: Problem, values: ArrayLike, what: str) -> tuple[Array, Array]:
    """Return lower and upper ends of the kept indicators, checked to be in order."""
    array = as_matrix(values, method=case.method)
    if array.shape != (case.indicators, 2):
        raise MethodError(
            "wrong_length", method=case.method, what=what, length=array.size, expected=2 * case.indicators
        )
    low, high = array[case.kept, 0], array[case.kept, 1]
    bad = low > high
    if bad.any():
        _raise_interval(case, int(np.argmax(bad)), what, low, high)
    return low, high


def _ranges(case: Problem, values: ArrayLike | None, what: str) -> tuple[Array, Array]:
    """Return the stated ranges, wider than a point and holding all values, or the smallest and largest values."""
    if values is None:
        return case.low, case.high
    low, high = _intervals(case, values, what)
    bad = low == high
    if bad.any():
        _raise_interval(case, int(np.argmax(bad)), what, low, high)
    _require_inside(case, case.low, case.high, low, high)
    return low, high


def _require_inside(case: Problem, low: Array, high: Array, lower: Array, upper: Array) -> None:
    """Raise unless `lower` ≤ `low` and `high` ≤ `upper` in every indicator."""
    bad = (low < lower) | (high > upper)
    if bad.any():
        j = int(np.argmax(bad))
        raise MethodError(
            "outside_bounds",
            method=case.method,
            column=case.name(j),
            value=float(low[j] if low[j] < lower[j] else high[j]),
            low=float(lower[j]),
            high=float(upper[j]),
        )


def _raise_interval(case: Problem, j: int, what: str, low: Array, high: Array) -> None:
    raise MethodError(
        "interval_empty", method=case.method, what=what, column=case.name(j), low=float(low[j]), high=float(high[j])
    )
