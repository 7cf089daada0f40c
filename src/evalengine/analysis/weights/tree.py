"""Weights along the tree: shares inside each node, their product, and what is published of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from evalengine import text
from evalengine.errors import Fact
from evalengine.scheme.model import TOTAL, IndicatorSystem, MadeFrom, Scoring
from evalengine.text import Label

Array = NDArray[np.float64]
Local = Mapping[str, Array]
Row = Mapping[str, str | float]
Scope = Literal["overall", "node"]
DECIMALS = 4
SAME_REMAINDER = 9  # decimals after which two remainders count as equal: the earlier indicator goes first


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Draft:
    """Weights that were computed, before they are rounded and written.

    Attributes:
        method: the weighting method.
        parameters: what was set of its parameters.
        scope: whether weights were found overall or node by node.
        weights: weight of each indicator, summing to one up to rounding.
        inputs: what they were computed from.
        diagnostics: one row for each node, expert, indicator or profile.
        warnings: what to mind.
        scoring: scoring rules that the profiles combined have in common.
    """

    method: str
    parameters: Mapping[str, Any]
    scope: Scope
    weights: Mapping[str, float]
    inputs: tuple[MadeFrom, ...]
    diagnostics: Sequence[Row]
    warnings: Sequence[Label]
    scoring: Mapping[str, Scoring] = field(default_factory=dict)


def shares_inside(system: IndicatorSystem, weights: Mapping[str, Decimal]) -> dict[str, Array]:
    """Return each node's children's shares of it, from the weights of the indicators.

    A node that weighs nothing gives its children equal shares.
    """
    children = system.children()

    def weight(code: str) -> Decimal:
        return weights[code] if code in weights else sum((weight(child) for child in children[code]), Decimal(0))

    shares = {}
    for node, below in children.items():
        parts = np.array([float(weight(child)) for child in below])
        shares[node] = parts / parts.sum() if parts.sum() > 0 else np.full(len(below), 1.0 / len(below))
    return shares


def along_the_tree(system: IndicatorSystem, local: Local) -> dict[str, float]:
    """Return the weights of the indicators: the product of the shares on the way down to each."""
    children = system.children()
    weights = {TOTAL: 1.0}
    waiting = [TOTAL]
    while waiting:
        node = waiting.pop()
        for child, share in zip(children[node], local[node].tolist(), strict=True):
            weights[child] = weights[node] * share
            if child in children:
                waiting.append(child)
    return {code: weights[code] for code in system.indicators}


def published(weights: Mapping[str, float], decimals: int = DECIMALS) -> dict[str, Decimal]:
    """Return weights with so many decimals that sum to exactly one, by the largest remainder.

    Args:
        weights: finite, at least 0, not all 0.
        decimals: decimals of the result.
    """
    steps = 10**decimals
    total = sum((Fraction(weight) for weight in weights.values()), Fraction(0))
    exact = {code: Fraction(weight) / total * steps for code, weight in weights.items()}
    floors = {code: math.floor(value + Fraction(1, 10**SAME_REMAINDER)) for code, value in exact.items()}
    left = steps - sum(floors.values())
    order = sorted(floors, key=lambda code: -round(float(exact[code] - floors[code]), SAME_REMAINDER))
    for code in order[:left]:
        floors[code] += 1
    return {code: Decimal(count).scaleb(-decimals) for code, count in floors.items()}


def warning(code: str, **facts: Fact) -> Label:
    """Return a warning about weights in both languages."""
    zh, en = (text.sentence(f"weights.warnings.{code}", language, **facts) for language in text.LANGUAGES)
    return Label(zh, en)


def vanished(weights: Mapping[str, float]) -> list[Label]:
    """Return a warning for the indicators that keep no weight at all once rounded."""
    gone = [code for code, weight in published(weights).items() if weight == 0]
    return [warning("vanished", indicators=", ".join(gone))] if gone else []
