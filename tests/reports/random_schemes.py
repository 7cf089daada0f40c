"""Random small schemes and data for them: every official scoring rule, every mean, ties, quotas, vetoes, groups."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Sequence
from decimal import Decimal

import polars as pl

from evalengine import Assessment, Dataset, IndicatorSystem, WeightProfile, assess
from evalengine.scheme.model import (
    Aggregation,
    Checks,
    Dimension,
    Field,
    Floor,
    Grades,
    GroupRules,
    GroupWeights,
    Indicator,
    Level,
    NotApplicable,
    Ranking,
    Scoring,
    TwoYear,
    Veto,
)
from evalengine.text import Label
from tests.small import YEAR, small

FIELDS = ("a", "b", "c", "d", "e", "f")
FORMULAS = (
    "10 * a / b",
    "100 * (a + c) / (b + d)",
    "LEAST(c, 4) * 2 + GREATEST(d, 3)",
    "e",
    "a - b / 2",
    "(a + b) / (c / 5) - -d",
    "CASE WHEN a >= 6 THEN 10 WHEN b < 3 AND NOT c = 2 THEN d ELSE a + 1 END",
    "SQRT(ABS(d - 5)) * 3 + LN(a + 1)",
    "LEAST(a / b, 9)",  # infinity is swallowed: written as a value
    "COALESCE(a, 1) * 2",  # no such function: written as a value
)
GROUPS = ("G", "H", "I")


def rules(choice: random.Random, *, cost: bool) -> Scoring:
    """Return one of the official scoring rules with random anchors for values of about 0 to 20."""
    low, middle, high = sorted(choice.sample(range(21), 3))
    first, second, third = (high, middle, low) if cost else (low, middle, high)
    side = "at_most" if cost else "at_least"
    made: list[Scoring] = [
        {"rule": "base_full", "zero": first, "base": second, "full": third},
        {"rule": "base_full", "zero": first, "base": second, "full": third, "below_base": "zero", "base_percent": 50},
        {"rule": "base_full", "zero": first, "base": second, "full": second},
        {"rule": "linear", "zero": first, "full": third},
        {"rule": "efficacy", "satisfactory": third, "unacceptable": first, "floor": 0.0, "ceiling": 100.0},
        {"rule": "efficacy_exponential", "satisfactory": third, "unacceptable": first, "ceiling": 150.0},
        {
            "rule": "tiers",
            "tiers": [{side: first, "score": 30}, {side: second, "score": 60}, {side: third, "score": 90}],
        },
        {
            "rule": "bands",
            "bands": [{side: first, "low": 10, "high": 50}, {side: second, "low": 60, "high": 95}],
            "top": third,
        },
    ]
    if not cost:
        made += [
            {"rule": "share_of_standard", "standard": max(1, middle)},
            {"rule": "interval", "lo_zero": low, "lo": middle, "hi": middle + 1, "hi_zero": max(high, middle + 1)},
            {"rule": "expert", "scale": [low, high]},
        ]
    return choice.choice(made)


def scheme(seed: int) -> tuple[IndicatorSystem, WeightProfile]:
    """Return a random system and a profile for it."""
    choice = random.Random(seed)
    base, profile = small()
    dimensions = {"A": _dimension(choice), "B": _dimension(choice), "C": _dimension(choice, "B")}
    indicators = {f"i{place}": _indicator(choice, place) for place in range(choice.randint(6, 10))}
    codes = list(indicators)
    own = GroupRules(
        scoring={codes[0]: rules(choice, cost=indicators[codes[0]].direction == "cost")}, coefficients={codes[1]: 1.25}
    )
    quota = choice.choice([20.0, 30.0, 50.0])
    levels = (
        Level(code="excellent", label=Label("\u4f18\u79c0", "Excellent"), minimum=36.0, quota=quota),
        Level(code="good", label=Label("\u826f\u597d", "Good"), minimum=28.0, quota=choice.choice([None, 40.0])),
        Level(code="pass", label=Label("\u5408\u683c", "Pass"), minimum=20.0),
        Level(code="fail", label=Label("\u4e0d\u5408\u683c", "Fail")),
    )
    system = dataclasses.replace(
        base,
        fields={code: Field(label=Label(code, code), minimum=None) for code in FIELDS},
        dimensions=dimensions,
        indicators=indicators,
        checks=Checks(),
        floors=(Floor(field="f", veto=choice.choice(["V3", "V4", "V4"]), minimum=1.0),),
        vetoes={**base.vetoes, "V5": Veto(label=Label("V5", "V5"), effect="cap", cap="pass")},
        grades=Grades(levels=levels, quota_tie=choice.choice(["out", "in"]), two_year=TwoYear(low=20, high=40)),
        ranking=Ranking(
            method=choice.choice(["competition", "modified", "dense", "fractional"]),
            tie_breaks=tuple(choice.sample(codes, choice.randint(0, 3))),
            decimals=choice.choice([0, 2]),
        ),
        groups={"H": own},
    )
    profile = dataclasses.replace(profile, weights=weights(choice, codes), dimensions={})
    if choice.random() < 0.5:
        profile = dataclasses.replace(profile, groups={"I": GroupWeights(weights=weights(choice, codes))})
    return system, profile


def weights(choice: random.Random, codes: Sequence[str]) -> dict[str, Decimal]:
    """Return random weights that add up to 1, some of them 0."""
    parts = [choice.choice([0, 1, 2, 3, 5, 8]) for _ in codes]
    parts[0] += 1
    shares = [Decimal(10000 * part // sum(parts)) / 10000 for part in parts]
    return dict(zip(codes, [shares[0] + 1 - sum(shares), *shares[1:]], strict=True))


def assessed(seed: int, system: IndicatorSystem, profile: WeightProfile) -> Assessment:
    """Return the assessment of random units: few different figures, so that many scores are equal."""
    choice = random.Random(seed + 1000)
    rows: list[dict[str, object]] = []
    for number in range(choice.randint(9, 24)):
        own = {"unit": f"U{number:02}", "name": f"Unit {number}", "group": choice.choice(GROUPS)}
        twin = rows[-1] if rows and choice.random() < 0.5 and rows[-1]["year"] == YEAR else None
        for year in (YEAR - 2, YEAR - 1, YEAR):
            if year < YEAR and choice.random() < 0.2:
                continue
            figures: dict[str, object] = {code: _figure(choice) for code in FIELDS}
            if twin and year == YEAR:
                figures = {code: twin[code] for code in FIELDS}
            items: dict[str, object] = {code: _count(choice, 3.0) for code in ("P1", "P2", "N1", "N2")}
            items |= {code: _count(choice, 2.0) for code in ("V1", "V4", "V5")}
            items["last_score"] = choice.choice([None, 20.0, 45.5, 60.0, 80.0])
            rows.append({**own, "year": year, **figures, **items})
    kinds: dict[str, type[pl.DataType]] = {"unit": pl.String, "name": pl.String, "group": pl.String, "year": pl.Int64}
    frame = pl.DataFrame(rows, schema={name: kinds.get(name, pl.Float64) for name in rows[0]})
    return assess(Dataset.from_fields(frame, system), system, profile, year=YEAR)


def _dimension(choice: random.Random, parent: str = "") -> Dimension:
    how: Aggregation = choice.choice(["arithmetic", "arithmetic", "geometric", "harmonic", "power", "minimum"])
    power = choice.choice([-1.0, 0.5, 2.0]) if how == "power" else 1.0
    return Dimension(label=Label("d", "d"), parent=parent, aggregation=how, power=power)


def _indicator(choice: random.Random, place: int) -> Indicator:
    cost = choice.random() < 0.3
    # the first one always counts: a unit to which nothing applies is refused
    policy = choice.choice(["zero", "reweight", "reweight", "fixed"]) if place else "zero"
    return Indicator(
        label=Label(f"i{place}", f"i{place}"),
        parent=("A", "B", "C")[place % 3],
        formula=choice.choice(FORMULAS),
        scoring=rules(choice, cost=cost),
        direction="cost" if cost else "benefit",
        window=choice.choice(["year", "avg3", "sum3", "stock_end"]),
        not_applicable=NotApplicable(policy=policy, percent=45.0),
        ratio=True,
    )


def _figure(choice: random.Random) -> float | None:
    return choice.choice(
        [None, *[0.0] * 5, *[1.0, 2.0, 2.0, 3.0, 5.0, 5.0, 7.5, 10.0, 12.0] * 3, choice.uniform(0, 20)]
    )


def _count(choice: random.Random, most: float) -> float | None:
    return choice.choice([None] * 20 + [1.0, most])
