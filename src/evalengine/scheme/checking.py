"""Refuse a wrong scheme before any data are read: every fault, with its file and key."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import polars as pl

from evalengine.errors import MethodError, Problem
from evalengine.methods.curves import curve, is_curve
from evalengine.methods.mapping import column_parameters
from evalengine.methods.registry import Method, method, missing_parameters, unknown_parameters
from evalengine.scheme.expressions import TYPES, Shape, fault, suggestion
from evalengine.scheme.limits import check_limits, check_names
from evalengine.scheme.model import CONSORTIA, UNTREATED, IndicatorSystem, Made, Scoring, WeightProfile
from evalengine.scheme.reference import check_reference
from evalengine.scheme.scales import off_scale


def check_system(system: IndicatorSystem, file: str) -> list[Problem]:
    """Return every fault of an indicator system."""
    parts = (
        check_names(system),
        check_limits(system),
        _tables(system),
        _fields(system),
        _tree(system),
        _indicators(system),
        _treatment(system),
        _cross_checks(system),
        _rules(system),
        _groups(system),
        _units(system),
        check_reference(system.reference),
    )
    return [_in_file(problem, file) for problem in itertools.chain.from_iterable(parts)]


def check_profile(profile: WeightProfile, system: IndicatorSystem, file: str) -> list[Problem]:
    """Return every fault of a weight profile for its system."""
    faults: list[Problem] = []
    if profile.system != system.name:
        faults.append(_fault("profile_of_other_system", "system", profile.system, expected=system.name))
    faults += _weights(system, "", profile.weights, profile.dimensions)
    for code, rule in profile.scoring.items():
        faults += _scoring_of(system, f"scoring.{code}", code, rule)
    for group, own in profile.groups.items():
        faults += _weights(system, f"groups.{group}.", own.weights, own.dimensions)
    if profile.made is not None:
        faults += _made(profile.made)
    return [_in_file(problem, file) for problem in faults]


def row_schema(system: IndicatorSystem, table: str) -> dict[str, pl.DataType]:
    """Return the names an expression over a table's rows may use: its columns, and the unit's as `consortia_…`."""
    own = {code: TYPES[column.type] for code, column in system.columns_of(table).items()}
    if year := system.tables[table].year:
        own[year] = pl.Int64()
    if table != CONSORTIA and CONSORTIA in system.tables:
        for code, column in system.columns_of(CONSORTIA).items():
            own[f"{CONSORTIA}_{code}"] = TYPES[column.type]
    return own


def _tables(system: IndicatorSystem) -> Iterator[Problem]:
    for code, table in system.tables.items():
        columns = system.columns_of(code)
        named = [*table.key, *table.same, *table.distinct, *([table.year] if table.year else [])]
        for name in named:
            if name not in columns:
                yield _unknown(f"tables.{code}", name, columns)
        for name, column in columns.items():
            key = f"tables.{code}.columns.{name}"
            if column.type == "choice" and not column.choices:
                yield _fault("choices_missing", key)
            if _out_of_order(column.minimum, column.maximum):
                yield _fault("range_out_of_order", key, f"{column.minimum}, {column.maximum}")
            if column.references:
                table_name, _, target = column.references.partition(".")
                if table_name not in system.tables or target not in system.columns_of(table_name):
                    yield _unknown(f"{key}.references", column.references, system.tables)


def _fields(system: IndicatorSystem) -> Iterator[Problem]:
    parameters = {**system.assessment, "year": 2000}
    for code, item in system.fields.items():
        key = f"fields.{code}"
        if item.table not in system.tables:
            yield _unknown(f"{key}.table", item.table, system.tables)
            continue
        if _out_of_order(item.minimum, item.maximum):
            yield _fault("range_out_of_order", key, f"{item.minimum}, {item.maximum}")
        schema = row_schema(system, item.table)
        for name in item.distinct:
            if name not in schema:
                yield _unknown(f"{key}.distinct", name, schema)
        shape: Shape = "row" if item.experts else "unit"
        for name, sql, boolean in (("expr", item.expr, False), ("where", item.where, True)):
            expected: Shape = "row" if boolean else shape
            if sql and (wrong := fault(sql, schema, parameters=parameters, boolean=boolean, shape=expected)):
                yield _fault(wrong.code, f"{key}.{name}", wrong.value, detail=wrong.detail)


def _tree(system: IndicatorSystem) -> Iterator[Problem]:
    if not system.indicators:
        yield _fault("key_missing", "indicators")
    for code in system.dimensions.keys() & system.indicators.keys():
        yield _fault("code_twice", f"indicators.{code}", code)
    for code, dimension in system.dimensions.items():
        key = f"dimensions.{code}.parent"
        if dimension.parent and dimension.parent not in system.dimensions:
            yield _unknown(key, dimension.parent, system.dimensions)
        elif code in _above(system, code):
            yield _fault("cycle", key, " > ".join((code, *_above(system, code))))
        if dimension.aggregation == "power" and dimension.power == 0:
            yield _fault("power_zero", f"dimensions.{code}.power", "0")
    parents = {item.parent for item in system.dimensions.values()}
    parents |= {item.parent for item in system.indicators.values()}
    for code in system.dimensions:
        if code not in parents:
            yield _fault("dimension_empty", f"dimensions.{code}", code)


def _above(system: IndicatorSystem, code: str) -> list[str]:
    """Return the codes above a dimension, ending where the path leaves the tree or comes back to itself."""
    path: list[str] = []
    while (code := system.dimensions[code].parent) in system.dimensions:
        path.append(code)
        if len(set(path)) < len(path):
            break
    return path


def _indicators(system: IndicatorSystem) -> Iterator[Problem]:
    schema: dict[str, pl.DataType] = dict.fromkeys(system.fields, pl.Float64())
    for code, item in system.indicators.items():
        key = f"indicators.{code}"
        if item.parent not in system.dimensions:
            yield _unknown(f"{key}.parent", item.parent, system.dimensions)
        if wrong := fault(item.formula, schema, parameters={}, boolean=False, shape="row"):
            yield _fault(wrong.code, f"{key}.formula", wrong.value, detail=wrong.detail)
        yield from _scoring_of(system, f"{key}.scoring", code, item.scoring)


def _scoring_of(system: IndicatorSystem, key: str, code: str, rule: Scoring) -> Iterator[Problem]:
    """Yield the faults of one scoring rule, also against the direction the indicator states."""
    if code not in system.indicators:
        yield _unknown(key, code, system.indicators)
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
        yield _fault("scoring_wrong", key, name, detail_zh=error.message("zh"), detail_en=error.message("en"))
        return
    except (TypeError, ValueError, LookupError, AttributeError):  # a method met a value of another kind than it takes
        yield _fault("scoring_of_wrong_kind", key, name)
        return
    falling = made.sign < 0
    if name != "interval" and falling != (system.indicators[code].direction == "cost"):
        yield _fault("direction_contradicts", key, system.indicators[code].direction)


def _treatment(system: IndicatorSystem) -> Iterator[Problem]:
    chosen = {"treatment": {"rule": system.treatment.rule, **system.treatment.parameters}}
    for code, rule in system.treatment.override.items():
        if code not in system.indicators:
            yield _unknown("treatment.override", code, system.indicators)
        chosen[f"treatment.override.{code}"] = dict(rule)
    for key, rule in chosen.items():
        if rule.get("rule") != UNTREATED:
            yield from _method_of("treatment", key, rule)


def _method_of(kind: str, key: str, rule: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the faults of a method named by `rule` with its parameters beside it."""
    parameters = {name: value for name, value in rule.items() if name != "rule"}
    try:
        found = method(kind, str(rule.get("rule", "")))
    except MethodError as error:
        yield _fault(
            "scoring_wrong",
            key,
            str(rule.get("rule", "")),
            detail_zh=error.message("zh"),
            detail_en=error.message("en"),
        )
        return
    for name in unknown_parameters(found, parameters):
        yield _unknown(key, name, found.parameters)
    for name in missing_parameters(found, parameters):
        yield _fault("key_missing", f"{key}.{name}")


