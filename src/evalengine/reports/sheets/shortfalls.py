"""Where points are lost: by all ranked units together, indicator by indicator, and the worst of every unit."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, median
from typing import TYPE_CHECKING

import polars as pl

from evalengine.analysis.explanation import Explanation, explanations
from evalengine.reports.layout import Column, Entry
from evalengine.reports.sheet import Sheet, figure, rank
from evalengine.reports.words import Words

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

WORST = 3  # indicators named for each unit
KEYS = ("number", "indicator", "dimension", "units", "rate", "median", "lowest", "highest", "lost", "share")


def write(sheet: Sheet, assessment: Assessment, words: Words) -> None:
    """Write the indicators by points lost, then the units in the order of the ranking."""
    wide = {"indicator": 36.0, "dimension": 26.0}
    columns = [
        Column(heading=words.say(f"shortfalls.columns.{key}"), wraps=key in wide, least=wide.get(key, 12.0))
        for key in KEYS
    ]
    title, left = words.say("shortfalls.title", year=assessment.year), words.say("shortfalls.left")
    sheet.start(columns, title, left=left, right=sheet.theme.unit_line.get(words.language))
    found = {item.unit: item for item in explanations(assessment)}
    ranked = assessment.ranking.filter(pl.col("rank").is_not_null())["unit"].to_list()
    sheet.span(("section", words.say("shortfalls.parts.indicators", count=len(ranked))))
    sheet.own_headings(column.heading for column in columns)
    for row in _indicators(assessment, [found[unit] for unit in ranked], words):
        sheet.row(row)
    sheet.page_break()
    sheet.span(("section", words.say("shortfalls.parts.units")))
    sheet.own_headings(
        words.say(f"shortfalls.unit_columns.{key}")
        for key in (
            "rank",
            "name",
            "unit",
            "first",
            "first_lost",
            "second",
            "second_lost",
            "third",
            "third_lost",
            "sum",
        )
    )
    for unit, name, own_rank in assessment.ranking.select("unit", "name", "rank").iter_rows():
        sheet.row([rank(own_rank), ("text", name or unit), ("centre", unit), *_worst(found[unit], words)])
    sheet.notes((words.say("shortfalls.note"),))


def _indicators(assessment: Assessment, chosen: Sequence[Explanation], words: Words) -> list[list[Entry]]:
    """Return one row for each indicator, the one that costs most first."""
    lost = {code: sum(item.indicators[code].standing.lost for item in chosen) for code in assessment.system.indicators}
    everything = sum(lost.values())
    rows: list[list[Entry]] = []
    for number, code in enumerate(sorted(lost, key=lambda code: -lost[code]), start=1):
        scores = [score for item in chosen if (score := item.indicators[code].standing.score) is not None]
        shown = [fmean(scores), median(scores), min(scores), max(scores)] if scores else [None] * 4
        rows.append(
            [
                ("centre", str(number)),
                ("text", words.node(code)),
                ("text", words.node(assessment.system.indicators[code].parent)),
                rank(len(scores)),
                *(figure(value, "score") for value in shown),
                figure(lost[code] / len(chosen) if chosen else None, "score"),
                figure(lost[code] / everything if everything else None, "weight"),
            ]
        )
    return rows


def _worst(item: Explanation, words: Words) -> list[Entry]:
    entries: list[Entry] = []
    for code in item.shortfalls[:WORST]:
        entries += [("centre", words.node(code)), figure(item.indicators[code].standing.lost, "score")]
    entries += [figure(None)] * (2 * WORST - len(entries))
    return [*entries, figure(sum(each.standing.lost for each in item.indicators.values()), "score")]
