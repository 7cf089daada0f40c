"""Where each unit loses most points, in the order of the ranking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evalengine.analysis.explanation import Explanation
from evalengine.reports.entries import figure, rank
from evalengine.reports.layout import NAME, Column, Entry
from evalengine.reports.sheet import Sheet
from evalengine.reports.words import Words

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

WORST = ("first", "second", "third")  # indicators named for each unit


def write(sheet: Sheet, assessment: Assessment, words: Words, explained: Sequence[Explanation]) -> None:
    """Write one row for each unit: the indicators that cost it most, and all points it loses."""
    wide = {"name": NAME, **dict.fromkeys(WORST, 20.0)}
    keys = ("rank", "unit", "name", *(key for name in WORST for key in (name, f"{name}_lost")), "sum")
    columns = [
        Column(heading=words.say(f"unit_shortfalls.columns.{key}"), wraps=key in wide, least=wide.get(key, 12.0))
        for key in keys
    ]
    title, left = words.say("unit_shortfalls.title", year=assessment.year), words.say("unit_shortfalls.left")
    sheet.start(columns, title, left=left, right=sheet.theme.unit_line.get(words.language))
    sheet.headings()
    found = {item.unit: item for item in explained}
    for unit, name, own_rank in assessment.ranking.select("unit", "name", "rank").iter_rows():
        sheet.row([rank(own_rank), ("centre", unit), ("text", name or unit), *_worst(found[unit], words)])
    sheet.notes((words.say("unit_shortfalls.note"), *words.not_additive()))


def _worst(item: Explanation, words: Words) -> list[Entry]:
    entries: list[Entry] = []
    for code in item.shortfalls[: len(WORST)]:
        entries += [("text", words.node(code)), figure(item.indicators[code].standing.lost, "score")]
    entries += [figure(None)] * (2 * len(WORST) - len(entries))
    return [*entries, figure(item.total.lost, "score")]  # where means are not arithmetic, the others do not add up
