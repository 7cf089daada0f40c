"""TODIM: pairwise gains and losses, losses felt more."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array
from evalengine.methods.compromise import TOLERANCE, answer, problem, unit_interval
from evalengine.methods.compromise_register import compromise_method
from evalengine.methods.compromise_scaling import share
from evalengine.methods.kernel import kernel
from evalengine.methods.results import Ranked, Tie


@compromise_method(
    formula="score = min-max of Σ_j Σ_k φ_j(i,k); Δ = u_ij − u_kj; φ = √(w'_j·Δ/W) for a gain, "
    "−(1/θ)·√(W·|Δ|/w'_j) for a loss; w' = w/max w, W = Σ w'; u = x/Σx, costs (1/x)/Σ(1/x)",
    source="Gomes and Lima (1992), Foundations of Computing and Decision Sciences 16(4)",
    complexity="O(N²·M)",
    ties="equal rows tie; ranks by the total before min-max",
    constant="no gain, no loss; it still counts in W",
    zeros="not in a cost, not a whole column",
    negatives="raises",
    small="one unit or all units equal: raises; equal totals: score 1 for all",
)
def todim(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    attenuation: float = 1.0,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the dominance of each unit under prospect-theory values, from 0 to 1, high scores first.

    The weight divides a loss: the lighter an indicator, the worse a loss in it. Every pair of units is compared in
    every indicator, so 5,000 units × 50 indicators take seconds.

    Args:
        matrix: (units, indicators); benefits at least 0, costs above 0.
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        attenuation: θ, above 0; smaller values make losses heavier.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        columns: labels of the indicators for messages.

    Returns:
        Scores in [0, 1]; table `dominance` (the totals before min-max).

    Raises:
        MethodError: a malformed input, nothing to compare, a value the formula cannot take, or θ not above 0.
    """
    if not (attenuation > 0.0 and np.isfinite(attenuation)):
        raise MethodError(
            "outside_range", method="todim", what="attenuation", value=float(attenuation), low="(0", high="∞)"
        )
    case = problem(matrix, weights, directions, method="todim", columns=columns)
    terms = share(case)
    relative = case.weights / case.weights.max()
    total = float(relative.sum())
    positive = np.where(case.cost, 1.0 / np.where(case.cost, case.matrix, 1.0), case.matrix)
    u = np.ascontiguousarray((positive * (terms.scale / case.weights)).T)
    dominance = np.zeros(case.matrix.shape[0])
    gain, loss = np.sqrt(relative / total), np.sqrt(total / relative) / attenuation
    gains_and_losses(u, gain, loss, dominance)
    size = dominance.size * float((np.maximum(gain, loss) * np.sqrt(np.ptp(u, axis=1))).sum())
    scaled = unit_interval(dominance, tolerance, size)
    scores = np.ones_like(dominance) if scaled is None else scaled
    return answer(case, scores, {"dominance": dominance}, tie=tie, tolerance=tolerance, order=dominance, scale=size)


@kernel
def gains_and_losses(u: Array, gain: Array, loss: Array, out: Array) -> None:  # pragma: no cover
    """Add, to each unit, `Σ_j Σ_k` of gain·√Δ where Δ > 0 and −loss·√|Δ| elsewhere; `u` is (indicators, units)."""
    indicators, units = u.shape
    for j in range(indicators):
        row, g, h = u[j], gain[j], loss[j]
        for k in range(units):
            other = row[k]
            for i in range(units):
                difference = row[i] - other
                root = np.sqrt(abs(difference))
                out[i] += root * g if difference > 0.0 else -(root * h)
