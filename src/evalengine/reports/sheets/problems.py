"""What was verified differently from what was reported, and what the checks found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from evalengine.reports.sheet import NOT_A_NUMBER, Column, Entry, Sheet, figure
from evalengine.reports.words import Words

if TYPE_CHECKING:
    from evalengine.assessment import Assessment
    from evalengine.errors import Problem

ADJUSTMENT = ("number", "unit", "place", "reported", "verified", "difference", "reason", "evidence", "verifier", "date")
PROBLEM = ("number", "severity", "place", "where", "message", "remedy")
# the same ten columns carry both parts: problems take three of them for where and three for the remedy
SPANS = ((3, 5), (7, 9))


def write(sheet: Sheet, assessment: Assessment, words: Words) -> None:
    """Write the adjustments, then the problems."""
    columns = [
        Column(),
        Column(),
        Column(share=3),
        Column(widest=18),
        Column(widest=18),
        Column(widest=18),
        Column(share=4),
        Column(share=4),
        Column(widest=14),
        Column(widest=14),
    ]
    sheet.start(columns, words.say("problems.title", year=assessment.year))
    rows = assessment.adjustments.to_dicts()
    sheet.span(("section", words.say("problems.adjustments", count=len(rows))))
    sheet.own_headings([("heading", words.say(f"problems.adjustment_columns.{key}")) for key in ADJUSTMENT])
    for number, row in enumerate(rows, start=1):
        sheet.row(_adjustment(number, row, words))
    if not rows:
        sheet.span(("centre", words.say("problems.no_adjustments")))
    found = assessment.problems
    counts = {kind: sum(problem.severity == kind for problem in found) for kind in ("error", "warning")}
    sheet.span(("section", words.say("problems.problems", count=len(found), **counts)))
    sheet.own_headings(_spread([("heading", words.say(f"problems.problem_columns.{key}")) for key in PROBLEM]), SPANS)
    for number, problem in enumerate(found, start=1):
        sheet.row(_spread(_problem(number, problem, words)), SPANS)
    if not found:
        sheet.span(("centre", words.say("problems.no_problems")))


def _adjustment(number: int, row: Mapping[str, Any], words: Words) -> list[Entry]:
    reported, verified = _number(row["reported"]), _number(row["verified"])
    difference = None if reported is None or verified is None else verified - reported
    place = words.place(row["table"] or "", row["column"] or "")
    facts = {"place": place, "row": row["key"] or "", "year": "" if row["year"] is None else row["year"]}
    return [
        ("centre", str(number)),
        ("centre", row["unit"]),
        ("text", words.say("problems.adjusted_place", **facts).strip()),
        _as_submitted(row["reported"], reported),
        _as_submitted(row["verified"], verified),
        figure(difference),
        ("text", row["reason"]),
        ("text", row["evidence"]),
        ("centre", row["verifier"]),
        ("centre", _date(row["date"])),
    ]


def _problem(number: int, problem: Problem, words: Words) -> list[Entry]:
    whose = (problem.unit, str(problem.year or ""), words.place(problem.table, problem.field))
    return [
        ("centre", str(number)),
        ("centre", words.say(f"problems.severity.{problem.severity}")),
        ("text", words.say("between_items").join(part for part in whose if part)),
        ("text", problem.where()),
        ("text", problem.message(words.language)),
        ("text", problem.remedy(words.language)),
    ]


def _spread(entries: list[Entry]) -> list[Entry]:
    """Return the six cells of a problem laid out over the ten columns, empty ones where cells are merged."""
    number, severity, place, where, message, remedy = entries
    empty = (entries[0][0], None)
    return [number, severity, place, where, empty, empty, message, remedy, empty, empty]


def _number(value: str | float | None) -> float | None:
    """Return an adjusted figure as a number, if it is one."""
    try:
        return None if value is None else float(value)
    except ValueError:
        return None


def _as_submitted(value: str | float | None, number: float | None) -> Entry:
    return ("centre", NOT_A_NUMBER if value is None else str(value)) if number is None else figure(number)


def _date(value: dt.date | None) -> str:
    return NOT_A_NUMBER if value is None else value.isoformat()
