"""PROBID and its simple form: distances to the best, the second best … of every column."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array
from evalengine.methods.compromise import TOLERANCE, Problem, answer, problem
from evalengine.methods.compromise_register import compromise_method
from evalengine.methods.kernel import kernel
from evalengine.methods.results import Ranked, Tie

QUARTERS = 4
BLOCK = 64  # units whose numbers stay in the first cache


@compromise_method(
    formula="score = 1/(1 + R²) + |V_i − mean V|, R = S⁺/S⁻; S⁺ = Σ_{k≤h} d_ik/k, S⁻ = Σ_{k≥h} d_ik/(N − k + 1), "
    "h = ⌈N/2⌉; d_ik = |V_i − k-th best of every column|, V = w·x/√Σx²",
    source="Wang, Rangaiah and Wang (2021), Industrial & Engineering Chemistry Research 60(30)",
    complexity="O(N²·M)",
    constant="distance 0 for all; the other weights shrink, and with them the second term",
    zeros="allowed",
    negatives="allowed",
)
def probid(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the preference ranking on the basis of ideal-average distance, high scores first.

    As in pymcdm and scikit-criteria. The second term rewards being unlike the average, good or bad: a unit that is
    far behind in everything can gain from falling further behind.

    Args:
        matrix: (units, indicators).
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        columns: labels of the indicators for messages.

    Returns:
        Positive scores; tables `to_best` (S⁺), `to_worst` (S⁻), `to_mean`.

    Raises:
        MethodError: a malformed input or nothing to compare.
    """
    case = problem(matrix, weights, directions, method="probid", columns=columns)
    rows, ideals = _ideals(case)
    units = len(rows)
    half = (units + 1) // 2
    place = np.arange(1, units + 1)
    near, far = np.where(place <= half, 1.0 / place, 0.0), np.where(place >= half, 1.0 / (units - place + 1), 0.0)
    sums = _distances(rows, ideals, near, far)
    to_mean = np.sqrt(((rows - ideals.mean(axis=0)) ** 2).sum(axis=1))
    tables = {"to_best": sums[:, 0], "to_worst": sums[:, 1], "to_mean": to_mean}
    # 1/(1 + R²) without the division by S⁻, which may be 0
    scores = sums[:, 1] ** 2 / (sums[:, 1] ** 2 + sums[:, 0] ** 2) + to_mean
    return answer(case, scores, tables, tie=tie, tolerance=tolerance)


@compromise_method(
    formula="score = S⁻/S⁺; S⁺ = Σ_{k≤q} d_ik/k, S⁻ = Σ_{k>N−q} d_ik/(N − k + 1), q = max(1, ⌊N/4⌋); d as for `probid`",
    source="Wang, Rangaiah and Wang (2021), Industrial & Engineering Chemistry Research 60(30)",
    complexity="O(N²·M)",
    constant="distance 0 for all",
    zeros="allowed",
    negatives="allowed",
    small="one unit or all units equal: raises; a unit best in everything: raises below 8 units, where q = 1",
)
def sprobid(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the simple form of `probid`: the distance to the worst quarter over that to the best, high scores first.

    As in pymcdm and scikit-criteria from 4 units on; below, pymcdm 1.4 takes the distances of the first and the last
    unit instead of those to the first and the last ideal.

    Args:
        matrix: (units, indicators).
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        columns: labels of the indicators for messages.

    Returns:
        Scores from 0; tables `to_best` (S⁺), `to_worst` (S⁻).

    Raises:
        MethodError: a malformed input, nothing to compare, or a unit at the only ideal, whose ratio has no value.
    """
    case = problem(matrix, weights, directions, method="sprobid", columns=columns)
    rows, ideals = _ideals(case)
    units = len(rows)
    quarter = max(1, units // QUARTERS)
    place = np.arange(1, units + 1)
    near = np.where(place <= quarter, 1.0 / place, 0.0)
    far = np.where(place > units - quarter, 1.0 / (units - place + 1), 0.0)
    sums = _distances(rows, ideals, near, far)
    if sums[:, 0].min() == 0.0:
        raise MethodError("unit_best_throughout", method="sprobid", unit=int(np.argmin(sums[:, 0])) + 1)
    tables = {"to_best": sums[:, 0], "to_worst": sums[:, 1]}
    return answer(case, sums[:, 1] / sums[:, 0], tables, tie=tie, tolerance=tolerance)


def _ideals(case: Problem) -> tuple[Array, Array]:
    """Return the weighted vector-normalised matrix and its columns sorted, best first; both hold units in rows."""
    rows = np.ascontiguousarray(case.matrix * case.per_norm(case.norms()))
    ideals = np.sort(rows * case.directions, axis=0)[::-1] * case.directions
    return rows, np.ascontiguousarray(ideals)


@kernel
def _distances(rows: Array, ideals: Array, near: Array, far: Array) -> Array:  # pragma: no cover
    """Return for each unit the sums of its distances to the ideals times `near` and times `far`, shape (units, 2).

    Units are taken BLOCK at a time, by columns: the compiler computes several of them at once, each in its own order.
    """
    units, columns = rows.shape
    sums = np.zeros((units, 2))
    block, squares = np.empty((columns, BLOCK)), np.empty(BLOCK)
    for begin in range(0, units, BLOCK):
        width = min(BLOCK, units - begin)
        for i in range(width):
            for j in range(columns):
                block[j, i] = rows[begin + i, j]
        for k in range(units):
            if near[k] > 0.0 or far[k] > 0.0:
                squares[:] = 0.0
                for j in range(columns):
                    x, ideal = block[j], ideals[k, j]
                    for i in range(width):
                        away = x[i] - ideal
                        squares[i] += away * away
                for i in range(width):
                    distance = np.sqrt(squares[i])
                    sums[begin + i, 0] += distance * near[k]
                    sums[begin + i, 1] += distance * far[k]
    return sums
