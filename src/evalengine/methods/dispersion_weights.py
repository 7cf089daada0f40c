"""Weights from the spread of each column alone: standard deviation, variance, variation, Gini, angle, LOPCOW."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_directions, column_name
from evalengine.methods.data_weights import (
    BY_CONTRAST,
    BY_RATIO,
    Columns,
    DataWeights,
    read_columns,
    refuse_values,
    require_at_least,
    shares_of,
)
from evalengine.methods.registry import Behaviour, register
from evalengine.methods.weighting import choose

Scale = Literal["min_max", "raw"]
FEW = 1_000  # units below which a comparing sort is faster than counting


@register(
    "weighting",
    formula="w_j ∝ sd(z_j), z min-max (min_max) or z = x (raw)",
    source="Wang & Luo (2010), Mathematical and Computer Modelling 51; raw: scikit-criteria std_weights, "
    "pymcdm standard_deviation_weights",
    complexity="O(NM)",
    behaviour=BY_CONTRAST,
)
def standard_deviation(
    matrix: ArrayLike, *, variant: Scale = "min_max", columns: Sequence[str] | None = None
) -> DataWeights:
    """Weights in proportion to the standard deviation of each column; the direction does not matter.

    Args:
        matrix: shape (units, indicators).
        variant: `min_max` scales each column to [0, 1] first; `raw` takes the values as they are, so that a column's
            unit of measurement decides its weight (what scikit-criteria and pymcdm do).
        columns: names of the indicators for messages.

    Raises:
        MethodError: not a finite numeric matrix, or values outside double precision.
    """
    method = "standard_deviation"
    choose(variant, Scale, option="variant", method=method)
    read = read_columns(matrix, method=method, columns=columns)
    spread = read.deviation
    if variant == "raw":
        span = read.span
        spread = spread * (span / span.max())
    return shares_of(spread, read.constant, method=method)


@register(
    "weighting",
    formula="w_j ∝ var(z_j), z min-max",
    source="Rao & Patel (2010), International Journal of Production Research 48(16); pymcdm variance_weights",
    complexity="O(NM)",
    behaviour=BY_CONTRAST,
)
def variance(matrix: ArrayLike, *, columns: Sequence[str] | None = None) -> DataWeights:
    """Weights in proportion to the variance of each min–max scaled column; the direction does not matter.

    Args:
        matrix: shape (units, indicators).
        columns: names of the indicators for messages.

    Raises:
        MethodError: not a finite numeric matrix, or values outside double precision.
    """
    read = read_columns(matrix, method="variance", columns=columns)
    return shares_of(read.variance, read.constant, method="variance")


@register(
    "weighting",
    formula="w_j ∝ s_j / mean_j, s the sample standard deviation",
    source="coefficient of variation method; in Chinese practice also called the information quantity weight",
    complexity="O(NM)",
    behaviour=BY_RATIO,
)
def coefficient_of_variation(matrix: ArrayLike, *, columns: Sequence[str] | None = None) -> DataWeights:
    """Weights in proportion to the coefficient of variation of each raw column; the direction does not matter.

    Args:
        matrix: shape (units, indicators), on a ratio scale: at least 0.
        columns: names of the indicators for messages.

    Raises:
        MethodError: not a finite numeric matrix, or a value is negative.
    """
    method = "coefficient_of_variation"
    read = read_columns(matrix, method=method, columns=columns)
    require_at_least(read, np.zeros(read.mean.size), strict=False, method=method, columns=columns)
    units = read.values.shape[1]
    return shares_of(_variation(read) * np.sqrt(units / max(units - 1, 1)), read.constant, method=method)


@register(
    "weighting",
    formula="w_j ∝ G_j = Σ_i (2i - N - 1) x_(i) / (N² mean_j), x_(i) sorted",
    source="Li, Chi & Shi (2011), Gini-coefficient weights; scikit-criteria gini_weights, pymcdm gini_weights",
    complexity="O(NM log N)",
    behaviour=BY_RATIO,
)
def gini(matrix: ArrayLike, *, columns: Sequence[str] | None = None) -> DataWeights:
    """Weights in proportion to the Gini coefficient of each raw column; the direction does not matter.

    Args:
        matrix: shape (units, indicators), on a ratio scale: at least 0.
        columns: names of the indicators for messages.

    Raises:
        MethodError: not a finite numeric matrix, or a value is negative.
    """
    from evalengine.methods.column_kernels import rank_sums  # noqa: PLC0415 -- numba is loaded when it is needed
    from evalengine.methods.sort_kernel import sort_positive  # noqa: PLC0415 -- likewise

    method = "gini"
    read = read_columns(matrix, method=method, columns=columns, spread=False)
    require_at_least(read, np.zeros(read.mean.size), strict=False, method=method, columns=columns)
    units = read.values.shape[1]
    sums = np.empty(read.mean.size)
    keys, spare, ordered = np.empty(units, dtype=np.uint32), np.empty(units), np.empty((1, units))
    for j, values in enumerate(read.values):
        if units < FEW or not sort_positive(values, read.lowest[j], read.highest[j], keys, spare, ordered[0]):
            ordered = np.sort(read.values[j : j + 1])
        rank_sums(ordered, read.mean[j : j + 1], sums[j : j + 1])
    refuse_values(read.values, read.constant | np.isfinite(sums), method=method, columns=columns)
    importance = np.where(read.constant, 0.0, sums / float(units) ** 2)
    return shares_of(importance, read.constant, method=method)


@register(
    "weighting",
    formula="w_j ∝ θ_j = arctan(sd_j / mean_j), the angle between the column and a constant one",
    source="Shuai, Zongzhun, Yongji & Lei (2012), 24th Chinese Control and Decision Conference; pymcdm angle_weights",
    complexity="O(NM)",
    behaviour=BY_RATIO,
)
def angle(matrix: ArrayLike, *, columns: Sequence[str] | None = None) -> DataWeights:
    """Weights in proportion to the angle between each raw column and a constant column; the direction is ignored.

    The published arccos(1/√(N Σ s²)) of the shares s is this angle; arctan keeps the digits of small angles.

    Args:
        matrix: shape (units, indicators), on a ratio scale: at least 0.
        columns: names of the indicators for messages.

    Raises:
        MethodError: not a finite numeric matrix, or a value is negative.
    """
    read = read_columns(matrix, method="angle", columns=columns)
    require_at_least(read, np.zeros(read.mean.size), strict=False, method="angle", columns=columns)
    return shares_of(np.arctan(_variation(read)), read.constant, method="angle")


@register(
    "weighting",
    formula="w_j ∝ |100 ln(√(Σ z²/N) / s_j)|, z min-max in its direction, s the sample standard deviation of z",
    source="Ecer & Pamucar (2022), Applied Soft Computing 112; pymcdm lopcow_weights",
    complexity="O(NM)",
    behaviour=Behaviour(
        nan="raises", ties="symmetric", constant="raises", zeros="allowed", negatives="allowed", small="two units"
    ),
)
def lopcow(
    matrix: ArrayLike, directions: ArrayLike | None = None, *, columns: Sequence[str] | None = None
) -> DataWeights:
    """Weights from the logarithm of root mean square over standard deviation of each min–max scaled column.

    Args:
        matrix: shape (units, indicators).
        directions: +1 benefit, −1 cost, shape (indicators,); all benefit if not given.
        columns: names of the indicators for messages.

    Raises:
        MethodError: not a finite numeric matrix, a column is constant, or wrong directions.
    """
    read = read_columns(matrix, method="lopcow", columns=columns)
    signs = as_directions(directions, read.mean.size, method="lopcow")
    if read.constant.any():
        column = column_name(columns, int(np.argmax(read.constant)))
        raise MethodError("weights_constant_column", method="lopcow", column=column)
    units = read.values.shape[1]
    centre = np.where(signs > 0, read.mean - read.lowest, read.highest - read.mean) / read.span
    sample = read.variance * units / (units - 1)
    importance = np.abs(50.0 * np.log((read.variance + centre**2) / sample))
    return shares_of(importance, read.constant, method="lopcow")


def _variation(read: Columns) -> Array:
    """Return population standard deviation over mean; 0 for a constant column."""
    mean = np.where(read.constant, 1.0, read.mean)
    return np.asarray(read.deviation * (read.span / mean))
