"""Rounding half up, as officials round: a published 85.00 is not 84.996 in disguise."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_vector

LARGEST = 1e6  # beyond it the inner decimals are not held by a double


def half_up(values: ArrayLike, *, decimals: int = 2, inner_decimals: int = 9) -> Array:
    """Return values rounded half away from zero to `decimals`, after rounding them so to `inner_decimals`.

    The first rounding removes floating-point noise: 84.99499999999999 that is 84.995 in decimal arithmetic gives
    85.00 at two decimals. Integers carry the second one, so it is exact.

    Args:
        values: (units,), finite, at most a million in size.
        decimals: decimals of the result.
        inner_decimals: decimals of the first rounding, at least `decimals`.

    Returns:
        (units,), each the double nearest to its decimal.

    Raises:
        MethodError: a value is not finite or too large, or inner_decimals < decimals.
    """
    vector = as_vector(values, method="half_up", what="values")
    if not 0 <= decimals <= inner_decimals:
        value = f"{decimals} > {inner_decimals}"
        raise MethodError(
            "parameter_not_allowed", method="half_up", name="decimals", value=value, allowed="0 … inner_decimals"
        )
    if (np.abs(vector) > LARGEST).any():
        largest = float(vector[int(np.argmax(np.abs(vector)))])
        raise MethodError("score_too_large", value=largest, limit=LARGEST)
    whole = np.floor(np.abs(vector) * 10.0**inner_decimals + 0.5).astype(np.int64)
    step = np.int64(10 ** (inner_decimals - decimals))
    rounded: Array = np.sign(vector) * ((whole + step // 2) // step) / 10.0**decimals
    return rounded + 0.0  # no negative zero
