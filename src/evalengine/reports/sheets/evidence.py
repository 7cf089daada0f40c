"""Evidence by unit and indicator: there, missing or rejected, and what that costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from evalengine.analysis.explanation import evidence_cost
from evalengine.reports.cells import NOT_A_NUMBER
from evalengine.reports.entries import day, figure
from evalengine.reports.layout import Column, Entry
from evalengine.reports.sheet import Sheet
from evalengine.reports.words import Words

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

TEXT = Column(wraps=True, least=14.0)
COLUMNS: Mapping[str, Column] = {
    "number": Column(),
    "unit": Column(),
    "name": TEXT,
    "indicator": TEXT,
    "status": Column(),
    "cost": TEXT,
    "points": Column(),
    "note": TEXT,
    "file": TEXT,
    "verifier": Column(widest=14),
    "date": Column(widest=12),
}


def write(sheet: Sheet, assessment: Assessment, words: Words) -> None:
    """Write one row for each indicator of a unit whose evidence is tracked."""
    rows = assessment.evidence.to_dicts()
    counts = {status: sum(row["status"] == status for row in rows) for status in ("present", "missing", "rejected")}
    sheet.start(
        tuple(COLUMNS.values()),
        words.say("evidence.title", year=assessment.year),
        left=words.say("evidence.left", count=len(rows), **counts),
    )
    sheet.own_headings(words.say(f"evidence.columns.{key}") for key in COLUMNS)
    points = evidence_cost(assessment)
    names = dict(assessment.ranking.select("unit", "name").iter_rows())
    for number, row in enumerate(rows, start=1):
        sheet.row(_row(number, row, names, points, words))
    sheet.notes((words.say("evidence.note"),))


def _row(
    number: int,
    row: Mapping[str, Any],
    names: Mapping[str, str],
    points: Mapping[tuple[str, str], float],
    words: Words,
) -> list[Entry]:
    present = row["status"] == "present"
    return [
        ("centre", str(number)),
        ("centre", row["unit"]),
        ("text", names[row["unit"]]),
        ("text", words.node(row["indicator"])),
        ("centre" if present else "strong_centre", words.say(f"cards.evidence.{row['status']}")),
        ("text", words.say("between_steps").join(_costs(row, words)) or words.say("method.evidence.nothing")),
        figure(points.get((row["unit"], row["indicator"])), "score"),
        ("text", row["note"] or NOT_A_NUMBER),
        ("text", row["file"] or NOT_A_NUMBER),
        ("centre", row["verifier"] or NOT_A_NUMBER),
        day(row["date"]),
    ]


def _costs(row: Mapping[str, Any], words: Words) -> Iterator[str]:
    if row["unverified"]:
        yield words.say("method.evidence.unverified")
    if row["penalty"]:
        yield words.say("method.evidence.penalty", item=words.item(row["penalty"]))
