"""What has to be true of the rows of a table, as polars expressions derived from the scheme."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from evalengine import text
from evalengine.errors import Severity
from evalengine.intake.columns import EVENTS, capping, columns_of, declared_unit, is_whole, key_of, named, year_of
from evalengine.intake.presence import known_units
from evalengine.scheme.model import CONSORTIA, FLAT, SEVERE, Column, IndicatorSystem
from evalengine.text import LANGUAGES

NUMERIC = {"integer", "number"}
FIRST_YEAR, LAST_YEAR = 1990, 2100
SLIPS = ((500.0, 2_000.0), (5_000.0, 20_000.0))  # around a thousand and ten thousand times the median
FEWEST_AMOUNTS = 5  # a median of fewer says nothing
BETWEEN = "\x1f"  # joins the parts of a compound key; no cell holds it


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rule:
    """What has to be true of every row.

    Attributes:
        severity: of the problem where it is not.
        code: of that problem.
        field: the column at fault.
        good: true, or null, for good rows.
        facts: what the sentence names.
        others: further columns the sentence names with their value.
    """

    severity: Severity
    code: str
    field: str
    good: pl.Expr
    facts: Mapping[str, str] = dataclasses.field(default_factory=dict)
    others: tuple[str, ...] = ()


def rules_of(tables: Mapping[str, pl.DataFrame], system: IndicatorSystem, table: str) -> list[Rule]:
    """Return the rules of a table."""
    rules: list[Rule] = []
    for code, column in columns_of(system, table).items():
        rules += _column_rules(system, table, code, column)
        if column.references:
            rules += _reference(tables, system, code, column.references)
        if table != FLAT and code not in system.fields and declared_unit(system, column).yuan is not None:
            rules += _slip(code, tables[table])
    rules += [*_key_rules(system, table), *_group_rule(system, table), *_occurrences(system, table)]
    if table != FLAT:
        rules += _unit_rule(tables, table)
        rules += _agreement(system, table)
    return rules


def _column_rules(system: IndicatorSystem, table: str, code: str, column: Column) -> list[Rule]:
    value = pl.col(code)
    rules = []
    if column.required:
        rules.append(Rule(severity="error", code="blank_required", field=code, good=value.is_not_null()))
    elif not column.optional:
        rules.append(Rule(severity="warning", code="blank", field=code, good=value.is_not_null()))
    if code == year_of(system, table):
        low, high = _limits(column, FIRST_YEAR, LAST_YEAR)
        return [*rules, _range(code, value.is_between(low, high), low, high)]
    if column.type in NUMERIC:
        low, high = _limits(column, -float("inf"), float("inf"))
        rules.append(Rule(severity="error", code="not_finite", field=code, good=value.is_finite()))
        # NaN and infinity are beyond no limit in polars: they are told by the rule above and left out here.
        rules.append(_range(code, ~value.is_finite() | value.is_between(low, high), low, high))
        if is_whole(system, table, code, column):
            rules.append(
                Rule(severity="error", code="not_whole", field=code, good=~value.is_finite() | (value == value.floor()))
            )
    if column.type == "choice":
        listed = list(column.choices)
        facts = {"detail": ", ".join(listed), "column": column.label.zh or code}
        rules.append(Rule(severity="error", code="unknown_choice", field=code, good=value.is_in(listed), facts=facts))
    return rules


def _range(code: str, good: pl.Expr, low: float, high: float) -> Rule:
    return Rule(severity="error", code="out_of_range", field=code, good=good, facts=limits(low, high))


def limits(low: float, high: float) -> dict[str, str]:
    """Return what a message says of the numbers that are allowed, in both languages."""
    kind = "at_least" if high == float("inf") else "at_most" if low == -float("inf") else "between"
    given = {"minimum": f"{low:g}", "maximum": f"{high:g}"}
    return {f"limits_{language}": text.sentence(f"problems.limits.{kind}", language, **given) for language in LANGUAGES}


def _limits(column: Column, low: float, high: float) -> tuple[float, float]:
    return (low if column.minimum is None else column.minimum, high if column.maximum is None else column.maximum)


def _key_rules(system: IndicatorSystem, table: str) -> list[Rule]:
    key = key_of(system, table)
    if not key:
        return []
    good = ~pl.struct(key).is_duplicated() | pl.all_horizontal(pl.col(key).is_null())
    facts = _names("names", system, table, key)
    return [Rule(severity="error", code="duplicate_key", field=key[-1], good=good, facts=facts)]


def _slip(code: str, frame: pl.DataFrame) -> list[Rule]:
    """Return that no amount is about a thousand or ten thousand times the median of all: typed in another unit."""
    amounts = frame.get_column(code).drop_nulls()
    median = amounts.median()
    if len(amounts) < FEWEST_AMOUNTS or not isinstance(median, float) or not median > 0:
        return []
    factor = pl.col(code) / median
    good = ~pl.any_horizontal(factor.is_between(low, high) for low, high in SLIPS)
    return [Rule(severity="warning", code="record_slip", field=code, good=good, facts={"median": f"{median:.10g}"})]


def _group_rule(system: IndicatorSystem, table: str) -> list[Rule]:
    """Return that either every unit is in a group or none is; ranks count within groups."""
    if table not in {FLAT, CONSORTIA} or "group" not in columns_of(system, table):
        return []
    group, year = pl.col("group"), year_of(system, table)
    grouped = group.is_not_null().any()
    good = group.is_not_null() | ~(grouped.over(year) if year else grouped)
    return [Rule(severity="error", code="group_blank", field="group", good=good)]


def _occurrences(system: IndicatorSystem, table: str) -> list[Rule]:
    """Return that a capping veto has no other count than 0, 1 and 2."""
    if table != EVENTS or not {"item", "count"} <= set(columns_of(system, table)):
        return []
    good = ~pl.col("item").is_in(capping(system)) | (pl.col("count") <= SEVERE)
    return [_range("count", good, 0.0, SEVERE)]


def _unit_rule(tables: Mapping[str, pl.DataFrame], table: str) -> list[Rule]:
    units = known_units(tables)
    if table == CONSORTIA or not units:
        return []
    return [Rule(severity="error", code="unknown_unit", field="unit", good=pl.col("unit").is_in(units))]


def _reference(tables: Mapping[str, pl.DataFrame], system: IndicatorSystem, code: str, target: str) -> list[Rule]:
    table, _, column = target.partition(".")
    known: list[str] = []
    if table in tables:
        pairs = tables[table].select(pl.concat_str("unit", column, separator=BETWEEN)).to_series()
        known = pairs.drop_nulls().unique().sort().to_list()
    good = pl.concat_str("unit", pl.col(code), separator=BETWEEN).is_in(known)
    labels = [(table, system.tables[table].label), (column, columns_of(system, table)[column].label)]
    facts = named("target", labels, ": ")
    return [Rule(severity="error", code="reference_missing", field=code, good=good, facts=facts)]


def _agreement(system: IndicatorSystem, table: str) -> list[Rule]:
    """Return that rows of one entry agree: as many different values as one, blanks included."""
    entry = system.tables[table].distinct
    if not entry:
        return []
    return [
        Rule(
            severity="error",
            code="rows_disagree",
            field=column,
            good=pl.col(column).n_unique().over(entry) == 1,
            facts=_names("entry", system, table, entry),
        )
        for column in system.tables[table].same
    ]


def _names(name: str, system: IndicatorSystem, table: str, codes: Sequence[str]) -> dict[str, str]:
    columns = columns_of(system, table)
    return named(name, [(code, columns[code].label) for code in codes])
