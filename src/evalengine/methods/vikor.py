"""VIKOR: group utility, individual regret, and the set of compromise solutions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalengine.methods.arrays import Array
from evalengine.methods.compromise import TOLERANCE, answer, problem, unit_interval
from evalengine.methods.compromise_checks import between
from evalengine.methods.compromise_register import compromise_method
from evalengine.methods.compromise_scaling import regret
from evalengine.methods.compromise_terms import reduce_terms
from evalengine.methods.results import Ranked, Tie, ranks_of


@compromise_method(
    formula="S = Σ_j w_j·(1 − z_ij), R = max_j w_j·(1 − z_ij), z min-max; "
    "Q = v·(S − min S)/(max S − min S) + (1 − v)·(R − min R)/(max R − min R)",
    source="Opricovic and Tzeng (2004), European Journal of Operational Research 156(2)",
    ties="equal rows tie; ranks by Q, the compromise set is a table",
    constant="range within 1e-12 of the largest absolute value: regret 0 for all",
    zeros="allowed",
    negatives="allowed",
)
def vikor(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    strategy: float = 0.5,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the compromise index Q of each unit, low scores first, and the set of compromise solutions.

    If S or R is the same for all units, its part of Q is 0. Conditions on the units ranked first by Q: advantage,
    the next Q exceeds the best by at least 1/(N − 1); stability, they are also first by S or by R. Compromise set:
    the first units if both hold; those and the second ones if only stability fails; else every unit whose Q exceeds
    the best by less than 1/(N − 1). A difference that falls short of 1/(N − 1) by at most `tolerance` reaches it, as
    Q runs from 0 to 1. Ranks always follow Q; scikit-criteria by default gives the whole set rank 1.

    Args:
        matrix: (units, indicators).
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        strategy: v, weight of the group utility, from 0 to 1.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie; tolerance of the comparisons with 1/(N − 1).
        columns: labels of the indicators for messages.

    Returns:
        Scores in [0, 1], low is better; tables `best`, `worst`, `group_utility` (S), `regret` (R), `compromise`
        (1 for a member of the set), `conditions` (advantage, stability; 1 = holds).

    Raises:
        MethodError: a malformed input, nothing to compare, or v outside [0, 1].
    """
    v = between(strategy, 0.0, 1.0, method="vikor", what="strategy")
    case = problem(matrix, weights, directions, method="vikor", columns=columns)
    sums = reduce_terms(regret(case))
    utility, individual = sums.positive, sums.largest
    scores = np.zeros_like(utility)
    for share, part in ((v, unit_interval(utility, tolerance)), (1.0 - v, unit_interval(individual, tolerance))):
        if part is not None:
            scores += share * part
    place = ranks_of(scores, higher_is_better=False, tolerance=tolerance, tie="dense", method="vikor")
    leads = _lowest(utility, tolerance) | _lowest(individual, tolerance)
    members, conditions = _compromise(scores, place, leads, tolerance)
    tables = {
        "best": case.best,
        "worst": case.worst,
        "group_utility": utility,
        "regret": individual,
        "compromise": members.astype(np.float64),
        "conditions": conditions,
    }
    return answer(case, scores, tables, tie=tie, tolerance=tolerance, higher_is_better=False)


def _lowest(values: Array, tolerance: float) -> NDArray[np.bool_]:
    """Return which values are the smallest, up to noise."""
    return np.asarray(values - values.min() <= tolerance * values.max())


def _compromise(
    scores: Array, place: Array, leads: NDArray[np.bool_], tolerance: float
) -> tuple[NDArray[np.bool_], Array]:
    """Return who is in the compromise set, and whether the two conditions hold; `leads`: is best by S or by R."""
    first, second = place == 1, place == 2  # noqa: PLR2004 - the second place
    threshold = 1.0 / (scores.size - 1) - tolerance
    best = scores.min()
    advantage = not second.any() or scores[second].min() - best >= threshold
    stability = bool((first & leads).any())
    if not advantage:
        members = scores - best < threshold
    elif stability:
        members = first
    else:
        members = first | second
    return members, np.array([advantage, stability], dtype=np.float64)
