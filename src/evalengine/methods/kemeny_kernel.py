"""Kemeny's order of the units of one layer: exact over all subsets, by insertion, and a lower bound."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evalengine.methods.arrays import Array
from evalengine.methods.kernel import kernel

Order = NDArray[np.int64]


@kernel
def exact_order(cost: Array, slack: float) -> tuple[float, float, Order]:
    """Return the least cost, the number of orders that reach it and, for each unit, all units one of them puts first.

    Subsets are bit sets: the least cost of putting a subset first, and of putting the rest behind it.
    """
    units = cost.shape[0]
    full = (1 << units) - 1
    half = (units + 1) // 2
    low, high = _subset_sums(cost[:, :half]), _subset_sums(cost[:, half:])
    forward, backward = np.full(full + 1, np.inf), np.full(full + 1, np.inf)
    forward[0] = 0.0
    backward[full] = 0.0
    for subset in range(full):
        for a in range(units):
            total = forward[subset] + _added(low, high, subset, a)
            forward[subset | (1 << a)] = min(forward[subset | (1 << a)], total)
    for subset in range(full - 1, -1, -1):
        for a in range(units):
            total = backward[subset | (1 << a)] + _added(low, high, subset, a)
            backward[subset] = min(backward[subset], total)
    orders = np.zeros(full + 1)
    orders[0] = 1.0
    before = np.zeros(units, np.int64)
    for subset in range(full):
        if orders[subset] > 0.0:
            for a in range(units):
                total = forward[subset] + _added(low, high, subset, a) + backward[subset | (1 << a)]
                if total <= forward[full] + slack:
                    orders[subset | (1 << a)] += orders[subset]
                    before[a] |= subset
    return forward[full], orders[full], before


@kernel
def _subset_sums(cost: Array) -> Array:
    """Return for each row the sum of its entries over every subset of the columns, shape (units, 2^columns)."""
    units, columns = cost.shape
    sums = np.zeros((units, 1 << columns))
    for a in range(units):
        for b in range(columns):
            for subset in range(1 << b):
                sums[a, subset | (1 << b)] = sums[a, subset] + cost[a, b]
    return sums


@kernel
def _added(low: Array, high: Array, subset: int, a: int) -> float:
    """Return the cost of placing a unit behind a subset; infinite if it is in it."""
    if (subset >> a) & 1 == 1:
        return np.inf
    half = low.shape[1]
    return float(low[a, subset & (half - 1)] + high[a, subset // half])


@kernel
def inserted(start: Order, cost: Array, slack: float) -> Order:
    """Return an order no single unit can be moved in with gain: each unit in turn goes to its best place."""
    order = start.copy()
    units = order.shape[0]
    improved = True
    while improved:
        improved = False
        for at in range(units):
            unit = order[at]
            change, best, to = 0.0, -slack, at
            for k in range(at - 1, -1, -1):
                change += cost[order[k], unit] - cost[unit, order[k]]
                if change < best:
                    best, to = change, k
            change = 0.0
            for k in range(at + 1, units):
                change += cost[unit, order[k]] - cost[order[k], unit]
                if change < best:
                    best, to = change, k
            if to != at:
                improved = True
                step = 1 if to > at else -1
                for k in range(at, to, step):
                    order[k] = order[k + step]
                order[to] = unit
    return order


@kernel
def distance_of(order: Order, cost: Array) -> float:
    """Return the cost of an order."""
    total = 0.0
    for k in range(order.shape[0]):
        for before in range(k):
            total += cost[order[k], order[before]]
    return total


@kernel
def lower_bound(cost: Array) -> float:
    """Return a lower bound: the smaller cost of every pair, and what each circle of three must cost on top."""
    units = cost.shape[0]
    total = 0.0
    margin = np.zeros((units, units))  # what breaking the majority of the row unit over the column unit still costs
    for a in range(units):
        for b in range(units):
            margin[a, b] = max(cost[a, b] - cost[b, a], 0.0)
            if a < b:
                total += min(cost[a, b], cost[b, a])
    for a in range(units):
        for b in range(units):
            for c in range(units):
                if margin[a, b] <= 0.0:
                    break
                least = min(margin[a, b], margin[b, c], margin[c, a])
                if least > 0.0:
                    total += least
                    margin[a, b] -= least
                    margin[b, c] -= least
                    margin[c, a] -= least
    return total


@kernel
def count_preferring(ranks: Array) -> Array:
    """Return the number of voters that prefer the row unit to the column unit, half of it for ties."""
    voters, units = ranks.shape
    result = np.zeros((units, units))
    for i in range(units):
        for j in range(voters):
            for k in range(units):
                better, equal = ranks[j, i] < ranks[j, k], ranks[j, i] == ranks[j, k]
                result[i, k] += better * 1.0 + equal * 0.5
    return result
