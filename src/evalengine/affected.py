"""What an adjustment can change: the indicators computed from the figure, items, floors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evalengine.derivation import columns_read
from evalengine.intake.adjustments import Change
from evalengine.intake.columns import EVENTS, EVIDENCE, items_of
from evalengine.intake.dataset import Dataset
from evalengine.intake.targets import WHOLE_ROW
from evalengine.scheme.expressions import roots, substitute
from evalengine.scheme.model import CONSORTIA, FLAT, Field, IndicatorSystem


def touched(
    row: Mapping[str, Any], change: Change, data: Dataset, system: IndicatorSystem, year: int
) -> Iterator[tuple[str, str]]:
    """Yield what an adjustment can change, each as kind and code.

    Args:
        row: the adjustment.
        change: what it did to the rows of its table.
        data: the submitted data.
        system: the indicator system.
        year: the assessed year.

    Yields:
        `indicator` with the code of one computed from the figure, `item` with that of a veto, bonus or penalty item,
        `floor` with the field that has one, `group` for that of the unit, with its anchors, weights and places.
    """
    table, column = row["table"], row["column"]
    if table in {FLAT, CONSORTIA} and column == "group":
        yield "group", ""
    if table == EVENTS or (table == FLAT and column in items_of(system)):
        codes = data.tables[table].get_column("item")[list(change.rows)].to_list() if table == EVENTS else [column]
        codes += [change.verified] if column == "item" else []
        yield from (("item", code) for code in dict.fromkeys(codes))
        return
    if table == EVIDENCE:
        own = data.tables[table].get_column("indicator")[list(change.rows)].to_list()
        own += [change.verified] if column == "indicator" else []
        yield from (("indicator", code) for code in dict.fromkeys(own) if code in system.indicators)
        costs = system.evidence.missing, system.evidence.rejected
        yield from (("item", code) for code in dict.fromkeys(cost.penalty for cost in costs) if code)
        return
    if table == CONSORTIA:
        known = {**system.assessment, "year": year}
        for code, veto in system.vetoes.items():
            if veto.where and column in roots(substitute(veto.where, known)):
                yield "item", code
    joined = f"{CONSORTIA}_{column}" if table == CONSORTIA else ""
    fields = {
        code
        for code, item in system.fields.items()
        if (table == FLAT and code == column)
        or (table == item.table and (column == WHOLE_ROW or column in _deciding(code, item, system)))
        or (joined and joined in columns_read(code, item))
    }
    for code, item in system.indicators.items():
        if fields.intersection(roots(item.formula)):
            yield "indicator", code
    least = dict.fromkeys(floor.field for floor in system.floors if floor.minimum is not None)
    yield from (("floor", code) for code in least if code in fields)


def _deciding(code: str, item: Field, system: IndicatorSystem) -> set[str]:
    """Return the columns that decide a field: what it is computed from, the year of its rows, the key of an entry."""
    return columns_read(code, item) | {system.tables[item.table].year, *item.distinct}
