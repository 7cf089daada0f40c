"""SQL expressions of a scheme: parsed by polars, their names checked, sub-selects refused."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from evalengine.scheme.model import ColumnType

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
    sql: str, schema: Mapping[str, pl.DataType], *, parameters: Mapping[str, object], boolean: bool
) -> Fault | None:
    """Return what is wrong with an expression over columns of these types, or None.

    Args:
        sql: the expression.
        schema: names it may use and their types.
        parameters: values of `$names`.
        boolean: whether it must give true or false rather than a number.
    """
    unquoted = QUOTED.sub("''", sql)
    if FORBIDDEN.search(unquoted):
        return Fault("sql_forbidden", sql, "SELECT ;")
    unknown = [name for name in PARAMETER.findall(unquoted) if name not in parameters]
    if unknown:
        return Fault("sql_name_unknown", f"${unknown[0]}", nearest(unknown[0], parameters))
    try:
        expression = parse(substitute(sql, parameters))
        names = expression.meta.root_names()
    except pl.exceptions.PolarsError as error:
        return Fault("sql_unreadable", sql, _first_line(error))
    unknown = [name for name in names if name not in schema]
    if unknown:
        return Fault("sql_name_unknown", unknown[0], nearest(unknown[0], schema))
    try:
        result = pl.DataFrame(schema=dict(schema)).select(expression.alias("result")).schema["result"]
    except pl.exceptions.PolarsError as error:
        return Fault("sql_unreadable", sql, _first_line(error))
    if boolean != (result == pl.Boolean()) or not (boolean or result.is_numeric()):
        return Fault("sql_wrong_type", sql, str(result))
    return None


def nearest(name: str, known: Mapping[str, object]) -> str:
    """Return the known name most like `name`, or an empty text."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)), "")


def _literal(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_literal(item) for item in value)
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:160]
