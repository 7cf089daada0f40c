"""What verification changed: every adjusted figure with its effect on indicators, items, floors and the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from evalengine.affected import touched
from evalengine.derivation import Fields
from evalengine.errors import MethodError
from evalengine.evidence import track
from evalengine.grading import Graded, grade
from evalengine.intake.adjustments import Change
from evalengine.intake.dataset import Dataset
from evalengine.item_effects import item_points
from evalengine.items import count_items
from evalengine.methods.scoring_kernel import score_units
from evalengine.occurrences import below_floors, missed_floors, occurrences
from evalengine.preparation import Prepared, units_of
from evalengine.scheme.model import Floor, IndicatorSystem, WeightProfile
from evalengine.scoring import Scored, passing_rules, plan, score, tie_break_scores

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
    "floor": pl.String,
    "minimum": pl.Float64,
    "missed": pl.Boolean,
    "value_reported": pl.Float64,
    "value": pl.Float64,
    "score_reported": pl.Float64,
    "score": pl.Float64,
    "points": pl.Float64,
    "together": pl.Int64,
    "total_reported": pl.Float64,
    "total": pl.Float64,
    "rank_reported": pl.Float64,
    "rank": pl.Float64,
    "grade_reported": pl.String,
    "grade": pl.String,
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
        regrouped: likewise, by the rules of the units' verified groups.
        gained: (units,) what these groups add to the weighted score.
        items: what every occurrence of a veto, bonus or penalty item counts for.
        floors: each floor that asks for something, and whether each unit is below it.
        graded: published scores, ranks and grades; None where the data cannot be scored.
    """

    values: Floats
    scores: Floats
    regrouped: Floats
    gained: Floats
    items: pl.DataFrame
    floors: Sequence[tuple[Floor, NDArray[np.bool_]]]
    graded: Graded | None


def differences(
    data: Dataset,
    prepared: Prepared,
    scored: Scored,
    items: pl.DataFrame,
    graded: Graded,
    system: IndicatorSystem,
    profile: WeightProfile,
) -> pl.DataFrame:
    """Return one row for each adjustment and indicator or item it goes into, with the effect in points of the total.

    A floor that is missed or reached because of an adjustment has a row too, with the veto item it brings or takes
    away; rank and grade without any adjustment and with all of them stand beside the totals.

    The effect is that of all adjustments of this indicator together, which `together` counts: those of one fraction
    cannot be told apart. The indicators' scores change one after the other, in the order of the system, so that their
    effects add up to that on the weighted score, also where an indicator ceases to apply and the others take its
    weight; a change of group, with its anchors and weights, comes before them. Items change one after the other too,
    under the limits and caps of all. What evidence costs is left as it was reported. An adjustment without effect has
    one row.

    Args:
        data: the submitted data.
        prepared: the data before and after adjustment.
        scored: the scores as verified.
        items: the items as verified.
        graded: totals, ranks and grades as verified.
        system: the indicator system.
        profile: the weight profile.
    """
    if prepared.adjusted.frame.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    verified = _state(prepared.values.matrix, prepared.fields, scored, scored, items, graded, system)
    reported = _reported(data, prepared, system, profile)
    listed = [
        (row, change, list(touched(row, change, data, system, prepared.year)))
        for row, change in zip(prepared.adjusted.frame.to_dicts(), prepared.adjusted.changes, strict=True)
    ]
    reached = [(row["unit"], *what) for row, _, found in listed for what in found]
    places = {unit: place for place, unit in enumerate(prepared.units.ids)}
    adjusted = sorted({places[unit] for unit, *_ in reached if unit in places})
    points = _points(reported.regrouped, verified.scores, adjusted, prepared.units.groups, system, profile)
    of_items = item_points(reported.items, verified.items, [prepared.units.ids[place] for place in adjusted], system)
    made = []
    for row, change, found in listed:
        place = places.get(row["unit"])
        shared = {**row, "difference": difference_of(change)}
        if place is None:
            made.append(shared)
            continue
        shared |= _standing(reported.graded, place, "_reported") | _standing(verified.graded, place, "")
        effects = [
            {**effect, "together": reached.count((row["unit"], kind, code))}
            for kind, code in found
            for effect in (
                _item_effects(of_items, row["unit"], code)
                if kind == "item"
                else _floor_effects(code, place, reported, verified)
                if kind == "floor"
                else [{"points": reported.gained[place]}]
                if kind == "group"
                else _effects(code, place, reported, verified, points, system)
            )
        ]
        made += [{**shared, **effect} for effect in effects] or [shared]
    frame = pl.DataFrame([{name: row.get(name) for name in SCHEMA} for row in made], schema=SCHEMA)
    return frame.with_columns(pl.col(name).fill_nan(None) for name, kind in SCHEMA.items() if kind is pl.Float64)


