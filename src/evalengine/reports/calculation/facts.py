"""What the workbook computes from and compares with: an assessment in the order of its sheets.

On every sheet with one row per unit the units stand in the order of their ids, each in the same row everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from evalengine.derivation import WINDOW_YEARS
from evalengine.reports import cells
from evalengine.scheme.expressions import roots
from evalengine.scheme.model import TOTAL, IndicatorSystem, Scoring, Window

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

Figure = float | str | None  # a number, a status code, or no row for that year
OPEN = ("missing", "unverified", "not_applicable")  # what is not a number; the last one found decides


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Facts:
    """An assessment, unit by unit.

    Attributes:
        assessment: the assessment itself.
        units: unit ids, sorted.
        names: their names.
        groups: their groups.
        ranking: the columns of the ranking, in the order of `units`.
        values: value or status of every indicator.
        scores: score of every node; None where it does not count.
        shares: effective weight of every node.
        fields: figures by field and year, one for each unit.
        parents: for every indicator and dimension the node above.
        unproved: unit and indicator of the values that missing or rejected evidence took away: no figure shows why.
        treated: for unit and indicator the value that is scored instead of an outlying one.
    """

    assessment: Assessment
    units: tuple[str, ...]
    names: tuple[str, ...]
    groups: tuple[str, ...]
    ranking: Mapping[str, list[Any]]
    values: Mapping[str, list[float | str]]
    scores: Mapping[str, list[float | None]]
    shares: Mapping[str, list[float]]
    fields: Mapping[tuple[str, int], list[Figure]]
    parents: Mapping[str, str]
    unproved: frozenset[tuple[str, str]]
    treated: Mapping[tuple[str, str], float]

    @property
    def system(self) -> IndicatorSystem:
        """Return the indicator system."""
        return self.assessment.system

    def children(self, node: str) -> list[str]:
        """Return the nodes below a node, in the order of the system."""
        return [code for code, above in self.parents.items() if above == node]

    def blocks(self) -> Iterator[tuple[str, list[str]]]:
        """Yield every inner node with its children, children before parents, the total last."""
        yield from self._blocks(TOTAL)

    def _blocks(self, node: str) -> Iterator[tuple[str, list[str]]]:
        for child in self.children(node):
            if child in self.system.dimensions:
                yield from self._blocks(child)
        yield node, self.children(node)

    def walk(self, node: str = TOTAL, depth: int = 0) -> Iterator[tuple[str, int]]:
        """Yield every node and its depth, parents before children."""
        yield node, depth
        for child in self.children(node):
            yield from self.walk(child, depth + 1)

    def weight_sets(self) -> tuple[str, ...]:
        """Return the groups with weights of their own; the first one, empty, stands for all others."""
        return ("", *self.assessment.profile.groups)

    def rule(self, indicator: str, group: str) -> Scoring:
        """Return the scoring rule of an indicator for units of a group."""
        own = self.system.groups.get(group)
        if own and indicator in own.scoring:
            return own.scoring[indicator]
        return self.assessment.profile.scoring.get(indicator, self.system.indicators[indicator].scoring)

    def rule_set(self, indicator: str, group: str) -> str:
        """Return the group if it has its own anchors or coefficient for an indicator, else an empty text."""
        own = self.system.groups.get(group)
        return group if own and (indicator in own.scoring or indicator in own.coefficients) else ""

    def coefficient(self, indicator: str, group: str) -> float | None:
        """Return the coefficient a group has for an indicator, if it has one."""
        own = self.system.groups.get(group)
        return own.coefficients.get(indicator) if own else None

    def years(self, window: Window) -> range:
        """Return the years of a window, the assessed one last."""
        return range(self.assessment.year - WINDOW_YEARS[window] + 1, self.assessment.year + 1)

    def windows(self) -> dict[str, list[Window]]:
        """Return the fields the assessment uses, in the order of the system, each with its windows."""
        used: dict[str, dict[Window, None]] = {code: {} for code in self.system.fields}
        for item in self.system.indicators.values():
            for name in roots(item.formula):
                used[name][item.window] = None
        for floor in self.system.floors:
            if floor.minimum is not None:
                used[floor.field]["year"] = None
        return {code: list(windows) for code, windows in used.items() if windows}


def facts_of(assessment: Assessment) -> Facts:
    """Return the facts of an assessment."""
    ranking = assessment.ranking.sort("unit")
    system, units = assessment.system, ranking["unit"].to_list()
    total = {code: item.parent or TOTAL for code, item in system.dimensions.items()}
    values = _values(assessment, units)
    return Facts(
        assessment=assessment,
        units=tuple(units),
        names=tuple(cells.clean(name or unit) for name, unit in zip(ranking["name"], units, strict=True)),
        groups=tuple(ranking["group"]),
        ranking={name: ranking[name].to_list() for name in ranking.columns},
        values=values,
        scores=_by_node(assessment, units, "score"),
        shares={code: [share or 0.0 for share in row] for code, row in _by_node(assessment, units, "weight").items()},
        fields=_fields(assessment, units, values),
        parents={**{code: item.parent for code, item in system.indicators.items()}, **total},
        unproved=frozenset(assessment.evidence.filter("unverified").select("unit", "indicator").iter_rows()),
        treated={
            (unit, code): value
            for unit, code, value in assessment.treated.select("unit", "indicator", "after").iter_rows()
        },
    )


def _values(assessment: Assessment, units: list[str]) -> dict[str, list[float | str]]:
    codes = list(assessment.system.indicators)
    table = assessment.values.sort("unit", maintain_order=True)
    column = [
        value if status == "ok" else status
        for value, status in zip(table["value"].to_list(), table["status"].to_list(), strict=True)
    ]
    return {code: column[place :: len(codes)] for place, code in enumerate(codes)} if units else {}


def _by_node(assessment: Assessment, units: list[str], name: str) -> dict[str, list[Any]]:
    nodes = [TOTAL, *assessment.system.dimensions, *assessment.system.indicators]
    column = assessment.scores.sort("unit", maintain_order=True)[name].to_list()
    return {code: column[place :: len(nodes)] for place, code in enumerate(nodes)} if units else {}


def _fields(
    assessment: Assessment, units: list[str], values: Mapping[str, list[float | str]]
) -> dict[tuple[str, int], list[Figure]]:
    """Return every figure; for a blank one, what its indicators say it is."""
    places = {unit: place for place, unit in enumerate(units)}
    users: dict[str, list[str]] = {code: [] for code in assessment.system.fields}
    for code, item in assessment.system.indicators.items():
        for name in roots(item.formula):
            users[name].append(code)
    found: dict[tuple[str, int], list[Figure]] = {}
    for unit, year, field, reported, value in assessment.fields.select(
        "unit", "year", "field", "reported", "value"
    ).iter_rows():
        place = places[unit]
        column = found.setdefault((field, year), [None] * len(units))
        said = {values[code][place] for code in users[field]} if value is None else set()
        column[place] = _blank(said, emptied=reported is not None) if value is None else value
    return found


def _blank(said: set[float | str], *, emptied: bool) -> str:
    """Return the status of a blank figure: the worst its indicators allow, as the worst figure decides theirs."""
    if said and said <= {"not_applicable"}:
        return "not_applicable"
    if emptied and said <= {"unverified", "not_applicable"}:
        return "unverified"
    return "missing"


def windowed(figures: list[list[Figure]], window: Window) -> list[float | str]:
    """Return a field over a window, from its figures year by year: what the formula of the sheet gives.

    Args:
        figures: for every year, one figure for each unit.
        window: the window.
    """
    result: list[float | str] = []
    for years in zip(*figures, strict=True):
        open_ones = [code for code in OPEN if code in years]
        numbers = [value for value in years if isinstance(value, float)]
        if open_ones or not numbers:
            result.append(open_ones[-1] if open_ones else "missing")
        else:
            total = sum(numbers)
            result.append(total / len(numbers) if window == "avg3" else total)
    return result


def group_numbers(groups: tuple[str, ...]) -> dict[str, int]:
    """Return a number for each group, in the order of their names."""
    return {group: place for place, group in enumerate(sorted(set(groups)), start=1)}


def counted(assessment: Assessment, units: tuple[str, ...], item: str, kind: str) -> list[float]:
    """Return how often an item counts for each unit: occurrences counted, of a veto the largest number."""
    rows = assessment.items.filter((pl.col("item") == item) & (pl.col("kind") == kind))
    counts = dict.fromkeys(units, 0.0)
    for unit, count, counting in rows.select("unit", "count", "counted").iter_rows():
        if unit in counts:
            counts[unit] = max(counts[unit], count) if kind == "veto" else counts[unit] + counting
    return list(counts.values())
