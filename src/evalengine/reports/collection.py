"""What a collection round leaves: the merged data, one problem workbook, and for each unit what it has to correct."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, get_args

from openpyxl import Workbook

from evalengine import text
from evalengine.collection import Collection
from evalengine.errors import OutputError, Problem, foremost
from evalengine.intake.columns import PROVENANCE
from evalengine.intake.reading import FOUND, MERGED, ROUND
from evalengine.reports import package
from evalengine.reports.cells import SharedStrings
from evalengine.reports.excerpts import Excerpts
from evalengine.reports.layout import Column, Entry
from evalengine.reports.sheet import Sheet
from evalengine.reports.sheets.problems import MOST_ROWS
from evalengine.reports.style import Styles
from evalengine.reports.words import Words
from evalengine.returned import Returned, Status
from evalengine.scheme.loading import load_theme
from evalengine.staging import staging_folder

RETURNS = ("unit", "name", "file", "status", "template", "errors", "warnings", "note")
PROBLEMS = ("number", "unit", "severity", "place", "where", "value", "message", "remedy")
WRAPS = Column(wraps=True)
UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
LONGEST_NAME = 60


def write_collection(collection: Collection, folder: Path, language: str) -> None:
    """Write a collection round as a folder: `data`, `problems.xlsx`, `corrections` and `collection.json`.

    Args:
        collection: the round.
        folder: where; must not exist.
        language: `zh` or `en`.

    Raises:
        OutputError: it exists or cannot be written.
    """
    words = Words(collection.system, language)
    staging = staging_folder(folder)
    try:
        _fill(collection, staging, words)
        staging.chmod(0o755)
        if folder.exists():
            raise OutputError("output_exists", folder=str(folder))
        staging.rename(folder)
    except OSError as error:
        raise OutputError("output_not_writable", folder=str(folder), detail=str(error)) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _fill(collection: Collection, staging: Path, words: Words) -> None:
    (staging / MERGED).mkdir()
    for code, table in collection.tables.items():
        table.drop(PROVENANCE).write_parquet(staging / MERGED / f"{code}.parquet")
    every = [*collection.problems, *(problem for file in collection.files for problem in file.problems)]
    found, left_out = foremost(every, MOST_ROWS)
    excerpts = Excerpts(collection.files, found, words)
    sheets: dict[str, Callable[[Sheet], None]] = {
        "returns_sheet": partial(_write_returns, collection=collection, words=words),
        "list_sheet": partial(
            _write_list,
            title=words.say("collection.list_title", year=collection.year),
            note=_left_out(left_out, words),
            found=found,
            excerpts=excerpts,
            words=words,
        ),
        "excerpts_sheet": partial(_write_excerpts, excerpts=excerpts, words=words),
    }
    _save(sheets, words, staging / FOUND)
    for unit, (name, files) in _to_write_to(collection).items():
        _write_letter(collection, staging / "corrections", unit, name, files, words)
    content = json.dumps(described(collection), ensure_ascii=False, indent=1) + "\n"
    (staging / ROUND).write_text(content, encoding="utf-8")


def described(collection: Collection) -> dict[str, Any]:
    """Return a round as JSON has it, with English codes."""
    return {
        "year": collection.year,
        "system": {"name": collection.system.name, "sha256": collection.system.sha256},
        "expected": collection.expected,
        "missing": dict(collection.missing),
        "files": [
            {
                "file": file.name,
                "sha256": file.sha256,
                "size": file.size,
                "units": dict(file.units),
                "status": file.status,
                "template": file.template,
                "error": file.error.code if file.error else None,
                "errors": _count(file, "error"),
                "warnings": _count(file, "warning"),
            }
            for file in collection.files
        ],
        "problems": [
            {
                "severity": item.severity,
                "code": item.code,
                "where": item.where(),
                "unit": item.unit,
                "field": item.field,
            }
            for item in (*collection.problems, *(problem for file in collection.files for problem in file.problems))
        ],
    }


def returns(collection: Collection, language: str) -> list[dict[str, str | int]]:
    """Return a row for each file and unit, and for each unit that is missing; files by name."""
    say = partial(_say, language)
    rows: list[dict[str, str | int]] = []
    for file in collection.files:
        for unit, name in (file.units or {"": ""}).items():
            note = file.error.message(language) if file.error else ""
            rows.append(
                {
                    "unit": unit,
                    "name": name,
                    "file": file.name,
                    "status": say(f"status.{file.status}"),
                    "template": say(f"template.{file.template}"),
                    "errors": _count(file, "error"),
                    "warnings": _count(file, "warning"),
                    "note": note,
                }
            )
    absent: dict[str, str | int] = {"file": say("no_file"), "status": say("status.missing"), "template": say("no_file")}
    more: dict[str, str | int] = {"errors": 0, "warnings": 0, "note": ""}
    return [*rows, *({"unit": unit, "name": name, **absent, **more} for unit, name in collection.missing.items())]


def counts_sentence(collection: Collection, language: str) -> str:
    """Return how many were expected, came, are missing, and what became of the files."""
    counts = Counter(file.status for file in collection.files)
    facts = {status: counts[status] for status in get_args(Status)}
    sent = len({unit for file in collection.files for unit in file.units})
    key = "counts_open" if collection.expected is None else "counts"
    return _say(
        language,
        key,
        expected=collection.expected,
        sent=sent,
        missing=len(collection.missing),
        files=len(collection.files),
        **facts,
    )


def _say(language: str, key: str, /, **facts: object) -> str:
    return text.sentence(f"report.collection.{key}", language, **facts)


def _count(file: Returned, severity: str) -> int:
    return sum(problem.severity == severity for problem in file.problems)


def _write_returns(sheet: Sheet, collection: Collection, words: Words) -> None:
    columns = tuple(
        Column(heading=words.say(f"collection.columns.{key}"), wraps=key in {"name", "file", "note"}) for key in RETURNS
    )
    sheet.start(columns, words.say("collection.returns_title", year=collection.year))
    sheet.notes([counts_sentence(collection, words.language)])
    sheet.headings()
    for row in returns(collection, words.language):
        sheet.row([("text" if key in {"name", "file", "note"} else "centre", str(row[key])) for key in RETURNS])
    sheet.freeze(1)


def _write_list(
    sheet: Sheet, title: str, note: str, found: Sequence[Problem], excerpts: Excerpts, words: Words
) -> None:
    wraps = {"place", "where", "message", "remedy"}
    columns = [
        Column(heading=words.say(f"collection.columns.{key}"), wraps=key in wraps, widest=18.0) for key in PROBLEMS
    ]
    sheet.start(columns, title)
    if note:
        sheet.notes([note])
    sheet.headings()
    for number, problem in enumerate(found, start=1):
        kind = "wrong" if problem.severity == "error" else "doubtful"
        target = excerpts.address(problem)
        if target:
            sheet.link(f"E{sheet.height + 1}", words.say("collection.excerpts_sheet"), target)
        sheet.row(
            [
                ("centre", str(number)),
                ("centre", problem.unit),
                (kind, words.say(f"problems.severity.{problem.severity}")),
                ("text", words.place(problem.table, problem.field)),
                ("link" if target else "text", problem.where()),
                (kind if problem.value else "text", problem.value),
                ("text", problem.message(words.language)),
                ("text", problem.remedy(words.language)),
            ]
        )
    if not found:
        sheet.span(("centre", words.say("collection.no_problems")))
    sheet.freeze(1)


def _write_excerpts(sheet: Sheet, excerpts: Excerpts, words: Words) -> None:
    columns = [Column(widest=20.0) for _ in range(excerpts.width)]
    sheet.start(columns, words.say("collection.excerpts_title"))
    for block in excerpts.blocks:
        sheet.span(("section", block.title))
        for row in block.rows:
            sheet.row(_padded(row, excerpts.width))


def _padded(row: Sequence[Entry], width: int) -> list[Entry]:
    return [*row, *[("caption", None)] * (width - len(row))]


def _to_write_to(collection: Collection) -> dict[str, tuple[str, list[Returned]]]:
    """Return the units whose files have problems: name and files."""
    found: dict[str, tuple[str, list[Returned]]] = {}
    for file in collection.files:
        if file.problems and file.status in {"accepted", "to_correct", "twice"}:
            for unit, name in file.units.items():
                found.setdefault(unit, (name, []))[1].append(file)
    return dict(sorted(found.items()))


def _left_out(count: int, words: Words) -> str:
    return words.say("problems.left_out", count=count) if count else ""


def _write_letter(
    collection: Collection, folder: Path, unit: str, name: str, files: Sequence[Returned], words: Words
) -> None:
    """Write what a unit has to correct, as a workbook with its rows and as plain text."""
    folder.mkdir(exist_ok=True)
    several = any(len(file.units) > 1 for file in files)
    own = [problem for file in files for problem in file.problems if not several or problem.unit in {"", unit}]
    if not own:
        return
    found, left_out = foremost(own, MOST_ROWS)
    title = words.say("collection.letter_title", year=collection.year)
    listed = words.say("between_items").join(file.name for file in files)
    note = words.say("collection.letter_to", name=name or unit, unit=unit, files=listed, count=len(found) + left_out)
    note += _left_out(left_out, words)
    excerpts = Excerpts(files, found, words)
    sheets: Mapping[str, Callable[[Sheet], None]] = {
        "list_sheet": partial(_write_list, title=title, note=note, found=found, excerpts=excerpts, words=words),
        "excerpts_sheet": partial(_write_excerpts, excerpts=excerpts, words=words),
    }
    stem = _file_name(unit, folder)
    _save(sheets, words, folder / f"{stem}.xlsx")
    lines = [
        words.say(
            "collection.text_row",
            number=number,
            severity=words.say(f"problems.severity.{problem.severity}"),
            where=problem.where() or words.place(problem.table, problem.field),
            message=problem.message(words.language),
            remedy=problem.remedy(words.language),
        )
        for number, problem in enumerate(found, start=1)
    ]
    one_line_each = ("".join(line.splitlines()) for line in lines)  # headings quoted may have several
    content = "\n".join([title, "", note, "", *one_line_each, ""])
    (folder / f"{stem}.txt").write_text(content, encoding="utf-8-sig", newline="\r\n")


def _file_name(unit: str, folder: Path) -> str:
    """Return a name for a unit's letter that no id can lead out of the folder with, and that no other unit has."""
    safe = UNSAFE.sub("_", unit).strip(". ")[:LONGEST_NAME] or "_"
    taken = {path.stem.casefold() for path in folder.iterdir()}
    number, name = 1, safe
    while name.casefold() in taken:
        number += 1
        name = f"{safe}-{number}"
    return name


def _save(sheets: Mapping[str, Callable[[Sheet], None]], words: Words, path: Path) -> None:
    workbook = Workbook()
    workbook.remove(workbook.active)
    strings = SharedStrings()
    worksheets = [workbook.create_sheet(words.say(f"collection.{name}")) for name in sheets]
    styles = Styles(worksheets[0], words.language, load_theme())
    contents = []
    for worksheet, write in zip(worksheets, sheets.values(), strict=True):
        sheet = Sheet(worksheet, styles, strings)
        write(sheet)
        contents.append(sheet.finish(words.language, ""))
    package.save(workbook, contents, strings, path)
