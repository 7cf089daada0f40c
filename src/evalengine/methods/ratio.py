"""Methods that compare sums of ratios: COPRAS, ARAS, MARCOS."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.compromise import TOLERANCE, answer, problem
from evalengine.methods.compromise_register import compromise_method
from evalengine.methods.compromise_scaling import linear, share, signed_share
from evalengine.methods.compromise_terms import reduce_terms, sum_terms
from evalengine.methods.results import Ranked, Tie


@compromise_method(
    formula="Q_i = S⁺_i + Σ_k S⁻_k/(S⁻_i·Σ_k 1/S⁻_k); S± = Σ_j w_j·x_ij/Σ_i x_ij over benefits, costs; score Q/max Q",
    source="Zavadskas, Kaklauskas and Sarka (1994), Technological and Economic Development of Economy 1(3)",
    constant="the same share for all",
    zeros="allowed, but not a whole column, nor all costs of a unit",
    negatives="raises",
)
def copras(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the utility degree of each unit, the best unit at 1, high scores first.

    Without a cost Q = S⁺. As in scikit-criteria (times 100), pyrepo-mcda and pyDecision; pymcdm 1.4 adds the cost sum
    itself, so that a higher cost raises its score.

    Args:
        matrix: (units, indicators), none negative.
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        columns: labels of the indicators for messages.

    Returns:
        Scores in (0, 1]; tables `benefit_sum` (S⁺), `cost_sum` (S⁻), `significance` (Q).

    Raises:
        MethodError: a malformed input, nothing to compare, a negative value, a column of zeros, or a unit whose
            costs are all 0.
    """
    case = problem(matrix, weights, directions, method="copras", columns=columns)
    sums = reduce_terms(signed_share(case))
    significance = sums.positive
    if case.cost.any():
        least = float(sums.negative.min())
        if least == 0.0:
            raise MethodError("costs_all_zero", method="copras", unit=int(np.argmin(sums.negative)) + 1)
        ratio = least / sums.negative
        significance = sums.positive + float(sums.negative.sum()) * ratio / float(ratio.sum())
    tables = {"benefit_sum": sums.positive, "cost_sum": sums.negative, "significance": significance}
    return answer(case, significance / significance.max(), tables, tie=tie, tolerance=tolerance)


@compromise_method(
    formula="score_i = S_i/S_0, S = Σ_j w_j·u_ij; u = x/Σx, costs (1/x)/Σ(1/x), sums over "
    "the units and the optimal row 0",
    source="Zavadskas and Turskis (2010), Technological and Economic Development of Economy 16(2)",
    constant="the same share for all",
    zeros="not in a cost, not a whole column",
    negatives="raises",
)
def aras(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the utility of each unit as a share of an optimal unit's, high scores first.

    The optimal row, the best value found in each column, is added before normalising, so it enters the sums; in
    scikit-criteria the caller has to do this.

    Args:
        matrix: (units, indicators); benefits at least 0, costs above 0.
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        columns: labels of the indicators for messages.

    Returns:
        Scores in [0, 1]; tables `best` (the optimal row), `optimality` (S), `optimal` (S of the optimal row).

    Raises:
        MethodError: a malformed input, nothing to compare, or a value the formula cannot take.
    """
    case = problem(matrix, weights, directions, method="aras", columns=columns)
    terms = share(case, extra=case.best)
    optimality, optimal = sum_terms(terms), float(terms.of(case.best).sum())
    tables = {"best": case.best, "optimality": optimality, "optimal": np.array([optimal])}
    return answer(case, optimality / optimal, tables, tie=tie, tolerance=tolerance)


@compromise_method(
    formula="K⁻ = S/S_anti, K⁺ = S/S_ideal, S = Σ_j w_j·r_ij linear ratio; f⁺ = K⁻/(K⁺ + K⁻), f⁻ = K⁺/(K⁺ + K⁻); "
    "score (K⁺ + K⁻)/(1 + (1 − f⁺)/f⁺ + (1 − f⁻)/f⁻)",
    source="Stevic, Pamucar, Puska and Chatterjee (2020), Computers & Industrial Engineering 140",
    constant="ratio 1 for all",
    zeros="not in a cost, not a whole column; some indicator must have a worst value above 0",
    negatives="raises",
)
def marcos(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the utility function of each unit against ideal and anti-ideal rows, high scores first.

    Both rows are linear in S, so f⁺ and f⁻ are the same for every unit and the score is S times a constant: the order
    is that of the weighted sum on linear ratios. Counting both as two opinions counts one twice.

    Args:
        matrix: (units, indicators); benefits at least 0, costs above 0.
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        columns: labels of the indicators for messages.

    Returns:
        Scores from 0; tables `best`, `worst`, `weighted_sum` (S), `to_anti_ideal` (K⁻), `to_ideal` (K⁺).

    Raises:
        MethodError: a malformed input, nothing to compare, a value the formula cannot take, or an anti-ideal row
            whose sum is 0.
    """
    case = problem(matrix, weights, directions, method="marcos", columns=columns)
    terms = linear(case)
    total = sum_terms(terms)
    ideal, anti_ideal = float(terms.of(case.best).sum()), float(terms.of(case.worst).sum())
    if anti_ideal == 0.0:
        raise MethodError("anti_ideal_zero", method="marcos")
    to_ideal, to_anti_ideal = total / ideal, total / anti_ideal
    f_ideal, f_anti_ideal = ideal / (ideal + anti_ideal), anti_ideal / (ideal + anti_ideal)
    scores = (to_ideal + to_anti_ideal) / (1.0 + (1.0 - f_ideal) / f_ideal + (1.0 - f_anti_ideal) / f_anti_ideal)
    tables = {
        "best": case.best,
        "worst": case.worst,
        "weighted_sum": total,
        "to_anti_ideal": to_anti_ideal,
        "to_ideal": to_ideal,
    }
    return answer(case, scores, tables, tie=tie, tolerance=tolerance)
