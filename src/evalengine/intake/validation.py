"""Check typed tables and derived figures against the scheme: the only file that knows pandera.

A rule is a polars expression that is true for good rows. Pandera runs the rules on collected frames; environment
variables that would switch it off are overridden.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData
from pandera.config import ValidationDepth, config_context
from pandera.errors import SchemaErrorReason, SchemaErrors

from evalengine.errors import Problem
from evalengine.intake import figures
from evalengine.intake.columns import columns_of, key_of, named, year_of
from evalengine.intake.frames import schema_of
from evalengine.intake.presence import Cell, check_presence
from evalengine.intake.questions import claims, copies, where
from evalengine.intake.rules import Rule, rules_of
from evalengine.scheme.model import Column, IndicatorSystem


def check_tables(tables: Mapping[str, pl.DataFrame], system: IndicatorSystem, cell: Cell) -> list[Problem]:
    """Return every problem of the tables: types, blanks, ranges, choices, keys, references and what is absent."""
    problems: list[Problem] = []
    for table, frame in tables.items():
        if frame.is_empty():
            continue
        columns, year = columns_of(system, table), year_of(system, table)
        keys: list[tuple[object, ...]] = []
        for rule, row in failures(frame, schema_of(system, table), rules_of(tables, system, table)):
            found = _problem(rule, frame.row(row, named=True), table, columns, year, cell(table, row, rule.field))
            if rule.code == "duplicate_key":
                keys = keys or frame.select(key_of(system, table)).rows()
                found = dataclasses.replace(
                    found, facts={**found.facts, **_twin(frame, keys, row, table, system, cell)}
                )
            problems.append(found)
    return [*problems, *check_presence(tables, system, cell), *claims(tables, system, cell)]


def check_fields(
    fields: pl.DataFrame, system: IndicatorSystem, *, locate: figures.Locate, flat: bool = False
) -> list[Problem]:
    """Return every problem of figures per unit and year: ranges, parts and totals, sums, jumps, slips of the unit.

    Args:
        fields: unit, year, optionally group, and one Float64 column for each field; null is missing.
        system: the indicator system.
        locate: returns file, sheet and cell of a unit's figure; empty strings where it has no cell of its own.
        flat: whether all figures are typed.
    """
    long, wide = figures.long_form(fields, system), figures.wide_form(fields)
    problems: list[Problem] = []
    for frame, rules in ((long, figures.figure_rules(system)), (wide, figures.cross_rules(wide, system))):
        for rule, row in failures(frame, frame.schema, rules):
            found = figures.problem(rule, frame.row(row, named=True), system, locate)
            if found.code not in (figures.OF_COMPUTED if found.cell else figures.OF_TYPED):
                problems.append(found)
    return [*problems, *copies(wide, system, locate, flat=flat)]


def _twin(
    frame: pl.DataFrame, keys: Sequence[object], row: int, table: str, system: IndicatorSystem, cell: Cell
) -> dict[str, str]:
    """Return where the first other row with the same key is, and what differs there."""
    columns = columns_of(system, table)
    other = next(place for place, key in enumerate(keys) if key == keys[row] and place != row)
    differing = [(code, columns[code].label) for code in columns if frame[code][row] != frame[code][other]]
    said = named("differs", differing) if differing else dict.fromkeys(("differs_zh", "differs_en"), "-")
    return {"there": where(cell(table, other, key_of(system, table)[-1])), **said}


def failures(frame: pl.DataFrame, schema: Mapping[str, pl.DataType], rules: Sequence[Rule]) -> list[tuple[Rule, int]]:
    """Return the rules that fail and the row positions at which they do, in the order of the rules.

    Raises:
        TypeError: the frame has other columns or types than its schema; a defect of evalengine.
    """
    # A check costs pandera about a millisecond however few the rows, so the rules are asked one by one only where
    # all of them together do not hold.
    together = Rule(
        severity="error", code="", field="", good=pl.all_horizontal([pl.lit(value=True), *map(_holds, rules)])
    )
    return _validated(frame, schema, rules) if _validated(frame, schema, [together]) else []


def _validated(frame: pl.DataFrame, schema: Mapping[str, pl.DataType], rules: Sequence[Rule]) -> list[tuple[Rule, int]]:
    checks = [pa.Check(_runner(rule), name=str(number), error=rule.code) for number, rule in enumerate(rules)]
    contract = pa.DataFrameSchema(
        {name: pa.Column(dtype, nullable=True) for name, dtype in schema.items()}, checks=checks, strict=True
    )
    # The context overrides PANDERA_VALIDATION_ENABLED and PANDERA_VALIDATION_DEPTH, which switch checks off.
    with config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
        try:
            contract.validate(frame, lazy=True)
        except SchemaErrors as errors:
            return _located(errors, rules)
    return []


def _holds(rule: Rule) -> pl.Expr:
    return rule.good.fill_null(value=True)


def _runner(rule: Rule) -> Callable[[PolarsData], pl.LazyFrame]:
    return lambda data: data.lazyframe.select(_holds(rule).alias("good"))


def _located(errors: SchemaErrors, rules: Sequence[Rule]) -> list[tuple[Rule, int]]:
    found: list[tuple[int, int]] = []
    for error in errors.schema_errors:
        if error.reason_code is not SchemaErrorReason.DATAFRAME_CHECK or error.check_output is None:
            raise TypeError(str(error))
        good = error.check_output.to_series()
        found += [(int(error.check.name), row) for row in (~good).arg_true().to_list()]
    return [(rules[number], row) for number, row in sorted(found)]


def _problem(
    rule: Rule,
    row: Mapping[str, Any],
    table: str,
    columns: Mapping[str, Column],
    year: str,
    place: tuple[str, str, str],
) -> Problem:
    file, sheet, cell = place
    value = row[rule.field]
    return Problem(
        severity=rule.severity,
        code=rule.code,
        file=file,
        sheet=sheet,
        cell=cell,
        table=table,
        field=rule.field,
        unit=row["unit"] or "",
        year=row[year] if year else None,
        value="" if value is None else str(value),
        facts={**named("label", [(rule.field, columns[rule.field].label)]), **rule.facts},
    )
