"""What `assess` and `check` print."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from evalengine.assessment import Assessment
from evalengine.cli.formatting import say, table
from evalengine.errors import MOST_LINES, EvalengineError, Problem, ProblemsError, foremost
from evalengine.scheme.model import Grades
from evalengine.text import LANGUAGES, default_language

SHOWN = 20  # problems printed in full on a summary; all of them are in the workbook


def summary(result: Assessment, run: Path | None) -> str:
    """Return the terminal summary of an assessment."""
    language = default_language()
    system, profile = result.system.label.get(language), result.profile.label.get(language)
    lines = [say("assess.title", year=result.year, system=system, profile=profile)]
    for group in result.ranking["group"].unique(maintain_order=True):
        lines += ["", *_group(result, group)]
    lines += ["", *_warnings(result.problems), *_files(run), say("assess.run_id", run_id=result.provenance.run_id)]
    return "\n".join(lines)


def as_json(result: Assessment, run: Path | None) -> str:
    """Return an assessment as JSON, with English codes in any language."""
    made = result.provenance
    described = {
        "run_id": made.run_id,
        "year": result.year,
        "system": dict(made.system),
        "profile": dict(made.profile),
        "run": None if run is None else str(run),
        "ranking": result.ranking.to_dicts(),
        "problems": [problem_as_dict(problem) for problem in result.problems],
    }
    return json.dumps(described, ensure_ascii=False, indent=1, allow_nan=False)


def problem_list(problems: Sequence[Problem], report: Path | None) -> str:
    """Return the problems, errors first, and how many there are; of very many the first."""
    ordered = sorted(problems, key=lambda problem: problem.severity != "error")
    listed, left_out = foremost(ordered, MOST_LINES)
    lines = [problem.line(default_language()) for problem in listed]
    if left_out:
        lines.append(say("left_out", count=left_out))
    errors = sum(problem.severity == "error" for problem in problems)
    lines.append(say("check.count", errors=errors, warnings=len(problems) - errors))
    if report is not None:
        lines.append(say("check.written", file=str(report)))
    return "\n".join(lines)


def problems_as_json(problems: Sequence[Problem]) -> str:
    """Return problems as JSON."""
    return json.dumps([problem_as_dict(problem) for problem in problems], ensure_ascii=False, indent=1)


def error_as_json(error: EvalengineError) -> str:
    """Return an error as JSON, with its problems if it carries any."""
    problems = error.problems if isinstance(error, ProblemsError) else ()
    message = {f"message_{language}": error.message(language) for language in LANGUAGES}
    if problems:  # each of them follows by itself
        message = {key: told.partition("\n")[0] for key, told in message.items()}
    listed = {"error": error.code, **message, "problems": [problem_as_dict(problem) for problem in problems]}
    return json.dumps(listed, ensure_ascii=False, indent=1)


def _group(result: Assessment, group: str) -> Iterator[str]:
    language = default_language()
    rows = result.ranking.filter(result.ranking["group"] == group)
    yield say("assess.group", group=group or say("assess.one_group"), size=rows.height)
    scores = rows.filter(rows["rank"].is_not_null())["score"].to_list()
    labels = {level.code: level.label.get(language) for level in result.system.grades.levels}
    headings = [say(f"assess.{name}") for name in ("rank", "overall", "unit", "name", "score", "grade", "notes")]
    cells = [
        [
            _rank(row["rank"]),
            _rank(row["overall_rank"]),
            row["unit"],
            row["name"],
            f"{row['score']:.{result.system.ranking.decimals}f}",
            labels[row["grade"]],
            say("assess.note_separator").join(_notes(row, result.system.grades, equal=scores.count(row["score"]) > 1)),
        ]
        for row in rows.iter_rows(named=True)
    ]
    yield from table(headings, cells, right=(0, 1, 4))


def _notes(row: dict[str, Any], grades: Grades, *, equal: bool) -> Iterator[str]:
    if row["tie"]:
        yield say("assess.note_tie")
    elif equal and row["rank"] is not None:
        yield say("assess.note_tie_break")
    if row["grade_reason"] in {"quota", "cap"}:
        yield say(f"assess.note_{row['grade_reason']}", veto=row["veto"])
    if row["rank"] is None:
        yield say("assess.note_veto", veto=row["veto"])
    if row["two_year_result"] and grades.two_year:
        [asked] = (level.label for level in grades.levels if level.code == row["two_year_result"])
        low, high = (f"{end:g}" for end in (grades.two_year.low, grades.two_year.high))
        yield say("assess.note_two_year", low=low, high=high, grade=asked.get(default_language()))
    if row["needs_decision"]:
        yield say("assess.note_decision")


def _warnings(problems: Sequence[Problem]) -> Iterator[str]:
    if not problems:
        yield say("assess.no_warnings")
        return
    yield say("assess.warnings", count=len(problems))
    yield from (problem.line(default_language()) for problem in problems[:SHOWN])
    if len(problems) > SHOWN:
        yield say("assess.more", count=len(problems) - SHOWN)


def _files(run: Path | None) -> Iterator[str]:
    if run is None:
        yield say("assess.dry")
    else:
        yield say("assess.written", folder=str(run))
        yield say("assess.workbook", file=str(run / "ranking.xlsx"))
        yield say("assess.calculation", file=str(run / "calculation.xlsx"))
        yield say("assess.page", file=str(run / "report.html"))
        if (run / "cards").is_dir():
            yield say("assess.cards_written", folder=str(run / "cards"))


def problem_as_dict(problem: Problem) -> dict[str, object]:
    """Return a problem as JSON objects have it: English codes, sentences in both languages."""
    return {
        "severity": problem.severity,
        "code": problem.code,
        "file": problem.file,
        "sheet": problem.sheet,
        "cell": problem.cell,
        "table": problem.table,
        "field": problem.field,
        "unit": problem.unit,
        "year": problem.year,
        "value": problem.value,
        "message_zh": problem.message("zh"),
        "remedy_zh": problem.remedy("zh"),
        "message_en": problem.message("en"),
        "remedy_en": problem.remedy("en"),
    }


def _rank(rank: float | None) -> str:
    return say("assess.no_rank") if rank is None else f"{rank:g}"
