"""What is measured: dimensions, indicators and how outlying values are treated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from evalengine.scheme.model.kinds import STRICT, UNTREATED, Aggregation, Direction, Scoring, Window
from evalengine.text import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """An inner node of the tree.

    Attributes:
        label: its name.
        parent: code of the node above; empty under the total.
        aggregation: how the scores below become its score.
        power: exponent of the `power` mean.
        quote: phrase of the policy article it traces to.
    """

    __pydantic_config__: ClassVar = STRICT

    label: Label
    parent: str = ""
    aggregation: Aggregation = "arithmetic"
    power: float = 1.0
    quote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotApplicable:
    """What becomes of an indicator that does not apply: 0 points, its weight shared, or a fixed percentage."""

    __pydantic_config__: ClassVar = STRICT

    policy: Literal["zero", "reweight", "fixed"] = "zero"
    percent: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """A leaf of the tree: an SQL expression over windowed fields and the rule that scores it.

    Attributes:
        label: its name.
        parent: code of its dimension.
        formula: SQL expression over field codes.
        scoring: `rule` and its parameters; beside a column rule's own `times`, `plus`, `floor` and `ceiling`, which put
            its results on the scale of 0 to 100.
        direction: whether more is better, less is better, or a range is best.
        window: the years its fields are taken over.
        unit: key of `[units]`.
        not_applicable: the policy for a zero denominator or an absent list.
        definition: the formula in words.
        evidence: what proves the figures.
        quote: phrase of the policy article it traces to.
        plausible: range of ordinary values, an assumption to be calibrated.
        size_dependent: grows with the size of the consortium.
        ratio: a ratio that may carry an industry coefficient.
        note: what to mind.
    """

    __pydantic_config__: ClassVar = STRICT

    label: Label
    parent: str
    formula: str
    scoring: Scoring
    direction: Direction = "benefit"
    window: Window = "year"
    unit: str = ""
    not_applicable: NotApplicable = NotApplicable()
    definition: Label = Label("", "")
    evidence: Label = Label("", "")
    quote: str = ""
    plausible: tuple[float, float] | None = None
    size_dependent: bool = False
    ratio: bool = False
    note: Label = Label("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What is done about outlying indicator values before they are scored.

    Attributes:
        rule: a treatment method, or `none`.
        parameters: its parameters.
        override: for single indicators another `rule` and its parameters; `none` leaves one untouched.
    """

    __pydantic_config__: ClassVar = STRICT

    rule: str = UNTREATED
    parameters: Scoring = field(default_factory=dict)
    override: dict[str, Scoring] = field(default_factory=dict)
