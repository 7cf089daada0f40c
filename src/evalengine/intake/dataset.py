"""The checked tables of one assessment, and where each of their cells came from."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from evalengine.errors import Problem, UsageError
from evalengine.intake.columns import BESIDE_FLAT, PROVENANCE, columns_of, key_of, named, year_of
from evalengine.intake.frames import Part, read_table, schema_of
from evalengine.intake.sheets import frame_sheet
from evalengine.intake.spellings import unified
from evalengine.scheme.model import FLAT, IndicatorSystem
from evalengine.text import Label

Letters = Mapping[tuple[str, str], Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One input file.

    Attributes:
        name: its name as problems give it.
        path: where it was read; None for a frame handed over.
        sha256: hash of its content.
        size: its bytes.
    """

    name: str
    path: Path | None
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dataset:
    """The submitted tables, typed and checked.

    Attributes:
        tables: typed frames by table code: the tables found, and the required ones, empty if nobody handed them in.
            Flat data: `fields` and, where there are any, `adjustments` and `evidence`.
        flat: the figures came as one flat fields table.
        sources: the input files, by name.
        problems: everything found while reading and checking, errors and warnings.
        letters: the column letters of every code, by file and sheet.
    """

    tables: Mapping[str, pl.DataFrame]
    flat: bool
    sources: tuple[Source, ...]
    problems: tuple[Problem, ...]
    letters: Letters

    def cell(self, table: str, row: int, column: str) -> tuple[str, str, str]:
        """Return the file, the sheet and the address of a cell by its row position in the table.

        The address is empty where the file has no such column. Frames handed over count as written out with their
        column names in row 1.
        """
        frame = self.tables[table]  # column by column: a whole row of a wide table takes six times as long
        return self.place({name: frame.get_column(name)[row] for name in PROVENANCE}, column)

    def cells(self, rows: pl.DataFrame, column: str) -> list[tuple[str, str, str]]:
        """Return the file, the sheet and the address of a column's cell in each of these rows, as `place` does."""
        return [self.place(row, column) for row in rows.select(PROVENANCE).iter_rows(named=True)]

    def place(self, row: Mapping[str, Any], column: str) -> tuple[str, str, str]:
        """Return the file, the sheet and the address of a cell by a row, provenance included, as `cell` does."""
        file, sheet, number = (row[name] for name in PROVENANCE)
        letters = self.letters.get((file, sheet), {}).get(column, "")
        return file, sheet, f"{letters}{number}" if letters else ""

    @classmethod
    def from_fields(cls, frame: pl.DataFrame | pl.LazyFrame, system: IndicatorSystem) -> Dataset:
        """Return the dataset of a flat fields table: unit, name, group, year and one column for each field."""
        return cls.from_tables({FLAT: frame}, system)

    @classmethod
    def from_tables(cls, tables: Mapping[str, pl.DataFrame | pl.LazyFrame], system: IndicatorSystem) -> Dataset:
        """Return the dataset of frames by table code, read and checked as files are.

        Raises:
            UsageError: a code is that of no table, or what is handed over is no polars frame.
        """
        parts, sources = [], []
        for code in sorted(tables):
            if code not in {*system.tables, FLAT}:
                raise UsageError("no_such_table", table=code, known=", ".join([*system.tables, FLAT]))
            frame = _collected(tables[code], code).drop(PROVENANCE, strict=False)
            part = read_table(frame_sheet(code, code, frame), code, system)
            parts.append(part)
            digest, size = _digest(part.frame)
            sources.append(Source(name=code, path=None, sha256=digest, size=size))
        return assembled(parts, sources, [], system)


def _collected(frame: object, table: str) -> pl.DataFrame:
    if isinstance(frame, pl.LazyFrame):
        return frame.collect()
    if isinstance(frame, pl.DataFrame):
        return frame
    raise UsageError("not_a_frame", table=table, kind=type(frame).__name__)


