"""What the checks of the data found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from evalengine.errors import foremost
from evalengine.reports.layout import Column, Entry
from evalengine.reports.sheet import Sheet
from evalengine.reports.words import Words

if TYPE_CHECKING:
    from evalengine.assessment import Assessment
    from evalengine.errors import Problem

MOST_ROWS = 10_000  # problems listed on a sheet; nobody reads more, and Excel ends at a million
COLUMNS: Mapping[str, Column] = {
    "number": Column(),
    "unit": Column(),
    "place": Column(wraps=True, least=20),
    "severity": Column(),
    "year": Column(),
    "value": Column(widest=18),
    "message": Column(wraps=True, least=24),
    "remedy": Column(wraps=True, least=24),
    "file": Column(widest=24),
    "cell": Column(widest=20),
}


def write(sheet: Sheet, assessment: Assessment, words: Words) -> None:
    """Write the problems of an assessment, those that matter most first."""
    _list(sheet, assessment.problems, words.say("problems.title", year=assessment.year), words)


def write_found(sheet: Sheet, found: Sequence[Problem], words: Words) -> None:
    """Write problems alone: what a submitter gets back."""
    _list(sheet, found, words.say("problems.title_found"), words)


def _list(sheet: Sheet, found: Sequence[Problem], title: str, words: Words) -> None:
    counts = {kind: sum(problem.severity == kind for problem in found) for kind in ("error", "warning")}
    sheet.start(tuple(COLUMNS.values()), title, left=words.say("problems.left", count=len(found), **counts))
    sheet.own_headings(words.say(f"problems.columns.{key}") for key in COLUMNS)
    listed, left_out = foremost(found, MOST_ROWS)
    for number, problem in enumerate(listed, start=1):
        sheet.row(_problem(number, problem, words))
    if left_out:
        sheet.span(("text", words.say("problems.left_out", count=left_out)))
    if not found:
        sheet.span(("centre", words.say("problems.none")))


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
