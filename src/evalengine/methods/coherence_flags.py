"""What an audit points at: indicators that do not fit their dimension, and pairs that say the same or the opposite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_matrix
from evalengine.methods.checks import as_labels, as_number
from evalengine.methods.coherence import Coefficient, correlations
from evalengine.methods.registry import Behaviour, register

Fit = Literal["fits", "dominant", "weak", "contrary", "misplaced"]
_BEHAVIOUR = Behaviour(
    nan="raises",
    ties="mean rank for rank correlations",
    constant="raises",
    zeros="any value",
    negatives="any value",
    small="fewer than three units raise; below about 30 units coefficients are rough",
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DimensionFit:
    """How indicators relate to dimensions.

    Attributes:
        coefficients: (indicators, dimensions).
        own: (indicators,), correlation with the indicator's own dimension.
        nearest: (indicators,), position of the dimension it correlates with most.
        verdicts: for each indicator the first that holds of `contrary` (own below −weak), `weak` (own below weak),
            `misplaced` (another dimension is nearer), `dominant` (own above dominant), `fits`.
    """

    coefficients: Array
    own: Array
    nearest: Array
    verdicts: tuple[Fit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A pair of indicators with a striking correlation.

    Attributes:
        first: position of one indicator.
        second: position of the other.
        coefficient: their correlation.
        kind: `redundant` at or above the high limit, `contrary` at or below the low one.
    """

    first: int
    second: int
    coefficient: float
    kind: Literal["redundant", "contrary"]


@register(
    "coherence",
    formula="r(indicator, score of each dimension); dominant r > 0.95, weak |r| < 0.3, contrary r < -0.3",
    source="European Commission JRC, 10-step pocket guide to composite indicators; COINr 1.1.14, get_corr",
    complexity="O(N (M + D)^2)",
    behaviour=_BEHAVIOUR,
)
def dimension_fit(
    values: ArrayLike,
    scores: ArrayLike,
    *,
    dimensions: Sequence[int],
    coefficient: Coefficient = "pearson",
    dominant: float = 0.95,
    weak: float = 0.3,
    columns: Sequence[str] | None = None,
) -> DimensionFit:
    """Own and other dimensions: does each indicator go with the dimension it was put into?

    Args:
        values: (units, indicators), normalised so that more is better.
        scores: (units, dimensions).
        dimensions: (indicators,), position of the own dimension of each.
        coefficient: `pearson`, `spearman` or `kendall`.
        dominant: correlation above which the indicator alone makes the dimension.
        weak: correlation below which it hardly counts, and below whose negative it works against its dimension.
        columns: names of the indicators, then of the dimensions, for messages.

    Returns:
        Correlations and one verdict for each indicator.

    Raises:
        MethodError: a constant indicator or dimension, different numbers of units, a dimension that does not exist, or
            faulty arguments.
    """
    name = "dimension_fit"
    limit = as_number(dominant, lambda x: x > 0, method=name, name="dominant", rule="> 0")
    as_number(weak, lambda x: 0 <= x < limit, method=name, name="weak", rule=f"0 <= weak < {limit}")
    left, right = as_matrix(values, method=name), as_matrix(scores, method=name)
    if len(left) != len(right):
        raise MethodError("not_a_matrix", method=name, shape=f"{left.shape}, {right.shape}")
    width, count = left.shape[1], right.shape[1]
    own_places = np.array(
        [_dimension(item, count) for item in as_labels(dimensions, width, method=name, what="dimensions")]
    )
    found = correlations(np.hstack([left, right]), coefficient=coefficient, columns=columns)
    table = found.coefficients[:width, width:]
    own = table[np.arange(width), own_places]
    nearest = np.argmax(table, axis=1)
    verdicts = tuple(
        _verdict(float(r), misplaced=bool(table[j, nearest[j]] > r), dominant=dominant, weak=weak)
        for j, r in enumerate(own)
    )
    return DimensionFit(coefficients=table, own=own, nearest=nearest, verdicts=verdicts)


def _dimension(place: object, count: int) -> int:
    """Return the position of a dimension; refuse what is none."""
    rule = f"0, 1, … {count - 1}"
    return int(as_number(place, lambda x: x in range(count), method="dimension_fit", name="dimensions", rule=rule))


def _verdict(own: float, *, misplaced: bool, dominant: float, weak: float) -> Fit:
    if own < -weak:
        return "contrary"
    if own < weak:
        return "weak"
    if misplaced:
        return "misplaced"
    return "dominant" if own > dominant else "fits"


@register(
    "coherence",
    formula="pairs with r >= 0.92 (redundant) or r <= -0.3 (contrary), of the same group or of all",
    source="European Commission JRC audit practice; COINr 1.1.14, get_corr_flags",
    complexity="O(N M^2)",
    behaviour=_BEHAVIOUR,
)
def redundancy(
    values: ArrayLike,
    *,
    groups: Sequence[str | int] | None = None,
    coefficient: Coefficient = "pearson",
    high: float = 0.92,
    low: float = -0.3,
    columns: Sequence[str] | None = None,
) -> tuple[Pair, ...]:
    """Striking pairs: indicators that say the same twice, or that cancel each other.

    Args:
        values: (units, indicators), normalised so that more is better.
        groups: (indicators,), the group of each; only pairs inside a group are looked at. None: all pairs.
        coefficient: `pearson`, `spearman` or `kendall`.
        high: correlation from which a pair is redundant.
        low: correlation down from which it is contrary.
        columns: names of the indicators for messages.

    Returns:
        The pairs, the largest absolute coefficient first; equal ones in column order.

    Raises:
        MethodError: a constant indicator, limits out of order, or faulty arguments.
    """
    top = as_number(high, lambda x: x <= 1, method="redundancy", name="high", rule="<= 1")
    as_number(low, lambda x: -1 <= x < top, method="redundancy", name="low", rule=f"-1 <= low < {top}")
    found = correlations(values, coefficient=coefficient, columns=columns).coefficients
    width = len(found)
    labels = [0] * width if groups is None else as_labels(groups, width, method="redundancy", what="groups")
    pairs = []
    for i, j in combinations(range(width), 2):
        r = float(found[i, j])
        if labels[i] == labels[j] and (r >= high or r <= low):
            pairs.append(Pair(first=i, second=j, coefficient=r, kind="redundant" if r >= high else "contrary"))
    return tuple(sorted(pairs, key=lambda pair: -abs(pair.coefficient)))
