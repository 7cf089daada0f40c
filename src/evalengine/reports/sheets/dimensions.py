"""Scores of every unit at every dimension and sub-dimension."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

import polars as pl

from evalengine.reports.entries import figure, rank
from evalengine.reports.layout import NAME, Column
from evalengine.reports.sheet import Sheet
from evalengine.reports.words import Words

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

FIXED = 3  # rank, id and name stay in view


def write(sheet: Sheet, assessment: Assessment, words: Words) -> None:
    """Write one row per unit in the order of the ranking, one column per inner node of the tree."""
    nodes = list(_in_tree_order(assessment, ""))
    columns = [
        Column(heading=words.say("dimensions.columns.rank")),
        Column(heading=words.say("dimensions.columns.unit")),
        Column(heading=words.say("dimensions.columns.name"), wraps=True, least=NAME),
        *(_column(top, code, words) for top, code in nodes),
        Column(heading=words.say("dimensions.columns.weighted")),
    ]
    title = words.say("dimensions.title", year=assessment.year)
    sheet.start(columns, title, left=words.say("dimensions.left"), right=sheet.theme.unit_line.get(words.language))
    sheet.headings()
    sheet.freeze(FIXED)
    codes = [code for _, code in nodes]
    chosen = assessment.scores.filter(pl.col("node").is_in(codes)).select("unit", "node", "score")
    scores = {(unit, node): score for unit, node, score in chosen.iter_rows()}
    rows = assessment.ranking.to_dicts()
    for group, members in groupby(rows, key=lambda row: row["group"]):
        if group:
            sheet.span(("band", group))
        for row in members:
            shown = [figure(scores.get((row["unit"], code)), _kind(top, code)) for top, code in nodes]
            weighted = figure(row["weighted"], "total")
            sheet.row(
                [rank(row["rank"]), ("centre", row["unit"]), ("text", row["name"] or row["unit"]), *shown, weighted]
            )
    sheet.notes((words.say("dimensions.note"),))


def _in_tree_order(assessment: Assessment, parent: str, top: str = "") -> Iterator[tuple[str, str]]:
    """Yield (top dimension, dimension) downwards from a parent."""
    for code, item in assessment.system.dimensions.items():
        if item.parent == parent:
            yield top or code, code
            yield from _in_tree_order(assessment, code, top or code)


def _kind(top: str, code: str) -> str:
    return "total" if top == code else "score"


def _column(top: str, code: str, words: Words) -> Column:
    heading = words.say("dimensions.own") if top == code else words.node(code)
    return Column(heading=heading, above=words.say("dimensions.above", code=top, label=words.node(top)))
