"""What no single cell shows: the same thing claimed by two units, and figures that are last year's once more."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import polars as pl

from evalengine.errors import Fact, Problem
from evalengine.intake.columns import columns_of, named, year_of
from evalengine.intake.words import folded
from evalengine.scheme.model import FLAT, IndicatorSystem

Cell = Callable[[str, int, str], tuple[str, str, str]]
Locate = Callable[[str, int, str], tuple[str, str, str]]
SHORTEST_ID = 6  # signs; numbers such as 1 and 2 are every unit's own
SEPARATORS = re.compile(r"[\W_]+")
FEWEST_FIGURES = 5  # so many equal figures are no accident
SMALL_COUNT = 10.0  # counts below this are the same in two years often enough


def claims(tables: Mapping[str, pl.DataFrame], system: IndicatorSystem, cell: Cell) -> Iterator[Problem]:
    """Yield a question for each record that another unit claims too, naming both places.

    Ids are compared without case, width, spaces and separators; short ones are numbers of the unit's own.
    """
    for place in system.checks.claimed_once:
        table, _, column = place.partition(".")
        if table not in tables:
            continue
        first: dict[str, tuple[int, str]] = {}
        known: set[tuple[str, str]] = set()
        for row, (unit, value) in enumerate(tables[table].select("unit", column).iter_rows()):
            name = "" if value is None else SEPARATORS.sub("", folded(str(value)))
            if unit is None or len(name) < SHORTEST_ID or (name, unit) in known:
                continue
            known.add((name, unit))
            if name not in first:
                first[name] = row, unit
                continue
            other, owner = first[name]
            labels = {
                **named("label", [(column, columns_of(system, table)[column].label)]),
                **named("table", [(table, system.tables[table].label)]),
            }
            there: dict[str, Fact] = {"owner": owner, "there": where(cell(table, other, column))}
            yield _at(cell(table, row, column), "claimed_twice", table, column, unit, value=str(value),
                      year=None, facts={**labels, **there})  # fmt: skip


def copies(wide: pl.DataFrame, system: IndicatorSystem, locate: Locate, *, flat: bool) -> Iterator[Problem]:
    """Yield a question for each unit whose typed figures of the latest year are nearly all those of the year before.

    Zeros and small counts are left out: they are the same in two years without anybody copying them.

    Args:
        wide: unit, year and one column for each field.
        system: the indicator system.
        locate: returns file, sheet and cell of a unit's figure.
        flat: whether all figures are typed; in record tables those without an expression are.
    """
    percent = system.checks.copy_percent
    codes = [code for code, item in system.fields.items() if code in wide.columns and (flat or not item.expr)]
    if not codes:
        return
    latest = wide.filter(pl.col("year") == pl.col("year").max().over("unit")).select("unit", "year", *codes)
    before = wide.select("unit", pl.col("year") + 1, *(pl.col(code).alias(f"_{code}") for code in codes))
    compared = [_tells(system, code) & pl.col(f"_{code}").is_not_null() for code in codes]
    equal = [tells & (pl.col(code) == pl.col(f"_{code}")) for code, tells in zip(codes, compared, strict=True)]
    first = pl.coalesce(*(pl.when(same).then(pl.lit(code)) for code, same in zip(codes, equal, strict=True)))
    counts = latest.join(before, on=["unit", "year"], how="inner").select(
        "unit",
        "year",
        pl.sum_horizontal(compared).cast(pl.Int64).alias("compared"),
        pl.sum_horizontal(equal).cast(pl.Int64).alias("equal"),
        first.alias("first"),
    )
    enough = (pl.col("equal") >= FEWEST_FIGURES) & (pl.col("equal") * 100 >= pl.col("compared") * percent)
    for unit, year, asked, same, code in counts.filter(enough).sort("unit").iter_rows():
        table = FLAT if flat else system.fields[code].table
        facts: dict[str, Fact] = {"there": where(locate(unit, year - 1, code)), "compared": asked, "before": year - 1}
        field = year_of(system, table)
        place = locate(unit, year, code)
        yield _at(place, "copied_from_last_year", table, field, unit, value=str(same), year=year, facts=facts)


def where(place: tuple[str, str, str]) -> str:
    """Return file, sheet and cell as one text."""
    return "!".join(part for part in place if part)


def _tells(system: IndicatorSystem, code: str) -> pl.Expr:
    """Return whether it says something that a figure is the same again."""
    value = pl.col(code)
    telling = value.is_not_null() & (value != 0)
    return telling & (value.abs() >= SMALL_COUNT) if system.fields[code].integer else telling


def _at(
    place: tuple[str, str, str],
    code: str,
    table: str,
    field: str,
    unit: str,
    *,
    value: str,
    year: int | None,
    facts: Mapping[str, Fact],
) -> Problem:
    file, sheet, cell = place
    return Problem(
        severity="warning",
        code=code,
        file=file,
        sheet=sheet,
        cell=cell,
        table=table,
        field=field,
        unit=unit,
        year=year,
        value=value,
        facts=facts,
    )
