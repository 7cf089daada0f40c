"""The first sheet: whether all agrees, how to follow a score, what may be changed, what is not a formula."""

from __future__ import annotations

from collections.abc import Mapping

from evalengine.reports.calculation.book import Book
from evalengine.reports.calculation.comparison import TOLERANCE, Comparison
from evalengine.reports.calculation.live import live, quoted
from evalengine.reports.calculation.parameters import Parameters
from evalengine.reports.cells import number
from evalengine.reports.layout import Column
from evalengine.reports.words import plain

VERDICT_ROW = 4
EXPLAINED = (
    "weights",
    "anchors",
    "rules",
    "fields",
    "values",
    "scores",
    "shares",
    "items",
    "result",
    "ranking",
    "unit",
    "engine",
    "check",
)


def verdict_cell(book: Book) -> str:
    """Return the address of the verdict."""
    return book.sheets["guide"].cell("B", VERDICT_ROW)


def write_guide(book: Book, compared: Comparison, changeable: Mapping[str, Parameters]) -> None:
    """Write the verdict, the way through the sheets and the notes."""
    facts, sheet = book.facts, book.sheets["guide"]
    system, profile, words = facts.system, facts.assessment.profile, book.words
    left = words.say("ranking.left", system=words.label(system.label), profile=words.label(profile.label))
    columns = [Column(wraps=True, least=24), Column(wraps=True)]
    sheet.start(columns, book.say("guide.title", year=facts.assessment.year), left=left, orientation="portrait")
    sheet.span(("section", book.say("guide.verdict")))
    row = VERDICT_ROW
    changes = {name: row + 4 + place for place, name in enumerate(changeable)}
    sheet.row(
        [("band", book.say("guide.conclusion")), live("text", _verdict(book, row, changes), book.say("verdict.agree"))]
    )
    sheet.row([("band", book.say("guide.compared")), ("text", compared.cells)])
    sheet.row([("band", book.say("guide.different")), live("text", compared.different, 0.0)])
    tolerance = book.say("guide.largest", tolerance=plain(TOLERANCE))
    sheet.row([("band", tolerance), live("text", compared.largest, 0.0)])
    for name, parameters in changeable.items():
        said = book.say("guide.changed", sheet=book.sheets[name].title)
        sheet.row([("band", said), live("text", parameters.changed, 0.0)])
    sheet.span(("section", book.say("guide.way")))
    for name in EXPLAINED:
        sheet.row([("band", book.sheets[name].title), ("text", book.say(f"guide.about.{name}"))])
    sheet.span(("section", book.say("guide.notes")))
    notes = [book.say(f"guide.note.{key}") for key in ("editable", "open", "rounding", "row", "functions")]
    for said in (*notes, *(book.values_only or [book.say("values_only.none")])):
        sheet.span(("text", said))
    book.finish("guide")


def _verdict(book: Book, row: int, changes: Mapping[str, int]) -> str:
    different, largest = f"B{row + 2}", f"B{row + 3}"
    said = {name: quoted(book.say(f"verdict.{name}")) for name in ("agree", "wrong", "changed_same")}
    none = f"AND({different}=0,ABS({largest})<={number(TOLERANCE).upper()})"
    changed = f"SUM(B{min(changes.values())}:B{max(changes.values())})>0"
    result = f"IF({none},{said['agree']},{said['wrong']})"
    for name, place in reversed(list(changes.items())):
        own = quoted(book.say("verdict.changed", sheet=book.sheets[name].title))
        result = f"IF(B{place}>0,{own},{result})"
    return f"IF(ISERROR({largest}),{said['wrong']},IF(AND({changed},{none}),{said['changed_same']},{result}))"
