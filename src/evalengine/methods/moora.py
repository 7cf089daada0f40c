"""MOORA in its three forms, and MULTIMOORA, which joins their ranks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from evalengine.methods.arrays import Array
from evalengine.methods.compromise import TOLERANCE, Problem, answer, problem
from evalengine.methods.compromise_register import compromise_method
from evalengine.methods.compromise_scaling import log_of_best, log_product
from evalengine.methods.compromise_terms import Terms, reduce_terms, sum_terms
from evalengine.methods.kernel import kernel
from evalengine.methods.results import Ranked, Tie, ranks_of


@compromise_method(
    formula="score_i = Σ_benefit w_j·v_ij − Σ_cost w_j·v_ij, v = x/√Σx²",
    source="Brauers and Zavadskas (2006), Control and Cybernetics 35(2)",
    constant="the same share for all; a column of zeros adds 0",
    zeros="allowed",
    negatives="allowed",
)
def moora(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return benefits minus costs on vector-normalised indicators (the ratio system), high scores first.

    Args:
        matrix: (units, indicators).
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        columns: labels of the indicators for messages.

    Returns:
        Scores; table `norm` (√Σx² of each column).

    Raises:
        MethodError: a malformed input or nothing to compare.
    """
    case = problem(matrix, weights, directions, method="moora", columns=columns)
    norms = case.norms()
    terms = _ratio_system(case, norms)
    return answer(case, sum_terms(terms), {"norm": norms}, tie=tie, tolerance=tolerance, scale=terms.size())


@compromise_method(
    formula="score_i = max_j w_j·|v*_j − v_ij|, v = x/√Σx², v* the best of each column",
    source="Brauers and Zavadskas (2006), Control and Cybernetics 35(2)",
    constant="distance 0 for all",
    zeros="allowed",
    negatives="allowed",
)
def moora_reference_point(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the largest weighted distance to the best values found, low scores first.

    Args:
        matrix: (units, indicators).
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        columns: labels of the indicators for messages.

    Returns:
        Scores, low is better; tables `best`, `norm`.

    Raises:
        MethodError: a malformed input or nothing to compare.
    """
    case = problem(matrix, weights, directions, method="moora_reference_point", columns=columns)
    norms = case.norms()
    tables = {"best": case.best, "norm": norms}
    scores = _reference_point(case, norms)
    return answer(case, scores, tables, tie=tie, tolerance=tolerance, higher_is_better=False)


@compromise_method(
    formula="score_i = Π_benefit x_ij^w_j / Π_cost x_ij^w_j; ranked by its logarithm",
    source="Brauers and Zavadskas (2010), Technological and Economic Development of Economy 16(1)",
    relative=False,
    ties="equal rows tie; tolerance applies to the logarithms of x/best, whatever the units of measurement",
    constant="the same factor for all",
    zeros="raises",
    negatives="raises",
)
def full_multiplicative(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the product of the benefits over the product of the costs, weights as exponents, high scores first.

    The same numbers as `weighted_product`. scikit-criteria and pyrepo-mcda multiply by the weights instead of
    raising to them, which gives all units one common factor: their weights have no effect.

    Args:
        matrix: (units, indicators), all positive where the weight is.
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        tie: tie rule, see `ranks_of`.
        tolerance: tolerance of a tie: of the score relative to that of a unit at best in every indicator, times the
            largest size of its logarithm where that exceeds 1. The units of measurement have no influence.
        columns: labels of the indicators for messages.

    Returns:
        Positive scores; table `logarithm`.

    Raises:
        MethodError: a malformed input, nothing to compare, or a value that is not positive.
    """
    case = problem(matrix, weights, directions, method="full_multiplicative", columns=columns)
    terms = log_product(case)
    relative = sum_terms(terms)
    logarithm = relative + log_of_best(case)
    return answer(
        case,
        np.exp(logarithm),
        {"logarithm": logarithm},
        tie=tie,
        tolerance=tolerance,
        order=relative,
        scale=max(1.0, terms.size()),
    )


@compromise_method(
    formula="score_i = number of units k that i precedes in more of the three MOORA rankings than k precedes i",
    source="Brauers and Zavadskas (2010); dominance of ranks: Brauers and Zavadskas (2012), Informatica 23(1)",
    complexity="O(N·M + N²)",
    ties="equal rows tie; a tied pair of one ranking counts for neither; whole-number scores",
    constant="no effect",
    zeros="raises",
    negatives="raises",
)
def multimoora(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return how many units each one dominates by majority of the three MOORA rankings, high scores first.

    The rankings are ratio system, reference point and full multiplicative form. Published rules for joining them
    differ and none states ties; here one ranking that ties a pair abstains. scikit-criteria lets a pair that is tied
    in any ranking count for neither, and its third ranking has no weights.

    Args:
        matrix: (units, indicators), all positive where the weight is.
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        tie: tie rule of the result, see `ranks_of`.
        tolerance: relative tolerance of a tie in each of the three rankings.
        columns: labels of the indicators for messages.

    Returns:
        Whole-number scores; tables `ratio_system`, `reference_point`, `logarithm` (the three scores) and
        `rank_matrix` (units, 3).

    Raises:
        MethodError: a malformed input, nothing to compare, or a value that is not positive.
    """
    case = problem(matrix, weights, directions, method="multimoora", columns=columns)
    norms = case.norms()
    ratio, logs = _ratio_system(case, norms), log_product(case)
    parts = {
        "ratio_system": sum_terms(ratio),
        "reference_point": _reference_point(case, norms),
        "logarithm": sum_terms(logs),
    }
    scales = {"ratio_system": ratio.size(), "reference_point": 0.0, "logarithm": max(1.0, logs.size())}
    ranks = [
        ranks_of(
            values,
            higher_is_better=name != "reference_point",
            tolerance=tolerance,
            scale=scales[name],
            tie="fractional",
            method="multimoora",
        )
        for name, values in parts.items()
    ]
    scores = np.empty(case.matrix.shape[0])
    majority_wins(ranks[0], ranks[1], ranks[2], scores)
    parts["logarithm"] += log_of_best(case)
    tables = {**parts, "rank_matrix": np.column_stack(ranks)}
    return answer(case, scores, tables, tie=tie, tolerance=0.0)


@kernel
def majority_wins(first: Array, second: Array, third: Array, wins: Array) -> None:  # pragma: no cover
    """Fill, for each unit, how many others it precedes in more of three rankings than they precede it."""
    for i in range(first.size):
        a, b, c = first[i], second[i], third[i]
        count = 0
        for k in range(first.size):
            ahead = (a < first[k]) + (b < second[k]) + (c < third[k])
            behind = (a > first[k]) + (b > second[k]) + (c > third[k])
            count += ahead > behind
        wins[i] = count


def _ratio_system(case: Problem, norms: Array) -> Terms:
    return Terms(case=case, shift=np.zeros_like(case.weights), scale=case.directions * case.per_norm(norms))


def _reference_point(case: Problem, norms: Array) -> Array:
    return reduce_terms(Terms(case=case, shift=-case.best, scale=case.per_norm(norms))).largest
