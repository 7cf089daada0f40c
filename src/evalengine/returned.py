"""One returned file: what it brings, on which template, and what becomes of it beside others of the same unit."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from evalengine.errors import Problem, UnreadableError
from evalengine.intake.frames import Part
from evalengine.intake.isolation import FileContent
from evalengine.intake.reading import tables_of
from evalengine.intake.sheets import Sheet
from evalengine.intake.template import Mark, read_mark
from evalengine.intake.words import folded
from evalengine.scheme.model import CONSORTIA, FLAT, IndicatorSystem

Status = Literal["accepted", "to_correct", "twice", "superseded", "copy", "blank", "unreadable"]
Template = Literal["current", "stale", "other_year", "none"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Returned:
    """One returned file.

    Attributes:
        name: as problems give it.
        path: where it lies.
        sha256: hash of its content.
        size: its bytes.
        modified: when the file was last written, in seconds, as the disk says.
        units: ids and names of the units it reports on; none in a file of the office.
        template: whether it is made from the template in force.
        mark: what its template says about itself.
        status: what became of it; only what was `accepted` is merged.
        problems: what was found in it.
        parts: the tables it brings.
        sheets: its raw sheets.
        error: why it could not be read.
    """

    name: str
    path: Path
    sha256: str
    size: int
    modified: float
    units: Mapping[str, str]
    template: Template
    mark: Mark | None
    status: Status
    problems: tuple[Problem, ...]
    parts: tuple[Part, ...]
    sheets: tuple[Sheet, ...]
    error: UnreadableError | None


def usual_year(files: Sequence[Returned]) -> int | None:
    """Return the year most templates ask about, the latest of these; None without a template."""
    counts = Counter(int(file.mark.year) for file in files if file.mark and file.mark.year.isdecimal())
    return max(counts, key=lambda year: (counts[year], year)) if counts else None


def returned(content: FileContent, system: IndicatorSystem) -> Returned:
    """Return a file by itself: its tables, what is wrong in them, and whether there is anything in it."""
    problems: list[Problem] = []
    parts = tables_of(content.sheets, system, problems)
    problems += (problem for part in parts for problem in part.problems)
    status: Status = "accepted"
    if content.error is not None:
        status = "unreadable"
    elif all(part.frame.is_empty() for part in parts):
        status = "blank"
    return Returned(
        name=content.name,
        path=content.path,
        sha256=content.sha256,
        size=content.size,
        modified=content.path.stat().st_mtime if content.path.exists() else 0.0,
        units=units_of(parts),
        template="none",
        mark=read_mark(content.sheets),
        status=status,
        problems=tuple(problems) if status != "blank" else (),
        parts=tuple(dataclasses.replace(part, problems=[]) for part in parts),
        sheets=content.sheets,
        error=content.error,
    )


def units_of(parts: Sequence[Part]) -> dict[str, str]:
    """Return ids and names of the units some tables report on."""
    found: dict[str, str] = {}
    for part in parts:
        if part.table in {CONSORTIA, FLAT}:
            named = "name" if "name" in part.frame.columns else "unit"
            for unit, name in part.frame.select("unit", pl.col(named).alias("_name")).drop_nulls("unit").iter_rows():
                found.setdefault(unit, name or "")
    return found


def _template(mark: Mark | None, system: IndicatorSystem, year: int | None) -> Template:
    if mark is None:
        return "none"
    if year is not None and mark.year != str(year):
        return "other_year"
    return "current" if mark.sha256 == system.sha256 else "stale"


def of_template(file: Returned, system: IndicatorSystem, year: int | None) -> Returned:
    """Return a file with what its template is worth, and what is odd about it."""
    mark = file.mark
    if mark is None or file.status == "blank":
        return dataclasses.replace(file, template=_template(mark, system, year))
    found = _template(mark, system, year)
    problems = list(file.problems)
    if mark.unit and file.units and folded(mark.unit) not in {folded(unit) for unit in file.units}:
        unit = next(iter(file.units))
        problems.append(
            Problem(severity="error", code="template_of_other_unit", file=file.name, unit=unit, value=mark.unit)
        )
    if found == "other_year":
        problems.append(
            Problem(severity="error", code="template_of_other_year", file=file.name, year=year, value=mark.year)
        )
    elif found == "stale":
        facts = {"system": mark.system, "edition": mark.edition, "now": f"{system.name} {system.edition}"}
        problems.append(Problem(severity="warning", code="template_stale", file=file.name, facts=facts))
    return dataclasses.replace(file, template=found, problems=tuple(problems))


def once_each(files: Sequence[Returned], *, latest: bool) -> list[Returned]:
    """Return the files with what becomes of those that report on a unit another one reports on too."""
    by_unit: dict[str, list[int]] = defaultdict(list)
    for place, file in enumerate(files):
        for unit in {folded(unit) for unit in file.units}:
            by_unit[unit].append(place)
    found = list(files)
    for places in by_unit.values():
        first: dict[str, int] = {}  # of identical files one counts
        for place in places:
            if first.setdefault(found[place].sha256, place) != place:
                found[place] = dataclasses.replace(found[place], status="copy")
        left = list(first.values())
        if len(left) < 2:  # noqa: PLR2004 - sent once
            continue
        newest = max(files[place].modified for place in left)
        newer = [place for place in left if files[place].modified == newest]
        chosen = newer[0] if latest and len(newer) == 1 else None
        for place in left:
            others = "; ".join(files[other].name for other in left if other != place)
            found[place] = _sent_twice(found[place], others, files[newer[0]].name, chosen=chosen, place=place)
    return found


def _sent_twice(file: Returned, others: str, newest: str, *, chosen: int | None, place: int) -> Returned:
    if place == chosen:
        said = Problem(severity="warning", code="latest_taken", file=file.name, facts={"others": others})
        return dataclasses.replace(file, problems=(*file.problems, said))
    code = "sent_twice" if chosen is None else "superseded"
    said = Problem(
        severity="error" if chosen is None else "warning",
        code=code,
        file=file.name,
        facts={"others": others, "newest": newest},
    )
    status: Status = "twice" if chosen is None else "superseded"
    return dataclasses.replace(file, status=status, problems=(*file.problems, said))
