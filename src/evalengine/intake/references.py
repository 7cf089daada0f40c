"""What verification leaves without the record it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from evalengine.errors import Problem
from evalengine.intake.columns import columns_of, named
from evalengine.intake.dataset import Dataset
from evalengine.scheme.model import IndicatorSystem


def dangling(dataset: Dataset, verified: Mapping[str, pl.DataFrame], system: IndicatorSystem) -> Iterator[Problem]:
    """Yield an error for each row whose record is gone, such as a node covered by a member that was struck.

    Args:
        dataset: the reported tables.
        verified: the adjusted ones.
        system: the indicator system, whose columns say what they refer to.
    """
    for code in system.tables:
        for name, column in columns_of(system, code).items():
            target, _, key = column.references.partition(".")
            if not target or code not in verified or target not in verified:
                continue
            gone = _named_by(dataset.tables[target], key) - _named_by(verified[target], key)
            if not gone:
                continue
            place = [(target, system.tables[target].label), (key, columns_of(system, target)[key].label)]
            facts = named("label", [(name, column.label)]) | named("target", place, ": ")
            for row in verified[code].iter_rows(named=True):
                if (row["unit"], row[name]) in gone:
                    file, sheet, cell = dataset.place(row, name)
                    yield Problem(
                        severity="error",
                        code="adjustment_leaves_reference",
                        file=file,
                        sheet=sheet,
                        cell=cell,
                        table=code,
                        field=name,
                        unit=row["unit"],
                        value=row[name],
                        facts=facts,
                    )


def _named_by(table: pl.DataFrame, key: str) -> set[tuple[str, str]]:
    return set(table.select("unit", key).drop_nulls().iter_rows())
