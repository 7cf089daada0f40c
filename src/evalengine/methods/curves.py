"""Anchored scoring rules: each turns stated anchors into one curve, evaluated by one kernel.

A curve is a list of segments over u = sign·x, so that direction is handled once: from `starts[k]` on (start
included, so segments may jump) the score is `heights[k] + slopes[k]·(u − origins[k])`. The score of a unit depends
on that unit alone; these are the rules officials score by.
"""

from __future__ import annotations

import inspect
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from evalengine.errors import MethodError
from evalengine.methods.registry import Behaviour, Method, method, missing_parameters, register, unknown_parameters

FULL_MARKS = 100.0
PASS_MARKS = 60.0
MAPPING = ("times", "plus", "floor", "ceiling")  # what `mapped` reads beside a column rule's own parameters
ANCHORED = Behaviour(
    nan="stays NaN: missing",
    ties="equal values, equal scores",
    constant="scored like any column",
    zeros="scored by the anchors",
    negatives="scored by the anchors",
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A straight piece: from `start` on, `height + slope·(u − origin)`."""

    start: float
    height: float
    slope: float = 0.0
    origin: float = 0.0


@dataclass(frozen=True, slots=True)
class Curve:
    """A scoring curve.

    Attributes:
        segments: ordered by start; the first starts at −inf.
        sign: +1, or −1 for rules whose anchors fall.
        rate: 0, or the exponent of an exponential curve: the first segment's `height·exp(rate·(u − origin))`.
        floor: lowest score.
        ceiling: highest score.
    """

    segments: tuple[Segment, ...]
    sign: float = 1.0
    rate: float = 0.0
    floor: float = -math.inf
    ceiling: float = math.inf


def is_curve(found: Method) -> bool:
    """Return whether a normalisation makes a curve from its parameters alone, rather than scores from a column."""
    kinds = {parameter.kind for parameter in inspect.signature(found.function).parameters.values()}
    return kinds == {inspect.Parameter.KEYWORD_ONLY}


def curve(rule: str, parameters: Mapping[str, Any]) -> Curve:
    """Return the curve of an anchored rule.

    Raises:
        MethodError: there is no such rule, a parameter is unknown or missing, or the anchors are out of order.
    """
    found = method("normalisation", rule)
    if not is_curve(found):
        raise MethodError("not_anchored", method=rule)
    for name in unknown_parameters(found, parameters):
        raise MethodError("unknown_parameter", method=rule, name=name, known=", ".join(found.parameters))
    for name in missing_parameters(found, parameters):
        raise MethodError("missing_parameter", method=rule, name=name)
    made: Curve = found.function(**parameters)
    return made


def column_parameters(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters a scoring rule gives its column normalisation: everything that is not for `mapped`."""
    return {name: value for name, value in rule.items() if name not in ("rule", *MAPPING)}


def mapped(scores: NDArray[np.float64], rule: Mapping[str, Any]) -> NDArray[np.float64]:
    """Return a column normalisation's results on the scale the rule asks for: floor ≤ times·x + plus ≤ ceiling.

    Raises:
        MethodError: a number is not finite, `times` is not positive, or floor is not below ceiling.
    """
    name, given = str(rule.get("rule", "")), {key: rule[key] for key in MAPPING if key in rule}
    if not given:
        return scores
    _finite(name, **given)
    low, high = _limits(name, given.get("floor"), given.get("ceiling"))
    times = given.get("times", 1.0)
    if times <= 0:
        raise MethodError("anchors_out_of_order", method=name, anchors=f"times={times}")
    return np.clip(times * scores + given.get("plus", 0.0), low, high)


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
    _finite("base_full", base=base, full=full, zero=zero, base_percent=base_percent)
    _one_of("base_full", "below_base", below_base, ("proportional", "zero"))
    sign = 1.0 if base > zero else -1.0
    z, b, f = sign * zero, sign * base, sign * full
    if not z < b <= f or not 0 <= base_percent <= FULL_MARKS:
        raise MethodError("anchors_out_of_order", method="base_full", anchors=f"zero={zero}, base={base}, full={full}")
    below = [Segment(z, 0.0, base_percent / (b - z), z)] if below_base == "proportional" else []
    above = [Segment(b, base_percent, (FULL_MARKS - base_percent) / (f - b), b)] if f > b else []
    return _bounded((Segment(-math.inf, 0.0), *below, *above, Segment(f, FULL_MARKS)), sign)


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
    _finite("linear", zero=zero, full=full)
    if zero == full:
        raise MethodError("anchors_out_of_order", method="linear", anchors=f"zero={zero}, full={full}")
    sign = 1.0 if full > zero else -1.0
    z, f = sign * zero, sign * full
    return _bounded((Segment(-math.inf, 0.0), Segment(z, 0.0, FULL_MARKS / (f - z), z), Segment(f, FULL_MARKS)), sign)


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
    _finite("share_of_standard", standard=standard)
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
    line = Segment(-math.inf, PASS_MARKS, (FULL_MARKS - PASS_MARKS) / unit, sign * unacceptable)
    return Curve((line,), sign, 0.0, *_limits("efficacy", floor, ceiling))


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
    rate = math.log(FULL_MARKS / PASS_MARKS) / unit
    return Curve((start,), sign, rate, *_limits("efficacy_exponential", floor, ceiling))


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
    _finite("interval", lo_zero=lo_zero, lo=lo, hi=hi, hi_zero=hi_zero)
    if not lo_zero <= lo <= hi <= hi_zero:
        anchors = f"lo_zero={lo_zero}, lo={lo}, hi={hi}, hi_zero={hi_zero}"
        raise MethodError("anchors_out_of_order", method="interval", anchors=anchors)
    rise = [Segment(lo_zero, 0.0, FULL_MARKS / (lo - lo_zero), lo_zero)] if lo > lo_zero else []
    # hi itself is inside the range, so what follows starts at the next number
    after = math.nextafter(hi, math.inf)
    fall = [Segment(after, FULL_MARKS, -FULL_MARKS / (hi_zero - hi), hi)] if hi_zero > hi else []
    end = Segment(max(hi_zero, after), 0.0)
    return _bounded((Segment(-math.inf, 0.0), *rise, Segment(lo, FULL_MARKS), *fall, end), 1.0)


@register(
    "normalisation",
    formula="score of the highest threshold met; 0 if none is",
    source="points by tiers",
    complexity="O(N)",
    behaviour=ANCHORED,
    relative=False,
)
def tiers(*, tiers: Sequence[Mapping[str, float]]) -> Curve:
    """Score by thresholds.

    Args:
        tiers: entries of `score` and `at_least` (benefit) or `at_most` (cost), thresholds strictly ordered.

    Raises:
        MethodError: an entry is incomplete or not finite, the thresholds are not strictly ordered, or the scores fall
            as the values get better or leave 0–100.
    """
    sign, entries = _entries("tiers", tiers, ("score",))
    _rising("tiers", [entry["score"] for _, entry in entries])
    steps = [Segment(threshold, entry["score"]) for threshold, entry in entries]
    return Curve((Segment(-math.inf, 0.0), *steps), sign)


@register(
    "normalisation",
    formula="inside a band straight from low to high; the best band ends at `top`",
    source="score bands, as in the recognition of high-technology enterprises",
    complexity="O(N)",
    behaviour=ANCHORED,
    relative=False,
)
def bands(*, bands: Sequence[Mapping[str, float]], top: float) -> Curve:
    """Score by bands of values, each with a range of scores; a value's place in its band decides inside the range.

    Args:
        bands: entries of `low`, `high` and `at_least` (benefit) or `at_most` (cost), thresholds strictly ordered.
        top: value that earns the best band's `high`.

    Raises:
        MethodError: an entry is incomplete or not finite, the thresholds are not strictly ordered, or the scores fall
            as the values get better, inside a band or from one to the next, or leave 0–100.
    """
    sign, entries = _entries("bands", bands, ("low", "high"))
    _rising("bands", [entry[end] for _, entry in entries for end in ("low", "high")])
    _finite("bands", top=top)
    ends = [threshold for threshold, _ in entries[1:]] + [sign * top]
    segments = [Segment(-math.inf, 0.0)]
    for (threshold, entry), end in zip(entries, ends, strict=True):
        if not threshold < end:
            raise MethodError("anchors_out_of_order", method="bands", anchors=str(dict(entry)))
        slope = (entry["high"] - entry["low"]) / (end - threshold)
        segments.append(Segment(threshold, entry["low"], slope, threshold))
    segments.append(Segment(ends[-1], entries[-1][1]["high"]))
    return Curve(tuple(segments), sign)


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
    _finite(name, satisfactory=satisfactory, unacceptable=unacceptable)
    if satisfactory == unacceptable:
        anchors = f"satisfactory={satisfactory}, unacceptable={unacceptable}"
        raise MethodError("anchors_out_of_order", method=name, anchors=anchors)
    return (1.0 if satisfactory > unacceptable else -1.0), abs(satisfactory - unacceptable)


def _limits(name: str, floor: float | None, ceiling: float | None) -> tuple[float, float]:
    low = -math.inf if floor is None else floor
    high = math.inf if ceiling is None else ceiling
    if not low < high:
        raise MethodError("anchors_out_of_order", method=name, anchors=f"floor={floor}, ceiling={ceiling}")
    return low, high


def _entries(
    name: str, entries: Sequence[Mapping[str, float]], values: tuple[str, ...]
) -> tuple[float, list[tuple[float, Mapping[str, float]]]]:
    """Return the sign and the entries with their thresholds on sign·x, strictly rising."""
    side = "at_most" if entries and "at_most" in entries[0] else "at_least"
    sign = -1.0 if side == "at_most" else 1.0
    if not entries or any(set(entry) != {side, *values} for entry in entries):
        raise MethodError("wrong_entries", method=name, keys=", ".join(("at_least|at_most", *values)))
    for entry in entries:
        _finite(name, **entry)
    ordered = [(sign * entry[side], entry) for entry in entries]
    if any(after[0] <= before[0] for before, after in itertools.pairwise(ordered)):
        raise MethodError("anchors_out_of_order", method=name, anchors=", ".join(str(e[side]) for e in entries))
    return sign, ordered


def _rising(name: str, scores: Sequence[float]) -> None:
    """Refuse scores that fall from a worse value to a better one, or that leave 0–100."""
    if list(scores) != sorted(scores) or scores[0] < 0 or scores[-1] > FULL_MARKS:
        raise MethodError("scores_out_of_order", method=name, scores=", ".join(map(str, scores)))


def _finite(name: str, **numbers: float) -> None:
    for parameter, number in numbers.items():
        if not _is_number(number) or not math.isfinite(number):
            raise MethodError("parameter_not_finite", method=name, name=parameter, value=str(number))


def _is_number(value: object) -> bool:
    """Return whether a value that came out of a file is a number; TOML can hold anything."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _one_of(name: str, parameter: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise MethodError("parameter_not_allowed", method=name, name=parameter, value=value, allowed=", ".join(allowed))
