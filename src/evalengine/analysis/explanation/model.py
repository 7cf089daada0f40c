"""What an explanation says."""

from __future__ import annotations

from dataclasses import dataclass

from evalengine.methods.marks import Kind
from evalengine.scheme.model import Scoring


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A value that would raise the score.

    Attributes:
        kind: what is reached: the `base` mark, the `full` mark, a `tier`, the target `range`.
        value: the verified value needed, before any industry coefficient.
        score: the score of the indicator at that value.
        points: what the weighted score of the unit gains.
    """

    kind: Kind
    value: float
    score: float
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A score beside those of the peers: the ranked units of the group, the unit itself among them if it is ranked.

    Attributes:
        score: the score; None where the node does not count.
        weight: what it weighs in the total after the weights of what does not apply were shared.
        contribution: points of the weighted score; None under a node that is no arithmetic mean.
        lost: points the weighted score would gain if the score were 100; 0 where it does not count.
        median: median of the peers' scores; None where fewer than three are ranked.
        best: best of the peers' scores; likewise.
    """

    score: float | None
    weight: float
    contribution: float | None
    lost: float
    median: float | None
    best: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """An indicator of a unit.

    Attributes:
        indicator: its code.
        value: the verified value; None if there is none.
        reported: the value as reported.
        status: `ok`, `missing`, `not_applicable` or `unverified`.
        coefficient: industry coefficient the value was multiplied by.
        scored: what the rule scored, after outliers were treated and the coefficient applied; None if nothing.
        rule: the scoring rule in force for the unit's group.
        standing: the score and what it is worth.
        median: median of the peers' values; None where fewer than three are ranked or none has a value.
        best: the peers' value that earns most, likewise; of several the furthest in the rule's direction, under a
            target range the one closest to the median.
        targets: what would raise the score, nearest first; none under a relative rule, where outliers are treated, or
            where the indicator does not apply.
    """

    indicator: str
    value: float | None
    reported: float | None
    status: str
    coefficient: float
    scored: float | None
    rule: Scoring
    standing: Standing
    median: float | None
    best: float | None
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a unit has its score.

    Attributes:
        unit: id of the unit.
        peers: how many units it is compared with: the ranked ones of its group, itself among them if it is ranked.
        total: the weighted score, before bonus and penalty.
        dimensions: the dimensions under the total, by code.
        indicators: the indicators, by code.
        strengths: indicators furthest ahead of the peers' median, of 60 where there are too few peers; at least 60.
        shortfalls: indicators that lose most points, most first.
    """

    unit: str
    peers: int
    total: Standing
    dimensions: dict[str, Standing]
    indicators: dict[str, Explained]
    strengths: tuple[str, ...]
    shortfalls: tuple[str, ...]
