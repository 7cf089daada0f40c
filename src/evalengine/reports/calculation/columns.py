"""Columns of the sheets with one row per unit: a formula for all of them, and the engine's result for each.

A cell is text only when its row is written: a book of thousands of units has millions of cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evalengine.reports import cells, layout, style
from evalengine.reports.layout import Entry

ROW = "\0"  # stands for the row of a unit in the formula of a column: no name or label can hold it


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitColumn:
    """A column of a sheet with one row per unit.

    Attributes:
        heading: its heading.
        above: heading over it and its neighbours.
        lines: cells between the heading and the first unit.
        kind: kind of its cells if they hold numbers; each by its size if empty. Texts are centred unless it is `text`.
        values: what the cell of each unit shows; nothing if None.
        formulas: the formula it results from, with `ROW` for the row, for all units or for each; empty if none.
        editable: whether the reader may change the cells without a formula.
    """

    heading: str
    above: str = ""
    lines: Sequence[Entry] = ()
    kind: str = ""
    values: Sequence[cells.Value]
    formulas: str | Sequence[str] = ""
    editable: bool = False

    def entry(self, unit: int) -> Entry:
        """Return the cell of a unit without its formula."""
        value = self.values[unit]
        if value is None or isinstance(value, str):
            return ("text" if self.kind == "text" else "centre", value)
        return (self.kind or style.kind_of(value), value)

    def formula(self, unit: int) -> str:
        """Return the formula of a unit's cell, with `ROW` for the row."""
        return self.formulas if isinstance(self.formulas, str) else self.formulas[unit]

    def widest(self) -> list[Entry]:
        """Return cells as wide as any of the column."""
        longest: dict[str, tuple[float, cells.Value]] = {}
        for value in set(self.values):
            if value is None:
                continue
            if isinstance(value, str):
                kind, size = "centre", cells.width(value)
            else:
                kind = self.kind or style.kind_of(value)
                size = len(format(value, style.KINDS[kind].shown))
            if size > longest.get(kind, (-1,))[0]:
                longest[kind] = size, value
        return [(kind, value) for kind, (_, value) in longest.items()]

    def wraps(self, width: float) -> bool:
        """Return whether a text of the column takes more than one line at this width."""
        texts = {value for value in self.values if isinstance(value, str)}
        kind = "text" if self.kind == "text" else "centre"
        lowest = layout.height(layout.Row([]), ())
        return any(layout.height(layout.Row([(kind, text)]), (width,)) > lowest for text in texts)
