"""Node means: one score for each unit from the scores of the children of a node.

All take `(scores, weights)`, scores as `(units, indicators)` with more = better. Sums run over the indicators in
their order, one column after the other, so that a unit's score does not depend on the other units, on the memory
layout or on the number of threads. A mean never leaves the range of the values it is taken of: the last bit of
rounding is cut off there, and equal values give exactly that value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_matrix, as_weights
from evalengine.methods.checks import check_cells, check_choice, check_number
from evalengine.methods.registry import Behaviour, register

NanRule = Literal["raise", "skip"]
HANDBOOK = "OECD/JRC, Handbook on Constructing Composite Indicators, 2008, section 6"
_NAN = "raise (default), or skip: the entry leaves together with its weight; a unit without any entry raises"
_ANY = "any value"
_NO_EXPONENT = 1e-100  # below this the power mean equals its limit, the geometric mean, in double precision


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """What takes part in an aggregation: the indicators whose weight is not 0.

    Attributes:
        values: (indicators, units), contiguous; NaN = entry absent.
        weights: (indicators,), all positive, sum 1.
        columns: names of the indicators for messages.
    """

    values: Array
    weights: Array
    columns: Sequence[str] | None


def entries(
    scores: ArrayLike, weights: ArrayLike | None, *, method: str, nan: str, columns: Sequence[str] | None
) -> Entries:
    """Check the arguments of an aggregation and return what takes part.

    Raises:
        MethodError: a fault of the arguments, or a unit without any entry.
    """
    check_choice(nan, ("raise", "skip"), method=method, name="nan")
    matrix = as_matrix(scores, method=method, columns=columns, allow_nan=nan == "skip")
    shares = as_weights(weights, matrix.shape[1], method=method)
    kept = np.flatnonzero(shares)
    if kept.size < shares.size:
        matrix, shares = matrix[:, kept], shares[kept]
        columns = None if columns is None else [columns[int(k)] for k in kept]
    empty = np.isnan(matrix).all(axis=1)
    if empty.any():
        raise MethodError("no_entry", method=method, unit=int(np.argmax(empty)) + 1)
    return Entries(np.ascontiguousarray(matrix.T), shares, columns)


def weighted_mean(values: Array, weights: Array) -> Array:
    """Return Σ w·v / Σ w for each unit over its entries that are not NaN; `values` is (indicators, units)."""
    total = np.zeros(values.shape[1])
    share = np.zeros(values.shape[1])
    for weight, row in zip(weights, values, strict=True):
        absent = np.isnan(row)
        total += np.where(absent, 0.0, weight * row)
        share += np.where(absent, 0.0, weight)
    result: Array = total / share
    return result


def within(result: Array, values: Array) -> Array:
    """Return `result` cut off at the lowest and highest entry of each unit."""
    lowest, highest = np.fmin.reduce(values, axis=0), np.fmax.reduce(values, axis=0)
    return np.clip(result, lowest, highest)


def _check_domain(given: Entries, *, method: str, zero: bool) -> None:
    bad = given.values < 0 if zero else given.values <= 0
    check_cells(given.values.T, bad.T, method=method, columns=given.columns, rule=">= 0" if zero else "> 0")


@register(
    "aggregation",
    formula="S = sum(w x) / sum(w)",
    source=HANDBOOK,
    complexity="O(N M)",
    relative=False,
    behaviour=Behaviour(nan=_NAN, ties="equal rows tie", constant="no effect", zeros=_ANY, negatives=_ANY),
)
def arithmetic(
    scores: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    nan: NanRule = "raise",
    columns: Sequence[str] | None = None,
) -> Array:
    """Weighted arithmetic mean: full compensation between indicators.

    Args:
        scores: (units, indicators), more = better.
        weights: (indicators,), at least 0, rescaled to sum 1; equal if None. A weight of 0 leaves the indicator out.
        nan: `raise`, or `skip` to remove a missing entry together with its weight.
        columns: names of the indicators for messages.

    Returns:
        (units,), in the unit of the scores.

    Raises:
        MethodError: the arguments are at fault, or a unit has no entry left.
    """
    given = entries(scores, weights, method="arithmetic", nan=nan, columns=columns)
    with np.errstate(over="ignore"):  # the last bit of the sum may pass the largest double; the range holds it
        return within(weighted_mean(given.values, given.weights), given.values)


@register(
    "aggregation",
    formula="S = exp(sum(w ln x) / sum(w))",
    source=HANDBOOK,
    complexity="O(N M)",
    relative=False,
    behaviour=Behaviour(
        nan=_NAN, ties="equal rows tie", constant="no effect", zeros="raises: names the cell", negatives="raises"
    ),
)
def geometric(
    scores: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    nan: NanRule = "raise",
    columns: Sequence[str] | None = None,
) -> Array:
    """Weighted geometric mean: a low value can be made up for only in part.

    Args:
        scores: (units, indicators), more = better, all above 0.
        weights: as for `arithmetic`.
        nan: as for `arithmetic`.
        columns: names of the indicators for messages.

    Returns:
        (units,), in the unit of the scores.

    Raises:
        MethodError: a value is 0 or negative (rescale to a range that starts above 0 first), or as for `arithmetic`.
    """
    given = entries(scores, weights, method="geometric", nan=nan, columns=columns)
    _check_domain(given, method="geometric", zero=False)
    return within(np.exp(weighted_mean(np.log(given.values), given.weights)), given.values)


@register(
    "aggregation",
    formula="S = sum(w) / sum(w / x)",
    source="W. Becker, COINr 1.1.14, a_hmean; " + HANDBOOK,
    complexity="O(N M)",
    relative=False,
    behaviour=Behaviour(
        nan=_NAN, ties="equal rows tie", constant="no effect", zeros="raises: names the cell", negatives="raises"
    ),
)
def harmonic(
    scores: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    nan: NanRule = "raise",
    columns: Sequence[str] | None = None,
) -> Array:
    """Weighted harmonic mean: the lowest values decide more than in the geometric mean.

    Args:
        scores: (units, indicators), more = better, all above 0 (COINr lets negative values through; they mean nothing
            here).
        weights: as for `arithmetic`.
        nan: as for `arithmetic`.
        columns: names of the indicators for messages.

    Returns:
        (units,), in the unit of the scores.

    Raises:
        MethodError: a value is 0 or negative, or as for `arithmetic`.
    """
    given = entries(scores, weights, method="harmonic", nan=nan, columns=columns)
    _check_domain(given, method="harmonic", zero=False)
    return _power(given, -1.0)


@register(
    "aggregation",
    formula="S = (sum(w x^p) / sum(w))^(1/p); p = 0 (abs(p) < 1e-100): geometric mean",
    source="G. Hardy, J. Littlewood, G. Polya, Inequalities, 1934, chapter 2; COINr 1.1.14, a_genmean",
    complexity="O(N M)",
    relative=False,
    behaviour=Behaviour(
        nan=_NAN,
        ties="equal rows tie",
        constant="no effect",
        zeros="allowed for p > 0, otherwise raises",
        negatives="raises",
    ),
)
def power(
    scores: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    p: float,
    nan: NanRule = "raise",
    columns: Sequence[str] | None = None,
) -> Array:
    """Weighted power mean: the exponent sets how far a high value makes up for a low one.

    Args:
        scores: (units, indicators), more = better; at least 0 for p > 0, above 0 otherwise.
        weights: as for `arithmetic`.
        p: the exponent, any finite number: 1 arithmetic, 0 geometric (the limit), -1 harmonic; the lower, the more
            the lowest value decides.
        nan: as for `arithmetic`.
        columns: names of the indicators for messages.

    Returns:
        (units,), in the unit of the scores.

    Raises:
        MethodError: p is not finite, a value is outside the domain, or as for `arithmetic`.
    """
    check_number(p, holds=True, method="power", name="p", rule="finite")
    given = entries(scores, weights, method="power", nan=nan, columns=columns)
    _check_domain(given, method="power", zero=p > 0)
    if abs(p) < _NO_EXPONENT:
        return within(np.exp(weighted_mean(np.log(given.values), given.weights)), given.values)
    return _power(given, float(p))


def _power(given: Entries, p: float) -> Array:
    """Return the power mean as m·exp(ln(1 + mean((x/m)^p − 1))/p), m the value that decides it.

    Nothing overflows, and a small p loses no digits, as (mean of x^p)^(1/p) would: x^p is 1 up to rounding there.
    """
    values = given.values
    decisive = (np.fmax if p > 0 else np.fmin).reduce(values, axis=0)
    scale = np.where(decisive == 0, 1.0, decisive)
    with np.errstate(over="ignore", under="ignore", divide="ignore"):  # a value of 0 has (x/m)^p = 0
        above = weighted_mean(np.expm1(p * (np.log(values) - np.log(scale))), given.weights)
        return within(scale * np.exp(np.log1p(above) / p), values)


@register(
    "aggregation",
    formula="S = min(x)",
    source="A. Wald, Statistical Decision Functions, 1950 (maximin); weakest link",
    complexity="O(N M)",
    relative=False,
    behaviour=Behaviour(nan=_NAN, ties="equal rows tie", constant="no effect", zeros=_ANY, negatives=_ANY),
)
def minimum(
    scores: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    nan: NanRule = "raise",
    columns: Sequence[str] | None = None,
) -> Array:
    """Smallest value: no compensation, the weakest indicator is the score.

    Args:
        scores: (units, indicators), more = better.
        weights: as for `arithmetic`; they only say what takes part: all weights above 0 count the same.
        nan: as for `arithmetic`.
        columns: names of the indicators for messages.

    Returns:
        (units,), in the unit of the scores.

    Raises:
        MethodError: as for `arithmetic`.
    """
    given = entries(scores, weights, method="minimum", nan=nan, columns=columns)
    result: Array = np.fmin.reduce(given.values, axis=0)
    return result
