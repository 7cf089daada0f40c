"""Preference functions of a difference, and the flows they give, by sorting where the function allows it.

A step or ramp function needs, for each unit, only the number and the sum of the values below its thresholds: one sort
and two pointers that only move forward, O(N log N) for each criterion instead of O(N^2). The Gaussian function needs
every pair and is taken in blocks. Equal values get bitwise equal flows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from evalengine.errors import MethodError
from evalengine.methods.arrays import Array
from evalengine.methods.checks import as_labels
from evalengine.methods.kernel import kernel
from evalengine.methods.order_kernel import Order
from evalengine.methods.outranking import SLACK, Compared, Thresholds, check_order, exceeding, thresholds
from evalengine.methods.ranking import ascending
from evalengine.methods.ties import join_ordered

Preference = Literal["usual", "u_shape", "v_shape", "level", "linear", "gaussian"]

STEP, RAMP, GAUSSIAN = 0, 1, 2
BLOCK_CELLS = 1 << 16
HIGH_BITS = -(1 << 27)  # keeps 26 bits of a significand, so that its product with a count below 2^26 is exact
LARGE, SHRINK = 2.0**960, 2.0**-128  # beyond the first, sums could pass the largest number; a power of 2 costs no digit

_NEEDS: dict[str, tuple[str, ...]] = {
    "usual": (),
    "u_shape": ("q",),
    "v_shape": ("p",),
    "level": ("q", "p"),
    "linear": ("q", "p"),
    "gaussian": ("s",),
}


@dataclass(frozen=True, slots=True, eq=False)
class Shapes:
    """The preference function of each criterion that takes part, in canonical form.

    Attributes:
        kind: STEP is half of d > low and half of d > high; RAMP rises from 0 at low to 1 at high; GAUSSIAN is
            1 - exp(-d^2 / (2 low^2)).
        low: first threshold, in the criterion's unit.
        high: second threshold.
    """

    kind: NDArray[np.int64]
    low: Array
    high: Array


def shapes(
    given: Compared,
    function: Preference | Sequence[Preference],
    *,
    q: Thresholds | None,
    p: Thresholds | None,
    s: Thresholds | None,
) -> Shapes:
    """Return the preference functions in canonical form.

    Raises:
        MethodError: an unknown function, or a threshold missing, negative or out of order.
    """
    names = _functions(given, function)
    stated = {
        what: None if value is None else thresholds(value, given, what=what)
        for what, value in zip("qps", (q, p, s), strict=True)
    }
    result = Shapes(np.zeros(len(names), dtype=np.int64), np.zeros(len(names)), np.zeros(len(names)))
    for j, name in enumerate(names):
        needed = []
        for what in _NEEDS[name]:
            vector = stated[what]
            if vector is None:
                raise MethodError(
                    "missing_threshold", method=given.method, what=what, column=given.name(j), function=name
                )
            needed.append(float(vector[j]))
        low, high = (needed[0], needed[-1]) if needed else (0.0, 0.0)
        if name == "v_shape":
            low = 0.0
        if name == "gaussian" and low == 0.0:
            raise MethodError(
                "outside_range", method=given.method, what=f"s ({given.name(j)})", value=low, low="(0", high="inf)"
            )
        ramp = name in {"v_shape", "linear"} and low != high
        result.kind[j] = GAUSSIAN if name == "gaussian" else RAMP if ramp else STEP
        slack = 1.0 + SLACK if result.kind[j] == STEP else 1.0
        result.low[j], result.high[j] = low * slack, high * slack
    check_order(result.low, result.high, given, names="q <= p")
    return result


def flows(given: Compared, shape: Shapes) -> tuple[Array, Array]:
    """Return the positive and the negative flow of each unit; equal values are joined here, where they are sorted."""
    units = given.values.shape[1]
    both = np.zeros((units, 2))  # positive, negative
    for values, weight, kind, low, high in zip(
        given.values, given.weights, shape.kind, shape.low, shape.high, strict=True
    ):
        order, ordered = ascending(values)
        join_ordered(ordered)
        if kind == GAUSSIAN:
            _gaussian(order, ordered, weight, low, both)
        else:
            _sorted(order, ordered, weight, kind, low, high, both)
    positive, negative = np.ascontiguousarray(both.T) / (units - 1)
    return positive, negative


def preference(difference: Array, kind: int, low: float, high: float) -> Array:
    """Return P(d), elementwise."""
    if kind == STEP:
        return (difference > low) * 0.5 + (difference > high) * 0.5
    with np.errstate(over="ignore"):  # beyond the largest number the preference is 1
        if kind == RAMP:
            return np.clip((difference - low) / (high - low), 0.0, 1.0)
        scaled = np.maximum(difference, 0.0) / low
        result: Array = 1.0 - np.exp(-0.5 * scaled * scaled)
    return result


def _functions(given: Compared, function: Preference | Sequence[Preference]) -> list[str]:
    """Return the name of the preference function of each criterion that takes part."""
    wanted = [function] * given.count if isinstance(function, str) else function
    names = [str(name) for name in as_labels(wanted, given.count, method=given.method, what="function")]
    unknown = [name for name in names if name not in _NEEDS]
    if unknown:
        allowed = ", ".join(get_args(Preference))
        raise MethodError("not_a_choice", method=given.method, what="function", value=unknown[0], allowed=allowed)
    return [names[int(k)] for k in given.kept]


def _gaussian(order: Order, ordered: Array, weight: float, s: float, both: Array) -> None:
    """Add a criterion with a Gaussian preference: blocks of the better unit, all worse ones, in ascending order."""
    count = ordered.size
    gain, loss = np.zeros(count), np.zeros(count)
    rows = max(1, BLOCK_CELLS // count)
    for start in range(0, count, rows):
        end = min(start + rows, count)
        degree = preference(ordered[start:end, None] - ordered[None, :end], GAUSSIAN, s, s)
        gain[start:end] = degree.sum(axis=1)
        loss[:end] += degree.sum(axis=0)
    # equal values differ in the length of their sums, so in the last bit: take the sum of the first of them
    first = np.searchsorted(ordered, ordered)
    both[order, 0] += weight * gain[first]
    both[order, 1] += weight * loss[first]


def _sorted(order: Order, ordered: Array, weight: float, kind: int, low: float, high: float, both: Array) -> None:
    """Add a criterion with a step or ramp preference."""
    if kind == RAMP:
        if max(-ordered[0], ordered[-1]) > LARGE:
            ordered, low, high = ordered * SHRINK, low * SHRINK, high * SHRINK
        upper = (ordered.view(np.int64) & np.int64(HIGH_BITS)).view(np.float64)
        _add_ramp(order, ordered, upper, weight, low, high, both)
    elif low == high:
        _add_step(order, ordered, weight, low, both)
    else:
        _add_step(order, ordered, 0.5 * weight, low, both)
        _add_step(order, ordered, 0.5 * weight, high, both)


@kernel
def _add_step(order: Order, ordered: Array, weight: float, threshold: float, both: Array) -> None:
    """Add `weight` for every pair whose difference exceeds the threshold."""
    count = ordered.shape[0]
    below = 0
    above = 0
    for place in range(count):
        value = ordered[place]
        while exceeding(value, ordered[below]) > threshold:
            below += 1
        while above < count and exceeding(ordered[above], value) <= threshold:
            above += 1
        both[order[place], 0] += weight * below
        both[order[place], 1] += weight * (count - above)


@kernel
def _add_ramp(
    order: Order,
    ordered: Array,
    upper: Array,
    weight: float,
    low: float,
    high: float,
    both: Array,
) -> None:
    """Add a ramp: pairs beyond `high` count 1, pairs between the thresholds by the sum of their differences.

    `upper` holds the upper bits of `ordered`. Prefix sums are carried with their rounding errors and the sum of
    differences n x - sum is formed from exact products, so that neither an outlier nor a large common offset costs
    digits.
    """
    count = ordered.shape[0]
    total = np.zeros(count + 1)
    error = np.zeros(count + 1)
    for k in range(count):
        before, value = total[k], ordered[k]
        after = before + value
        part = after - before
        total[k + 1] = after
        error[k + 1] = error[k] + ((before - (after - part)) + (value - part))
    width = high - low
    full = 0  # pairs below: difference >= high
    some = 0  # pairs below: difference > low
    near = 0  # first above with difference > low
    far = 0  # first above with difference >= high
    for place in range(count):
        value = ordered[place]
        while value - ordered[full] >= high:
            full += 1
        while value - ordered[some] > low:
            some += 1
        while near < count and ordered[near] - value <= low:
            near += 1
        while far < count and ordered[far] - value < high:
            far += 1
        top = upper[place]
        rest = value - top
        between = float(some - full)
        difference = total[some] - total[full]
        lost = _lost(total[some], total[full], difference) + (error[some] - error[full])
        gain = (between * top - difference) + (between * rest - lost)
        both[order[place], 0] += weight * (full + max(gain - between * low, 0.0) / width)
        between = float(far - near)
        difference = total[far] - total[near]
        lost = _lost(total[far], total[near], difference) + (error[far] - error[near])
        loss = (difference - between * top) + (lost - between * rest)
        both[order[place], 1] += weight * ((count - far) + max(loss - between * low, 0.0) / width)


@kernel
def _lost(minuend: float, subtrahend: float, difference: float) -> float:
    """Return the rounding error of a difference."""
    part = difference - minuend
    return (minuend - (difference - part)) - (subtrahend + part)
