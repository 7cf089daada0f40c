"""What may be changed: weights, anchors and rules, each in a cell of its own with the original beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from openpyxl.worksheet.datavalidation import DataValidation

from evalengine.reports.calculation import curves
from evalengine.reports.calculation.book import Book
from evalengine.reports.calculation.live import LiveSheet, column_letter, given, live, quoted
from evalengine.reports.cells import number
from evalengine.reports.layout import Column, Entry
from evalengine.reports.style import kind_of
from evalengine.scheme.model import Item
from evalengine.scoring import plan

COLUMNS = ("subject", "scope", "name", "value", "original", "state")
SENTENCES = ("subject", "scope", "name")
SAME = number(1e-12)  # weights are decimals of a few places


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Addresses of what may be changed.

    Attributes:
        cells: the cell of every parameter.
        changed: a formula that counts the changed ones.
    """

    cells: Mapping[tuple[str, ...], str]
    changed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    key: tuple[str, ...]
    subject: str
    scope: str
    name: str
    value: float
    kind: str = ""


def write_weights(book: Book) -> Parameters:
    """Write the weights of the indicators, in a column for each group that has its own; dimensions add up."""
    facts, sheet = book.facts, book.sheets["weights"]
    sets = facts.weight_sets()

    def headings(of_all: str, of_group: str) -> list[Column]:
        return [Column(heading=book.say(of_group, group=group) if group else book.say(of_all)) for group in sets]

    columns = [
        Column(heading=book.say("weights.node"), wraps=True, least=30),
        Column(heading=book.say("weights.code"), widest=34),
        *headings("weights.of_all", "weights.of_group"),
        *headings("weights.original", "weights.original_of_group"),
        Column(heading=book.say("weights.formula"), wraps=True, least=30),
        Column(heading=book.say("weights.window")),
    ]
    sheet.start(columns, book.say("weights.title"), left=book.say("weights.left"))
    sheet.headings()
    top = sheet.height + 1
    depths = dict(facts.walk())
    order = list(depths)
    rows = {code: top + place for place, code in enumerate(order)}
    weights = [dict(zip(made.nodes, made.tree.weights.tolist(), strict=True)) for made in
               (plan(facts.system, facts.assessment.profile, group) for group in sets)]  # fmt: skip
    for code in order:
        indent = "\N{IDEOGRAPHIC SPACE}" * depths[code]
        sheet.row([*_weight_cells(book, code, indent, rows, [own[code] for own in weights])])
    sheet.notes([book.say("weights.note")])
    letters = [column_letter(2 + place) for place in range(len(sets))]
    rule = DataValidation(type="decimal", operator="between", formula1="0", formula2="1", showErrorMessage=True)
    rule.error, rule.errorTitle = book.say("weights.error"), book.say("weights.title")
    for letter in letters:
        rule.add(f"{letter}{top}:{letter}{top + len(order) - 1}")
    sheet.worksheet.add_data_validation(rule)
    sheet.worksheet.freeze_panes = f"C{top}"
    book.finish("weights")
    cells: dict[tuple[str, ...], str] = {
        (group, code): sheet.cell(letter, rows[code])
        for group, letter in zip(sets, letters, strict=True)
        for code in order
    }
    changed = "+".join(
        _changed(sheet, letter, column_letter(2 + len(sets) + place), top, top + len(order) - 1)
        for place, letter in enumerate(letters)
    )
    return Parameters(cells=cells, changed=changed)


def write_anchors(book: Book) -> Parameters:
    """Write the anchors of every rule that is a formula over anchors, what else decides a score beside them."""
    lines = list(_anchor_lines(book))
    return _write(book, "anchors", lines)


def write_rules(book: Book) -> Parameters:
    """Write caps and points, grade lines and quotas, floors and decimals."""
    return _write(book, "rules", list(_rule_lines(book)))


def _weight_cells(book: Book, code: str, indent: str, rows: Mapping[str, int], weights: list[float]) -> Iterator[Entry]:
    children = book.facts.children(code)
    indicator = book.facts.system.indicators.get(code)
    yield ("text" if indicator else "band", f"{indent}{book.node(code)}")
    yield ("text", code)
    for place, weight in enumerate(weights):
        letter = column_letter(2 + place)
        below = ",".join(f"{letter}{rows[child]}" for child in children)
        yield given("weight", weight) if indicator else live("weight_total", f"SUM({below})", weight)
    for weight in weights:
        yield ("weight", weight)
    yield ("text", book.words.formula(indicator) if indicator else None)
    yield ("centre", book.words.say(f"window.{indicator.window}") if indicator else None)


