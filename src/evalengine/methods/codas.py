"""CODAS: distances from the worst values, Euclidean first, taxicab where that is clear-cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from evalengine.methods.arrays import Array
from evalengine.methods.compromise import TOLERANCE, answer, problem
from evalengine.methods.compromise_checks import between
from evalengine.methods.compromise_register import compromise_method
from evalengine.methods.compromise_scaling import linear
from evalengine.methods.compromise_terms import reduce_terms
from evalengine.methods.kernel import kernel
from evalengine.methods.ranking import ascending
from evalengine.methods.results import Ranked, Tie


@compromise_method(
    formula="score_i = Σ_k [E_i − E_k + ψ·(T_i − T_k)], ψ = 1 if |E_i − E_k| ≥ τ else 0; E Euclidean, T taxicab "
    "distance of w_j·r_ij from its column minimum, r linear ratio",
    source="Keshavarz Ghorabaee, Zavadskas, Turskis and Antucheviciene (2016), Economic Computation 50(3)",
    complexity="O(N·M + N·log N)",
    constant="distance 0 for all",
    zeros="not in a cost, not a whole column",
    negatives="raises",
)
def codas(
    matrix: ArrayLike,
    weights: ArrayLike | None = None,
    directions: ArrayLike | None = None,
    *,
    threshold: float = 0.02,
    tie: Tie = "competition",
    tolerance: float = TOLERANCE,
    columns: Sequence[str] | None = None,
) -> Ranked:
    """Return the assessment of each unit relative to all others, high scores first.

    Computed by sorting E and prefix sums of T instead of all pairs. The score jumps where a difference of E crosses
    the threshold, so a small correction may move a rank. As in scikit-criteria, pymcdm and pyrepo-mcda; pyDecision
    multiplies the two differences and has no threshold.

    Args:
        matrix: (units, indicators); benefits at least 0, costs above 0.
        weights: (indicators,), scaled to sum 1; equal for None.
        directions: (indicators,), +1 or −1; all benefit for None.
        threshold: τ, from 0 to 1; 0.01 to 0.05 is usual.
        tie: tie rule, see `ranks_of`.
        tolerance: relative tolerance of a tie.
        columns: labels of the indicators for messages.

    Returns:
        Scores; tables `worst`, `euclidean` (E), `taxicab` (T).

    Raises:
        MethodError: a malformed input, nothing to compare, or a value the formula cannot take.
    """
    tau = between(threshold, 0.0, 1.0, method="codas", what="threshold")
    case = problem(matrix, weights, directions, method="codas", columns=columns)
    terms = linear(case)
    shift = np.where(case.cost, 0.0, -case.low)
    after = np.where(case.cost, -terms.of(case.worst), 0.0)
    sums = reduce_terms(replace(terms, shift=shift, after=after))
    euclidean, taxicab = np.sqrt(sums.squares), sums.positive
    order, ascending_euclidean = ascending(euclidean)
    prefix = np.concatenate(([0.0], np.cumsum(taxicab[order])))
    sorted_part, clear = np.empty_like(euclidean), np.empty_like(euclidean)
    clear_differences(ascending_euclidean, taxicab[order], prefix, tau, sorted_part)
    clear[order] = sorted_part
    scores = euclidean.size * euclidean - float(euclidean.sum()) + clear
    tables = {"worst": case.worst, "euclidean": euclidean, "taxicab": taxicab}
    scale = euclidean.size * float(euclidean.max() + taxicab.max())
    return answer(case, scores, tables, tie=tie, tolerance=tolerance, scale=scale)


@kernel
def clear_differences(E: Array, T: Array, prefix: Array, tau: float, out: Array) -> None:  # pragma: no cover
    """Fill `Σ_k (T_i − T_k)` over the units k with |E_i − E_k| ≥ τ; E ascends, `prefix` are the partial sums of T.

    The differences themselves are compared, as in the definition: `E_k ≤ E_i − τ` rounds differently at the edge.
    """
    units = E.size
    below, above = 0, 0
    for i in range(units):
        while below < i and E[i] - E[below] >= tau:
            below += 1
        above = max(above, i + 1)
        while above < units and E[above] - E[i] < tau:
            above += 1
        count = below + units - above
        out[i] = count * T[i] - prefix[below] - (prefix[units] - prefix[above])
