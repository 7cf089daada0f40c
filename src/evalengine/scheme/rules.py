"""Refuse wrong rules of grading: tie-breaks, grades, floors, vetoes, items, what missing evidence costs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from evalengine.errors import Problem
from evalengine.scheme.expressions import fault, row_schema
from evalengine.scheme.faults import fault_at, unknown_at
from evalengine.scheme.model import CONSORTIA, IndicatorSystem


def check_rules(system: IndicatorSystem) -> Iterator[Problem]:
    """Yield the codes the rules of grading name that are unknown or stand for two things, and grades out of order."""
    for name in system.ranking.tie_breaks:
        if name not in system.indicators:
            yield unknown_at("ranking.tie_breaks", name, system.indicators)
    yield from _grades(system)
    for floor in system.floors:
        if floor.field not in system.fields:
            yield unknown_at("floors.field", floor.field, system.fields)
        if floor.veto not in system.vetoes:
            yield unknown_at("floors.veto", floor.veto, system.vetoes)
    for code, veto in system.vetoes.items():
        yield from _condition(system, f"vetoes.{code}.where", veto.where)
    for status, cost in (("missing", system.evidence.missing), ("rejected", system.evidence.rejected)):
        if cost.penalty and cost.penalty not in system.penalty.items:
            yield unknown_at(f"evidence.{status}.penalty", cost.penalty, system.penalty.items)
    codes = [*system.vetoes, *system.bonus.items, *system.penalty.items]
    for code in sorted({code for code in codes if codes.count(code) > 1 or code in system.fields}):
        yield fault_at("code_twice", "vetoes, bonus, penalty", code)


def _condition(system: IndicatorSystem, key: str, where: str) -> Iterator[Problem]:
    """Yield the fault of a condition on the rows of the table of consortia."""
    if not where:
        return
    if CONSORTIA not in system.tables:
        yield unknown_at(key, CONSORTIA, system.tables)
        return
    schema, parameters = row_schema(system, CONSORTIA), {**system.assessment, "year": 2000}
    if wrong := fault(where, schema, parameters=parameters, boolean=True, shape="row"):
        yield fault_at(wrong.code, key, wrong.value, detail=wrong.detail)


def _grades(system: IndicatorSystem) -> Iterator[Problem]:
    levels = system.grades.levels
    codes = [level.code for level in levels]
    if len(set(codes)) < len(codes):
        yield fault_at("code_twice", "grades.levels", ", ".join(codes))
    minima = [level.minimum for level in levels[:-1]]
    numbers = [minimum for minimum in minima if minimum is not None]
    if not levels or len(numbers) < len(minima) or levels[-1].minimum is not None:
        yield fault_at("grades_open", "grades.levels")
    if any(below >= above for above, below in itertools.pairwise(numbers)):
        yield fault_at("range_out_of_order", "grades.levels", ", ".join(map(str, numbers)))
    for level in levels:
        if level.quota is not None and not 0 <= level.quota <= 100:  # noqa: PLR2004 - percent
            yield fault_at("range_out_of_order", f"grades.levels.{level.code}.quota", str(level.quota))
    for code, veto in system.vetoes.items():
        if veto.effect == "cap" and veto.cap not in codes:
            yield unknown_at(f"vetoes.{code}.cap", veto.cap, dict.fromkeys(codes))
