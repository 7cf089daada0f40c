"""The engine's own results as plain numbers, and what every formula differs from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill

from evalengine.reports import cells
from evalengine.reports.calculation.book import Book
from evalengine.reports.calculation.columns import ROW, UnitColumn
from evalengine.reports.calculation.live import EDITABLE, Text, quoted
from evalengine.reports.calculation.scores import Tree
from evalengine.reports.cells import NOT_A_NUMBER, number
from evalengine.reports.layout import Entry

TOLERANCE = 1e-9
BEYOND = number(TOLERANCE).upper()  # no decimal point: in a criterion it would depend on the language
MARKED = PatternFill("solid", bgColor=EDITABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Formulas over the sheet of the differences.

    Attributes:
        cells: how many cells are compared.
        different: how many of them differ by more than the tolerance, or in a text.
        largest: the largest difference between numbers.
    """

    cells: int
    different: str
    largest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compared:
    sheet: str
    heading: str
    address: str
    kind: str
    values: Sequence[cells.Value]


def write_comparison(
    book: Book, values: Mapping[str, str], tree: Tree, result: Mapping[str, str], verdict: str
) -> Comparison:
    """Write the engine's results and, at the same place of another sheet, what the formulas differ from them.

    Differences of indicator values are relative to values above 1: amounts have fewer decimals than scores.

    Args:
        book: the workbook.
        values: address of every indicator's value, with `ROW` for the row.
        tree: where the scores stand.
        result: the letter of every column of the result.
        verdict: the cell that says whether all agree.
    """
    compared = [*_values(book, values), *_scores(book, tree), *_shares(book, tree), *_result(book, result)]
    places: list[list[Entry]] = [[("centre", book.sheets[item.sheet].title)] for item in compared]
    engine = [
        UnitColumn(heading=item.heading, lines=lines, kind=item.kind, values=item.values)
        for item, lines in zip(compared, places, strict=True)
    ]
    book.units("engine", engine, lines=[book.say("line.sheet")])
    letters = list(book.letters([str(place) for place in range(len(compared))]).values())
    title, differs = book.sheets["engine"].title, quoted(book.say("differs"))
    columns, agreeing = [], [0.0] * len(book.facts.units)
    for item, letter, lines in zip(compared, letters, places, strict=True):
        own, given = item.address, f"'{title}'!{letter}{ROW}"
        difference = f"({own}-{given})/MAX(1,ABS({given}))" if item.sheet == "values" else f"{own}-{given}"
        # texts cannot be subtracted: the error leads to their comparison, an error in the cell to the last branch
        formula = f'IFERROR(IFERROR({difference},IF({own}&""={given}&"",0,{differs})),{differs})'
        columns.append(UnitColumn(heading=item.heading, lines=lines, kind="centre", values=agreeing, formulas=formula))
    beyond = CellIsRule(operator="notBetween", formula=[f"-{BEYOND}", BEYOND], font=Font(bold=True), fill=MARKED)
    book.sheets["check"].worksheet.conditional_formatting.add(_area(book, letters), beyond)
    book.units("check", columns, lines=[book.say("line.sheet")], left=Text(book.say("verdict.agree"), verdict))
    return _summary(book, letters)


def _summary(book: Book, letters: Sequence[str]) -> Comparison:
    area = f"'{book.sheets['check'].title}'!{_area(book, letters)}"
    counts = (f">{BEYOND}", f"<-{BEYOND}", book.say("differs"))
    return Comparison(
        cells=len(letters) * len(book.facts.units),
        different="+".join(f"COUNTIF({area},{quoted(criterion)})" for criterion in counts),
        largest=f"MAX(MAX({area}),-MIN({area}))",
    )


def _area(book: Book, letters: Sequence[str]) -> str:
    return f"${letters[0]}${book.first}:${letters[-1]}${book.last}"


def _values(book: Book, values: Mapping[str, str]) -> Iterator[_Compared]:
    for code, address in values.items():
        shown = [book.status(value) if isinstance(value, str) else value for value in book.facts.values[code]]
        yield _Compared(sheet="values", heading=book.node(code), address=address, kind="", values=shown)


def _scores(book: Book, tree: Tree) -> Iterator[_Compared]:
    for code in tree.letters:
        shown = _shown(book.facts.scores[code])
        yield _Compared(sheet="scores", heading=book.node(code), address=tree.score(code), kind="score", values=shown)


def _shares(book: Book, tree: Tree) -> Iterator[_Compared]:
    title = book.sheets["shares"].title
    for code, letter in tree.letters.items():
        address = f"'{title}'!{letter}{ROW}"
        shown = book.facts.shares[code]
        yield _Compared(sheet="shares", heading=book.node(code), address=address, kind="weight", values=shown)


def _result(book: Book, letters: Mapping[str, str]) -> Iterator[_Compared]:
    ranking, words, title = book.facts.ranking, book.words, book.sheets["result"].title
    kinds = {
        "weighted": "score",
        "bonus": "score",
        "penalty": "score",
        "total": "small",
        "score": book.published_kind,
        "rank": book.rank_kind,
        "overall_rank": book.rank_kind,
        "tie": "rank",
    }
    shown: dict[str, list[cells.Value]] = {
        **{name: _shown(ranking[name]) for name in kinds},
        "grade": [words.grade(code) for code in ranking["grade"]],
        "reason": [book.say(f"reason.{code}") for code in ranking["grade_reason"]],
        "two_year": [words.grade(code) if code else "" for code in ranking["two_year_result"]],
    }
    for name, values in shown.items():
        yield _Compared(
            sheet="result",
            heading=book.say(f"result.column.{name}"),
            address=f"'{title}'!{letters[name]}{ROW}",
            kind=kinds.get(name, "centre"),
            values=values,
        )


def _shown(values: Sequence[Any]) -> list[cells.Value]:
    """Return numbers and truth values as numbers, nothing as a dash."""
    return [NOT_A_NUMBER if value is None else float(value) for value in values]
