"""What units and office returned, file by file: who sent what, what has to be corrected, what can be merged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from evalengine.errors import Problem, UnreadableError, UsageError
from evalengine.intake.isolation import read_files
from evalengine.intake.reading import named_files, tables_of
from evalengine.intake.sheets import Sheet
from evalengine.intake.words import folded
from evalengine.merging import merged
from evalengine.returned import Returned, of_template, once_each, returned, units_of, usual_year
from evalengine.scheme.model import CONSORTIA, IndicatorSystem

Progress = Callable[[int, int], None]
RANKING = Path("tables", "ranking.parquet")  # of a run folder


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
        files.append(returned(content, system))
        if progress is not None:
            progress(number, len(listed))
    asked = year or usual_year(files)
    files = once_each([of_template(file, system, asked) for file in files], latest=latest)
    files, tables, assessed, more = merged(files, system, asked, expected or {})
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
            found |= units_of(tables_of(file.sheets, system, [])) or _listed(file.sheets, system)
    if not found:
        raise UsageError("no_expected_units", file=str(path))
    return found


def _listed(sheets: Sequence[Sheet], system: IndicatorSystem) -> dict[str, str]:
    """Return the first two columns of a plain list, without a heading."""
    unit = system.tables[CONSORTIA].columns["unit"] if CONSORTIA in system.tables else None
    headings = {"unit", *((folded(name) for name in (unit.label.zh, unit.label.en, *unit.synonyms)) if unit else ())}
    rows = [[str(cell).strip() for cell in row if cell is not None] for sheet in sheets for row in sheet.rows]
    return {row[0]: row[1] if len(row) > 1 else "" for row in rows if row and row[0] and folded(row[0]) not in headings}
