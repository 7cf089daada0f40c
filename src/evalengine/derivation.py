"""Tables → fields → indicator values: SQL aggregates, windows, SQL formulas.

What is missing and what does not apply is decided here, before any formula is evaluated: in SQL `LEAST(NULL, 2)` is 2
and a zero denominator gives infinity, so neither can be left to the formula. Sums run over rows in a stated order
(`.over(...)` on sorted rows): `group_by` sums of floats differ from call to call.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import polars as pl
from numpy.typing import NDArray

from evalengine.scheme.expressions import PARAMETER, parse, roots, substitute
from evalengine.scheme.model import CONSORTIA, FLAT, Experts, Field, IndicatorSystem, Window

WINDOW_YEARS: Mapping[Window, int] = {"year": 1, "avg3": 3, "sum3": 3, "stock_end": 1, "project_life": 1}
LONGEST_WINDOW = max(WINDOW_YEARS.values())


class State(IntEnum):
    """What a figure is when it is not simply there."""

    OK = 0
    ABSENT = 1  # no row for that year: the year leaves the window
    NOT_APPLICABLE = 2  # an absent list, or a denominator of zero; a blank beside it decides first
    MISSING = 3  # a row is there, the figure is blank
    TOO_FEW_EXPERTS = 4
    UNVERIFIED = 5  # reported, and rejected by an adjustment


UNKNOWN = (State.ABSENT, State.MISSING, State.TOO_FEW_EXPERTS, State.UNVERIFIED)  # should be there and is not


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fields:
    """Raw figures of every unit in every year of the longest window.

    Attributes:
        units: unit ids, in the order of the arrays.
        years: years, the assessed one last.
        values: (fields, years, units); NaN unless the state is OK.
        states: `State`, same shape.
    """

    units: tuple[str, ...]
    years: tuple[int, ...]
    values: NDArray[np.float64]
    states: NDArray[np.int8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Values:
    """Indicator values.

    Attributes:
        matrix: (indicators, units); NaN unless the state is OK.
        states: `State`, same shape.
        left: (unit, field, year) of the years that left a window for want of a row.
    """

    matrix: NDArray[np.float64]
    states: NDArray[np.int8]
    left: tuple[tuple[str, str, int], ...]


def derive_fields(
    tables: Mapping[str, pl.DataFrame], system: IndicatorSystem, units: Sequence[str], year: int, *, flat: bool
) -> Fields:
    """Return every field of every unit for the years up to `year` that a window can reach.

    Args:
        tables: checked tables, or the flat one named `fields`.
        system: the indicator system.
        units: ids of the assessed units.
        year: the assessed year.
        flat: whether the figures come from a flat fields table.
    """
    years = tuple(range(year - LONGEST_WINDOW + 1, year + 1))
    shape = (len(system.fields), len(years), len(units))
    values, states = np.full(shape, np.nan), np.full(shape, State.ABSENT, dtype=np.int8)
    fields = Fields(units=tuple(units), years=years, values=values, states=states)
    if flat:
        _fill_from_flat(fields, tables[FLAT], system)
    else:
        _fill_from_records(fields, tables, system)
        _nil_returns(fields, tables, system)
    return fields


def columns_read(code: str, item: Field) -> set[str]:
    """Return the columns of its table that a field is computed from."""
    if not item.expr:
        return {code}
    placeholder = dict.fromkeys(PARAMETER.findall(f"{item.expr} {item.where}"), 0)
    return {name for sql in (item.expr, item.where) if sql for name in roots(substitute(sql, placeholder))}


def derive_values(fields: Fields, system: IndicatorSystem) -> Values:
    """Return the value of every indicator: each field windowed, then the formula.

    A blank field makes the indicator missing; an absent list or a non-finite result with every field present (a zero
    denominator) makes it not applicable.
    """
    codes = list(system.fields)
    shape = (len(system.indicators), len(fields.units))
    matrix, states = np.full(shape, np.nan), np.zeros(shape, dtype=np.int8)
    left: dict[tuple[str, str, int], None] = {}
    windowed: dict[tuple[str, Window], tuple[NDArray[np.float64], NDArray[np.int8]]] = {}
    for row, item in enumerate(system.indicators.values()):
        names = roots(item.formula)
        for name in names:
            if (name, item.window) not in windowed:
                windowed[name, item.window] = _windowed(fields, codes.index(name), item.window)
                left.update(dict.fromkeys(_left_years(fields, codes.index(name), name, item.window)))
        state = np.max([windowed[name, item.window][1] for name in names], axis=0, initial=State.OK)
        frame = pl.DataFrame({name: windowed[name, item.window][0] for name in names} or {"": np.zeros(shape[1])})
        result = frame.select(parse(item.formula).cast(pl.Float64).alias("value"))["value"].to_numpy()
        if len(result) < shape[1]:
            result = np.full(shape[1], result[0])
        state = np.where((state == State.OK) & ~np.isfinite(result), State.NOT_APPLICABLE, state)
        matrix[row] = np.where(state == State.OK, result, np.nan)
        states[row] = state
    return Values(matrix=matrix, states=states, left=tuple(left))


def _windowed(fields: Fields, row: int, window: Window) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Return a field over a window: mean or sum of the years present, or the assessed year's figure."""
    span = WINDOW_YEARS[window]
    values, states = fields.values[row, -span:], fields.states[row, -span:]
    present = states == State.OK
    absent = (states == State.ABSENT).all(axis=0)
    worst = np.where(states == State.ABSENT, State.OK, states).max(axis=0)
    state = np.where(absent, State.MISSING, worst).astype(np.int8)
    total = np.zeros(values.shape[1])
    for year_values, year_present in zip(values, present, strict=True):  # in order of years: the sum has stated bits
        total = total + np.where(year_present, year_values, 0.0)
    if window == "avg3":
        total = total / np.maximum(present.sum(axis=0), 1)
    return np.where(state == State.OK, total, np.nan), state


