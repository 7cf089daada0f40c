"""ELECTRE I and III: a unit outranks another if enough criteria agree and none disagrees too much."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalengine.methods.arrays import Array
from evalengine.methods.checks import as_number
from evalengine.methods.kernel import kernel
from evalengine.methods.outranking import (
    NOISE,
    PAIRWISE_LIMIT,
    Thresholds,
    compared,
    credibility,
    intersection,
    pseudo_criteria,
)
from evalengine.methods.ranking import places
from evalengine.methods.registry import Behaviour, register
from evalengine.methods.results import Ranked

Relation = NDArray[np.bool_]

DISTILLATION = (0.30, -0.15)  # s(l) = 0.30 - 0.15 l: how much credibility two statements may differ in unnoticed
EQUAL_CREDIBILITY = 1e-10

_BEHAVIOUR = Behaviour(
    nan="error",
    ties="values within 1e-12 relative are equal; equal rows tie; cuts are met within 1e-12",
    constant="agrees with every statement",
    zeros="any value",
    negatives="any value",
    small=f"2 to {PAIRWISE_LIMIT} units",
)


@register(
    "outranking",
    formula="a S b if c = sum(w, a at least as good) >= c* and d = max_j (b_j - a_j)+ / range_j <= d*; kernel of S",
    source="Roy, RIRO 2 (1968) 57-75; Figueira, Mousseau, Roy in Multiple Criteria Decision Analysis (2005) 133-162",
    complexity="O(M N^2)",
    behaviour=_BEHAVIOUR,
)
def electre_i(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    concordance: float = 0.65,
    discordance: float = 0.35,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """ELECTRE I: the kernel, the units worth choosing from; it selects and does not order.

    The kernel is the set in which no unit outranks another and by which every other unit is outranked. Units that
    outrank one another in a circle count as one. A discordance is measured in the range of its own criterion, so
    that no result depends on the unit of measurement. scikit-criteria 0.10 divides by the largest range of all
    criteria, and its kernel is our table `not_outranked`.

    Args:
        matrix: shape (units, criteria).
        weights: (criteria,), rescaled to sum 1; equal if None. A criterion of weight 0 is left out.
        directions: (criteria,), +1 benefit or -1 cost; all benefit if None.
        concordance: least share of the weights that must agree, in [0, 1].
        discordance: largest share of a criterion's range by which one may disagree, in [0, 1].
        columns: names of the criteria for messages.

    Returns:
        Scores: 1 in the kernel, 0 outside; the kernel shares rank 1. Tables: `concordance`, `discordance` and
        `outranks` (1 where the row unit outranks the column unit), each (units, units), and `not_outranked`
        (1 for a unit no other outranks, which some authors call the kernel).

    Raises:
        MethodError: a fault of the arguments, a cut outside [0, 1], a single unit or too many.
    """
    given = compared(matrix, weights, directions, method="electre_i", columns=columns, most=PAIRWISE_LIMIT)
    for what, value in (("concordance", concordance), ("discordance", discordance)):
        as_number(value, lambda x: 0.0 <= x <= 1.0, method=given.method, name=what, rule="0 … 1")
    spans = np.ptp(given.values, axis=1)
    agreed, against = _indices(given.values, given.weights, np.where(spans > 0.0, spans, 1.0))
    relation: Relation = (agreed >= concordance - NOISE) & (against <= discordance + NOISE)
    np.fill_diagonal(relation, val=False)
    scores = _kernel_of(relation)
    tables = {
        "concordance": agreed,
        "discordance": against,
        "outranks": relation.astype(np.float64),
        "not_outranked": np.where(relation.any(axis=0), 0.0, 1.0),
    }
    return Ranked(scores, places(scores), higher_is_better=True, tables=tables)


@register(
    "outranking",
    formula="S(a,b) = C prod_{d_j > C} (1 - d_j)/(1 - C); distillation with s(l) = 0.30 - 0.15 l from above and below",
    source="Roy, Cahiers du CERO 20 (1978) 3-24; Roy, Bouyssou, Aide multicritere a la decision (1993) ch. 6",
    complexity="O(M N^2 + N^3)",
    behaviour=_BEHAVIOUR,
)
def electre_iii(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    q: Thresholds = 0.0,
    p: Thresholds = 0.0,
    v: Thresholds | None = None,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """ELECTRE III: partial ranking from two distillations of the credibility that one unit outranks another.

    The distillations are Roy's, cut after cut until one unit is left or no cut. mcda 1.1 (IMT Atlantique) has the same
    credibilities but takes at most two cuts, and no margin s(l) between the two credibilities of a pair.

    Args:
        matrix: shape (units, criteria).
        weights: (criteria,), rescaled to sum 1; equal if None. A criterion of weight 0 is left out, with its veto.
        directions: (criteria,), +1 benefit or -1 cost; all benefit if None.
        q: indifference threshold, in the unit of the criterion; one number or one for each criterion.
        p: preference threshold, at least q, likewise.
        v: veto threshold, at least p, likewise; no veto if None.
        columns: names of the criteria for messages.

    Returns:
        Scores: the number of units that precede a unit in both distillations or in one with a tie in the other,
        lower is better; the ranks never contradict that partial order. Tables: `credibility` (units, units),
        `descending` and `ascending` (dense ranks of the two distillations) and `incomparable` (number of units on
        which the distillations contradict each other).

    Raises:
        MethodError: a fault of the arguments, thresholds negative or not q <= p <= v, a single unit or too many.
    """
    given = compared(matrix, weights, directions, method="electre_iii", columns=columns, most=PAIRWISE_LIMIT)
    q_, p_, v_ = pseudo_criteria(q, p, v, given)
    degree = credibility(given.values, given.values, given.weights, q_, p_, v_)
    descending = _distil(degree, 1)
    rising = _distil(degree, -1)
    ascending = rising.max() + 1.0 - rising
    ahead, incomparable = intersection(descending, ascending)
    tables = {
        "credibility": degree,
        "descending": descending,
        "ascending": ascending,
        "incomparable": incomparable,
    }
    return Ranked(ahead, places(ahead, higher_is_better=False), higher_is_better=False, tables=tables)


def _kernel_of(relation: Relation) -> Array:
    """Return 1 for the units of the kernel, 0 for the others, in a graph whose circles are taken as one node."""
    chosen = np.zeros(relation.shape[0])
    for circle in _circles(relation):
        outranked = np.asarray(relation[:, circle].any(axis=1))
        outranked[circle] = False
        chosen[circle] = 0.0 if chosen[outranked].any() else 1.0
    return chosen


def _circles(relation: Relation) -> list[list[int]]:
    """Return the strongly connected components, those that outrank before those they outrank (Kosaraju)."""
    finished = [unit for tree in _trees(relation, range(relation.shape[0])) for unit in tree]
    return _trees(np.ascontiguousarray(relation.T), finished[::-1])


def _trees(relation: Relation, roots: Sequence[int]) -> list[list[int]]:
    """Return the units reached from each root and from no earlier one, in the order their search ended."""
    fresh = np.ones(relation.shape[0], dtype=np.bool_)
    trees = []
    for root in roots:
        if not fresh[root]:
            continue
        fresh[root] = False
        path, tree = [root], []
        while path:
            reachable = relation[path[-1]] & fresh
            following = int(reachable.argmax())
            if reachable[following]:
                fresh[following] = False
                path.append(following)
            else:
                tree.append(path.pop())
        trees.append(tree)
    return trees


@kernel
def _indices(values: Array, weights: Array, spans: Array) -> tuple[Array, Array]:
    """Return the concordance and the discordance of every ordered pair of units."""
    criteria, units = values.shape
    agreed = np.zeros((units, units))
    against = np.zeros((units, units))
    for i in range(units):
        for j in range(criteria):
            own = values[j, i]
            for k in range(units):
                worse = values[j, k] - own
                agreed[i, k] += weights[j] * (worse <= 0.0)
                against[i, k] = max(against[i, k], worse / spans[j])
    return agreed, against


@kernel
def _distil(degree: Array, sign: int) -> Array:
    """Return the step in which each unit is taken out: the best qualified first (sign 1) or the worst (sign -1)."""
    step = np.zeros(degree.shape[0])
    left = np.arange(degree.shape[0])
    number = 0.0
    while left.shape[0] > 0:
        number += 1.0
        current = left
        cut = _largest_below(degree, left, 2.0)
        while current.shape[0] > 1 and cut > EQUAL_CREDIBILITY:
            cut = _largest_below(degree, current, cut - _unnoticed(cut) - EQUAL_CREDIBILITY)
            qualified = sign * _qualification(degree, current, cut + EQUAL_CREDIBILITY)
            current = current[qualified == qualified.max()]
        step[current] = number
        left = left[step[left] == 0.0]
    return step


@kernel
def _unnoticed(credible: float) -> float:
    """Return by how much two credibilities must differ to be noticed."""
    return DISTILLATION[0] + DISTILLATION[1] * credible


@kernel
def _largest_below(degree: Array, units: NDArray[np.int64], ceiling: float) -> float:
    """Return the largest credibility below the ceiling among these units; 0 if there is none."""
    largest = 0.0
    for a in units:
        for b in units:
            if a != b and degree[a, b] < ceiling:
                largest = max(largest, degree[a, b])
    return largest


@kernel
def _qualification(degree: Array, units: NDArray[np.int64], cut: float) -> NDArray[np.int64]:
    """Return for each of these units how many it beats less how many beat it, by statements above the cut."""
    result = np.zeros(units.shape[0], np.int64)
    for i in range(units.shape[0]):
        for k in range(units.shape[0]):
            here, back = degree[units[i], units[k]], degree[units[k], units[i]]
            if i != k and here > cut and here > back + _unnoticed(here) + EQUAL_CREDIBILITY:
                result[i] += 1
                result[k] -= 1
    return result
