"""One raw sheet of a known table becomes a typed frame; every cell that is wrong or was rewritten becomes a problem."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import polars as pl

from evalengine.errors import Problem, Severity
from evalengine.intake.columns import FLAT_OWN, columns_of, declared_unit, left_out_of, named, year_of
from evalengine.intake.headings import Heading, code_named, stated_scale, states_other_unit
from evalengine.intake.layout import Layout, layout_of
from evalengine.intake.numbers import Parsed, canonical, is_blank, is_small_percentage, times_hundred
from evalengine.intake.parsers import parser_of
from evalengine.intake.parts import column_letters
from evalengine.intake.sheets import Row, Sheet
from evalengine.scheme.expressions import TYPES
from evalengine.scheme.model import FLAT, Column, IndicatorSystem

Facts = Mapping[str, str]
LONGEST_VALUE = 80
NO_FACTS: Facts = MappingProxyType({})
NUMBERS = {"number", "integer"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """What one sheet brings to a table.

    Attributes:
        table: code of the table.
        frame: the typed rows with their provenance.
        letters: the column letters under which each code stood; codes the sheet lacks are absent.
        problems: what was found.
    """

    table: str
    frame: pl.DataFrame
    letters: Mapping[str, str]
    problems: list[Problem]


@dataclass(slots=True, kw_only=True, eq=False)
class _Reader:
    """The state while one sheet is read: where its heading is and what was found."""

    sheet: Sheet
    table: str
    system: IndicatorSystem
    columns: Mapping[str, Column]
    year: str
    layout: Layout
    headings: Mapping[str, Heading]
    body: Sequence[tuple[int, Row]]
    problems: list[Problem] = field(default_factory=list)
    units: Sequence[object] = ()
    years: Sequence[object] = ()

    def add(
        self,
        severity: Severity,
        code: str,
        *,
        row: int,
        at: int = 1,
        field: str = "",
        value: str = "",
        facts: Facts = NO_FACTS,
    ) -> None:
        """Add a problem at a 1-based row and column; where the row as a whole is at fault, at its first cell."""
        self.problems.append(
            Problem(
                severity=severity,
                code=code,
                file=self.sheet.file,
                sheet=self.sheet.name,
                cell=f"{column_letters(at)}{row}",
                table=self.table,
                field=field,
                value=value,
                facts=facts,
            )
        )


def schema_of(system: IndicatorSystem, table: str) -> dict[str, pl.DataType]:
    """Return the columns of a typed frame, provenance included."""
    year = year_of(system, table)
    typed = {
        code: pl.Int64() if code == year else TYPES[column.type] for code, column in columns_of(system, table).items()
    }
    return {**typed, "_file": pl.String(), "_sheet": pl.String(), "_row": pl.Int64()}


def read_table(sheet: Sheet, table: str, system: IndicatorSystem, owner: str | None = None) -> Part:
    """Return what a sheet brings to a table.

    Args:
        sheet: the raw cells.
        table: code of the table the sheet is.
        system: the indicator system.
        owner: the unit of every row where the sheet has no column for it.
    """
    columns = columns_of(system, table)
    layout = layout_of(sheet.rows, sheet.merged, columns, system.units.values())
    if layout is None:
        problem = Problem(severity="error", code="heading_not_found", file=sheet.file, sheet=sheet.name, table=table)
        return Part(table=table, frame=pl.DataFrame(schema=schema_of(system, table)), letters={}, problems=[problem])
    first = {heading.code: heading for heading in reversed(layout.headings) if heading.code}
    reader = _Reader(
        sheet=sheet,
        table=table,
        system=system,
        columns=columns,
        year=year_of(system, table),
        layout=layout,
        headings=first,
        body=layout.body,
    )
    _check_headings(reader, layout.headings, owner)
    _check_note(reader)
    _check_shape(reader, layout.headings)
    frame = _typed(reader, owner)
    letters = {code: column_letters(heading.position + 1) for code, heading in first.items()}
    return Part(table=table, frame=frame, letters=letters, problems=reader.problems)


def _check_headings(reader: _Reader, found: Sequence[Heading], owner: str | None) -> None:
    row = reader.layout.last + 1
    left_out = left_out_of(reader.system, reader.table)
    for heading in found:
        at = heading.position + 1
        if not heading.code and code_named(heading.text, left_out):
            continue  # asked for by the system this one is cut from
        if not heading.code:
            reader.add(
                "warning", "unknown_column", row=row, at=at, value=heading.text, facts={"nearest": heading.nearest}
            )
        elif reader.headings[heading.code] is not heading:
            reader.add("error", "duplicate_heading", row=row, at=at, field=heading.code, value=heading.text)
        elif states_other_unit(heading, declared_unit(reader.system, reader.columns[heading.code]).yuan):
            label = reader.system.units[reader.columns[heading.code].unit]
            reader.add(
                "error",
                "heading_unit",
                row=row,
                at=at,
                field=heading.code,
                value=heading.text,
                facts=named("unit", [("", label)]),
            )
    for code, column in reader.columns.items():
        if code in reader.headings or (code == "unit" and owner is not None):
            continue
        _missing_column(reader, code, column)


def _check_note(reader: _Reader) -> None:
    """Report a note above the headings that states another unit of money than the table's."""
    units = {code: declared_unit(reader.system, reader.columns[code]).yuan for code in reader.headings}
    for row, position, shown, yuan in stated_scale(reader.sheet.rows[: reader.layout.first]):
        code = next((code for code, own in units.items() if own is not None and own != yuan), "")
        if code:
            label = reader.system.units[reader.columns[code].unit]
            facts = named("unit", [("", label)])
            reader.add("error", "note_unit", row=row + 1, at=position + 1, field=code, value=shown, facts=facts)


