"""The methods behind the reference ranks and grades: what each does, with which parameters, and which had no answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from evalengine import text
from evalengine.analysis.reference import Referenced, Unanswered
from evalengine.reports.cells import NOT_A_NUMBER
from evalengine.reports.layout import Column
from evalengine.reports.sheet import Sheet
from evalengine.reports.words import Words, plain

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

KEYS = ("number", "method", "gives", "summary", "parameters", "family")
SENTENCES = {"method": 20.0, "summary": 40.0, "parameters": 30.0, "family": 24.0}
NOT_SHOWN = ("tolerance",)  # noise, not a choice


def write(sheet: Sheet, assessment: Assessment, words: Words, found: Referenced) -> None:
    """Write one row for each method, then those without an answer and why."""
    columns = [
        Column(
            heading=words.say(f"reference_methods.columns.{key}"),
            wraps=key in SENTENCES,
            least=SENTENCES.get(key, 12.0),
        )
        for key in KEYS
    ]
    title, left = words.say("reference_methods.title", year=assessment.year), words.say("reference_methods.left")
    sheet.start(columns, title, left=left)
    sheet.headings()
    for number, item in enumerate((*found.methods, *found.grading), start=1):
        ranks = number <= len(found.methods)
        family = words.say(f"reference_methods.families.{item.family}") if ranks and item.family else NOT_A_NUMBER
        sheet.row(
            [
                ("centre", str(number)),
                ("text", words.method(item.method)),
                ("centre", words.say(f"reference_methods.gives.{'ranks' if ranks else 'grades'}")),
                ("text", text.sentence(f"methods.{item.method.kind}.{item.method.name}.summary", words.language)),
                ("text", _parameters(item.settings, words)),
                ("text", family),
            ]
        )
    if found.unanswered:
        sheet.span(("section", words.say("reference_methods.unanswered")))
    for missed in found.unanswered:
        number = missed.number + (len(found.methods) if missed.purpose == "grades" else 0)
        facts = {"label": words.method(missed.chosen.method), "group": missed.group or words.say("no_group")}
        message = _why(missed, words)
        sheet.span(("text", words.say("reference_methods.missed", number=number, message=message, **facts)))
    notes = ["basis", "missing", *(["grades"] if found.grading else [])]
    decimals = assessment.system.ranking.inner_decimals
    for place, note in enumerate(notes, start=1):
        said = words.say(f"reference_methods.notes.{note}", decimals=decimals)
        sheet.notes([words.say("numbered_note", number=place, note=said)])


def _parameters(settings: Mapping[str, Any], words: Words) -> str:
    """Return every parameter with its value, given or by default."""
    say = words.say
    shown = [
        say("reference_methods.named", name=say(f"reference_methods.parameter.{name}"), value=_value(value, words))
        for name, value in settings.items()
        if value is not None and name not in NOT_SHOWN
    ]
    return words.say("between_items").join(shown) or words.say("reference_methods.no_parameters")


def _value(value: object, words: Words) -> str:
    if isinstance(value, str):
        return text.catalogue("report", words.language).get(f"report.reference_methods.value.{value}", value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(item, words) for item in value)}]"
    return plain(value)


def _why(item: Unanswered, words: Words) -> str:
    """Return why a method has no answer, with the names a reader of this sheet knows."""
    facts = {**item.error.facts, "method": words.method(item.chosen.method)}
    if "column" in facts:
        facts["column"] = words.node(str(facts["column"]))
    return text.sentence(f"errors.{item.error.code}", words.language, **facts)