def _column_rule(key: str, rule: Scoring, found: Method, direction: str) -> Iterator[Problem]:
    """Yield the faults of a rule that scores by the whole column."""
    parameters = column_parameters(rule)
    unknown, missing = unknown_parameters(found, parameters), missing_parameters(found, parameters)
    for parameter in unknown:
        yield _unknown(key, parameter, found.parameters)
    for parameter in missing:
        yield _fault("key_missing", f"{key}.{parameter}")
    if "unit" in found.parameters:  # a position among the units: which unit that is differs from run to run
        yield _fault("scoring_by_position", key, found.name)
    elif not (unknown or missing) and (results := off_scale(rule, direction)):
        yield _fault("scoring_off_scale", key, found.name, results=results)


def _cross_checks(system: IndicatorSystem) -> Iterator[Problem]:
    checks = system.checks
    for name in itertools.chain.from_iterable(checks.part_of):
        if name not in system.fields:
            yield _unknown("checks.part_of", name, system.fields)
    for check in checks.sums:
        for name in (check.total, *check.parts):
            if name not in system.fields:
                yield _unknown("checks.sums", name, system.fields)
    for place in checks.claimed_once:
        table, _, column = place.partition(".")
        if table not in system.tables or column not in system.columns_of(table):
            yield _unknown("checks.claimed_once", place, system.tables)
    for name in checks.slip_fields:
        if name not in system.fields:
            yield _unknown("checks.slip_fields", name, system.fields)


