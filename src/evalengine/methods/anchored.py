"""Rules with anchors: base and full marks, the efficacy coefficient, a target range, the scale of experts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from evalengine.errors import MethodError
from evalengine.methods.anchors import ANCHORED, check_finite, limits, passed, reached, slope_of
from evalengine.methods.curves import FULL_MARKS, PASS_MARKS, Curve, Segment
from evalengine.methods.registry import register


@register(
    "normalisation",
    formula="0 at zero; base_percent at base; 100 at full; straight between, clamped outside; "
    "below base proportional, or 0",
    source="NDRC enterprise technology centre evaluation, base and full marks",
    complexity="O(N)",
    behaviour=ANCHORED,
    relative=False,
)
def base_full(
    *,
    base: float,
    full: float,
    zero: float = 0.0,
    base_percent: float = PASS_MARKS,
    below_base: Literal["proportional", "zero"] = "proportional",
) -> Curve:
    """Score by three anchors: zero, base mark and full mark.

    Benefit indicators have zero < base ≤ full, cost indicators zero > base ≥ full. With base = full the full mark
    wins and everything short of it is below base.

    Args:
        base: value that earns `base_percent`.
        full: value that earns 100.
        zero: value that earns 0.
        base_percent: score at the base mark.
        below_base: proportional between zero and base, or nothing below base.

    Raises:
        MethodError: a number is not finite, the anchors are out of order, or the percentage is not in 0–100.
    """
    check_finite("base_full", base=base, full=full, zero=zero, base_percent=base_percent)
    _check_word("base_full", "below_base", below_base, ("proportional", "zero"))
    sign = 1.0 if base > zero else -1.0
    z, b, f = sign * zero, sign * base, sign * full
    if not z < b <= f or not 0 <= base_percent <= FULL_MARKS:
        raise MethodError("anchors_out_of_order", method="base_full", anchors=f"zero={zero}, base={base}, full={full}")
    below = [Segment(z, 0.0, slope_of("base_full", base_percent, b - z), z)] if below_base == "proportional" else []
    rise = slope_of("base_full", FULL_MARKS - base_percent, f - b) if f > b else 0.0
    above = [Segment(reached(b), base_percent, rise, b)] if f > b else []
    return _bounded((Segment(-math.inf, 0.0), *below, *above, Segment(reached(f), FULL_MARKS)), sign)


@register(
    "normalisation",
    formula="100·(x − zero)/(full − zero), clamped to 0–100",
    source="manufacturing innovation centre evaluations: proportional between two anchors",
    complexity="O(N)",
    behaviour=ANCHORED,
    relative=False,
)
def linear(*, zero: float, full: float) -> Curve:
    """Score by two anchors: 0 at one, 100 at the other, straight between.

    Args:
        zero: value that earns 0.
        full: value that earns 100; below `zero` for cost indicators.

    Raises:
        MethodError: an anchor is not finite, or the two are equal.
    """
    check_finite("linear", zero=zero, full=full)
    if zero == full:
        raise MethodError("anchors_out_of_order", method="linear", anchors=f"zero={zero}, full={full}")
    sign = 1.0 if full > zero else -1.0
    z, f = sign * zero, sign * full
    rise = Segment(z, 0.0, slope_of("linear", FULL_MARKS, f - z), z)
    return _bounded((Segment(-math.inf, 0.0), rise, Segment(f, FULL_MARKS)), sign)


@register(
    "normalisation",
    formula="min(100, 100·x/standard), at least 0",
    source="national monitoring of scientific and technological progress",
    complexity="O(N)",
    behaviour=ANCHORED,
    relative=False,
)
def share_of_standard(*, standard: float) -> Curve:
    """Score by the share of a standard that is reached, capped at 100.

    Args:
        standard: value that earns 100; positive.

    Raises:
        MethodError: the standard is not a positive finite number.
    """
    check_finite("share_of_standard", standard=standard)
    if standard <= 0:
        raise MethodError("anchors_out_of_order", method="share_of_standard", anchors=f"standard={standard}")
    return linear(zero=0.0, full=standard)


@register(
    "normalisation",
    formula="60 + 40·(x − unacceptable)/(satisfactory − unacceptable), not clamped unless asked",
    source="efficacy coefficient method",
    complexity="O(N)",
    behaviour=ANCHORED,
    relative=False,
)
def efficacy(
    *, satisfactory: float, unacceptable: float, floor: float | None = None, ceiling: float | None = None
) -> Curve:
    """Score by the linear efficacy coefficient; below 60 and above 100 are possible.

    Args:
        satisfactory: value that earns 100.
        unacceptable: value that earns 60; above `satisfactory` for cost indicators.
        floor: lowest score, if one is wanted.
        ceiling: highest score, if one is wanted.

    Raises:
        MethodError: a number is not finite, or the two values are equal.
    """
    sign, unit = _efficacy_span("efficacy", satisfactory, unacceptable)
    line = Segment(-math.inf, PASS_MARKS, slope_of("efficacy", FULL_MARKS - PASS_MARKS, unit), sign * unacceptable)
    return Curve((line,), sign, 0.0, *limits("efficacy", floor, ceiling))


@register(
    "normalisation",
    formula="60·exp(ln(100/60)·(x − unacceptable)/(satisfactory − unacceptable)), not clamped unless asked",
    source="efficacy coefficient method, exponential form",
    complexity="O(N)",
    behaviour=ANCHORED,
    relative=False,
)
def efficacy_exponential(
    *, satisfactory: float, unacceptable: float, floor: float | None = None, ceiling: float | None = None
) -> Curve:
    """Score by the exponential efficacy coefficient; always positive, above 100 possible.

    Args:
        satisfactory: value that earns 100.
        unacceptable: value that earns 60; above `satisfactory` for cost indicators.
        floor: lowest score, if one is wanted.
        ceiling: highest score, if one is wanted.

    Raises:
        MethodError: a number is not finite, or the two values are equal.
    """
    sign, unit = _efficacy_span("efficacy_exponential", satisfactory, unacceptable)
    start = Segment(-math.inf, PASS_MARKS, 0.0, sign * unacceptable)
    rate = slope_of("efficacy_exponential", math.log(FULL_MARKS / PASS_MARKS), unit)
    return Curve((start,), sign, rate, *limits("efficacy_exponential", floor, ceiling))


@register(
    "normalisation",
    formula="100 on [lo, hi]; straight to 0 at lo_zero and hi_zero; 0 outside",
    source="interval target",
    complexity="O(N)",
    behaviour=ANCHORED,
    relative=False,
)
def interval(*, lo_zero: float, lo: float, hi: float, hi_zero: float) -> Curve:
    """Score by a target range.

    Args:
        lo_zero: value below the range that earns 0.
        lo: lower end of the range.
        hi: upper end of the range.
        hi_zero: value above the range that earns 0.

    Raises:
        MethodError: a number is not finite, or not lo_zero ≤ lo ≤ hi ≤ hi_zero.
    """
    check_finite("interval", lo_zero=lo_zero, lo=lo, hi=hi, hi_zero=hi_zero)
    if not lo_zero <= lo <= hi <= hi_zero:
        anchors = f"lo_zero={lo_zero}, lo={lo}, hi={hi}, hi_zero={hi_zero}"
        raise MethodError("anchors_out_of_order", method="interval", anchors=anchors)
    rise = [Segment(lo_zero, 0.0, slope_of("interval", FULL_MARKS, lo - lo_zero), lo_zero)] if lo > lo_zero else []
    # hi itself is inside the range, so what follows starts beyond it
    after = passed(hi)
    fall = [Segment(after, FULL_MARKS, -slope_of("interval", FULL_MARKS, hi_zero - hi), hi)] if hi_zero > hi else []
    end = Segment(max(hi_zero, after), 0.0)
    return _bounded((Segment(-math.inf, 0.0), *rise, Segment(reached(lo), FULL_MARKS), *fall, end), 1.0)


@register(
    "normalisation",
    formula="100·(x − scale[0])/(scale[1] − scale[0])",
    source="expert scores",
    complexity="O(N)",
    behaviour=ANCHORED,
    relative=False,
)
def expert(*, scale: Sequence[float] = (0.0, 100.0)) -> Curve:
    """Score by experts: their (trimmed) mean, carried from their scale to 0–100.

    Args:
        scale: lowest and highest score an expert may give.

    Raises:
        MethodError: the scale is not two finite numbers, the first below the second.
    """
    if len(scale) != 2 or not scale[0] < scale[1]:  # noqa: PLR2004 - a scale has two ends
        raise MethodError("anchors_out_of_order", method="expert", anchors=str(list(scale)))
    return linear(zero=scale[0], full=scale[1])


def _bounded(segments: tuple[Segment, ...], sign: float) -> Curve:
    """Return a curve kept inside 0–100: close to an anchor the last bit of a slope may lie beyond it."""
    return Curve(segments, sign, floor=0.0, ceiling=FULL_MARKS)


def _efficacy_span(name: str, satisfactory: float, unacceptable: float) -> tuple[float, float]:
    check_finite(name, satisfactory=satisfactory, unacceptable=unacceptable)
    if satisfactory == unacceptable:
        anchors = f"satisfactory={satisfactory}, unacceptable={unacceptable}"
        raise MethodError("anchors_out_of_order", method=name, anchors=anchors)
    return (1.0 if satisfactory > unacceptable else -1.0), abs(satisfactory - unacceptable)


def _check_word(name: str, parameter: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise MethodError("parameter_not_allowed", method=name, name=parameter, value=value, allowed=", ".join(allowed))
