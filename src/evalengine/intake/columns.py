"""What every table may hold: the scheme's columns and those of a flat fields table."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from evalengine.intake.numbers import Unit, unit_of
from evalengine.scheme.model import FLAT, SEVERE, Column, ColumnType, IndicatorSystem
from evalengine.text import LANGUAGES, Label

ADJUSTMENTS = "adjustments"
EVIDENCE = "evidence"
EVENTS = "events"
BESIDE_FLAT = (ADJUSTMENTS, EVIDENCE)  # tables that may stand beside a flat fields table
PROVENANCE = ("_file", "_sheet", "_row")
FLAT_HISTORY = {"last_score": None, "last_rank": 1.0}  # what a flat table tells of the year before, and its minimum
FLAT_OWN = {"unit": True, "name": False, "group": False, "year": True}


def named(name: str, labels: Sequence[tuple[str, Label]], between: str = ", ") -> dict[str, str]:
    """Return a fact in both languages: the labels of codes, joined; a code without a label stands for itself."""
    return {
        f"{name}_{language}": between.join(label.get(language) or code for code, label in labels)
        for language in LANGUAGES
    }


def items_of(system: IndicatorSystem) -> dict[str, Label]:
    """Return the codes and labels of all veto, bonus and penalty items."""
    vetoes = {code: veto.label for code, veto in system.vetoes.items()}
    return vetoes | {code: item.label for kind in (system.bonus, system.penalty) for code, item in kind.items.items()}


def capping(system: IndicatorSystem) -> list[str]:
    """Return the veto items that cap a grade: they are typed as 1 or, severe, as 2; other counts have no meaning."""
    return [code for code, veto in system.vetoes.items() if veto.effect == "cap"]


def columns_of(system: IndicatorSystem, table: str) -> dict[str, Column]:
    """Return the columns of a table of the scheme, or of the flat fields table."""
    if table == FLAT:
        return _flat_columns(system)
    columns = system.columns_of(table)
    if table == EVENTS and "item" in columns and not columns["item"].choices:
        columns["item"] = dataclasses.replace(columns["item"], type="choice", choices=items_of(system))
    if table == EVIDENCE and "indicator" in columns and not columns["indicator"].choices:
        known = {code: item.label for code, item in system.indicators.items()} | system.left_out.indicators
        columns["indicator"] = dataclasses.replace(columns["indicator"], type="choice", choices=known)
    return columns


def left_out_of(system: IndicatorSystem, table: str) -> dict[str, Column]:
    """Return the columns of a table that the system this one extends asks for and this one does not use."""
    return {
        code: Column(label=item.label)
        for code, item in system.left_out.fields.items()
        if table == FLAT or (table == item.table and not item.expr)
    }


def year_of(system: IndicatorSystem, table: str) -> str:
    """Return the column that dates a row, or an empty string."""
    columns = columns_of(system, table)
    return next((code for code in ("" if table == FLAT else system.tables[table].year, "year") if code in columns), "")


def key_of(system: IndicatorSystem, table: str) -> tuple[str, ...]:
    """Return the columns that identify a row."""
    return ("unit", "year") if table == FLAT else system.tables[table].key


def is_expert(system: IndicatorSystem, table: str, code: str) -> bool:
    """Return whether a column of the flat fields table holds a list of expert scores."""
    return table == FLAT and code in system.fields and system.fields[code].experts


def is_whole(system: IndicatorSystem, table: str, code: str, column: Column) -> bool:
    """Return whether only whole numbers are allowed."""
    if column.type == "integer" or (table == FLAT and code in items_of(system)):
        return True
    field = system.fields.get(code)
    return field is not None and field.integer and table in {FLAT, field.table}


def declared_unit(system: IndicatorSystem, column: Column) -> Unit:
    """Return the declared unit of a column."""
    return unit_of(system.units.get(column.unit)) if column.unit else Unit()


def _flat_columns(system: IndicatorSystem) -> dict[str, Column]:
    known = {code: column for table in system.tables.values() for code, column in table.columns.items()}
    columns: dict[str, Column] = {}
    for code, required in FLAT_OWN.items():
        label = known[code].label if code in known else Label("", code)
        synonyms = known[code].synonyms if code in known else ()
        kind: ColumnType = "integer" if code == "year" else "text"
        columns[code] = Column(
            label=label,
            type=kind,
            required=required,
            optional=not required,
            synonyms=synonyms,
        )
    for code, field in system.fields.items():
        kind = "text" if field.experts else "number"
        columns[code] = Column(
            label=field.label,
            type=kind,
            unit=field.unit,
            minimum=field.minimum,
            maximum=field.maximum,
        )
    for code, item in items_of(system).items():
        maximum = SEVERE if code in capping(system) else None
        columns[code] = Column(label=item, type="integer", optional=True, minimum=0.0, maximum=maximum)
    for code, minimum in FLAT_HISTORY.items():
        label = known[code].label if code in known else Label("", code)
        columns[code] = Column(label=label, type="number", optional=True, minimum=minimum)
    return columns
