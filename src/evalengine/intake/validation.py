"""Check typed tables and derived figures against the scheme: the only file that knows pandera.

A rule is a polars expression that is true for good rows. Pandera runs the rules on collected frames; environment
variables that would switch it off are overridden.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress, repeat

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData
from pandera.config import ValidationDepth, config_context
from pandera.errors import SchemaErrorReason, SchemaErrors

from evalengine.errors import Problem
from evalengine.intake import figures
from evalengine.intake.columns import columns_of, key_of, named, year_of
from evalengine.intake.dataset import Dataset
from evalengine.intake.frames import schema_of
from evalengine.intake.presence import check_presence
from evalengine.intake.questions import claims, copies, where
from evalengine.intake.rules import Rule, rules_of
from evalengine.scheme.model import IndicatorSystem


def check_tables(dataset: Dataset, system: IndicatorSystem) -> list[Problem]:
    """Return every problem of the tables: types, blanks, ranges, choices, keys, references and what is absent."""
    tables, cell = dataset.tables, dataset.cell
    problems: list[Problem] = []
    for table, frame in tables.items():
        if frame.is_empty():
            continue
        for rule, rows in failures(frame, schema_of(system, table), rules_of(tables, system, table)):
            problems += _problems(rule, rows, table, dataset, system)
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
        for rule, rows in failures(frame, {}, rules):
            problems += figures.problems(rule, frame[rows], system, locate)
    return [*problems, *copies(wide, system, locate, flat=flat)]


def failures(
    frame: pl.DataFrame, schema: Mapping[str, pl.DataType], rules: Sequence[Rule]
) -> Iterator[tuple[Rule, pl.Series]]:
    """Yield the rules that fail, in their order, each with the row positions at which it does.

    Args:
        frame: the rows.
        schema: the columns and types the frame has to have; empty for one made here, which has its own.
        rules: what has to hold.

    Raises:
        TypeError: the frame has other columns or types than its schema; a defect of evalengine.
    """
    # Pandera asks all rules at once: a check costs it about a millisecond however few the rows, and it writes out
    # every row that fails one. Which rule fails where is asked only where something does.
    if _is_valid(frame, schema, rules):
        return
    holds = frame.select(_holds(rule).alias(str(number)) for number, rule in enumerate(rules))
    for rule, good in zip(rules, holds.iter_columns(), strict=True):
        if not good.all():
            yield rule, (~good).arg_true()


def _is_valid(frame: pl.DataFrame, schema: Mapping[str, pl.DataType], rules: Sequence[Rule]) -> bool:
    """Return whether every rule holds in every row; the columns and their types are those of a schema, if any."""
    good = pl.all_horizontal([pl.lit(value=True), *map(_holds, rules)]).all()

    def all_hold(data: PolarsData) -> bool:
        return bool(data.lazyframe.select(good).collect().item())

    contract = pa.DataFrameSchema(
        {name: pa.Column(dtype, nullable=True) for name, dtype in schema.items()},
        checks=pa.Check(all_hold),
        strict=bool(schema),
    )
    # The context overrides PANDERA_VALIDATION_ENABLED and PANDERA_VALIDATION_DEPTH, which switch checks off.
    with config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
        try:
            contract.validate(frame, lazy=True)
        except SchemaErrors as errors:
            for error in errors.schema_errors:
                if error.reason_code is not SchemaErrorReason.DATAFRAME_CHECK:
                    raise TypeError(str(error)) from errors
            return False
    return True


def _holds(rule: Rule) -> pl.Expr:
    return rule.good.fill_null(value=True)


def _problems(rule: Rule, rows: pl.Series, table: str, dataset: Dataset, system: IndicatorSystem) -> Iterator[Problem]:
    """Yield the problem of each row of a table in which a rule fails."""
    year, label = year_of(system, table), columns_of(system, table)[rule.field].label
    failing = dataset.tables[table][rows]
    years = failing[year] if year else repeat(None, len(rows))
    facts = {**named("label", [(rule.field, label)]), **rule.facts}
    told: Iterable[Mapping[str, str]] = repeat(facts, len(rows))
    if rule.code == "duplicate_key":
        told = ({**facts, **twin} for twin in _twins(rows, table, dataset, system))
    places = dataset.cells(failing, rule.field)
    columns = (failing["unit"], years, failing[rule.field])
    for (file, sheet, cell), unit, when, value, own in zip(places, *columns, told, strict=True):
        yield Problem(
            severity=rule.severity,
            code=rule.code,
            file=file,
            sheet=sheet,
            cell=cell,
            table=table,
            field=rule.field,
            unit=unit or "",
            year=when,
            value="" if value is None else str(value),
            facts=own,
        )


def _twins(rows: pl.Series, table: str, dataset: Dataset, system: IndicatorSystem) -> Iterator[dict[str, str]]:
    """Yield for each row of a key that is not its own where the first other row with it is, and what differs there."""
    frame, key, columns = dataset.tables[table], key_of(system, table), columns_of(system, table)
    place = pl.col("_place")
    first, second = place.first().over(key), place.get(1).over(key)
    keyed = frame.select(key).with_row_index("_place")[rows]
    others = keyed.select(pl.when(place == first).then(second).otherwise(first)).to_series()
    here, there = frame[rows], frame[others]
    differs = pl.DataFrame([here[code].ne_missing(there[code]) for code in columns])
    listed = [(code, column.label) for code, column in columns.items()]
    for twin, different in zip(dataset.cells(there, key[-1]), differs.iter_rows(), strict=True):
        differing = list(compress(listed, different))
        said = named("differs", differing) if differing else dict.fromkeys(("differs_zh", "differs_en"), "-")
        yield {"there": where(twin), **said}
