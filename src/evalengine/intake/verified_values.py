"""The verified value of one adjustment: read as its column is, and refused where it does not fit the data."""

from __future__ import annotations

import math
from collections.abc import Mapping

import polars as pl

from evalengine.intake.cells import parse_verbatim
from evalengine.intake.columns import EVENTS, capping, columns_of, is_whole, named, year_of
from evalengine.intake.dataset import Dataset
from evalengine.intake.numbers import Parsed
from evalengine.intake.parsers import parser_of
from evalengine.intake.targets import RefusedError, Target, as_text
from evalengine.intake.words import folded
from evalengine.scheme.model import SEVERE, Column, IndicatorSystem


def verified_value(row: Mapping[str, object], target: Target, dataset: Dataset, system: IndicatorSystem) -> Parsed:
    """Return the verified value, after making sure that the reported one is what the data hold.

    Raises:
        RefusedError: the data hold another reported value, or the verified one is none of its column.
    """
    if target.column is None:
        if not parse_verbatim(row["verified"]).value:
            return Parsed(None)
        raise RefusedError("adjustment_bad_value", "verified", column=str(row["column"]))
    year = year_of(system, target.table)
    parse = parser_of(system, target.table, target.code, target.column, year=year, typed=False)
    reported, verified = parse(row["reported"]), parse(row["verified"])
    held = dataset.tables[target.table].get_column(target.code)[target.rows[0]]
    if reported.severity == "error" or not _same(reported.value, held):
        shown = as_text(held)
        code = "adjustment_outdated" if shown else "adjustment_of_blank"
        raise RefusedError(code if row["reported"] else "adjustment_without_reported", "reported", held=shown)
    if verified.severity == "error":
        raise RefusedError("adjustment_bad_value", "verified", column=str(row["column"]))
    frame = dataset.tables[target.table]
    if isinstance(verified.value, float) and not _allowed(verified.value, target.column, target, frame, system):
        raise RefusedError("adjustment_out_of_range", "verified", column=str(row["column"]))
    return verified


def check_fit(value: object, target: Target, tables: Mapping[str, pl.DataFrame], system: IndicatorSystem) -> None:
    """Refuse a blank where none is allowed, and a key that is taken or leads nowhere.

    Raises:
        RefusedError: it does not fit.
    """
    column = target.column
    if value is None and column is not None and column.required:  # a record without its year would drop out unseen
        raise RefusedError("blank_required", "verified", **named("label", [(target.code, column.label)]))
    if column is None or target.code not in target.key:
        return
    frame = changed(tables[target.table], target, value)
    if frame.select(pl.struct(target.key).is_duplicated()).to_series()[target.rows[0]]:
        raise RefusedError("adjustment_key_taken", "verified")
    table, _, name = column.references.partition(".")
    if value is not None and table in tables:
        unit = frame.get_column("unit")[target.rows[0]]
        if value not in tables[table].filter(pl.col("unit") == unit).get_column(name).to_list():
            place = [(table, system.tables[table].label), (name, columns_of(system, table)[name].label)]
            facts = named("label", [(target.code, column.label)]) | named("target", place, ": ")
            raise RefusedError("reference_missing", "verified", **facts)


def changed(frame: pl.DataFrame, target: Target, value: object) -> pl.DataFrame:
    """Return a table with this value in the cells an adjustment means."""
    dtype = frame.schema[target.code]
    here = pl.int_range(pl.len()).is_in(list(target.rows))
    new = pl.when(here).then(pl.lit(value, dtype=dtype)).otherwise(pl.col(target.code))
    return frame.with_columns(new.alias(target.code))


def _same(reported: object, held: object) -> bool:
    """Return whether the reported value is what the data hold; text as it is compared everywhere."""
    if isinstance(reported, str) and isinstance(held, str):
        return folded(reported) == folded(held)
    return reported == held


def _allowed(value: float, column: Column, target: Target, frame: pl.DataFrame, system: IndicatorSystem) -> bool:
    low = -math.inf if column.minimum is None else column.minimum
    high = math.inf if column.maximum is None else column.maximum
    if (target.table, target.code) == (EVENTS, "count") and frame.get_column("item")[target.rows[0]] in capping(system):
        high = SEVERE
    whole = is_whole(system, target.table, target.code, column)
    return low <= value <= high and (not whole or value.is_integer())
