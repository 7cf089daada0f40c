"""What is asked of data and results: checks, experts, evidence, vetoes, bonus, grades, ranks, reference, groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar, Literal

from evalengine.scheme.model.kinds import STRICT, Choice, Scoring
from evalengine.text import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class SumCheck:
    """The parts must add up to the total within a tolerance (a share of the total)."""

    __pydantic_config__: ClassVar = STRICT

    total: str
    parts: tuple[str, ...]
    tolerance: float = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """Checks between fields.

    Attributes:
        part_of: pairs (part, total): a part above its total is an error.
        sums: totals with their parts: a difference is a warning.
        jump_percent: change on the year before that asks for a reason: a warning.
        slip_fields: amounts checked for a suspected slip of the unit (a thousandfold or ten-thousandfold gap).
        copy_percent: share of the figures that are last year's once more, from which on a question is asked.
        claimed_once: `table.column` of the ids that only one unit should claim; two units are a question.
    """

    __pydantic_config__: ClassVar = STRICT

    part_of: tuple[tuple[str, str], ...] = ()
    sums: tuple[SumCheck, ...] = ()
    jump_percent: float = 50.0
    slip_fields: tuple[str, ...] = ()
    copy_percent: float = 80.0
    claimed_once: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Experts:
    """How a list of expert scores becomes one figure.

    Attributes:
        minimum: fewer valid scores make the indicator missing.
        trim_from: from this many on, one highest and one lowest score are dropped.
    """

    __pydantic_config__: ClassVar = STRICT

    minimum: int = 3
    trim_from: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceCost:
    """What it costs that evidence is missing or was rejected; by default nothing, it is only listed.

    Attributes:
        unverified: the indicator counts as unverified and scores 0.
        penalty: penalty item of which each such indicator is one occurrence.
    """

    __pydantic_config__: ClassVar = STRICT

    unverified: bool = False
    penalty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the rows of the table `evidence` cost; an indicator without a row is not tracked and costs nothing."""

    __pydantic_config__: ClassVar = STRICT

    missing: EvidenceCost = EvidenceCost()
    rejected: EvidenceCost = EvidenceCost()


@dataclass(frozen=True, slots=True, kw_only=True)
class Veto:
    """A veto item: it fails the unit, or caps its grade; a `severe` occurrence of a capping one (count 2) fails it.

    Attributes:
        label: its name.
        effect: whether it fails the unit or caps its grade.
        cap: the best grade a capping one leaves.
        basis: why.
        where: SQL condition on a unit's row of the table `consortia` that makes it apply without anybody recording it.
    """

    __pydantic_config__: ClassVar = STRICT

    label: Label
    effect: Literal["fail", "cap"] = "fail"
    cap: str = "good"
    basis: Label = Label("", "")
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """A minimum for a verified field; below it the veto item `veto` applies. Shipped without figures.

    Attributes:
        field: the field.
        veto: the veto item.
        minimum: the lowest figure that passes; none asks for nothing.
        missing: a figure that is missing or unverified is `below`, as nobody has shown that it reaches the floor, or it
            `passes`.
    """

    __pydantic_config__: ClassVar = STRICT

    field: str
    veto: str
    minimum: float | None = None
    missing: Literal["below", "passes"] = "below"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A bonus or penalty item: points per occurrence, at most `limit` occurrences."""

    __pydantic_config__: ClassVar = STRICT

    label: Label
    points: float
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """Bonus or penalty items; together they count for at most `cap` points."""

    __pydantic_config__: ClassVar = STRICT

    cap: float
    items: dict[str, Item] = field(default_factory=dict)
    basis: Label = Label("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A grade: the lowest published score that reaches it and, optionally, its quota (percent of the group)."""

    __pydantic_config__: ClassVar = STRICT

    code: Literal["excellent", "good", "pass", "fail"]
    label: Label
    minimum: float | None = None
    quota: float | None = None

    def places(self, size: int) -> int:
        """Return how many of a group its quota lets in: the percentage as it is written, rounded down; all without one.

        4.6 % of 1500 are 69; in binary 4.6 * 1500 is a little less than 6900.
        """
        return size if self.quota is None else int(Decimal(repr(self.quota)) * size // 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoYear:
    """Two consecutive published scores inside [low, high] give `two_year_result`; the grade stays."""

    __pydantic_config__: ClassVar = STRICT

    low: float = 60.0
    high: float = 65.0
    result: str = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grades:
    """How published scores become grades.

    Attributes:
        levels: best first; the last one has no minimum.
        quota_minimum_group: in smaller groups quotas do not apply and the office decides.
        quota_tie: a full tie across the quota line is left out or let in as a whole.
        two_year: the two-year rule, or none.
    """

    __pydantic_config__: ClassVar = STRICT

    levels: tuple[Level, ...]
    label: Label = Label("", "")
    quota_minimum_group: int = 5
    quota_tie: Literal["out", "in"] = "out"
    two_year: TwoYear | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """How published scores become ranks.

    Attributes:
        method: what tied units share: competition 1-2-2-4, modified 1-3-3-4, dense 1-2-2-3, fractional 1-2.5-2.5-4.
        tie_breaks: indicators compared, in order, between equal published scores.
        decimals: decimals of the published score.
        inner_decimals: the total is rounded half-up to these first, which removes floating-point noise.
    """

    __pydantic_config__: ClassVar = STRICT

    method: Literal["competition", "modified", "dense", "fractional"] = "competition"
    tie_breaks: tuple[str, ...] = ()
    decimals: int = 2
    inner_decimals: int = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Methods shown beside the official result, for reference: they decide nothing.

    Attributes:
        methods: ranking methods, each a name or a table of `method` and its parameters.
        grades: methods that sort into grades, likewise; the grade lines are their profiles.
        top: how many first places are compared; in a small group at most half of it.
        minimum_group: in a group with fewer ranked units nobody is compared with the others.
    """

    __pydantic_config__: ClassVar = STRICT

    methods: tuple[Choice, ...] = ()
    grades: tuple[Choice, ...] = ()
    top: int = 3
    minimum_group: int = 3

    @property
    def asked(self) -> bool:
        """Return whether there is anything to show."""
        return bool(self.methods or self.grades)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRules:
    """What differs for one group: anchors of named indicators and industry coefficients of named ratios."""

    __pydantic_config__: ClassVar = STRICT

    scoring: dict[str, Scoring] = field(default_factory=dict)
    coefficients: dict[str, float] = field(default_factory=dict)
