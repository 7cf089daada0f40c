"""The faults of a scheme as problems, each with its key."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from evalengine.errors import Problem
from evalengine.scheme.expressions import suggestion


def fault_at(code: str, key: str, value: str = "", **facts: str) -> Problem:
    """Return a fault of a key; in which file is for `in_file` to say."""
    return Problem(severity="error", code=code, field=key, value=value, facts=facts)


def unknown_at(key: str, name: str, known: Iterable[str]) -> Problem:
    """Return the fault of a name that is none of the known ones."""
    names = dict.fromkeys(known)
    return fault_at("node_unknown" if names else "nothing_defined", key, name, nearest=suggestion(name, names))


def in_file(fault: Problem, file: str) -> Problem:
    """Return a fault with the file it is in."""
    return dataclasses.replace(fault, file=file)


def out_of_order(minimum: float | None, maximum: float | None) -> bool:
    """Return whether a range ends before it starts."""
    return minimum is not None and maximum is not None and minimum > maximum
