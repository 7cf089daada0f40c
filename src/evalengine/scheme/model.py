"""What an indicator system file and a weight profile file may say: one dataclass per TOML table.

The dataclasses mirror the files key by key; `scheme.loading` fills them and `scheme.checking` refuses what is
wrong. Configuration order is kept everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, Literal

from evalengine.text import Label

Scoring = Mapping[str, Any]
ColumnType = Literal["text", "integer", "number", "boolean", "choice", "date"]
Window = Literal["year", "avg3", "sum3", "stock_end", "project_life"]
Aggregation = Literal["arithmetic", "geometric", "harmonic", "power", "minimum"]
Direction = Literal["benefit", "cost", "interval"]
Choice = str | dict[str, Any]

UNTREATED = "none"
TOTAL = "total"

STRICT: dict[str, object] = {"extra": "forbid", "strict": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a submitted table.

    Attributes:
        label: heading in the submitted workbook.
        type: what its cells hold; `choice` takes the codes or labels of `choices`.
        unit: key of `[units]`.
        required: a blank is an error (keys, names).
        optional: a blank means "none"; otherwise a blank makes every figure made from it missing.
        minimum: smallest allowed number.
        maximum: largest allowed number.
        choices: allowed codes and their labels.
        synonyms: other headings that mean this column.
        references: `table.column` of the same unit in which a value must occur.
        place: a province or city, whose name counts without words such as "city" behind it.
        restated: a state at the end of the year, stated anew every year: a template never carries it over. Not together
            with `optional`, where a blank would silently mean "none".
    """

    __pydantic_config__: ClassVar = STRICT

    label: Label
    type: ColumnType = "text"
    unit: str = ""
    required: bool = False
    optional: bool = False
    minimum: float | None = None
    maximum: float | None = None
    choices: dict[str, Label] = field(default_factory=dict)
    synonyms: tuple[str, ...] = ()
    references: str = ""
    place: bool = False
    restated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A submitted table.

    Attributes:
        label: sheet name or file stem beside the table's own code.
        key: columns that identify a row.
        year: the column that dates a row; empty for tables that describe the assessed year only.
        required: some file has to bring this table.
        absent: what a unit without rows is: `missing`, or `not_applicable` as for node lists.
        same: columns that must agree between the rows of one `distinct` entry.
        distinct: the columns that identify such an entry.
        columns: its columns; the columns of fields without an expression are added to them.
        synonyms: other sheet names that mean this table.
        filled_by: who fills it in: the assessed `unit`, or the `office` that assesses.
    """

    __pydantic_config__: ClassVar = STRICT

    label: Label
    key: tuple[str, ...] = ()
    year: str = ""
    required: bool = False
    absent: Literal["missing", "not_applicable"] = "missing"
    same: tuple[str, ...] = ()
    distinct: tuple[str, ...] = ()
    columns: dict[str, Column] = field(default_factory=dict)
    synonyms: tuple[str, ...] = ()
    filled_by: Literal["unit", "office"] = "unit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A raw figure of a unit in a year: an SQL aggregate over a submitted table.

    Attributes:
        label: its name.
        unit: key of `[units]`.
        table: the table it comes from.
        expr: the aggregate; empty means the table's column of the same name.
        where: condition on rows; `$name` stands for a value of `[assessment]`, `$year` for the year computed.
        period: rows of that `year` only, or of all years `to_date`.
        distinct: of rows with the same values here only the first counts.
        empty: the figure of a unit that has rows in the table, none of them under the condition.
        experts: the figure is a list of expert scores, reduced by `[experts]`.
        integer: only whole numbers are plausible.
        minimum: smallest allowed figure.
        maximum: largest allowed figure.
    """

    __pydantic_config__: ClassVar = STRICT

    label: Label
    unit: str = ""
    table: str = "yearly"
    expr: str = ""
    where: str = ""
    period: Literal["year", "to_date"] = "year"
    distinct: tuple[str, ...] = ()
    empty: float = 0.0
    experts: bool = False
    integer: bool = False
    minimum: float | None = 0.0
    maximum: float | None = None


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
    treatment: Treatment = Treatment()
    checks: Checks = Checks()
    experts: Experts = Experts()
    evidence: Evidence = Evidence()
    vetoes: dict[str, Veto] = field(default_factory=dict)
    floors: tuple[Floor, ...] = ()
    bonus: Items = Items(cap=0.0)
    penalty: Items = Items(cap=0.0)
    grades: Grades
    ranking: Ranking = Ranking()
    reference: Reference = Reference()
    groups: dict[str, GroupRules] = field(default_factory=dict)
    left_out: LeftOut = LeftOut()
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
