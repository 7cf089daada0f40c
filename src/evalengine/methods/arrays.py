"""Checked conversion of the arrays every method takes.

Conventions: a matrix is `(units, indicators)`, float64; weights and directions have one entry per indicator;
direction is +1 for benefit (more is better) and −1 for cost. A masked cell counts as NaN. Kernels work on the
transposed, C-contiguous matrix (one row per indicator), which for a Fortran-ordered matrix, as polars hands it over,
is a view.
"""

from __future__ import annotations

import math
from collections.abc import Sequence, Sized

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalengine.errors import MethodError

Array = NDArray[np.float64]
MATRIX_DIMENSIONS = 2
EXACT = 2**53  # every whole number up to here is a double


def column_name(columns: Sequence[str] | None, index: int) -> str:
    """Return the name of a column for a message: its label, or its number from 1."""
    return columns[index] if columns is not None else f"#{index + 1}"


def as_matrix(
    values: ArrayLike,
    *,
    method: str,
    columns: Sequence[str] | None = None,
    allow_nan: bool = False,
) -> Array:
    """Return `values` as a float64 matrix (units, indicators).

    Raises:
        MethodError: not numeric, not two-dimensional, empty, or a value is infinite, NaN or masked where that is not
            allowed, or a whole number beyond 2⁵³ that a double cannot hold.
    """
    matrix = _as_float(values, method)
    if matrix.ndim != MATRIX_DIMENSIONS or 0 in matrix.shape:
        raise MethodError("not_a_matrix", method=method, shape=str(matrix.shape))
    if columns is not None and _length(columns) != matrix.shape[1]:
        raise MethodError(
            "wrong_length", method=method, what="columns", length=_length(columns), expected=matrix.shape[1]
        )
    sound = ~np.isinf(matrix) if allow_nan else np.isfinite(matrix)
    if not sound.all():
        unit, column = (int(k) for k in np.argwhere(~sound)[0])
        raise MethodError(
            "not_finite",
            method=method,
            column=column_name(columns, column),
            unit=unit + 1,
            value=str(matrix[unit, column]),
        )
    return matrix


def as_vector(
    values: ArrayLike, *, method: str, what: str, length: int | None = None, allow_nan: bool = False
) -> Array:
    """Return `values` as a float64 vector.

    Raises:
        MethodError: not numeric, not one-dimensional, of the wrong length, not finite (or masked), or a whole number
            that a double cannot hold.
    """
    vector = _as_float(values, method)
    if vector.ndim != 1 or (length is not None and vector.shape[0] != length):
        raise MethodError("wrong_length", method=method, what=what, length=vector.size, expected=length)
    sound = ~np.isinf(vector) if allow_nan else np.isfinite(vector)
    if not sound.all():
        position = int(np.argmin(sound))
        raise MethodError("not_finite", method=method, column=what, unit=position + 1, value=str(vector[position]))
    return vector


def as_weights(weights: ArrayLike | None, length: int, *, method: str) -> Array:
    """Return weights that sum to one; equal weights for None.

    Raises:
        MethodError: wrong length, a negative or non-finite weight, or a sum of zero.
    """
    if weights is None:
        return np.full(length, 1.0 / length)
    vector = as_vector(weights, method=method, what="weights", length=length)
    if (vector < 0).any():
        raise MethodError("negative_weight", method=method, position=int(np.argmax(vector < 0)) + 1)
    with np.errstate(over="ignore"):
        total = float(vector.sum())
    if total <= 0 or not math.isfinite(total):
        raise MethodError("zero_weights", method=method)
    return vector / total


def as_directions(directions: ArrayLike | None, length: int, *, method: str) -> Array:
    """Return directions as +1.0 / −1.0; all benefit for None.

    Raises:
        MethodError: wrong length, or an entry other than +1 or −1.
    """
    if directions is None:
        return np.ones(length)
    vector = as_vector(directions, method=method, what="directions", length=length)
    bad = np.abs(vector) != 1.0
    if bad.any():
        position = int(np.argmax(bad))
        raise MethodError("bad_direction", method=method, position=position + 1, value=float(vector[position]))
    return vector


def _length(value: object) -> int:
    return len(value) if isinstance(value, Sized) else 0


def _as_float(values: ArrayLike, method: str) -> Array:
    if isinstance(values, list | tuple) and any(isinstance(row, np.ma.MaskedArray) for row in values):
        values = np.ma.array(values)
    try:
        array = np.asanyarray(values)
    except ValueError:  # rows of different lengths
        raise MethodError("not_numeric", method=method, dtype="object") from None
    if array.dtype.kind not in "fiu":
        raise MethodError("not_numeric", method=method, dtype=str(array.dtype))
    if isinstance(array, np.ma.MaskedArray):
        _refuse_rounding(array.filled(0), method)
        return np.where(np.ma.getmaskarray(array), np.nan, array.data).astype(np.float64)
    array = np.asarray(array)  # no other subclass, such as a matrix
    _refuse_rounding(array, method)
    return array.astype(np.float64, copy=False)


def _refuse_rounding(array: NDArray[np.generic], method: str) -> None:
    """Raise MethodError for a whole number that no double equals."""
    if array.dtype.kind == "f" or array.size == 0:
        return
    if int(array.min()) >= -EXACT and int(array.max()) <= EXACT:
        return
    for number in array.ravel().tolist():
        if int(float(number)) != number:
            raise MethodError("not_exact", method=method, value=str(number))
