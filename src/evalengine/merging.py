"""Merge returned files: what has no error of its own, checked together and again without what the check refuses."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Literal

import polars as pl

from evalengine.errors import Problem
from evalengine.intake.dataset import Source, assembled
from evalengine.intake.frames import Part
from evalengine.intake.words import folded
from evalengine.preparation import prepare
from evalengine.returned import Returned, Status
from evalengine.scheme.model import IndicatorSystem


def merged(
    files: Sequence[Returned], system: IndicatorSystem, year: int | None, expected: Mapping[str, str]
) -> tuple[list[Returned], dict[str, pl.DataFrame], int, list[Problem]]:
    """Return the files with their problems and fates, the merged tables, the year and problems of no single file."""
    known = {folded(unit) for unit in (*expected, *(unit for file in files for unit in file.units))}
    current = list(files)
    while True:
        accepted = [file for file in current if file.status == "accepted"]
        here = {folded(unit) for file in accepted for unit in file.units}
        if not here:  # nobody reported anything that can be checked
            return [_judged(file, ()) for file in current], {}, year or 0, []
        parts, left_out = _parts(accepted, here, known)
        sources = [Source(name=file.name, path=file.path, sha256=file.sha256, size=file.size) for file in accepted]
        dataset = assembled(parts, sources, [item for file in accepted for item in file.problems], system)
        prepared = prepare(dataset, system, year)
        by_file, rest = _sorted_out((*prepared.errors, *prepared.warnings), accepted)
        judged = [_judged(file, by_file.get(file.name, ())) if file.status == "accepted" else file for file in current]
        if sum(file.status == "accepted" for file in judged) == len(accepted):
            tables = {code: table for code, table in dataset.tables.items() if table.height}
            return judged, tables, prepared.year, [*rest, *left_out]
        # what stays is checked again without the others
        current = [new if new.status != "accepted" else old for new, old in zip(judged, current, strict=True)]


def _judged(file: Returned, more: Sequence[Problem]) -> Returned:
    """Return a file with its problems, to be corrected if one of them is an error that keeps it from being merged."""
    before = {(item.code, item.sheet, item.cell, item.unit, item.field) for item in file.problems}
    new = [item for item in more if (item.code, item.sheet, item.cell, item.unit, item.field) not in before]
    fatal = file.problems if not file.units else (*file.problems, *new)
    wrong = file.status == "accepted" and any(item.severity == "error" for item in fatal)
    status: Status = "to_correct" if wrong else file.status
    return dataclasses.replace(file, problems=(*file.problems, *new), status=status)


def _parts(files: Sequence[Returned], here: set[str], known: set[str]) -> tuple[list[Part], list[Problem]]:
    """Return the parts to merge: those of the office without rows about units that are not merged."""
    kept: list[Part] = []
    problems: dict[tuple[str, str], Problem] = {}
    for file in files:
        for part in file.parts:
            if file.units or "unit" not in part.frame.columns:
                kept.append(part)
                continue
            ids = part.frame.get_column("unit").unique().drop_nulls().sort().to_list()
            away = [unit for unit in ids if folded(unit) not in here and here]
            for unit in away:
                severity: Literal["error", "warning"] = "warning" if folded(unit) in known else "error"
                found = Problem(severity=severity, code="office_rows_left_out", file=file.name, unit=unit)
                problems.setdefault((file.name, unit), found)
            kept.append(
                dataclasses.replace(part, frame=part.frame.filter(~pl.col("unit").is_in(away).fill_null(value=False)))
            )
    return kept, list(problems.values())


def _sorted_out(
    problems: Sequence[Problem], files: Sequence[Returned]
) -> tuple[dict[str, list[Problem]], list[Problem]]:
    """Return problems by the file they are in, or that reports on their unit, and those of no file."""
    names = {file.name for file in files}
    owners = {folded(unit): file.name for file in files for unit in file.units}
    by_file: dict[str, list[Problem]] = {}
    rest = []
    for problem in problems:
        owner = problem.file if problem.file in names else owners.get(folded(problem.unit), "")
        if owner:
            by_file.setdefault(owner, []).append(problem)
        else:
            rest.append(problem)
    return by_file, rest
