"""Read the files of an assessment: workbooks, CSV and Parquet tables, and folders of these."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from evalengine.errors import Problem, UnreadableError
from evalengine.intake.columns import ADJUSTMENTS, FLAT
from evalengine.intake.dataset import Dataset, Source, assembled
from evalengine.intake.frames import Part, read_table
from evalengine.intake.guard import check_file
from evalengine.intake.headings import SEARCHED_ROWS, is_flat, is_ignored, nearest_table, table_named
from evalengine.intake.numbers import is_blank
from evalengine.intake.sheets import Sheet, sheets_of
from evalengine.scheme.model import IndicatorSystem

READABLE = {".xlsx", ".csv", ".tsv", ".parquet"}
OTHER_WORKBOOKS = {".xls", ".xlsm", ".xlsb", ".et", ".ods"}
LOCK_FILE = "~$"
CONSORTIA = "consortia"

Paths = Path | str | Sequence[Path | str]


def read_dataset(paths: Paths, system: IndicatorSystem) -> Dataset:
    """Read and check all tables of the given files and folders.

    Args:
        paths: a file or folder, or several; the files of a folder are read, folders inside it are not.
        system: the indicator system that names the tables.

    Returns:
        The dataset; what is wrong with the data is in its `problems`.

    Raises:
        UnreadableError: a file cannot be read, or cannot be read safely.
    """
    problems: list[Problem] = []
    files = _named(_files([paths] if isinstance(paths, (str, Path)) else paths, problems))
    parts: list[Part] = []
    sources: list[Source] = []
    for name, path in files:
        content = _content(name, path)
        sources.append(Source(name=name, path=path, sha256=hashlib.sha256(content).hexdigest(), size=len(content)))
        sheets = sheets_of(name, path.stem, content, check_file(path.name, content))
        parts += _tables(sheets, system, problems)
    return assembled(parts, sources, problems, system)


def _files(paths: Sequence[Path | str], problems: list[Problem]) -> list[Path]:
    """Return the files meant, each once."""
    found: dict[Path, Path] = {}
    for path in map(Path, paths):
        if path.is_dir():
            for item in _listed(path):
                if item.suffix.lower() in READABLE | OTHER_WORKBOOKS:
                    found.setdefault(item.resolve(), item)
                else:
                    problems.append(Problem(severity="warning", code="unknown_file", file=item.name))
        elif not path.is_file():
            raise UnreadableError("no_such_file", file=str(path))
        else:
            found.setdefault(path.resolve(), path)
    if not found:
        raise UnreadableError("no_files", file=", ".join(str(path) for path in paths))
    return list(found.values())


def _listed(folder: Path) -> list[Path]:
    """Return the files of a folder, without hidden ones and the lock files of open workbooks."""
    try:
        return sorted(
            item for item in folder.iterdir() if item.is_file() and not item.name.startswith((LOCK_FILE, "."))
        )
    except OSError as error:
        raise UnreadableError("not_readable", file=str(folder)) from error


def _named(files: Sequence[Path]) -> list[tuple[str, Path]]:
    """Return the files with names that tell them apart, sorted by name."""
    named = {path: (path.name, f"{path.parent.name}/{path.name}", path.as_posix()) for path in files}
    used = Counter(name for names in named.values() for name in names)
    return sorted((next((name for name in names if used[name] == 1), names[-1]), path) for path, names in named.items())


def _content(name: str, path: Path) -> bytes:
    if path.name.startswith(LOCK_FILE):
        raise UnreadableError("lock_file", file=name)
    if path.suffix.lower() in OTHER_WORKBOOKS:
        raise UnreadableError("other_workbook", file=name)
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableError("not_readable", file=name) from error


def _tables(sheets: Sequence[Sheet], system: IndicatorSystem, problems: list[Problem]) -> list[Part]:
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
    return parts


def _known(sheets: Sequence[Sheet], system: IndicatorSystem, problems: list[Problem]) -> Iterator[tuple[str, Sheet]]:
    """Return the sheets that are tables; report the others, and the hidden ones."""
    named = {sheet.title: table_named(sheet.title, system) for sheet in sheets}
    may_be_flat = not set(named.values()) - {"", FLAT, ADJUSTMENTS}
    for sheet in sheets:
        if is_ignored(sheet.title, system):
            continue
        table = named[sheet.title]
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
            unknown = Problem(
                severity="warning",
                code="unknown_sheet",
                file=sheet.file,
                sheet=sheet.name,
                value=sheet.title,
                facts={"nearest": nearest_table(sheet.title, system)},
            )
            problems.append(unknown)
