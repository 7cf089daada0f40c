"""Methods that raise normalised values to the weights: CoCoSo and LMAW, cell by cell in blocks of units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array
from evalengine.methods.compromise import BLOCK, TOLERANCE, Problem, answer, problem, require_divisor, require_positive
from evalengine.methods.compromise_checks import between
from evalengine.methods.compromise_register import compromise_method
from evalengine.methods.compromise_scaling import min_max
from evalengine.methods.compromise_terms import sum_terms
from evalengine.methods.results import Ranked, Tie


@compromise_method(
    formula="score = ∛(k_a·k_b·k_c) + (k_a + k_b + k_c)/3; S = Σ_j w_j·z_ij, P = Σ_j z_ij^w_j, z min-max; "
    "k_a = (S + P)/Σ(S + P), k_b = S/min S + P/min P, k_c = (λS + (1 − λ)P)/(λ max S + (1 − λ) max P)",
    source="Yazdani, Zarate, Zavadskas and Turskis (2019), Management Decision 57(9)",
    constant="z = 1 for all: adds to S and P alike, which can move ranks",
    zeros="allowed",
    negatives="allowed",
    small="one unit or all units equal: raises; a unit that is worst in everything: raises",
)
def cocoso(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    mixture: float = 0.5,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the combined compromise score of each unit, high scores first.

    As in scikit-criteria, pymcdm, pyrepo-mcda and pyDecision, save that an indicator of weight 0 is left out: with
    z^0 = 1 it counts in all four.

    Args:
        matrix: (units, indicators).
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        mixture: λ, share of the weighted sum in k_c, from 0 to 1.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        columns: labels of the indicators for messages.

    Returns:
        Positive scores; tables `weighted_sum` (S), `power_sum` (P), `share` (k_a), `ratio` (k_b), `balance` (k_c).

    Raises:
        MethodError: a malformed input, nothing to compare, λ outside [0, 1], or a unit that is worst in every
            indicator.
    """
    sums_share = between(mixture, 0.0, 1.0, method="cocoso", what="mixture")
    case = problem(matrix, weights, directions, method="cocoso", columns=columns)
    S = sum_terms(min_max(case))
    P = np.empty_like(S)
    per_range = case.per_range() / case.weights * case.directions
    for part, block in _blocks(case):
        z = np.where(case.constant, 1.0, np.clip((block - case.worst) * per_range, 0.0, 1.0))
        P[part] = (z**case.weights).sum(axis=1)
    if not (S.min() > 0.0 and P.min() > 0.0):
        raise MethodError("unit_worst_throughout", method="cocoso", unit=int(np.argmin(S)) + 1)
    share = (S + P) / (S + P).sum()
    ratio = S / S.min() + P / P.min()
    mixed = sums_share * S + (1.0 - sums_share) * P
    balance = mixed / (sums_share * S.max() + (1.0 - sums_share) * P.max())
    scores = np.cbrt(share * ratio * balance) + (share + ratio + balance) / 3.0
    tables = {"weighted_sum": S, "power_sum": P, "share": share, "ratio": ratio, "balance": balance}
    return answer(case, scores, tables, tie=tie, tolerance=tolerance)


@compromise_method(
    formula="score_i = Σ_j 2φ^w_j/((2 − φ)^w_j + φ^w_j), φ_ij = ln a_ij/Σ_i ln a_ij; "
    "a = 1 + x/max x, costs 1 + min x/x",
    source="Pamucar, Zizovic, Biswas and Bozanic (2021), Facta Universitatis, Mechanical Engineering 19(3)",
    constant="the same term for all",
    zeros="not in a cost, not a whole column",
    negatives="raises",
)
def lmaw(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the logarithmic additive score of each unit, high scores first.

    As in pymcdm and pyDecision, but the divisor is a sum of logarithms: as the logarithm of a product it overflows
    from about a thousand units on, where pymcdm gives every unit 0.

    Args:
        matrix: (units, indicators); benefits at least 0, costs above 0.
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        columns: labels of the indicators for messages.

    Returns:
        Positive scores; table `log_sum` (Σ_i ln a of each column).

    Raises:
        MethodError: a malformed input, nothing to compare, or a value the formula cannot take.
    """
    case = problem(matrix, weights, directions, method="lmaw", columns=columns)
    require_positive(case, case.cost)
    require_positive(case, ~case.cost, or_zero=True)
    require_divisor(case, case.high, "column_best_not_positive")
    log_sum = np.zeros(case.weights.size)
    for _, block in _blocks(case):
        log_sum += _logs(case, block).sum(axis=0)
    scores = np.empty(case.matrix.shape[0])
    for part, block in _blocks(case):
        portion = _logs(case, block) / log_sum
        power = portion**case.weights
        scores[part] = (2.0 * power / ((2.0 - portion) ** case.weights + power)).sum(axis=1)
    return answer(case, scores, {"log_sum": log_sum}, tie=tie, tolerance=tolerance)


def _blocks(case: Problem) -> Iterator[tuple[slice, Array]]:
    """Yield blocks of units in rows, whatever the layout of the matrix, so that it decides no bit."""
    for start in range(0, case.matrix.shape[0], BLOCK):
        part = slice(start, start + BLOCK)
        yield part, np.ascontiguousarray(case.matrix[part])


def _logs(case: Problem, block: Array) -> Array:
    """Return ln(1 + x/max x), costs ln(1 + min x/x)."""
    return np.asarray(np.log1p(np.where(case.cost, case.low / np.where(case.cost, block, 1.0), block / case.high)))
