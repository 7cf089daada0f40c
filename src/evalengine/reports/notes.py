"""What an official has to note about a unit: vetoes, quotas, ties, decisions, gaps in the data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from evalengine.reports.words import Words, plain

if TYPE_CHECKING:
    from evalengine.assessment import Results

COUNTED = ("missing", "unverified", "not_applicable")


class Notes:
    """What to note about a unit, as sentences.

    Args:
        assessment: the assessment.
        words: the language.
    """

    def __init__(self, assessment: Results, words: Words) -> None:
        self._words = words
        self._grades = assessment.system.grades
        ranking = assessment.ranking
        together = ranking.filter(pl.col("rank").is_not_null()).group_by("group", "score").len()
        self._same_score = {(group, score): count for group, score, count in together.iter_rows()}
        counts = assessment.values.group_by("unit", "status").len()
        self._counts = {(unit, status): count for unit, status, count in counts.iter_rows()}

    def of(self, row: Mapping[str, Any]) -> str:
        """Return the notes about one unit, in the order they matter."""
        vetoes = [code for code in (row["veto"] or "").split(";") if code]
        return self._words.joined([*self._grade(row, vetoes), *self._rank(row), *self._data(row)])

    def _grade(self, row: Mapping[str, Any], vetoes: list[str]) -> list[str]:
        words, reason = self._words, row["grade_reason"]
        items = words.say("between_items").join(words.item(code) for code in vetoes)
        said = []
        if reason == "veto":
            said.append(words.say("notes.veto", items=items))
        elif vetoes:
            said.append(words.say("notes.cap", items=items, cap=self._cap(vetoes), grade=words.grade(row["grade"])))
        if reason == "quota":
            said.append(self._quota(row))
        if row["needs_decision"]:
            said.append(words.say("notes.needs_decision", minimum=self._grades.quota_minimum_group))
        if row["two_year_result"] and self._grades.two_year:
            low, high = plain(self._grades.two_year.low), plain(self._grades.two_year.high)
            said.append(words.say("notes.two_year", low=low, high=high, grade=words.grade(row["two_year_result"])))
        return said

    def _cap(self, vetoes: list[str]) -> str:
        """Return the best grade that several capping items leave."""
        codes: list[str] = [level.code for level in self._grades.levels]
        caps = (self._words.system.vetoes[code].cap for code in vetoes)
        return self._words.grade(max(caps, key=codes.index))

    def _quota(self, row: Mapping[str, Any]) -> str:
        """Return that the score reaches a grade whose places are taken."""
        reached = (level for level in self._grades.levels if level.minimum is None or row["score"] >= level.minimum)
        missed = next(level for level in reached if level.quota is not None)
        places = missed.places(row["group_size"])
        facts = {"grade": self._words.label(missed.label), "size": row["group_size"], "places": places}
        return self._words.say("notes.quota", own=self._words.grade(row["grade"]), **facts)

    def _rank(self, row: Mapping[str, Any]) -> list[str]:
        if row["tie"]:
            return [self._words.say("notes.tie")]
        if self._same_score.get((row["group"], row["score"]), 0) > 1 and row["rank"] is not None:
            return [self._words.say("notes.same_score")]
        return []

    def _data(self, row: Mapping[str, Any]) -> list[str]:
        counts = {status: self._counts.get((row["unit"], status), 0) for status in COUNTED}
        return [self._words.say(f"notes.{status}", count=count) for status, count in counts.items() if count]