def _reported(data: Dataset, prepared: Prepared, system: IndicatorSystem, profile: WeightProfile) -> _State:
    """Return the state of the data without any adjustment."""
    units = units_of(data.tables, prepared.year, flat=prepared.flat)  # keys are never adjusted: the same ids
    tracked = track(prepared.reported_values, data.tables, system, units=units.ids, year=prepared.year, data=data)
    listed = occurrences(data.tables, tracked.frame, system, prepared.year, flat=prepared.flat)
    items = count_items(listed, system)
    try:
        scored = anew = score(tracked.values, units.groups, system, profile)
        if units.groups != prepared.units.groups:
            anew = score(tracked.values, prepared.units.groups, system, profile)
    except MethodError:  # a relative rule or a treatment has no answer for what was reported: nothing to compare with
        return _state(prepared.reported_values.matrix, prepared.reported, None, None, items, None, system)
    graded = grade(
        units=units.ids,
        groups=units.groups,
        weighted=scored.scores[-1],
        tie_breaks=tie_break_scores(scored, tracked.values, system),
        items=items,
        below_floor=below_floors(prepared.reported, system),
        system=system,
    )
    return _state(prepared.reported_values.matrix, prepared.reported, scored, anew, items, graded, system)


def _state(
    values: Floats,
    fields: Fields,
    scored: Scored | None,
    anew: Scored | None,
    items: pl.DataFrame,
    graded: Graded | None,
    system: IndicatorSystem,
) -> _State:
    nothing, leaves = np.full(values.shape, np.nan), len(system.indicators)
    return _State(
        values=values,
        scores=nothing if scored is None else scored.scores[:leaves],
        regrouped=nothing if anew is None else anew.scores[:leaves],
        gained=nothing[0] if anew is None or scored is None else anew.scores[-1] - scored.scores[-1],
        items=items,
        floors=tuple(missed_floors(fields, system)),
        graded=graded,
    )


def _standing(graded: Graded | None, place: int, state: str) -> dict[str, Any]:
    """Return published score, rank and grade of a unit; nothing where the data cannot be scored."""
    if graded is None:
        return {}
    found = {"total": graded.published[place], "rank": graded.rank[place], "grade": graded.grades[place]}
    return {f"{name}{state}": value for name, value in found.items()}


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


def _item_effects(points: Mapping[tuple[str, str], float], unit: str, code: str) -> list[dict[str, Any]]:
    return [{"item": code, "points": points[unit, code]}] if (unit, code) in points else []


def _floor_effects(field: str, place: int, reported: _State, verified: _State) -> list[dict[str, Any]]:
    return [
        {"item": floor.veto, "floor": field, "minimum": floor.minimum, "missed": missed[place]}
        for (floor, missed), (_, before) in zip(verified.floors, reported.floors, strict=True)
        if floor.field == field and missed[place] != before[place]
    ]


def _effects(
    code: str,
    place: int,
    reported: _State,
    verified: _State,
    indicator_points: Floats,
    system: IndicatorSystem,
) -> list[dict[str, Any]]:
    at = list(system.indicators).index(code), place
    before, after = ((state.values[at], state.scores[at]) for state in (reported, verified))
    if np.array_equal(before, after, equal_nan=True):
        return []
    return [
        {
            "indicator": code,
            "value_reported": before[0],
            "value": after[0],
            "score_reported": before[1],
            "score": after[1],
            "points": indicator_points[at],
        }
    ]


def difference_of(change: Change) -> float | None:
    """Return by how much the figure changed, in decimals as typed; None where one of the two is no number."""
    if isinstance(change.reported, float) and isinstance(change.verified, float):
        return float(Decimal(repr(change.verified)) - Decimal(repr(change.reported)))
    return None
