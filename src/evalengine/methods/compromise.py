"""What the score-type ranking methods share: one entrance for the problem, one exit for the answer.

At the entrance the arrays are checked, indicators of weight 0 are left out, and the column statistics are taken in
one pass that also proves the matrix finite. Directions are used in two ways only: `best` and `worst` of a column, and
the sign of a term. At the exit everything the method computed must be finite, and the ranks come from the scores.

Two rules hold for every method that compares units with one another: at least two units, and not all of them equal;
else there is nothing to compare. Where a formula divides by the range of a column that is constant, every unit is at
the best value of that column. Columns that are constant up to rounding noise (see `constancy`) are made exactly
constant at the entrance, so that no method can make a criterion of the noise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalengine.errors import MethodError
from evalengine.methods.arrays import MATRIX_DIMENSIONS, Array, as_directions, as_matrix, as_weights, column_name
from evalengine.methods.compromise_checks import require_finite
from evalengine.methods.compromise_columns import column_statistics
from evalengine.methods.constancy import flattened, is_constant
from evalengine.methods.results import Ranked, Tie, ranks_of_checked

TOLERANCE = 1e-12  # of a tie, relative to the largest score: above rounding noise, below any figure that is published
BLOCK = 1024  # units per step where a method transforms the matrix first: 400 KB at 50 indicators, in cache


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """A decision problem that has passed the entrance.

    Attributes:
        method: the name messages quote.
        matrix: (units, indicators) without the indicators of weight 0; constant columns without noise.
        weights: (indicators,), positive, sum 1.
        directions: (indicators,), +1 or −1.
        indicators: how many there were before.
        kept: numbers, from 0, of the indicators that were kept.
        columns: labels of all indicators for messages.
        low: smallest value of each indicator.
        high: largest value.
        total: sum.
        squares: sum of squares; infinite if it overflows.
    """

    method: str
    matrix: Array
    weights: Array
    directions: Array
    indicators: int
    kept: NDArray[np.intp]
    columns: Sequence[str] | None
    low: Array
    high: Array
    total: Array
    squares: Array

    def name(self, j: int) -> str:
        """Return the label of a kept indicator for a message."""
        return column_name(self.columns, int(self.kept[j]))

    @property
    def best(self) -> Array:
        """Return the best value found in each indicator."""
        return np.where(self.directions > 0, self.high, self.low)

    @property
    def worst(self) -> Array:
        """Return the worst value found in each indicator."""
        return np.where(self.directions > 0, self.low, self.high)

    @property
    def cost(self) -> NDArray[np.bool_]:
        """Return which indicators are costs."""
        return np.signbit(self.directions)

    @property
    def constant(self) -> NDArray[np.bool_]:
        """Return which indicators have the same value for all units; their noise was removed at the entrance."""
        return np.asarray(self.low == self.high)

    def per_range(self) -> Array:
        """Return weight / range, 0 for a constant indicator.

        Raises:
            MethodError: a range or its inverse overflows.
        """
        span = self.high - self.low
        ratio = np.where(self.constant, 0.0, self.weights / np.where(self.constant, 1.0, span))
        require_finite(span, ratio, method=self.method)
        return ratio

    def norms(self) -> Array:
        """Return the Euclidean norm of each column, from scaled values where squares over- or underflow.

        Raises:
            MethodError: a norm overflows.
        """
        norms = np.sqrt(self.squares)
        safe = (self.squares > 1e-280) & (self.squares < 1e300)  # noqa: PLR2004 - far inside the float range
        if safe.all():
            return norms
        size = np.maximum(np.abs(self.low), np.abs(self.high))
        for j in np.flatnonzero(~safe & (size > 0)):
            norms[j] = size[j] * np.sqrt(((self.matrix[:, j] / size[j]) ** 2).sum())
        require_finite(norms, method=self.method)
        return norms

    def per_norm(self, norms: Array) -> Array:
        """Return weight / norm; 0 for a column of zeros."""
        return np.where(norms > 0, self.weights / np.where(norms > 0, norms, 1.0), 0.0)


def problem(
    matrix: ArrayLike,
    weights: ArrayLike | None,
    directions: ArrayLike | None,
    *,
    method: str,
    columns: Sequence[str] | None = None,
    relative: bool = True,
) -> Problem:
    """Return the checked problem.

    Args:
        matrix: (units, indicators).
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 benefit or −1 cost; all benefit for None.
        method: the name messages quote.
        columns: labels of the indicators for messages.
        relative: whether the method compares the units with one another.

    Raises:
        MethodError: an input is malformed, or there is nothing to compare.
    """
    values = matrix if isinstance(matrix, np.ma.MaskedArray) else np.asarray(matrix)
    plain = values.dtype == np.float64 and not isinstance(values, np.ma.MaskedArray)
    proven = plain and values.ndim == MATRIX_DIMENSIONS and values.size > 0 and columns is None
    X: Array = values if proven else as_matrix(values, method=method, columns=columns)
    weight = as_weights(weights, X.shape[1], method=method)
    direction = as_directions(directions, X.shape[1], method=method)
    indicators = X.shape[1]
    kept = np.flatnonzero(weight > 0)
    if kept.size == 0:
        raise MethodError("zero_weights", method=method)
    if kept.size < indicators:
        X = as_matrix(X, method=method, columns=columns)[:, kept]
        weight, direction = weight[kept], direction[kept]
    if not (X.flags.c_contiguous or X.flags.f_contiguous):
        X = np.ascontiguousarray(X)
    low, high, total, squares = (np.empty(kept.size) for _ in range(4))
    column_statistics(X, low, high, total, squares)
    if not np.isfinite(squares).all():
        as_matrix(matrix, method=method, columns=columns)  # names the cell; if none is at fault the squares overflow
    if relative and X.shape[0] < 2:  # noqa: PLR2004 - two units are the fewest that compare
        raise MethodError("needs_two_units", method=method)
    constant = is_constant(low, high)
    if relative and constant.all():
        raise MethodError("units_all_equal", method=method)
    if constant.any() and (noisy := constant & (low != high)).any():
        X = flattened(X, noisy, low, axis=1)
        column_statistics(X, low, high, total, squares)
    return Problem(method, X, weight, direction, indicators, kept, columns, low, high, total, squares)


def answer(
    case: Problem,
    scores: Array,
    tables: Mapping[str, Array],
    *,
    tie: Tie,
    tolerance: float,
    higher_is_better: bool = True,
    order: Array | None = None,
    scale: float = 0.0,
) -> Ranked:
    """Return the result: scores, ranks, and the tables with the numbers of the kept indicators under `indicators`.

    Args:
        case: the problem.
        scores: (units,).
        tables: the working of the method.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        higher_is_better: which end of the scores is the good one.
        order: what to rank by where that is not the scores themselves (their logarithms, for a product); finite.
        scale: size of the terms where they cancel, see `ranks_of`.

    Raises:
        MethodError: a score or an entry of a table is not finite.
    """
    require_finite(scores, *tables.values(), method=case.method)
    key = scores if order is None else order
    ranks = ranks_of_checked(
        key, higher_is_better=higher_is_better, tolerance=tolerance, scale=scale, tie=tie, method=case.method
    )
    return Ranked(scores, ranks, higher_is_better, {"indicators": case.kept.astype(np.float64), **tables})


def unit_interval(values: Array, tolerance: float, scale: float = 0.0) -> Array | None:
    """Return `values` scaled from their smallest, 0, to their largest, 1; None where they differ by noise only.

    Noise is a spread of at most `tolerance` times the largest size, or times `scale` if that is larger: divided by
    itself it would look like a result.
    """
    low, high = float(values.min()), float(values.max())
    if high - low <= tolerance * max(scale, abs(low), abs(high)):
        return None
    return (values - low) / (high - low)


def require_positive(case: Problem, where: NDArray[np.bool_] | None = None, *, or_zero: bool = False) -> None:
    """Raise unless all values are positive, or at least 0; only the columns `where`, if given.

    Raises:
        MethodError: names the first value at fault.
    """
    bad = case.low < 0 if or_zero else case.low <= 0
    if where is not None:
        bad = bad & where
    if bad.any():
        j = int(np.argmax(bad))
        column = case.matrix[:, j]
        unit = int(np.argmax(column < 0 if or_zero else column <= 0))
        code = "value_negative" if or_zero else "value_not_positive"
        raise MethodError(code, method=case.method, column=case.name(j), unit=unit + 1, value=float(column[unit]))


def require_divisor(case: Problem, values: Array, code: str) -> Array:
    """Return `values`, one per indicator, all of them positive and finite.

    Raises:
        MethodError: `code`, naming the first indicator whose value is 0 or negative; or an overflow.
    """
    bad = values <= 0
    if bad.any():
        j = int(np.argmax(bad))
        raise MethodError(code, method=case.method, column=case.name(j), value=float(values[j]))
    require_finite(values, method=case.method)
    return values
