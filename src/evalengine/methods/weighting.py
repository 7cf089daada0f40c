"""Weights somebody states: equal, stated, budget allocation, rank order; and what every weighting answers with.

Every method of kind `weighting` returns a frozen dataclass with `weights`: at least 0, summing to one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_matrix, as_vector, as_weights
from evalengine.methods.registry import Behaviour, register

RankRule = Literal["centroid", "sum", "reciprocal", "exponent", "rancom"]
MOST_INDICATORS = 1e6
NO_DATA = Behaviour(
    nan="raises", ties="symmetric", constant="no data involved", zeros="weight 0", negatives="raises", small="any size"
)


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Weights of the indicators.

    Attributes:
        weights: shape (indicators,), at least 0, summing to one.
    """

    weights: Array


@dataclass(frozen=True, slots=True, eq=False)
class BudgetWeights(Weights):
    """Weights from points that experts allocated.

    Attributes:
        spread: sample standard deviation of the experts' shares, shape (indicators,); 0 for one expert.
        lowest: smallest share any expert gave, shape (indicators,).
        highest: largest share any expert gave, shape (indicators,).
    """

    spread: Array
    lowest: Array
    highest: Array


def choose(value: str, literal: Any, *, option: str, method: str) -> None:  # noqa: ANN401 -- a Literal has no type
    """Raise MethodError unless `value` is one of the strings of the Literal type."""
    allowed = get_args(literal)
    if value not in allowed:
        raise MethodError(
            "weights_option", method=method, option=option, value=str(value), allowed=", ".join(map(str, allowed))
        )


def as_shares(values: ArrayLike, *, method: str, what: str, length: int | None = None) -> Array:
    """Return `values`, at least 0, divided by their sum; safe for a sum beyond double precision.

    Raises:
        MethodError: a negative or non-finite value, a wrong length, or a sum of 0.
    """
    vector = as_vector(values, method=method, what=what, length=length)
    with np.errstate(over="ignore"):
        total = vector.sum()
    scaled = vector if np.isfinite(total) else vector / np.abs(vector).max()
    return as_weights(scaled, vector.size, method=method)


def within(value: object, lowest: float, highest: float, *, option: str, method: str) -> float:
    """Return `value` as a float; raise MethodError unless it is a number from `lowest` to `highest`."""
    number = float(value) if isinstance(value, Real) else np.nan
    if not lowest <= number <= highest:
        raise MethodError(
            "weights_range", method=method, option=option, value=str(value), lowest=lowest, highest=highest
        )
    return number


@register(
    "weighting",
    formula="w_j = 1/n",
    source="OECD/JRC Handbook on Constructing Composite Indicators (2008), section 6",
    complexity="O(M)",
    behaviour=NO_DATA,
    relative=False,
)
def equal(indicators: int) -> Weights:
    """Equal weights.

    Args:
        indicators: how many indicators there are, at least one.

    Raises:
        MethodError: not a whole number from one.
    """
    number = within(indicators, 1.0, MOST_INDICATORS, option="indicators", method="equal")
    if number != int(number):
        raise MethodError("weights_few_indicators", method="equal", needed=1, indicators=str(indicators))
    return Weights(np.full(int(number), 1.0 / number))


@register(
    "weighting",
    formula="w_j = s_j / Σ s",
    source="stated by the caller",
    complexity="O(M)",
    behaviour=NO_DATA,
    relative=False,
)
def stated(points: ArrayLike) -> Weights:
    """Weights in proportion to stated points.

    Args:
        points: shape (indicators,), at least 0, not all 0; any total.

    Raises:
        MethodError: a point is negative or not a finite number, or all are 0.
    """
    return Weights(as_shares(points, method="stated", what="points"))


