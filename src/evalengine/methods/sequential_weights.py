"""Weights from comparing neighbours in an order of importance: G1 and SWARA."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_vector
from evalengine.methods.registry import Behaviour, register
from evalengine.methods.weighting import Weights

IN_ORDER = Behaviour(
    nan="raises",
    ties="ratio 1 (step 0): equal weights",
    constant="all ratios 1 (steps 0): equal weights",
    zeros="a step may be 0, a ratio may not",
    negatives="raises",
    small="one indicator has weight 1",
)


@register(
    "weighting",
    formula="r_k = w_(k-1) / w_k >= 1 in order of importance; w_n = 1/(1 + Σ_{k=2..n} Π_{i=k..n} r_i), "
    "w_(k-1) = r_k w_k",
    source="Guo Yajun (2007), Theory and Methods of Comprehensive Evaluation (G1 order relation analysis)",
    complexity="O(M)",
    behaviour=IN_ORDER,
    relative=False,
)
def g1(ratios: ArrayLike, *, order: ArrayLike | None = None) -> Weights:
    """Weights from the ratio of importance of each indicator to the next in an order of importance (G1).

    Args:
        ratios: r_2 … r_n, shape (indicators − 1,), at least 1; practice uses 1.0, 1.2, 1.4, 1.6 and 1.8.
        order: positions of the indicators, from 0, the most important first; as given if left out.

    Raises:
        MethodError: a ratio below 1 or not finite, weights beyond double precision, or an order that is not a
            permutation.
    """
    given = as_vector(ratios, method="g1", what="ratios")
    if (given < 1.0).any():
        at = int(np.argmax(given < 1.0))
        raise MethodError("weights_ratio", method="g1", position=at + 2, value=float(given[at]), lowest=1)
    return _falling(given, order, "g1")


@register(
    "weighting",
    formula="k_1 = 1, k_j = 1 + s_j; q_1 = 1, q_j = q_(j-1)/k_j; w = q/Σq",
    source="Keršulienė, Zavadskas & Turskis (2010), Journal of Business Economics and Management 11(2)",
    complexity="O(M)",
    behaviour=IN_ORDER,
    relative=False,
)
def swara(steps: ArrayLike, *, order: ArrayLike | None = None) -> Weights:
    """Weights from how much more important each indicator is than the next in an order of importance (SWARA).

    Args:
        steps: s_2 … s_n, shape (indicators − 1,), at least 0; 0.3 says 30 % more important than the next.
        order: positions of the indicators, from 0, the most important first; as given if left out.

    Raises:
        MethodError: a step below 0 or not finite, weights beyond double precision, or an order that is not a
            permutation.
    """
    given = as_vector(steps, method="swara", what="steps")
    if (given < 0.0).any():
        at = int(np.argmax(given < 0.0))
        raise MethodError("weights_ratio", method="swara", position=at + 2, value=float(given[at]), lowest=0)
    return _falling(1.0 + given, order, "swara")


def _falling(ratios: Array, order: ArrayLike | None, method: str) -> Weights:
    """Return weights of which each in `order` is the next one times its ratio."""
    size = ratios.size + 1
    places = np.arange(size) if order is None else _permutation(order, size, method)
    falling = np.exp(-np.append(0.0, np.cumsum(np.log(ratios))))
    if falling[-1] <= np.finfo(np.float64).tiny:
        raise MethodError("weights_vanish", method=method, position=size)
    weights = np.empty(size)
    weights[places] = falling / falling.sum()
    return Weights(weights)


def _permutation(order: ArrayLike, size: int, method: str) -> np.ndarray:
    places = as_vector(order, method=method, what="order", length=size)
    if not np.array_equal(np.sort(places), np.arange(size)):
        raise MethodError("weights_order", method=method, largest=size - 1)
    return places.astype(np.int64)