def assembled(
    parts: Sequence[Part], sources: Iterable[Source], problems: Sequence[Problem], system: IndicatorSystem
) -> Dataset:
    """Return the dataset of all parts, checked."""
    from evalengine.intake.validation import check_tables  # noqa: PLC0415 - pandera is loaded where data are checked

    parts = unified(parts, system)
    tables = {
        code: _sorted([part.frame for part in parts if part.table == code], code, system)
        for code in [*system.tables, FLAT]
        if any(part.table == code for part in parts)
    }
    repeated = [problem for code in tables for problem in _drop_repeated(tables, code, system)]
    flat = FLAT in tables
    mixed = [code for code in tables if flat and code not in {FLAT, *BESIDE_FLAT}]
    letters = {
        (file, sheet): part.letters
        for part in parts
        for file, sheet in part.frame.select("_file", "_sheet").unique().sort("_file", "_sheet").rows()
    }
    kept = {code: frame for code, frame in tables.items() if code not in mixed}
    # Required tables are there even if nobody handed them in: later steps then need no case of their own.
    for code, table in system.tables.items():
        if table.required and not flat:
            kept.setdefault(code, pl.DataFrame(schema=schema_of(system, code)))
    dataset = Dataset(
        tables=kept,
        flat=flat,
        sources=tuple(sorted(sources, key=lambda source: source.name)),
        problems=(),
        letters=letters,
    )
    found = [*problems, *repeated, *(problem for part in parts for problem in part.problems)]
    for code in mixed:
        facts = named("label", [(code, system.tables[code].label)])
        found.append(Problem(severity="error", code="mixed_data", table=code, facts=facts))
    found = _without_echoes(found, check_tables(dataset, system))
    return dataclasses.replace(dataset, problems=tuple(sorted(found, key=_place)))


def _sorted(frames: Sequence[pl.DataFrame], table: str, system: IndicatorSystem) -> pl.DataFrame:
    """Return the rows in an order that no order of files or rows can change."""
    by = ["unit", year_of(system, table), *key_of(system, table), *columns_of(system, table), *PROVENANCE]
    schema = schema_of(system, table)
    return pl.concat(frames).sort([name for name in dict.fromkeys(by) if name in schema], maintain_order=True)


def _drop_repeated(tables: dict[str, pl.DataFrame], table: str, system: IndicatorSystem) -> list[Problem]:
    """Drop the rows that another file holds too, the same in every column; return one note for each file.

    Folders of several years hold the same record once more; what differs between them stays and is a duplicate.
    """
    key, frame = list(key_of(system, table)), tables[table]
    if not key or frame["_file"].n_unique() < 2 or not frame.select(pl.struct(key).is_duplicated().any()).item():  # noqa: PLR2004 - another file
        return []
    content = [name for name in frame.columns if name not in PROVENANCE]
    own = pl.col("_file") == pl.col("_file").first().over(content)
    first = frame.with_columns(pl.col("_file").first().over(content).alias("_other"))
    dropped = first.filter(pl.col("_file") != pl.col("_other"))
    tables[table] = frame.filter(own)
    label = Label("", "") if table == FLAT else system.tables[table].label
    return [
        Problem(
            severity="warning",
            code="rows_repeated",
            file=file,
            sheet=dropped.filter(_file=file, _other=other)["_sheet"][0],
            table=table,
            facts={"count": count, "other": other, **named("label", [(table, label)])},
        )
        for file, other, count in dropped.group_by("_file", "_other").len().sort("_file", "_other").iter_rows()
    ]


def _without_echoes(found: Sequence[Problem], checked: Sequence[Problem]) -> list[Problem]:
    """Return all problems, without blanks said already: of refused cells, words for none and columns not there."""
    refused = {(item.file, item.sheet, item.cell) for item in found if item.severity == "error"}
    reported = {(item.file, item.sheet, item.cell) for item in found}

    def is_echo(item: Problem) -> bool:
        place = (item.file, item.sheet, item.cell)
        known = {"blank": reported, "blank_required": refused}.get(item.code)
        return known is not None and (not item.cell or place in known)

    return [*found, *(item for item in checked if not is_echo(item))]


def _place(problem: Problem) -> tuple[str, str, int, int, str]:
    letters = problem.cell.rstrip("0123456789")
    row = problem.cell[len(letters) :]
    return problem.file, problem.sheet, int(row or 0), len(letters), letters


def _digest(frame: pl.DataFrame) -> tuple[str, int]:
    """Return a hash of a frame's values, which depends on nothing but the values, and how many bytes were hashed."""
    digest, size = hashlib.sha256(), 0
    for column in frame.drop(PROVENANCE).iter_columns():
        content = repr((column.name, column.to_list())).encode()
        digest.update(content)
        size += len(content)
    return digest.hexdigest(), size
