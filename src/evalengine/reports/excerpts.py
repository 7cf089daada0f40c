"""The rows of returned sheets in which something is wrong, with the cells at fault coloured."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from evalengine.errors import Problem
from evalengine.intake.columns import columns_of
from evalengine.intake.headings import find_header
from evalengine.intake.parts import column_number
from evalengine.intake.sheets import Sheet
from evalengine.reports.layout import Entry
from evalengine.reports.words import Words
from evalengine.returned import Returned

CELL = re.compile(r"([A-Z]+)([0-9]+)")
FIRST_ROW = 3  # below title and line
LONGEST = 120  # characters shown of a cell
MOST_COLUMNS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What is shown of one sheet.

    Attributes:
        title: file and sheet.
        rows: its heading and the rows with problems, the row number in front.
    """

    title: str
    rows: list[list[Entry]]


class Excerpts:
    """The rows with problems, sheet by sheet, and where each cell stands among them.

    Args:
        files: the returned files.
        found: the problems.
        words: the language.
    """

    def __init__(self, files: Iterable[Returned], found: Sequence[Problem], words: Words) -> None:
        self.blocks: list[Block] = []
        self._places: dict[tuple[str, str, str], str] = {}
        self._row = FIRST_ROW
        self._words = words
        by_sheet: dict[tuple[str, str], list[Problem]] = {}
        for problem in found:
            if CELL.fullmatch(problem.cell):
                by_sheet.setdefault((problem.file, problem.sheet), []).append(problem)
        for file in files:
            for sheet in file.sheets:
                if (file.name, sheet.name) in by_sheet:
                    self._add(file, sheet, by_sheet[file.name, sheet.name])
        self.width = max((len(row) for block in self.blocks for row in block.rows), default=8)

    def address(self, problem: Problem) -> str:
        """Return where the cell of a problem stands; empty if it is not shown."""
        return self._places.get((problem.file, problem.sheet, problem.cell), "")

    def _add(self, file: Returned, sheet: Sheet, problems: Sequence[Problem]) -> None:
        marked: dict[tuple[int, int], str] = {}
        for problem in sorted(problems, key=lambda item: item.severity != "error"):
            match = CELL.fullmatch(problem.cell)
            if match is not None:
                at = int(match[2]), column_number(match[1])
                marked.setdefault(at, "wrong" if problem.severity == "error" else "doubtful")
        table = next((item.table for item in problems if item.table in self._words.system.tables), "")
        header = find_header(sheet.rows, columns_of(self._words.system, table)) if table else None
        numbers = sorted({row for row, _ in marked} | ({header + 1} if header is not None else set()))
        title = "!".join(part for part in (file.name, sheet.name) if part)
        block = Block(title=title, rows=[])
        self._row += 1
        for number in numbers:
            cells = sheet.rows[number - 1] if number <= len(sheet.rows) else ()
            wanted = max([len(cells), *(column for row, column in marked if row == number)])
            kind = "heading" if header is not None and number == header + 1 else "text"
            shown: list[Entry] = [("centre", self._words.say("collection.row", row=number))]
            for column in range(1, min(wanted, MOST_COLUMNS) + 1):
                value = cells[column - 1] if column <= len(cells) else None
                content = None if value is None else str(value)[:LONGEST]
                shown.append((marked.get((number, column), kind), content))
                if (number, column) in marked:
                    cell = f"{get_column_letter(column)}{number}"
                    place = f"{get_column_letter(column + 1)}{self._row}"
                    self._places[file.name, sheet.name, cell] = place
            block.rows.append(shown)
            self._row += 1
        self.blocks.append(block)
