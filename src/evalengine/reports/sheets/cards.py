"""One page-set for each unit, one below the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalengine.reports.cards.content import cards
from evalengine.reports.cards.pages import write_cards
from evalengine.reports.layout import Column
from evalengine.reports.sheet import Sheet
from evalengine.reports.words import Words

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

MOST_UNITS = 300  # Excel takes 1,026 page breaks in a sheet; a card needs up to three


def write(sheet: Sheet, assessment: Assessment, words: Words) -> None:
    """Write the card of every unit in the order of the ranking; of too many units only where to find them."""
    if assessment.ranking.height > MOST_UNITS:
        sheet.start([Column(wraps=True)], words.say("cards.title", year=assessment.year), orientation="portrait")
        sheet.notes([words.say("cards.too_many", limit=MOST_UNITS)])
        return
    write_cards(sheet, list(cards(assessment, words)), words)
