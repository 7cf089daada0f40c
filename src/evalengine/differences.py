"""What verification changed: every adjusted figure with its effect on indicators, items and the unit's score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from evalengine.derivation import columns_read
from evalengine.errors import MethodError
from evalengine.evidence import track
from evalengine.grading import Totals, totals
from evalengine.intake.adjustments import WHOLE_ROW, Change
from evalengine.intake.columns import EVENTS, EVIDENCE, items_of
from evalengine.intake.dataset import Dataset
from evalengine.items import Occurrence, count_items
from evalengine.methods.scoring_kernel import score_units
from evalengine.occurrences import occurrences
from evalengine.preparation import Prepared, units_of
from evalengine.scheme.expressions import roots, substitute
from evalengine.scheme.model import CONSORTIA, FLAT, Field, IndicatorSystem, WeightProfile
from evalengine.scoring import Scored, passing_rules, plan, score

Floats = NDArray[np.float64]
SCHEMA: Mapping[str, type[pl.DataType]] = {
    "unit": pl.String,
    "year": pl.Int64,
    "table": pl.String,
    "key": pl.String,
    "column": pl.String,
    "reported": pl.String,
    "verified": pl.String,
    "difference": pl.Float64,
    "indicator": pl.String,
    "item": pl.String,
    "value_reported": pl.Float64,
    "value": pl.Float64,
    "score_reported": pl.Float64,
    "score": pl.Float64,
    "points": pl.Float64,
    "together": pl.Int64,
    "total_reported": pl.Float64,
    "total": pl.Float64,
    "reason": pl.String,
    "evidence": pl.String,
    "verifier": pl.String,
    "date": pl.Date,
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _State:
    """One of two states of the data, as reported or as verified.

    Attributes:
        values: (indicators, units) values.
        scores: (indicators, units) scores; NaN where one does not apply or has no answer.
        items: what every occurrence of a veto, bonus or penalty item counts for.
        published: published scores.
    """

    values: Floats
    scores: Floats
    items: pl.DataFrame
    published: Floats


def differences(
    data: Dataset,
    prepared: Prepared,
    scored: Scored,
    items: pl.DataFrame,
    system: IndicatorSystem,
    profile: WeightProfile,
) -> pl.DataFrame:
    """Return one row for each adjustment and indicator or item it goes into, with the effect in points of the total.

    The effect is that of all adjustments of this indicator together, which `together` counts: those of one fraction
    cannot be told apart. The indicators' scores change one after the other, in the order of the system, so that their
    effects add up to that on the weighted score, also where an indicator ceases to apply and the others take its
    weight; items change one after the other too, under the limits and caps of all. What evidence costs
    is left as it was reported. An adjustment without effect has one row.

    Args:
        data: the submitted data.
        prepared: the data before and after adjustment.
        scored: the scores as verified.
        items: the items as verified.
        system: the indicator system.
        profile: the weight profile.
    """
    if prepared.adjusted.frame.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    verified = _state(prepared, prepared.values.matrix, scored, items, system)
    reported = _reported(data, prepared, system, profile)
    listed = [
        (row, change, list(_touched(row, change, data, system, prepared.year)))
        for row, change in zip(prepared.adjusted.frame.to_dicts(), prepared.adjusted.changes, strict=True)
    ]
    touched = [(row["unit"], *what) for row, _, found in listed for what in found]
    places = {unit: place for place, unit in enumerate(prepared.units.ids)}
    adjusted = sorted({places[unit] for unit, *_ in touched if unit in places})
    points = _points(reported.scores, verified.scores, adjusted, prepared.units.groups, system, profile)
    item_points = _item_points(
        reported.items, verified.items, [prepared.units.ids[place] for place in adjusted], system
    )
    made = []
    for row, change, found in listed:
        place = places.get(row["unit"])
        shared = {**row, "difference": difference_of(change)}
        if place is not None:
            shared |= {"total_reported": reported.published[place], "total": verified.published[place]}
        effects = [
            {**(
                _item_effect(item_points, row["unit"], code)
                if kind == "item"
                else _effect(code, place, reported, verified, points, system)
            ),
             "together": touched.count((row["unit"], kind, code))}
            for kind, code in found
            if place is not None
        ]  # fmt: skip
        made += [{**shared, **effect} for effect in effects if effect["changed"]] or [shared]
    frame = pl.DataFrame([{name: row.get(name) for name in SCHEMA} for row in made], schema=SCHEMA)
    return frame.with_columns(pl.col(name).fill_nan(None) for name, kind in SCHEMA.items() if kind is pl.Float64)


def _reported(data: Dataset, prepared: Prepared, system: IndicatorSystem, profile: WeightProfile) -> _State:
    """Return the state of the data without any adjustment."""
    units = units_of(data.tables, prepared.year, flat=prepared.flat)  # keys are never adjusted: the same ids
    tracked = track(prepared.reported_values, data.tables, system, units=units.ids, year=prepared.year, data=data)
    listed = occurrences(data.tables, tracked.frame, system, prepared.year, flat=prepared.flat)
    items = count_items(listed, system)
    try:
        scored = score(tracked.values, units.groups, system, profile)
    except MethodError:  # a relative rule or a treatment has no answer for what was reported: nothing to compare with
        scored = None
    return _state(prepared, prepared.reported_values.matrix, scored, items, system)


def _state(
    prepared: Prepared, values: Floats, scored: Scored | None, items: pl.DataFrame, system: IndicatorSystem
) -> _State:
    units, leaves = prepared.units.ids, len(system.indicators)
    nothing = np.full(values.shape, np.nan)
    scores = nothing if scored is None else scored.scores[:leaves]
    weighted = np.full(len(units), np.nan) if scored is None else scored.scores[-1]
    made: Totals = totals(units, weighted, items, system)
    published = made.published if scored is not None else weighted
    return _State(values=values, scores=scores, items=items, published=published)


def _points(
    reported: Floats,
    verified: Floats,
    places: Sequence[int],
    groups: Sequence[str],
    system: IndicatorSystem,
    profile: WeightProfile,
) -> Floats:
    """Return what each indicator adds to the weighted score, (indicators, units); NaN for units not in `places`."""
    points = np.full(reported.shape, np.nan)
    rows, steps = np.indices((len(reported), len(reported) + 1))  # at step k the first k scores are the verified ones
    trees = {group: plan(system, profile, group).tree for group in sorted({groups[place] for place in places})}
    for place in places:
        chain = np.where(rows < steps, verified[:, [place]], reported[:, [place]])
        chain[np.isnan(chain)] = np.inf  # does not apply
        points[:, place] = np.diff(score_units(chain, passing_rules(system), trees[groups[place]])[-1])
    return points


def _item_points(
    reported: pl.DataFrame, verified: pl.DataFrame, units: Sequence[str], system: IndicatorSystem
) -> dict[tuple[str, str], float]:
    """Return what each item that occurs, reported or verified, adds to the totals of these units."""
    points: dict[tuple[str, str], float] = {}
    states = [_by_unit(state) for state in (reported, verified)]
    for unit in units:
        before, after = (state.get(unit, []) for state in states)
        codes = [code for code in items_of(system) if any(event.item == code for event in (*before, *after))]
        worth = _worth(before, unit, system)
        for place, code in enumerate(codes, start=1):
            points[unit, code] = 0.0
            if [event for event in before if event.item == code] != [event for event in after if event.item == code]:
                done = codes[:place]
                now = _worth(
                    [
                        *(event for event in before if event.item not in done),
                        *(event for event in after if event.item in done),
                    ],
                    unit,
                    system,
                )
                points[unit, code], worth = now - worth, now
    return points


def _by_unit(items: pl.DataFrame) -> dict[str, list[Occurrence]]:
    found: dict[str, list[Occurrence]] = {}
    for unit, item, count, matter in items.select("unit", "item", "count", "matter").iter_rows():
        found.setdefault(unit, []).append(Occurrence(unit=unit, item=item, count=count, matter=matter))
    return found


def _worth(events: Sequence[Occurrence], unit: str, system: IndicatorSystem) -> float:
    """Return the points of a unit's items together, after limits and caps."""
    made = totals([unit], np.zeros(1), count_items(events, system), system)
    return float(made.bonus[0] - made.penalty[0])


