"""Assessments → the data of the page: codes, labels and numbers; no experts, verifiers, matters or file names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from evalengine import text
from evalengine.methods.curves import Curve, curve, is_curve
from evalengine.methods.registry import method
from evalengine.methods.scoring_kernel import AGGREGATIONS
from evalengine.reports.html import figures
from evalengine.reports.words import Words
from evalengine.scheme.model import IndicatorSystem, Scoring, WeightProfile
from evalengine.scoring import plan

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

SENTENCES = ("html.script.", "report.notes.", "report.status.")
LEAST_PLACES = 6  # decimals of a weight the page may choose: proportions inside a dimension stay as they were
EXPECTED = ("score", "rank", "overall_rank", "grade")

Json = dict[str, Any]


def page_data(assessments: Sequence[Assessment], language: str) -> Json:
    """Return what the page shows and computes from.

    Args:
        assessments: of the same data under the same system; the first one is the run's own.
        language: `zh` or `en`.

    Raises:
        ValueError: the assessments are not of the same data.
    """
    first = assessments[0]
    for other in assessments[1:]:
        if other.system.sha256 != first.system.sha256 or not other.values.equals(_with_coefficients(first, other)):
            raise ValueError(f"{other.profile.name}: not an assessment of the same data under the same system")
    words = Words(first.system, language)
    curves: dict[str, Json] = {}
    profiles = [_profile(assessment, words, curves) for assessment in assessments]
    return {
        "runId": first.provenance.run_id,
        "year": first.year,
        "system": _system(first.system, words),
        **_nodes(first.system, first.profile, words),
        "profiles": profiles,
        "curves": list(curves.values()),
        "units": _units(first),
        "groups": sorted(set(first.ranking["group"])),
        "values": figures.shortened(assessments),
        "items": _item_labels(first.system, words),
        "words": _sentences(language),
    }


def _with_coefficients(first: Assessment, other: Assessment) -> pl.DataFrame:
    """Return the values of `first` beside the coefficients of `other`: these may differ, the values may not."""
    return first.values.with_columns(other.values["coefficient"])


def _system(system: IndicatorSystem, words: Words) -> Json:
    rules, grades, codes = system.ranking, system.grades, list(system.indicators)
    return {
        "label": words.label(system.label),
        "status": words.label(system.status),
        "decimals": rules.decimals,
        "innerDecimals": rules.inner_decimals,
        "method": rules.method,
        "tieBreaks": [codes.index(code) for code in rules.tie_breaks],
        "levels": [
            {"code": level.code, "label": words.label(level.label), "minimum": level.minimum, "quota": level.quota}
            for level in grades.levels
        ],
        "quotaMinimumGroup": grades.quota_minimum_group,
        "quotaTie": grades.quota_tie,
        "twoYear": grades.two_year
        and {"low": grades.two_year.low, "high": grades.two_year.high, "result": grades.two_year.result},
    }


def _nodes(system: IndicatorSystem, profile: WeightProfile, words: Words) -> Json:
    """Return the tree: indicators first, then inner nodes, children before parents, the total last."""
    made = plan(system, profile)
    leaves = len(system.indicators)
    earned = {"zero": 0.0, "reweight": None}
    return {
        "leaves": [
            {
                "code": code,
                "label": words.label(item.label),
                "unit": words.unit(item.unit),
                "direction": item.direction,
                "notApplicable": earned.get(item.not_applicable.policy, item.not_applicable.percent),
            }
            for code, item in system.indicators.items()
        ],
        "inner": [
            {
                "code": code,
                "label": words.node(code),
                "aggregation": AGGREGATIONS[made.tree.aggregations[place]],
                "power": float(made.tree.powers[place]),
            }
            for place, code in enumerate(made.nodes[leaves:])
        ],
        "parents": made.tree.parents.tolist(),
        "top": [
            made.nodes.index(code) - leaves  # in the order of the file
            for code, item in system.dimensions.items()
            if not item.parent
        ],
    }


def _profile(assessment: Assessment, words: Words, curves: dict[str, Json]) -> Json:
    """Return a profile: its weights, how it scores, and what the engine found under it."""
    system, profile = assessment.system, assessment.profile
    keys = ["", *sorted((set(system.groups) | set(profile.groups)) & set(assessment.ranking["group"]))]
    places = _places(profile)
    ranked = assessment.ranking.sort("unit")
    return {
        "name": profile.name,
        "label": words.label(profile.label),
        "decidedBy": words.label(profile.decided_by),
        "reason": words.label(profile.reason),
        "places": places,
        "weights": {
            key: [int(weights[code].scaleb(places)) for code in system.indicators]
            for key, weights in {"": profile.weights, **{g: own.weights for g, own in profile.groups.items()}}.items()
            if not key or key in keys
        },
        "scoring": {key: _scoring(assessment, key, curves) for key in keys},
        "engine": {name: ranked[name].to_list() for name in EXPECTED},
    }


def _places(profile: WeightProfile) -> int:
    sets: list[Mapping[str, Decimal]] = [profile.weights, *(own.weights for own in profile.groups.values())]
    exponents = [weight.as_tuple().exponent for weights in sets for weight in weights.values()]
    return max(LEAST_PLACES, *(-exponent for exponent in exponents if isinstance(exponent, int)))


def _scoring(assessment: Assessment, key: str, curves: dict[str, Json]) -> Json:
    """Return the curve and coefficient of each indicator for a group; scores where a rule needs the whole column."""
    made = plan(assessment.system, assessment.profile, key)
    chosen: list[int] = []
    given: dict[int, list[float | None]] = {}
    for leaf, rule in enumerate(made.scoring):
        if not is_curve(method("normalisation", rule["rule"])):
            given[leaf] = figures.given_scores(assessment, leaf)
            chosen.append(-1)
            continue
        chosen.append(_place_of(rule, curves))
    factors = made.coefficients.tolist()
    return {
        "curves": chosen,
        "coefficients": {leaf: factor for leaf, factor in enumerate(factors) if factor != 1.0},
        "given": given,
    }


def _place_of(rule: Scoring, curves: dict[str, Json]) -> int:
    """Return the place of a rule's curve among all curves, adding it if it is new."""
    shape = _curve(curve(rule["rule"], {name: value for name, value in rule.items() if name != "rule"}))
    curves.setdefault(repr(shape), shape)
    return list(curves).index(repr(shape))


