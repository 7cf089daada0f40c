"""What to check of each unit: the indicators drawn, the figures in them and the evidence to ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalengine.reports.entries import figure
from evalengine.reports.layout import Column
from evalengine.reports.sheet import Sheet
from evalengine.reports.words import Words
from evalengine.scheme.expressions import roots

if TYPE_CHECKING:
    from evalengine.analysis.spot_check import SpotCheck

SENTENCES = ("fields", "evidence", "finding")
BLANK = ("finding", "conclusion")  # filled in by hand
KEYS = ("unit", "indicator", "measure", "value", "score", "contribution", "fields", "evidence", *BLANK)


def write(sheet: Sheet, found: SpotCheck, words: Words) -> None:
    """Write, for each unit, one row per indicator drawn."""
    columns = [
        Column(
            heading=words.say(f"spot_items.columns.{key}"),
            wraps=key in SENTENCES,
            least=18.0,
            widest=30.0 if key == "indicator" else 40.0,
        )
        for key in KEYS
    ]
    sheet.start(columns, words.say("spot_items.title", year=found.year), left=words.say("spot_items.left"))
    sheet.headings()
    sheet.freeze(2)
    names = dict(found.units.select("unit", "name").iter_rows())
    rows = found.items.to_dicts()
    for number, row in enumerate(rows):
        if number == 0 or row["unit"] != rows[number - 1]["unit"]:
            sheet.span(("band", words.say("spot_items.unit", unit=row["unit"], name=names[row["unit"]])))
        item = found.system.indicators[row["indicator"]]
        sheet.row(
            [
                ("centre", row["unit"]),
                ("text", words.label(item.label)),
                ("centre", words.unit(item.unit)),
                figure(row["value"]),
                figure(row["score"], "score"),
                figure(row["contribution"], "contribution"),
                ("text", words.say("between_items").join(words.node(name) for name in roots(item.formula))),
                ("text", words.label(item.evidence)),
                *[("text", None)] * len(BLANK),
            ]
        )
    sheet.notes([words.say("spot_items.note", seed=found.plan.seed)])
