"""ERVD: distances between values seen from a reference point, as prospect theory weighs them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from evalengine.methods.arrays import Array, as_vector
from evalengine.methods.checks import check_number
from evalengine.methods.compromise import BLOCK, TOLERANCE, answer, problem, require_divisor, require_positive
from evalengine.methods.compromise_register import compromise_method
from evalengine.methods.results import Ranked, Tie


@compromise_method(
    formula="score_i = S⁻/(S⁺ + S⁻), S± = Σ_j w_j·|u_ij − u±_j|, u± its best and worst; "
    "u = d^α for a gain, −λ|d|^α for a loss, d = t_j·(x_ij − φ_j)/Σ_i x_ij",
    source="Shyur, Yin, Shih and Cheng (2015), Foundations of Computing and Decision Sciences 40(4); "
    "value function: Tversky and Kahneman (1992)",
    constant="distance 0 for all",
    zeros="allowed, but not a whole column",
    negatives="raises",
)
def ervd(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    reference: ArrayLike | None = None,
    loss: float = 2.25,
    exponent: float = 0.88,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the closeness of each unit to the best values seen from a reference point, high scores first.

    As in pymcdm, where the reference must be given; scikit-criteria takes the mean too.

    Args:
        matrix: (units, indicators), none negative.
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        reference: φ, (indicators,), in the units of the matrix; the mean of each column for None.
        loss: λ, how much heavier a loss weighs than a gain.
        exponent: α, above 0 to 1.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        columns: labels of the indicators for messages.

    Returns:
        Scores in [0, 1]; tables `reference` (φ), `to_best` (S⁺), `to_worst` (S⁻).

    Raises:
        MethodError: a malformed input, nothing to compare, a negative value, a column of zeros, or a setting outside
            its range.
    """
    check_number(loss, loss > 0 and np.isfinite(loss), method="ervd", name="loss", rule="> 0")
    check_number(exponent, 0 < exponent <= 1, method="ervd", name="exponent", rule="0 < exponent <= 1")
    case = problem(matrix, weights, directions, method="ervd", columns=columns)
    require_positive(case, or_zero=True)
    total = require_divisor(case, case.total, "column_sum_not_positive")
    if reference is None:
        point = total / case.matrix.shape[0]
    else:
        point = as_vector(reference, method="ervd", what="reference", length=case.indicators)[case.kept]

    def value(x: Array) -> Array:
        """Return the value of x seen from the reference point."""
        away = (x - point) / total * case.directions
        size = np.abs(away) ** exponent
        return np.asarray(np.where(away > 0, size, -loss * size))

    best, worst = value(case.best), value(case.worst)
    to_best, to_worst = (np.empty(case.matrix.shape[0]) for _ in range(2))
    for start in range(0, case.matrix.shape[0], BLOCK):
        part = slice(start, start + BLOCK)
        seen = value(np.ascontiguousarray(case.matrix[part]))
        to_best[part] = (case.weights * np.abs(seen - best)).sum(axis=1)
        to_worst[part] = (case.weights * np.abs(seen - worst)).sum(axis=1)
    tables = {"reference": point, "to_best": to_best, "to_worst": to_worst}
    return answer(case, to_worst / (to_best + to_worst), tables, tie=tie, tolerance=tolerance)
