"""What anchored rules share: how they behave, checks of anchors, slopes, where a threshold counts as reached."""

from __future__ import annotations

import math

from evalengine.errors import MethodError
from evalengine.methods.registry import Behaviour

NOISE = 1e-12  # relative: what formulas of doubles leave behind
ANCHORED = Behaviour(
    nan="stays NaN: missing",
    ties="equal values, equal scores",
    constant="scored like any column",
    zeros="scored by the anchors",
    negatives="scored by the anchors",
)


def check_finite(name: str, **numbers: float) -> None:
    """Refuse a parameter that is not a finite number."""
    for parameter, number in numbers.items():
        if not _is_number(number) or not math.isfinite(number):
            raise MethodError("parameter_not_finite", method=name, name=parameter, value=str(number))


def limits(name: str, floor: float | None, ceiling: float | None) -> tuple[float, float]:
    """Return the lowest and the highest score of a rule, without end where none is asked for."""
    low = -math.inf if floor is None else floor
    high = math.inf if ceiling is None else ceiling
    if not low < high:
        raise MethodError("anchors_out_of_order", method=name, anchors=f"floor={floor}, ceiling={ceiling}")
    return low, high


def slope_of(name: str, rise: float, run: float) -> float:
    """Return rise / run; anchors so close or so far apart that it is no number are refused."""
    slope = rise / run
    if not math.isfinite(slope) or (rise and not slope) or not math.isfinite(run):
        raise MethodError("anchors_out_of_order", method=name, anchors=f"distance {run}")
    return slope


def reached(threshold: float) -> float:
    """Return where a threshold counts as reached: a value that is 90 in decimals may be 89.99999999999999 in binary."""
    return threshold - NOISE * abs(threshold)


def passed(threshold: float) -> float:
    """Return where a threshold counts as passed."""
    return max(threshold + NOISE * abs(threshold), math.nextafter(threshold, math.inf))


def _is_number(value: object) -> bool:
    """Return whether a value that came out of a file is a number; TOML can hold anything."""
    return isinstance(value, int | float) and not isinstance(value, bool)
