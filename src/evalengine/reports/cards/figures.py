"""What the charts of a card show, whoever draws them."""

from __future__ import annotations

from dataclasses import dataclass


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
