"""Kemeny's order: the ranking that contradicts the voters least, with a proof of how close it comes.

The units fall into layers of the majority relation, which every optimal order respects; each layer is solved alone.
No result depends on the order of the voters: they are put in an order of their own, those of equal weight are
counted, and what the heuristic starts from and chooses is decided by the majorities, not by positions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalengine.methods.arrays import Array
from evalengine.methods.kemeny_kernel import Order, count_preferring, distance_of, exact_order, inserted, lower_bound
from evalengine.methods.outranking import NOISE, compared
from evalengine.methods.ranking import places
from evalengine.methods.registry import Behaviour, register
from evalengine.methods.results import Ranked
from evalengine.methods.voting import layers

EXACT_LIMIT = 20  # different units in one layer: 2^20 subsets take a second and 24 MB
UNIT_LIMIT = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """The order of one layer.

    Attributes:
        ahead: (units, units), true where the column unit is ahead of the row unit in every order found optimal.
        distance: cost of the order.
        bound: proven lower bound of the cost of any order.
        optima: number of optimal orders; 0 if not counted.
    """

    ahead: NDArray[np.bool_]
    distance: float
    bound: float
    optima: float


@register(
    "voting",
    formula="order minimising sum over pairs, a before b, of the weight that prefers b, half of it for a tied pair",
    source="Kemeny, Daedalus 88 (1959) 577-591; bound by circles: Davenport, Kalagnanam, AAAI (2004) 697-702",
    complexity=f"O(M N^2 + N 2^n), n = units in the largest circle of majorities; O(N^3) for n > {EXACT_LIMIT}",
    behaviour=Behaviour(
        nan="error",
        ties="units whose values every voter has within 1e-12 relative are one; units no optimal order separates for "
        "certain may share a rank",
        constant="a voter without preference",
        zeros="any value",
        negatives="any value",
        small=f"2 to {UNIT_LIMIT} units",
    ),
)
def kemeny(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Kemeny order: the ranking with the fewest disagreements with the voters, pair by pair.

    Exact where no circle of majorities has more than 20 different units. Several orders may be optimal: a unit's
    score counts only the units ahead of it in all of them. Beyond, the best order found by insertion from the
    Borda order and from each voter's, with a lower bound from circles of three; a gap of 0 proves it optimal.

    Args:
        matrix: shape (units, voters).
        weights: (voters,), rescaled to sum 1; equal if None.
        directions: (voters,), +1 more is better, -1 less is better (ranks); all +1 if None.
        columns: names of the voters for messages.

    Returns:
        Scores: number of units that are certainly ahead, lower is better; one optimal order means one order of
        scores. Tables: `preferences` (units, units), the weight preferring the row unit, half of it for a tie; and
        of length 1: `distance`, disagreements of the order, weighted mean over the voters, pairs of units that are
        equal to every voter left out; `lower_bound` of any order's distance; `gap`, their difference relative to
        the distance; `optima`, the number of optimal orders, 0 where a layer was too large to count them.

    Raises:
        MethodError: a fault of the arguments, a single unit or more than 1,000.
    """
    given = compared(matrix, weights, directions, method="kemeny", columns=columns, most=UNIT_LIMIT)
    ranks = np.stack([places(voter, rule="dense") for voter in given.values])
    voters = np.lexsort((*ranks.T[::-1], given.weights))
    ranks, shares = ranks[voters], given.weights[voters]
    # equal units are one; the others are put in an order that depends on their ranks, not on their rows
    different, group, sizes = np.unique(ranks, axis=1, return_inverse=True, return_counts=True)
    prefers = _preferences(different, shares)
    pair_sizes = np.outer(sizes, sizes)
    layer = _layers(prefers)
    ahead = layer[None, :] < layer[:, None]
    distance = float((np.where(ahead, prefers, 0.0) * pair_sizes).sum())
    bound, optima = distance, 1.0
    for number in range(1, int(layer.max()) + 1):
        members = np.flatnonzero(layer == number)
        inside = np.ix_(members, members)
        solved = _solve((prefers * pair_sizes)[inside], different[:, members])
        ahead[inside] = solved.ahead
        distance += solved.distance
        bound += solved.bound
        optima = min(optima * solved.optima, 1e300)
    scores = np.where(ahead, sizes.astype(np.float64), 0.0).sum(axis=1)[group]
    gap = (distance - bound) / distance if distance > NOISE else 0.0
    tables = {
        "preferences": prefers[np.ix_(group, group)],
        "distance": np.array([distance]),
        "lower_bound": np.array([bound]),
        "gap": np.array([gap]),
        "optima": np.array([optima]),
    }
    return Ranked(scores, places(scores, higher_is_better=False), higher_is_better=False, tables=tables)


def _layers(prefers: Array) -> Order:
    """Return the layer of the majority relation of each unit, 1 = best."""
    margin = prefers - prefers.T
    return layers((margin > NOISE).sum(axis=1), (margin < -NOISE).sum(axis=1))


def _solve(cost: Array, ranks: Array) -> Solved:
    """Order the units of one layer; `cost[a, b]` is the cost of b ahead of a, `ranks` are (voters, units)."""
    units = cost.shape[0]
    if units == 1:
        return Solved(np.zeros((1, 1), dtype=np.bool_), 0.0, 0.0, 1.0)
    slack = NOISE * float(cost.sum())
    if units <= EXACT_LIMIT:
        distance, optima, before = exact_order(cost, slack)
        # b is certainly ahead of a if no optimal order has a among the units before b
        possible = (before[None, :] >> np.arange(units)[:, None]) & 1 == 1
        return Solved(~possible & ~np.eye(units, dtype=np.bool_), distance, distance, optima)
    named = _canonical(cost)
    cost, ranks = np.ascontiguousarray(cost[np.ix_(named, named)]), ranks[:, named]
    points = cost.sum(axis=0)
    starts = [np.argsort(points, kind="stable"), *(np.lexsort((points, voter)) for voter in ranks)]
    found = [inserted(start, cost, slack) for start in starts]
    distances = [float(distance_of(order, cost)) for order in found]
    distance = min(distances)
    chosen = min(order.tolist() for order, own in zip(found, distances, strict=True) if own <= distance + slack)
    place = np.empty(units)
    place[named[chosen]] = np.arange(units)
    bound = min(distance, float(lower_bound(cost)))
    if distance - bound <= slack:
        bound = distance
    return Solved(place[None, :] < place[:, None], distance, bound, 0.0)


def _canonical(cost: Array) -> Order:
    """Return the units in an order that the costs alone decide, as far as they tell the units apart.

    Units start alike; again and again each is known by its costs against units of each kind known so far.
    """
    codes = np.unique(cost, return_inverse=True)[1].reshape(cost.shape)
    pairs = np.unique(codes * (codes.max() + 1) + codes.T, return_inverse=True)[1].reshape(cost.shape)
    kind, kinds = np.zeros(len(cost), dtype=np.int64), 0
    while kind.max() + 1 > kinds:
        kinds = int(kind.max()) + 1
        known = np.sort(pairs * kinds + kind, axis=1)
        kind = np.unique(np.column_stack([kind, known]), axis=0, return_inverse=True)[1].reshape(-1)
    return np.argsort(kind, kind="stable")


def _preferences(ranks: Array, shares: Array) -> Array:
    """Return the weight of the voters that prefer the row unit to the column unit, half of it for ties."""
    units = ranks.shape[1]
    result = np.zeros((units, units))
    for share in np.unique(shares):
        result += share * count_preferring(ranks[shares == share])
    return result
