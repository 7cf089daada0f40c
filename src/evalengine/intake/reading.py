"""Read the files of an assessment: workbooks, CSV and Parquet tables, and folders of these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from evalengine.errors import Problem, UnreadableError
from evalengine.intake.columns import BESIDE_FLAT, columns_of, named
from evalengine.intake.dataset import Dataset, Source, assembled
from evalengine.intake.frames import Part, read_table
from evalengine.intake.headings import (
    NO_NAME,
    SEARCHED_ROWS,
    is_flat,
    is_ignored,
    missing_of_flat,
    nearest_table,
    table_named,
)
from evalengine.intake.isolation import LOCK_FILE, read_files
from evalengine.intake.numbers import is_blank
from evalengine.intake.rounds import FOUND, MERGED, ROUND, is_round, not_merged
from evalengine.intake.sheets import Sheet
from evalengine.intake.words import folded
from evalengine.scheme.model import CONSORTIA, FLAT, IndicatorSystem

TAKEN_FOR_DATA = {".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods", ".csv", ".tsv", ".parquet"}

Paths = Path | str | Sequence[Path | str]


def read_dataset(paths: Paths, system: IndicatorSystem) -> Dataset:
    """Read and check all tables of the given files and folders.

    Args:
        paths: a file or folder, or several; the files of a folder are read, folders inside it are not. Of what
            `collect` wrote the merged data are meant, and what somebody has put beside them.
        system: the indicator system that names the tables.

    Returns:
        The dataset; what is wrong with the data is in its `problems`.

    Raises:
        UnreadableError: a file cannot be read, or cannot be read safely; it tells all of them.
    """
    problems: list[Problem] = []
    refused: list[UnreadableError] = []
    files = named_files(paths, problems)
    parts: list[Part] = []
    sources: list[Source] = []
    for file in read_files(files):
        if file.error is not None:
            refused.append(file.error)
        elif not refused:
            sources.append(Source(name=file.name, path=file.path, sha256=file.sha256, size=file.size))
            parts += tables_of(file.sheets, system, problems)
    if refused:
        raise UnreadableError.together(refused)
    units = (part.frame["unit"] for part in parts if part.table in {CONSORTIA, FLAT} and "unit" in part.frame.columns)
    problems += not_merged(_paths(paths), (unit for column in units for unit in column.drop_nulls()))
    return assembled(parts, sources, problems, system)


def named_files(paths: Paths, problems: list[Problem]) -> list[tuple[str, Path]]:
    """Return the files meant with the names problems give them; what is no data file is reported.

    Raises:
        UnreadableError: a path does not exist, or there is nothing to read.
    """
    return _named(_files(_paths(paths), problems))


def data_files(paths: Paths) -> list[Path]:
    """Return the files that would be read, each once.

    Raises:
        UnreadableError: a path does not exist, or there is nothing to read.
    """
    return [path for _, path in _files(_paths(paths), [])]


def _paths(paths: Paths) -> list[Path]:
    return [Path(path) for path in ([paths] if isinstance(paths, (str, Path)) else paths)]


def _files(paths: Sequence[Path], problems: list[Problem]) -> list[tuple[int, Path]]:
    """Return the files meant, each once, with the number of the given path each one came by."""
    found: dict[Path, tuple[int, Path]] = {}
    for number, path in enumerate(paths, start=1):
        if path.is_dir():
            for item in _meant(path):
                if item.suffix.lower() in TAKEN_FOR_DATA:
                    found.setdefault(item.resolve(), (number, item))
                else:
                    problems.append(Problem(severity="warning", code="unknown_file", file=item.name))
        elif not path.is_file():
            raise UnreadableError("no_such_file", file=str(path))
        else:
            found.setdefault(path.resolve(), (number, path))
    if not found:
        raise UnreadableError("no_files", file=", ".join(str(path) for path in paths))
    return list(found.values())


def _meant(folder: Path) -> list[Path]:
    """Return the files of a folder; of a collection round the merged data, and what `collect` did not write."""
    if is_round(folder):
        beside = (item for item in _listed(folder) if item.name not in {ROUND, FOUND})
        return [*_listed(folder / MERGED), *beside]
    return _listed(folder)


def _listed(folder: Path) -> list[Path]:
    """Return the files of a folder, without hidden ones and the lock files of open workbooks."""
    try:
        return sorted(
            item for item in folder.iterdir() if item.is_file() and not item.name.startswith((LOCK_FILE, "."))
        )
    except OSError as error:
        raise UnreadableError("not_readable", file=str(folder)) from error


def _named(files: Sequence[tuple[int, Path]]) -> list[tuple[str, Path]]:
    """Return the files with names that tell them apart, sorted by name.

    No name says where on the disk a file is: where its own and its folder's do not suffice, the number of the given
    path goes before them.
    """
    candidates = []
    for number, path in files:
        within = f"{path.absolute().resolve().parent.name}/{path.name}".lstrip("/")
        candidates.append((path, (path.name, within, f"{number}/{within}")))
    used = Counter(name for _, names in candidates for name in set(names))
    return sorted((next((name for name in names if used[name] == 1), names[-1]), path) for path, names in candidates)


def tables_of(sheets: Sequence[Sheet], system: IndicatorSystem, problems: list[Problem]) -> list[Part]:
    """Return the tables of one file; its consortia sheet first, since other sheets may take their unit from it."""
    known = list(_known(sheets, system, problems))
    known.sort(key=lambda item: item[0] != CONSORTIA)
    parts: list[Part] = []
    owner: str | None = None
    for table, sheet in known:
        part = read_table(sheet, table, system, owner)
        parts.append(part)
        if table == CONSORTIA and owner is None and part.frame.height == 1:
            owner = part.frame.get_column("unit")[0]
        elif owner is not None:
            problems += _foreign(part, owner)
    return parts


def _foreign(part: Part, owner: str) -> Iterator[Problem]:
    """Yield the rows of another unit in the file of one unit."""
    if "unit" not in part.letters:
        return
    for unit, file, sheet, row in part.frame.select("unit", "_file", "_sheet", "_row").drop_nulls("unit").rows():
        if folded(unit) != folded(owner):
            cell = f"{part.letters['unit']}{row}"
            yield Problem(
                severity="error",
                code="foreign_unit",
                file=file,
                sheet=sheet,
                cell=cell,
                table=part.table,
                field="unit",
                unit=unit,
                value=unit,
                facts={"owner": owner},
            )


def _known(sheets: Sequence[Sheet], system: IndicatorSystem, problems: list[Problem]) -> Iterator[tuple[str, Sheet]]:
    """Return the sheets that are tables; report the others, and the hidden ones."""
    tables = {sheet.title: table_named(sheet.title, system) for sheet in sheets}
    may_be_flat = not set(tables.values()) - {"", FLAT, *BESIDE_FLAT}
    for sheet in sheets:
        if is_ignored(sheet.title, system):
            continue
        if _has_semicolons(sheet):
            problems.append(Problem(severity="error", code="semicolons", file=sheet.file, value=sheet.title))
            continue
        table = tables[sheet.title]
        if not table and may_be_flat and any(is_flat(row, system) for row in sheet.rows[:SEARCHED_ROWS]):
            table = FLAT
        if table:
            if sheet.hidden:
                hidden = Problem(
                    severity="warning", code="hidden_sheet", file=sheet.file, sheet=sheet.name, table=table
                )
                problems.append(hidden)
            yield table, sheet
        elif any(not is_blank(cell) for row in sheet.rows for cell in row):
            problems.append(_not_read(sheet, system))


def _has_semicolons(sheet: Sheet) -> bool:
    """Return whether a text file's cells are separated by semicolons; decimals may then be commas."""
    first = next((row for row in sheet.rows if any(not is_blank(cell) for cell in row)), ())
    return not sheet.typed and len(first) == 1 and ";" in str(first[0])


def _not_read(sheet: Sheet, system: IndicatorSystem) -> Problem:
    """Return why a sheet is no table: it nearly is a flat one, or it is unknown."""
    for row in sheet.rows[:SEARCHED_ROWS]:
        missing = missing_of_flat(row, system)
        if missing:
            columns = columns_of(system, FLAT)
            facts = named("missing", [(name, columns[name].label) for name in missing])
            return Problem(
                severity="error",
                code="flat_incomplete",
                file=sheet.file,
                sheet=sheet.name,
                table=FLAT,
                value=sheet.title,
                facts=facts,
            )
    nearest = nearest_table(sheet.title, system) or NO_NAME
    return Problem(
        severity="warning",
        code="unknown_sheet",
        file=sheet.file,
        sheet=sheet.name,
        value=sheet.title,
        facts={"nearest": nearest},
    )
