"""Scoring curves: what an anchored rule makes of its anchors, evaluated by one kernel.

A curve is a list of segments over u = sign·x, so that direction is handled once: from `starts[k]` on (start
included, so segments may jump) the score is `heights[k] + slopes[k]·(u − origins[k])`. The score of a unit depends
on that unit alone; these are the rules officials score by.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evalengine.errors import MethodError
from evalengine.methods.registry import Method, method, missing_parameters, unknown_parameters

FULL_MARKS = 100.0
PASS_MARKS = 60.0


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
    return not found.takes_data


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
