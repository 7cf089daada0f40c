"""Votes: each column of the matrix is a voter that orders the units; only its order counts, not its numbers.

A voter may be a criterion, an expert or a ranking method. Columns of ranks, where 1 is best, take the direction -1.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalengine.methods.arrays import Array
from evalengine.methods.kernel import kernel
from evalengine.methods.outranking import NOISE, Compared, compared
from evalengine.methods.ranking import places
from evalengine.methods.registry import Behaviour, register
from evalengine.methods.results import Ranked

Counts = NDArray[np.int64]

_BEHAVIOUR = Behaviour(
    nan="error",
    ties="values of a voter within 1e-12 relative tie; majorities and scores within 1e-12 of the total weight tie",
    constant="a voter without preference",
    zeros="any value",
    negatives="any value",
    small="at least 2 units",
)


@register(
    "voting",
    formula="B_i = sum_j w_j (N - rank_ij), average ranks for ties",
    source="de Borda (1781); ties: Black, The Theory of Committees and Elections (1958)",
    complexity="O(M N)",
    behaviour=_BEHAVIOUR,
)
def borda(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Borda count: how many units a voter puts behind a unit, averaged over the voters.

    pyDecision 5.1 breaks ties of a voter by the order of the rows; here tied units share their places.

    Args:
        matrix: shape (units, voters).
        weights: (voters,), rescaled to sum 1; equal if None.
        directions: (voters,), +1 more is better, -1 less is better (ranks); all +1 if None.
        columns: names of the voters for messages.

    Returns:
        Scores: mean number of units behind, a tied one counting half, in [0, units - 1]; higher is better. Tables:
        `ranks` (units, voters), the average rank by each voter that takes part.

    Raises:
        MethodError: a fault of the arguments, or a single unit.
    """
    given = compared(matrix, weights, directions, method="borda", columns=columns)
    ranks = average_ranks(given)
    scores = given.values.shape[1] - _mean(ranks, given.weights)
    return Ranked(scores, _places(scores), higher_is_better=True, tables={"ranks": ranks.T})


