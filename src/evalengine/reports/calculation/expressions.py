"""Indicator formulas: SQL over fields → the same formula over cells.

SQL goes on with infinity where Excel stops with an error, and both end as "does not apply" unless something swallows
the infinity on the way: `LEAST(a / b, 2)` is 2 in SQL for b = 0, and an error in Excel. Such formulas, and whatever
else Excel 2007 says differently, are not translated; their values are then written as numbers and marked as such.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from evalengine.reports import cells

TOKEN = re.compile(
    r"\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|(<>|!=|<=|>=|[-+*/(),<>=]))"
)
COMMENT = "--"  # what follows is no part of the formula; two signs in a row are written with a space
COMPARISONS = {"=": "=", "<>": "<>", "!=": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
SWALLOWING = {"LEAST": "MIN", "GREATEST": "MAX", "EXP": "EXP"}  # of an infinite argument they may make a number
RISKY = {"LN": "LN", "SQRT": "SQRT"}  # infinite or undefined for some arguments
KEEPING = {"ABS": "ABS"}
FUNCTIONS = {**SWALLOWING, **RISKY, **KEEPING}


@dataclass(frozen=True, slots=True)
class _Part:
    """A translated piece; `risky` if it may be infinite or undefined, `constant` if it is a number other than 0."""

    excel: str
    risky: bool = False
    constant: bool = False


class _UntranslatableError(Exception):
    """The formula uses something that Excel has not, or says differently."""


def translate(sql: str, addresses: Mapping[str, str]) -> str | None:
    """Return a formula over cells, or None if it cannot be said with Excel 2007's functions.

    Args:
        sql: the formula of an indicator.
        addresses: for every field it names, the cell of its figure.
    """
    try:
        return _Parser(sql, addresses).whole()
    except _UntranslatableError:
        return None


class _Parser:
    def __init__(self, sql: str, addresses: Mapping[str, str]) -> None:
        self._tokens = _tokens(sql)
        self._addresses = addresses
        self._place = 0

    def whole(self) -> str:
        part = self._sum()
        if self._place < len(self._tokens):
            raise _UntranslatableError
        return part.excel

    def _sum(self) -> _Part:
        return self._chain(self._product, ("+", "-"))

    def _product(self) -> _Part:
        return self._chain(self._signed, ("*", "/"))

    def _chain(self, operand: Callable[[], _Part], signs: tuple[str, ...]) -> _Part:
        left = operand()
        while (sign := self._peek()) in signs:
            self._next()
            right = operand()
            if sign == "/" and right.risky:  # something divided by infinity is 0
                raise _UntranslatableError
            risky = left.risky or right.risky or (sign == "/" and not right.constant)
            left = _Part(f"{left.excel}{sign}{right.excel}", risky)
        return left

    def _signed(self) -> _Part:
        if self._peek() in {"+", "-"}:
            sign, part = self._next(), self._signed()
            return _Part(f"({sign}{part.excel})", part.risky, part.constant)
        return self._primary()

    def _primary(self) -> _Part:
        if self._peek() == "(":
            self._next()
            part = self._sum()
            self._expect(")")
            return _Part(f"({part.excel})", part.risky, part.constant)
        token = self._next()
        if token[0].isdigit() or token[0] == ".":
            return _Part(cells.number(float(token)), constant=float(token) != 0)
        if token.upper() == "CASE":
            return self._case()
        if self._peek() == "(":
            return self._function(token.upper())
        if token in self._addresses:
            return _Part(self._addresses[token])
        raise _UntranslatableError

    def _function(self, name: str) -> _Part:
        if name not in FUNCTIONS:
            raise _UntranslatableError
        self._expect("(")
        arguments = [self._sum()]
        while self._peek() == ",":
            self._next()
            arguments.append(self._sum())
        self._expect(")")
        risky = any(part.risky for part in arguments)
        if name in SWALLOWING and risky:
            raise _UntranslatableError
        inside = ",".join(part.excel for part in arguments)
        return _Part(f"{FUNCTIONS[name]}({inside})", risky or name in RISKY)

    def _case(self) -> _Part:
        branches: list[tuple[str, str]] = []
        while self._peek().upper() == "WHEN":
            self._next()
            condition = self._condition()
            self._expect("THEN")
            branches.append((condition, self._safe()))
        self._expect("ELSE")  # without it the value would be NULL
        result = self._safe()
        self._expect("END")
        for condition, value in reversed(branches):
            result = f"IF({condition},{value},{result})"
        return _Part(result)

    def _condition(self) -> str:
        parts = [self._conjunction()]
        while self._peek().upper() == "OR":
            self._next()
            parts.append(self._conjunction())
        return f"OR({','.join(parts)})" if len(parts) > 1 else parts[0]

    def _conjunction(self) -> str:
        parts = [self._comparison()]
        while self._peek().upper() == "AND":
            self._next()
            parts.append(self._comparison())
        return f"AND({','.join(parts)})" if len(parts) > 1 else parts[0]

    def _comparison(self) -> str:
        if self._peek().upper() == "NOT":
            self._next()
            return f"NOT({self._comparison()})"
        left = self._safe()
        sign = COMPARISONS.get(self._next())
        if sign is None:
            raise _UntranslatableError
        return f"{left}{sign}{self._safe()}"

    def _safe(self) -> str:
        part = self._sum()
        if part.risky:
            raise _UntranslatableError
        return part.excel

    def _peek(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        if not token:
            raise _UntranslatableError
        self._place += 1
        return token

    def _expect(self, token: str) -> None:
        if self._next().upper() != token:
            raise _UntranslatableError


def _tokens(sql: str) -> list[str]:
    if COMMENT in sql:
        raise _UntranslatableError
    tokens, place, end = [], 0, len(sql.rstrip())
    while place < end:
        found = TOKEN.match(sql, place)
        if not found:
            raise _UntranslatableError
        tokens.append(found.group().strip())
        place = found.end()
    return tokens
