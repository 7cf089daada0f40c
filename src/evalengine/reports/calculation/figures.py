"""From raw figures to indicator values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evalengine.reports.calculation.book import Book
from evalengine.reports.calculation.columns import ROW, UnitColumn
from evalengine.reports.calculation.expressions import translate
from evalengine.reports.calculation.facts import Figure, windowed
from evalengine.reports.calculation.live import quoted
from evalengine.reports.layout import Entry
from evalengine.scheme.expressions import roots
from evalengine.scheme.model import Indicator, Window

FUNCTIONS = {"avg3": "AVERAGE", "sum3": "SUM"}
Fields = Mapping[tuple[str, Window], str]


def write_fields(book: Book) -> Fields:
    """Write the figures of every year that counts, means and sums over years as formulas.

    Returns:
        For every field and window the address of its figure, with `ROW` for the row.
    """
    facts = book.facts
    columns: list[UnitColumn] = []
    addresses: dict[tuple[str, Window], str] = {}
    for code, windows in facts.windows().items():
        longest = max((facts.years(window) for window in windows), key=len)
        figures = {year: facts.fields.get((code, year), [None] * len(facts.units)) for year in longest}
        first = len(columns)
        columns += [_year(book, code, year, figures[year]) for year in longest]
        letters = book.letters([str(place) for place in range(len(columns))])
        for window in windows:
            years = facts.years(window)
            start, end = (letters[str(first + longest.index(year))] for year in (years[0], years[-1]))
            if len(years) > 1:
                over = f"{start}{ROW}:{end}{ROW}"
                columns.append(_window(book, code, window, over, windowed([figures[year] for year in years], window)))
                end = book.letters([str(place) for place in range(len(columns))])[str(len(columns) - 1)]
            addresses[code, window] = f"'{book.sheets['fields'].title}'!{end}{ROW}"
    book.units("fields", columns, lines=[book.say("line.code"), book.say("line.measure")])
    return addresses


def write_values(book: Book, fields: Fields) -> tuple[dict[str, str], dict[str, str]]:
    """Write the value of every indicator as its formula over fields; behind them the treated ones.

    Returns:
        For every indicator the address of its value, and of the value that is scored, with `ROW` for the row.
    """
    facts = book.facts
    codes, treated = list(facts.system.indicators), list(facts.system.treatments())
    letters = list(book.letters([str(place) for place in range(len(codes) + len(treated))]).values())
    addresses = [f"'{book.sheets['values'].title}'!{letter}{ROW}" for letter in letters]
    values = dict(zip(codes, addresses, strict=False))
    columns = [_indicator(book, code, facts.system.indicators[code], fields) for code in codes]
    columns += [_treated(book, code, values[code]) for code in treated]
    book.units("values", columns, lines=[book.say("line.code"), book.say("line.measure"), book.say("line.window")])
    return values, {**values, **dict(zip(treated, addresses[len(codes) :], strict=True))}


def _treated(book: Book, code: str, value: str) -> UnitColumn:
    """Return what is scored of an indicator whose outliers are treated: its value, where it was moved a number.

    What a treatment does depends on all units at once; moved values are the engine's, and the guide says so.
    """
    facts = book.facts
    moved = [facts.treated.get((unit, code)) for unit in facts.units]
    count = sum(number is not None for number in moved)
    if count:
        book.value_only(book.node(code), "treated", count=count)
    lines: list[Entry] = [("centre", ""), ("centre", book.words.unit(facts.system.indicators[code].unit))]
    return UnitColumn(
        above=book.say("values.treated"),
        heading=book.node(code),
        lines=lines,
        values=_shown(book, [own if now is None else now for own, now in zip(facts.values[code], moved, strict=True)]),
        formulas=[value if now is None else "" for now in moved],
        editable=True,
    )


def _year(book: Book, code: str, year: int, figures: Sequence[Figure]) -> UnitColumn:
    return UnitColumn(
        above=book.words.node(code),
        heading=str(year),
        lines=_lines(book, code),
        values=[book.status(figure) if isinstance(figure, str) else figure for figure in figures],
        editable=True,
    )


def _window(book: Book, code: str, window: Window, over: str, results: Sequence[float | str]) -> UnitColumn:
    found = f"IF(COUNT({over})=0,{_word(book, 'missing')},{FUNCTIONS[window]}({over}))"
    for status in ("missing", "unverified", "not_applicable"):
        found = f"IF(COUNTIF({over},{_word(book, status)})>0,{_word(book, status)},{found})"
    return UnitColumn(
        above=book.words.node(code),
        heading=book.words.say(f"window.{window}"),
        lines=_lines(book, code),
        values=_shown(book, results),
        formulas=found,
    )


def _lines(book: Book, code: str) -> list[Entry]:
    return [("centre", code), ("centre", book.words.unit(book.facts.system.fields[code].unit))]


def _indicator(book: Book, code: str, item: Indicator, fields: Fields) -> UnitColumn:
    names = roots(item.formula)
    sql = translate(item.formula, {name: fields[name, item.window] for name in names})
    found = ""
    if sql is None:
        book.value_only(book.node(code), "formula")
    else:
        found = book.short(_guarded(book, sql, [fields[name, item.window] for name in names]), book.node(code))
    lines: list[Entry] = [("centre", code), ("centre", book.words.unit(item.unit))]
    return UnitColumn(
        above=book.words.node(item.parent),
        heading=book.words.node(code),
        lines=[*lines, ("centre", book.words.say(f"window.{item.window}"))],
        values=_shown(book, book.facts.values[code]),
        formulas=["" if (unit, code) in book.facts.unproved else found for unit in book.facts.units],
        editable=True,
    )


def _guarded(book: Book, expression: str, cells: Sequence[str]) -> str:
    """Return the formula where every figure is there; what the worst figure is where one is not."""
    result = f"IFERROR({expression},{_word(book, 'not_applicable')})"
    if not cells:
        return result
    worst = _word(book, "missing")
    for status in ("unverified", "not_applicable"):
        among = ",".join(f"{cell}={_word(book, status)}" for cell in cells)
        worst = f"IF({f'OR({among})' if len(cells) > 1 else among},{_word(book, status)},{worst})"
    return f"IF(COUNT({','.join(cells)})={len(cells)},{result},{worst})"


def _shown(book: Book, results: Sequence[float | str]) -> list[float | str]:
    return [book.status(value) if isinstance(value, str) else value for value in results]


def _word(book: Book, status: str) -> str:
    return quoted(book.status(status))
