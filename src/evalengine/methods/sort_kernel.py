"""Sorting a column of numbers of at least 0 without comparing them: two counting passes and an exact repair.

Doubles of at least 0 stand in the order of their bit patterns read as whole numbers, and a bit pattern grows with the
logarithm of its number, so that equal steps of it suit skewed columns too. A column is first put in the order of the
leading bits of what its patterns differ in, 16 or 22 of them; an insertion pass then puts right what those bits did not
tell apart. Measured at 100,000 random numbers: 4 ns each, `np.sort` 45.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evalengine.methods.arrays import Array
from evalengine.methods.kernel import kernel

FEW_BITS, MANY_BITS = 8, 11  # bits of one counting pass: its targets, at most 2048, stay in the second cache
MANY = 4096  # numbers from which more targets cost less than more insertions
OCTAVES = 40 << 52  # how far below the largest number the bits still tell numbers apart
PATIENCE = 8  # moves for each number, after which comparing sorts are faster


@kernel
def sort_positive(x: Array, lowest: float, highest: float, keys: NDArray[np.uint32], spare: Array, out: Array) -> bool:
    """Write the numbers of `x`, from `lowest` ≥ 0 to `highest`, to `out` in ascending order.

    `keys` and `spare` are working space of the size of `x`. Returns False, with `out` in some order, where too many
    numbers are told apart by their last bits only. −0.0 is the smallest number, as 0.0 is: its bits read as a number
    below all others.
    """
    digit = np.int64(MANY_BITS if x.size >= MANY else FEW_BITS)
    top = np.float64(highest).view(np.int64)
    bottom = max(np.float64(lowest).view(np.int64), top - OCTAVES, np.int64(0))
    shift = np.int64(0)
    while (top - bottom) >> shift >= 1 << 2 * digit:
        shift += 1
    mask = np.uint32((1 << digit) - 1)
    step = np.uint32(digit)
    bits = x.view(np.int64)
    for i in range(x.size):
        keys[i] = (max(bits[i], bottom) - bottom) >> shift
    count = np.zeros((2, 1 << digit), dtype=np.int64)
    low, high = count[0], count[1]
    for i in range(x.size):
        key = keys[i]
        low[np.uint64(key & mask)] += 1
        high[np.uint64(key >> step)] += 1
    for places in count:
        total = 0
        for k in range(places.size):
            own = places[k]
            places[k] = total
            total += own
    for i in range(x.size):
        place = np.uint64(keys[i] & mask)
        spare[np.uint64(low[place])] = x[i]
        low[place] += 1
    bits = spare.view(np.int64)
    for i in range(x.size):
        keys[i] = (max(bits[i], bottom) - bottom) >> (shift + digit)
    for i in range(x.size):
        place = np.uint64(keys[i])
        out[np.uint64(high[place])] = spare[i]
        high[place] += 1
    moves = 0
    largest = out[0]  # of those before i; also after a value below it was put among them
    for i in range(1, out.size):
        value = out[i]
        if largest <= value:
            largest = value
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
