"""What was verified differently from what was reported, and what the checks found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from evalengine.errors import foremost
from evalengine.reports.layout import Column, Entry
from evalengine.reports.sheet import Sheet, day
from evalengine.reports.shown import adjusted_figures, adjusted_place
from evalengine.reports.words import Words

if TYPE_CHECKING:
    from evalengine.assessment import Assessment
    from evalengine.errors import Problem

ADJUSTMENT = ("number", "unit", "place", "reported", "verified", "difference", "reason", "evidence", "verifier", "date")
PROBLEM = ("number", "unit", "place", "severity", "year", "value", "message", "remedy", "file", "cell")

MOST_ROWS = 10_000  # problems listed on a sheet; nobody reads more, and Excel ends at a million
FIGURE, TEXT = Column(widest=18), Column(wraps=True)
COLUMNS = (Column(), Column(), TEXT, FIGURE, FIGURE, FIGURE, TEXT, TEXT, Column(widest=24), Column(widest=20))


def write(sheet: Sheet, assessment: Assessment, words: Words) -> None:
    """Write the adjustments, then the problems."""
    sheet.start(COLUMNS, words.say("problems.title", year=assessment.year))
    rows = assessment.adjustments.to_dicts()
    sheet.span(("section", words.say("problems.adjustments", count=len(rows))))
    sheet.own_headings(words.say(f"problems.adjustment_columns.{key}") for key in ADJUSTMENT)
    for number, row in enumerate(rows, start=1):
        sheet.row(_adjustment(number, row, words))
    if not rows:
        sheet.span(("centre", words.say("problems.no_adjustments")))
    _list(sheet, assessment.problems, words)


def write_found(sheet: Sheet, found: Sequence[Problem], words: Words) -> None:
    """Write the problems alone: what a submitter gets back."""
    sheet.start(COLUMNS, words.say("problems.title_found"))
    _list(sheet, found, words)


def _list(sheet: Sheet, found: Sequence[Problem], words: Words) -> None:
    counts = {kind: sum(problem.severity == kind for problem in found) for kind in ("error", "warning")}
    sheet.span(("section", words.say("problems.problems", count=len(found), **counts)))
    sheet.own_headings(words.say(f"problems.problem_columns.{key}") for key in PROBLEM)
    listed, left_out = foremost(found, MOST_ROWS)
    for number, problem in enumerate(listed, start=1):
        sheet.row(_problem(number, problem, words))
    if left_out:
        sheet.span(("text", words.say("problems.left_out", count=left_out)))
    if not found:
        sheet.span(("centre", words.say("problems.no_problems")))


def _adjustment(number: int, row: Mapping[str, Any], words: Words) -> list[Entry]:
    return [
        ("centre", str(number)),
        ("centre", row["unit"]),
        ("text", adjusted_place(row, words)),
        *adjusted_figures(row),
        ("text", row["reason"]),
        ("text", row["evidence"]),
        ("centre", row["verifier"]),
        day(row["date"]),
    ]


def _problem(number: int, problem: Problem, words: Words) -> list[Entry]:
    return [
        ("centre", str(number)),
        ("centre", problem.unit),
        ("text", words.place(problem.table, problem.field)),
        ("centre", words.say(f"problems.severity.{problem.severity}")),
        ("centre", str(problem.year or "")),
        ("text", problem.value),
        ("text", problem.message(words.language)),
        ("text", problem.remedy(words.language)),
        ("text", problem.file),
        ("text", "!".join(part for part in (problem.sheet, problem.cell) if part)),
    ]
