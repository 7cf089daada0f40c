"""Kernel of Kendall's coefficient: exchanges of a merge sort, W. Knight, JASA 61, 1966."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evalengine.methods.kernel import kernel


@kernel
def exchanges(values: NDArray[np.int64]) -> int:
    """Return the number of pairs in descending order; equal values are in order."""
    n = values.size
    source = values.copy()
    target = np.empty_like(source)
    found = 0
    width = 1
    while width < n:
        for low in range(0, n, 2 * width):
            middle, high = min(low + width, n), min(low + 2 * width, n)
            left, right = low, middle
            for place in range(low, high):
                if left < middle and (right >= high or source[left] <= source[right]):
                    target[place] = source[left]
                    left += 1
                else:
                    target[place] = source[right]
                    found += middle - left
                    right += 1
        source, target = target, source
        width *= 2
    return found
