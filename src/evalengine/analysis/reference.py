"""What other methods would say: ranks and grades for reference. They are shown, and decide nothing.

Every method sees the scores of the indicators (official anchors, more is better) and the published weights, one group
at a time, as the official rank does; vetoed units have no rank and take no part. A missing indicator has its official
score of 0. Where an indicator does not apply and its weight is shared, the unit gets the score of the dimension above
it: a mean does not change when its own value joins it, so this is what sharing the weight amounts to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import polars as pl

from evalengine.assessment import Assessment
from evalengine.errors import MethodError
from evalengine.methods.agreement import kendall_tau_b, mean_rank_shift, spearman, top_k_overlap
from evalengine.methods.arrays import Array
from evalengine.methods.results import Ranked, ranks_of
from evalengine.methods.sorting import Sorted
from evalengine.scheme.model import TOTAL, IndicatorSystem
from evalengine.scheme.reference import Chosen, Purpose, chosen

Row = Mapping[str, Any]
Schema = Mapping[str, type[pl.DataType]]

KEYS: Schema = {"group": pl.String, "number": pl.Int64, "method": pl.String}
RANKS: Schema = {
    "unit": pl.String,
    **KEYS,
    "score": pl.Float64,
    "higher_is_better": pl.Boolean,
    "rank": pl.Float64,
    "official_rank": pl.Float64,
}
AGREEMENT: Schema = {
    **KEYS,
    "units": pl.Int64,
    "spearman": pl.Float64,
    "kendall_tau_b": pl.Float64,
    "mean_rank_shift": pl.Float64,
    "top": pl.Int64,
    "top_overlap": pl.Float64,
}
DEPENDENCE: Schema = {
    "unit": pl.String,
    "group": pl.String,
    "official_rank": pl.Float64,
    "best_rank": pl.Float64,
    "worst_rank": pl.Float64,
    "depends": pl.Boolean,
}
GRADES: Schema = {"unit": pl.String, **KEYS, "grade": pl.String, "official_grade": pl.String}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """A method that gave no answer for a group, and why."""

    purpose: Purpose
    group: str
    number: int
    chosen: Chosen
    error: MethodError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Referenced:
    """Ranks and grades by other methods, for reference.

    Attributes:
        methods: the ranking methods; `number` in the tables counts them from 1.
        grading: the methods that sort into grades, likewise.
        ranks: one row per unit and ranking method that answered, with its score; ranks are within the group, and tied
            units share places by the official rule.
        agreement: one row per group and such method: how far it agrees with the official rank; null where all tie.
        dependence: one row per compared unit: its best and worst rank, the official one included.
        grades: one row per unit and grading method that answered.
        too_small: groups in which units are not compared with one another, and their numbers of ranked units.
        unanswered: methods without an answer.
    """

    methods: tuple[Chosen, ...]
    grading: tuple[Chosen, ...]
    ranks: pl.DataFrame
    agreement: pl.DataFrame
    dependence: pl.DataFrame
    grades: pl.DataFrame
    too_small: Mapping[str, int]
    unanswered: tuple[Unanswered, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Group:
    """The ranked units of a group, in the order of the ranking, with the scores and weights of their indicators."""

    name: str
    rows: Sequence[Row]
    matrix: Array
    weights: Array

    @property
    def official(self) -> Array:
        return np.array([row["rank"] for row in self.rows], dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Answer:
    """What a method answers for a group: ranks or classes, 1 = best, or why it has none."""

    group: _Group
    number: int
    chosen: Chosen
    places: Array | MethodError
    scores: Array | None = None
    higher_is_better: bool = True

    @property
    def key(self) -> Row:
        return {"group": self.group.name, "number": self.number, "method": self.chosen.method.name}


def reference(assessment: Assessment) -> Referenced:
    """Return what the methods of `[reference]` say about an assessment.

    Args:
        assessment: the assessment; it is not changed.
    """
    system = assessment.system
    asked = system.reference
    methods, grading = chosen(asked.methods, "methods"), chosen(asked.grades, "grades")
    groups = list(_groups(assessment))
    small = {group.name: len(group.rows) for group in groups if len(group.rows) < asked.minimum_group}
    ranked = [
        _ranked(group, number, item, system)
        for group in groups
        if group.name not in small
        for number, item in enumerate(methods, start=1)
    ]
    graded = [
        _graded(group, number, item, system)
        for group in groups
        for number, item in enumerate(grading, start=1)
        if group.rows and not (item.method.relative and group.name in small)
    ]
    ranks = pl.DataFrame([row for answer in ranked for row in _rank_rows(answer)], schema=dict(RANKS))
    agreement = [row for answer in ranked for row in _agreement_rows(answer, asked.top)]
    levels = [level.code for level in system.grades.levels]
    return Referenced(
        methods=methods,
        grading=grading,
        ranks=ranks,
        agreement=pl.DataFrame(agreement, schema=dict(AGREEMENT)),
        dependence=_dependence(ranks),
        grades=pl.DataFrame([row for answer in graded for row in _grade_rows(answer, levels)], schema=dict(GRADES)),
        too_small=small,
        unanswered=(*_unanswered("methods", ranked), *_unanswered("grades", graded)),
    )


def _groups(assessment: Assessment) -> Iterator[_Group]:
    """Yield the groups in the order of the ranking."""
    system, profile = assessment.system, assessment.profile
    wide = assessment.scores.pivot("node", index="unit", values="score")
    places = {unit: place for place, unit in enumerate(wide["unit"])}
    scores = np.column_stack([_filled(wide, code, system) for code in system.indicators])
    comparable = np.round(scores, system.ranking.inner_decimals)  # noise orders nobody
    for name, members in groupby(assessment.ranking.to_dicts(), key=lambda row: str(row["group"])):
        rows = [row for row in members if row["rank"] is not None]
        own = profile.groups.get(name)
        weights = own.weights if own else profile.weights
        yield _Group(
            name=name,
            rows=rows,
            matrix=comparable[[places[row["unit"]] for row in rows]],
            weights=np.array([float(weights[code]) for code in system.indicators]),
        )


def _filled(wide: pl.DataFrame, node: str, system: IndicatorSystem) -> Array:
    """Return the score of every unit at a node; where the node does not apply, at the nearest one above that does."""
    score = wide[node].to_numpy()
    if node == TOTAL:
        return score
    above = system.indicators[node].parent if node in system.indicators else system.dimensions[node].parent
    absent = np.isnan(score)
    return np.where(absent, _filled(wide, above or TOTAL, system), score) if absent.any() else score


def _ranked(group: _Group, number: int, item: Chosen, system: IndicatorSystem) -> _Answer:
    """Return the ranks by a method; tied units share places by the official rule."""
    found = _asked(item, group, system, {})
    if isinstance(found, MethodError):
        return _Answer(group=group, number=number, chosen=item, places=found)
    return _Answer(
        group=group,
        number=number,
        chosen=item,
        places=ranks_of(found.ranks, higher_is_better=False, tie=system.ranking.method),
        scores=found.scores,
        higher_is_better=found.higher_is_better,
    )


def _graded(group: _Group, number: int, item: Chosen, system: IndicatorSystem) -> _Answer:
    """Return the classes by a method; the grade lines, on every indicator, are the profiles between the classes."""
    count = len(system.grades.levels)
    found: Ranked | Sorted | MethodError
    if item.method.kind == "sorting":
        lines = [float(level.minimum or 0.0) for level in system.grades.levels[:-1]]
        found = _asked(item, group, system, {"profiles": np.outer(lines, np.ones(group.weights.size))})
    else:
        found = _asked(item, group, system, {"grades": count})
    if isinstance(found, MethodError):
        places: Array | MethodError = found
    else:  # the rank-sum ratio counts its grades from the lowest
        places = found.classes if isinstance(found, Sorted) else count + 1.0 - found.tables["grade"]
    return _Answer(group=group, number=number, chosen=item, places=places)


def _asked(item: Chosen, group: _Group, system: IndicatorSystem, ours: Row) -> Any:  # noqa: ANN401 - Ranked or Sorted, by kind
    """Return a method's answer, or the error that says why there is none."""
    name = item.method.name
    try:
        return item.method.function(group.matrix, group.weights, **item.given, **ours, columns=list(system.indicators))
    except MethodError as error:
        return error
    except (TypeError, ValueError) as error:  # a list of the wrong shape, say
        return MethodError("settings_do_not_fit", method=name, detail=str(error))


