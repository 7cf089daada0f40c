"""SQL expressions of a scheme: parsed by polars, their names checked, sub-selects refused."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

from evalengine.scheme.model import CONSORTIA, ColumnType, IndicatorSystem

QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"")
FORBIDDEN = re.compile(r"\bselect\b|;", re.IGNORECASE)
PARAMETER = re.compile(r"\$([A-Za-z_]\w*)")
TYPES: Mapping[ColumnType, pl.DataType] = {
    "text": pl.String(),
    "choice": pl.String(),
    "integer": pl.Float64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
}
Shape = Literal["row", "unit"]
SAMPLE = (3.0, 0.25, 1e7, -2.0, 40.0, 0.0, 7.5)
CUTS = ((0, 1), (1, 3), (4, 4))  # slices of the sample: offset, length
SHOWN = 10
ANY_ROW = "_row"  # a frame has rows only if it has a column


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an expression is refused: a problem code and its facts."""

    code: str
    value: str
    detail: str


def substitute(sql: str, values: Mapping[str, object]) -> str:
    """Return `sql` with every `$name` replaced by the value as SQL literal; a list becomes `'a', 'b'`.

    Raises:
        KeyError: a name has no value.
    """
    return PARAMETER.sub(lambda found: _literal(values[found.group(1)]), sql)


def parse(sql: str) -> pl.Expr:
    """Return the polars expression of a checked SQL text."""
    return pl.sql_expr(sql)


def roots(sql: str) -> tuple[str, ...]:
    """Return the names an expression uses, each once, in order."""
    return tuple(dict.fromkeys(parse(sql).meta.root_names()))


def fault(  # noqa: PLR0911 - one return for each kind of fault
    sql: str, schema: Mapping[str, pl.DataType], *, parameters: Mapping[str, object], boolean: bool, shape: Shape
) -> Fault | None:
    """Return what is wrong with an expression over columns of these types, or None.

    Args:
        sql: the expression.
        schema: names it may use and their types.
        parameters: values of `$names`.
        boolean: whether it must give true or false rather than a number.
        shape: whether it must give one value for each row from that row alone, or one for all rows of a unit.
    """
    unquoted = QUOTED.sub("''", sql)
    if FORBIDDEN.search(unquoted):
        return Fault("sql_forbidden", sql, "SELECT ;")
    unknown = [name for name in PARAMETER.findall(unquoted) if name not in parameters]
    if unknown:
        return Fault("sql_name_unknown", f"${unknown[0]}", suggestion(unknown[0], parameters))
    try:
        expression = parse(substitute(sql, parameters))
        names = expression.meta.root_names()
    except pl.exceptions.PolarsError as error:
        return Fault("sql_unreadable", sql, _first_line(error))
    unknown = [name for name in names if name not in schema]
    if unknown:
        return Fault("sql_name_unknown", unknown[0], suggestion(unknown[0], schema))
    used = {name: schema[name] for name in names} or {ANY_ROW: pl.Int64()}
    try:
        result = pl.DataFrame(schema=used).select(expression.alias("result")).schema["result"]
    except pl.exceptions.PolarsError as error:
        return Fault("sql_unreadable", sql, _first_line(error))
    if boolean != (result == pl.Boolean()) or not (boolean or result.is_numeric()):
        return Fault("sql_wrong_type", sql, str(result))
    if not _has_shape(expression, used, shape):
        return Fault("sql_mixes_rows" if shape == "row" else "sql_not_aggregated", sql, "")
    return None


def _has_shape(expression: pl.Expr, schema: Mapping[str, pl.DataType], shape: Shape) -> bool:
    """Return whether an expression keeps to its shape, tried on a few rows.

    Derivation evaluates a formula for all units at once: one that looks beyond its row would let units into the
    figures of others. One that cannot be computed for the sample is left to the data.
    """
    frame = _sample(schema)
    try:
        whole = frame.select(result=expression)["result"]
        if shape == "unit":
            return len(whole) == 1
        parts = [frame.slice(*cut).select(result=expression)["result"] for cut in CUTS]
    except pl.exceptions.PolarsError:
        return True
    return len(whole) == frame.height and pl.concat(parts).equals(whole, null_equal=True)


def _sample(schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Return rows of distinct values in no order, the last one blank; every column has its own."""
    columns = []
    for place, (name, kind) in enumerate(schema.items()):
        numbers = [SAMPLE[(row * (1 + place % 3) + place) % len(SAMPLE)] for row in range(len(SAMPLE))]
        values: list[object] = list(numbers)
        if kind == pl.String():
            values = [str(round(abs(number) * 4)) for number in numbers]
        elif kind == pl.Boolean():
            values = [number > 1 for number in numbers]
        elif kind == pl.Date():
            values = [dt.date(2000, 1, 1) + dt.timedelta(days=SAMPLE.index(number)) for number in numbers]
        elif kind == pl.Int64():
            values = [2000 + SAMPLE.index(number) for number in numbers]
        columns.append(pl.Series(name, [*values[:-1], None], dtype=kind))
    return pl.DataFrame(columns)


def row_schema(system: IndicatorSystem, table: str) -> dict[str, pl.DataType]:
    """Return the names an expression over a table's rows may use: its columns, and the unit's as `consortia_…`."""
    own = {code: TYPES[column.type] for code, column in system.columns_of(table).items()}
    if year := system.tables[table].year:
        own[year] = pl.Int64()
    if table != CONSORTIA and CONSORTIA in system.tables:
        for code, column in system.columns_of(CONSORTIA).items():
            own[f"{CONSORTIA}_{code}"] = TYPES[column.type]
    return own


def nearest(name: str, known: Mapping[str, object]) -> str:
    """Return the known name most like `name`, or an empty text."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)), "")


def suggestion(name: str, known: Mapping[str, object]) -> str:
    """Return the known name most like `name`, or some of the known ones where none is like it."""
    some = ", ".join(list(known)[:SHOWN]) + (", …" if len(known) > SHOWN else "")
    return nearest(name, known) or some or "—"


def _literal(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_literal(item) for item in value)
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:160]
