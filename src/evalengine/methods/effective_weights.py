"""What weights do: down a tree, and in the variance of the index they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_vector
from evalengine.methods.critic_weights import correlation_matrix
from evalengine.methods.data_weights import read_columns
from evalengine.methods.registry import Behaviour, register
from evalengine.methods.weighting import as_shares

ROOT = -1
NOISE = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class EffectiveWeights:
    """Nominal weights beside the influence they have in a weighted arithmetic mean.

    Attributes:
        nominal: the weights as given, summing to one, shape (indicators,).
        effective: share of the variance of the index, w_j cov(x_j, index) / var(index), shape (indicators,); sums to
            one; negative where an indicator works against the index.
        correlation: correlation of each indicator with the index, shape (indicators,); 0 for a constant indicator.
        importance: squared correlations divided by their sum, shape (indicators,).
    """

    nominal: Array
    effective: Array
    correlation: Array
    importance: Array


@register(
    "coherence",
    formula="effective_j = w_j cov(x_j, I) / var(I), I = Σ w x; r_j = corr(x_j, I); importance_j = r_j² / Σ r²",
    source="Paruolo, Saisana & Saltelli (2013), Journal of the Royal Statistical Society A 176(3); variance shares: "
    "the covariance decomposition of a linear index",
    complexity="O(NM²)",
    behaviour=Behaviour(
        nan="raises",
        ties="symmetric",
        constant="a constant indicator has no influence; a constant index raises",
        zeros="allowed",
        negatives="allowed in the data, not in the weights",
        small="raises where the index does not vary, so needs two units",
    ),
)
def effective_weights(
    scores: ArrayLike, weights: ArrayLike | None = None, *, columns: Sequence[str] | None = None
) -> EffectiveWeights:
    """Nominal against effective weights of a weighted arithmetic mean.

    Args:
        scores: the normalised, directed indicators as they enter the mean, shape (units, indicators).
        weights: nominal weights, shape (indicators,); equal if not given.
        columns: names of the indicators for messages.

    Raises:
        MethodError: not a finite numeric matrix, wrong weights, or an index that does not vary.
    """
    method = "effective_weights"
    read = read_columns(scores, method=method, columns=columns)
    size = read.mean.size
    nominal = as_shares(np.ones(size) if weights is None else weights, method=method, what="weights", length=size)
    spread = read.span * read.deviation
    largest = spread.max()
    share = nominal * (spread / largest if largest > 0.0 else 0.0)
    with_index = correlation_matrix(read) @ share
    variance = float(share @ with_index)
    if variance <= NOISE * float(share @ share):
        raise MethodError("effective_constant", method=method)
    correlation = np.where(read.constant, 0.0, np.clip(with_index / np.sqrt(variance), -1.0, 1.0))
    squared = correlation**2
    return EffectiveWeights(nominal, share * with_index / variance, correlation, squared / squared.sum())


def leaf_weights(weights: ArrayLike, parents: ArrayLike) -> Array:
    """Return the weight of every node of a tree in the root: the product of its own and its ancestors' shares.

    A node's share is its weight over the sum of its siblings'. The leaves' results sum to one.

    Args:
        weights: weight of each node, shape (nodes,), at least 0; the root's does not matter.
        parents: position of each node's parent, shape (nodes,); −1 for the one root.

    Raises:
        MethodError: a negative or non-finite weight, siblings whose weights are all 0, or parents that form no tree.
    """
    method = "leaf_weights"
    own = as_vector(weights, method=method, what="weights")
    above = as_vector(parents, method=method, what="parents", length=own.size)
    if (own < 0.0).any():
        raise MethodError("negative_weight", method=method, position=int(np.argmax(own < 0.0)) + 1)
    inside = (above == np.floor(above)) & (above >= ROOT) & (above < own.size)
    if not inside.all() or np.count_nonzero(above == ROOT) != 1:
        raise MethodError("weights_not_a_tree", method=method, position=int(np.argmin(inside)) + 1)
    parent = above.astype(np.int64)
    totals = np.bincount(parent + 1, weights=own, minlength=own.size + 1)[parent + 1]
    root = parent == ROOT
    if (totals[~root] <= 0.0).any():
        raise MethodError("zero_weights", method=method)
    share = np.where(root, 1.0, own / np.where(totals > 0.0, totals, 1.0))
    result = share.copy()
    at = parent.copy()
    for _ in range(own.size):
        climbing = at != ROOT
        if not climbing.any():
            return result
        result[climbing] *= share[at[climbing]]
        at[climbing] = parent[at[climbing]]
    raise MethodError("weights_not_a_tree", method=method, position=int(np.argmax(at != ROOT)) + 1)
