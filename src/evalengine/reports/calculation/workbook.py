"""The calculation workbook, sheet by sheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from openpyxl import Workbook

from evalengine import text
from evalengine.reports import package
from evalengine.reports.calculation.book import Book
from evalengine.reports.calculation.comparison import write_comparison
from evalengine.reports.calculation.facts import facts_of
from evalengine.reports.calculation.figures import write_fields, write_values
from evalengine.reports.calculation.guide import verdict_cell, write_guide
from evalengine.reports.calculation.items import write_items
from evalengine.reports.calculation.live import LiveSheet, LiveStyles
from evalengine.reports.calculation.parameters import write_anchors, write_rules, write_weights
from evalengine.reports.calculation.result import write_result
from evalengine.reports.calculation.scores import tree_of, write_scores, write_shares
from evalengine.reports.calculation.views import write_ranking, write_unit
from evalengine.reports.cells import SharedStrings
from evalengine.reports.words import Words
from evalengine.scheme.loading import load_theme
from evalengine.scheme.theme import Theme

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

SHEETS = (
    "guide",
    "ranking",
    "unit",
    "weights",
    "anchors",
    "rules",
    "fields",
    "values",
    "scores",
    "shares",
    "items",
    "result",
    "engine",
    "check",
)


def write_calculation(assessment: Assessment, path: Path, language: str, theme: Theme | None = None) -> None:
    """Write the calculation workbook; identical assessments give identical bytes.

    Args:
        assessment: what to show the calculation of.
        path: the file to write, ending in `.xlsx`.
        language: `zh` or `en`.
        theme: how it looks; the shipped default if None.
    """
    workbook = Workbook()
    workbook.remove(workbook.active)
    workbook.calculation.fullCalcOnLoad = True
    names = {name: text.sentence(f"calculation.{name}.sheet", language) for name in SHEETS}
    worksheets = {name: workbook.create_sheet(title) for name, title in names.items()}
    strings = SharedStrings()
    styles = LiveStyles(worksheets["guide"], language, theme or load_theme())
    sheets = {name: LiveSheet(worksheet, styles, strings) for name, worksheet in worksheets.items()}
    book = Book(facts=facts_of(assessment), words=Words(assessment.system, language), sheets=sheets)
    _write(book)
    package.save(workbook, [book.contents[name] for name in SHEETS], strings, path)


def _write(book: Book) -> None:
    """Write the sheets, each after those its formulas refer to."""
    changeable = {"weights": write_weights(book), "anchors": write_anchors(book), "rules": write_rules(book)}
    fields = write_fields(book)
    values, scored = write_values(book, fields)
    tree = tree_of(book)
    write_scores(book, tree, scored, changeable["anchors"], changeable["weights"])
    write_shares(book, tree)
    items = write_items(book, fields, changeable["rules"])
    result = write_result(book, tree, values, items, changeable["rules"])
    write_ranking(book, result)
    write_unit(book, values, tree, result)
    compared = write_comparison(book, values, tree, result, verdict_cell(book))
    write_guide(book, compared, changeable)