def _touched(
    row: Mapping[str, Any], change: Change, data: Dataset, system: IndicatorSystem, year: int
) -> Iterator[tuple[str, str]]:
    """Yield what an adjustment can change: indicators computed from the figure, and items."""
    table, column = row["table"], row["column"]
    if table == EVENTS or (table == FLAT and column in items_of(system)):
        codes = data.tables[table].get_column("item")[list(change.rows)].to_list() if table == EVENTS else [column]
        codes += [change.verified] if column == "item" else []
        yield from (("item", code) for code in dict.fromkeys(codes))
        return
    if table == EVIDENCE:
        own = data.tables[table].get_column("indicator")[list(change.rows)].to_list()
        yield from (("indicator", code) for code in own if code in system.indicators)
        costs = system.evidence.missing, system.evidence.rejected
        yield from (("item", code) for code in dict.fromkeys(cost.penalty for cost in costs) if code)
        return
    if table == CONSORTIA:
        known = {**system.assessment, "year": year}
        for code, veto in system.vetoes.items():
            if veto.where and column in roots(substitute(veto.where, known)):
                yield "item", code
    joined = f"{CONSORTIA}_{column}" if table == CONSORTIA else ""
    fields = {
        code
        for code, item in system.fields.items()
        if (table == FLAT and code == column)
        or (table == item.table and (column == WHOLE_ROW or column in _deciding(code, item, system)))
        or (joined and joined in columns_read(code, item))
    }
    for code, item in system.indicators.items():
        if fields.intersection(roots(item.formula)):
            yield "indicator", code


def _deciding(code: str, item: Field, system: IndicatorSystem) -> set[str]:
    """Return the columns that decide a field: what it is computed from, the year of its rows, the key of an entry."""
    return columns_read(code, item) | {system.tables[item.table].year, *item.distinct}


def _item_effect(points: Mapping[tuple[str, str], float], unit: str, code: str) -> dict[str, Any]:
    return {"item": code, "points": points.get((unit, code)), "changed": (unit, code) in points}


def _effect(
    code: str,
    place: int,
    reported: _State,
    verified: _State,
    indicator_points: Floats,
    system: IndicatorSystem,
) -> dict[str, Any]:
    at = list(system.indicators).index(code), place
    pairs = [(state.values[at], state.scores[at]) for state in (reported, verified)]
    return {
        "indicator": code,
        "value_reported": pairs[0][0],
        "value": pairs[1][0],
        "score_reported": pairs[0][1],
        "score": pairs[1][1],
        "points": indicator_points[at],
        "changed": not np.array_equal(pairs[0], pairs[1], equal_nan=True),
    }


def difference_of(change: Change) -> float | None:
    """Return by how much the figure changed, in decimals as typed; None where one of the two is no number."""
    if isinstance(change.reported, float) and isinstance(change.verified, float):
        return float(Decimal(repr(change.verified)) - Decimal(repr(change.reported)))
    return None
