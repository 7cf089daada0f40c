"""The contents: every sheet of the workbook with what it shows and a link to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evalengine.reports.layout import Column
from evalengine.reports.sheet import Sheet
from evalengine.reports.words import Words

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

LINK = "B"


def write(sheet: Sheet, assessment: Assessment, words: Words, listed: Sequence[tuple[str, str]]) -> None:
    """Write one row per sheet.

    Args:
        sheet: the sheet.
        assessment: what is reported.
        words: the language.
        listed: the title of each sheet and what kind of sheet it is.
    """
    columns = [
        Column(heading=words.say("contents.columns.number")),
        Column(heading=words.say("contents.columns.sheet")),
        Column(heading=words.say("contents.columns.about"), wraps=True, least=60.0),
    ]
    sheet.start(columns, words.say("contents.title", year=assessment.year))
    sheet.headings()
    for number, (title, kind) in enumerate(listed, start=1):
        sheet.row([("centre", str(number)), ("link", title), ("text", words.say(f"contents.about.{kind}"))])
        sheet.link(f"{LINK}{sheet.rows}", title, "A1")
    sheet.notes((words.say("contents.note"),))
