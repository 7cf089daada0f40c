"""Grey relational analysis: likeness to the best value of every indicator."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.compromise import TOLERANCE, answer, problem, require_divisor
from evalengine.methods.compromise_checks import between, one_of
from evalengine.methods.compromise_register import compromise_method
from evalengine.methods.compromise_terms import Terms, sum_terms
from evalengine.methods.results import Ranked, Tie


@compromise_method(
    formula="score_i = Σ_j w_j·(Δmin + ρ·Δmax)/(Δ_ij + ρ·Δmax); Δ distance to the best after scaling, extremes over "
    "the whole matrix",
    source="Deng (1982), Systems and Control Letters 1(5); min-max form: Kuo, Yang and Huang (2008)",
    constant="coefficient 1 for all",
    zeros="allowed; mean scaling needs column means above 0",
    negatives="allowed; mean scaling needs column means above 0",
)
def grey_relational(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    distinguishing: float = 0.5,
    scaling: str = "min_max",
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the grey relational grade of each unit against the best value of every indicator, high scores first.

    The reference row takes the best value found in each column, so Δmin is 0. `min_max` divides distances by the
    range of the column (Δmax = 1), `mean` by its mean, a common alternative; they rank differently. The grade is the
    weighted sum of the coefficients; pyDecision divides it by the number of units.

    Args:
        matrix: (units, indicators).
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        distinguishing: ρ, above 0, at most 1.
        scaling: `min_max` or `mean`.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        columns: labels of the indicators for messages.

    Returns:
        Scores in (0, 1]; tables `best` (the reference row) and `largest_distance` (Δmax, one number).

    Raises:
        MethodError: a malformed input, nothing to compare, ρ outside (0, 1], or a mean that is not positive.
    """
    rho = between(distinguishing, 0.0, 1.0, method="grey_relational", what="distinguishing")
    if rho == 0.0:  # every coefficient would be 0, or 0/0 at the best value
        raise MethodError(
            "outside_range", method="grey_relational", what="distinguishing", value=rho, low="(0", high="1]"
        )
    one_of(scaling, ("min_max", "mean"), method="grey_relational", what="scaling")
    case = problem(matrix, weights, directions, method="grey_relational", columns=columns)
    span = case.high - case.low
    if scaling == "min_max":
        unit, largest = np.where(case.constant, 1.0, span), 1.0
    else:
        unit = require_divisor(case, case.total / case.matrix.shape[0], "column_mean_not_positive")
        largest = float((span / unit).max())
    margin = -case.directions * rho * largest * unit  # ±ρ·Δmax in the unit of the column
    every = np.ones(unit.size, dtype=np.bool_)
    coefficients = Terms(case=case, shift=-case.best, scale=case.weights * margin, inverse=every, bias=margin)
    tables = {"best": case.best, "largest_distance": np.array([largest])}
    return answer(case, sum_terms(coefficients), tables, tie=tie, tolerance=tolerance)