def _rank_rows(answer: _Answer) -> Iterator[Row]:
    if isinstance(answer.places, MethodError) or answer.scores is None:
        return
    for row, score, place in zip(answer.group.rows, answer.scores.tolist(), answer.places.tolist(), strict=True):
        own = {"unit": row["unit"], "official_rank": float(row["rank"])}
        yield {**answer.key, **own, "score": score, "higher_is_better": answer.higher_is_better, "rank": place}


def _grade_rows(answer: _Answer, levels: Sequence[str]) -> Iterator[Row]:
    if isinstance(answer.places, MethodError):
        return
    for row, place in zip(answer.group.rows, answer.places.tolist(), strict=True):
        own = {"unit": row["unit"], "official_grade": row["grade"]}
        yield {**answer.key, **own, "grade": levels[int(place) - 1]}


def _agreement_rows(answer: _Answer, top: int) -> Iterator[Row]:
    """Yield how far the ranks agree with the official ones."""
    if isinstance(answer.places, MethodError):
        return
    official, places = answer.group.official, answer.places
    first = max(1, min(top, places.size // 2))
    yield {
        **answer.key,
        "units": places.size,
        "spearman": _coefficient(spearman, official, places),
        "kendall_tau_b": _coefficient(kendall_tau_b, official, places),
        "mean_rank_shift": mean_rank_shift(official, places),
        "top": first,
        "top_overlap": top_k_overlap(official, places, k=first),
    }


def _coefficient(function: Callable[[Array, Array], float], official: Array, places: Array) -> float | None:
    """Return a coefficient, or None where all units of a ranking tie: there is no order to agree with."""
    tied = any(values.min() == values.max() for values in (official, places))
    return None if tied else function(official, places)


def _dependence(ranks: pl.DataFrame) -> pl.DataFrame:
    official, rank = pl.col("official_rank"), pl.col("rank")
    return (
        ranks.group_by("unit", "group", "official_rank", maintain_order=True)
        .agg(rank.min().alias("lowest"), rank.max().alias("highest"))
        .with_columns(
            pl.min_horizontal("lowest", official).alias("best_rank"),
            pl.max_horizontal("highest", official).alias("worst_rank"),
        )
        .with_columns((pl.col("best_rank") < pl.col("worst_rank")).alias("depends"))
        .select(pl.col(name).cast(kind) for name, kind in DEPENDENCE.items())
    )


def _unanswered(purpose: Purpose, answers: Sequence[_Answer]) -> Iterator[Unanswered]:
    for answer in answers:
        if isinstance(answer.places, MethodError):
            yield Unanswered(
                purpose=purpose,
                group=answer.group.name,
                number=answer.number,
                chosen=answer.chosen,
                error=answer.places,
            )
