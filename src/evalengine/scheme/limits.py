"""Refuse codes that mean something else in the tables, and settings outside their range."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from evalengine.errors import Problem
from evalengine.scheme.faults import fault_at
from evalengine.scheme.model import FLAT, TOTAL, IndicatorSystem, Items

FLAT_COLUMNS = (
    "unit",
    "name",
    "group",
    "year",
    "last_score",
    "last_rank",
)  # what a flat table holds beside fields and items
PERCENT = 100.0
MOST_DECIMALS = 12  # a double has 15


def check_names(system: IndicatorSystem) -> Iterator[Problem]:
    """Yield the codes that are taken: the total, the columns every flat table has, and what starts with `_`."""
    codes: tuple[tuple[str, Iterable[str], tuple[str, ...]], ...] = (
        ("dimensions", system.dimensions, (TOTAL,)),
        ("indicators", system.indicators, (TOTAL,)),
        ("fields", system.fields, FLAT_COLUMNS),
        ("vetoes", system.vetoes, FLAT_COLUMNS),
        ("bonus.items", system.bonus.items, FLAT_COLUMNS),
        ("penalty.items", system.penalty.items, FLAT_COLUMNS),
        ("tables", system.tables, (FLAT,)),
        *((f"tables.{table}.columns", item.columns, ()) for table, item in system.tables.items()),
    )
    for key, own, reserved in codes:
        for code in own:
            if not code or code.startswith("_") or code in reserved:
                yield fault_at("code_reserved", f"{key}.{code}", code)


def check_limits(system: IndicatorSystem) -> Iterator[Problem]:
    """Yield the settings that are outside their range."""
    for code, item in system.indicators.items():
        if not 0 <= item.not_applicable.percent <= PERCENT:
            key = f"indicators.{code}.not_applicable.percent"
            yield fault_at("range_out_of_order", key, str(item.not_applicable.percent))
        if item.plausible and item.plausible[0] > item.plausible[1]:
            yield fault_at("range_out_of_order", f"indicators.{code}.plausible", str(item.plausible))
    for name, items in (("bonus", system.bonus), ("penalty", system.penalty)):
        yield from _points(name, items)
    yield from _settings(system)


def _settings(system: IndicatorSystem) -> Iterator[Problem]:
    if not 0 <= system.ranking.decimals <= system.ranking.inner_decimals <= MOST_DECIMALS:
        yield fault_at("range_out_of_order", "ranking.decimals", str(system.ranking.decimals))
    if system.experts.minimum < 1 or system.experts.trim_from < 3:  # noqa: PLR2004 - one must be left
        yield fault_at("range_out_of_order", "experts", f"{system.experts.minimum}, {system.experts.trim_from}")
    two_year = system.grades.two_year
    if two_year and two_year.low > two_year.high:
        yield fault_at("range_out_of_order", "grades.two_year", f"{two_year.low}, {two_year.high}")
    tolerances = {
        "checks.jump_percent": [system.checks.jump_percent],
        "checks.copy_percent": [system.checks.copy_percent],
    }
    tolerances["checks.sums"] = [check.tolerance for check in system.checks.sums]
    for key, numbers in tolerances.items():
        for number in numbers:
            if number < 0:
                yield fault_at("range_out_of_order", key, str(number))


def _points(name: str, items: Items) -> Iterator[Problem]:
    for code, item in items.items.items():
        if item.points < 0 or (item.limit is not None and item.limit < 1):
            yield fault_at("range_out_of_order", f"{name}.items.{code}", f"{item.points}, {item.limit}")
    if items.cap < 0:
        yield fault_at("range_out_of_order", f"{name}.cap", str(items.cap))
