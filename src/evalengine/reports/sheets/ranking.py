"""Who stands where: ranks by group with dimension scores, bonus, penalty, total, grade and what to note."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any

import polars as pl

from evalengine.reports.layout import Column, Entry
from evalengine.reports.notes import Notes
from evalengine.reports.sheet import Sheet, figure, rank
from evalengine.reports.words import Words

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

FIXED = 4  # ranks, id and name stay in view
SIGNATURE_SPACE = " " * 20  # to write in


def write(sheet: Sheet, assessment: Assessment, words: Words) -> None:
    """Write the ranking with its notes and the block for signatures."""
    system, profile = assessment.system, assessment.profile
    top = [code for code, item in system.dimensions.items() if not item.parent]
    left = words.say("ranking.left", system=words.label(system.label), profile=words.label(profile.label))
    title = words.say("ranking.title", year=assessment.year)
    sheet.start(_columns(assessment, words, top), title, left=left, right=sheet.theme.unit_line.get(words.language))
    sheet.headings()
    sheet.freeze(FIXED)
    notes = Notes(assessment, words)
    scores = _dimension_scores(assessment, top)
    rows = assessment.ranking.to_dicts()
    groups = [(name, list(members)) for name, members in groupby(rows, key=lambda row: row["group"])]
    for name, members in groups:
        if len(groups) > 1 or name:
            sheet.span(("band", words.say("ranking.group", group=name or words.say("no_group"), count=len(members))))
        for row in members:
            sheet.row(_entries(row, scores.get(row["unit"], {}), top, words, notes.of(row)))
    sheet.notes(_below(assessment, words, sheet.theme.rounding_note.get(words.language)))
    signatures = (label.get(words.language) for label in sheet.theme.signatures)
    sheet.notes(("", SIGNATURE_SPACE.join(signatures)))


def _columns(assessment: Assessment, words: Words, top: list[str]) -> list[Column]:
    def heading(code: str) -> str:
        share = assessment.profile.dimensions.get(code)
        if share is None or assessment.profile.groups:
            return words.node(code)
        return words.say("ranking.weighted", label=words.node(code), percent=f"{float(share):.2%}".replace(".00%", "%"))

    def column(key: str) -> Column:
        return Column(heading=words.say(f"ranking.columns.{key}"))

    return [
        *(column(key) for key in ("rank", "overall_rank", "unit")),
        Column(heading=words.say("ranking.columns.name"), wraps=True, least=31),
        *(Column(heading=heading(code)) for code in top),
        *(
            column(key)
            for key in ("weighted", "bonus", "penalty", "score", "grade", "last_rank", "moved", "last_score", "change")
        ),
        Column(heading=words.say("ranking.columns.notes"), wraps=True, least=30),
    ]


def _entries(
    row: Mapping[str, Any], scores: Mapping[str, float | None], top: list[str], words: Words, note: str
) -> list[Entry]:
    last, decimals = row["last_score"], words.system.ranking.decimals
    change = None if last is None else row["score"] - last
    return [
        rank(row["rank"]),
        rank(row["overall_rank"]),
        ("centre", row["unit"]),
        ("text", row["name"] or row["unit"]),
        *(figure(scores.get(code), "score") for code in top),
        figure(row["weighted"], "score"),
        figure(row["bonus"], "score"),
        figure(row["penalty"], "score"),
        figure(row["score"], f"published_{decimals}"),
        ("strong_centre", words.grade(row["grade"])),
        rank(row["last_rank"]),
        ("centre", words.say("moved.new") if row["new"] else words.moved(row["rank"], row["last_rank"])),
        figure(last, f"earlier_{decimals}"),
        figure(change, f"change_{decimals}"),
        ("text", note),
    ]


def _dimension_scores(assessment: Assessment, top: list[str]) -> dict[str, dict[str, float | None]]:
    found: dict[str, dict[str, float | None]] = {}
    chosen = assessment.scores.filter(pl.col("node").is_in(top)).select("unit", "node", "score")
    for unit, node, score in chosen.iter_rows():
        found.setdefault(unit, {})[node] = score
    return found


def _below(assessment: Assessment, words: Words, rounding: str) -> list[str]:
    sentences = ["total", "order", "proposal"]
    status = words.label(assessment.system.status)
    facts = {"status": status, "decimals": assessment.system.ranking.decimals}
    said = [rounding, *(words.say(f"ranking.below.{key}", **facts) for key in sentences if key != "proposal" or status)]
    return [words.say("numbered_note", number=place, note=note) for place, note in enumerate(said, start=1)]
