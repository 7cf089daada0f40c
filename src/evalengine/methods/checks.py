"""Checks of settings and domains that several families share; each raises `MethodError` or says nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, column_name

Flags = NDArray[np.bool_]


def check_choice(value: str, allowed: Sequence[str], *, method: str, name: str) -> None:
    """Refuse a setting that is not one of the allowed words."""
    if value not in allowed:
        raise MethodError("bad_choice", method=method, name=name, value=str(value), allowed=", ".join(allowed))


def check_number(value: float, holds: bool, *, method: str, name: str, rule: str) -> None:  # noqa: FBT001 - reads as a sentence
    """Refuse a numeric setting that is not finite or breaks its rule, such as `> 0`."""
    if not (np.isfinite(value) and holds):
        raise MethodError("out_of_range", method=method, name=name, value=str(value), rule=rule)


def check_cells(
    matrix: Array, bad: NDArray[np.bool_], *, method: str, columns: Sequence[str] | None, rule: str
) -> None:
    """Refuse a matrix with a cell outside the domain of the formula, naming the first such cell."""
    if bad.any():
        unit, column = (int(k) for k in np.argwhere(bad)[0])
        raise MethodError(
            "outside_domain",
            method=method,
            column=column_name(columns, column),
            unit=unit + 1,
            value=str(matrix[unit, column]),
            rule=rule,
        )


def check_columns(bad: Flags, code: str, *, method: str, columns: Sequence[str] | None) -> None:
    """Raise `code` for the first column marked bad."""
    if bad.any():
        raise MethodError(code, method=method, column=column_name(columns, int(np.argmax(bad))))
