"""Methods that set benefits against costs: OCRA by differences, RAM by a root."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from evalengine.methods.compromise import TOLERANCE, answer, problem, require_positive
from evalengine.methods.compromise_register import compromise_method
from evalengine.methods.compromise_scaling import signed_share
from evalengine.methods.compromise_terms import Terms, reduce_terms, sum_terms
from evalengine.methods.results import Ranked, Tie


@compromise_method(
    formula="score_i = P_i − min P, P = Σ_cost w_j·(max x_j − x_ij)/min x_j + Σ_benefit w_j·(x_ij − min x_j)/min x_j",
    source="Parkan (1994); as in Madic, Petkovic and Radovanovic (2015), Serbian Journal of Management 10(1)",
    constant="rating 0 for all",
    zeros="raises",
    negatives="raises",
)
def ocra(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the operational competitiveness rating of each unit, the worst at 0, high scores first.

    As in pymcdm and scikit-criteria. Divided by the smallest value, so an indicator with one very small value decides.

    Args:
        matrix: (units, indicators), all positive where the weight is.
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        columns: labels of the indicators for messages.

    Returns:
        Scores from 0; table `smallest` (min x of each column).

    Raises:
        MethodError: a malformed input, nothing to compare, or a value that is not positive.
    """
    case = problem(matrix, weights, directions, method="ocra", columns=columns)
    require_positive(case)
    terms = Terms(case=case, shift=-case.worst, scale=case.directions * case.weights / case.low)
    rating = sum_terms(terms)
    tables = {"smallest": case.low}
    return answer(case, rating - rating.min(), tables, tie=tie, tolerance=tolerance, scale=terms.size())


@compromise_method(
    formula="score_i = (2 + S⁺_i)^(1/(2 + S⁻_i)); S± = Σ_j w_j·x_ij/Σ_i x_ij over benefits, costs",
    source="Sotoudeh-Anvari (2023), Journal of Cleaner Production 423",
    constant="the same share for all",
    zeros="allowed, but not a whole column",
    negatives="raises",
)
def ram(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the root assessment of each unit, high scores first.

    As in pymcdm and scikit-criteria.

    Args:
        matrix: (units, indicators), none negative.
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        columns: labels of the indicators for messages.

    Returns:
        Scores above 1; tables `benefit_sum` (S⁺), `cost_sum` (S⁻).

    Raises:
        MethodError: a malformed input, nothing to compare, a negative value, or a column of zeros.
    """
    case = problem(matrix, weights, directions, method="ram", columns=columns)
    sums = reduce_terms(signed_share(case))
    # ln score less ln(2)/2 without what cancels: shares shrink with the number of units
    order = (np.log1p(sums.positive / 2.0) - np.log(2.0) * sums.negative / 2.0) / (2.0 + sums.negative)
    tables = {"benefit_sum": sums.positive, "cost_sum": sums.negative}
    scores = np.exp(order + np.log(2.0) / 2.0)
    return answer(case, scores, tables, tie=tie, tolerance=tolerance, order=order)
