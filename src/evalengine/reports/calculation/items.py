"""Vetoes, bonus and penalty items: how often each counts for each unit, and what an occurrence is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalengine.reports.calculation.book import HEADING_ROW, Book
from evalengine.reports.calculation.columns import ROW, UnitColumn
from evalengine.reports.calculation.facts import counted
from evalengine.reports.calculation.figures import Fields
from evalengine.reports.calculation.live import live, quoted
from evalengine.reports.calculation.parameters import Parameters
from evalengine.reports.layout import Entry
from evalengine.reports.style import kind_of
from evalengine.scheme.model import SEVERE, Floor, Item

FAILS, CAPS, POINTS = range(HEADING_ROW + 2, HEADING_ROW + 5)  # the lines under the headings


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """Formulas over the sheet of the items, with `ROW` for the row.

    Attributes:
        bonus: bonus points before the cap.
        penalty: penalty points before the cap.
        fails: 1 if a veto fails the unit, else 0.
        cap: the best grade the vetoes leave, counted from the best; 0 for any.
    """

    bonus: str
    penalty: str
    fails: str
    cap: str


def write_items(book: Book, fields: Fields, rules: Parameters) -> Items:
    """Write the items; a floor is one of them, its occurrence a formula over the field."""
    system = book.facts.system
    kinds: dict[str, list[UnitColumn]] = {
        "veto": [
            *(_veto(book, code) for code in system.vetoes),
            *(
                _floor(book, place, floor, fields, rules)
                for place, floor in enumerate(system.floors)
                if floor.minimum is not None
            ),
        ],
        "bonus": [_item(book, code, item, "bonus", rules) for code, item in system.bonus.items.items()],
        "penalty": [_item(book, code, item, "penalty", rules) for code, item in system.penalty.items.items()],
    }
    columns = [column for part in kinds.values() for column in part]
    book.units("items", columns, lines=[book.say(f"line.{line}") for line in ("fails", "caps", "points")])
    letters = list(book.letters([str(place) for place in range(len(columns))]).values())
    areas: dict[str, tuple[str, str]] = {}
    for kind, part in kinds.items():
        if part:
            own, letters = letters[: len(part)], letters[len(part) :]
            areas[kind] = own[0], own[-1]
    return _formulas(book.sheets["items"].title, areas)


def _formulas(title: str, areas: Mapping[str, tuple[str, str]]) -> Items:
    def line(kind: str, row: int) -> str:
        first, last = areas[kind]
        return f"'{title}'!${first}${row}:${last}${row}"

    def counts(kind: str) -> str:
        first, last = areas[kind]
        return f"'{title}'!{first}{ROW}:{last}{ROW}"

    def points(kind: str) -> str:
        return f"SUMPRODUCT({line(kind, POINTS)},{counts(kind)})" if kind in areas else "0"

    fails = cap = "0"
    if "veto" in areas:
        found = counts("veto")
        fails = f"IF(SUMPRODUCT({line('veto', FAILS)}*({found}>0)+({found}>={SEVERE:g}))>0,1,0)"
        cap = f"SUMPRODUCT(MAX({line('veto', CAPS)}*({found}>0)))"
    return Items(bonus=points("bonus"), penalty=points("penalty"), fails=fails, cap=cap)


def _veto(book: Book, code: str) -> UnitColumn:
    return _column(
        book,
        "veto",
        book.words.item(code),
        _effects(book, code),
        counted(book.facts.assessment, book.facts.units, code, "veto"),
    )


def _item(book: Book, code: str, item: Item, kind: str, rules: Parameters) -> UnitColumn:
    worth = live(kind_of(item.points), rules.cells["points", code], item.points)
    lines: list[Entry] = [("centre", None), ("centre", None), worth]
    return _column(
        book, kind, book.words.item(code), lines, counted(book.facts.assessment, book.facts.units, code, kind)
    )


def _floor(book: Book, place: int, floor: Floor, fields: Fields, rules: Parameters) -> UnitColumn:
    cell, least = fields[floor.field, "year"], rules.cells["floor", str(place)]
    unknown = 1 if floor.missing == "below" else 0  # what is missing or unverified; what does not apply is not below
    other = f"IF({cell}={quoted(book.status('not_applicable'))},0,{unknown})" if unknown else "0"
    formula = f"IF(ISNUMBER({cell}),IF({cell}<{least},1,0),{other})"
    figures = book.facts.fields.get((floor.field, book.facts.assessment.year), [None] * len(book.facts.units))
    below = [
        figure < (floor.minimum or 0.0) if isinstance(figure, float) else unknown and figure != "not_applicable"
        for figure in figures
    ]
    heading = book.say("below_floor", veto=floor.veto, field=book.words.node(floor.field))
    return UnitColumn(
        above=book.say("kind.veto"),
        heading=heading,
        lines=_effects(book, floor.veto),
        kind="rank",
        values=[float(found) for found in below],
        formulas=formula,
    )


def _column(book: Book, kind: str, heading: str, lines: Sequence[Entry], counts: Sequence[float]) -> UnitColumn:
    return UnitColumn(above=book.say(f"kind.{kind}"), heading=heading, lines=lines, values=counts, editable=True)


def _effects(book: Book, code: str) -> list[Entry]:
    """Return whether a veto fails the unit, and the best grade it leaves otherwise."""
    veto = book.facts.system.vetoes[code]
    codes: list[str] = [level.code for level in book.facts.system.grades.levels]
    if veto.effect == "fail":
        return [("rank", 1), ("rank", 0), ("centre", None)]
    return [("rank", 0), ("rank", codes.index(veto.cap) + 1), ("centre", None)]
