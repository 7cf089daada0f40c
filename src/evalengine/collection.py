"""What units and office returned, file by file: who sent what, what has to be corrected, what can be merged."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from evalengine.errors import Problem, UnreadableError, UsageError
from evalengine.intake.columns import FLAT
from evalengine.intake.dataset import Source, assembled
from evalengine.intake.frames import Part
from evalengine.intake.isolation import FileContent, read_files
from evalengine.intake.presence import CONSORTIA
from evalengine.intake.reading import named_files, tables_of
from evalengine.intake.sheets import Sheet
from evalengine.intake.template import Mark, read_mark
from evalengine.intake.words import folded
from evalengine.preparation import prepare
from evalengine.scheme.model import IndicatorSystem

Status = Literal["accepted", "to_correct", "twice", "superseded", "copy", "blank", "unreadable"]
Template = Literal["current", "stale", "other_year", "none"]
Progress = Callable[[int, int], None]
RANKING = Path("tables", "ranking.parquet")  # of a run folder


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Collection:
    """A collection round.

    Attributes:
        system: the indicator system the files were read under.
        year: the assessed year.
        files: every file, by name.
        missing: ids and names of the expected units that no readable file reports on.
        expected: how many units were expected; None if nobody said.
        tables: the merged tables of the accepted files.
        problems: what was found beyond single files.
    """

    system: IndicatorSystem
    year: int
    files: tuple[Returned, ...]
    missing: Mapping[str, str]
    expected: int | None
    tables: Mapping[str, pl.DataFrame]
    problems: tuple[Problem, ...]

    @property
    def exit_code(self) -> int:
        """Return 0 if everything expected came and was accepted, 3 if a file could not be read, else 1."""
        if any(file.status == "unreadable" for file in self.files):
            return UnreadableError.exit_code
        errors = any(item.severity == "error" for item in (*self.problems, *self._found()))
        return int(errors or bool(self.missing) or any(file.status in {"twice", "blank"} for file in self.files))

    def _found(self) -> Iterator[Problem]:
        return (item for file in self.files if file.status not in {"copy", "superseded"} for item in file.problems)


def collect(
    folder: Path | str,
    system: IndicatorSystem,
    *,
    year: int | None = None,
    expected: Mapping[str, str] | None = None,
    latest: bool = False,
    progress: Progress | None = None,
    workers: int | None = None,
) -> Collection:
    """Read every file of a folder and sort out what can be merged.

    A file of a unit with any error is not merged: merged, its wrong cells would be blanks and nobody would know. The
    same goes for unreadable cells in a file of the office. What other errors the office's files have, an assessment of
    the merged data finds again. Rows of the office about units that are not merged are left out with them.

    Args:
        folder: the returned files.
        system: the indicator system.
        year: the assessed year; the one most templates ask about, else the one most units have, if None.
        expected: ids and names of the units that have to report.
        latest: of several files of one unit take the one written last; otherwise none of them.
        progress: called with the number of files read and of all files.
        workers: most processes that read at a time.

    Raises:
        UnreadableError: there is no such folder, or no data file in it.
    """
    loose: list[Problem] = []
    listed = named_files(folder, loose)
    files = []
    for number, content in enumerate(read_files(listed, workers=workers), start=1):
        files.append(_returned(content, system))
        if progress is not None:
            progress(number, len(listed))
    asked = year or _usual_year(files)
    files = _once_each([_of_template(file, system, asked) for file in files], latest=latest)
    files, tables, assessed, more = _merged(files, system, asked, expected or {})
    here = {folded(unit) for file in files for unit in file.units}
    missing = {unit: name for unit, name in (expected or {}).items() if folded(unit) not in here}
    return Collection(
        system=system,
        year=assessed,
        files=tuple(files),
        missing=missing,
        expected=None if expected is None else len(expected),
        tables=tables,
        problems=(*loose, *more),
    )


def expected_units(path: Path, system: IndicatorSystem) -> dict[str, str]:
    """Return ids and names of the units that have to report.

    Args:
        path: a run folder, whose units are meant; a file with the table of the units; or a list of ids, with names
            beside them or not.
        system: the indicator system.

    Raises:
        UnreadableError: it cannot be read.
        UsageError: it names no unit.
    """
    found: dict[str, str] = {}
    if path.is_dir() and (path / RANKING).is_file():
        found = dict(pl.read_parquet(path / RANKING, columns=["unit", "name"]).sort("unit").iter_rows())
    else:
        for file in read_files(named_files(path, [])):
            if file.error is not None:
                raise file.error
            found |= _units(tables_of(file.sheets, system, [])) or _listed(file.sheets, system)
    if not found:
        raise UsageError("no_expected_units", file=str(path))
    return found


def _listed(sheets: Sequence[Sheet], system: IndicatorSystem) -> dict[str, str]:
    """Return the first two columns of a plain list, without a heading."""
    unit = system.tables[CONSORTIA].columns["unit"] if CONSORTIA in system.tables else None
    headings = {"unit", *((folded(name) for name in (unit.label.zh, unit.label.en, *unit.synonyms)) if unit else ())}
    rows = [[str(cell).strip() for cell in row if cell is not None] for sheet in sheets for row in sheet.rows]
    return {row[0]: row[1] if len(row) > 1 else "" for row in rows if row and row[0] and folded(row[0]) not in headings}


def _usual_year(files: Sequence[Returned]) -> int | None:
    """Return the year most templates ask about, the latest of these; None without a template."""
    counts = Counter(int(file.mark.year) for file in files if file.mark and file.mark.year.isdecimal())
    return max(counts, key=lambda year: (counts[year], year)) if counts else None


def _returned(content: FileContent, system: IndicatorSystem) -> Returned:
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
        units=_units(parts),
        template="none",
        mark=read_mark(content.sheets),
        status=status,
        problems=tuple(problems) if status != "blank" else (),
        parts=tuple(dataclasses.replace(part, problems=[]) for part in parts),
        sheets=content.sheets,
        error=content.error,
    )


def _units(parts: Sequence[Part]) -> dict[str, str]:
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


def _of_template(file: Returned, system: IndicatorSystem, year: int | None) -> Returned:
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


def _once_each(files: Sequence[Returned], *, latest: bool) -> list[Returned]:
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


def _merged(
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
