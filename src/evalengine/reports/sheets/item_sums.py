"""What bonus, penalty and veto items come to for each unit that has any."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from evalengine.reports.cells import NOT_A_NUMBER
from evalengine.reports.layout import NAME, Column, Entry
from evalengine.reports.occurrences import occurrences
from evalengine.reports.sheet import Sheet
from evalengine.reports.shown import rounded
from evalengine.reports.words import Words

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

KEYS = ("number", "unit", "name", "weighted", "bonus_items", "other_items", "bonus", "penalty", "total", "grade")
SENTENCES = {"name": NAME, "bonus_items": 20.0, "other_items": 20.0}


def write(sheet: Sheet, assessment: Assessment, words: Words) -> None:
    """Write one row for each unit that has an item."""
    columns = [
        Column(heading=words.say(f"item_sums.columns.{key}"), wraps=key in SENTENCES, least=SENTENCES.get(key, 12.0))
        for key in KEYS
    ]
    title, right = words.say("item_sums.title", year=assessment.year), sheet.theme.unit_line.get(words.language)
    sheet.start(columns, title, left=words.say("item_sums.left"), right=right)
    sheet.headings()
    units, found = {row["unit"]: row for row in assessment.ranking.to_dicts()}, [*occurrences(assessment)]
    for number, unit in enumerate(dict.fromkeys(row["unit"] for row in found), start=1):
        sheet.row(_sums(number, units[unit], found, words))
    caps = {"bonus": assessment.system.bonus.cap, "penalty": assessment.system.penalty.cap}
    sheet.notes((words.say("item_sums.note", **{key: f"{cap:g}" for key, cap in caps.items()}),))


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
        (f"published_{words.system.ranking.decimals}", unit["score"]),
        ("centre", words.grade(unit["grade"])),
    ]


def _listed(rows: Iterable[Mapping[str, Any]], words: Words) -> str:
    """Return items with their points, and their sum where there are several."""
    rows = [*rows]
    shown = [row["item"] if row["kind"] == "veto" else f"{row['item']} {rounded(row['points'], '.2f')}" for row in rows]
    points = [row["points"] for row in rows if row["kind"] != "veto"]
    if len(points) > 1:
        shown.append(words.say("item_sums.sum", points=rounded(sum(points), ".2f")))
    return words.say("between_items").join(shown) or NOT_A_NUMBER
