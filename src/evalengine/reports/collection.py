"""What a collection round leaves: the merged data, one problem workbook, and for each unit what it has to correct."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, get_args

from evalengine import text
from evalengine.collection import Collection
from evalengine.errors import OutputError, foremost
from evalengine.intake.columns import PROVENANCE
from evalengine.intake.rounds import FOUND, MERGED, ROUND
from evalengine.reports.collection_sheets import (
    left_out_note,
    save_sheets,
    write_excerpts,
    write_problems,
    write_returns,
)
from evalengine.reports.excerpts import Excerpts
from evalengine.reports.letters import write_letter
from evalengine.reports.sheet import Sheet
from evalengine.reports.sheets.problems import MOST_ROWS
from evalengine.reports.words import Words
from evalengine.returned import Returned, Status
from evalengine.staging import staging_folder


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
        "returns_sheet": partial(
            write_returns,
            title=words.say("collection.returns_title", year=collection.year),
            note=counts_sentence(collection, words.language),
            rows=returns(collection, words.language),
            words=words,
        ),
        "list_sheet": partial(
            write_problems,
            title=words.say("collection.list_title", year=collection.year),
            note=left_out_note(left_out, words),
            found=found,
            excerpts=excerpts,
            words=words,
        ),
        "excerpts_sheet": partial(write_excerpts, excerpts=excerpts, words=words),
    }
    save_sheets(sheets, words, staging / FOUND)
    for unit, (name, files) in _to_write_to(collection).items():
        write_letter(collection, staging / "corrections", unit, name, files, words)
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


def _to_write_to(collection: Collection) -> dict[str, tuple[str, list[Returned]]]:
    """Return the units whose files have problems: name and files."""
    found: dict[str, tuple[str, list[Returned]]] = {}
    for file in collection.files:
        if file.problems and file.status in {"accepted", "to_correct", "twice"}:
            for unit, name in file.units.items():
                found.setdefault(unit, (name, []))[1].append(file)
    return dict(sorted(found.items()))


def _count(file: Returned, severity: str) -> int:
    return sum(problem.severity == severity for problem in file.problems)


def _say(language: str, key: str, /, **facts: object) -> str:
    return text.sentence(f"report.collection.{key}", language, **facts)
