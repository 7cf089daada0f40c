"""The assessment: a pure function of data, indicator system and weight profile; every table on the way is kept."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Protocol

import numpy as np
import polars as pl

from evalengine import tabulation
from evalengine.differences import differences
from evalengine.errors import DataError, Problem
from evalengine.grading import grade
from evalengine.intake.dataset import Dataset, Source
from evalengine.items import count_items
from evalengine.occurrences import below_floors, occurrences
from evalengine.preparation import Prepared, last_results, prepare
from evalengine.remarks import remarks
from evalengine.scheme.model import IndicatorSystem, WeightProfile
from evalengine.scoring import score, tie_break_scores

LIBRARIES = ("evalengine", "numba", "numpy", "openpyxl", "pandera", "polars")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What an assessment was made from.

    Attributes:
        run_id: SHA-256 of everything below.
        sources: the files or frames read.
        system: name, edition and hash of the indicator system.
        profile: name, edition and hash of the weight profile.
        options: what the caller chose.
        versions: versions of Python and of the libraries that compute.
    """

    run_id: str
    sources: tuple[Source, ...]
    system: Mapping[str, str]
    profile: Mapping[str, str]
    options: Mapping[str, str]
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Assessment:
    """The result of an assessment, with every intermediate table.

    Attributes:
        system: the indicator system.
        profile: the weight profile.
        year: the assessed year.
        ranking: one row per unit in listing order (group, rank, unit id; vetoed last): `unit, name, group,
            group_size, score, total, weighted, bonus, penalty, rank, overall_rank, tie, grade, grade_reason, veto,
            two_year_result, needs_decision, last_score, last_rank, new`; `new` says that others have a result of the
            year before and this unit has none.
        values: one row per unit and indicator: `unit, indicator, value, reported, status, coefficient`; status is
            `ok`, `missing`, `not_applicable` or `unverified`.
        scores: one row per unit and node: `unit, node, level, score, weight, contribution`; level 0 is the total.
        treated: one row per outlying value that was drawn in before scoring: `unit, indicator, rule, before, after`;
            `values` keeps the verified value.
        fields: one row per unit, year and field with a row: `unit, year, field, reported, value`.
        items: one row per veto, bonus or penalty occurrence: `unit, item, kind, count, counted, points, matter`;
            that of missing evidence is the code of its indicator.
        adjustments: every adjustment, as applied.
        differences: one row per adjustment and indicator, item or floor it changes: the adjustment, then `difference,
            indicator, item, floor, minimum, missed, value_reported, value, score_reported, score, points, together,
            total_reported, total, rank_reported, rank, grade_reported, grade`: the effect in points of the total is
            that of all adjustments of the indicator, which `together` counts; a floor that is missed or reached because
            of an adjustment is named by its field, `missed` tells which, `item` is the veto it brings or takes away.
        evidence: one row per unit and indicator whose evidence is tracked: `unit, indicator, status, unverified,
            value, penalty, note, file, verifier, date`; status is `present`, `missing` or `rejected`, the next three
            what that cost: whether the verified value was taken away, which, the penalty item. Empty where no evidence
            is tracked.
        problems: warnings; an assessment with errors raises instead.
        provenance: what it was made from.
        dataset: the data it was made from.
    """

    system: IndicatorSystem
    profile: WeightProfile
    year: int
    ranking: pl.DataFrame
    values: pl.DataFrame
    scores: pl.DataFrame
    treated: pl.DataFrame
    fields: pl.DataFrame
    items: pl.DataFrame
    adjustments: pl.DataFrame
    differences: pl.DataFrame
    evidence: pl.DataFrame
    problems: tuple[Problem, ...]
    provenance: Provenance
    dataset: Dataset


class Results(Protocol):
    """What an `Assessment` and a `Run` read from its folder both hold: enough to explain and to report a unit."""

    @property
    def system(self) -> IndicatorSystem: ...  # noqa: D102 - as in `Assessment`, like the others
    @property
    def profile(self) -> WeightProfile: ...  # noqa: D102
    @property
    def year(self) -> int: ...  # noqa: D102
    @property
    def ranking(self) -> pl.DataFrame: ...  # noqa: D102
    @property
    def values(self) -> pl.DataFrame: ...  # noqa: D102
    @property
    def scores(self) -> pl.DataFrame: ...  # noqa: D102
    @property
    def treated(self) -> pl.DataFrame: ...  # noqa: D102
    @property
    def items(self) -> pl.DataFrame: ...  # noqa: D102
    @property
    def adjustments(self) -> pl.DataFrame: ...  # noqa: D102
    @property
    def evidence(self) -> pl.DataFrame: ...  # noqa: D102


