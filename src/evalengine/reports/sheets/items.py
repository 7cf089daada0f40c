"""Bonus, penalty and veto items: every occurrence with what it counts for, then what they come to for each unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from evalengine.reports.layout import Column, Entry
from evalengine.reports.sheet import NOT_A_NUMBER, Sheet, figure
from evalengine.reports.words import Words
from evalengine.scheme.model import SEVERE

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

TEXT = Column(wraps=True, least=16.0)
COLUMNS: Mapping[str, Column] = {
    "number": Column(),
    "unit": Column(),
    "name": TEXT,
    "kind": Column(),
    "item": TEXT,
    "matter": TEXT,
    "count": Column(),
    "counted": Column(),
    "points": Column(),
    "effect": TEXT,
}
SUMS = ("number", "unit", "name", "weighted", "bonus_items", "other_items", "bonus", "penalty", "total", "grade")
SIGNS = {"bonus": 1.0, "penalty": -1.0}


def write(sheet: Sheet, assessment: Assessment, words: Words) -> None:
    """Write one row for each occurrence, then one for each unit that has any."""
    title = words.say("items.title", year=assessment.year)
    sheet.start(tuple(COLUMNS.values()), title, left=words.say("items.left"))
    units = {row["unit"]: row for row in assessment.ranking.to_dicts()}
    found = [*occurrences(assessment)]
    sheet.span(("section", words.say("items.parts.occurrences", count=len(found))))
    sheet.own_headings(words.say(f"items.columns.{key}") for key in COLUMNS)
    for number, row in enumerate(found, start=1):
        sheet.row(_occurrence(number, row, units[row["unit"]]["name"], assessment, words))
    if not found:
        sheet.span(("centre", words.say("items.none")))
    else:
        sheet.span(("section", words.say("items.parts.sums")))
        sheet.own_headings(words.say(f"items.sum_columns.{key}") for key in SUMS)
        for number, unit in enumerate(dict.fromkeys(row["unit"] for row in found), start=1):
            sheet.row(_sums(number, units[unit], found, words))
    caps = {"bonus": assessment.system.bonus.cap, "penalty": assessment.system.penalty.cap}
    sheet.notes((words.say("items.note", **{key: f"{cap:g}" for key, cap in caps.items()}),))


def occurrences(assessment: Assessment) -> Iterator[Mapping[str, Any]]:
    """Yield the occurrences by unit, and the vetoes nobody recorded: figures below a floor."""
    for unit, vetoes in assessment.ranking.sort("unit").select("unit", "veto").iter_rows():
        own = assessment.items.filter(pl.col("unit") == unit).to_dicts()
        yield from own
        recorded = {row["item"] for row in own}
        for code in (vetoes or "").split(";"):
            if code and code not in recorded:
                yield {"unit": unit, "item": code, "kind": "veto", "count": None, "counted": None, "matter": ""}


def _occurrence(number: int, row: Mapping[str, Any], name: str, assessment: Assessment, words: Words) -> list[Entry]:
    sign = SIGNS.get(row["kind"])
    return [
        ("centre", str(number)),
        ("centre", row["unit"]),
        ("text", name),
        ("centre", words.say(f"items.kinds.{row['kind']}")),
        ("text", words.item(row["item"])),
        ("text", row["matter"] or NOT_A_NUMBER),
        figure(row["count"], whole=True),
        figure(row["counted"], whole=True),
        ("centre", NOT_A_NUMBER) if sign is None else ("score", sign * row["points"] + 0.0),
        ("text", _effect(row, assessment, words)),
    ]


def _effect(row: Mapping[str, Any], assessment: Assessment, words: Words) -> str:
    """Return what an occurrence does, and why not where it does nothing."""
    if row["kind"] != "veto":
        part = "all" if row["counted"] == row["count"] else "part" if row["counted"] else "none"
        return words.say(f"items.effects.{row['kind']}_{part}")
    veto = assessment.system.vetoes[row["item"]]
    floor = words.say("items.effects.floor") if row["count"] is None else ""
    if veto.effect == "fail" or (row["count"] or 0) >= SEVERE:
        return floor + words.say("items.effects.fail")
    return floor + words.say("items.effects.cap", grade=words.grade(veto.cap))


def _sums(number: int, unit: Mapping[str, Any], found: Sequence[Mapping[str, Any]], words: Words) -> list[Entry]:
    """Return what a unit's items come to; the limits of all together decide what counts."""
    own = [row for row in found if row["unit"] == unit["unit"]]
    return [
        ("centre", str(number)),
        ("centre", unit["unit"]),
        ("text", unit["name"]),
        ("score", unit["weighted"]),
        ("text", _listed((row for row in own if row["kind"] == "bonus"), words)),
        ("text", _listed((row for row in own if row["kind"] != "bonus"), words)),
        ("score", unit["bonus"]),
        ("score", unit["penalty"]),
        ("total", unit["score"]),
        ("centre", words.grade(unit["grade"])),
    ]


def _listed(rows: Iterable[Mapping[str, Any]], words: Words) -> str:
    """Return items with their points, and their sum where there are several."""
    rows = [*rows]
    shown = [row["item"] if row["kind"] == "veto" else f"{row['item']} {row['points']:.2f}" for row in rows]
    points = [row["points"] for row in rows if row["kind"] != "veto"]
    if len(points) > 1:
        shown.append(words.say("items.sum", points=f"{sum(points):.2f}"))
    return words.say("between_items").join(shown) or NOT_A_NUMBER
