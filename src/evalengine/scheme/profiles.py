"""Refuse a wrong weight profile: every fault, with its file and key."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from decimal import Decimal

from evalengine.errors import Problem
from evalengine.scheme.faults import fault_at, in_file, unknown_at
from evalengine.scheme.methods import check_method, check_scoring
from evalengine.scheme.model import IndicatorSystem, Made, WeightProfile
from evalengine.scheme.tree import above


def check_profile(profile: WeightProfile, system: IndicatorSystem, file: str) -> list[Problem]:
    """Return every fault of a weight profile for its system."""
    faults: list[Problem] = []
    if profile.system != system.name:
        faults.append(fault_at("profile_of_other_system", "system", profile.system, expected=system.name))
    faults += _weights(system, "", profile.weights, profile.dimensions)
    for code, rule in profile.scoring.items():
        faults += check_scoring(system, f"scoring.{code}", code, rule)
    for group, own in profile.groups.items():
        faults += _weights(system, f"groups.{group}.", own.weights, own.dimensions)
    if profile.made is not None:
        faults += _made(profile.made)
    return [in_file(problem, file) for problem in faults]


def _weights(
    system: IndicatorSystem, prefix: str, weights: Mapping[str, Decimal], dimensions: Mapping[str, Decimal]
) -> Iterator[Problem]:
    for code in weights:
        if code not in system.indicators:
            yield unknown_at(f"{prefix}weights", code, system.indicators)
        elif not weights[code].is_finite() or weights[code] < 0:
            yield fault_at("weight_negative", f"{prefix}weights.{code}", str(weights[code]))
    for code in system.indicators:
        if code not in weights:
            yield fault_at("key_missing", f"{prefix}weights.{code}")
    if (total := sum(weights.values(), Decimal(0))) != 1:
        yield fault_at("weights_sum", f"{prefix}weights", str(total), expected="1")
    yield from _stated(system, prefix, weights, dimensions)


def _stated(
    system: IndicatorSystem, prefix: str, weights: Mapping[str, Decimal], dimensions: Mapping[str, Decimal]
) -> Iterator[Problem]:
    """Yield where the stated weights of the top dimensions are not what the weights below them add up to."""
    tops = [code for code, dimension in system.dimensions.items() if not dimension.parent]
    for code in tops if dimensions or not prefix else ():  # a group may leave them out
        if code not in dimensions:
            yield fault_at("key_missing", f"{prefix}dimensions.{code}")
    for code, stated in dimensions.items():
        if code not in tops:
            yield unknown_at(f"{prefix}dimensions", code, tops)
            continue
        below = sum((weights[leaf] for leaf in weights if code in _path(system, leaf)), Decimal(0))
        if below != stated:
            yield fault_at("weights_sum", f"{prefix}dimensions.{code}", str(stated), expected=str(below))


def _made(made: Made) -> Iterator[Problem]:
    yield from check_method("weighting", "made", {"rule": made.method, **made.parameters})
    try:
        dt.date.fromisoformat(made.date)
    except ValueError as error:
        yield fault_at("key_wrong", "made.date", made.date, detail=str(error))
    for number, row in enumerate(made.diagnostics):
        for name, value in row.items():
            if isinstance(value, float) and not math.isfinite(value):
                yield fault_at("key_wrong", f"made.diagnostics.{number}.{name}", str(value), detail="nan, inf")


def _path(system: IndicatorSystem, leaf: str) -> list[str]:
    if leaf not in system.indicators or system.indicators[leaf].parent not in system.dimensions:
        return []
    parent = system.indicators[leaf].parent
    return [parent, *above(system, parent)]
