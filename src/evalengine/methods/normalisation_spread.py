"""Normalisation by centre and spread: z-score, robust z-score, logistic, above or below the mean."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from evalengine.methods.arrays import Array
from evalengine.methods.checks import check_cells, check_number
from evalengine.methods.normalisation import (
    ANY,
    CONSTANT,
    NAN,
    Columns,
    NanPolicy,
    columns_of,
    divide,
    extremes,
    fill_constant,
    known,
    sums,
)
from evalengine.methods.registry import Behaviour, register

MAD_TO_SD = 1.4826022185056018  # 1 / 0.75 quantile of the standard normal distribution
_ROUNDING = 1e-12  # a ratio to the mean this close to a threshold is on it


def _means(values: Array) -> Array:
    """Return the mean of the known values of each indicator, as a column vector, without overflow."""
    count = known(values)
    with np.errstate(over="ignore", invalid="ignore"):
        result = sums(values) / count
    if not np.isfinite(result).all():
        result = sums(values / count)
    return result


def _standard(given: Columns, ddof: int, constant: float | None) -> tuple[Array, np.ndarray]:
    """Return (x − mean)/sd of the oriented values and which indicators are constant."""
    values = given.oriented()
    lowest, highest = extremes(values)
    with np.errstate(over="ignore"):
        given.refuse(np.isinf(highest - lowest)[:, 0], "overflow")
    still = (highest == lowest)[:, 0]
    result = values - _means(values)
    size = np.where(still[:, np.newaxis], 0.0, highest - lowest)
    result[still] = 0.0
    divide(given, result, size, constant)  # first, so that no square leaves double precision
    squares = sums(np.square(result))
    squares[still] = 1.0
    result /= np.sqrt(squares / np.maximum(known(values) - ddof, 1))
    return result, still


@register(
    "normalisation",
    formula="z = (x - mean) / sd_(n - ddof) sd + mean, x turned so that more is better",
    source="OECD/JRC, Handbook, 2008, section 5; COINr 1.1.14, n_zscore (ddof 1); scikit-criteria, StandarScaler (0)",
    complexity="O(N M)",
    behaviour=Behaviour(
        nan=NAN, ties="kept", constant=CONSTANT, zeros=ANY, negatives=ANY, small="one unit is constant"
    ),
)
def z_score(
    values: ArrayLike,
    directions: ArrayLike | None = None,
    *,
    mean: float = 0.0,
    sd: float = 1.0,
    ddof: int = 1,
    constant: float | None = None,
    nan: NanPolicy = "raise",
    columns: Sequence[str] | None = None,
) -> Array:
    """Z-score: every indicator gets the same mean and standard deviation.

    Args:
        values: (units, indicators).
        directions: as for `min_max`.
        mean: mean of the result.
        sd: standard deviation of the result.
        ddof: 1 divides by n − 1 (COINr), 0 by n (scikit-criteria).
        constant: score of everybody in a column of equal values; None raises.
        nan: `raise`, or `keep`.
        columns: names of the indicators for messages.

    Returns:
        (units, indicators), not bounded.

    Raises:
        MethodError: a constant column without a value for it, or faulty arguments.
    """
    check_number(mean, holds=True, method="z_score", name="mean", rule="finite")
    check_number(sd, sd > 0, method="z_score", name="sd", rule="> 0")
    check_number(ddof, ddof in (0, 1), method="z_score", name="ddof", rule="0 | 1")
    given = columns_of(values, directions, method="z_score", nan=nan, columns=columns)
    result, still = _standard(given, ddof, constant)
    if sd != 1:
        result *= sd
    if mean != 0:
        result += mean
    return given.finished(fill_constant(given, result, still, constant))


@register(
    "normalisation",
    formula="z = (x - median) / (1.4826 median|x - median|) sd + mean, x turned so that more is better",
    source="F. Hampel, The influence curve and its role in robust estimation, JASA 69, 1974",
    complexity="O(N M log N)",
    behaviour=Behaviour(
        nan=NAN,
        ties="kept",
        constant=CONSTANT,
        zeros=ANY,
        negatives=ANY,
        small="raises if more than half of the values are equal",
    ),
)
def robust_z(
    values: ArrayLike,
    directions: ArrayLike | None = None,
    *,
    mean: float = 0.0,
    sd: float = 1.0,
    constant: float | None = None,
    nan: NanPolicy = "raise",
    columns: Sequence[str] | None = None,
) -> Array:
    """Robust z-score: centred at the median, spread by the median absolute deviation; outliers do not shift the rest.

    Args:
        values: (units, indicators).
        directions: as for `min_max`.
        mean: score of the median.
        sd: score distance of one standard deviation, were the values normal.
        constant: score of everybody in a column of equal values; None raises.
        nan: `raise`, or `keep`.
        columns: names of the indicators for messages.

    Returns:
        (units, indicators), not bounded.

    Raises:
        MethodError: more than half of a column's values are equal, so that the median deviation is 0, or a constant
            column without a value for it, or faulty arguments.
    """
    check_number(mean, holds=True, method="robust_z", name="mean", rule="finite")
    check_number(sd, sd > 0, method="robust_z", name="sd", rule="> 0")
    given = columns_of(values, directions, method="robust_z", nan=nan, columns=columns)
    values_ = given.oriented()
    lowest, highest = extremes(values_)
    still = (highest == lowest)[:, 0]
    with np.errstate(over="ignore"):
        result = values_ - np.nanmedian(values_, axis=1, keepdims=True)
        given.refuse(np.logical_or.reduce(np.isinf(result), axis=1), "overflow")
        spread = MAD_TO_SD * np.nanmedian(np.abs(result), axis=1, keepdims=True)
        given.refuse((spread[:, 0] == 0) & ~still, "zero_median_deviation")
        result = divide(given, result, spread, constant) * sd + mean
    return given.finished(fill_constant(given, result, still, constant))


@register(
    "normalisation",
    formula="y = 1 / (1 + exp(-steepness z)), z = z-score (n - 1), x turned so that more is better",
    source="D. Pyle, Data Preparation for Data Mining, 1999 (softmax scaling)",
    complexity="O(N M)",
    behaviour=Behaviour(
        nan=NAN, ties="kept", constant=CONSTANT, zeros=ANY, negatives=ANY, small="one unit is constant"
    ),
)
def logistic(
    values: ArrayLike,
    directions: ArrayLike | None = None,
    *,
    steepness: float = 1.0,
    constant: float | None = None,
    nan: NanPolicy = "raise",
    columns: Sequence[str] | None = None,
) -> Array:
    """Logistic: the z-score bent into 0 … 1; the mean gets 0.5 and outliers are drawn in.

    Args:
        values: (units, indicators).
        directions: as for `min_max`.
        steepness: above 0; the slope at the mean is a quarter of it per standard deviation.
        constant: score of everybody in a column of equal values; None raises.
        nan: `raise`, or `keep`.
        columns: names of the indicators for messages.

    Returns:
        (units, indicators), between 0 and 1.

    Raises:
        MethodError: steepness is not above 0, a constant column without a value for it, or faulty arguments.
    """
    check_number(steepness, steepness > 0, method="logistic", name="steepness", rule="> 0")
    given = columns_of(values, directions, method="logistic", nan=nan, columns=columns)
    result, still = _standard(given, 1, constant)
    with np.errstate(over="ignore", under="ignore"):
        result = 1.0 / (1.0 + np.exp(-steepness * result))
    return given.finished(fill_constant(given, result, still, constant))


@register(
    "normalisation",
    formula="z = 1 if x / mean > 1 + threshold, -1 if x / mean < 1 - threshold, otherwise 0; cost: -z",
    source="OECD/JRC, Handbook on Constructing Composite Indicators, 2008, section 5",
    complexity="O(N M)",
    behaviour=Behaviour(
        nan=NAN,
        ties="kept; a ratio within 1e-12 of a threshold counts as on it",
        constant="0",
        zeros="any value; a column with mean 0 raises",
        negatives="raises",
    ),
)
def above_below_mean(
    values: ArrayLike,
    directions: ArrayLike | None = None,
    *,
    threshold: float = 0.1,
    nan: NanPolicy = "raise",
    columns: Sequence[str] | None = None,
) -> Array:
    """Above or below the mean: +1, 0 or −1 with a neutral band around the mean.

    Args:
        values: (units, indicators), at least 0.
        directions: as for `min_max`.
        threshold: half the width of the neutral band as a share of the mean, 0 or more and below 1.
        nan: `raise`, or `keep`.
        columns: names of the indicators for messages.

    Returns:
        (units, indicators), −1, 0 or 1.

    Raises:
        MethodError: a negative value, a column of zeros, a threshold out of range, or faulty arguments.
    """
    check_number(threshold, 0 <= threshold < 1, method="above_below_mean", name="threshold", rule="0 <= threshold < 1")
    given = columns_of(values, directions, method="above_below_mean", nan=nan, columns=columns)
    check_cells(given.values.T, given.values.T < 0, method=given.method, columns=columns, rule=">= 0")
    means = _means(given.values)
    given.refuse(means[:, 0] == 0, "zero_column")
    ratio = given.values / means
    result = np.where(ratio > 1 + threshold + _ROUNDING, 1.0, np.where(ratio < 1 - threshold - _ROUNDING, -1.0, 0.0))
    result[np.isnan(given.values)] = np.nan
    return given.finished(result * given.directions[:, np.newaxis])
