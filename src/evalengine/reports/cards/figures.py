"""What the charts of a card show, whoever draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evalengine import text
from evalengine.reports import cells


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A row of numbers under one name; None where there is no number."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A chart.

    Attributes:
        title: its title.
        description: what it shows, for readers who do not see it.
        names: names of the axes of a radar, of the bars of a bar chart.
        series: the unit's own numbers, then the median and the best, as far as there are such.
        format: how its numbers are shown, as in Excel.
    """

    title: str
    description: str
    names: tuple[str, ...]
    series: tuple[Series, ...]
    format: str = "0.00"


def wrapped(name: str, columns: int, most: int) -> list[str]:
    """Return a name in at most so many lines; what does not fit is cut with an ellipsis."""
    lines: list[str] = [""]
    for piece in cells.words(cells.clean(name).replace("\n", " ")):
        for part in _pieces(piece, columns):
            if text.width(lines[-1]) + text.width(part.rstrip()) > columns and lines[-1]:
                lines.append("")
            lines[-1] += part
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1].rstrip()[:-1] + "…"]
    return [line.strip() for line in lines]


def _pieces(word: str, columns: int) -> Sequence[str]:
    """Return a word in pieces no wider than a line."""
    return [word[start : start + columns] for start in range(0, len(word), columns)]