def assess(data: Dataset, system: IndicatorSystem, profile: WeightProfile, *, year: int | None = None) -> Assessment:
    """Check, derive, score, rank and grade.

    Args:
        data: what `read_dataset` or `Dataset.from_fields` returned.
        system: the indicator system.
        profile: a weight profile of that system.
        year: the year to assess; the one most units have, the latest of these, if None.

    Returns:
        The assessment.

    Raises:
        DataError: the data have errors; all of them.
        MethodError: a scoring rule or mean has no answer.
    """
    return assess_profiles(data, system, (profile,), year=year)[0]


def assess_profiles(
    data: Dataset, system: IndicatorSystem, profiles: Sequence[WeightProfile], *, year: int | None = None
) -> tuple[Assessment, ...]:
    """Assess under several weight profiles what is checked and derived once.

    Args:
        data: as in `assess`.
        system: the indicator system.
        profiles: weight profiles of that system.
        year: as in `assess`.

    Returns:
        One assessment for each profile, each as `assess` returns it.

    Raises:
        DataError: the data have errors; all of them.
        MethodError: a scoring rule or mean has no answer.
    """
    prepared = prepare(data, system, year)
    if prepared.errors:
        raise DataError("data_refused", (*prepared.errors, *prepared.warnings))
    return tuple(_assessed(data, prepared, system, profile) for profile in profiles)


def _assessed(data: Dataset, prepared: Prepared, system: IndicatorSystem, profile: WeightProfile) -> Assessment:
    units = prepared.units
    scored = score(prepared.values, units.groups, system, profile)
    unscored = [units.ids[k] for k in np.flatnonzero(np.isnan(scored.scores[-1]))]
    if unscored:
        raise DataError("data_refused", [Problem(severity="error", code="nothing_applies", unit=u) for u in unscored])
    tables = prepared.adjusted.tables
    items = count_items(occurrences(tables, prepared.evidence, system, prepared.year, flat=prepared.flat), system)
    graded = grade(
        units=units.ids,
        groups=units.groups,
        weighted=scored.scores[-1],
        tie_breaks=tie_break_scores(scored, prepared.values, system),
        items=items,
        below_floor=below_floors(prepared.fields, system),
        system=system,
    )
    return Assessment(
        system=system,
        profile=profile,
        year=prepared.year,
        ranking=tabulation.ranking(units, scored, graded, last_results(prepared), system),
        values=tabulation.values(prepared, scored, system),
        scores=tabulation.scores(scored, units, system),
        treated=tabulation.treated(scored, units, system),
        fields=tabulation.fields(prepared, system),
        items=items,
        adjustments=prepared.adjusted.frame,
        differences=differences(data, prepared, scored, items, graded, system, profile),
        evidence=prepared.evidence,
        problems=(*prepared.warnings, *remarks(data, prepared, scored, system, profile)),
        provenance=_provenance(data, system, profile, prepared.year),
        dataset=data,
    )


@cache
def _versions() -> dict[str, str]:
    """Return what computes here; looked up once, since what is installed later is not what is loaded."""
    return {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}


def _provenance(data: Dataset, system: IndicatorSystem, profile: WeightProfile, year: int) -> Provenance:
    made: dict[str, dict[str, str]] = {
        "sources": {source.name: source.sha256 for source in data.sources},
        "system": {"name": system.name, "edition": system.edition, "sha256": system.sha256},
        "profile": {"name": profile.name, "edition": profile.edition, "sha256": profile.sha256},
        "options": {"year": str(year)},
        "versions": _versions(),
    }
    digest = hashlib.sha256(json.dumps(made, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    return Provenance(
        run_id=digest,
        sources=data.sources,
        system=made["system"],
        profile=made["profile"],
        options=made["options"],
        versions=made["versions"],
    )
