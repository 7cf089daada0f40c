"""Refuse scoring rules and other methods that do not exist or do not take the parameters a scheme gives them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evalengine.errors import MethodError, Problem
from evalengine.methods.curves import curve, is_curve
from evalengine.methods.mapping import column_parameters
from evalengine.methods.registry import Method, method, missing_parameters, unknown_parameters
from evalengine.scheme.faults import fault_at, unknown_at
from evalengine.scheme.model import IndicatorSystem, Scoring
from evalengine.scheme.scales import off_scale


def check_scoring(system: IndicatorSystem, key: str, code: str, rule: Scoring) -> Iterator[Problem]:
    """Yield the faults of one scoring rule, also against the direction the indicator states."""
    if code not in system.indicators:
        yield unknown_at(key, code, system.indicators)
        return
    name = str(rule.get("rule", ""))
    parameters = {parameter: value for parameter, value in rule.items() if parameter != "rule"}
    try:
        found = method("normalisation", name)
        if not is_curve(found):
            yield from _column_rule(key, rule, found, system.indicators[code].direction)
            return
        made = curve(name, parameters)
    except MethodError as error:
        yield fault_at("scoring_wrong", key, name, detail_zh=error.message("zh"), detail_en=error.message("en"))
        return
    except (TypeError, ValueError, LookupError, AttributeError):  # a method met a value of another kind than it takes
        yield fault_at("scoring_of_wrong_kind", key, name)
        return
    falling = made.sign < 0
    if name != "interval" and falling != (system.indicators[code].direction == "cost"):
        yield fault_at("direction_contradicts", key, system.indicators[code].direction)


def check_method(kind: str, key: str, rule: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the faults of a method named by `rule` with its parameters beside it."""
    parameters = {name: value for name, value in rule.items() if name != "rule"}
    try:
        found = method(kind, str(rule.get("rule", "")))
    except MethodError as error:
        yield fault_at(
            "scoring_wrong",
            key,
            str(rule.get("rule", "")),
            detail_zh=error.message("zh"),
            detail_en=error.message("en"),
        )
        return
    for name in unknown_parameters(found, parameters):
        yield unknown_at(key, name, found.parameters)
    for name in missing_parameters(found, parameters):
        yield fault_at("key_missing", f"{key}.{name}")


def _column_rule(key: str, rule: Scoring, found: Method, direction: str) -> Iterator[Problem]:
    """Yield the faults of a rule that scores by the whole column."""
    parameters = column_parameters(rule)
    unknown, missing = unknown_parameters(found, parameters), missing_parameters(found, parameters)
    for parameter in unknown:
        yield unknown_at(key, parameter, found.parameters)
    for parameter in missing:
        yield fault_at("key_missing", f"{key}.{parameter}")
    if "unit" in found.parameters:  # a position among the units: which unit that is differs from run to run
        yield fault_at("scoring_by_position", key, found.name)
    elif not (unknown or missing) and (results := off_scale(rule, direction)):
        yield fault_at("scoring_off_scale", key, found.name, results=results)
