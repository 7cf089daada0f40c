"""The weight profile: what counts for how much, who decided it and how it was computed."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, Literal

from evalengine.scheme.model.kinds import STRICT, Scoring
from evalengine.text import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupWeights:
    """Weights that apply to one group instead of the profile's."""

    __pydantic_config__: ClassVar = STRICT

    dimensions: dict[str, Decimal] = field(default_factory=dict)
    weights: dict[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeFrom:
    """A file that weights were computed from."""

    __pydantic_config__: ClassVar = STRICT

    name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """How weights were computed; absent in a profile whose weights somebody wrote down.

    Attributes:
        method: the weighting method.
        date: the day it was decided on, as the caller gave it.
        parameters: the method's parameters that were set.
        scope: whether weights were found `overall` or node by node (`node`) and multiplied along the tree.
        inputs: what they were computed from.
        diagnostics: one row for each node, expert, indicator or profile: names and figures.
        warnings: what to mind before using them, in both languages.
    """

    __pydantic_config__: ClassVar = STRICT

    method: str
    date: str
    parameters: dict[str, Any] = field(default_factory=dict)
    scope: Literal["overall", "node"] = "node"
    inputs: tuple[MadeFrom, ...] = ()
    diagnostics: tuple[dict[str, str | float], ...] = ()
    warnings: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightProfile:
    """A weight profile: what counts for how much, who decided it and why.

    Attributes:
        name: name of the file without its ending.
        system: the indicator system it belongs to.
        edition: changed with every published change.
        label: its title.
        decided_by: who decided, and when.
        reason: why.
        quotes: phrases of the policy article behind it.
        weights: the published weight of every indicator; they sum to exactly 1.
        dimensions: the weights of the top dimensions these add up to.
        scoring: scoring rules this mode needs different.
        groups: weights of groups that differ.
        made: how it was computed, if it was.
        files: the file it was read from: name and content.
        sha256: hash of it.
    """

    __pydantic_config__: ClassVar = STRICT

    name: str
    system: str
    edition: str
    label: Label
    decided_by: Label
    reason: Label
    quotes: tuple[str, ...] = ()
    weights: dict[str, Decimal]
    dimensions: dict[str, Decimal]
    scoring: dict[str, Scoring] = field(default_factory=dict)
    groups: dict[str, GroupWeights] = field(default_factory=dict)
    made: Made | None = None
    files: dict[str, str] = field(default_factory=dict)
    sha256: str = ""
