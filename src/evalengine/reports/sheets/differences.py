"""Reported against verified: every adjustment with what it changes in values, scores and the published score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from evalengine.reports.cells import NOT_A_NUMBER
from evalengine.reports.entries import day, figure
from evalengine.reports.layout import Column, Entry
from evalengine.reports.sheet import Sheet
from evalengine.reports.shown import adjusted_figures, adjusted_place
from evalengine.reports.words import Words, plain

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

FIGURE, TEXT = Column(widest=14), Column(wraps=True, least=18.0)
COLUMNS: Mapping[str, Column] = {
    "number": Column(),
    "unit": Column(),
    "place": TEXT,
    "reported": FIGURE,
    "verified": FIGURE,
    "difference": FIGURE,
    "affected": TEXT,
    "value_reported": FIGURE,
    "value": FIGURE,
    "score_reported": FIGURE,
    "score": FIGURE,
    "points": FIGURE,
    "total_reported": FIGURE,
    "total": FIGURE,
    "reason": TEXT,
    "evidence": TEXT,
    "verifier": Column(widest=14),
    "date": Column(widest=12),
}


def write(sheet: Sheet, assessment: Assessment, words: Words) -> None:
    """Write one row for each adjustment and each indicator or item it goes into."""
    title, left = words.say("differences.title", year=assessment.year), words.say("differences.left")
    sheet.start(tuple(COLUMNS.values()), title, left=left, right=sheet.theme.unit_line.get(words.language))
    sheet.own_headings(words.say(f"differences.columns.{key}") for key in COLUMNS)
    rows = assessment.differences.to_dicts()
    for number, row in enumerate(rows, start=1):
        sheet.row(_row(number, row, words))
    if not rows:
        sheet.span(("centre", words.say("differences.none")))
    sheet.notes((words.say("differences.note"),))


def _row(number: int, row: Mapping[str, Any], words: Words) -> list[Entry]:
    published = f"earlier_{words.system.ranking.decimals}"
    return [
        ("centre", str(number)),
        ("centre", row["unit"]),
        ("text", adjusted_place(row, words)),
        *adjusted_figures(row),
        ("text", _affected(row, words)),
        figure(row["value_reported"], whole=False),
        figure(row["value"], whole=False),
        figure(row["score_reported"], "score"),
        figure(row["score"], "score"),
        figure(row["points"], "score"),
        figure(row["total_reported"], published),
        figure(row["total"], published),
        ("text", row["reason"]),
        ("text", row["evidence"]),
        ("centre", row["verifier"]),
        day(row["date"]),
    ]


def _affected(row: Mapping[str, Any], words: Words) -> str:
    """Return the indicator, item or floor an adjustment goes into; a veto with what becomes of grade and rank."""
    code = row["item"]
    if row["indicator"]:
        return words.node(row["indicator"])
    regrouped = row["column"] == "group"
    if not code and not regrouped:
        return words.say("differences.no_effect")
    effect = words.say("differences.group") if regrouped else words.item(code)
    if row["floor"]:
        facts = {"field": words.node(row["floor"]), "minimum": plain(row["minimum"]), "item": effect}
        effect = words.say(f"differences.floor_{'missed' if row['missed'] else 'reached'}", **facts)
    if not (regrouped or code in words.system.vetoes) or row["grade_reported"] is None:
        return effect
    grades = {name: words.grade(row[name]) for name in ("grade_reported", "grade")}
    ranks = {name: NOT_A_NUMBER if row[name] is None else plain(row[name]) for name in ("rank_reported", "rank")}
    return words.say("differences.standing", effect=effect, **grades, **ranks)
