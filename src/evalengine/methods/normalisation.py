"""Normalisation to the range of the data: the entrance all normalisations share, min–max and distance to the maximum.

A normalisation takes `(values, directions)`, values as `(units, indicators)`, and returns a matrix of the same shape
in which more is better for every indicator: direction is handled here, once, and nowhere after.

Missing values raise, unless `nan="keep"` asks for statistics over the known values and leaves the gaps gaps.
"Constant" means that the largest and the smallest value are equal, never that a standard deviation is 0: the standard
deviation of equal numbers is not 0 in floating point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_directions, as_matrix, as_vector, column_name
from evalengine.methods.checks import Flags, check_choice, check_columns, check_number
from evalengine.methods.registry import Behaviour, register

NanPolicy = Literal["raise", "keep"]
NAN = "raise (default), or keep: statistics over the known values, gaps stay gaps; a column without any value raises"
CONSTANT = "raises, or takes the stated value `constant`"
ANY = "any value"


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The indicators as given, one row each.

    Attributes:
        values: (indicators, units), contiguous; NaN = missing.
        directions: (indicators,), +1 or −1.
        names: names of the indicators for messages.
        method: name of the method for messages.
    """

    values: Array
    directions: Array
    names: Sequence[str] | None
    method: str

    def oriented(self) -> Array:
        """Return the values with costs negated: more is better."""
        if (self.directions > 0).all():
            return self.values
        return self.values * self.directions[:, np.newaxis]

    def refuse(self, bad: Flags, code: str) -> None:
        """Raise `code` for the first indicator marked bad."""
        check_columns(bad, code, method=self.method, columns=self.names)

    def finished(self, result: Array) -> Array:
        """Return the result as (units, indicators); refuse infinities."""
        self.refuse(np.logical_or.reduce(np.isinf(result), axis=1), "overflow")
        return result.T

    def setting(self, value: ArrayLike, name: str) -> Array:
        """Return a setting given for all indicators or for each, as a column vector.

        Raises:
            MethodError: not numeric, not finite, or of the wrong length.
        """
        count = self.values.shape[0]
        given = np.full(count, value) if np.ndim(value) == 0 else value
        return as_vector(given, method=self.method, what=name, length=count)[:, np.newaxis]


def columns_of(
    values: ArrayLike, directions: ArrayLike | None, *, method: str, nan: str, columns: Sequence[str] | None
) -> Columns:
    """Check the arguments of a normalisation.

    Raises:
        MethodError: a fault of the arguments, or an indicator without any value.
    """
    check_choice(nan, ("raise", "keep"), method=method, name="nan")
    matrix = as_matrix(values, method=method, columns=columns, allow_nan=nan == "keep")
    given = Columns(
        np.ascontiguousarray(matrix.T), as_directions(directions, matrix.shape[1], method=method), columns, method
    )
    if nan == "keep":
        given.refuse(np.logical_and.reduce(np.isnan(given.values), axis=1), "no_value")
    return given


def sums(values: Array) -> Array:
    """Return the sum of the known values of each indicator, as a column vector."""
    result: Array = np.add.reduce(values, axis=1, keepdims=True)
    if np.isnan(result).any():
        result = np.nansum(values, axis=1, keepdims=True)
    return result


def known(values: Array) -> Array:
    """Return the number of known values of each indicator, as a column vector."""
    result: Array = values.shape[1] - np.isnan(values).sum(axis=1, keepdims=True).astype(np.float64)
    return result


def extremes(values: Array) -> tuple[Array, Array]:
    """Return the smallest and the largest known value of each indicator, as column vectors."""
    lowest = np.fmin.reduce(values, axis=1, keepdims=True)
    highest = np.fmax.reduce(values, axis=1, keepdims=True)
    return lowest, highest


def divide(given: Columns, part: Array, whole: Array, constant: float | None) -> Array:
    """Return part / whole in place; where whole is 0 the known cells take `constant`, or it raises.

    Raises:
        MethodError: whole is infinite, or 0 and there is no value for it.
    """
    given.refuse(np.isinf(whole[:, 0]), "overflow")
    still = whole[:, 0] == 0
    if constant is None:
        given.refuse(still, "constant_column")
    if not still.any():
        return np.divide(part, whole, out=part)
    np.divide(part, np.where(whole == 0, 1.0, whole), out=part)
    return part


