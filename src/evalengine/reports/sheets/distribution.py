"""How many units have which grade, in all and by group, with a chart of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from openpyxl.utils import get_column_letter, quote_sheetname

from evalengine.reports.cards import excel
from evalengine.reports.cards.figures import Figure, Series
from evalengine.reports.cells import Chart
from evalengine.reports.layout import Column, Entry
from evalengine.reports.sheet import Sheet, figure, rank
from evalengine.reports.words import Words

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

CHART_ROWS = 16
FIRST_GRADE = 2  # columns before the grades: group, units


def write(sheet: Sheet, assessment: Assessment, words: Words) -> None:
    """Write the counts, all units first, and the chart of them above."""
    levels = assessment.system.grades.levels
    keys = ("group", "units", *(level.code for level in levels), "vetoed", "undecided", "mean", "highest", "lowest")
    grades = {level.code: words.label(level.label) for level in levels}
    headings = [grades[key] if key in grades else words.say(f"distribution.columns.{key}") for key in keys]
    columns = [
        Column(heading=heading, wraps=key == "group", least=24.0) for key, heading in zip(keys, headings, strict=True)
    ]
    title, left = words.say("distribution.title", year=assessment.year), words.say("distribution.left")
    sheet.start(columns, title, left=left, right=words.say("distribution.right"))
    top = sheet.rows
    for _ in range(CHART_ROWS):
        sheet.span(("caption", None))
    sheet.headings()
    head, ranking = sheet.rows, assessment.ranking
    everything = _row(words.say("distribution.all"), ranking, assessment)
    sheet.row([("strong", everything[0][1]), *everything[1:]])
    for group in ranking["group"].unique(maintain_order=True):
        sheet.row(_row(group or words.say("distribution.no_group"), ranking.filter(group=group), assessment))
    sheet.notes((words.say("distribution.note"),))
    counts = tuple(float(ranking.filter(grade=level.code).height) for level in levels)
    _chart(sheet, words, tuple(grades.values()), counts, top, head)


def _row(name: str, rows: pl.DataFrame, assessment: Assessment) -> list[Entry]:
    scores = rows.filter(pl.col("rank").is_not_null())["score"].to_list()
    return [
        ("text", name),
        rank(rows.height),
        *(rank(rows.filter(grade=level.code).height) for level in assessment.system.grades.levels),
        rank(rows.filter(pl.col("veto") != "").height),
        rank(rows.filter("needs_decision").height),
        figure(sum(scores) / len(scores) if scores else None, "score"),
        figure(max(scores, default=None), "score"),
        figure(min(scores, default=None), "score"),
    ]


def _chart(sheet: Sheet, words: Words, names: tuple[str, ...], counts: tuple[float, ...], top: int, head: int) -> None:
    first, last = get_column_letter(FIRST_GRADE + 1), get_column_letter(FIRST_GRADE + len(names))
    title = quote_sheetname(sheet.worksheet.title)
    places = excel.Places(
        names=f"{title}!${first}${head}:${last}${head}", series=[f"{title}!${first}${head + 1}:${last}${head + 1}"]
    )
    said = words.say("between_items").join(f"{name} {count:.0f}" for name, count in zip(names, counts, strict=True))
    shown = Figure(
        title=words.say("distribution.chart"),
        description=said,
        names=names,
        series=(Series(name=words.say("distribution.columns.units"), values=counts),),
        format="0",
    )
    xml = excel.chart(shown, places, sheet.theme.fonts.get(words.language).body)
    area = (0, top, FIRST_GRADE + len(names) + 1, top + CHART_ROWS)
    sheet.chart(Chart(xml=xml, area=area, description=said))
