"""Checked conversion of the arrays every method takes.

Conventions: a matrix is `(units, indicators)`, float64; weights and directions have one entry per indicator;
direction is +1 for benefit (more is better) and −1 for cost. Kernels work on the transposed, C-contiguous matrix
(one row per indicator), which for a Fortran-ordered matrix, as polars hands it over, is a view.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalengine.errors import MethodError

Array = NDArray[np.float64]
MATRIX_DIMENSIONS = 2


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
        MethodError: not numeric, not two-dimensional, empty, or a value is infinite, or NaN where not allowed.
    """
    matrix = _as_float(values, method)
    if matrix.ndim != MATRIX_DIMENSIONS or 0 in matrix.shape:
        raise MethodError("not_a_matrix", method=method, shape=str(matrix.shape))
    if columns is not None and len(columns) != matrix.shape[1]:
        raise MethodError("wrong_length", method=method, what="columns", length=len(columns), expected=matrix.shape[1])
    bad = np.isinf(matrix) if allow_nan else ~np.isfinite(matrix)
    if bad.any():
        unit, column = (int(k) for k in np.argwhere(bad)[0])
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
        MethodError: not numeric, not one-dimensional, of the wrong length, or not finite.
    """
    vector = _as_float(values, method)
    if vector.ndim != 1 or (length is not None and vector.shape[0] != length):
        raise MethodError("wrong_length", method=method, what=what, length=vector.size, expected=length)
    bad = np.isinf(vector) if allow_nan else ~np.isfinite(vector)
    if bad.any():
        position = int(np.argmax(bad))
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
    if total <= 0 or not np.isfinite(total):
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


def _as_float(values: ArrayLike, method: str) -> Array:
    array = np.asarray(values)
    if array.dtype.kind not in "fiu":
        raise MethodError("not_numeric", method=method, dtype=str(array.dtype))
    return array.astype(np.float64, copy=False)
