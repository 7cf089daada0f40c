"""Weights under which every indicator correlates as intended with the index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array
from evalengine.methods.critic_weights import correlation_matrix
from evalengine.methods.pca_weights import BY_CORRELATION, read_varying
from evalengine.methods.registry import register
from evalengine.methods.solvers import scipy_module
from evalengine.methods.weighting import Weights, as_shares

DEPENDENT = 1e12
EXACT = 1e-9
PENALTY = 1e6


@dataclass(frozen=True, slots=True, eq=False)
class BalancedWeights(Weights):
    """Weights chosen for the correlations they lead to.

    Attributes:
        correlations: of each indicator with the weighted mean of the min–max scaled, directed indicators, shape
            (indicators,).
        shares: the correlations divided by their sum, shape (indicators,).
        target: the shares that were asked for, shape (indicators,).
        balanced: whether the shares meet the target to 1e-9; if not, no weights of at least 0 can.
    """

    correlations: Array
    shares: Array
    target: Array
    balanced: bool


@register(
    "weighting",
    formula="min Σ_j (r_j / Σ r - target_j)², r_j = corr(z_j, Σ w z), w >= 0, Σ w = 1; with a = w·sd(z): r ∝ R a, so "
    "a ∝ R⁻¹ target where that is not negative, else non-negative least squares",
    source="Becker, Saisana, Paruolo & Vandecasteele (2017), Ecological Indicators 80; the objective of COINr's "
    "get_opt_weights(optype = 'balance')",
    complexity="O(NM² + M³)",
    behaviour=BY_CORRELATION,
)
def correlation_balanced(
    matrix: ArrayLike,
    directions: ArrayLike | None = None,
    *,
    target: ArrayLike | None = None,
    columns: Sequence[str] | None = None,
) -> BalancedWeights:
    """Weights under which the indicators' correlations with the index are in the stated proportions.

    The shares of the correlations are a ratio of two linear functions of a = w·sd, so the problem has a closed
    solution inside the simplex and is a convex least-squares problem on its boundary: no search, no starting point.

    Args:
        matrix: shape (units, indicators); scaled min–max and directed first.
        directions: +1 benefit, −1 cost, shape (indicators,); all benefit if not given.
        target: wanted shares of correlation, shape (indicators,), at least 0; equal if not given.
        columns: names of the indicators for messages.

    Raises:
        MethodError: not a finite numeric matrix, wrong directions or target, a constant column, fewer than three
            units, collinear indicators, or SciPy is missing where it is needed.
    """
    method = "correlation_balanced"
    read, signs = read_varying(matrix, directions, method=method, columns=columns)
    wanted = as_shares(
        np.ones(signs.size) if target is None else target, method=method, what="target", length=signs.size
    )
    correlations = correlation_matrix(read) * np.outer(signs, signs)
    if np.linalg.cond(correlations) > DEPENDENT:
        raise MethodError("weights_collinear", method=method)
    scaled = np.linalg.solve(correlations, wanted)
    if (scaled < 0.0).any():
        scaled = _on_boundary(correlations, wanted, method)
    index = correlations @ scaled
    with_index = index / np.sqrt(scaled @ index)
    shares = with_index / with_index.sum()
    weights = scaled / read.deviation
    balanced = bool(np.abs(shares - wanted).max() < EXACT)
    return BalancedWeights(weights / weights.sum(), with_index, shares, wanted, balanced)


def _on_boundary(correlations: Array, wanted: Array, method: str) -> Array:
    """Return a ≥ 0 with Σ R a = 1 that minimises ‖R a − wanted‖².

    Non-negative least squares with the sum as a heavy extra row finds which entries are 0; the equations of the
    remaining ones are then solved with the sum held exactly.
    """
    nnls = scipy_module("optimize", method=method).nnls
    total = correlations.sum(axis=0)
    found, _ = nnls(np.vstack([correlations, PENALTY * total]), np.append(wanted, PENALTY))
    free = np.flatnonzero(found > 0.0)
    part, held = correlations[:, free], total[free]
    system = np.zeros((free.size + 1, free.size + 1))
    system[:-1, :-1] = part.T @ part
    system[:-1, -1] = system[-1, :-1] = held
    solution = np.linalg.solve(system, np.append(part.T @ wanted, 1.0))[:-1]
    scaled = np.zeros(wanted.size)
    scaled[free] = np.maximum(solution, 0.0)
    return scaled
