"""Data → indicator matrix: adjustments, units, fields, values, with every problem found on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from evalengine.derivation import (
    Fields,
    State,
    Values,
    derive_fields,
    derive_values,
)
from evalengine.errors import Problem
from evalengine.evidence import track
from evalengine.intake.adjustments import Adjusted, apply_adjustments
from evalengine.intake.dataset import Dataset
from evalengine.intake.validation import check_fields
from evalengine.locating import locator
from evalengine.scheme.model import CONSORTIA, FLAT, IndicatorSystem
from evalengine.text import Label
from evalengine.verification import verify_fields
from evalengine.years import later_records, usual_year, years_absent, years_left

ONE_GROUP = ""  # the group of every unit where the data name none


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """The assessed units, sorted by id."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """Everything up to the indicator matrix.

    Attributes:
        year: the assessed year.
        flat: whether the data are a flat fields table.
        units: the assessed units.
        adjusted: the verified tables and the adjustments.
        reported: fields as reported.
        fields: fields as verified.
        reported_values: indicator values as reported.
        values: indicator values as verified, those without due evidence left out; these are scored.
        evidence: what was handed in to prove the indicators, as `evidence.Tracked` has it.
        errors: problems that stop the assessment.
        warnings: problems that do not.
    """

    year: int
    flat: bool
    units: Units
    adjusted: Adjusted
    reported: Fields
    fields: Fields
    reported_values: Values
    values: Values
    evidence: pl.DataFrame
    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def prepare(data: Dataset, system: IndicatorSystem, year: int | None) -> Prepared:
    """Return the indicator matrix and everything it was made from, with all problems.

    Args:
        data: the submitted data.
        system: the indicator system.
        year: the year to assess; the one most units have, the latest of these, if None.
    """
    assessed = usual_year(data, system) if year is None else year
    adjusted = apply_adjustments(data, system, assessed)
    units = units_of(adjusted.tables, assessed, flat=data.flat)
    reported = derive_fields(data.tables, system, units.ids, assessed, flat=data.flat)
    reported_values = derive_values(reported, system)
    fields, values = reported, reported_values
    if adjusted.frame.height:
        fields = derive_fields(adjusted.tables, system, units.ids, assessed, flat=data.flat)
        fields = verify_fields(reported, fields, system, adjusted.unverified)
        values = derive_values(fields, system)
    tracked = track(values, adjusted.tables, system, units=units.ids, year=assessed, data=data)
    problems = [*data.problems, *adjusted.problems, *tracked.problems]
    if not units.ids:
        code = "no_units" if assessed else "no_year"
        problems.append(Problem(severity="error", code=code, year=assessed or None))
    problems += years_absent(data, system, units.ids, assessed)
    problems += later_records(data, adjusted.tables, system, assessed)
    locate = locator(data, system)
    problems += check_fields(_wide(fields, units, system), system, locate=locate, flat=data.flat)
    problems += _implausible(tracked.values, units, system)
    problems += years_left(values, system, flat=data.flat)
    problems = _once(problems)
    return Prepared(
        year=assessed,
        flat=data.flat,
        units=units,
        adjusted=adjusted,
        reported=reported,
        fields=fields,
        reported_values=reported_values,
        values=tracked.values,
        evidence=tracked.frame,
        errors=tuple(item for item in problems if item.severity == "error"),
        warnings=tuple(item for item in problems if item.severity == "warning"),
    )


def check(data: Dataset, system: IndicatorSystem, *, year: int | None = None) -> tuple[Problem, ...]:
    """Return every problem an assessment of these data would meet, errors first, without scoring anything.

    Args:
        data: the submitted data.
        system: the indicator system.
        year: the year to assess; the one most units have, the latest of these, if None.
    """
    prepared = prepare(data, system, year)
    return (*prepared.errors, *prepared.warnings)


def units_of(tables: Mapping[str, pl.DataFrame], year: int, *, flat: bool) -> Units:
    """Return the units that tables tell of, reported or verified ones."""
    table = tables.get(FLAT if flat else CONSORTIA)
    if table is None:
        return Units(ids=(), names=(), groups=())
    rows = table.filter(pl.col("year") == year) if flat else table
    known = rows.drop_nulls("unit").unique(subset="unit", keep="first", maintain_order=True).sort("unit")
    names = known["name"].fill_null(known["unit"])
    return Units(
        ids=tuple(known["unit"].to_list()),
        names=tuple(names.to_list()),
        groups=tuple(known["group"].fill_null(ONE_GROUP).to_list()),
    )


def last_results(prepared: Prepared) -> dict[str, tuple[float | None, float | None]]:
    """Return the published score and the rank inside the group of the year before, by unit that has one of them."""
    table = prepared.adjusted.tables.get(FLAT if prepared.flat else "history")
    if table is None:
        return {}
    columns = ("last_score", "last_rank") if prepared.flat else ("score", "rank")
    when = prepared.year if prepared.flat else prepared.year - 1
    own = [pl.col(name) if name in table.columns else pl.lit(None, dtype=pl.Float64).alias(name) for name in columns]
    rows = table.filter(pl.col("year") == when).select("unit", *own).rows()
    return {unit: (score, rank) for unit, score, rank in rows if (score, rank) != (None, None)}


def _implausible(values: Values, units: Units, system: IndicatorSystem) -> Iterator[Problem]:
    """Yield a question for each value outside its indicator's ordinary range."""
    for row, (code, item) in enumerate(system.indicators.items()):
        if item.plausible is None:
            continue
        low, high = item.plausible
        measure = system.units.get(item.unit, Label("", "")).facts("measure")
        facts = {**item.label.facts("label"), **measure, "low": f"{low:g}", "high": f"{high:g}"}
        for place in np.flatnonzero((values.matrix[row] < low) | (values.matrix[row] > high)):  # NaN is neither
            yield Problem(
                severity="warning",
                code="indicator_implausible",
                field=code,
                unit=units.ids[place],
                value=f"{values.matrix[row, place]:.6g}",
                facts=facts,
            )


def _wide(fields: Fields, known: Units, system: IndicatorSystem) -> pl.DataFrame:
    """Return the figures as a wide frame: unit, group, year, one column for each field that is a number."""
    years, units = len(fields.years), len(fields.units)
    present = (fields.states != State.ABSENT).any(axis=0).ravel()
    columns = {
        code: pl.Series(code, fields.values[row].ravel(), nan_to_null=True)
        for row, (code, item) in enumerate(system.fields.items())
        if not item.experts
    }
    keys = {
        "unit": pl.Series(list(fields.units) * years, dtype=pl.String),
        "group": pl.Series(list(known.groups) * years, dtype=pl.String),
        "year": pl.Series(np.repeat(fields.years, units), dtype=pl.Int64),
    }
    return pl.DataFrame({**keys, **columns}).filter(pl.Series(present)).sort("unit", "year")


def _once(problems: list[Problem]) -> list[Problem]:
    """Return the problems without repetitions: a cell of a flat table is checked as a cell and as a figure."""
    kept: dict[tuple[object, ...], Problem] = {}
    for number, item in enumerate(problems):
        place = (item.file, item.sheet, item.cell) if item.cell else (number,)
        kept.setdefault((item.code, item.field, *place), item)
    return list(kept.values())
