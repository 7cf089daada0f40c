"""Normalisation against stated points: two anchors, goalposts, a reference unit, a target."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from evalengine.methods.arrays import Array
from evalengine.methods.checks import check_cells, check_number
from evalengine.methods.constancy import is_constant
from evalengine.methods.normalisation import (
    ANY,
    NAN,
    Columns,
    NanPolicy,
    columns_of,
    extremes,
    refuse_setting,
)
from evalengine.methods.registry import Behaviour, register


def _between(given: Columns, values: Array, lower: Array, upper: Array) -> Array:
    """Return the share of the way from the worse to the better anchor."""
    costs = given.directions < 0
    with np.errstate(over="ignore"):
        result = values - lower
        if costs.any():
            result[costs] = upper[costs] - values[costs]
        span = upper - lower
    given.refuse(np.isinf(span[:, 0]), "overflow")
    with np.errstate(over="ignore"):
        result /= span
    return result


def _anchors(given: Columns, lower: ArrayLike, upper: ArrayLike) -> tuple[Array, Array]:
    low, high = given.setting(lower, "lower"), given.setting(upper, "upper")
    refuse_setting(given, low >= high, "lower", low, "< upper")
    return low, high


@register(
    "normalisation",
    formula="z = (x - lower) / (upper - lower) scale; cost: (upper - x) / (upper - lower) scale",
    source="COINr 1.1.14, n_scaled",
    complexity="O(N M)",
    relative=False,
    behaviour=Behaviour(nan=NAN, ties="kept", constant="no effect", zeros=ANY, negatives=ANY),
)
def scaled(
    values: ArrayLike,
    directions: ArrayLike | None = None,
    *,
    lower: ArrayLike = 0.0,
    upper: ArrayLike = 100.0,
    scale: float = 100.0,
    nan: NanPolicy = "raise",
    columns: Sequence[str] | None = None,
) -> Array:
    """Linear scale through two stated points, without a cap.

    Args:
        values: (units, indicators).
        directions: (indicators,), +1 or −1; all +1 if None. The points are in the unit of the raw values and always
            lower < upper: a cost gets 0 at `upper`. (COINr negates the values first and takes the points for those.)
        lower: one point for all indicators or one for each.
        upper: likewise.
        scale: score of the better point.
        nan: `raise`, or `keep`.
        columns: names of the indicators for messages.

    Returns:
        (units, indicators), not bounded.

    Raises:
        MethodError: lower is not below upper, or faulty arguments.
    """
    check_number(scale, scale > 0, method="scaled", name="scale", rule="> 0")
    given = columns_of(values, directions, method="scaled", nan=nan, columns=columns)
    low, high = _anchors(given, lower, upper)
    with np.errstate(over="ignore"):
        result = _between(given, given.values, low, high) * scale
    return given.finished(result)


@register(
    "normalisation",
    formula="z = (f(x) - f(lower)) / (f(upper) - f(lower)) scale, f = x or ln x; cost mirrored; capped to 0 ... scale",
    source="UNDP, Human Development Report, technical note 1; COINr 1.1.14, n_goalposts",
    complexity="O(N M)",
    relative=False,
    behaviour=Behaviour(
        nan=NAN,
        ties="kept; beyond a post capped values tie",
        constant="no effect",
        zeros="any value; raises if logarithmic",
        negatives="any value; raises if logarithmic",
    ),
)
def goalposts(
    values: ArrayLike,
    directions: ArrayLike | None = None,
    *,
    lower: ArrayLike,
    upper: ArrayLike,
    logarithmic: ArrayLike = False,
    capped: bool = True,
    scale: float = 1.0,
    nan: NanPolicy = "raise",
    columns: Sequence[str] | None = None,
) -> Array:
    """Goalposts: the share of the way between two fixed points, also on a logarithmic scale.

    Args:
        values: (units, indicators).
        directions: (indicators,), +1 or −1; all +1 if None. Posts are in the unit of the raw values, lower < upper; a
            cost gets 0 at `upper` and `scale` at `lower`.
        lower: one post for all indicators or one for each.
        upper: likewise.
        logarithmic: true for all indicators or for each: posts and values are compared by their logarithm.
        capped: values beyond a post get 0 or `scale`.
        scale: score of the better post.
        nan: `raise`, or `keep`.
        columns: names of the indicators for messages.

    Returns:
        (units, indicators), between 0 and scale if capped.

    Raises:
        MethodError: lower is not below upper, a value or post is 0 or negative on a logarithmic scale, or faulty
            arguments.
    """
    check_number(scale, scale > 0, method="goalposts", name="scale", rule="> 0")
    given = columns_of(values, directions, method="goalposts", nan=nan, columns=columns)
    low, high = _anchors(given, lower, upper)
    logs = given.setting(np.asarray(logarithmic, dtype=np.float64), "logarithmic") != 0
    table = given.values
    if logs.any():
        refuse_setting(given, logs & (low <= 0), "lower", low, "> 0")
        check_cells(table.T, (logs & (table <= 0)).T, method="goalposts", columns=columns, rule="> 0")
        table = np.log(table, out=table.copy(), where=logs)
        low, high = (np.log(post, out=post.copy(), where=logs) for post in (low, high))
    result = _between(given, table, low, high)
    if capped:
        np.clip(result, 0.0, 1.0, out=result)
    with np.errstate(over="ignore"):
        result *= scale
    return given.finished(result)


@register(
    "normalisation",
    formula="z = 1 - (ref - x) / (ref - min), x turned so that more is better, ref = value of the reference unit",
    source="OECD/JRC, Handbook, 2008, section 5; COINr 1.1.14, n_dist2ref",
    complexity="O(N M)",
    behaviour=Behaviour(
        nan=NAN + "; the reference unit must be known",
        ties="kept",
        constant="raises, as where the reference is within 1e-12 of the worst value",
        zeros=ANY,
        negatives=ANY,
        small="needs a unit worse than the reference",
    ),
)
def distance_to_reference(
    values: ArrayLike,
    directions: ArrayLike | None = None,
    *,
    unit: int,
    capped: bool = False,
    nan: NanPolicy = "raise",
    columns: Sequence[str] | None = None,
) -> Array:
    """Distance to a reference unit: it gets 1, the worst unit 0, better ones more than 1.

    Args:
        values: (units, indicators).
        directions: as for `min_max`.
        unit: position of the reference unit, from 0.
        capped: whether units better than the reference get 1.
        nan: `raise`, or `keep`.
        columns: names of the indicators for messages.

    Returns:
        (units, indicators), at least 0.

    Raises:
        MethodError: there is no such unit, it is missing or the worst in some column, or faulty arguments.
    """
    given = columns_of(values, directions, method="distance_to_reference", nan=nan, columns=columns)
    count = given.values.shape[1]
    check_number(
        unit, 0 <= unit < count and unit == int(unit), method=given.method, name="unit", rule=f"0 … {count - 1}"
    )
    reference = given.values[:, unit][:, np.newaxis]
    given.refuse(np.isnan(reference[:, 0]), "reference_missing")
    return _up_to(given, reference, "reference_worst", capped=capped)


@register(
    "normalisation",
    formula="z = (x - min) / (target - min); cost: (max - x) / (max - target)",
    source="COINr 1.1.14, n_dist2targ",
    complexity="O(N M)",
    behaviour=Behaviour(
        nan=NAN,
        ties="kept; capped values tie",
        constant="0 if the target is better by more than 1e-12 of the larger value, otherwise raises",
        zeros=ANY,
        negatives=ANY,
    ),
)
def distance_to_target(
    values: ArrayLike,
    directions: ArrayLike | None = None,
    *,
    targets: ArrayLike,
    capped: bool = False,
    nan: NanPolicy = "raise",
    columns: Sequence[str] | None = None,
) -> Array:
    """Distance to a target: the share of the way from the worst unit to the target.

    Args:
        values: (units, indicators).
        directions: as for `min_max`.
        targets: (indicators,), in the unit of the raw values.
        capped: whether values better than the target get 1.
        nan: `raise`, or `keep`.
        columns: names of the indicators for messages.

    Returns:
        (units, indicators), at least 0.

    Raises:
        MethodError: a target is not better than the worst unit, or faulty arguments.
    """
    given = columns_of(values, directions, method="distance_to_target", nan=nan, columns=columns)
    return _up_to(given, given.setting(targets, "targets"), "target_not_better", capped=capped)


def _up_to(given: Columns, point: Array, code: str, *, capped: bool) -> Array:
    """Return the share of the way from the worst value to `point`."""
    lowest, highest = extremes(given.values)
    sign = given.directions[:, np.newaxis]
    worst = np.where(sign > 0, lowest, highest)
    with np.errstate(over="ignore"):
        span = (point - worst) * sign
        bad = (span <= 0)[:, 0] | is_constant(np.minimum(worst, point), np.maximum(worst, point))[:, 0]
        given.refuse(bad, code)
        given.refuse(np.isinf(span[:, 0]), "overflow")
        result = np.abs(given.values - worst) / span
    if capped:
        np.minimum(result, 1.0, out=result)
    return given.finished(result)
