"""What stands on the page-set of a unit, whatever it is written as: its own data, and of its peers medians and bests.

No name, rank or figure of another unit, no expert, no verifier.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from evalengine.analysis.explanation import Explained, Explanation, Standing
from evalengine.reports.cards.figures import Figure, Series
from evalengine.reports.cards.sentences import Sentences
from evalengine.reports.cells import NOT_A_NUMBER
from evalengine.reports.entries import figure
from evalengine.reports.layout import Entry
from evalengine.reports.notes import Notes
from evalengine.reports.shown import adjusted_figures, adjusted_place, whole_indicators
from evalengine.reports.words import Words, plain

if TYPE_CHECKING:
    from evalengine.assessment import Results

STANDING = ("group", "rank", "overall_rank", "grade", "weighted", "bonus", "penalty", "score", "last_score", "change")
DIMENSIONS = ("name", "score", "median", "best", "difference", "weight", "contribution", "lost")
SHORTFALLS = ("name", "score", "lost", "median", "raise")
INDICATORS = ("name", "value", "median", "best", "anchors", "score", "weight", "contribution", "lost", "notes")
ADJUSTMENTS = ("place", "reported", "verified", "reason")
FULL = 100.0

Rows = tuple[tuple[Entry, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of a card: its headings and its rows."""

    headings: tuple[str, ...]
    rows: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The page-set of a unit.

    Attributes:
        unit: id of the unit.
        title: title of the page.
        left: line under the title.
        name: id and name of the unit.
        standing: ranks, grade and points: one row.
        dimensions: the dimensions beside the peers.
        remarks: strengths, bonus and penalty, what to note; one sentence or paragraph each.
        shortfalls: the indicators that lose most points and what would raise them.
        indicators: every indicator, the sum last.
        adjustments: what was verified differently; its heading is `adjusted`.
        adjusted: heading of the adjustments.
        notes: sentences below the tables.
        radar: chart of the dimensions.
        bars: chart of the shortfalls.
    """

    unit: str
    title: str
    left: str
    name: str
    standing: Table
    dimensions: Table
    remarks: tuple[str, ...]
    shortfalls: Table
    indicators: Table
    adjustments: Table
    adjusted: str
    notes: tuple[str, ...]
    radar: Figure
    bars: Figure


def cards(assessment: Results, words: Words, explained: Iterable[Explanation]) -> Iterator[Card]:
    """Yield the card of every unit, in the order of the ranking, in which they are explained."""
    maker = _Maker(assessment, words)
    rows = assessment.ranking.iter_rows(named=True)
    for row, why in zip(rows, explained, strict=True):
        yield maker.card(row, why)


def card_of(results: Results, why: Explanation, words: Words) -> Card:
    """Return the card of the unit that is explained."""
    [row] = results.ranking.filter(unit=why.unit).to_dicts()
    return _Maker(results, words).card(row, why)


class _Maker:
    """Makes cards; holds what they share."""

    def __init__(self, assessment: Results, words: Words) -> None:
        self._assessment = assessment
        self._words = words
        self._sentences = Sentences(assessment, words, whole_indicators(assessment.values))
        self._notes = Notes(assessment, words)
        self._adjustments = _by_unit(assessment.adjustments)
        self._items = _by_unit(assessment.items.filter((pl.col("counted") > 0) & (pl.col("kind") != "veto")))
        evidence = assessment.evidence.select("unit", "indicator", "status").iter_rows()
        self._evidence = {(unit, indicator): status for unit, indicator, status in evidence}

    def card(self, row: Mapping[str, Any], why: Explanation) -> Card:
        words, system, profile = self._words, self._assessment.system, self._assessment.profile
        unit = row["unit"]
        adjustments = self._adjustments.get(unit, [])
        compared = why.total.median is not None
        return Card(
            unit=unit,
            title=words.say("cards.title", year=self._assessment.year),
            left=words.say("cards.left", system=words.label(system.label), profile=words.label(profile.label)),
            name=words.say("cards.name", unit=unit, name=row["name"] or "").strip(),
            standing=Table(headings=self._headings("standing", STANDING), rows=(self._standing(row),)),
            dimensions=Table(
                headings=self._headings("dimensions", DIMENSIONS),
                rows=tuple(self._dimension(code, item) for code, item in why.dimensions.items()),
            ),
            remarks=tuple(self._remarks(row, why)),
            shortfalls=Table(
                headings=self._headings("shortfalls", SHORTFALLS),
                rows=tuple(self._shortfall(why.indicators[code]) for code in why.shortfalls),
            ),
            indicators=Table(
                headings=self._headings("indicators", INDICATORS),
                rows=(*(self._indicator(unit, item) for item in why.indicators.values()), self._sum(why)),
            ),
            adjustments=Table(
                headings=self._headings("adjustments", ADJUSTMENTS),
                rows=tuple(self._adjustment(item) for item in adjustments),
            ),
            adjusted=words.say("cards.adjustments.heading", count=len(adjustments)),
            notes=(
                words.say("cards.notes.peers" if compared else "cards.notes.few_peers", count=why.peers),
                words.say("cards.notes.lost"),
                words.say("cards.notes.rounding"),
            ),
            radar=self._radar(why),
            bars=self._bars(why),
        )

    def _headings(self, table: str, keys: Sequence[str]) -> tuple[str, ...]:
        return tuple(self._words.say(f"cards.{table}.{key}") for key in keys)

    def _standing(self, row: Mapping[str, Any]) -> tuple[Entry, ...]:
        words, decimals = self._words, self._assessment.system.ranking.decimals
        last = row["last_score"]
        return (
            ("centre", row["group"] or words.say("no_group")),
            ("centre", self._rank(row["rank"], row["group_size"])),
            ("centre", self._rank(row["overall_rank"], self._assessment.ranking.height)),
            ("strong_centre", words.grade(row["grade"])),
            figure(row["weighted"], "score"),
            figure(row["bonus"], "score"),
            figure(row["penalty"], "score"),
            figure(row["score"], f"published_{decimals}"),
            figure(last, f"earlier_{decimals}"),
            figure(None if last is None else row["score"] - last, f"change_{decimals}"),
        )

    def _rank(self, rank: float | None, size: int) -> str:
        if rank is None:
            return self._words.say("cards.unranked")
        return self._words.say("cards.rank", rank=plain(float(rank)), size=size)

    def _dimension(self, code: str, item: Standing) -> tuple[Entry, ...]:
        difference = None if item.score is None or item.median is None else item.score - item.median
        return (
            ("text", self._words.node(code)),
            figure(item.score, "score"),
            figure(item.median, "score"),
            figure(item.best, "score"),
            figure(difference, "change_2"),
            figure(item.weight or None, "weight"),
            figure(item.contribution, "score"),
            figure(item.lost if item.score is not None else None, "score"),
        )

    def _shortfall(self, item: Explained) -> tuple[Entry, ...]:
        return (
            ("text", self._words.node(item.indicator)),
            figure(item.standing.score, "score"),
            figure(item.standing.lost, "score"),
            figure(_median_loss(item.standing), "score"),
            ("text", self._sentences.raising(item)),
        )

    def _indicator(self, unit: str, item: Explained) -> tuple[Entry, ...]:
        words, code, standing = self._words, item.indicator, item.standing
        absent = NOT_A_NUMBER if item.status == "ok" else words.say(f"status.{item.status}")
        evidence = self._evidence.get((unit, code))
        return (
            ("text", self._sentences.measured(code)),
            self._sentences.value(code, item.value, absent=absent),
            self._sentences.value(code, item.median),
            self._sentences.value(code, item.best),
            ("centre", self._sentences.anchors(item)),
            figure(standing.score, "score"),
            figure(standing.weight or None, "weight"),
            figure(standing.contribution, "score"),
            figure(standing.lost if standing.score is not None else None, "score"),
            ("text", self._sentences.noted(item, evidence)),
        )

    def _sum(self, why: Explanation) -> tuple[Entry, ...]:
        weight = sum(item.standing.weight for item in why.indicators.values())
        lost = sum(item.standing.lost for item in why.indicators.values())
        additive = all(
            item.standing.contribution is not None for item in why.indicators.values() if item.standing.weight
        )
        return (
            ("strong", self._words.say("cards.indicators.sum")),
            *[("centre", NOT_A_NUMBER)] * 4,
            figure(why.total.score, "total"),
            figure(weight, "weight_total"),
            figure(why.total.contribution, "total"),
            figure(lost if additive else None, "total"),
            ("text", ""),
        )

    def _adjustment(self, row: Mapping[str, Any]) -> tuple[Entry, ...]:
        reported, verified, _ = adjusted_figures(row)
        return (("text", adjusted_place(row, self._words)), reported, verified, ("text", row["reason"] or ""))

    def _remarks(self, row: Mapping[str, Any], why: Explanation) -> Iterator[str]:
        words = self._words
        yield self._sentences.strengths(why)
        for kind in ("bonus", "penalty"):
            counted = [item for item in self._items.get(row["unit"], []) if item["kind"] == kind]
            if counted:
                yield words.say(f"cards.{kind}", items=self._sentences.points(counted))
        noted = self._notes.of(row)
        if noted:
            yield words.say("cards.remarks", text=noted)

    def _radar(self, why: Explanation) -> Figure:
        return self._figure("radar", [self._words.node(code) for code in why.dimensions], _compared(why))

    def _bars(self, why: Explanation) -> Figure:
        items = [why.indicators[code].standing for code in why.shortfalls]
        series: dict[str, list[float | None]] = {
            "own": [item.lost for item in items],
            "median": [_median_loss(item) for item in items],
        }
        return self._figure("bars", [self._words.node(code) for code in why.shortfalls], series)

    def _figure(self, key: str, names: Sequence[str], series: Mapping[str, Sequence[float | None]]) -> Figure:
        words = self._words
        return Figure(
            title=words.say(f"cards.charts.{key}"),
            description=words.say(f"cards.charts.{key}_alt"),
            names=tuple(names),
            series=tuple(
                Series(name=words.say(f"cards.charts.{name}"), values=tuple(values))
                for name, values in series.items()
                if name == "own" or any(value is not None for value in values)
            ),
        )


def _compared(why: Explanation) -> dict[str, list[float | None]]:
    found = why.dimensions.values()
    return {
        "own": [item.score for item in found],
        "median": [item.median for item in found],
        "best": [item.best for item in found],
    }


def _median_loss(item: Standing) -> float | None:
    """Return what the peers' median score would lose at this unit's weight."""
    return None if item.median is None else max(0.0, item.weight * (FULL - item.median))


def _by_unit(frame: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in frame.iter_rows(named=True):
        found.setdefault(row["unit"], []).append(row)
    return found
