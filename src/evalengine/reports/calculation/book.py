"""The workbook being made, and the sheets with one row per unit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from evalengine import text
from evalengine.reports import style
from evalengine.reports.calculation.columns import ROW, UnitColumn
from evalengine.reports.calculation.facts import Facts
from evalengine.reports.calculation.live import LiveSheet, column_letter
from evalengine.reports.cells import Content
from evalengine.reports.layout import Column, Entry
from evalengine.reports.words import Words
from evalengine.scheme.model import TOTAL

HEADING_ROW = 3  # of the headings above, under the title and its caption; the headings follow
FEWEST_LINES = 3  # lines between headings and units, so that a unit has the same row on every sheet
FIXED = ("number", "unit", "name")  # columns that stay in view
NARROW = 14.0
NAME = 40.0
LONGEST_FORMULA = 8192  # characters Excel takes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Book:
    """The workbook being made.

    Attributes:
        facts: the assessment.
        words: words of the reports in its language.
        sheets: its sheets by name.
        values_only: what could not be written as a formula, as sentences, each once.
        contents: the cells of the sheets that are finished.
    """

    facts: Facts
    words: Words
    sheets: Mapping[str, LiveSheet]
    values_only: dict[str, None] = field(default_factory=dict)
    contents: dict[str, Content] = field(default_factory=dict)

    def say(self, key: str, /, **facts: object) -> str:
        """Return the sentence `calculation.<key>`."""
        return text.sentence(f"calculation.{key}", self.words.language, **facts)

    def status(self, code: str) -> str:
        """Return the word for a status, as cells and formulas hold it."""
        return self.words.say(f"status.{code}")

    @property
    def rank_kind(self) -> str:
        """Return the kind of cell for ranks: shared ones may be halves."""
        return "rank_half" if self.facts.system.ranking.method == "fractional" else "rank"

    @property
    def published_kind(self) -> str:
        """Return the kind of cell for published scores."""
        return f"published_{self.facts.system.ranking.decimals}"

    @property
    def first(self) -> int:
        """Return the row of the first unit."""
        return HEADING_ROW + 2 + max(FEWEST_LINES, 1 + len(self.facts.weight_sets()))

    @property
    def last(self) -> int:
        """Return the row of the last unit."""
        return self.first + len(self.facts.units) - 1

    def letters(self, columns: Sequence[str]) -> dict[str, str]:
        """Return the letter of every column after those that say which unit it is."""
        return {code: column_letter(len(FIXED) + place) for place, code in enumerate(columns)}

    def rows(self) -> range:
        """Return the rows of the units."""
        return range(self.first, self.last + 1)

    def node(self, code: str) -> str:
        """Return the name of a node, that of the total included."""
        return self.say("total") if code == TOTAL else self.words.node(code)

    def short(self, formula: str, subject: str) -> str:
        """Return a formula for every unit, or none where Excel could not hold it, which is then noted."""
        if len(formula.replace(ROW, str(self.last))) <= LONGEST_FORMULA:
            return formula
        self.value_only(subject, "too_long")
        return ""

    def value_only(self, subject: str, reason: str, **facts: object) -> None:
        """Note that something is written as a value and not as a formula."""
        self.values_only[self.say(f"values_only.{reason}", subject=subject, **facts)] = None

    def units(self, name: str, columns: Sequence[UnitColumn], *, lines: Sequence[str] = (), left: str = "") -> None:
        """Write a sheet with one row per unit.

        Args:
            name: the sheet.
            columns: its columns after those that say which unit it is.
            lines: what the lines between headings and units hold.
            left: what to say under the title.
        """
        facts, sheet = self.facts, self.sheets[name]
        named: list[Entry] = [("heading", line) for line in lines]
        fixed = [
            UnitColumn(heading=self.say("fixed.number"), kind="rank", values=range(1, len(facts.units) + 1)),
            UnitColumn(heading=self.say("fixed.unit"), values=facts.units),
            UnitColumn(heading=self.say("fixed.name"), kind="text", lines=named, values=facts.names),
        ]
        every = [*fixed, *columns]
        layout = [Column(widest=NARROW)] * len(every)
        layout[2] = Column(widest=NAME)
        title = self.say(f"{name}.title", year=facts.assessment.year)
        sheet.start_wide(layout, len(FIXED), title, left or self.say(f"{name}.left"))
        # no merged cells: columns can be filtered, sorted and printed page by page
        sheet.row([("heading", column.above) for column in every])
        sheet.row([("heading", column.heading) for column in every])
        for line in range(self.first - HEADING_ROW - 2):
            sheet.row([column.lines[line] if line < len(column.lines) else ("heading", None) for column in every])
        sheet.units(every)
        sheet.worksheet.print_title_rows = f"{HEADING_ROW}:{self.first - 1}"
        sheet.worksheet.freeze_panes = f"{column_letter(len(FIXED))}{self.first}"
        self.finish(name)

    def finish(self, name: str) -> None:
        """Lay a written sheet out, wide ones over several pages, and lock what is not to be edited."""
        sheet = self.sheets[name]
        made = self.contents[name] = sheet.finish(self.words.language, self.facts.assessment.provenance.run_id)
        worksheet = sheet.worksheet
        worksheet.page_setup.fitToWidth = max(1, math.ceil(sum(made.widths) / style.PAGE_COLUMNS["landscape"] / 1.3))
        if worksheet.page_setup.fitToWidth > 1:
            worksheet.print_title_cols = f"A:{get_column_letter(len(FIXED))}"
        protection = worksheet.protection  # without a password: against accidents only
        protection.sheet, protection.formatColumns, protection.formatRows, protection.autoFilter = (
            True,
            False,
            False,
            False,
        )
