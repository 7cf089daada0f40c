"""Weighted sum, weighted product, and the mixture of both."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from evalengine.methods.compromise import TOLERANCE, answer, problem, require_positive
from evalengine.methods.compromise_checks import between, one_of
from evalengine.methods.compromise_register import compromise_method
from evalengine.methods.compromise_scaling import linear, log_of_best, log_product, min_max, share
from evalengine.methods.compromise_terms import sum_terms
from evalengine.methods.results import Ranked, Tie

SCALINGS = {"min_max": min_max, "linear": linear, "sum": share}


@compromise_method(
    formula="score_i = Σ_j w_j·y_ij; y min-max, linear ratio or share of the sum, costs reversed",
    source="Fishburn (1967), Operations Research 15(3)",
    constant="min-max: best for all (range within 1e-12 of the largest absolute value); linear and sum: the same "
    "share for all",
    zeros="min-max: allowed; linear and sum: not in a cost, not a whole column",
    negatives="min-max: allowed; linear and sum: raises",
)
def weighted_sum(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    scaling: str = "min_max",
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the weighted mean of the normalised indicators (SAW), high scores first.

    Normalisations: `min_max` (x − worst)/(best − worst), as scikit-criteria recommends; `linear` x/largest and
    smallest/x, the default of pyrepo-mcda and pyDecision; `sum` x/Σx and (1/x)/Σ(1/x), the default of pymcdm. They
    rank differently.

    Args:
        matrix: (units, indicators).
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        scaling: `min_max`, `linear` or `sum`.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        columns: labels of the indicators for messages.

    Returns:
        Scores in [0, 1]; tables `low`, `high`.

    Raises:
        MethodError: a malformed input, nothing to compare, or a value the normalisation cannot take.
    """
    chosen = SCALINGS[one_of(scaling, tuple(SCALINGS), method="weighted_sum", what="scaling")]
    case = problem(matrix, weights, directions, method="weighted_sum", columns=columns)
    scores = sum_terms(chosen(case))
    return answer(case, scores, {"low": case.low, "high": case.high}, tie=tie, tolerance=tolerance)


@compromise_method(
    formula="score_i = Π_j x_ij^(w_j·t_j), t = +1 benefit, −1 cost; ranked by its logarithm",
    source="Bridgman (1922); Miller and Starr (1969)",
    relative=False,
    ties="equal rows tie; tolerance applies to the logarithms of x/best, whatever the units of measurement",
    constant="the same factor for all",
    zeros="raises",
    negatives="raises",
)
def weighted_product(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the weighted product of the raw indicators (WPM, MEW), high scores first.

    Dividing a column by any constant multiplies all scores by one factor, so the sum-normalised form of pymcdm and
    the decimal logarithms of scikit-criteria give the same order. Nothing is shifted to make a logarithm possible.

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
    case = problem(matrix, weights, directions, method="weighted_product", columns=columns)
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
    formula="score_i = λ·Σ_j w_j·r_ij + (1 − λ)·Π_j r_ij^w_j; r = x/largest, smallest/x",
    source="Zavadskas, Turskis, Antucheviciene and Zakarevicius (2012), Elektronika ir Elektrotechnika 122(6)",
    constant="r = 1 for all",
    zeros="raises",
    negatives="raises",
)
def waspas(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    mixture: float = 0.5,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the mixture λ of weighted sum and weighted product on linear ratios, high scores first.

    As in scikit-criteria, pymcdm and pyrepo-mcda; pyDecision uses 1 + min-max and ranks differently. The result is
    not invariant to the sum of the weights, hence weights are scaled to sum 1 first.

    Args:
        matrix: (units, indicators), all positive where the weight is.
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        mixture: λ, share of the weighted sum, from 0 to 1.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        columns: labels of the indicators for messages.

    Returns:
        Scores in (0, 1]; tables `weighted_sum`, `weighted_product`.

    Raises:
        MethodError: a malformed input, nothing to compare, a value that is not positive, or λ outside [0, 1].
    """
    share_of_sum = between(mixture, 0.0, 1.0, method="waspas", what="mixture")
    case = problem(matrix, weights, directions, method="waspas", columns=columns)
    require_positive(case)
    total = sum_terms(linear(case))
    product = np.exp(sum_terms(log_product(case)))
    scores = share_of_sum * total + (1.0 - share_of_sum) * product
    tables = {"weighted_sum": total, "weighted_product": product}
    return answer(case, scores, tables, tie=tie, tolerance=tolerance)
