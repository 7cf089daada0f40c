"""The sheets of a collection round and of its letters: what came, what is wrong, and the rows that are wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook

from evalengine.errors import Problem
from evalengine.reports import package
from evalengine.reports.cells import SharedStrings
from evalengine.reports.excerpts import Excerpts
from evalengine.reports.layout import Column, Entry
from evalengine.reports.sheet import Sheet
from evalengine.reports.style import Styles
from evalengine.reports.words import Words
from evalengine.scheme.loading import load_theme

RETURNS = ("unit", "name", "file", "status", "template", "errors", "warnings", "note")
PROBLEMS = ("number", "unit", "severity", "place", "where", "value", "message", "remedy")


def save_sheets(sheets: Mapping[str, Callable[[Sheet], None]], words: Words, path: Path) -> None:
    """Save a workbook of these sheets, each the key of its title and the function that writes it."""
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


def write_returns(sheet: Sheet, title: str, note: str, rows: Sequence[Mapping[str, str | int]], words: Words) -> None:
    """Write which files came, of whom, and who is missing."""
    columns = tuple(
        Column(heading=words.say(f"collection.columns.{key}"), wraps=key in {"name", "file", "note"}) for key in RETURNS
    )
    sheet.start(columns, title)
    sheet.notes([note])
    sheet.headings()
    for row in rows:
        sheet.row([("text" if key in {"name", "file", "note"} else "centre", str(row[key])) for key in RETURNS])
    sheet.freeze(1)


def write_problems(
    sheet: Sheet, title: str, note: str, found: Sequence[Problem], excerpts: Excerpts, words: Words
) -> None:
    """Write one row for each problem; its number leads to the row it is about.

    Not its place: LibreOffice does not wrap a text that is a link, and names of files are long.
    """
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
            sheet.link(f"A{sheet.height + 1}", words.say("collection.excerpts_sheet"), target)
        sheet.row(
            [
                ("link_centre" if target else "centre", str(number)),
                ("centre", problem.unit),
                (kind, words.say(f"problems.severity.{problem.severity}")),
                ("text", words.place(problem.table, problem.field)),
                ("text", problem.where()),
                (kind if problem.value else "text", problem.value),
                ("text", problem.message(words.language)),
                ("text", problem.remedy(words.language)),
            ]
        )
    if not found:
        sheet.span(("centre", words.say("collection.no_problems")))
    sheet.freeze(1)


def write_excerpts(sheet: Sheet, excerpts: Excerpts, words: Words) -> None:
    """Write the rows the problems are about, with their headings."""
    columns = [Column(widest=20.0) for _ in range(excerpts.width)]
    sheet.start(columns, words.say("collection.excerpts_title"))
    for block in excerpts.blocks:
        sheet.span(("section", block.title))
        for row in block.rows:
            sheet.row(_padded(row, excerpts.width))


def left_out_note(count: int, words: Words) -> str:
    """Return the sentence about problems beyond those listed, if there are any."""
    return words.say("problems.left_out", count=count) if count else ""


def _padded(row: Sequence[Entry], width: int) -> list[Entry]:
    return [*row, *[("caption", None)] * (width - len(row))]
