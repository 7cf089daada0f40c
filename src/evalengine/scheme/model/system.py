"""The indicator system as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from evalengine.scheme.model.indicators import Dimension, Indicator, Treatment
from evalengine.scheme.model.kinds import STRICT, TOTAL, UNTREATED, Scoring
from evalengine.scheme.model.rules import (
    Checks,
    Evidence,
    Experts,
    Floor,
    Grades,
    GroupRules,
    Items,
    Ranking,
    Reference,
    Veto,
)
from evalengine.scheme.model.tables import Column, Field, Table
from evalengine.text import Label

NO_ITEMS = Items(cap=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What the extended system asks for and this one, cut down to some of its indicators, does not use.

    Attributes:
        fields: fields no kept formula names.
        indicators: names of the indicators not kept.
    """

    __pydantic_config__: ClassVar = STRICT

    fields: dict[str, Field] = field(default_factory=dict)
    indicators: dict[str, Label] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorSystem:
    """An indicator system: what is measured, how it is scored, ranked and graded.

    Attributes:
        name: name of the file without its ending.
        edition: changed with every published change.
        label: its title.
        status: what the figures in it are worth.
        source: the policy article its quotes are from.
        weights: name of the profile used where none is asked for.
        assessment: facts of the assessment that SQL conditions may name with `$`.
        units: units of measurement.
        left_out: what it leaves out of the system it extends; the loader finds it.
        files: the files it was read from: name and content.
        sha256: hash of these.
    """

    __pydantic_config__: ClassVar = STRICT

    name: str
    edition: str
    label: Label
    weights: str
    status: Label = Label("", "")
    source: Label = Label("", "")
    assessment: dict[str, str | float | tuple[str, ...]] = field(default_factory=dict)
    units: dict[str, Label] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    ignored_sheets: tuple[str, ...] = ()
    fields: dict[str, Field]
    dimensions: dict[str, Dimension]
    indicators: dict[str, Indicator]
    treatment: Treatment = field(default_factory=Treatment)
    checks: Checks = field(default_factory=Checks)
    experts: Experts = field(default_factory=Experts)
    evidence: Evidence = field(default_factory=Evidence)
    vetoes: dict[str, Veto] = field(default_factory=dict)
    floors: tuple[Floor, ...] = ()
    bonus: Items = NO_ITEMS
    penalty: Items = NO_ITEMS
    grades: Grades
    ranking: Ranking = field(default_factory=Ranking)
    reference: Reference = field(default_factory=Reference)
    groups: dict[str, GroupRules] = field(default_factory=dict)
    left_out: LeftOut = field(default_factory=LeftOut)
    files: dict[str, str] = field(default_factory=dict)
    sha256: str = ""

    def fields_of(self, table: str) -> dict[str, Field]:
        """Return the fields computed from a table."""
        return {code: item for code, item in self.fields.items() if item.table == table}

    def children(self) -> dict[str, tuple[str, ...]]:
        """Return the codes below the total and below each dimension, in the order of the file."""
        parents = {code: item.parent or TOTAL for code, item in self.dimensions.items()}
        parents |= {code: item.parent for code, item in self.indicators.items()}
        return {
            node: tuple(code for code, parent in parents.items() if parent == node)
            for node in (TOTAL, *self.dimensions)
        }

    def treatments(self) -> dict[str, Scoring]:
        """Return the treatment of every indicator that has one."""
        general = {"rule": self.treatment.rule, **self.treatment.parameters}
        chosen = {code: self.treatment.override.get(code, general) for code in self.indicators}
        return {code: rule for code, rule in chosen.items() if rule.get("rule") != UNTREATED}

    def columns_of(self, table: str) -> dict[str, Column]:
        """Return a table's own columns and those of its fields without an expression."""
        own = dict(self.tables[table].columns)
        for code, item in self.fields_of(table).items():
            if not item.expr:
                own[code] = Column(
                    label=item.label, type="number", unit=item.unit, minimum=item.minimum, maximum=item.maximum
                )
        return own
