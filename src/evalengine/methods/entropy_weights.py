"""Entropy weights, with the treatment of zeros and of costs by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array, as_directions, column_name
from evalengine.methods.constancy import is_constant
from evalengine.methods.data_weights import (
    BY_CONTRAST,
    DataWeights,
    read_columns,
    refuse_values,
    shares_of,
    transposed,
)
from evalengine.methods.registry import Behaviour, register
from evalengine.methods.weighting import choose, within

EntropyVariant = Literal["min_max", "shares", "cost_inverted", "raised"]
RUNS, RUN = 8, 16  # of units for a first guess of the mean; units one by one cost a wait for memory each
RAISED = 0.01
FAR = 1e3


@register(
    "weighting",
    formula="p = v/Σv; E_j = -Σ p ln p / ln N with 0 ln 0 = 0; w_j ∝ 1 - E_j; v by variant: min_max z + shift; "
    "shares x; cost_inverted x or 1/x; raised x, or x + |min x| + 0.01 where min x <= 0",
    source="Shannon (1948); Zeleny (1982), Multiple Criteria Decision Making; shares: scikit-criteria, pymcdm, "
    "pyrepo-mcda; cost_inverted: pyDecision, scikit-mcda; raised: SPSSAU",
    complexity="O(NM)",
    behaviour=Behaviour(
        nan="raises",
        ties="symmetric",
        constant=BY_CONTRAST.constant,
        zeros="0 ln 0 = 0; cost_inverted raises on a zero cost",
        negatives="min_max and raised: allowed; shares and cost_inverted: raises",
        small=BY_CONTRAST.small,
    ),
)
def entropy(
    matrix: ArrayLike,
    directions: ArrayLike | None = None,
    *,
    variant: EntropyVariant = "min_max",
    shift: float = 0.0,
    columns: Sequence[str] | None = None,
) -> DataWeights:
    """Weights in proportion to the divergence 1 − E of each column from the uniform distribution.

    Args:
        matrix: shape (units, indicators).
        directions: +1 benefit, −1 cost, shape (indicators,); all benefit if not given. `shares` and `raised` ignore
            them, as the packages they follow do.
        variant: what is turned into shares: `min_max` the min–max scaled, directed column, as Chinese practice does;
            `shares` the raw column; `cost_inverted` the raw column, costs as 1/x; `raised` the raw column, lifted by
            |min| + 0.01 where it has a value of 0 or less.
        shift: added to every min–max scaled value; changes the weights (practice uses 0, 0.0001, 0.01, 1; the
            textbook form 0.996 z + 0.002 is the shift 0.002/0.996).
        columns: names of the indicators for messages.

    Raises:
        MethodError: not a finite numeric matrix, a value the variant does not allow, or wrong settings.
    """
    method = "entropy"
    choose(variant, EntropyVariant, option="variant", method=method)
    shift = within(shift, 0.0, 1e6, option="shift", method=method)
    if shift and variant != "min_max":
        raise MethodError("weights_option", method=method, option="shift", value=str(shift), allowed="0")
    if variant == "min_max":
        return _of_scaled(matrix, directions, shift, columns)
    values = transposed(matrix, method=method, columns=columns)
    signs = as_directions(directions, values.shape[0], method=method)
    if variant == "cost_inverted":
        values = _inverted(values, signs, columns)
    elif variant == "raised":
        values = _raised(values, columns)
    divergence, bounds, _ = share_divergence(values, columns)
    if (bounds[0] < 0.0).any():
        column = int(np.argmax(bounds[0] < 0.0))
        raise MethodError(
            "weights_negative_value",
            method=method,
            column=column_name(columns, column),
            unit=int(values[column].argmin()) + 1,
            value=str(bounds[0, column]),
        )
    constant = is_constant(bounds[0], bounds[1])
    refuse_values(values, constant | np.isfinite(divergence), method=method, columns=columns)
    return shares_of(np.where(constant, 0.0, divergence), constant, method=method)


def _of_scaled(
    matrix: ArrayLike, directions: ArrayLike | None, shift: float, columns: Sequence[str] | None
) -> DataWeights:
    read = read_columns(matrix, method="entropy", columns=columns, spread=False)
    signs = as_directions(directions, read.mean.size, method="entropy")
    worst = np.where(signs > 0, read.lowest, read.highest)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        scale = np.where(read.constant, 0.0, signs / read.span)
        centre = np.where(read.constant, 1.0, (read.mean - worst) * scale + shift)
        factor = scale / centre
    refuse_values(read.values, np.isfinite(factor), method="entropy", columns=columns)
    start = np.where(read.constant, 1.0, shift / centre)
    divergence, _, _ = _divergence(read.values, worst, factor, start, None)
    return shares_of(divergence, read.constant, method="entropy")


def share_divergence(
    values: Array, columns: Sequence[str] | None, signs: Array | None = None
) -> tuple[Array, Array, NDArray[np.int64]]:
    """Return divergence and bounds of raw columns, and where each is best if `signs` are given, in one pass.

    The columns are scaled by the mean of a sample of the units.

    The scale only has to be near the mean for the sums to keep their digits. Where a heavy tail defeats the sample
    the pass is repeated with the mean itself.
    """
    zero = np.zeros(values.shape[0])
    units = values.shape[1]
    runs = [values[:, first : first + RUN] for first in range(0, units, max(RUN, units // RUNS))]
    with np.errstate(over="ignore", invalid="ignore"):
        sample = np.concatenate(runs, axis=1).mean(axis=1)
    sample = np.where(np.isfinite(sample) & (np.abs(sample) > np.finfo(np.float64).tiny), sample, 1.0)
    divergence, bounds, best = _divergence(values, zero, 1.0 / np.abs(sample), zero, signs)
    if not np.isfinite(divergence).all():
        with np.errstate(over="ignore", invalid="ignore"):
            mean = values.mean(axis=1)
        refuse_values(values, np.isfinite(mean), method="entropy", columns=columns)
        mean = np.where(np.abs(mean) > np.finfo(np.float64).tiny, np.abs(mean), 1.0)
        divergence, bounds, best = _divergence(values, zero, 1.0 / mean, zero, signs)
    return divergence, bounds, best


def _divergence(
    values: Array, offset: Array, scale: Array, start: Array, signs: Array | None
) -> tuple[Array, Array, NDArray[np.int64]]:
    """Return 1 − E of (values − offset)·scale + start, NaN where the scale is far off; bounds and best values."""
    from evalengine.methods.column_kernels import entropy_sums  # noqa: PLC0415 -- numba is loaded when it is needed

    rows, units = values.shape
    bounds, sums = np.empty((2, rows)), np.empty((2, rows))
    best = np.empty(0 if signs is None else rows, dtype=np.int64)
    entropy_sums(values, np.stack([offset, scale, start]), bounds, sums, offset if signs is None else signs, best)
    bend, excess = sums / units
    near: NDArray[np.bool_] = np.isfinite(bend) & (excess < FAR) & (excess > 1.0 / FAR - 1.0)
    safe = np.where(near, excess, 0.0)
    spread = np.where(near, (bend + safe) / (1.0 + safe) - np.log1p(safe), np.nan)
    return np.clip(spread / np.log(max(units, 2)), 0.0, 1.0), bounds, best


def _inverted(values: Array, signs: Array, columns: Sequence[str] | None) -> Array:
    inverted = values.copy()
    for j in np.flatnonzero(signs < 0):
        if not (values[j] > 0.0).all():
            refuse_values(values, np.asarray(np.isfinite(values).all(axis=1)), method="entropy", columns=columns)
            unit = int(np.argmin(values[j] > 0.0))
            raise MethodError(
                "weights_not_positive",
                method="entropy",
                column=column_name(columns, int(j)),
                unit=unit + 1,
                value=str(values[j, unit]),
            )
        with np.errstate(over="ignore"):
            inverted[j] = 1.0 / values[j]
    finite = np.isfinite(values) & np.isfinite(inverted)  # an infinite cost is 0 by now
    refuse_values(values, np.asarray(finite.all(axis=1)), method="entropy", columns=columns)
    return inverted


def _raised(values: Array, columns: Sequence[str] | None) -> Array:
    lowest = values.min(axis=1)
    refuse_values(values, np.asarray(np.isfinite(values).all(axis=1)), method="entropy", columns=columns)
    lift = np.where(lowest <= 0.0, np.abs(lowest) + RAISED, 0.0)
    with np.errstate(over="ignore"):
        lifted: Array = values + lift[:, None]
    refuse_values(values, np.asarray(np.isfinite(lifted).all(axis=1)), method="entropy", columns=columns)
    return lifted
