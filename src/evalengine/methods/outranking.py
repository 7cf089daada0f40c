"""What the pairwise methods share: their input, thresholds, the credibility index and partial orders.

Differences of two units decide here, so noise does too unless a rule says otherwise. The rules: values of a criterion
that are equal by `ties.join` become the same number before anything is compared, so that they differ by 0; weights of
criteria that agree are compared with a cut only beyond `NOISE`; a difference exceeds a threshold at which the
preference jumps only if it does so by more than `SLACK` times that threshold (0.9 - 0.7 does not exceed 0.2) and
`ROUNDING` times the sizes of the two values, which carry a rounding error of their own however small the threshold is.
The sizes are those of the pair: by the largest of the criterion, one outlier would hide the differences of all others.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_directions, as_matrix, as_vector, as_weights, column_name
from evalengine.methods.kernel import kernel
from evalengine.methods.order_kernel import Order
from evalengine.methods.ranking import at_most_before, places
from evalengine.methods.ties import join

NOISE = 1e-12
SLACK = 1e-10
ROUNDING = 2.0**-51  # of |a| + |b|: each value is off by half a unit of its last place, their difference likewise
PAIRWISE_LIMIT = 5000  # units; a matrix of all pairs then takes 200 MB

Thresholds = float | Sequence[float] | Array


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """What takes part in a pairwise comparison: the criteria whose weight is not 0, more = better.

    Attributes:
        values: (criteria, units), contiguous; cost criteria negated, equal values joined if asked for.
        weights: (criteria,), all positive, sum 1.
        directions: (criteria,), +1 or -1, as given.
        kept: (criteria,), positions of these criteria in the matrix as given.
        count: number of criteria of the matrix as given.
        method: the name a message quotes.
        columns: names of all criteria as given.
    """

    values: Array
    weights: Array
    directions: Array
    kept: NDArray[np.intp]
    count: int
    method: str
    columns: Sequence[str] | None

    def name(self, criterion: int) -> str:
        """Return the name of a criterion that takes part."""
        return column_name(self.columns, int(self.kept[criterion]))


def compared(
    matrix: ArrayLike,
    weights: ArrayLike | None,
    directions: ArrayLike | None,
    *,
    method: str,
    columns: Sequence[str] | None,
    least: int = 2,
    most: int | None = None,
    joined: bool = True,
) -> Compared:
    """Check the arguments of a pairwise method and return what takes part.

    Values are joined here, unless the caller joins them where it sorts them or compares units with profiles only.

    Raises:
        MethodError: a fault of the arguments, fewer than `least` or more than `most` units, or a criterion whose
            range is beyond the largest number.
    """
    values = as_matrix(matrix, method=method, columns=columns)
    units, count = values.shape
    shares = as_weights(weights, count, method=method)
    if weights is not None:  # by their exact sum, which knows no order of the criteria
        raw = np.asarray(weights, dtype=np.float64)
        shares = raw / math.fsum(raw)
    signs = as_directions(directions, count, method=method)
    if units < least:
        raise MethodError("needs_two_units", method=method)
    if most is not None and units > most:
        raise MethodError("too_many_units", method=method, count=units, most=most)
    kept = np.flatnonzero(shares)
    oriented = np.ascontiguousarray((values[:, kept] * signs[kept]).T)
    given = Compared(oriented, shares[kept], signs[kept], kept, count, method, columns)
    check_range(oriented, given)
    if joined:
        for row in oriented:
            join(row)
    return given


def check_range(values: Array, given: Compared) -> None:
    """Refuse values, shaped (criteria, any), whose differences are beyond the largest number."""
    with np.errstate(over="ignore"):
        beyond = np.isinf(np.ptp(values, axis=1))
    if beyond.any():
        raise MethodError("range_overflow", method=given.method, column=given.name(int(np.argmax(beyond))))


def thresholds(value: Thresholds, given: Compared, *, what: str) -> Array:
    """Return one threshold for each criterion that takes part, in the criterion's own unit.

    Args:
        value: one number for all criteria, or one for each criterion of the matrix as given.
        given: what takes part.
        what: name of the parameter.

    Raises:
        MethodError: not numbers, not finite, of the wrong length or negative.
    """
    wanted = value if isinstance(value, Sequence) or np.ndim(value) else np.full(given.count, value)
    vector = as_vector(wanted, method=given.method, what=what, length=given.count)[given.kept]
    if (vector < 0).any():
        criterion = int(np.argmax(vector < 0))
        raise MethodError(
            "negative_threshold",
            method=given.method,
            what=what,
            column=given.name(criterion),
            value=float(vector[criterion]),
        )
    return vector


def check_order(low: Array, high: Array, given: Compared, *, names: str) -> None:
    """Refuse thresholds that are not in ascending order; `names` quotes both parameters."""
    wrong = low > high
    if wrong.any():
        column = given.name(int(np.argmax(wrong)))
        raise MethodError("thresholds_not_ascending", method=given.method, column=column, names=names)


def pseudo_criteria(q: Thresholds, p: Thresholds, v: Thresholds | None, given: Compared) -> tuple[Array, Array, Array]:
    """Return checked indifference, preference and veto thresholds; without vetoes the last are infinite."""
    low, high = thresholds(q, given, what="q"), thresholds(p, given, what="p")
    check_order(low, high, given, names="q <= p")
    veto = np.full(low.shape, np.inf) if v is None else thresholds(v, given, what="v")
    check_order(high, veto, given, names="p <= v")
    at_once = low == high
    raised = np.where(at_once | (high == veto), high * (1.0 + SLACK), high)
    return np.where(at_once, raised, low), raised, np.maximum(veto, raised)


def intersection(first: Array, second: Array) -> tuple[Array, Array]:
    """Return the partial order two rankings have in common.

    Unit a precedes b if neither ranking puts b before a and at least one puts a before b.

    Args:
        first: (units,), dense ranks, 1 = best.
        second: (units,), likewise.

    Returns:
        For each unit the number of units that precede it, and the number it cannot be compared with.
    """
    one, two = first.astype(np.int32), second.astype(np.int32)
    _, group, sizes = np.unique(one * (two.max() + 1.0) + two, return_inverse=True, return_counts=True)
    ahead = _preceding(one, two, group)
    behind = _preceding(one.max() + 1 - one, two.max() + 1 - two, group)
    equal = sizes[group]
    return ahead - equal, one.size - (ahead + behind - equal)


def dense_ranks(scores: Array, *, higher_is_better: bool) -> Array:
    """Return dense ranks of scores in [-1, 1]; scores within `NOISE` tie."""
    return places(scores, rule="dense", higher_is_better=higher_is_better, gap=NOISE)


def _preceding(one: Order, two: Order, group: NDArray[np.intp]) -> Array:
    """Return for each unit the number of units, itself included, at most as large in both; groups are equal pairs."""
    order = np.lexsort((two, one))
    before = np.zeros(int(group.max()) + 1)
    # of equal pairs only the last in the order has counted all the others
    np.maximum.at(before, group[order], at_most_before(two[order]) + 1.0)
    result: Array = before[group]
    return result


@kernel
def exceeding(a: float, b: float) -> float:
    """Return by how much a exceeds b for certain: the difference less what rounding may have added to it."""
    return (a - b) - (ROUNDING * abs(a) + ROUNDING * abs(b))


@kernel
def credibility(a: Array, b: Array, weights: Array, q: Array, p: Array, v: Array) -> Array:
    """Return how credible it is that each unit of `a` is at least as good as each of `b`, shape (a, b).

    Concordance C is the weighted share of criteria on which `a` is not worse by more than q, falling to 0 at p;
    every discordance above C, rising from 0 at p to 1 at the veto v, lowers it by (1 - d) / (1 - C).
    """
    criteria, others = b.shape
    result = np.zeros((a.shape[1], others))
    for i in range(a.shape[1]):
        agreed = result[i]
        for j in range(criteria):
            jumps = q[j] == p[j] or p[j] == v[j]
            for k in range(others):
                worse = exceeding(b[j, k], a[j, i]) if jumps else b[j, k] - a[j, i]
                part = 1.0 if worse <= q[j] else (0.0 if worse >= p[j] else (p[j] - worse) / (p[j] - q[j]))
                agreed[k] += weights[j] * part
        for k in range(others):
            concordance = min(agreed[k], 1.0)
            agreed[k] = concordance
            for j in range(criteria):
                jumps = q[j] == p[j] or p[j] == v[j]
                worse = exceeding(b[j, k], a[j, i]) if jumps else b[j, k] - a[j, i]
                if worse > p[j]:
                    against = 1.0 if worse >= v[j] else (worse - p[j]) / (v[j] - p[j])
                    if against > concordance:
                        agreed[k] *= (1.0 - against) / (1.0 - concordance)
    return result
