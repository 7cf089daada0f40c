"""The cover: annex, title, by what scheme, of whom, and who signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalengine.reports.layout import Column
from evalengine.reports.occasion import occasion, signatures
from evalengine.reports.sheet import Sheet
from evalengine.reports.words import Words

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

COLUMNS = 4  # all merged: LibreOffice prints a single column that is wider than the page without its ends
ABOVE, BETWEEN, BELOW = 6, 2, 8  # blank rows that bring the title to the middle of the page and the block to its foot


def write(sheet: Sheet, assessment: Assessment, words: Words) -> None:
    """Write the cover."""
    theme, language = sheet.theme, words.language
    facts = occasion(assessment, theme, words)
    sheet.lay_out([Column(wraps=True)] * COLUMNS, "landscape")
    sheet.annex()
    _blank(sheet, ABOVE)
    sheet.span(("cover", theme.cover.title.get(language).format(**facts)))
    _blank(sheet, BETWEEN)
    said = (
        words.label(assessment.system.label),
        words.say("cover.profile", profile=words.label(assessment.profile.label)),
        words.say("cover.units", year=assessment.year, count=assessment.ranking.height),
        words.say("cover.run", run_id=assessment.provenance.run_id),
    )
    for line in said:
        sheet.span(("caption_centre", line))
    _blank(sheet, BELOW)
    for line in (theme.office.get(language), theme.cover.date.get(language).format(**facts)):
        if line:
            sheet.span(("caption_centre", line))
    sheet.notes(signatures(theme, words))


def _blank(sheet: Sheet, count: int) -> None:
    for _ in range(count):
        sheet.span(("caption", None))
