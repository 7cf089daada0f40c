"""Methods that add up the gaps to the best values: MAIRCA, PIV, CRADIS."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from evalengine.methods.compromise import TOLERANCE, answer, problem
from evalengine.methods.compromise_register import compromise_method
from evalengine.methods.compromise_scaling import linear, regret
from evalengine.methods.compromise_terms import Terms, sum_terms
from evalengine.methods.results import Ranked, Tie


@compromise_method(
    formula="score_i = Σ_j (w_j/N)·(1 − z_ij), z min-max, N units: the gap between the share due and the share reached",
    source="Pamucar, Vasin and Lukovac (2014), XVI Scientific-Expert Conference on Railways RAILCON",
    constant="gap 0 for all",
    zeros="allowed",
    negatives="allowed",
)
def mairca(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the total gap of each unit with equal prior shares, low scores first.

    As in pymcdm and scikit-criteria, which refuses zeros and negatives. The order is that of the weighted sum on
    min-max: counting both as two opinions counts one twice.

    Args:
        matrix: (units, indicators).
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        columns: labels of the indicators for messages.

    Returns:
        Scores from 0 to 1/N, low is better; tables `best`, `worst`.

    Raises:
        MethodError: a malformed input or nothing to compare.
    """
    case = problem(matrix, weights, directions, method="mairca", columns=columns)
    scores = sum_terms(regret(case)) / case.matrix.shape[0]
    tables = {"best": case.best, "worst": case.worst}
    return answer(
        case, scores, tables, tie=tie, tolerance=tolerance, higher_is_better=False, scale=1.0 / case.matrix.shape[0]
    )


@compromise_method(
    formula="score_i = Σ_j w_j·|v*_j − v_ij|, v = x/√Σx², v* the best of each column",
    source="Mufazzal and Muzakkir (2018), Computers & Industrial Engineering 119",
    constant="distance 0 for all",
    zeros="allowed",
    negatives="allowed",
)
def piv(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the proximity index, the total distance to the best values found, low scores first.

    As in pyDecision. A constant less the ratio system of `moora`: the same order.

    Args:
        matrix: (units, indicators).
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        columns: labels of the indicators for messages.

    Returns:
        Scores from 0, low is better; tables `best`, `norm`.

    Raises:
        MethodError: a malformed input or nothing to compare.
    """
    case = problem(matrix, weights, directions, method="piv", columns=columns)
    norms = case.norms()
    terms = Terms(case=case, shift=-case.best, scale=-case.directions * case.per_norm(norms))
    tables = {"best": case.best, "norm": norms}
    return answer(
        case, sum_terms(terms), tables, tie=tie, tolerance=tolerance, higher_is_better=False, scale=terms.size()
    )


@compromise_method(
    formula="score_i = ½·(K⁺_i + K⁻_i); V = w·r, r linear ratio; K⁺ = Σ_j(max V − w_j)/Σ_j(max V − V_ij), "
    "K⁻ = Σ_j(V_ij − min V)/Σ_j(w_j − min V)",
    source="Puska, Stevic and Pamucar (2022), Environment, Development and Sustainability 24",
    constant="ratio 1 for all",
    zeros="not in a cost, not a whole column",
    negatives="raises",
)
def cradis(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the mean of two distances to ideal and anti-ideal, each against the optimal row's, high scores first.

    As in pyrepo-mcda. Both distances are linear in the weighted sum on linear ratios, whose order this has. With equal
    weights the optimal row lies on the ideal: K⁺ is then 1 for a unit that is best in everything and 0 for all others.

    Args:
        matrix: (units, indicators); benefits at least 0, costs above 0.
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        columns: labels of the indicators for messages.

    Returns:
        Scores in [0, 1]; tables `weighted_sum`, `to_ideal` (K⁺), `to_anti_ideal` (K⁻).

    Raises:
        MethodError: a malformed input, nothing to compare, or a value the formula cannot take.
    """
    case = problem(matrix, weights, directions, method="cradis", columns=columns)
    total = sum_terms(linear(case))
    largest, smallest = float(case.weights.max()), float((case.weights * case.low / case.high).min())
    optimal = float((largest - case.weights).sum())  # exactly 0 for equal weights
    short = np.maximum(1.0 - total, 0.0)
    on_ideal = optimal <= TOLERANCE
    to_ideal = np.where(short <= TOLERANCE, 1.0, 0.0) if on_ideal else optimal / (optimal + short)
    count = case.weights.size
    to_anti_ideal = (total - count * smallest) / (1.0 - count * smallest)
    tables = {"weighted_sum": total, "to_ideal": to_ideal, "to_anti_ideal": to_anti_ideal}
    return answer(case, (to_ideal + to_anti_ideal) / 2.0, tables, tie=tie, tolerance=tolerance)
