"""TOPSIS: nearness to the best and distance from the worst values found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from evalengine.methods.compromise import TOLERANCE, answer, problem
from evalengine.methods.compromise_checks import one_of
from evalengine.methods.compromise_kernels import two_distances
from evalengine.methods.compromise_register import compromise_method
from evalengine.methods.results import Ranked, Tie


@compromise_method(
    formula="score_i = D⁻_i/(D⁺_i + D⁻_i); D± Euclidean distance of v_ij = w_j·norm(x_ij) "
    "to the best and the worst of each column",
    source="Hwang and Yoon (1981), Multiple Attribute Decision Making",
    constant="no part in either distance",
    zeros="allowed",
    negatives="allowed",
)
def topsis(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    scaling: str = "vector",
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the relative closeness of each unit to the ideal point, high scores first.

    Normalisations rank differently: `vector` x/√Σx² (the original; scikit-criteria by choice, pyDecision), `min_max`
    (the default of pymcdm and pyrepo-mcda). The weight is inside the square, as in the original; mTOPSIS puts it on
    the squared distance.

    Args:
        matrix: (units, indicators).
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        scaling: `vector` or `min_max`.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        columns: labels of the indicators for messages.

    Returns:
        Scores in [0, 1]; tables `best` and `worst` (raw values), `ideal` and `anti_ideal` (weighted, normalised),
        `to_ideal` and `to_anti_ideal` (distances).

    Raises:
        MethodError: a malformed input or nothing to compare.
    """
    one_of(scaling, ("vector", "min_max"), method="topsis", what="scaling")
    case = problem(matrix, weights, directions, method="topsis", columns=columns)
    best, worst = case.best, case.worst
    if scaling == "vector":
        scale = case.per_norm(case.norms())
        ideal, anti_ideal = scale * best, scale * worst
    else:
        scale = case.per_range()
        ideal, anti_ideal = case.weights, np.where(case.constant, case.weights, 0.0)
    to_ideal, to_anti_ideal = np.empty(case.matrix.shape[0]), np.empty(case.matrix.shape[0])
    two_distances(case.matrix, scale, best, worst, to_ideal, to_anti_ideal)
    tables = {
        "best": best,
        "worst": worst,
        "ideal": ideal,
        "anti_ideal": anti_ideal,
        "to_ideal": to_ideal,
        "to_anti_ideal": to_anti_ideal,
    }
    scores = to_ideal + to_anti_ideal
    np.divide(to_anti_ideal, scores, out=scores)
    return answer(case, scores, tables, tie=tie, tolerance=tolerance)
