"""Scores of every unit at every dimension and sub-dimension."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import polars as pl

from evalengine.reports.sheet import Column, Sheet, figure, rank
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
        Column(heading=words.say("dimensions.columns.name"), share=1),
        Column(heading=words.say("dimensions.columns.group"), widest=16),
        *(_column(top, code, words) for top, code in nodes),
        Column(heading=words.say("dimensions.columns.weighted")),
    ]
    title = words.say("dimensions.title", year=assessment.year)
    sheet.start(columns, title, words.say("dimensions.left"), words.say("points_unit"))
    sheet.headings()
    sheet.freeze(FIXED)
    codes = [code for _, code in nodes]
    chosen = assessment.scores.filter(pl.col("node").is_in(codes)).select("unit", "node", "score")
    scores = {(unit, node): score for unit, node, score in chosen.iter_rows()}
    for row in assessment.ranking.iter_rows(named=True):
        unit = row["unit"]
        sheet.row(
            [
                rank(row["rank"]),
                ("centre", unit),
                ("text", row["name"] or unit),
                ("centre", row["group"]),
                *(figure(scores.get((unit, code)), "score" if parent else "total") for parent, code in _marked(nodes)),
                figure(row["weighted"], "total"),
            ]
        )
    sheet.filter()
    sheet.notes((words.say("dimensions.note"),))


def _in_tree_order(assessment: Assessment, parent: str, top: str = "") -> Iterator[tuple[str, str]]:
    """Yield (top dimension, dimension) downwards from a parent."""
    for code, item in assessment.system.dimensions.items():
        if item.parent == parent:
            yield top or code, code
            yield from _in_tree_order(assessment, code, top or code)


def _marked(nodes: list[tuple[str, str]]) -> Iterator[tuple[bool, str]]:
    """Yield whether a dimension has one above it, and its code."""
    for top, code in nodes:
        yield top != code, code


def _column(top: str, code: str, words: Words) -> Column:
    heading = words.say("dimensions.own") if top == code else words.node(code)
    return Column(heading=heading, above=words.say("dimensions.above", code=top, label=words.node(top)))
