"""Who stands where: ranks by group with dimension scores, bonus, penalty, total, grade and what to note."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import polars as pl

from evalengine.reports.entries import figure, rank
from evalengine.reports.layout import NAME, Column, Entry
from evalengine.reports.notes import Notes
from evalengine.reports.occasion import signatures
from evalengine.reports.sheet import Sheet
from evalengine.reports.words import Words

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

FIXED = 4  # ranks, id and name stay in view
FIXED_OVERALL = 3
LAST = ("last_rank", "moved", "last_score", "change")
LAST_OVERALL = ("last_score", "change")


def write(sheet: Sheet, assessment: Assessment, words: Words) -> None:
    """Write the ranking with its notes and the block for signatures."""
    system, profile = assessment.system, assessment.profile
    left = words.say("ranking.left", system=words.label(system.label), profile=words.label(profile.label))
    title = words.say("ranking.title", year=assessment.year)
    columns = [*_columns(words, ("rank", "overall_rank", "unit", "name")), *_scored(assessment, words, LAST)]
    sheet.start(columns, title, left=left, right=sheet.theme.unit_line.get(words.language))
    sheet.headings()
    sheet.freeze(FIXED)
    scored = _Scored(assessment, words)
    rows = assessment.ranking.to_dicts()
    groups = [(name, list(members)) for name, members in groupby(rows, key=lambda row: row["group"])]
    for name, members in groups:
        if len(groups) > 1 or name:
            sheet.span(("band", words.say("ranking.group", group=name or words.say("no_group"), count=len(members))))
        for row in members:
            who = ("centre", row["unit"]), ("text", row["name"] or row["unit"])
            sheet.row([rank(row["rank"]), rank(row["overall_rank"]), *who, *scored.entries(row, LAST)])
    _end(sheet, assessment, words, ("total", "order"))


def write_overall(sheet: Sheet, assessment: Assessment, words: Words) -> None:
    """Write all units in the order of their overall rank, whatever their group; those without one come last."""
    left = words.say("overall.left")
    title = words.say("overall.title", year=assessment.year)
    keys = ("overall_rank", "unit", "name", "group", "rank")
    columns = [*_columns(words, keys), *_scored(assessment, words, LAST_OVERALL)]
    sheet.start(columns, title, left=left, right=sheet.theme.unit_line.get(words.language))
    sheet.headings()
    sheet.freeze(FIXED_OVERALL)
    scored = _Scored(assessment, words)
    for row in assessment.ranking.sort("overall_rank", "unit", nulls_last=True).iter_rows(named=True):
        who = ("centre", row["unit"]), ("text", row["name"] or row["unit"])
        group = row["group"] or words.say("no_group")
        place = rank(row["overall_rank"]), *who, ("text", group), rank(row["rank"])
        sheet.row([*place, *scored.entries(row, LAST_OVERALL)])
    _end(sheet, assessment, words, ("total", "overall"))


def _end(sheet: Sheet, assessment: Assessment, words: Words, sentences: Sequence[str]) -> None:
    rounding = sheet.theme.rounding_note.get(words.language)
    sheet.notes(_below(assessment, words, rounding, sentences))
    sheet.notes(signatures(sheet.theme, words))


def _columns(words: Words, keys: Iterable[str]) -> list[Column]:
    wide = {"name": NAME, "group": 18.0, "notes": 30.0}
    return [
        Column(heading=words.say(f"ranking.columns.{key}"), wraps=key in wide, least=wide.get(key, 12.0))
        for key in keys
    ]


def _scored(assessment: Assessment, words: Words, last: Sequence[str]) -> list[Column]:
    """Return the columns of scores, grade, last year and notes."""

    def heading(code: str) -> str:
        share = assessment.profile.dimensions.get(code)
        if share is None or assessment.profile.groups:
            return words.node(code)
        return words.say("ranking.weighted", label=words.node(code), percent=f"{float(share):.2%}".replace(".00%", "%"))

    dimensions = (Column(heading=heading(code)) for code in _top(assessment))
    return [*dimensions, *_columns(words, ("weighted", "bonus", "penalty", "score", "grade", *last, "notes"))]


def _top(assessment: Assessment) -> list[str]:
    return [code for code, item in assessment.system.dimensions.items() if not item.parent]


class _Scored:
    """The cells of scores, grade, last year and notes, unit by unit."""

    def __init__(self, assessment: Assessment, words: Words) -> None:
        self._words, self._notes = words, Notes(assessment, words)
        self._top = _top(assessment)
        chosen = assessment.scores.filter(pl.col("node").is_in(self._top)).select("unit", "node", "score")
        self._scores = {(unit, node): score for unit, node, score in chosen.iter_rows()}

    def entries(self, row: Mapping[str, Any], last: Sequence[str]) -> list[Entry]:
        """Return the cells of a unit, those about last year that are asked for."""
        words, decimals = self._words, self._words.system.ranking.decimals
        before = row["last_score"]
        moved = words.say("moved.new") if row["new"] else words.moved(row["rank"], row["last_rank"])
        about: Mapping[str, Entry] = {
            "last_rank": rank(row["last_rank"]),
            "moved": ("centre", moved),
            "last_score": figure(before, f"earlier_{decimals}"),
            "change": figure(None if before is None else row["score"] - before, f"change_{decimals}"),
        }
        return [
            *(figure(self._scores.get((row["unit"], code)), "score") for code in self._top),
            *(figure(row[key], "score") for key in ("weighted", "bonus", "penalty")),
            figure(row["score"], f"published_{decimals}"),
            ("strong_centre", words.grade(row["grade"])),
            *(about[key] for key in last),
            ("text", self._notes.of(row)),
        ]


def _below(assessment: Assessment, words: Words, rounding: str, sentences: Sequence[str]) -> list[str]:
    status = words.label(assessment.system.status)
    facts = {"status": status, "decimals": assessment.system.ranking.decimals}
    keys = (*sentences, "proposal") if status else sentences
    said = [rounding, *(words.say(f"ranking.below.{key}", **facts) for key in keys)]
    return [words.say("numbered_note", number=place, note=note) for place, note in enumerate(said, start=1)]
