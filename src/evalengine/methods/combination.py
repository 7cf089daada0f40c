"""Several weight vectors, say one judged and one from data, made one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_matrix
from evalengine.methods.registry import Behaviour, register
from evalengine.methods.weighting import Weights, as_shares, choose, refuse_negative

Negative = Literal["raise", "clip"]
DEPENDENT = 1e12
NOISE = 1e-12
COMBINED = Behaviour(
    nan="raises",
    ties="symmetric",
    constant="vectors that are equal: that vector, except game_theory, which raises",
    zeros="additive: averaged; the products: a 0 in any vector with a positive share kills the indicator",
    negatives="raises",
)


@dataclass(frozen=True, slots=True, eq=False)
class CombinedWeights(Weights):
    """A combination of weight vectors.

    Attributes:
        coefficients: share of each vector in the combination, shape (vectors,), summing to one.
        unscaled: the coefficients as solved for, before negative ones were cut and all were divided by their sum,
            shape (vectors,); equal to `coefficients` where the caller stated them.
        clipped: whether a negative coefficient was set to 0.
    """

    coefficients: Array
    unscaled: Array
    clipped: bool


@register(
    "weighting",
    formula="w = Σ_k λ_k w^k, Σ λ = 1",
    source="linear combination weighting",
    complexity="O(KM) for K vectors",
    behaviour=COMBINED,
    relative=False,
)
def additive_combination(vectors: ArrayLike, *, shares: ArrayLike | None = None) -> CombinedWeights:
    """Weighted mean of weight vectors.

    Args:
        vectors: shape (vectors, indicators), at least 0, each with a positive sum.
        shares: share of each vector, shape (vectors,), at least 0; equal if not given.

    Raises:
        MethodError: a negative or non-finite entry, or a vector of zeros.
    """
    given, part = _read(vectors, shares, "additive_combination")
    return CombinedWeights(part @ given, part, part, clipped=False)


@register(
    "weighting",
    formula="w ∝ Π_k w^k",
    source="multiplicative combination weighting",
    complexity="O(KM) for K vectors",
    behaviour=COMBINED,
    relative=False,
)
def multiplicative_combination(vectors: ArrayLike) -> CombinedWeights:
    """Product of weight vectors, rescaled; it sharpens whatever the vectors agree on.

    Args:
        vectors: shape (vectors, indicators), at least 0, each with a positive sum.

    Raises:
        MethodError: a negative or non-finite entry, a vector of zeros, or every indicator killed by a 0.
    """
    method = "multiplicative_combination"
    given, part = _read(vectors, None, method)
    return CombinedWeights(_product(given, np.ones(part.size), method), part, part, clipped=False)


@register(
    "weighting",
    formula="min Σ_k λ_k Σ_j w_j ln(w_j / w_j^k) gives w ∝ Π_k (w^k)^λ_k; two vectors, equal shares: w ∝ √(w¹ w²)",
    source="Kullback & Leibler (1951); minimum relative information entropy combination weighting",
    complexity="O(KM) for K vectors",
    behaviour=COMBINED,
    relative=False,
)
def minimum_relative_entropy(vectors: ArrayLike, *, shares: ArrayLike | None = None) -> CombinedWeights:
    """Weights of the smallest total relative entropy to the given vectors: their geometric mean, rescaled.

    Often sold under the name of game theory, which is another method.

    Args:
        vectors: shape (vectors, indicators), at least 0, each with a positive sum.
        shares: share of each vector, shape (vectors,), at least 0; equal if not given.

    Raises:
        MethodError: a negative or non-finite entry, a vector of zeros, or every indicator killed by a 0.
    """
    method = "minimum_relative_entropy"
    given, part = _read(vectors, shares, method)
    return CombinedWeights(_product(given, part, method), part, part, clipped=False)


@register(
    "weighting",
    formula="Σ_k (w^i · w^k) α_k = w^i · w^i for every i; λ = α / Σ α; w = Σ_k λ_k w^k",
    source="game-theoretic combination weighting (stationary point of Σ_i ‖Σ_k α_k w^k - w^i‖²) of Chinese practice",
    complexity="O(K²M + K³) for K vectors",
    behaviour=COMBINED,
    relative=False,
)
def game_theory(vectors: ArrayLike, *, negative: Negative = "raise") -> CombinedWeights:
    """Combination of weight vectors that strikes the game-theoretic balance between them.

    A coefficient can come out negative, when one vector lies beyond the others; then no balance exists. A uniform
    vector beside one other has coefficient 0. Neither is hidden: both are in the result.

    Args:
        vectors: shape (vectors, indicators), at least 0, each with a positive sum, linearly independent.
        negative: `raise`, or `clip`: set negative coefficients to 0 and say so in the result.

    Raises:
        MethodError: a negative or non-finite entry, a vector of zeros, linearly dependent vectors, or a negative
            coefficient.
    """
    method = "game_theory"
    choose(negative, Negative, option="negative", method=method)
    given, _ = _read(vectors, None, method)
    products = given @ given.T
    if np.linalg.cond(products) > DEPENDENT:
        raise MethodError("combination_dependent", method=method)
    unscaled: Array = np.linalg.solve(products, np.diagonal(products)).astype(np.float64)
    below = unscaled < -NOISE
    if below.any() and negative == "raise":
        at = int(np.argmax(below))
        raise MethodError("combination_negative", method=method, vector=at + 1, value=float(unscaled[at]))
    kept = np.maximum(unscaled, 0.0)
    coefficients: Array = kept / kept.sum()
    weights = coefficients @ given
    return CombinedWeights(weights / weights.sum(), coefficients, unscaled, clipped=bool(below.any()))


def _read(vectors: ArrayLike, shares: ArrayLike | None, method: str) -> tuple[Array, Array]:
    given = as_matrix(vectors, method=method)
    refuse_negative(given, method=method, columns=None)
    scaled = np.stack([as_shares(vector, method=method, what="vectors") for vector in given])
    if shares is None:
        return scaled, np.full(given.shape[0], 1.0 / given.shape[0])
    return scaled, as_shares(shares, method=method, what="shares", length=given.shape[0])


def _product(vectors: Array, powers: Array, method: str) -> Array:
    """Return Π vectors^powers, summing to one; in logarithms, so that many vectors do not underflow."""
    used = vectors[powers > 0.0]
    alive = (used > 0.0).all(axis=0)
    if not alive.any():
        raise MethodError("combination_killed", method=method)
    logs = powers[powers > 0.0] @ np.log(np.where(alive, used, 1.0))
    product = np.exp(np.where(alive, logs - logs[alive].max(), -np.inf))
    return np.asarray(product / product.sum())
