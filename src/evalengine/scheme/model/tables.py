"""What is returned: tables, their columns, and the raw figures taken from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from evalengine.scheme.model.kinds import STRICT, ColumnType
from evalengine.text import Label


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
