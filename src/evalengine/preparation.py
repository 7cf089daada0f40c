"""Data → indicator matrix: adjustments, units, fields, values, with every problem found on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from evalengine.derivation import (
    UNKNOWN,
    WINDOW_YEARS,
    Fields,
    State,
    Values,
    derive_fields,
    derive_values,
)
from evalengine.errors import Fact, Problem, Severity
from evalengine.evidence import track
from evalengine.intake.adjustments import Adjusted, apply_adjustments
from evalengine.intake.dataset import Dataset
from evalengine.intake.validation import check_fields
from evalengine.scheme.expressions import roots
from evalengine.scheme.model import CONSORTIA, FLAT, IndicatorSystem
from evalengine.text import LANGUAGES, Label
from evalengine.verification import verify_fields

Locator = Callable[[str, int, str], tuple[str, str, str]]
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
    problems += _years_absent(data, system, units, assessed)
    problems += _later_records(data, adjusted.tables, system, assessed)
    locate = locator(data, system)
    problems += check_fields(_wide(fields, units, system), system, locate=locate, flat=data.flat)
    problems += _implausible(tracked.values, units, system)
    problems += _years_left(values, system, flat=data.flat)
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


def blanks(fields: Fields, system: IndicatorSystem, indicator: str, place: int, locate: Locator) -> dict[str, Fact]:
    """Return which figures of a unit's indicator are blank: name, year and where, in both languages.

    Args:
        fields: the verified figures.
        system: the indicator system.
        indicator: code of the indicator.
        place: position of the unit.
        locate: what `locator` returned.
    """
    item, codes = system.indicators[indicator], list(system.fields)
    span = WINDOW_YEARS[item.window]
    listed: list[tuple[Label, str]] = []
    for name in roots(item.formula):
        states = fields.states[codes.index(name), -span:, place]
        empty = np.flatnonzero(np.isin(states, UNKNOWN[1:]))
        if not len(empty) and (states == State.ABSENT).all():
            empty = np.array([span - 1])
        for when in empty:
            year = fields.years[-span:][when]
            found = "!".join(part for part in locate(fields.units[place], year, name) if part)
            listed.append((system.fields[name].label, f" {year}" + (f" [{found}]" if found else "")))
    return {
        f"blanks_{language}": "; ".join(f"{label.get(language)}{where}" for label, where in listed) or "-"
        for language in LANGUAGES
    }


def _implausible(values: Values, units: Units, system: IndicatorSystem) -> Iterator[Problem]:
    """Yield a question for each value outside its indicator's ordinary range."""
    for row, (code, item) in enumerate(system.indicators.items()):
        if item.plausible is None:
            continue
        low, high = item.plausible
        for place in np.flatnonzero((values.matrix[row] < low) | (values.matrix[row] > high)):  # NaN is neither
            label = {"label_zh": item.label.zh, "label_en": item.label.en}
            measure = system.units.get(item.unit, Label("", ""))
            facts: dict[str, Fact] = {**label, "low": f"{low:g}", "high": f"{high:g}"}
            facts |= {"measure_zh": measure.zh, "measure_en": measure.en}
            yield Problem(
                severity="warning",
                code="indicator_implausible",
                field=code,
                unit=units.ids[place],
                value=f"{values.matrix[row, place]:.6g}",
                facts=facts,
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


def _once(problems: list[Problem]) -> list[Problem]:
    """Return the problems without repetitions: a cell of a flat table is checked as a cell and as a figure."""
    kept: dict[tuple[object, ...], Problem] = {}
    for number, item in enumerate(problems):
        place = (item.file, item.sheet, item.cell) if item.cell else (number,)
        kept.setdefault((item.code, item.field, *place), item)
    return list(kept.values())


def _years_left(values: Values, system: IndicatorSystem, *, flat: bool) -> list[Problem]:
    """Return one warning for each unit, table and year whose absence shortened a window."""
    if flat:
        rows = dict.fromkeys((unit, when) for unit, _, when in values.left)
        return [Problem(severity="warning", code="year_left_flat", unit=unit, year=when) for unit, when in rows]
    left = dict.fromkeys((unit, system.fields[name].table, when) for unit, name, when in values.left)
    labels = {code: {"label_zh": table.label.zh, "label_en": table.label.en} for code, table in system.tables.items()}
    return [
        Problem(severity="warning", code="year_left_window", table=table, unit=unit, year=when, facts=labels[table])
        for unit, table, when in left
    ]


def usual_year(data: Dataset, system: IndicatorSystem) -> int:
    """Return the year most units have a row for, the latest such year: one mistyped year does not choose it."""
    name, column = _dated_table(data, system)
    table = data.tables.get(name)
    if table is None or not table.height:
        return 0
    counts = table.drop_nulls(column).group_by(column).agg(pl.col("unit").n_unique().alias("units"))
    usual = counts.sort("units", column, descending=True)[column]
    return int(usual[0]) if len(usual) else 0


def _dated_table(data: Dataset, system: IndicatorSystem) -> tuple[str, str]:
    """Return the table every assessed unit has a row in for every year, and its year column."""
    if data.flat:
        return FLAT, "year"
    required = [(code, table.year) for code, table in system.tables.items() if table.required and table.year]
    return required[0] if required else ("", "")


def _years_absent(data: Dataset, system: IndicatorSystem, units: Units, year: int) -> list[Problem]:
    """Return what the assessed year lacks: units without a row, rows dated after it, tables that tell a later state."""
    name, column = _dated_table(data, system)
    table = data.tables.get(name)
    if table is None or not table.height:
        return []
    present = set(table.filter(pl.col(column) == year)["unit"].to_list())
    known = units.ids if not data.flat else tuple(table["unit"].drop_nulls().unique().sort().to_list())
    severity: Severity = "warning" if data.flat else "error"
    labels = {"label_zh": "", "label_en": ""}
    if name in system.tables:
        labels = {"label_zh": system.tables[name].label.zh, "label_en": system.tables[name].label.en}
    code = "unit_without_row" if data.flat else "unit_without_year"
    found = [
        Problem(severity=severity, code=code, table=name, unit=unit, year=year, facts=labels)
        for unit in known
        if unit not in present
    ]
    later = table.filter(pl.col(column) > year).select("unit", column).unique().sort("unit", column).rows()
    found += [
        Problem(severity="warning", code="later_year", table=name, unit=unit, year=when, facts={"assessed": year})
        for unit, when in later
    ]
    if later and not data.flat:
        undated = [table for code, table in system.tables.items() if not table.year and code in data.tables]
        named = {f"tables_{lang}": ", ".join(table.label.get(lang) for table in undated) for lang in ("zh", "en")}
        found.append(Problem(severity="warning", code="undated_tables", year=year, facts=named))
    return found


def _later_records(
    data: Dataset, tables: Mapping[str, pl.DataFrame], system: IndicatorSystem, year: int
) -> Iterator[Problem]:
    """Yield the records dated after the assessed year and after every year reported: mistyped, they would go unseen."""
    name, column = _dated_table(data, system)
    if data.flat or name not in tables or not tables[name].height:
        return
    newest = max(year, *tables[name].get_column(column).drop_nulls().to_list())
    for code, table in system.tables.items():
        if code not in tables or code == name or not table.year:
            continue
        facts: dict[str, Fact] = {"label_zh": table.label.zh, "label_en": table.label.en, "assessed": year}
        for row in tables[code].filter(pl.col(table.year) > newest).iter_rows(named=True):
            file, sheet, cell = data.place(row, table.year)
            yield Problem(
                severity="warning",
                code="later_record",
                file=file,
                sheet=sheet,
                cell=cell,
                table=code,
                field=table.year,
                unit=row["unit"] or "",
                year=row[table.year],
                facts=facts,
            )


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


def locator(data: Dataset, system: IndicatorSystem) -> Locator:
    """Return the function that finds the cell of a field: exact for figures straight from a table, else its file."""
    rows: dict[str, dict[tuple[str, int], int]] = {}
    for name, table in data.tables.items():
        dated = "year" if data.flat else (system.tables[name].year if name in system.tables else "")
        if dated:
            rows[name] = {key: row for row, key in enumerate(table.select("unit", dated).iter_rows())}

    def locate(unit: str, year: int, code: str) -> tuple[str, str, str]:
        name = FLAT if data.flat else system.fields[code].table
        row = rows.get(name, {}).get((unit, year))
        if row is None:
            return ("", "", "")
        file, sheet, cell = data.cell(name, row, code)
        return (file, sheet, cell if data.flat or not system.fields[code].expr else "")

    return locate
