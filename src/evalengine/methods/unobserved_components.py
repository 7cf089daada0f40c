"""Unobserved components: the indicators as noisy measurements of one quantity, weighted by their precision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, column_name
from evalengine.methods.critic_weights import correlation_matrix
from evalengine.methods.pca_weights import BY_CORRELATION, read_varying
from evalengine.methods.registry import register
from evalengine.methods.solvers import scipy_module
from evalengine.methods.weighting import Weights

LEAST_INDICATORS = 3
DEPENDENT = 1e12
SMALLEST_NOISE = 0.005  # share of a variance; a smaller one is a Heywood case: the fit has left the model


@dataclass(frozen=True, slots=True, eq=False)
class ComponentWeights(Weights):
    """Weights by precision, and what they estimate.

    Attributes:
        precision_weights: w_j = s_j⁻² / (1 + Σ s⁻²), shape (indicators,); their sum is below one, the rest of the
            weight is on the mean, towards which the scores are shrunk.
        loadings: β_j of the standardised indicators, shape (indicators,).
        noise: s_j², variance of the measurement error in units of the unobserved quantity, shape (indicators,).
        scores: estimated quantity of each unit, mean 0, shape (units,).
        standard_error: of every score, √(1/(1 + Σ s⁻²)).
    """

    precision_weights: Array
    loadings: Array
    noise: Array
    scores: Array
    standard_error: float


@register(
    "weighting",
    formula="x_j = α_j + β_j (g + ε_j), g ~ N(0,1), ε_j ~ N(0, s_j²); w_j = s_j⁻²/(1 + Σ s⁻²); maximum likelihood",
    source="Kaufmann, Kraay & Zoido-Lobatón (1999); OECD/JRC Handbook (2008), section 6.4; one-factor maximum "
    "likelihood: Lawley & Maxwell (1971)",
    complexity="O(NM²) and a few dozen O(M³) steps",
    behaviour=BY_CORRELATION,
)
def unobserved_components(
    matrix: ArrayLike, directions: ArrayLike | None = None, *, columns: Sequence[str] | None = None
) -> ComponentWeights:
    """Weights in proportion to the precision with which each indicator measures the one thing behind them all.

    Every unit must have every indicator; the method's treatment of gaps is not offered here.

    Args:
        matrix: shape (units, indicators), at least three of each.
        directions: +1 benefit, −1 cost, shape (indicators,); all benefit if not given.
        columns: names of the indicators for messages.

    Raises:
        MethodError: not a finite numeric matrix, wrong directions, a constant column, too few units or indicators,
            collinear indicators, an indicator without error (Heywood case) or against the common factor, no
            convergence, or SciPy is missing.
    """
    method = "unobserved_components"
    read, signs = read_varying(matrix, directions, method=method, columns=columns)
    if signs.size < LEAST_INDICATORS:
        raise MethodError("weights_few_indicators", method=method, needed=LEAST_INDICATORS, indicators=str(signs.size))
    correlations = correlation_matrix(read) * np.outer(signs, signs)
    if np.linalg.cond(correlations) > DEPENDENT:
        raise MethodError("weights_collinear", method=method)
    loadings = one_factor(correlations, columns=columns)
    if (loadings <= 0.0).any():
        name = column_name(columns, int(np.argmin(loadings)))
        raise MethodError("component_negative", method=method, column=name, value=float(loadings.min()))
    noise = (1.0 - loadings**2) / loadings**2
    precision = 1.0 / noise
    total = 1.0 + precision.sum()
    scale = signs / (read.span * read.deviation)
    standardised = (read.values - read.mean[:, None]) * scale[:, None]
    scores = (standardised * (precision / total / loadings)[:, None]).sum(axis=0)
    return ComponentWeights(
        weights=precision / precision.sum(),
        precision_weights=precision / total,
        loadings=loadings,
        noise=noise,
        scores=scores,
        standard_error=float(np.sqrt(1.0 / total)),
    )


def one_factor(correlations: Array, *, columns: Sequence[str] | None = None) -> Array:
    """Return the maximum-likelihood loadings of one factor, with a sum of at least 0, shape (indicators,).

    Minimises the likelihood over the unique variances ψ alone (Lawley & Maxwell), with its exact gradient.

    Raises:
        MethodError: a unique variance reaches 0.005, the search does not converge, or SciPy is missing.
    """
    method = "unobserved_components"
    minimize = scipy_module("optimize", method=method).minimize

    def objective(unique: Array) -> tuple[float, Array]:
        value, vector = _largest(correlations, unique)
        root = np.sqrt(unique)
        others = np.linalg.eigvalsh(correlations / np.outer(root, root))[:-1]
        likelihood = float((others - np.log(others)).sum()) - others.size
        loading = root * vector * np.sqrt(max(value - 1.0, 0.0))
        return likelihood, (loading**2 + unique - np.diagonal(correlations)) / unique**2

    start = np.clip((1.0 - 0.5 / correlations.shape[0]) / np.diagonal(np.linalg.inv(correlations)), 0.01, 0.99)
    result = minimize(
        objective,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(SMALLEST_NOISE, 1.0)] * start.size,
        options={"maxiter": 2000, "ftol": 1e-15, "gtol": 1e-10},
    )
    unique = np.asarray(result.x, dtype=np.float64)
    low = unique <= SMALLEST_NOISE * (1.0 + 1e-6)
    if low.any():
        raise MethodError("component_heywood", method=method, column=column_name(columns, int(np.argmax(low))))
    value, vector = _largest(correlations, unique)
    loadings = np.sqrt(unique) * vector * np.sqrt(max(value - 1.0, 0.0))
    misfit = np.abs(loadings**2 + unique - 1.0).max()
    if misfit > 1e-5:  # noqa: PLR2004 -- at the optimum the model reproduces every variance
        raise MethodError("component_search", method=method, misfit=float(misfit))
    return np.asarray(loadings if loadings.sum() >= 0.0 else -loadings)


def _largest(correlations: Array, unique: Array) -> tuple[float, Array]:
    """Return the largest eigenvalue and its vector of the correlations scaled by the unique variances."""
    root = np.sqrt(unique)
    values, vectors = np.linalg.eigh(correlations / np.outer(root, root))
    return float(values[-1]), np.asarray(vectors[:, -1])