def fill_constant(given: Columns, result: Array, still: Flags, constant: float | None) -> Array:
    """Give the known cells of the indicators marked `still` the value `constant`, in place."""
    if constant is not None and still.any():
        check_number(constant, holds=True, method=given.method, name="constant", rule="finite")
        for index in np.flatnonzero(still):
            result[index] = np.where(np.isnan(given.values[index]), np.nan, constant)
    return result


@register(
    "normalisation",
    formula="z = (x - min) / (max - min) (upper - lower) + lower; cost: (max - x) / (max - min) ...",
    source="OECD/JRC, Handbook on Constructing Composite Indicators, 2008, section 5; COINr 1.1.14, n_minmax",
    complexity="O(N M)",
    behaviour=Behaviour(
        nan=NAN, ties="kept", constant=CONSTANT, zeros=ANY, negatives=ANY, small="one unit is constant"
    ),
)
def min_max(
    values: ArrayLike,
    directions: ArrayLike | None = None,
    *,
    lower: float = 0.0,
    upper: float = 1.0,
    constant: float | None = None,
    nan: NanPolicy = "raise",
    columns: Sequence[str] | None = None,
) -> Array:
    """Min–max: the worst unit gets `lower`, the best `upper`, exactly, the others in proportion.

    Args:
        values: (units, indicators).
        directions: (indicators,), +1 more = better, −1 less = better; all +1 if None.
        lower: score of the worst value.
        upper: score of the best value.
        constant: score of everybody in a column of equal values (pymcdm gives the best score, scikit-criteria the
            worst); None raises.
        nan: `raise`, or `keep`.
        columns: names of the indicators for messages.

    Returns:
        (units, indicators), between lower and upper.

    Raises:
        MethodError: a constant column without a value for it, lower not below upper, or faulty arguments.
    """
    check_number(lower, lower < upper, method="min_max", name="lower", rule=f"< {upper}")
    check_number(upper, holds=True, method="min_max", name="upper", rule="finite")
    given = columns_of(values, directions, method="min_max", nan=nan, columns=columns)
    lowest, highest = extremes(given.values)
    with np.errstate(over="ignore"):
        span = highest - lowest
        result = given.values - lowest
        costs = given.directions < 0
        if costs.any():
            result[costs] = highest[costs] - given.values[costs]
    result = divide(given, result, span, constant)
    if (lower, upper) != (0.0, 1.0):
        result *= upper - lower
        result += lower
        np.clip(result, lower, upper, out=result)
    return fill_constant(given, result, span[:, 0] == 0, constant).T


@register(
    "normalisation",
    formula="z = 1 - (max - x) / (max - min), x turned so that more is better",
    source="COINr 1.1.14, n_dist2max",
    complexity="O(N M)",
    behaviour=Behaviour(
        nan=NAN, ties="kept", constant=CONSTANT, zeros=ANY, negatives=ANY, small="one unit is constant"
    ),
)
def distance_to_maximum(
    values: ArrayLike,
    directions: ArrayLike | None = None,
    *,
    constant: float | None = None,
    nan: NanPolicy = "raise",
    columns: Sequence[str] | None = None,
) -> Array:
    """Distance to the maximum: 1 less the distance to the best unit in shares of the range.

    Args:
        values: (units, indicators).
        directions: as for `min_max`.
        constant: as for `min_max`.
        nan: `raise`, or `keep`.
        columns: names of the indicators for messages.

    Returns:
        (units, indicators), between 0 and 1; in exact arithmetic the same as `min_max`.

    Raises:
        MethodError: as for `min_max`.
    """
    given = columns_of(values, directions, method="distance_to_maximum", nan=nan, columns=columns)
    lowest, highest = extremes(given.values)
    best = np.where(given.directions[:, np.newaxis] > 0, highest, lowest)
    with np.errstate(over="ignore"):
        span = highest - lowest
        distance = np.abs(best - given.values)
    result = divide(given, distance, span, constant)
    np.subtract(1.0, result, out=result)
    return fill_constant(given, result, span[:, 0] == 0, constant).T


def refuse_setting(given: Columns, bad: Flags, name: str, value: Array, rule: str) -> None:
    """Refuse a setting of an indicator; `bad` and `value` are column vectors."""
    if bad.any():
        index = int(np.argmax(bad[:, 0]))
        raise MethodError(
            "bad_setting",
            method=given.method,
            column=column_name(given.names, index),
            name=name,
            value=float(value[index, 0]),
            rule=rule,
        )