def _rules(system: IndicatorSystem) -> Iterator[Problem]:
    for name in system.ranking.tie_breaks:
        if name not in system.indicators:
            yield _unknown("ranking.tie_breaks", name, system.indicators)
    yield from _grades(system)
    for floor in system.floors:
        if floor.field not in system.fields:
            yield _unknown("floors.field", floor.field, system.fields)
        if floor.veto not in system.vetoes:
            yield _unknown("floors.veto", floor.veto, system.vetoes)
    for code, veto in system.vetoes.items():
        yield from _condition(system, f"vetoes.{code}.where", veto.where)
    for status, cost in (("missing", system.evidence.missing), ("rejected", system.evidence.rejected)):
        if cost.penalty and cost.penalty not in system.penalty.items:
            yield _unknown(f"evidence.{status}.penalty", cost.penalty, system.penalty.items)
    codes = [*system.vetoes, *system.bonus.items, *system.penalty.items]
    for code in sorted({code for code in codes if codes.count(code) > 1 or code in system.fields}):
        yield _fault("code_twice", "vetoes, bonus, penalty", code)


def _condition(system: IndicatorSystem, key: str, where: str) -> Iterator[Problem]:
    """Yield the fault of a condition on the rows of the table of consortia."""
    if not where:
        return
    if CONSORTIA not in system.tables:
        yield _unknown(key, CONSORTIA, system.tables)
        return
    schema, parameters = row_schema(system, CONSORTIA), {**system.assessment, "year": 2000}
    if wrong := fault(where, schema, parameters=parameters, boolean=True, shape="row"):
        yield _fault(wrong.code, key, wrong.value, detail=wrong.detail)


def _grades(system: IndicatorSystem) -> Iterator[Problem]:
    levels = system.grades.levels
    codes = [level.code for level in levels]
    if len(set(codes)) < len(codes):
        yield _fault("code_twice", "grades.levels", ", ".join(codes))
    minima = [level.minimum for level in levels[:-1]]
    numbers = [minimum for minimum in minima if minimum is not None]
    if not levels or len(numbers) < len(minima) or levels[-1].minimum is not None:
        yield _fault("grades_open", "grades.levels")
    if any(below >= above for above, below in itertools.pairwise(numbers)):
        yield _fault("range_out_of_order", "grades.levels", ", ".join(map(str, numbers)))
    for level in levels:
        if level.quota is not None and not 0 <= level.quota <= 100:  # noqa: PLR2004 - percent
            yield _fault("range_out_of_order", f"grades.levels.{level.code}.quota", str(level.quota))
    for code, veto in system.vetoes.items():
        if veto.effect == "cap" and veto.cap not in codes:
            yield _unknown(f"vetoes.{code}.cap", veto.cap, dict.fromkeys(codes))


