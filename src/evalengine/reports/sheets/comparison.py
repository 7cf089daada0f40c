"""What other weight profiles would say: scores and ranks beside the official ones, which alone decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from evalengine.reports.entries import figure, rank
from evalengine.reports.layout import NAME, Column, Entry
from evalengine.reports.sheet import Sheet
from evalengine.reports.words import Words

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

FIXED = 3  # rank, id and name stay in view
PARTS = ("score", "rank", "moved", "grade")


def write(sheet: Sheet, assessment: Assessment, words: Words, others: Sequence[Assessment]) -> None:
    """Write one row per unit in the order of the ranking, four columns for each other profile."""
    decimals = assessment.system.ranking.decimals
    official = words.say("comparison.official", profile=words.label(assessment.profile.label))
    columns = [
        Column(heading=words.say("comparison.columns.rank")),
        Column(heading=words.say("comparison.columns.unit")),
        Column(heading=words.say("comparison.columns.name"), wraps=True, least=NAME),
        *(Column(heading=words.say(f"comparison.columns.{key}"), above=official) for key in ("score", "grade")),
    ]
    for other in others:
        above = words.say("comparison.other", profile=words.label(other.profile.label))
        columns += [Column(heading=words.say(f"comparison.columns.{key}"), above=above) for key in PARTS]
    title = words.say("comparison.title", year=assessment.year)
    right = sheet.theme.unit_line.get(words.language)
    sheet.start(
        columns, title, left=words.say("comparison.left", official=words.label(assessment.profile.label)), right=right
    )
    sheet.headings()
    sheet.freeze(FIXED)
    found = [{row["unit"]: row for row in other.ranking.to_dicts()} for other in others]
    for group, members in groupby(assessment.ranking.to_dicts(), key=lambda row: row["group"]):
        if group:
            sheet.span(("band", group))
        for row in members:
            entries: list[Entry] = [rank(row["rank"]), ("centre", row["unit"]), ("text", row["name"] or row["unit"])]
            entries += [figure(row["score"], f"published_{decimals}"), ("strong_centre", words.grade(row["grade"]))]
            for under in found:
                entries += _other(row, under[row["unit"]], words, decimals)
            sheet.row(entries)
    sheet.notes((words.say("comparison.note"),))


def _other(own: Mapping[str, Any], other: Mapping[str, Any], words: Words, decimals: int) -> list[Entry]:
    return [
        figure(other["score"], f"earlier_{decimals}"),
        rank(other["rank"]),
        ("centre", words.moved(other["rank"], own["rank"])),
        ("centre", words.grade(other["grade"])),
    ]
