"""Sheets that only look at the others: the list by rank, and the calculation of one unit on a page."""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl.worksheet.datavalidation import DataValidation

from evalengine.reports.calculation.book import Book
from evalengine.reports.calculation.columns import ROW
from evalengine.reports.calculation.live import column_letter, given, live
from evalengine.reports.calculation.scores import Tree
from evalengine.reports.cells import NOT_A_NUMBER
from evalengine.reports.layout import Column, Entry
from evalengine.scheme.model import TOTAL

LISTED = ("weighted", "bonus", "penalty", "total", "score", "rank", "overall_rank", "grade", "reason", "two_year")
NAME_COLUMN = 3
CHOICE = 3  # row of the number of the unit to look at


def write_ranking(book: Book, result: Mapping[str, str]) -> None:
    """Write the units in the order of their ranks, as they are after any change."""
    facts, sheet = book.facts, book.sheets["ranking"]
    shown = ("group", *LISTED)
    keys = ("ranking.place", "fixed.number", "fixed.unit", "fixed.name", *(f"result.column.{name}" for name in shown))
    columns = [Column(heading=book.say(key)) for key in keys]
    columns[NAME_COLUMN] = Column(heading=columns[NAME_COLUMN].heading, wraps=True, least=31)
    title = book.say("ranking.title", year=facts.assessment.year)
    sheet.start(columns, title, left=book.say("ranking.left"))
    sheet.headings()
    sheet.worksheet.freeze_panes = f"{column_letter(NAME_COLUMN + 1)}{sheet.height + 1}"
    places = {unit: place for place, unit in enumerate(facts.units)}
    cached = {"unit": facts.units, "name": facts.names, **_results(book)}
    letters = {"unit": "B", "name": "C", **result}
    for place, unit in enumerate(facts.assessment.ranking["unit"], start=1):
        row, at = sheet.height + 1, places[unit]
        number = live("rank", f"MATCH(A{row},{_column(book, result['position'])},0)", at + 1)
        found = [
            live(_kind(book, name), f"INDEX({_column(book, letters[name])},$B{row})", cached[name][at])
            for name in ("unit", "name", *shown)
        ]
        sheet.row([("rank", place), number, *found])
    book.finish("ranking")


def write_unit(book: Book, values: Mapping[str, str], tree: Tree, result: Mapping[str, str]) -> None:
    """Write the calculation of one unit, chosen by its number, from values to grade."""
    facts, sheet = book.facts, book.sheets["unit"]
    names = ("node", "value", "measure", "score", "share", "contribution", "rule")
    columns = [Column(heading=book.say(f"unit.{name}"), wraps=name in {"node", "rule"}, least=30) for name in names]
    sheet.start(columns, book.say("unit.title", year=facts.assessment.year), left=book.say("unit.left"))
    fixed = book.sheets["result"].title
    unit = _pick(book, "text", f"'{fixed}'!B{ROW}", facts.units[0])
    title = _pick(book, "text", f"'{fixed}'!C{ROW}", facts.names[0])
    nothing: list[Entry] = [("text", None)] * 3
    sheet.row([("band", book.say("unit.choice")), given("rank", 1.0), unit, *nothing, title])
    last = len(facts.units)
    rule = DataValidation(type="whole", operator="between", formula1="1", formula2=str(last), showErrorMessage=True)
    rule.error = book.say("unit.error", last=last)
    rule.add(f"B{CHOICE}")
    sheet.worksheet.add_data_validation(rule)
    sheet.headings()
    for code, depth in facts.walk():
        sheet.row(_node(book, code, depth, values, tree, sheet.height + 1))
    cached = _results(book)
    for name in LISTED:
        cell = _pick(book, _kind(book, name), f"'{fixed}'!{result[name]}{ROW}", cached[name][0])
        sheet.row([("band", book.say(f"result.column.{name}")), cell])
    sheet.worksheet.freeze_panes = f"B{CHOICE + 2}"
    book.finish("unit")


def _node(book: Book, code: str, depth: int, values: Mapping[str, str], tree: Tree, row: int) -> list[Entry]:
    facts, item = book.facts, book.facts.system.indicators.get(code)
    indent = "\N{IDEOGRAPHIC SPACE}" * depth
    cells: list[Entry] = [("text" if item else "band", f"{indent}{book.node(code)}"), ("text", None), ("centre", None)]
    if item:
        value = facts.values[code][0]
        shown = book.status(value) if isinstance(value, str) else value
        cells[1:] = [_pick(book, "amount", values[code], shown), ("centre", book.words.unit(item.unit))]
    score, share = facts.scores[code][0], facts.shares[code][0]
    cells.append(_pick(book, "score", tree.score(code), NOT_A_NUMBER if score is None else score))
    cells.append(_pick(book, "weight", f"'{book.sheets['shares'].title}'!{tree.letters[code]}{ROW}", share))
    additive = _additive(book, code)
    cells.append(
        live("contribution", f"N(D{row})*E{row}", (score or 0.0) * share) if additive else ("centre", NOT_A_NUMBER)
    )
    cells.append(("text", _rules(book, code) if item else None))
    return cells


def _rules(book: Book, code: str) -> str:
    """Return the rule of an indicator in words, with those of groups that have their own."""
    facts = book.facts
    own = [
        book.words.say("scoring.of_group", group=group, rule=book.words.scoring(facts.rule(code, group)))
        for group in facts.system.groups
        if facts.rule_set(code, group)
    ]
    return "\n".join([book.words.scoring(facts.rule(code, "")), *own])


def _additive(book: Book, code: str) -> bool:
    """Return whether the points of a node add up to the total: every node above it is an arithmetic mean."""
    while code != TOTAL:
        code = book.facts.parents[code]
        item = book.facts.system.dimensions.get(code)
        if item and item.aggregation != "arithmetic":
            return False
    return True


def _pick(book: Book, kind: str, address: str, value: float | str) -> Entry:
    """Return what a column holds for the chosen unit.

    Args:
        book: the workbook.
        kind: kind of the cell.
        address: a cell of the column on another sheet, with `ROW` for the row.
        value: what it holds for the first unit.
    """
    sheet, _, cell = address.rpartition("!")
    letter = cell.removesuffix(ROW)
    return live(kind, f"INDEX({sheet}!${letter}${book.first}:${letter}${book.last},$B${CHOICE})", value)


def _column(book: Book, letter: str) -> str:
    return book.sheets["result"].range(letter, book.first, book.last)


def _kind(book: Book, name: str) -> str:
    if name in {"unit", "grade", "reason", "two_year", "group"}:
        return "centre"
    if name == "name":
        return "text"
    return {"rank": book.rank_kind, "overall_rank": book.rank_kind, "total": "small", "score": book.published_kind}.get(
        name, "score"
    )


def _results(book: Book) -> dict[str, list[float | str]]:
    """Return what the columns of the result show, in the order of the units."""
    ranking, words = book.facts.ranking, book.words
    shown: dict[str, list[float | str]] = {
        name: [NOT_A_NUMBER if value is None else value for value in ranking[name]]
        for name in LISTED
        if name in ranking
    }
    shown["group"] = [group or words.say("no_group") for group in book.facts.groups]
    shown["grade"] = [words.grade(code) for code in ranking["grade"]]
    shown["reason"] = [book.say(f"reason.{code}") for code in ranking["grade_reason"]]
    shown["two_year"] = [words.grade(code) if code else "" for code in ranking["two_year_result"]]
    return shown
