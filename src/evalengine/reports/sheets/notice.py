"""The public notice: who reached which grade, in the order of their ids; no score, no rank, no reason, no person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from evalengine.reports.layout import Column
from evalengine.reports.occasion import occasion
from evalengine.reports.sheet import Sheet
from evalengine.reports.words import Words

if TYPE_CHECKING:
    from evalengine.assessment import Assessment


def write(sheet: Sheet, assessment: Assessment, words: Words) -> None:
    """Write the sentences of the theme and one list for each grade."""
    theme, language = sheet.theme, words.language
    said, facts = theme.notice, occasion(assessment, theme, words)
    columns = [
        Column(heading=words.say("notice.columns.number")),
        Column(heading=words.say("notice.columns.unit")),
        Column(heading=words.say("notice.columns.name"), wraps=True, least=60),
    ]
    undecided = assessment.ranking.filter(pl.col("needs_decision") | pl.col("two_year_result").is_not_null()).height
    left = words.say("notice.undecided", count=undecided) if undecided else ""
    sheet.start(columns, said.title.get(language).format(**facts), left=left, orientation="portrait")
    sheet.span(("caption", said.opening.get(language).format(**facts)))
    units = assessment.ranking.select("unit", "name", "grade").sort("unit").rows()
    for level in assessment.system.grades.levels:
        members = [(unit, name) for unit, name, grade in units if grade == level.code]
        if not members:
            continue
        label = words.label(level.label)
        sheet.span(("section", words.say("notice.grade", label=label, count=len(members))))
        sheet.own_headings(column.heading for column in columns)
        for number, (unit, name) in enumerate(members, start=1):
            sheet.row([("centre", str(number)), ("centre", unit), ("text", name or unit)])
    closing = (said.objection, said.contact)
    sheet.notes(("", *(label.get(language).format(**facts) for label in closing), ""))
    for line in (facts["office"], said.signature.get(language).format(**facts)):
        sheet.span(("caption_right", line))
