"""Where points are lost by all ranked units together, indicator by indicator."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, median
from typing import TYPE_CHECKING

import polars as pl

from evalengine.analysis.explanation import Explanation
from evalengine.reports.entries import figure, rank
from evalengine.reports.layout import Column, Entry
from evalengine.reports.sheet import Sheet
from evalengine.reports.words import Words

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

KEYS = ("number", "indicator", "dimension", "units", "rate", "median", "lowest", "highest", "lost", "share")


def write(sheet: Sheet, assessment: Assessment, words: Words, explained: Sequence[Explanation]) -> None:
    """Write the indicators by points lost."""
    wide = {"indicator": 36.0, "dimension": 26.0}
    columns = [
        Column(heading=words.say(f"shortfalls.columns.{key}"), wraps=key in wide, least=wide.get(key, 12.0))
        for key in KEYS
    ]
    found = {item.unit: item for item in explained}
    ranked = assessment.ranking.filter(pl.col("rank").is_not_null())["unit"].to_list()
    title, left = words.say("shortfalls.title", year=assessment.year), words.say("shortfalls.left", count=len(ranked))
    sheet.start(columns, title, left=left, right=sheet.theme.unit_line.get(words.language))
    sheet.headings()
    for row in _indicators(assessment, [found[unit] for unit in ranked], words):
        sheet.row(row)
    sheet.notes((words.say("shortfalls.note"), *words.not_additive()))


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
