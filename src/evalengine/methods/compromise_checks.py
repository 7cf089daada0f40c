"""Checks of settings and of numbers on their way out."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array


def require_finite(*arrays: Array, method: str) -> None:
    """Raise unless every entry is finite.

    Raises:
        MethodError: a value over- or underflowed.
    """
    for array in arrays:
        # A finite sum proves all its terms finite, in half the time; a sum that overflowed proves nothing.
        if not (math.isfinite(np.add.reduce(array, axis=None)) or np.isfinite(array).all()):
            raise MethodError("result_not_finite", method=method)


def one_of(value: str, allowed: Sequence[str], *, method: str, what: str) -> str:
    """Return `value`.

    Raises:
        MethodError: it is not one of `allowed`.
    """
    if value not in allowed:
        raise MethodError("not_a_choice", method=method, what=what, value=str(value), allowed=", ".join(allowed))
    return value


def between(value: float, low: float, high: float, *, method: str, what: str) -> float:
    """Return `value`.

    Raises:
        MethodError: it is NaN or outside [low, high].
    """
    if not low <= value <= high:
        raise MethodError(
            "outside_range", method=method, what=what, value=float(value), low=f"[{low:g}", high=f"{high:g}]"
        )
    return float(value)
