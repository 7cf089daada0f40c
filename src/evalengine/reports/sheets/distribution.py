"""How many units have which grade, in all and by group, with charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from openpyxl.utils import get_column_letter, quote_sheetname

from evalengine.reports.cards import excel
from evalengine.reports.cards.figures import Figure, Series
from evalengine.reports.cells import Chart
from evalengine.reports.entries import figure, rank
from evalengine.reports.layout import Column, Entry
from evalengine.reports.sheet import Sheet
from evalengine.reports.words import Words

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

CHART_ROWS = 20  # for all charts: with the table below they fit a page
MOST_GROUPS = 3  # bars of more cannot be told apart without colours
FIRST_GRADE = 2  # columns before the grades: group, units


def write(sheet: Sheet, assessment: Assessment, words: Words) -> None:
    """Write the counts, all units first, and the charts of them above; one of groups if they are few."""
    levels = assessment.system.grades.levels
    keys = ("group", "units", *(level.code for level in levels), "vetoed", "undecided", "mean", "highest", "lowest")
    grades = {level.code: words.label(level.label) for level in levels}
    headings = [grades[key] if key in grades else words.say(f"distribution.columns.{key}") for key in keys]
    columns = [
        Column(heading=heading, wraps=key == "group", least=24.0) for key, heading in zip(keys, headings, strict=True)
    ]
    title, left = words.say("distribution.title", year=assessment.year), words.say("distribution.left")
    sheet.start(columns, title, left=left, right=words.say("distribution.right"))
    top, ranking = sheet.rows, assessment.ranking
    groups = ranking["group"].unique(maintain_order=True).to_list()
    charts = 2 if 1 < len(groups) <= MOST_GROUPS else 1
    for _ in range(CHART_ROWS + 1):
        sheet.span(("caption", None))
    sheet.headings()
    head = sheet.rows
    everything = _row(words.say("distribution.all"), ranking, assessment)
    sheet.row([("strong", everything[0][1]), *everything[1:]])
    named = {group or words.say("distribution.no_group"): ranking.filter(group=group) for group in groups}
    for name, rows in named.items():
        sheet.row(_row(name, rows, assessment))
    sheet.notes((words.say("distribution.note"),))
    names = tuple(grades.values())
    everyone = {words.say("distribution.columns.units"): ranking}
    for place, (key, shown) in enumerate((("chart", everyone), ("chart_groups", named))[:charts]):
        series = tuple(Series(name=name, values=_counts(rows, assessment)) for name, rows in shown.items())
        counted = _figure(words.say(f"distribution.{key}"), names, series, words)
        each = CHART_ROWS // charts
        area = (0, top + place * each, len(columns), top + (place + 1) * each)
        _chart(sheet, words, counted, area, head, head + 1 + place)


def _row(name: str, rows: pl.DataFrame, assessment: Assessment) -> list[Entry]:
    scores = rows.filter(pl.col("rank").is_not_null())["score"].to_list()
    published = f"earlier_{assessment.system.ranking.decimals}"
    return [
        ("text", name),
        rank(rows.height),
        *(rank(rows.filter(grade=level.code).height) for level in assessment.system.grades.levels),
        rank(rows.height - len(scores)),  # an item that only caps a grade vetoes nobody
        rank(rows.filter("needs_decision").height),
        figure(sum(scores) / len(scores) if scores else None, "score"),
        figure(max(scores, default=None), published),
        figure(min(scores, default=None), published),
    ]


def _counts(rows: pl.DataFrame, assessment: Assessment) -> tuple[float, ...]:
    return tuple(float(rows.filter(grade=level.code).height) for level in assessment.system.grades.levels)


def _figure(title: str, names: tuple[str, ...], series: tuple[Series, ...], words: Words) -> Figure:
    between = words.say("between_items")
    said = [
        between.join(f"{name} {count:.0f}" for name, count in zip(names, item.values, strict=True)) for item in series
    ]
    if len(series) > 1:
        said = [words.say("fact", label=item.name, value=part) for item, part in zip(series, said, strict=True)]
    return Figure(
        title=title, description=words.say("between_steps").join(said), names=names, series=series, format="0"
    )


def _chart(sheet: Sheet, words: Words, shown: Figure, area: tuple[int, int, int, int], head: int, row: int) -> None:
    """Put a chart of counts on the sheet; its series stand in rows one below the other from `row`, names in `head`."""
    first, last = get_column_letter(FIRST_GRADE + 1), get_column_letter(FIRST_GRADE + len(shown.names))
    title = quote_sheetname(sheet.worksheet.title)
    places = excel.Places(
        names=f"{title}!${first}${head}:${last}${head}",
        series=[f"{title}!${first}${row + place}:${last}${row + place}" for place in range(len(shown.series))],
    )
    xml = excel.chart(shown, places, sheet.theme.fonts.get(words.language).body)
    sheet.chart(Chart(xml=xml, area=area, description=shown.description))
