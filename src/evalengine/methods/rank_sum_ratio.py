"""Rank-sum ratio: ranks instead of values, fitted to a normal distribution and graded."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array
from evalengine.methods.compromise import TOLERANCE, Problem, answer, problem
from evalengine.methods.compromise_checks import one_of
from evalengine.methods.compromise_register import compromise_method
from evalengine.methods.results import Ranked, Tie, ranks_of

# Lower limits, as probits, of the second and higher grades: the customary table of the method.
LIMITS = {
    3: (4.0, 6.0),
    4: (3.5, 5.0, 6.5),
    5: (3.2, 4.4, 5.6, 6.8),
    6: (3.0, 4.0, 5.0, 6.0, 7.0),
}


@compromise_method(
    formula="score_i = Σ_j w_j·R_ij/N; R average rank, largest benefit and smallest cost N; or, not whole, "
    "R = 1 + (N − 1)·z_ij, z min-max; p_i = mean rank of the score/N, last 1 − 1/(4N); probit = 5 + Φ⁻¹(p); "
    "score ≈ a + b·probit",
    source="Tian Fengtiao (1988, 2002), Chinese Journal of Public Health",
    complexity="O(M·N·log N)",
    ties="average ranks in a column; equal rows tie; tolerance and rule stated",
    constant="average rank for all; rank N in the variant that is not whole",
    zeros="allowed",
    negatives="allowed",
    small="one unit or all units equal: raises; equal scores: slope 0; the fit needs many units",
)
def rank_sum_ratio(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    ranks: str = "whole",
    grades: int = 3,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the weighted rank-sum ratio of each unit with its probit regression and grade, high scores first.

    Whole ranks keep the order of each indicator only; the variant `continuous` keeps the distances as well. Grades
    count from 1, the lowest, at the customary probit limits: 3 grades 4, 6; 4 grades 3.5, 5, 6.5; 5 grades 3.2, 4.4,
    5.6, 6.8; 6 grades 3, 4, 5, 6, 7. The probit, and so the grade, of a unit depends on its rank alone.

    Args:
        matrix: (units, indicators).
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        ranks: `whole` (ties averaged) or `continuous` (not whole).
        grades: number of grades, 3 to 6.
        tie: tie rule of the result, see `ranks_of`.
        tolerance: relative tolerance of a tie, in a column and in the scores.
        columns: labels of the indicators for messages.

    Returns:
        Scores in (0, 1]; tables `rank_matrix` (units, indicators; N = best), `frequency` (p), `probit`, `fitted`
        (a + b·probit), `regression` (a, b, R²), `grade`.

    Raises:
        MethodError: a malformed input, nothing to compare, or a number of grades without limits.
    """
    one_of(ranks, ("whole", "continuous"), method="rank_sum_ratio", what="ranks")
    if grades not in LIMITS:
        raise MethodError("outside_range", method="rank_sum_ratio", what="grades", value=grades, low="[3", high="6]")
    case = problem(matrix, weights, directions, method="rank_sum_ratio", columns=columns)
    units = case.matrix.shape[0]
    rank_matrix = _whole_ranks(case, tolerance) if ranks == "whole" else _continuous_ranks(case)
    scores = (rank_matrix * (case.weights / units)).sum(axis=1)
    position = ranks_of(scores, higher_is_better=False, tolerance=tolerance, tie="fractional", method="rank_sum_ratio")
    frequency = np.where(position == units, 1.0 - 1.0 / (4.0 * units), position / units)
    probit = _probits(frequency)
    fitted, regression = _regression(probit, scores)
    tables = {
        "rank_matrix": rank_matrix,
        "frequency": frequency,
        "probit": probit,
        "fitted": fitted,
        "regression": regression,
        "grade": np.searchsorted(LIMITS[grades], probit, side="right") + 1.0,
    }
    return answer(case, scores, tables, tie=tie, tolerance=tolerance)


def _whole_ranks(case: Problem, tolerance: float) -> Array:
    """Return average ranks, N for the best value of a column."""
    return np.column_stack(
        [
            ranks_of(
                column,
                higher_is_better=direction < 0,
                tolerance=tolerance,
                tie="fractional",
                method="rank_sum_ratio",
            )
            for column, direction in zip(case.matrix.T, case.directions, strict=True)
        ]
    )


def _continuous_ranks(case: Problem) -> Array:
    """Return 1 for the worst value of a column, N for the best, in between in proportion; N in a constant column."""
    per_range = case.per_range() / case.weights * case.directions
    z = np.where(case.constant, 1.0, (case.matrix - case.worst) * per_range)
    return np.ascontiguousarray(1.0 + (case.matrix.shape[0] - 1.0) * z)


def _probits(frequency: Array) -> Array:
    """Return 5 + Φ⁻¹(p), each distinct p once."""
    values, where = np.unique(frequency, return_inverse=True)
    normal = NormalDist()
    return np.array([5.0 + normal.inv_cdf(p) for p in values.tolist()])[where]


def _regression(probit: Array, scores: Array) -> tuple[Array, Array]:
    """Return fitted scores and (intercept, slope, R²) of least squares; slope 0 and R² 1 where all scores tie."""
    x, y = probit - probit.mean(), scores - scores.mean()
    xx, yy = float((x * x).sum()), float((y * y).sum())
    slope = float((x * y).sum()) / xx if xx > 0 else 0.0
    determination = (slope * slope * xx) / yy if xx > 0 else 1.0
    intercept = float(scores.mean()) - slope * float(probit.mean())
    return intercept + slope * probit, np.array([intercept, slope, determination])