def _missing_column(reader: _Reader, code: str, column: Column) -> None:
    row = reader.layout.last + 1
    label = named("label", [(code, column.label)])
    if reader.table == FLAT and code not in FLAT_OWN:
        if code in reader.system.fields:
            reader.add("warning", "field_absent", row=row, field=code, facts=label)
    elif code == "unit":
        if reader.body:
            reader.add("error", "unit_not_stated", row=row, field=code, facts=label)
    elif not column.optional:
        reader.add("error", "missing_column", row=row, field=code, facts=label)


def _check_shape(reader: _Reader, found: Sequence[Heading]) -> None:
    """Report what is hidden or merged, and cells that stand under no heading."""
    for skipped in reader.layout.skipped:
        reader.add("warning", skipped.code, row=skipped.row, value=_shown(skipped.value))
    headed = {heading.position for heading in found}
    for heading in found:
        if heading.position + 1 in reader.sheet.hidden_columns:
            at = heading.position + 1
            reader.add("warning", "hidden_column", row=reader.layout.last + 1, at=at, value=heading.text)
    loose: set[int] = set()
    for number, row in reader.body:
        if number in reader.sheet.hidden_rows:
            reader.add("warning", "hidden_row", row=number)
        for position, cell in enumerate(row):
            if position not in headed and position not in loose and not is_blank(cell):
                loose.add(position)
                # In a text file it is an unquoted separator that moved every figure behind it.
                code = "without_heading" if reader.sheet.typed else "row_too_long"
                severity: Severity = "warning" if reader.sheet.typed else "error"
                reader.add(severity, code, row=number, at=position + 1, value=_shown(cell))
    _check_merged(reader, headed)


def _check_merged(reader: _Reader, headed: set[int]) -> None:
    rows = {number for number, _ in reader.body}
    for top, bottom, left, right in reader.sheet.merged:
        inside = any(number in rows for number in range(max(top, reader.layout.last + 2), bottom + 1))
        if inside and any(position in headed for position in range(left - 1, right)):
            reader.add("error", "merged_cells", row=top, at=left)


def _typed(reader: _Reader, owner: str | None) -> pl.DataFrame:
    """Return the typed frame; unit and year first, so that later problems can name them."""
    schema = schema_of(reader.system, reader.table)
    year = reader.year
    columns: dict[str, Sequence[object]] = {}
    for code in sorted(reader.columns, key=lambda name: (name != "unit", name != year)):
        columns[code] = _column(reader, code)
        if code == "unit" and code not in reader.headings and owner is not None:
            columns[code] = [owner] * len(reader.body)
        if code == "unit":
            reader.units = columns[code]
        elif code == year:
            reader.years = columns[code]
    columns["_file"] = [reader.sheet.file] * len(reader.body)
    columns["_sheet"] = [reader.sheet.name] * len(reader.body)
    columns["_row"] = [number for number, _ in reader.body]
    return pl.DataFrame({code: pl.Series(columns[code], dtype=dtype) for code, dtype in schema.items()})


def _column(reader: _Reader, code: str) -> Sequence[object]:
    heading = reader.headings.get(code)
    if heading is None:
        return [None] * len(reader.body)
    position = heading.position
    raw = [row[position] if position < len(row) else None for _, row in reader.body]
    column = reader.columns[code]
    numeric = column.type in NUMBERS and code != reader.year
    percent = numeric and declared_unit(reader.system, column).percent
    if numeric and not percent:  # a column of plain figures is read as it is
        plain = [cell + 0.0 for cell in raw if type(cell) is float and math.isfinite(cell)]
        if len(plain) == len(raw):
            return plain
    parse = parser_of(reader.system, reader.table, code, column, year=reader.year, typed=reader.sheet.typed)
    values: list[object] = []
    small: list[int] = []
    for row, cell in enumerate(raw):
        found = parse(cell)
        if percent and is_small_percentage(cell, found):
            small.append(row)
        values.append(found.value)
        if found.severity:
            reader.problems.append(_cell_problem(reader, heading, row, cell, found))
    if small:
        reader.problems.append(_small_percentages(reader, heading, small, values))
    return values


def _small_percentages(reader: _Reader, heading: Heading, rows: Sequence[int], values: Sequence[object]) -> Problem:
    """Return the question whether small figures of a percent column are shares of one; one for the whole column."""
    value = float(str(values[rows[0]]))
    asked = Parsed(value, "warning", "percent_small")
    problem = _cell_problem(reader, heading, rows[0], canonical(value), asked)
    facts = {**problem.facts, "count": len(rows), "other": canonical(times_hundred(value))}
    return dataclasses.replace(problem, facts=facts)


def _cell_problem(reader: _Reader, heading: Heading, row: int, cell: object, found: Parsed) -> Problem:
    unit = reader.units[row] if reader.units else None
    year = reader.years[row] if reader.years else None
    return Problem(
        severity="error" if found.severity == "error" else "warning",
        code=found.code,
        file=reader.sheet.file,
        sheet=reader.sheet.name,
        cell=f"{column_letters(heading.position + 1)}{reader.body[row][0]}",
        table=reader.table,
        field=heading.code,
        unit=unit if isinstance(unit, str) else "",
        year=year if isinstance(year, int) else None,
        value=_shown(cell),
        facts={"column": heading.text, "detail": found.detail, "other": _other(found)},
    )


def _other(found: Parsed) -> str:
    """Return what a percentage may have been meant as instead."""
    return canonical(found.value / 100) if found.code == "percent_large" and isinstance(found.value, float) else ""


def _shown(cell: object) -> str:
    shown = str(cell)
    return shown if len(shown) <= LONGEST_VALUE else f"{shown[:LONGEST_VALUE]}…"