def _curve(made: Curve) -> Json:
    return {
        "sign": made.sign,
        "rate": made.rate,
        "floor": _finite(made.floor),
        "ceiling": _finite(made.ceiling),
        "segments": [[_finite(part.start), part.height, part.slope, part.origin] for part in made.segments],
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _units(assessment: Assessment) -> list[Json]:
    """Return the units by id, with what weights do not change: points, vetoes, last year's score."""
    groups = sorted(set(assessment.ranking["group"]))
    found: dict[str, list[list[Any]]] = {}
    for unit, item, count, points in (
        assessment.items.filter(pl.col("kind") != "veto").select("unit", "item", "counted", "points").iter_rows()
    ):
        found.setdefault(unit, []).append([item, count, points])
    codes: list[str] = [level.code for level in assessment.system.grades.levels]
    units = []
    for row in assessment.ranking.sort("unit").iter_rows(named=True):
        vetoes = [code for code in row["veto"].split(";") if code]
        units.append(
            {
                "id": row["unit"],
                "name": row["name"] or row["unit"],
                "group": groups.index(row["group"]),
                "bonus": row["bonus"],
                "penalty": row["penalty"],
                "vetoes": vetoes,
                "fails": row["grade_reason"] == "veto",
                "caps": [codes.index(assessment.system.vetoes[code].cap) for code in vetoes],
                "last": row["last_score"],
                "items": found.get(row["unit"], []),
            }
        )
    return units


def _item_labels(system: IndicatorSystem, words: Words) -> dict[str, str]:
    return {code: words.item(code) for code in (*system.vetoes, *system.bonus.items, *system.penalty.items)}


def _sentences(language: str) -> dict[str, str]:
    """Return the sentences of the page; the reports share the notes on units."""
    found = {}
    for key, sentence in (*text.catalogue("html", language).items(), *text.catalogue("report", language).items()):
        for prefix in SENTENCES:
            if key.startswith(prefix):
                found[key.removeprefix("html.script.").removeprefix("report.")] = sentence
    return {
        **found,
        "between_sentences": text.sentence("report.between_sentences", language),
        "between_items": text.sentence("report.between_items", language),
        "no_group": text.sentence("report.no_group", language),
    }
