"""Delphi rounds: what a panel of experts said, and how far it agrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_matrix
from evalengine.methods.concordance import concordance
from evalengine.methods.registry import Behaviour, register
from evalengine.methods.weighting import Weights, refuse_negative

LEAST_EXPERTS = 2
LEAST_INDICATORS = 2


@dataclass(frozen=True, slots=True, eq=False)
class DelphiWeights(Weights):
    """Weights from a panel's marks, and its agreement.

    Attributes:
        mean: mean mark of each indicator, shape (indicators,).
        variation: coefficient of variation of each indicator's marks (sample standard deviation over mean), shape
            (indicators,); practice asks for 0.25 at most.
        concordance: Kendall's W of the experts' orders, corrected for ties, from 0 to 1.
        statistic: χ² = K(M − 1)W.
        freedom: M − 1.
        p_value: probability of so large a χ² without agreement; an approximation, poor for few experts and indicators.
    """

    mean: Array
    variation: Array
    concordance: float
    statistic: float
    freedom: int
    p_value: float


@register(
    "weighting",
    formula="w_j ∝ mean mark; W = 12 Σ (R_j - mean R)² / (K²(M³ - M) - K Σ_k T_k), T_k = Σ (t³ - t) over tied groups; "
    "χ² = K(M - 1)W with M - 1 degrees of freedom",
    source="Kendall & Babington Smith (1939); Kendall & Gibbons (1990), Rank Correlation Methods",
    complexity="O(KM log M) for K experts",
    behaviour=Behaviour(
        nan="raises",
        ties="mean ranks, and W corrected for them; marks within 1e-12 relative tie",
        constant="an expert who gives every indicator the same mark says nothing about the order; all of them: raises",
        zeros="allowed; an indicator with mean 0 raises",
        negatives="raises",
        small="raises below two experts or two indicators",
    ),
    relative=False,
)
def delphi(marks: ArrayLike, *, columns: Sequence[str] | None = None) -> DelphiWeights:
    """Weights in proportion to the mean mark of a panel, with the variation and concordance of a Delphi round.

    Args:
        marks: shape (experts, indicators), at least 0; a higher mark is more important.
        columns: names of the indicators for messages.

    Raises:
        MethodError: not a finite numeric matrix, a negative mark, an indicator marked 0 by all, too few experts or
            indicators, or no expert who tells the indicators apart.
    """
    method = "delphi"
    given = as_matrix(marks, method=method, columns=columns)
    refuse_negative(given, method=method, columns=columns)
    experts, indicators = given.shape
    if experts < LEAST_EXPERTS:
        raise MethodError("weights_few_units", method=method, needed=LEAST_EXPERTS, units=experts)
    if indicators < LEAST_INDICATORS:
        raise MethodError("weights_few_indicators", method=method, needed=LEAST_INDICATORS, indicators=indicators)
    largest = float(given.max()) or 1.0
    marked = given / largest  # squares of marks beyond 1e154 would overflow
    mean = marked.mean(axis=0)
    if not (mean > 0.0).all():
        column = int(np.argmin(mean > 0.0))
        name = columns[column] if columns is not None else f"#{column + 1}"
        raise MethodError("weights_not_positive", method=method, column=name, unit=1, value=str(given[0, column]))
    found = concordance(given)
    if found is None:
        raise MethodError("delphi_no_order", method=method)
    return DelphiWeights(
        weights=mean / mean.sum(),
        mean=mean * largest,
        variation=marked.std(axis=0, ddof=1) / mean,
        concordance=found.w,
        statistic=found.chi_square,
        freedom=found.degrees_of_freedom,
        p_value=found.p_value,
    )
