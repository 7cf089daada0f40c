"""Best–worst method: two vectors of comparisons instead of a matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_vector
from evalengine.methods.registry import Behaviour, register
from evalengine.methods.solvers import minimum
from evalengine.methods.weighting import Weights

LARGEST_JUDGEMENT = 9.0


@dataclass(frozen=True, slots=True, eq=False)
class BestWorstWeights(Weights):
    """Weights from comparisons with the best and the worst indicator.

    Attributes:
        deviation: ξ, the largest absolute deviation from the judgements; 0 for consistent ones.
        best: position of the most important indicator, from 0.
        worst: position of the least important indicator, from 0.
        consistency: input-based consistency of each indicator, |a_Bj·a_jW − a_BW| / (a_BW² − a_BW), shape
            (indicators,); 0 where a_BW is 1.
    """

    deviation: float
    best: int
    worst: int
    consistency: Array

    @property
    def consistency_ratio(self) -> float:
        """The largest input-based consistency, from 0 (consistent)."""
        return float(self.consistency.max())


@register(
    "weighting",
    formula="min ξ: |w_B - a_Bj w_j| <= ξ, |w_j - a_jW w_W| <= ξ for all j, Σ w = 1, w >= 0",
    source="Rezaei (2016), Omega 64 (linear model); input-based consistency: Liang, Brunelli & Rezaei (2020), Omega 96",
    complexity="one linear programme with M + 1 variables",
    behaviour=Behaviour(
        nan="raises",
        ties="equal judgements give equal weights",
        constant="all judgements 1: equal weights",
        zeros="raises",
        negatives="raises",
        small="one indicator has weight 1",
    ),
    relative=False,
)
def best_worst(best_to_others: ArrayLike, others_to_worst: ArrayLike) -> BestWorstWeights:
    """Weights nearest to what an expert said about the best and the worst indicator.

    The best indicator is the one that has 1 in `best_to_others`; if several have, the one among them with the highest
    value in `others_to_worst`, and of equal ones the first. The worst has 1 in `others_to_worst`, and the highest value
    in `best_to_others`.

    Args:
        best_to_others: how many times as important the best indicator is as each, shape (indicators,), from 1 to 9;
            1 for the best itself.
        others_to_worst: how many times as important each is as the worst, shape (indicators,), from 1 to 9; 1 for the
            worst itself.

    Raises:
        MethodError: a judgement out of range, no indicator that is the best or the worst, two different values for
            best against worst, one indicator as both although not all judgements are 1, or SciPy is missing.
    """
    method = "best_worst"
    a = as_vector(best_to_others, method=method, what="best_to_others")
    b = as_vector(others_to_worst, method=method, what="others_to_worst", length=a.size)
    for what, vector in (("best_to_others", a), ("others_to_worst", b)):
        bad = ~((vector >= 1.0) & (vector <= LARGEST_JUDGEMENT))
        if bad.any() or vector.size == 0 or vector.min() != 1.0:
            at = int(np.argmax(bad)) if bad.any() else 0
            found = str(vector[at]) if vector.size else ""
            raise MethodError("best_worst_judgement", method=method, what=what, position=at + 1, value=found)
    best, worst = _ends(a, b)
    if a[worst] != b[best] or (best == worst and max(a.max(), b.max()) > 1.0):
        raise MethodError("best_worst_ends", method=method, first=float(a[worst]), second=float(b[best]))
    weights, deviation = _solve(a, b, best, worst)
    top = float(a[worst])
    consistency = np.abs(a * b - top) / (top * top - top) if top > 1.0 else np.zeros(a.size)
    return BestWorstWeights(weights, deviation, best, worst, consistency)


def _ends(a: Array, b: Array) -> tuple[int, int]:
    """Return the best and the worst: among those judged 1, the one the other vector puts furthest away."""
    best = np.flatnonzero(a == 1.0)
    worst = np.flatnonzero(b == 1.0)
    return int(best[np.argmax(b[best])]), int(worst[np.argmax(a[worst])])


def _solve(a: Array, b: Array, best: int, worst: int) -> tuple[Array, float]:
    size = a.size
    rows = []
    for j in range(size):
        for reference, factor, other in ((best, a[j], j), (j, b[j], worst)):
            row = np.zeros(size + 1)
            row[reference] += 1.0
            row[other] -= factor
            rows += [row - _unit(size), -row - _unit(size)]
    total = np.append(np.ones(size), 0.0)[None, :]
    solution = minimum(
        _unit(size), upper=(np.array(rows), np.zeros(len(rows))), equal=(total, np.ones(1)), method="best_worst"
    )
    weights = np.maximum(solution[:size], 0.0)
    return weights / weights.sum(), float(max(solution[size], 0.0))


def _unit(size: int) -> Array:
    """Return the row that picks ξ, the last variable."""
    row = np.zeros(size + 1)
    row[size] = 1.0
    return row
