"""Where a figure stands in what was handed in, and which figures are blank."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from evalengine.derivation import UNKNOWN, WINDOW_YEARS, Fields, State
from evalengine.errors import Fact
from evalengine.intake.columns import PROVENANCE
from evalengine.intake.dataset import Dataset
from evalengine.scheme.expressions import roots
from evalengine.scheme.model import FLAT, IndicatorSystem
from evalengine.text import LANGUAGES, Label

Locator = Callable[[str, int, str], tuple[str, str, str]]


def locator(data: Dataset, system: IndicatorSystem) -> Locator:
    """Return the function that finds the cell of a field: exact for figures straight from a table, else its file."""
    rows: dict[str, dict[tuple[str, int], list[object]]] = {}
    for name, table in data.tables.items():
        dated = "year" if data.flat else (system.tables[name].year if name in system.tables else "")
        if dated:
            keyed = table.select("unit", dated, *PROVENANCE).iter_rows()
            rows[name] = {(unit, when): row for unit, when, *row in keyed}

    def locate(unit: str, year: int, code: str) -> tuple[str, str, str]:
        name = FLAT if data.flat else system.fields[code].table
        row = rows.get(name, {}).get((unit, year))
        if row is None:
            return ("", "", "")
        file, sheet, cell = data.place(dict(zip(PROVENANCE, row, strict=True)), code)
        return (file, sheet, cell if data.flat or not system.fields[code].expr else "")

    return locate


def blanks(fields: Fields, system: IndicatorSystem, indicator: str, place: int, locate: Locator) -> dict[str, Fact]:
    """Return which figures of a unit's indicator are blank: name, year and where, in both languages.

    Args:
        fields: the verified figures.
        system: the indicator system.
        indicator: code of the indicator.
        place: position of the unit.
        locate: what `locator` returned.
    """
    item, codes = system.indicators[indicator], list(system.fields)
    span = WINDOW_YEARS[item.window]
    listed: list[tuple[Label, str]] = []
    for name in roots(item.formula):
        states = fields.states[codes.index(name), -span:, place]
        empty = np.flatnonzero(np.isin(states, UNKNOWN[1:]))
        if not len(empty) and (states == State.ABSENT).all():
            empty = np.array([span - 1])
        for when in empty:
            year = fields.years[-span:][when]
            found = "!".join(part for part in locate(fields.units[place], year, name) if part)
            listed.append((system.fields[name].label, f" {year}" + (f" [{found}]" if found else "")))
    return {
        f"blanks_{language}": "; ".join(f"{label.get(language)}{where}" for label, where in listed) or "-"
        for language in LANGUAGES
    }