def _anchor_lines(book: Book) -> Iterator[_Line]:
    facts = book.facts
    for code, item in facts.system.indicators.items():
        for group in ("", *(name for name in facts.system.groups if facts.rule_set(code, name))):
            rule = facts.rule(code, group)
            found = curves.anchors(rule) or {}
            scope = book.say("anchors.group", group=group) if group else ""
            about = {"subject": book.node(code), "scope": scope}
            for key, value in found.items():
                name, _, place = key.partition(".")
                said = book.say(f"anchor.{name}", place=place, rule=book.words.scoring(rule))
                yield _Line(key=(code, group, key), name=said, value=value, **about)
            factor = facts.coefficient(code, group)
            if factor is not None:
                yield _Line(
                    key=(code, group, "coefficient"), name=book.say("anchor.coefficient"), value=factor, **about
                )
        if item.not_applicable.policy != "reweight":
            percent = item.not_applicable.percent if item.not_applicable.policy == "fixed" else 0.0
            name = book.say("anchor.not_applicable")
            yield _Line(key=(code, "", "not_applicable"), subject=book.node(code), scope="", name=name, value=percent)


def _rule_lines(book: Book) -> Iterator[_Line]:
    system = book.facts.system

    def line(key: tuple[str, ...], subject: str, value: float, scope: str = "") -> _Line:
        return _Line(
            key=key, subject=book.say(f"rule.{subject}"), scope=scope, name=book.say(f"rule.name.{key[0]}"), value=value
        )

    for kind, items in (("bonus", system.bonus), ("penalty", system.penalty)):
        yield line(("cap", kind), kind, items.cap)
        for code in items.items:
            item: Item = items.items[code]
            yield line(("points", code), kind, item.points, book.words.item(code))
    for level in system.grades.levels:
        if level.minimum is not None:
            yield line(("minimum", level.code), "grades", level.minimum, book.words.label(level.label))
        if level.quota is not None:
            yield line(("quota", level.code), "grades", level.quota, book.words.label(level.label))
    yield line(("quota_minimum_group",), "grades", system.grades.quota_minimum_group)
    if system.grades.two_year:
        yield line(("low",), "two_year", system.grades.two_year.low)
        yield line(("high",), "two_year", system.grades.two_year.high)
    for place, floor in enumerate(system.floors):
        if floor.minimum is not None:
            scope = f"{book.words.item(floor.veto)} {book.words.node(floor.field)}"
            yield line(("floor", str(place)), "floor", floor.minimum, scope)
    yield line(("inner_decimals",), "rounding", system.ranking.inner_decimals)
    yield line(("decimals",), "rounding", system.ranking.decimals)


def _write(book: Book, name: str, lines: list[_Line]) -> Parameters:
    sheet = book.sheets[name]
    headings = [Column(heading=book.say(f"{name}.{key}"), wraps=key in SENTENCES, least=20) for key in COLUMNS]
    sheet.start(headings, book.say(f"{name}.title"), left=book.say(f"{name}.left"), orientation="portrait")
    sheet.headings()
    top = sheet.height + 1
    cells: dict[tuple[str, ...], str] = {}
    for row, line in enumerate(lines, start=top):
        kind = kind_of(line.value)
        state = live("centre", f'IF(D{row}=E{row},"",{quoted(book.say("changed"))})', "")
        sheet.row(
            [
                ("text", line.subject),
                ("text", line.scope),
                ("text", line.name),
                given(kind, line.value),
                (kind, line.value),
                state,
            ]
        )
        cells[line.key] = sheet.cell("D", row)
    sheet.worksheet.freeze_panes = f"A{top}"
    book.finish(name)
    return Parameters(cells=cells, changed=_changed(sheet, "D", "E", top, top + len(lines) - 1) if lines else "0")


def _changed(sheet: LiveSheet, now: str, before: str, first: int, last: int) -> str:
    difference = f"{sheet.range(now, first, last)}-{sheet.range(before, first, last)}"
    return f"SUMPRODUCT(--(ABS({difference})>{SAME}))"
