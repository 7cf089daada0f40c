"""The units to look at again, group by group, each with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from evalengine.reports.entries import figure, rank
from evalengine.reports.layout import Column
from evalengine.reports.sheet import Sheet
from evalengine.reports.words import Words, plain

if TYPE_CHECKING:
    from evalengine.analysis.spot_check import SpotCheck

BLANK = ("result", "checker", "date")  # filled in by hand
KEYS = ("number", "unit", "name", "rank", "score", "grade", "kind", "why", *BLANK)


def write(sheet: Sheet, found: SpotCheck, words: Words) -> None:
    """Write one row per unit and how they were chosen below."""
    widths = {"name": Column(widest=36), "why": Column(wraps=True, least=30), "result": Column(wraps=True, least=16)}
    columns = [_headed(widths.get(key, Column()), words.say(f"spot_units.columns.{key}")) for key in KEYS]
    plan = found.plan
    left = words.say("spot_units.left", seed=plan.seed, share=plain(plan.share), shortlist=plain(plan.shortlist))
    sheet.start(columns, words.say("spot_units.title", year=found.year), left=left)
    sheet.headings()
    sheet.freeze(3)
    rows = found.units.to_dicts()
    for number, row in enumerate(rows, start=1):
        if number == 1 or row["group"] != rows[number - 2]["group"]:
            sheet.span(("section", row["group"] or words.say("no_group")))
        sheet.row(
            [
                ("centre", str(number)),
                ("centre", row["unit"]),
                ("text", row["name"]),
                rank(row["rank"]),
                figure(row["score"], f"published_{found.system.ranking.decimals}"),
                ("centre", words.grade(row["grade"])),
                ("centre", words.say("between_steps").join(_kinds(row, words))),
                ("text", words.joined(list(_reasons(row, found, words)))),
                *[("text", None)] * len(BLANK),
            ]
        )
    if not rows:
        sheet.span(("centre", words.say("spot_units.nobody")))
    sheet.notes([words.say("spot_units.note", seed=plan.seed), words.say("spot_units.signatures")])


def _headed(column: Column, heading: str) -> Column:
    return Column(heading=heading, wraps=column.wraps, least=column.least, widest=column.widest)


def _kinds(row: Mapping[str, Any], words: Words) -> Iterator[str]:
    if row["shortlisted"]:
        yield words.say("spot_units.kind.shortlisted")
    if row["near"]:
        yield words.say("spot_units.kind.near")
    if row["drawn"]:
        yield words.say("spot_units.kind.drawn")


def _reasons(row: Mapping[str, Any], found: SpotCheck, words: Words) -> Iterator[str]:
    levels = {level.code: level for level in found.system.grades.levels}
    best = found.system.grades.levels[0]
    if row["shortlisted"]:
        facts = {"places": row["places"], "grade": words.label(best.label), "share": plain(found.plan.shortlist)}
        yield words.say("spot_units.why.shortlisted", **facts)
    if row["near"]:
        distance, decimals = row["distance"], found.system.ranking.decimals
        side = "above" if distance > 0 else "below" if distance < 0 else "on"
        line = levels[row["near"]]
        facts = {
            "grade": words.label(line.label),
            "line": plain(line.minimum),
            "points": f"{abs(distance):.{decimals}f}",
        }
        yield words.say(f"spot_units.why.{side}", **facts)
    if row["drawn"]:
        yield words.say("spot_units.why.drawn", share=plain(found.plan.share))
