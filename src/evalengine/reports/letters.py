"""What one unit has to correct, as a workbook with its rows and as plain text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from evalengine.collection import Collection
from evalengine.errors import foremost
from evalengine.reports.collection_sheets import left_out_note, save_sheets, write_excerpts, write_problems
from evalengine.reports.excerpts import Excerpts
from evalengine.reports.sheet import Sheet
from evalengine.reports.sheets.problems import MOST_ROWS
from evalengine.reports.words import Words
from evalengine.returned import Returned

UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
LONGEST_NAME = 60


def write_letter(
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
    note += left_out_note(left_out, words)
    excerpts = Excerpts(files, found, words)
    sheets: Mapping[str, Callable[[Sheet], None]] = {
        "list_sheet": partial(write_problems, title=title, note=note, found=found, excerpts=excerpts, words=words),
        "excerpts_sheet": partial(write_excerpts, excerpts=excerpts, words=words),
    }
    stem = _file_name(unit, folder)
    save_sheets(sheets, words, folder / f"{stem}.xlsx")
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