@register(
    "weighting",
    formula="w_j = mean over experts of (points of j / points of the expert)",
    source="OECD/JRC Handbook on Constructing Composite Indicators (2008), section 6.5, budget allocation process",
    complexity="O(KM) for K experts",
    behaviour=NO_DATA,
    relative=False,
)
def budget_allocation(
    points: ArrayLike, *, budget: float = 100.0, tolerance: float = 1e-9, columns: Sequence[str] | None = None
) -> BudgetWeights:
    """Mean share of a fixed budget of points that each expert distributes over the indicators.

    Args:
        points: shape (experts, indicators), at least 0.
        budget: what each expert has to distribute, exactly.
        tolerance: how far an expert's total may be from the budget, as a share of it.
        columns: names of the indicators for messages.

    Raises:
        MethodError: a point is negative or not a finite number, or an expert's total is not the budget.
    """
    method = "budget_allocation"
    budget = within(budget, 1e-300, 1e300, option="budget", method=method)
    tolerance = within(tolerance, 0.0, 1.0, option="tolerance", method=method)
    given = as_matrix(points, method=method, columns=columns)
    refuse_negative(given, method=method, columns=columns)
    with np.errstate(over="ignore"):
        totals = given.sum(axis=1)
    off = np.abs(totals - budget) > tolerance * budget
    if off.any():
        expert = int(np.argmax(off))
        raise MethodError(
            "weights_budget", method=method, expert=expert + 1, total=float(totals[expert]), budget=budget
        )
    shares = given / totals[:, None]
    mean = shares.mean(axis=0)
    spread = shares.std(axis=0, ddof=1) if shares.shape[0] > 1 else np.zeros(shares.shape[1])
    return BudgetWeights(mean / mean.sum(), spread, shares.min(axis=0), shares.max(axis=0))


@register(
    "weighting",
    formula="centroid (ROC): w_k = (1/n) Σ_{i=k..n} 1/i; sum: 2(n+1-k)/(n(n+1)); reciprocal: (1/k)/Σ 1/i; "
    "exponent: (n+1-k)^p / Σ; rancom: (2(n-k)+1)/n²; tied ranks share the mean of their positions' weights",
    source="Barron & Barrett (1996), Management Science 42(11); Stillwell, Seaver & Edwards (1981); "
    "Więckowski et al. (2023), RANCOM",
    complexity="O(M log M)",
    behaviour=Behaviour(
        nan="raises",
        ties="tied ranks share the mean of the weights of the positions they occupy",
        constant="all ranks equal: equal weights",
        zeros="a rank is only compared, any numbers will do",
        negatives="likewise",
    ),
    relative=False,
)
def rank_order(ranks: ArrayLike, *, rule: RankRule = "centroid", exponent: float = 1.0) -> Weights:
    """Weights from an order of importance alone.

    Args:
        ranks: shape (indicators,); the smallest is the most important. Only the order counts, so 1, 2, 2, 4 and
            1, 2, 2, 3 mean the same.
        rule: `centroid` (ROC), `sum` (RS), `reciprocal` (RR), `exponent` (RS to a power) or `rancom`.
        exponent: the power of the rule `exponent`, from 0 (equal weights) to 50.

    Raises:
        MethodError: a rank is not a finite number, or a setting is out of range.
    """
    method = "rank_order"
    choose(rule, RankRule, option="rule", method=method)
    exponent = within(exponent, 0.0, 50.0, option="exponent", method=method)
    order = as_vector(ranks, method=method, what="ranks")
    if order.size == 0:
        raise MethodError("weights_few_indicators", method=method, needed=1, indicators=0)
    position = np.arange(1.0, order.size + 1.0)
    by_position = {
        "centroid": np.cumsum(1.0 / position[::-1])[::-1],
        "sum": position[::-1],
        "reciprocal": 1.0 / position,
        "exponent": (position[::-1] / order.size) ** exponent,
        "rancom": 2.0 * position[::-1] - 1.0,
    }[rule]
    _, group, count = np.unique(order, return_inverse=True, return_counts=True)
    mean = np.add.reduceat(by_position, np.cumsum(count) - count) / count
    weights = mean[group]
    return Weights(weights / weights.sum())


def refuse_negative(matrix: Array, *, method: str, columns: Sequence[str] | None) -> None:
    """Raise MethodError naming the first negative cell of a matrix (units, indicators)."""
    refuse_cells(matrix < 0.0, matrix, "weights_negative_value", method=method, columns=columns)


def refuse_cells(bad: Any, matrix: Array, code: str, *, method: str, columns: Sequence[str] | None) -> None:  # noqa: ANN401 -- a Boolean array
    """Raise MethodError `code` naming the first cell of a matrix (units, indicators) that `bad` marks."""
    if bad.any():
        unit, column = (int(k) for k in np.argwhere(bad)[0])
        raise MethodError(
            code,
            method=method,
            column=columns[column] if columns is not None else f"#{column + 1}",
            unit=unit + 1,
            value=str(matrix[unit, column]),
        )
