"""Bonus, penalty and veto items: every occurrence with what it counts for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from evalengine.reports.cells import NOT_A_NUMBER
from evalengine.reports.entries import figure
from evalengine.reports.layout import Column, Entry
from evalengine.reports.occurrences import occurrences
from evalengine.reports.sheet import Sheet
from evalengine.reports.words import Words
from evalengine.scheme.model import SEVERE

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

KEYS = ("number", "unit", "name", "kind", "item", "matter", "count", "counted", "points", "effect")
SENTENCES = ("name", "item", "matter", "effect")
SIGNS = {"bonus": 1.0, "penalty": -1.0}


def write(sheet: Sheet, assessment: Assessment, words: Words) -> None:
    """Write one row for each occurrence."""
    found = [*occurrences(assessment)]
    columns = [Column(heading=words.say(f"items.columns.{key}"), wraps=key in SENTENCES, least=16.0) for key in KEYS]
    title = words.say("items.title", year=assessment.year)
    sheet.start(columns, title, left=words.say("items.left", count=len(found)))
    sheet.headings()
    names = dict(assessment.ranking.select("unit", "name").iter_rows())
    for number, row in enumerate(found, start=1):
        sheet.row(_occurrence(number, row, names[row["unit"]], assessment, words))
    if not found:
        sheet.span(("centre", words.say("items.none")))
    sheet.notes((words.say("items.note"),))


def _occurrence(number: int, row: Mapping[str, Any], name: str, assessment: Assessment, words: Words) -> list[Entry]:
    sign = SIGNS.get(row["kind"])
    return [
        ("centre", str(number)),
        ("centre", row["unit"]),
        ("text", name),
        ("centre", words.say(f"items.kinds.{row['kind']}")),
        ("text", words.item(row["item"])),
        ("text", _matter(row["matter"], assessment, words)),
        figure(row["count"], "rank"),
        figure(row["counted"], "rank"),
        ("centre", NOT_A_NUMBER) if sign is None else ("score", sign * row["points"] + 0.0),
        ("text", _effect(row, assessment, words)),
    ]


def _matter(matter: str, assessment: Assessment, words: Words) -> str:
    """Return the matter; that of missing evidence is the code of its indicator."""
    return words.node(matter) if matter in assessment.system.indicators else matter or NOT_A_NUMBER


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
