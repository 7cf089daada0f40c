"""What all data-driven weights share: reading a matrix, its columns' moments, importance to weights.

A data-driven weight is a property of the sample, not a judgement of importance: one corrected figure moves them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalengine.errors import MethodError
from evalengine.methods.arrays import MATRIX_DIMENSIONS, Array, as_matrix, column_name
from evalengine.methods.constancy import flattened, is_constant
from evalengine.methods.registry import Behaviour
from evalengine.methods.weighting import Weights

BY_CONTRAST = Behaviour(
    nan="raises",
    ties="symmetric",
    constant="weight 0 and flagged (range within 1e-12 of the largest absolute value); all columns constant, or one "
    "unit: equal weights and flagged",
    zeros="allowed",
    negatives="allowed",
    small="works from two units; look at leave_one_out before using the weights of a few dozen",
)
BY_RATIO = Behaviour(
    nan="raises",
    ties="symmetric",
    constant=BY_CONTRAST.constant,
    zeros="allowed; a column of zeros is constant",
    negatives="raises: the column must be on a ratio scale",
    small=BY_CONTRAST.small,
)


@dataclass(frozen=True, slots=True, eq=False)
class DataWeights(Weights):
    """Weights derived from a matrix.

    Attributes:
        importance: what the weights are proportional to, shape (indicators,): divergence, contrast, effect …
        constant: whether the column is constant, up to rounding noise, and so tells nothing, shape (indicators,). Where
            all are, the units cannot be told apart under any weights and the weights are equal.
    """

    importance: Array
    constant: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """A checked matrix and the moments of its columns, one row per indicator.

    Attributes:
        values: shape (indicators, units), C-contiguous; a view of a Fortran-ordered float64 matrix; constant columns
            without rounding noise.
        lowest: smallest value of each column.
        highest: largest value of each column.
        mean: mean of each column.
        variance: population variance of each column divided by its range, from 0 (constant) to 1/4; empty if it
            was not asked for.
        constant: where lowest equals highest, also if only after the noise was removed.
    """

    values: Array
    lowest: Array
    highest: Array
    mean: Array
    variance: Array
    constant: NDArray[np.bool_]

    @property
    def span(self) -> Array:
        """Highest minus lowest; 1 for a constant column, so that it can divide."""
        return np.where(self.constant, 1.0, self.highest - self.lowest)

    @property
    def deviation(self) -> Array:
        """Population standard deviation of the min–max scaled column; 0 for a constant one."""
        return np.sqrt(self.variance)


def transposed(matrix: ArrayLike, *, method: str, columns: Sequence[str] | None) -> Array:
    """Return a matrix as (indicators, units), float64, C-contiguous, its values not yet checked.

    A pass over the whole matrix only to check it costs as much as some of the methods; kernels find NaN and infinity
    on the way and `refuse_values` then names them.
    """
    array = np.asarray(matrix) if not isinstance(matrix, np.ma.MaskedArray) else as_matrix(matrix, method=method)
    labelled = columns is None or (array.ndim == MATRIX_DIMENSIONS and len(columns) == array.shape[1])
    if array.dtype != np.float64 or array.ndim != MATRIX_DIMENSIONS or array.size == 0 or not labelled:
        array = as_matrix(matrix, method=method, columns=columns)
    return np.ascontiguousarray(array.T)


def refuse_values(values: Array, good: NDArray[np.bool_], *, method: str, columns: Sequence[str] | None) -> None:
    """Raise MethodError for the first column whose sums are not `good`: a bad value or an overflow."""
    if good.all():
        return
    as_matrix(values.T, method=method, columns=columns)
    column = int(np.argmin(good))
    raise MethodError(
        "weights_overflow",
        method=method,
        column=column_name(columns, column),
        lowest=str(values[column].min()),
        highest=str(values[column].max()),
    )


def read_columns(matrix: ArrayLike, *, method: str, columns: Sequence[str] | None, spread: bool = True) -> Columns:
    """Return a matrix (units, indicators) checked, transposed and with its moments; the variance only if `spread`.

    Raises:
        MethodError: not a numeric matrix, a value is NaN or infinite, or sums or ranges leave double precision.
    """
    from evalengine.methods.column_kernels import moments  # noqa: PLC0415 -- numba is loaded when it is needed

    values = transposed(matrix, method=method, columns=columns)
    lowest, highest, mean = np.empty((3, values.shape[0]))
    squares = np.empty(values.shape[0] if spread else 0)
    odd = moments(values, spread, lowest, highest, mean, squares)
    return checked_columns(values, lowest, highest, mean, squares, odd, method=method, columns=columns)


def checked_columns(
    values: Array,
    lowest: Array,
    highest: Array,
    mean: Array,
    squares: Array,
    odd: int,
    *,
    method: str,
    columns: Sequence[str] | None,
) -> Columns:
    """Return a transposed matrix with the moments a kernel found, which tell whether it held NaN or infinity.

    `odd` is what the kernel returned: at 0 every row varies, its results are finite and nothing is left to check. At
    1,000 x 50 the checks would take as long as half the kernel.

    Raises:
        MethodError: a value is NaN or infinite, or sums or ranges leave double precision.
    """
    if not odd:
        constant = np.zeros(values.shape[0], dtype=np.bool_)
        return Columns(values, lowest, highest, mean, squares / values.shape[1], constant)
    constant = is_constant(lowest, highest)
    with np.errstate(over="ignore", invalid="ignore"):
        good = np.isfinite(mean) & np.isfinite(highest - lowest)
        if squares.size:
            good &= constant | np.isfinite(squares)
    refuse_values(values, good, method=method, columns=columns)
    noisy = constant & (lowest != highest)
    if noisy.any():
        values = flattened(values, noisy, lowest, axis=0)
        highest[noisy], mean[noisy] = lowest[noisy], lowest[noisy]
        squares[noisy[: squares.size]] = 0.0
    return Columns(values, lowest, highest, mean, squares / values.shape[1], constant)


def require_at_least(
    columns_read: Columns, bound: Array, *, strict: bool, method: str, columns: Sequence[str] | None
) -> None:
    """Raise MethodError naming the first value below `bound` (or equal to it, if `strict`) of its column."""
    low = columns_read.lowest
    bad = low <= bound if strict else low < bound
    if bad.any():
        column = int(np.argmax(bad))
        raise MethodError(
            "weights_not_positive" if strict else "weights_negative_value",
            method=method,
            column=column_name(columns, column),
            unit=int(columns_read.values[column].argmin()) + 1,
            value=str(low[column]),
        )


def shares_of(importance: Array, constant: NDArray[np.bool_], *, method: str) -> DataWeights:
    """Return weights in proportion to `importance`; equal weights where every column is constant.

    Raises:
        MethodError: no column tells anything although some vary.
    """
    if constant.all():
        return DataWeights(np.full(importance.size, 1.0 / importance.size), importance, constant)
    total = float(importance.sum())
    if not (np.isfinite(total) and total > 0.0):
        raise MethodError("weights_no_information", method=method)
    return DataWeights(importance / total, importance, constant)
