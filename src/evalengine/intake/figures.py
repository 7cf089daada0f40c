"""What has to be true of figures per unit and year, typed or derived: ranges, parts, sums, jumps, slips of the unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from evalengine.errors import Problem
from evalengine.intake.columns import named
from evalengine.intake.questions import where
from evalengine.intake.rules import Rule, limits
from evalengine.scheme.model import IndicatorSystem

Locate = Callable[[str, int, str], tuple[str, str, str]]
# A figure that stands in a cell was held against its limits when the cell was read. One computed from records has
# records to answer for it, and last year's recomputed from this year's list is not what was reported then.
OF_COMPUTED = {"not_finite", "out_of_range", "not_whole"}
OF_TYPED = {"jump"}
KEYS = ("unit", "year", "group")
SLIPS = (1_000.0, 10_000.0)  # thousands for units, units for ten thousands
SLIP_WIDTH = 2.0  # a slip meets ordinary growth or decline up to this factor
SMALL_COUNT = 10.0  # counts below this jump by half all the time
SMALLEST_GROUP = 3  # a median of fewer says nothing
NOISE = 1e-9  # relative noise of sums
LARGEST = 1e15  # no figure of a consortium comes near it, and formulas over larger ones overflow


def wide_form(fields: pl.DataFrame) -> pl.DataFrame:
    """Return the figures with a group for every unit, sorted."""
    group = pl.col("group").fill_null("") if "group" in fields.columns else pl.lit("").alias("group")
    return fields.with_columns(group).sort("unit", "year")


def long_form(fields: pl.DataFrame, system: IndicatorSystem) -> pl.DataFrame:
    """Return one row for each figure with its limits, the figure of the year before and the median of its group."""
    wide = wide_form(fields)
    codes = [code for code in system.fields if code in wide.columns]
    limits = pl.DataFrame(
        {
            "field": codes,
            "minimum": [_limits(system, code)[0] for code in codes],
            "maximum": [_limits(system, code)[1] for code in codes],
            "whole": [system.fields[code].integer for code in codes],
            "amount": [code in system.checks.slip_fields for code in codes],
            "position": range(len(codes)),
        },
        schema={
            "field": pl.String,
            "minimum": pl.Float64,
            "maximum": pl.Float64,
            "whole": pl.Boolean,
            "amount": pl.Boolean,
            "position": pl.Int64,
        },
    )
    long = wide.unpivot(codes, index=KEYS, variable_name="field", value_name="value").drop_nulls("value")
    before = long.select("unit", pl.col("year") + 1, "field", pl.col("value").alias("before"))
    peers = ["field", "year", "group"]
    return (
        long.join(limits, on="field", how="left", maintain_order="left")
        .join(before, on=["unit", "year", "field"], how="left", maintain_order="left")
        .with_columns(
            pl.when(pl.len().over(peers) >= SMALLEST_GROUP).then(pl.col("value").median().over(peers)).alias("median"),
            (pl.col("year") == pl.col("year").max().over("unit")).alias("latest"),
        )
        .sort("position", "unit", "year")
    )


def figure_rules(system: IndicatorSystem) -> list[Rule]:
    """Return the rules of single figures, for the long form."""
    value, before = pl.col("value"), pl.col("before")
    finite = value.is_finite()
    slip = pl.col("amount") & (_slipped(before) | _slipped(pl.col("median")))
    small = pl.col("whole") & (value.abs() < SMALL_COUNT) & (before.abs() < SMALL_COUNT)
    change = (value - before).abs() / before.abs() * 100
    jump = pl.col("latest") & (before != 0) & ~small & ~slip.fill_null(value=False)
    jump &= change.is_finite() & (change > system.checks.jump_percent)
    return [
        Rule(severity="error", code="not_finite", field="", good=finite),
        Rule(
            severity="error",
            code="out_of_range",
            field="",
            good=~finite
            | value.is_between(pl.col("minimum") - _slack("minimum"), pl.col("maximum") + _slack("maximum")),
        ),
        Rule(severity="error", code="implausible", field="", good=~finite | (value.abs() <= LARGEST)),
        Rule(severity="error", code="not_whole", field="", good=~finite | ~pl.col("whole") | (value == value.floor())),
        Rule(severity="warning", code="unit_slip", field="", good=~slip),
        Rule(severity="warning", code="jump", field="", good=~jump),
    ]


def cross_rules(wide: pl.DataFrame, system: IndicatorSystem) -> list[Rule]:
    """Return the rules between figures of one unit and year, for the wide form."""
    rules = []
    for part, total in system.checks.part_of:
        if part in wide.columns and total in wide.columns:
            slack = pl.max_horizontal(pl.col(part).abs(), pl.col(total).abs()) * NOISE
            good = pl.col(part) <= pl.col(total) + slack
            rules.append(Rule(severity="error", code="part_above_total", field=part, good=good, others=(total,)))
    for check in system.checks.sums:
        if {check.total, *check.parts} <= set(wide.columns):
            whole = pl.col(check.total)
            difference = sum((-pl.col(part) for part in check.parts), start=whole)
            good = difference.abs() <= whole.abs() * (check.tolerance + NOISE)
            facts = {"tolerance": f"{check.tolerance * 100:.4g}"}
            rules.append(
                Rule(
                    severity="warning",
                    code="sum_differs",
                    field=check.total,
                    good=good,
                    facts=facts,
                    others=check.parts,
                )
            )
    return rules


def problems(rule: Rule, failing: pl.DataFrame, system: IndicatorSystem, locate: Locate) -> Iterator[Problem]:
    """Yield the problem of each row of the long or the wide form in which a rule fails."""
    codes = [rule.field] if rule.field else failing["field"].unique(maintain_order=True).to_list()
    labels = {code: {**named("label", [(code, system.fields[code].label)]), **rule.facts} for code in codes}
    ranges: dict[str, dict[str, str]] = {} if rule.field else {code: limits(*_limits(system, code)) for code in codes}
    others = named("others", [(other, system.fields[other].label) for other in rule.others], " + ")
    for row in failing.iter_rows(named=True):
        unit, year, field = row["unit"], row["year"], rule.field or row["field"]
        file, sheet, cell = locate(unit, year, field)
        if rule.code in (OF_COMPUTED if cell else OF_TYPED):
            continue
        facts = labels[field] | {name: _shown(row[name]) for name in ("before", "median") if name in row}
        facts |= ranges.get(field, {}) | {"there": ""}
        if row.get("before") is not None and (place := _elsewhere(file, locate(unit, year - 1, field))):
            facts["there"] = f" [{place}]"
        if rule.others:
            facts |= {"others": _shown(sum(row[other] for other in rule.others))} | others
        yield Problem(
            severity=rule.severity,
            code=rule.code,
            file=file,
            sheet=sheet,
            cell=cell,
            field=field,
            unit=unit,
            year=year,
            value=_shown(row[rule.field or "value"]),
            facts=facts,
        )


def _elsewhere(file: str, place: tuple[str, str, str]) -> str:
    """Return where another cell is: without the file if it is the same one."""
    return where(("", *place[1:]) if place[0] == file else place)


def _slack(limit: str) -> pl.Expr:
    """Return what noise may add to a computed figure at its limit."""
    return pl.col(limit).abs() * NOISE


def _slipped(reference: pl.Expr) -> pl.Expr:
    factor = pl.col("value").abs() / reference.abs()
    bands = [
        factor.is_between(low, high)
        for gap in SLIPS
        for low, high in (
            (gap / SLIP_WIDTH, gap * SLIP_WIDTH),
            (1 / (gap * SLIP_WIDTH), 1 / (gap / SLIP_WIDTH)),
        )
    ]
    return pl.any_horizontal(bands).fill_null(value=False)


def _limits(system: IndicatorSystem, code: str) -> tuple[float, float]:
    low, high = system.fields[code].minimum, system.fields[code].maximum
    return (-float("inf") if low is None else low, float("inf") if high is None else high)


def _shown(value: object) -> str:
    return "-" if value is None else f"{value:.10g}" if isinstance(value, float) else str(value)
