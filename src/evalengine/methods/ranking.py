"""Scores to ranks: an exact stable order, and the four tie rules."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array
from evalengine.methods.kernel import kernel
from evalengine.methods.order_kernel import Order, order_numbers
from evalengine.methods.registry import Behaviour, register
from evalengine.methods.results import Tie, ranks_of

Shares = tuple[float, float, float]
RULES: dict[Tie, Shares] = {  # share of a tie group's first place, of its last place and of its number in its rank
    "competition": (1.0, 0.0, 0.0),
    "modified": (0.0, 1.0, 0.0),
    "dense": (0.0, 0.0, 1.0),
    "fractional": (0.5, 0.5, 0.0),
}

_BEHAVIOUR = Behaviour(
    nan="error",
    ties="by the rule of this name; scores within the tolerance of their neighbour tie",
    constant="all tie",
    zeros="-0 and 0 tie",
    negatives="allowed",
    small="any size",
)
_SOURCE = "standard rank rules; order by counting sort (Knuth, TAOCP 3, 5.2.5)"
_COMPLEXITY = "O(N)"


@register(
    "ranking",
    formula="rank = 1 + number of units with a better score (1, 2, 2, 4)",
    source=_SOURCE,
    complexity=_COMPLEXITY,
    behaviour=_BEHAVIOUR,
)
def competition(scores: ArrayLike, *, higher_is_better: bool = True, tolerance: float = 0.0) -> Array:
    """Ranks 1, 2, 2, 4: tied units share the best place of their group.

    Scores that follow one another and differ by at most `tolerance` times the largest absolute score tie; a chain of
    such neighbours is one tie.

    Args:
        scores: shape (units,), any unit.
        higher_is_better: whether the largest score gets rank 1.
        tolerance: relative tolerance of a tie, from 0 (equal numbers only) to below 1.

    Returns:
        One rank per unit, 1 = best, shape (units,).

    Raises:
        MethodError: no scores, a score is NaN or infinite, or the tolerance is outside [0, 1).
    """
    return _by_rule(scores, "competition", higher_is_better=higher_is_better, tolerance=tolerance)


@register(
    "ranking",
    formula="rank = 1 + number of different better scores (1, 2, 2, 3)",
    source=_SOURCE,
    complexity=_COMPLEXITY,
    behaviour=_BEHAVIOUR,
)
def dense(scores: ArrayLike, *, higher_is_better: bool = True, tolerance: float = 0.0) -> Array:
    """Ranks 1, 2, 2, 3: no place is left out after a tie.

    Args, result and errors as for `competition`.
    """
    return _by_rule(scores, "dense", higher_is_better=higher_is_better, tolerance=tolerance)


@register(
    "ranking",
    formula="rank = mean of the places the tied units take up (1, 2.5, 2.5, 4)",
    source=_SOURCE,
    complexity=_COMPLEXITY,
    behaviour=_BEHAVIOUR,
)
def fractional(scores: ArrayLike, *, higher_is_better: bool = True, tolerance: float = 0.0) -> Array:
    """Ranks 1, 2.5, 2.5, 4: tied units share the mean of their places, as rank statistics need it.

    Args, result and errors as for `competition`.
    """
    return _by_rule(scores, "fractional", higher_is_better=higher_is_better, tolerance=tolerance)


@register(
    "ranking",
    formula="rank = number of units with an equal or better score (1, 3, 3, 4)",
    source=_SOURCE,
    complexity=_COMPLEXITY,
    behaviour=_BEHAVIOUR,
)
def modified(scores: ArrayLike, *, higher_is_better: bool = True, tolerance: float = 0.0) -> Array:
    """Ranks 1, 3, 3, 4: tied units share the worst place of their group.

    Args, result and errors as for `competition`.
    """
    return _by_rule(scores, "modified", higher_is_better=higher_is_better, tolerance=tolerance)


def ascending(values: Array) -> tuple[Order, Array]:
    """Return the stable ascending order of one or more finite values and the values in that order."""
    return _ordered(values, 1.0, np.empty(values.shape[0]))


def places(scores: Array, *, rule: Tie = "competition", higher_is_better: bool = True, gap: float = 0.0) -> Array:
    """Return ranks, 1 = best, of one or more finite scores; neighbours in the order at most `gap` apart tie."""
    ranks = np.empty(scores.shape[0])
    order, ordered = _ordered(scores, -1.0 if higher_is_better else 1.0, ranks)
    _place(order, ordered, gap, RULES[rule], ranks)
    return ranks


def placed(order: Order, ordered: Array, rule: Tie) -> Array:
    """Return the ranks of units that stand in this order and have these ascending values."""
    ranks = np.empty(ordered.shape[0])
    _place(order, ordered, 0.0, RULES[rule], ranks)
    return ranks


def at_most_before(values: Order) -> Order:
    """Return for each entry how many earlier entries are at most as large; values from 1 on, in O(N log N)."""
    return _at_most_before(values, int(values.max(initial=0)))


def _by_rule(scores: ArrayLike, rule: Tie, *, higher_is_better: bool, tolerance: float) -> Array:
    ranks = ranks_of(scores, higher_is_better=higher_is_better, tolerance=tolerance, tie=rule, method=rule)
    if ranks.size == 0:
        raise MethodError("too_few_units", method=rule, count=0, least=1)
    return ranks


def _ordered(values: Array, sign: float, spare: Array) -> tuple[Order, Array]:
    """Return the stable ascending order of the values times `sign`, and these in that order.

    `spare` is working space as long as the values: fresh memory costs a page fault for every 512 numbers.
    """
    low, high = sorted((sign * float(values.min()), sign * float(values.max())))
    order = np.empty(values.shape[0], dtype=np.int32)
    ordered = np.empty(values.shape[0])
    order_numbers(values, sign, low, high, spare.view(np.uint32), order, ordered)
    return order, ordered


@kernel
def _place(order: Order, ordered: Array, gap: float, shares: Shares, ranks: Array) -> None:
    """Write the rank of each unit: its group's first place, last place and number, each times its share."""
    count = ordered.shape[0]
    ties = 0
    for k in range(1, count):
        ties += 1 if ordered[k] - ordered[k - 1] <= gap else 0
    if ties == 0:  # whatever the rule; twice as fast as looking for groups
        for k in range(count):
            ranks[np.uint64(order[k])] = k + 1.0
        return
    start = 0
    group = 0
    while start < count:
        end = start + 1
        while end < count and ordered[end] - ordered[end - 1] <= gap:
            end += 1
        group += 1
        rank = shares[0] * (start + 1) + shares[1] * end + shares[2] * group
        for k in range(start, end):
            ranks[order[k]] = rank
        start = end


@kernel
def _at_most_before(values: Order, largest: int) -> Order:
    """Count with a Fenwick tree over the values."""
    tree = np.zeros(largest + 1, np.int32)
    counts = np.empty(values.shape[0], np.int32)
    for i in range(values.shape[0]):
        total = 0
        at = int(values[i])
        while at > 0:
            total += int(tree[at])
            at -= at & -at
        counts[i] = total
        at = int(values[i])
        while at <= largest:
            tree[at] += 1
            at += at & -at
    return counts
