"""What the sentences of a theme may name: the year, the system, the office and how many units there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalengine.reports.words import Words
from evalengine.scheme.theme import Theme

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

SPACE = " " * 12  # to write in


def occasion(assessment: Assessment, theme: Theme, words: Words) -> dict[str, str]:
    """Return the facts for the placeholders of a theme's sentences."""
    office = theme.office.get(words.language) or theme.notice.office.get(words.language)
    return {
        "year": str(assessment.year),
        "system": words.label(assessment.system.label),
        "office": office,
        "count": str(assessment.ranking.height),
    }


def signatures(theme: Theme, words: Words) -> list[str]:
    """Return what is filled in and signed below a table."""
    return ["", SPACE.join(label.get(words.language) for label in theme.signatures)]
