"""Normalisation by ratio: shares of the maximum, of the sum, of the Euclidean length.

A ratio has no natural mirror image for costs; each method says by name what it does with them. Negating costs first,
as COINr does, turns x/max into x/min, which is *larger* for worse units: that variant is not offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from evalengine.methods.arrays import Array
from evalengine.methods.checks import check_cells, check_choice
from evalengine.methods.normalisation import ANY, NAN, Columns, NanPolicy, columns_of, extremes, sums
from evalengine.methods.registry import Behaviour, register

CostRule = Literal["ratio", "complement"]
CACHED = 100_000  # numbers that stay in the second cache between passes: 3.4 -> 2.2 ns a cell at 100,000 x 50


def _refuse_cells(given: Columns, *, positive: bool) -> None:
    """Refuse negative values, and zeros among the costs if they are to be divided by."""
    lowest, _ = extremes(given.values)
    if (lowest < 0).any():
        check_cells(given.values.T, given.values.T < 0, method=given.method, columns=given.names, rule=">= 0")
    if positive and ((lowest[:, 0] == 0) & (given.directions < 0)).any():
        bad = (given.values == 0) & (given.directions < 0)[:, np.newaxis]
        check_cells(given.values.T, bad.T, method=given.method, columns=given.names, rule="> 0")


@register(
    "normalisation",
    formula="z = x / max; cost: min / x (ratio) or 1 - x / max (complement)",
    source="COINr 1.1.14, n_fracmax (benefits); pymcdm 1.4.0, linear_normalization (ratio), max_normalization",
    complexity="O(N M)",
    behaviour=Behaviour(
        nan=NAN,
        ties="kept",
        constant="benefit 1; cost 1 (ratio) or 0 (complement)",
        zeros="benefit 0; cost raises if ratio; a benefit of zeros only raises",
        negatives="raises",
    ),
)
def fraction_of_maximum(
    values: ArrayLike,
    directions: ArrayLike | None = None,
    *,
    cost: CostRule = "ratio",
    nan: NanPolicy = "raise",
    columns: Sequence[str] | None = None,
) -> Array:
    """Fraction of the maximum: the best benefit gets 1, the others their share of it.

    Args:
        values: (units, indicators), at least 0.
        directions: as for `min_max`.
        cost: `ratio` min/x, or `complement` 1 − x/max.
        nan: `raise`, or `keep`.
        columns: names of the indicators for messages.

    Returns:
        (units, indicators), between 0 and 1.

    Raises:
        MethodError: a negative value, a zero to divide by, or faulty arguments.
    """
    check_choice(cost, ("ratio", "complement"), method="fraction_of_maximum", name="cost")
    given = columns_of(values, directions, method="fraction_of_maximum", nan=nan, columns=columns)
    costs = given.directions < 0
    _refuse_cells(given, positive=cost == "ratio")
    lowest, highest = extremes(given.values)
    given.refuse(highest[:, 0] == 0, "zero_column")
    result = given.values / highest
    if cost == "ratio":
        result[costs] = lowest[costs] / given.values[costs]
    else:
        result[costs] = 1.0 - result[costs]
    return result.T


@register(
    "normalisation",
    formula="z = x / sqrt(sum(x^2)); cost: 1 - z",
    source="pymcdm 1.4.0, vector_normalization (scikit-criteria VectorScaler leaves costs as costs)",
    complexity="O(N M)",
    behaviour=Behaviour(
        nan=NAN,
        ties="kept",
        constant="1 / sqrt(N); cost: 1 - 1 / sqrt(N)",
        zeros="a column of zeros raises",
        negatives=ANY,
    ),
)
def vector(
    values: ArrayLike,
    directions: ArrayLike | None = None,
    *,
    nan: NanPolicy = "raise",
    columns: Sequence[str] | None = None,
) -> Array:
    """Vector normalisation: each value over the Euclidean length of its column.

    Args:
        values: (units, indicators).
        directions: as for `min_max`; costs become 1 − z.
        nan: `raise`, or `keep`.
        columns: names of the indicators for messages.

    Returns:
        (units, indicators); benefits between −1 and 1, costs between 0 and 2, both from 0 to 1 for values ≥ 0.

    Raises:
        MethodError: a column of zeros, or faulty arguments.
    """
    given = columns_of(values, directions, method="vector", nan=nan, columns=columns)
    lowest, highest = extremes(given.values)
    largest = np.maximum(np.abs(lowest), np.abs(highest))
    given.refuse(largest[:, 0] == 0, "zero_column")
    result = np.empty_like(given.values)
    step = max(1, CACHED // result.shape[1])
    for first in range(0, result.shape[0], step):
        rows = slice(first, first + step)
        part = np.divide(given.values[rows], largest[rows], out=result[rows])  # first, so that no square overflows
        part /= np.sqrt(sums(part * part))
    costs = given.directions < 0
    result[costs] = 1.0 - result[costs]
    return result.T


@register(
    "normalisation",
    name="sum",
    formula="z = x / sum(x); cost: (1 / x) / sum(1 / x)",
    source="pymcdm 1.4.0, sum_normalization (scikit-criteria SumScaler leaves costs as costs)",
    complexity="O(N M)",
    behaviour=Behaviour(
        nan=NAN,
        ties="kept",
        constant="1 / N",
        zeros="benefit 0; cost raises; a benefit of zeros only raises",
        negatives="raises",
    ),
)
def sum_(
    values: ArrayLike,
    directions: ArrayLike | None = None,
    *,
    nan: NanPolicy = "raise",
    columns: Sequence[str] | None = None,
) -> Array:
    """Sum normalisation: each value's share of the column total; costs by their reciprocals.

    Args:
        values: (units, indicators), at least 0, costs above 0.
        directions: as for `min_max`.
        nan: `raise`, or `keep`.
        columns: names of the indicators for messages.

    Returns:
        (units, indicators), between 0 and 1; each column sums to 1 over its known values.

    Raises:
        MethodError: a negative value, a zero among the costs, a column of zeros, or faulty arguments.
    """
    given = columns_of(values, directions, method="sum", nan=nan, columns=columns)
    _refuse_cells(given, positive=True)
    lowest, highest = extremes(given.values)
    given.refuse(highest[:, 0] == 0, "zero_column")
    costs = given.directions < 0
    result = given.values / highest  # first, so that no sum overflows
    result[costs] = lowest[costs] / given.values[costs]
    result /= sums(result)
    return result.T
