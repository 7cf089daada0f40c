"""When two numbers are one value: what the methods that compare units ask before they compare.

5.1 read from one file and 17 * 0.3 computed in another are one value. Values that follow one another in their order
and differ by at most `SAME` times the larger of their absolute values are equal; a chain of such neighbours is one
value, its smallest. The rule knows no units of measurement and no order of rows, and is that of `normalisation.rank`.
"""

from __future__ import annotations

from evalengine.methods.arrays import Array
from evalengine.methods.kernel import kernel
from evalengine.methods.ranking import ascending, placed
from evalengine.methods.results import SAME, Tie


def join(values: Array) -> None:
    """Make equal values of one vector the same number, in place."""
    order, ordered = ascending(values)
    if join_ordered(ordered):
        values[order] = ordered


def ranks_from_below(values: Array, *, rule: Tie = "fractional", same: float = SAME) -> Array:
    """Return ranks, 1 = smallest, of one or more finite values; those equal within `same` tie."""
    order, ordered = ascending(values)
    join_ordered(ordered, same)
    return placed(order, ordered, rule)


@kernel
def join_ordered(ordered: Array, same: float = SAME) -> bool:
    """Make equal values of an ascending vector the same number, in place; return whether any was changed."""
    changed = False
    first = ordered[0]
    before = first
    for k in range(1, ordered.shape[0]):
        here = ordered[k]
        if here == before or here - before <= same * max(abs(here), abs(before)):
            changed = changed or here != first
            ordered[k] = first
        else:
            first = here
        before = here
    return changed


@kernel
def snap(values: Array, marks: Array) -> None:
    """Make values of one vector that equal a mark this mark, in place, the nearest one if several; marks are joined.

    Other values decide nothing here, unlike in a chain: what becomes of a value depends on the marks alone.
    """
    for i in range(values.shape[0]):
        own = values[i]
        nearest = marks[0]
        for mark in marks[1:]:
            if abs(mark - own) < abs(nearest - own):
                nearest = mark
        if abs(nearest - own) <= SAME * max(abs(nearest), abs(own)):
            values[i] = nearest
