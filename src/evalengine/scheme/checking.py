"""Refuse a wrong indicator system before any data are read: every fault, with its file and key."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import polars as pl

from evalengine.errors import Problem
from evalengine.scheme.expressions import Shape, fault, row_schema
from evalengine.scheme.faults import fault_at, in_file, out_of_order, unknown_at
from evalengine.scheme.limits import check_limits, check_names
from evalengine.scheme.methods import check_method, check_scoring
from evalengine.scheme.model import UNTREATED, IndicatorSystem
from evalengine.scheme.reference import check_reference
from evalengine.scheme.rules import check_rules
from evalengine.scheme.tree import check_tree


def check_system(system: IndicatorSystem, file: str) -> list[Problem]:
    """Return every fault of an indicator system."""
    parts = (
        check_names(system),
        check_limits(system),
        _tables(system),
        _fields(system),
        check_tree(system),
        _indicators(system),
        _treatment(system),
        _cross_checks(system),
        check_rules(system),
        _groups(system),
        _units(system),
        check_reference(system.reference),
    )
    return [in_file(problem, file) for problem in itertools.chain.from_iterable(parts)]


def _tables(system: IndicatorSystem) -> Iterator[Problem]:
    for code, table in system.tables.items():
        columns = system.columns_of(code)
        named = [*table.key, *table.same, *table.distinct, *([table.year] if table.year else [])]
        for name in named:
            if name not in columns:
                yield unknown_at(f"tables.{code}", name, columns)
        for name, column in columns.items():
            key = f"tables.{code}.columns.{name}"
            if column.type == "choice" and not column.choices:
                yield fault_at("choices_missing", key)
            if out_of_order(column.minimum, column.maximum):
                yield fault_at("range_out_of_order", key, f"{column.minimum}, {column.maximum}")
            if column.references:
                table_name, _, target = column.references.partition(".")
                if table_name not in system.tables or target not in system.columns_of(table_name):
                    yield unknown_at(f"{key}.references", column.references, system.tables)


def _fields(system: IndicatorSystem) -> Iterator[Problem]:
    parameters = {**system.assessment, "year": 2000}
    for code, item in system.fields.items():
        key = f"fields.{code}"
        if item.table not in system.tables:
            yield unknown_at(f"{key}.table", item.table, system.tables)
            continue
        if out_of_order(item.minimum, item.maximum):
            yield fault_at("range_out_of_order", key, f"{item.minimum}, {item.maximum}")
        schema = row_schema(system, item.table)
        for name in item.distinct:
            if name not in schema:
                yield unknown_at(f"{key}.distinct", name, schema)
        shape: Shape = "row" if item.experts else "unit"
        for name, sql, boolean in (("expr", item.expr, False), ("where", item.where, True)):
            expected: Shape = "row" if boolean else shape
            if sql and (wrong := fault(sql, schema, parameters=parameters, boolean=boolean, shape=expected)):
                yield fault_at(wrong.code, f"{key}.{name}", wrong.value, detail=wrong.detail)


def _indicators(system: IndicatorSystem) -> Iterator[Problem]:
    schema: dict[str, pl.DataType] = dict.fromkeys(system.fields, pl.Float64())
    for code, item in system.indicators.items():
        key = f"indicators.{code}"
        if item.parent not in system.dimensions:
            yield unknown_at(f"{key}.parent", item.parent, system.dimensions)
        if wrong := fault(item.formula, schema, parameters={}, boolean=False, shape="row"):
            yield fault_at(wrong.code, f"{key}.formula", wrong.value, detail=wrong.detail)
        yield from check_scoring(system, f"{key}.scoring", code, item.scoring)


def _treatment(system: IndicatorSystem) -> Iterator[Problem]:
    chosen = {"treatment": {"rule": system.treatment.rule, **system.treatment.parameters}}
    for code, rule in system.treatment.override.items():
        if code not in system.indicators:
            yield unknown_at("treatment.override", code, system.indicators)
        chosen[f"treatment.override.{code}"] = dict(rule)
    for key, rule in chosen.items():
        if rule.get("rule") != UNTREATED:
            yield from check_method("treatment", key, rule)


def _cross_checks(system: IndicatorSystem) -> Iterator[Problem]:
    checks = system.checks
    for name in itertools.chain.from_iterable(checks.part_of):
        if name not in system.fields:
            yield unknown_at("checks.part_of", name, system.fields)
    for check in checks.sums:
        for name in (check.total, *check.parts):
            if name not in system.fields:
                yield unknown_at("checks.sums", name, system.fields)
    for place in checks.claimed_once:
        table, _, column = place.partition(".")
        if table not in system.tables or column not in system.columns_of(table):
            yield unknown_at("checks.claimed_once", place, system.tables)
    for name in checks.slip_fields:
        if name not in system.fields:
            yield unknown_at("checks.slip_fields", name, system.fields)


def _groups(system: IndicatorSystem) -> Iterator[Problem]:
    for group, own in system.groups.items():
        for code, rule in own.scoring.items():
            yield from check_scoring(system, f"groups.{group}.scoring.{code}", code, rule)
        for code, factor in own.coefficients.items():
            key = f"groups.{group}.coefficients.{code}"
            if code not in system.indicators:
                yield unknown_at(key, code, system.indicators)
            elif not system.indicators[code].ratio:
                yield fault_at("coefficient_not_ratio", key, code)
            if factor <= 0:
                yield fault_at("range_out_of_order", key, str(factor))


def _units(system: IndicatorSystem) -> Iterator[Problem]:
    used = {f"fields.{code}": item.unit for code, item in system.fields.items()}
    used |= {f"indicators.{code}": item.unit for code, item in system.indicators.items()}
    for table, item in system.tables.items():
        used |= {f"tables.{table}.columns.{code}": column.unit for code, column in item.columns.items()}
    for key, unit in used.items():
        if unit and unit not in system.units:
            yield unknown_at(f"{key}.unit", unit, system.units)
