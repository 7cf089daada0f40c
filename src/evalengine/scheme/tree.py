"""Refuse a tree of dimensions and indicators that is none."""

from __future__ import annotations

from collections.abc import Iterator

from evalengine.errors import Problem
from evalengine.scheme.faults import fault_at, unknown_at
from evalengine.scheme.model import IndicatorSystem


def check_tree(system: IndicatorSystem) -> Iterator[Problem]:
    """Yield unknown parents, circles, dimensions without indicators, and codes that stand for two nodes."""
    if not system.indicators:
        yield fault_at("key_missing", "indicators")
    for code in system.indicators:
        if code in system.dimensions:
            yield fault_at("code_twice", f"indicators.{code}", code)
    for code, dimension in system.dimensions.items():
        key = f"dimensions.{code}.parent"
        if dimension.parent and dimension.parent not in system.dimensions:
            yield unknown_at(key, dimension.parent, system.dimensions)
        elif code in above(system, code):
            yield fault_at("cycle", key, " > ".join((code, *above(system, code))))
        if dimension.aggregation == "power" and dimension.power == 0:
            yield fault_at("power_zero", f"dimensions.{code}.power", "0")
    parents = {item.parent for item in system.dimensions.values()}
    parents |= {item.parent for item in system.indicators.values()}
    for code in system.dimensions:
        if code not in parents:
            yield fault_at("dimension_empty", f"dimensions.{code}", code)


def above(system: IndicatorSystem, code: str) -> list[str]:
    """Return the codes above a dimension, ending where the path leaves the tree or comes back to itself."""
    path: list[str] = []
    while (code := system.dimensions[code].parent) in system.dimensions:
        path.append(code)
        if len(set(path)) < len(path):
            break
    return path