@register(
    "voting",
    formula="C_i = number of units i beats - number that beat i, by weighted majority",
    source="Copeland (1951); Saari, Merlin, Economic Theory 8 (1996) 51-76",
    complexity="O(M N^2)",
    behaviour=_BEHAVIOUR,
)
def copeland(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Copeland score: pairwise majorities won less those lost.

    What pyrepo-mcda 0.1.15 calls copeland is the sum of ranks, the order of `borda`.

    Args and errors as for `borda`.

    Returns:
        Scores: wins less losses, in [1 - units, units - 1], higher is better. Tables: `wins` and `losses`.
    """
    given = compared(matrix, weights, directions, method="copeland", columns=columns)
    wins, losses = majorities(given)
    scores = (wins - losses).astype(np.float64)
    tables = {"wins": wins.astype(np.float64), "losses": losses.astype(np.float64)}
    return Ranked(scores, places(scores), higher_is_better=True, tables=tables)


@register(
    "voting",
    formula="layers of the majority relation: each unit of a layer beats every unit of the layers behind it",
    source="Condorcet (1785); Smith, Econometrica 41 (1973) 1027-1041; Landau, Bull. Math. Biophys. 15 (1953) 143-148",
    complexity="O(M N^2)",
    behaviour=_BEHAVIOUR,
)
def condorcet(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Condorcet order: who beats everybody, then who beats all the rest; units in a circle of majorities tie.

    Where the majorities contain no circle and no tie this is the order every Condorcet method gives. The first layer
    is the Smith set.

    Args and errors as for `borda`.

    Returns:
        Scores: number of the layer, lower is better. Tables: `wins` and `losses` by majority, and `winner`
        (1 for the unit that beats every other; there may be none).
    """
    given = compared(matrix, weights, directions, method="condorcet", columns=columns)
    wins, losses = majorities(given)
    units = wins.size
    scores = layers(wins, losses).astype(np.float64)
    tables = {
        "wins": wins.astype(np.float64),
        "losses": losses.astype(np.float64),
        "winner": np.where(wins == units - 1, 1.0, 0.0),
    }
    return Ranked(scores, places(scores, higher_is_better=False), higher_is_better=False, tables=tables)


@register(
    "voting",
    formula="weighted median of the voters' average ranks",
    source="median ranks: Cook, Seiford, Management Science 24 (1978) 1721-1732",
    complexity="O(N M log M)",
    behaviour=_BEHAVIOUR,
)
def consensus(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Consensus of several rankings: the middle rank of each unit, which no minority of voters can move far.

    Args and errors as for `borda`.

    Returns:
        Scores: weighted median rank, the mean of the lower and the upper one where half the weight lies on either
        side; lower is better. Tables: `best`, `worst` and `mean`, over the voters.
    """
    given = compared(matrix, weights, directions, method="consensus", columns=columns)
    ranks = average_ranks(given)
    order = np.argsort(ranks, axis=0, kind="stable")
    ascending = np.take_along_axis(ranks, order, axis=0)
    share = np.cumsum(given.weights[order], axis=0)
    share[-1] = 1.0
    units = np.arange(ranks.shape[1])
    lower = ascending[np.argmax(share >= 0.5 - NOISE, axis=0), units]
    upper = ascending[np.argmax(share > 0.5 + NOISE, axis=0), units]
    scores = (lower + upper) / 2.0
    tables = {"best": ascending[0], "worst": ascending[-1], "mean": _mean(ranks, given.weights)}
    return Ranked(scores, places(scores, higher_is_better=False), higher_is_better=False, tables=tables)


def average_ranks(given: Compared) -> Array:
    """Return the average rank of each unit by each voter, shape (voters, units)."""
    return np.stack([places(voter, rule="fractional") for voter in given.values])


def majorities(given: Compared) -> tuple[Counts, Counts]:
    """Return for each unit the number of units it beats and the number that beat it, by weighted majority."""
    return _majorities(given.values, given.weights)


def layers(wins: Counts, losses: Counts) -> Counts:
    """Return the layer of each unit, 1 = best.

    The units ordered by wins less losses, the first k beat all the others exactly if they have all the points there
    are to win: k(k - 1) among themselves and 2k(N - k) from the others, with 2 for a win and 1 for a tie.
    """
    units = wins.size
    points = wins - losses + units - 1
    order = np.argsort(-points, kind="stable")
    first = np.arange(1, units + 1)
    closed = np.cumsum(points[order]) == first * (first - 1) + 2 * first * (units - first)
    layer = np.empty(units, dtype=np.int64)
    layer[order] = 1 + np.concatenate([[0], np.cumsum(closed)[:-1]])
    return layer


def _mean(ranks: Array, weights: Array) -> Array:
    """Return the weighted mean over the voters, in their order, so that equal units get equal bits."""
    result = np.zeros(ranks.shape[1])
    for weight, row in zip(weights, ranks, strict=True):
        result += weight * row
    return result


def _places(scores: Array) -> Array:
    return places(scores, gap=NOISE * scores.size)


@kernel
def _majorities(values: Array, weights: Array) -> tuple[Counts, Counts]:
    """Count pairwise majorities, each pair once and without a matrix of pairs."""
    voters, units = values.shape
    wins = np.zeros(units, np.int64)
    losses = np.zeros(units, np.int64)
    for i in range(units):
        margin = np.zeros(units - i - 1)
        for j in range(voters):
            own, weight, others = values[j, i], weights[j], values[j, i + 1 :]
            for k in range(others.shape[0]):
                margin[k] += weight * ((own > others[k]) * 1.0 - (own < others[k]) * 1.0)
        for k in range(margin.shape[0]):
            won, lost = margin[k] > NOISE, margin[k] < -NOISE
            wins[i] += won
            losses[i] += lost
            wins[i + 1 + k] += lost
            losses[i + 1 + k] += won
    return wins, losses