def _left_years(fields: Fields, row: int, name: str, window: Window) -> Iterator[tuple[str, str, int]]:
    span = WINDOW_YEARS[window]
    absent = fields.states[row, -span:] == State.ABSENT
    for when, place in np.argwhere(absent & ~absent.all(axis=0)):
        yield fields.units[place], name, fields.years[-span:][when]


def _fill_from_flat(fields: Fields, table: pl.DataFrame, system: IndicatorSystem) -> None:
    """Fill the arrays from a flat table: one row per unit and year, one column per field."""
    order = pl.DataFrame(
        {"unit": fields.units, "_place": range(len(fields.units))}, schema_overrides={"unit": pl.String}
    )
    rows = table.filter(pl.col("year").is_in(fields.years)).join(order, on="unit", how="inner", maintain_order="left")
    place = rows["_place"].to_numpy()
    when = rows["year"].to_numpy() - fields.years[0]
    for row, (code, item) in enumerate(system.fields.items()):
        if item.experts:
            texts = rows[code].to_list()
            means = [
                _expert_mean([float(part) for part in (text or "").split(";") if part], system.experts)
                for text in texts
            ]
            figures = np.array([mean for mean, _ in means], dtype=np.float64)
            state = np.array([how for _, how in means], dtype=np.int8)
        else:
            figures = rows[code].fill_null(np.nan).to_numpy()
            state = np.where(rows[code].is_null().to_numpy(), State.MISSING, State.OK).astype(np.int8)
        fields.values[row, when, place] = figures
        fields.states[row, when, place] = state


def _fill_from_records(fields: Fields, tables: Mapping[str, pl.DataFrame], system: IndicatorSystem) -> None:
    """Fill the arrays from record tables, field by field."""
    places = {unit: place for place, unit in enumerate(fields.units)}
    for row, (code, item) in enumerate(system.fields.items()):
        if item.table in tables:
            for unit, when, value, state in _record_figures(tables, code, item, system, fields.years):
                if unit in places and when in fields.years:
                    fields.values[row, when - fields.years[0], places[unit]] = value
                    fields.states[row, when - fields.years[0], places[unit]] = state
        if system.tables[item.table].absent == "not_applicable":
            states = fields.states[row] if system.tables[item.table].year else fields.states[row, -1:]
            states[states == State.ABSENT] = State.NOT_APPLICABLE


def _record_figures(
    tables: Mapping[str, pl.DataFrame],
    code: str,
    item: Field,
    system: IndicatorSystem,
    years: Sequence[int],
) -> Iterator[tuple[str, int, float, State]]:
    """Yield the figures of a record table, year by year."""
    table = tables[item.table]
    dated = system.tables[item.table].year
    if not item.expr:
        for unit, when, value in table.select("unit", dated, code).iter_rows():
            yield (unit, when, np.nan, State.MISSING) if value is None else (unit, when, value, State.OK)
        return
    rows = _with_consortia(table, tables.get(CONSORTIA), item)
    for when in years if dated else years[-1:]:  # an undated table describes the assessed year only
        if not dated:
            current = rows
        elif item.period == "year":
            current = rows.filter(pl.col(dated) == when)
        else:
            current = rows.filter(pl.col(dated) <= when)
        if current.height:
            parameters = {**system.assessment, "year": when}
            for unit, value, state in _aggregate(current, item, parameters, system):
                yield unit, when, value, state


