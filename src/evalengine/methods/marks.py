"""The values at which an anchored rule pays more: base and full marks, tiers, ends of a target range."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from evalengine.methods.curves import FULL_MARKS, PASS_MARKS

Kind = Literal["base", "full", "tier", "range"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A value worth reaching.

    Attributes:
        kind: the base mark, the full mark (the most the rule can give, or 100 where it knows no limit), the start of a
            tier or band, or the near end of a target range.
        value: the value, on the scale the rule scores.
        sign: 1 where it is reached from below, −1 where from above.
    """

    kind: Kind
    value: float
    sign: float


def marks(rule: Mapping[str, Any], value: float) -> tuple[Mark, ...]:
    """Return the marks of a scoring rule, from the lowest to the highest; what they pay is for its curve to say.

    Args:
        rule: `rule` and its parameters, as an indicator system states them.
        value: the value now, which decides from which side a target range is reached; NaN if there is none.

    Returns:
        The marks; none for a relative rule, under which no value earns a score by itself.
    """
    found = MARKS.get(str(rule["rule"]))
    return () if found is None else found(rule, value)


def _base_full(rule: Mapping[str, Any], _: float) -> tuple[Mark, ...]:
    sign = 1.0 if rule["base"] > rule.get("zero", 0.0) else -1.0
    return Mark("base", rule["base"], sign), Mark("full", rule["full"], sign)


def _linear(rule: Mapping[str, Any], _: float) -> tuple[Mark, ...]:
    return (Mark("full", rule["full"], 1.0 if rule["full"] > rule["zero"] else -1.0),)


def _share_of_standard(rule: Mapping[str, Any], _: float) -> tuple[Mark, ...]:
    return (Mark("full", rule["standard"], 1.0),)


def _efficacy(rule: Mapping[str, Any], _: float) -> tuple[Mark, ...]:
    return _efficacy_marks(rule, (_most(rule) - PASS_MARKS) / (FULL_MARKS - PASS_MARKS))


def _efficacy_exponential(rule: Mapping[str, Any], _: float) -> tuple[Mark, ...]:
    most = _most(rule)
    if most <= 0.0:  # the curve is positive everywhere: the ceiling is reached by every value
        return ()
    return _efficacy_marks(rule, math.log(most / PASS_MARKS) / math.log(FULL_MARKS / PASS_MARKS))


def _most(rule: Mapping[str, Any]) -> float:
    """Return the highest score up to 100 that the rule gives."""
    ceiling = rule.get("ceiling")
    return FULL_MARKS if ceiling is None else min(FULL_MARKS, ceiling)


def _efficacy_marks(rule: Mapping[str, Any], share: float) -> tuple[Mark, ...]:
    low, high = rule["unacceptable"], rule["satisfactory"]
    sign = 1.0 if high > low else -1.0
    return Mark("base", low, sign), Mark("full", high if share == 1.0 else low + share * (high - low), sign)


def _interval(rule: Mapping[str, Any], value: float) -> tuple[Mark, ...]:
    return (Mark("range", rule["hi"], -1.0) if value > rule["hi"] else Mark("range", rule["lo"], 1.0),)


def _tiers(rule: Mapping[str, Any], _: float) -> tuple[Mark, ...]:
    return tuple(_tier(entry) for entry in rule["tiers"])


def _bands(rule: Mapping[str, Any], _: float) -> tuple[Mark, ...]:
    steps = [_tier(entry) for entry in rule["bands"]]
    return (*steps, Mark("full", rule["top"], steps[-1].sign))


def _expert(rule: Mapping[str, Any], _: float) -> tuple[Mark, ...]:
    return (Mark("full", rule.get("scale", (0.0, FULL_MARKS))[1], 1.0),)


def _tier(entry: Mapping[str, float]) -> Mark:
    return Mark("tier", entry["at_most"], -1.0) if "at_most" in entry else Mark("tier", entry["at_least"], 1.0)


MARKS: Mapping[str, Callable[[Mapping[str, Any], float], tuple[Mark, ...]]] = {
    "base_full": _base_full,
    "linear": _linear,
    "share_of_standard": _share_of_standard,
    "efficacy": _efficacy,
    "efficacy_exponential": _efficacy_exponential,
    "interval": _interval,
    "tiers": _tiers,
    "bands": _bands,
    "expert": _expert,
}
