"""Occurrences of veto, bonus and penalty items → points: what each of them counts for, and what it is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from evalengine.scheme.model import IndicatorSystem, Item

SCHEMA: Mapping[str, type[pl.DataType]] = {
    "unit": pl.String,
    "item": pl.String,
    "kind": pl.String,
    "count": pl.Float64,
    "counted": pl.Float64,
    "points": pl.Float64,
    "matter": pl.String,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """A veto, bonus or penalty item of a unit: how often, on which matter."""

    unit: str
    item: str
    count: float
    matter: str = ""


def count_items(occurrences: Sequence[Occurrence], system: IndicatorSystem) -> pl.DataFrame:
    """Return what each occurrence counts for: on one matter only one bonus, and no item beyond its limit.

    Of the ways to choose one bonus for each matter the one worth most counts, so that neither the order of the rows nor
    the spelling of a matter decides.
    """
    counted = [event.count for event in occurrences]
    for unit in dict.fromkeys(event.unit for event in occurrences):
        own = [place for place, event in enumerate(occurrences) if event.unit == unit]
        bonus = [place for place in own if occurrences[place].item in system.bonus.items]
        for place, count in _best_bonus(occurrences, bonus, system.bonus.items).items():
            counted[place] = count
        for code, item in system.penalty.items.items():
            left = float("inf") if item.limit is None else float(item.limit)
            for place in (place for place in own if occurrences[place].item == code):
                counted[place] = min(occurrences[place].count, left)
                left -= counted[place]
    rows = [
        {
            "unit": event.unit,
            "item": event.item,
            "kind": _item(event.item, system)[0],
            "count": event.count,
            "counted": count,
            "points": count * _worth(event.item, system),
            "matter": event.matter,
        }
        for event, count in zip(occurrences, counted, strict=True)
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


def _best_bonus(
    occurrences: Sequence[Occurrence], places: Sequence[int], items: Mapping[str, Item]
) -> dict[int, float]:
    """Return how often each of a unit's bonus occurrences counts.

    Occurrences without a matter are claims of their own, up to the item's limit; those on one matter share one claim.
    The best choice is found claim by claim over the counts used so far; equal choices keep the earlier rows.
    """
    claims: dict[object, list[tuple[int, int]]] = {}
    for place in places:
        event = occurrences[place]
        limit = items[event.item].limit
        if event.matter:
            claims.setdefault(event.matter, []).append((place, 1 if event.count > 0 else 0))
        else:
            whole = int(event.count) if limit is None else int(min(event.count, limit))
            claims[place] = [(place, count) for count in range(whole, 0, -1)]
    states: dict[tuple[tuple[str, int], ...], tuple[float, tuple[tuple[int, int], ...]]] = {(): (0.0, ())}
    for choices in claims.values():
        after = dict(states)  # a claim may go unused
        for used, (points, chosen) in states.items():
            for place, count in choices:
                code = occurrences[place].item
                item, key = items[code], used
                if item.limit is not None:
                    total = dict(used).get(code, 0) + count
                    if total > item.limit:
                        continue
                    key = tuple(sorted({**dict(used), code: total}.items()))
                worth = points + count * item.points
                if key not in after or worth > after[key][0]:
                    after[key] = (worth, (*chosen, (place, count)))
        states = after
    best = max(states.values(), key=lambda state: state[0])[1]
    return {**dict.fromkeys(places, 0.0), **{place: float(count) for place, count in best}}


def _item(code: str, system: IndicatorSystem) -> tuple[str, Item | None]:
    """Return the kind of an item, and the item if it is worth points."""
    if code in system.bonus.items:
        return "bonus", system.bonus.items[code]
    if code in system.penalty.items:
        return "penalty", system.penalty.items[code]
    return "veto", None


def _worth(code: str, system: IndicatorSystem) -> float:
    item = _item(code, system)[1]
    return item.points if item else 0.0