def _aggregate(
    rows: pl.DataFrame, item: Field, parameters: Mapping[str, object], system: IndicatorSystem
) -> Iterator[tuple[str, float, State]]:
    """Yield unit, figure and state of a field over these rows.

    A row whose condition cannot be decided, or a blank in a column the aggregate uses, makes the figure missing: the
    aggregate would pass over it in silence.
    """
    condition = parse(substitute(item.where, parameters)) if item.where else pl.lit(value=True)
    needed = roots(substitute(item.expr, parameters))
    blank = pl.any_horizontal(pl.col(name).is_null() for name in needed) if needed else pl.lit(value=False)
    marked = rows.with_columns(condition.alias("_counts")).with_columns(
        (pl.col("_counts").is_null() | (pl.col("_counts") & blank)).any().over("unit").alias("_unknown")
    )
    counted = marked.filter(pl.col("_counts"))
    if item.distinct:
        counted = counted.unique(subset=list(item.distinct), keep="first", maintain_order=True)
    present = marked.select("unit", "_unknown").unique(subset="unit", keep="first", maintain_order=True)
    if item.experts:
        scores: dict[str, list[float]] = {}
        for unit, score in counted.select("unit", parse(item.expr).cast(pl.Float64)).iter_rows():
            scores.setdefault(unit, []).append(score)
        for unit, unknown in present.iter_rows():
            mean, state = _expert_mean(scores.get(unit, []), system.experts)
            yield (unit, np.nan, State.MISSING) if unknown else (unit, mean, state)
        return
    figure = parse(substitute(item.expr, parameters)).cast(pl.Float64).over("unit").alias("_figure")
    figures = dict(counted.select("unit", figure).unique(subset="unit", keep="first", maintain_order=True).iter_rows())
    for unit, unknown in present.iter_rows():
        value = figures.get(unit, item.empty)
        bad = unknown or value is None
        yield (unit, np.nan, State.MISSING) if bad else (unit, value, State.OK)


def _with_consortia(table: pl.DataFrame, consortia: pl.DataFrame | None, item: Field) -> pl.DataFrame:
    """Return the table with the unit's own columns as `consortia_…`, where the field's SQL names one."""
    prefix = f"{CONSORTIA}_"
    if consortia is None or prefix not in f"{item.expr} {item.where}":
        return table
    own = consortia.select(
        "unit", *(pl.col(name).alias(f"{prefix}{name}") for name in consortia.columns if name[0] != "_")
    )
    return table.join(own, on="unit", how="left", maintain_order="left")


def _expert_mean(scores: Sequence[float], experts: Experts) -> tuple[float, State]:
    """Return the mean of the valid scores, one highest and one lowest dropped from `trim_from` scores on."""
    if not scores:
        return np.nan, State.MISSING
    if len(scores) < experts.minimum:
        return np.nan, State.TOO_FEW_EXPERTS
    ordered = sorted(scores)
    kept = ordered[1:-1] if len(ordered) >= experts.trim_from else ordered
    return sum(kept) / len(kept), State.OK


def _nil_returns(fields: Fields, tables: Mapping[str, pl.DataFrame], system: IndicatorSystem) -> None:
    """Turn absent figures into "none" where the unit declared a nil return for that table and year."""
    codes = {
        name: code
        for code, table in system.tables.items()
        for name in (code, table.label.zh, table.label.en, *table.synonyms)
    }
    places = {unit: place for place, unit in enumerate(fields.units)}
    for source, table in tables.items():
        if "nil_returns" not in table.columns:
            continue
        dated = system.tables[source].year
        for unit, when, text in table.select("unit", dated, "nil_returns").drop_nulls().iter_rows():
            if unit not in places or when not in fields.years:
                continue
            declared = {codes.get(part.strip()) for part in unicodedata.normalize("NFKC", text).split(";")}
            here = (when - fields.years[0], places[unit])
            for row, item in enumerate(system.fields.values()):
                if item.table in declared and fields.states[row][here] == State.ABSENT:
                    fields.values[row][here], fields.states[row][here] = item.empty, State.OK
