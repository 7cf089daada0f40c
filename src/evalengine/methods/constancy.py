"""When a column is constant: the one rule of all methods that divide by a range.

Equal figures that were computed in different ways, 0.1 + 0.2 and 0.3, differ in their last digits. Divided by its own
range such a difference would become a criterion of full weight; so a column whose range is at most 1e-12 of its
largest absolute value has no range.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from evalengine.methods.arrays import Array

NOISE = 1e-12  # far above what rounding leaves, far below any difference that is reported


def within_noise(low: Any, high: Any) -> Any:  # noqa: ANN401 - numbers in a kernel, arrays outside
    """Return whether a range is noise; compiled into kernels as it stands."""
    return high - low <= NOISE * np.maximum(np.abs(low), np.abs(high))


def is_constant(low: Array, high: Array) -> NDArray[np.bool_]:
    """Return which columns are constant, from their smallest and their largest value; false where one is NaN."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(within_noise(low, high))


def flattened(matrix: Array, noisy: NDArray[np.bool_], low: Array, *, axis: int) -> Array:
    """Return a copy of the matrix with `low` throughout each column that is `noisy`; `axis` counts the columns."""
    result = matrix.copy(order="K")
    np.moveaxis(result, axis, 0)[noisy] = low[noisy, np.newaxis]
    return result
