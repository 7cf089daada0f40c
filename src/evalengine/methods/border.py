"""Methods that measure from the middle of the field: MABAC from a geometric mean, EDAS from the average."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from evalengine.methods.arrays import Array
from evalengine.methods.compromise import TOLERANCE, Problem, answer, problem, require_divisor
from evalengine.methods.compromise_columns import log_totals
from evalengine.methods.compromise_register import compromise_method
from evalengine.methods.compromise_scaling import min_max
from evalengine.methods.compromise_terms import Terms, reduce_terms, sum_terms
from evalengine.methods.results import Ranked, Tie


@compromise_method(
    formula="score_i = Σ_j (v_ij − g_j), v = w_j·(z_ij + 1), z min-max, g_j = (Π_i v_ij)^(1/N)",
    source="Pamucar and Cirovic (2015), Expert Systems with Applications 42(6)",
    constant="on the border: adds 0",
    zeros="allowed",
    negatives="allowed",
)
def mabac(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return each unit's distance above or below the border of the field, high scores first.

    The border is the geometric mean of each column, taken through logarithms: as a product it underflows to 0 from
    some hundred units on (pymcdm, scikit-criteria) and every unit then lies above it. The border shifts all scores
    alike, so the order is that of the weighted sum on min-max; pyDecision leaves the weights out.

    Args:
        matrix: (units, indicators).
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        columns: labels of the indicators for messages.

    Returns:
        Scores, positive above the border; tables `low`, `high`, `border` (g).

    Raises:
        MethodError: a malformed input or nothing to compare.
    """
    case = problem(matrix, weights, directions, method="mabac", columns=columns)
    terms = min_max(case)
    border = case.weights * np.exp(_log_means(case))
    scores = sum_terms(terms) + (1.0 - float(border.sum()))
    tables = {"low": case.low, "high": case.high, "border": border}
    return answer(case, scores, tables, tie=tie, tolerance=tolerance, scale=1.0)


@compromise_method(
    formula="score_i = ½·(SP_i/max SP + 1 − SN_i/max SN); SP, SN = "
    "Σ_j w_j·max(0, ±t_j·(x_ij − A_j))/A_j, A column mean",
    source="Keshavarz Ghorabaee, Zavadskas, Olfat and Turskis (2015), Informatica 26(3)",
    constant="distance 0 for all",
    zeros="allowed if the column mean is above 0",
    negatives="allowed if the column mean is above 0",
)
def edas(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the appraisal of each unit by its distances above and below the average unit, high scores first.

    The mean of a column has to be positive; scikit-criteria adds 1e-5 to all means if one of them is 0.

    Args:
        matrix: (units, indicators), column means above 0.
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        columns: labels of the indicators for messages.

    Returns:
        Scores in [0, 1]; tables `average` (A), `above` (SP), `below` (SN).

    Raises:
        MethodError: a malformed input, nothing to compare, or a column mean that is not positive.
    """
    case = problem(matrix, weights, directions, method="edas", columns=columns)
    average = np.where(case.constant, case.low, case.total / case.matrix.shape[0])
    require_divisor(case, average, "column_mean_not_positive")
    sums = reduce_terms(Terms(case=case, shift=-average, scale=case.directions * case.weights / average))
    above, below = sums.positive, sums.negative
    scores = 0.5 * (above / above.max() + 1.0 - below / below.max())
    return answer(case, scores, {"average": average, "above": above, "below": below}, tie=tie, tolerance=tolerance)


def _log_means(case: Problem) -> Array:
    """Return the mean of ln(z + 1) of each column; ln 2 for a constant one, which is at its best."""
    scale = np.where(case.constant, 0.0, case.directions / np.where(case.constant, 1.0, case.high - case.low))
    means = log_totals(case.matrix, case.worst, scale) / case.matrix.shape[0]
    return np.asarray(np.where(case.constant, np.log(2.0), means))