def _groups(system: IndicatorSystem) -> Iterator[Problem]:
    for group, own in system.groups.items():
        for code, rule in own.scoring.items():
            yield from _scoring_of(system, f"groups.{group}.scoring.{code}", code, rule)
        for code, factor in own.coefficients.items():
            key = f"groups.{group}.coefficients.{code}"
            if code not in system.indicators:
                yield _unknown(key, code, system.indicators)
            elif not system.indicators[code].ratio:
                yield _fault("coefficient_not_ratio", key, code)
            if factor <= 0:
                yield _fault("range_out_of_order", key, str(factor))


def _units(system: IndicatorSystem) -> Iterator[Problem]:
    used = {f"fields.{code}": item.unit for code, item in system.fields.items()}
    used |= {f"indicators.{code}": item.unit for code, item in system.indicators.items()}
    for table, item in system.tables.items():
        used |= {f"tables.{table}.columns.{code}": column.unit for code, column in item.columns.items()}
    for key, unit in used.items():
        if unit and unit not in system.units:
            yield _unknown(f"{key}.unit", unit, system.units)


def _weights(
    system: IndicatorSystem, prefix: str, weights: Mapping[str, Decimal], dimensions: Mapping[str, Decimal]
) -> Iterator[Problem]:
    for code in weights:
        if code not in system.indicators:
            yield _unknown(f"{prefix}weights", code, system.indicators)
        elif not weights[code].is_finite() or weights[code] < 0:
            yield _fault("weight_negative", f"{prefix}weights.{code}", str(weights[code]))
    for code in system.indicators:
        if code not in weights:
            yield _fault("key_missing", f"{prefix}weights.{code}")
    if (total := sum(weights.values(), Decimal(0))) != 1:
        yield _fault("weights_sum", f"{prefix}weights", str(total), expected="1")
    yield from _stated(system, prefix, weights, dimensions)


def _stated(
    system: IndicatorSystem, prefix: str, weights: Mapping[str, Decimal], dimensions: Mapping[str, Decimal]
) -> Iterator[Problem]:
    """Yield where the stated weights of the top dimensions are not what the weights below them add up to."""
    tops = [code for code, dimension in system.dimensions.items() if not dimension.parent]
    for code in tops if dimensions or not prefix else ():  # a group may leave them out
        if code not in dimensions:
            yield _fault("key_missing", f"{prefix}dimensions.{code}")
    for code, stated in dimensions.items():
        if code not in tops:
            yield _unknown(f"{prefix}dimensions", code, tops)
            continue
        below = sum((weights[leaf] for leaf in weights if code in _path(system, leaf)), Decimal(0))
        if below != stated:
            yield _fault("weights_sum", f"{prefix}dimensions.{code}", str(stated), expected=str(below))


def _made(made: Made) -> Iterator[Problem]:
    yield from _method_of("weighting", "made", {"rule": made.method, **made.parameters})
    try:
        dt.date.fromisoformat(made.date)
    except ValueError as error:
        yield _fault("key_wrong", "made.date", made.date, detail=str(error))
    for number, row in enumerate(made.diagnostics):
        for name, value in row.items():
            if isinstance(value, float) and not math.isfinite(value):
                yield _fault("key_wrong", f"made.diagnostics.{number}.{name}", str(value), detail="nan, inf")


def _path(system: IndicatorSystem, leaf: str) -> list[str]:
    if leaf not in system.indicators or system.indicators[leaf].parent not in system.dimensions:
        return []
    parent = system.indicators[leaf].parent
    return [parent, *_above(system, parent)]


def _out_of_order(minimum: float | None, maximum: float | None) -> bool:
    return minimum is not None and maximum is not None and minimum > maximum


def _fault(code: str, key: str, value: str = "", **facts: str) -> Problem:
    return Problem(severity="error", code=code, field=key, value=value, facts=facts)


def _unknown(key: str, name: str, known: Iterable[str]) -> Problem:
    names = dict.fromkeys(known)
    return _fault("node_unknown" if names else "nothing_defined", key, name, nearest=suggestion(name, names))


def _in_file(problem: Problem, file: str) -> Problem:
    return Problem(
        severity="error", code=problem.code, file=file, field=problem.field, value=problem.value, facts=problem.facts
    )
