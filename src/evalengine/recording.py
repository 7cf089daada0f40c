"""Record a verified figure: one row more in a file of adjustments, checked against the data before it is saved."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from evalengine.differences import difference_of
from evalengine.errors import DataError, OutputError, Problem, UsageError
from evalengine.intake.adjustments import Adjusted, apply_adjustments
from evalengine.intake.columns import ADJUSTMENTS
from evalengine.intake.dataset import Dataset
from evalengine.intake.headings import table_named
from evalengine.intake.presence import known_units
from evalengine.intake.reading import data_files, read_dataset
from evalengine.intake.targets import WITHOUT_EFFECT
from evalengine.intake.words import folded
from evalengine.reports.adjustment_file import CSV, WORKBOOK, Row, with_row
from evalengine.scheme.model import IndicatorSystem
from evalengine.staging import exclusive, flush, staging_folder
from evalengine.years import usual_year


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An adjustment that was saved.

    Attributes:
        file: the file it was saved in.
        row: its row there.
        count: how many adjustments the file holds now.
        adjustment: the adjustment as it applies, by code.
        difference: verified less reported, where both are numbers.
        warnings: what was rewritten in reading it.
    """

    file: Path
    row: int
    count: int
    adjustment: Mapping[str, object]
    difference: float | None
    warnings: tuple[Problem, ...]


def record_adjustment(
    adjustment: Row, file: Path, data: Sequence[Path], system: IndicatorSystem, *, year: int | None, language: str
) -> Recorded:
    """Append an adjustment to a file of adjustments, a new one if there is none yet.

    The new file is written beside the old one, read back as `assess` would read it, and takes the old one's place only
    if the adjustment applies to the data and everything saved before is still there as it was.

    Args:
        adjustment: the adjustment by column code: `unit, table, key, column, reported, verified, reason, evidence,
            verifier, date`; a verified value of None means that nothing could be verified.
        file: a CSV file named after the table, or a workbook with the table as its only sheet.
        data: the submitted data; may hold the file.
        system: the indicator system.
        year: the assessed year; the one most units have if None.
        language: language of the headings of a new file.

    Raises:
        DataError: the adjustment does not fit the data.
        UsageError: the file cannot hold adjustments.
        OutputError: the file is busy, open or not writable, or would not read back as it was.
        UnreadableError: data or file cannot be read.
    """
    _check_name(file, system)
    dataset = read_dataset([path for path in data_files(data) if path.resolve() != file.resolve()], system)
    assessed = usual_year(dataset, system) if year is None else year
    units = {folded(unit): unit for unit in known_units(dataset.tables)}
    unit = str(adjustment["unit"])
    row = {**adjustment, "year": assessed, "unit": units.get(folded(unit), unit)}
    with exclusive(file):
        before = file.read_bytes() if file.exists() else None
        held = None if before is None else read_dataset([file], system)
        kind = file.suffix.lower()
        content, position = with_row(before, row, system, kind=kind, name=file.name, language=language)
        staging = staging_folder(file)
        try:
            staged = staging / file.name
            staged.write_bytes(content)
            recorded = _checked(staged, file, position, held, dataset, system, assessed)
            if (file.read_bytes() if file.exists() else None) != before:  # a lock does not reach every network drive
                raise OutputError("output_busy", file=str(file))
            flush(staged)
            staged.replace(file)
        except OSError as error:
            raise OutputError("output_not_writable", folder=str(file), detail=str(error)) from error
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    return recorded


def list_adjustments(
    data: Sequence[Path], system: IndicatorSystem, *, year: int | None
) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    """Return the adjustments of the data that apply, and what is wrong with the others.

    Args:
        data: the submitted data with their adjustments.
        system: the indicator system.
        year: the assessed year; the one most units have if None.
    """
    dataset = read_dataset(data, system)
    adjusted = apply_adjustments(dataset, system, usual_year(dataset, system) if year is None else year)
    return adjusted.frame, _own(dataset, adjusted)


def _check_name(file: Path, system: IndicatorSystem) -> None:
    if ADJUSTMENTS not in system.tables:
        raise UsageError("adjust_no_table", system=system.name)
    kind = file.suffix.lower()
    if kind not in {CSV, WORKBOOK}:
        raise UsageError("adjust_file_type", file=str(file))
    if kind == CSV and table_named(file.stem, system) != ADJUSTMENTS:
        label = system.tables[ADJUSTMENTS].label
        raise UsageError("adjust_file_name", file=str(file), names=f"{label.zh}.csv, {ADJUSTMENTS}.csv")


def _adjustments(dataset: Dataset | None) -> pl.DataFrame | None:
    return None if dataset is None else dataset.tables.get(ADJUSTMENTS)


def _checked(
    staged: Path, file: Path, position: int, held: Dataset | None, dataset: Dataset, system: IndicatorSystem, year: int
) -> Recorded:
    """Return what was recorded; raise if the adjustment is refused or the file does not read back as it was."""
    new = read_dataset([staged], system)
    kept, saved = (_adjustments(part) for part in (new, held))
    earlier = None if kept is None else kept.filter(pl.col("_row") != position).sort("_row")
    same = earlier is not None and earlier.equals(earlier.clear() if saved is None else saved.sort("_row"))
    if kept is None or not same or position not in kept["_row"]:
        raise OutputError("adjust_not_kept", file=str(file))
    others = dataset.tables.get(ADJUSTMENTS, kept.clear())
    adjusted = _applied(dataset, others, new, system, year)
    # The same figure twice may be told at the row that was there before: what counts is which problems are new.
    known = set() if held is None else {*map(_key, _own(held, _applied(dataset, others, held, system, year)))}
    found = [problem for problem in _own(new, adjusted) if _key(problem) not in known]
    errors = [problem for problem in found if problem.severity == "error" or problem.code == WITHOUT_EFFECT]
    if errors:
        raise DataError("adjustment_refused", errors)
    number = others.height + kept["_row"].to_list().index(position)
    place = next(place for place, change in enumerate(adjusted.changes) if change.position == number)
    return Recorded(
        file=file,
        row=position,
        count=kept.height,
        adjustment=adjusted.frame.row(place, named=True),
        difference=difference_of(adjusted.changes[place]),
        warnings=tuple(found),
    )


def _applied(dataset: Dataset, others: pl.DataFrame, own: Dataset, system: IndicatorSystem, year: int) -> Adjusted:
    """Return the data adjusted by what other files say and by one file's own adjustments."""
    rows = own.tables.get(ADJUSTMENTS, others.clear())
    tables = {**dataset.tables, ADJUSTMENTS: pl.concat([others, rows])}
    letters = {**dataset.letters, **own.letters}
    return apply_adjustments(dataclasses.replace(dataset, tables=tables, letters=letters), system, year)


def _key(problem: Problem) -> tuple[str, str, str, str]:
    return problem.code, problem.file, problem.sheet, problem.cell


def _own(dataset: Dataset, adjusted: Adjusted) -> tuple[Problem, ...]:
    """Return the problems of the table of adjustments, each once."""
    found = [*(problem for problem in dataset.problems if problem.table == ADJUSTMENTS), *adjusted.problems]
    return tuple({_key(problem): problem for problem in found}.values())
