"""One page-set for each unit, one below the other, on as many sheets as there have to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from evalengine.analysis.explanation import Explanation
from evalengine.reports.cards.content import cards
from evalengine.reports.cards.pages import write_cards
from evalengine.reports.layout import Column
from evalengine.reports.sheet import Sheet
from evalengine.reports.words import Words

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

# LibreOffice goes through all charts of a sheet for each page it prints: 300 units on one sheet took an hour, on six
# sheets two minutes. Excel takes 1,026 page breaks in a sheet.
TOGETHER = 50
MOST_UNITS = 500  # beyond them a file for each unit is what can be found and opened


def sheets(
    assessment: Assessment, words: Words, explained: Sequence[Explanation]
) -> Iterator[tuple[str, Callable[[Sheet], None]]]:
    """Yield title and writer of each sheet of cards, in the order of the ranking; of too many units only a note.

    Args:
        assessment: the assessment.
        words: the language.
        explained: why each unit has its score, in the order of the ranking.
    """
    title, count = words.say("cards.sheet"), assessment.ranking.height
    if count > MOST_UNITS:
        yield title, partial(_note, assessment=assessment, words=words)
        return
    made = list(cards(assessment, words, explained))
    for first in range(0, count, TOGETHER):
        part = made[first : first + TOGETHER]
        name = words.say("cards.part", first=first + 1, last=first + len(part)) if count > TOGETHER else title
        yield name, partial(write_cards, cards=part, words=words)


def _note(sheet: Sheet, assessment: Assessment, words: Words) -> None:
    sheet.start([Column(wraps=True)], words.say("cards.title", year=assessment.year), orientation="portrait")
    sheet.notes([words.say("cards.too_many", limit=MOST_UNITS)])
