"""The methods a scheme names for reference: resolved, and refused where they or their parameters do not exist."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from evalengine.errors import Problem
from evalengine.methods.families import family
from evalengine.methods.registry import Method, methods
from evalengine.scheme.expressions import nearest, suggestion
from evalengine.scheme.faults import fault_at
from evalengine.scheme.model import Choice, Reference

Purpose = Literal["methods", "grades"]
RANKING_KINDS = ("compromise", "outranking", "voting")
GRADES_BY_RANKS = "rank_sum_ratio"  # a ranking method whose answer holds grades as well
OURS = ("profiles", "tie")  # what the scheme says elsewhere: the grade lines, the tie rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A method with the parameters a scheme gives it.

    Attributes:
        method: the registered method.
        given: the parameters that are given.
    """

    method: Method
    given: Mapping[str, Any]

    @property
    def settings(self) -> Mapping[str, Any]:
        """Return the value of every parameter, defaults included."""
        return {name: self.given.get(name, item.default) for name, item in _parameters(self.method).items()}

    @property
    def family(self) -> str:
        """Return the family of methods that always give the same order, or an empty text."""
        return family(self.method.name, self.settings)


def chosen(choices: tuple[Choice, ...], purpose: Purpose) -> tuple[Chosen, ...]:
    """Return the methods of a checked scheme."""
    known = _known(purpose)
    return tuple(Chosen(method=known[name], given=given) for name, given in map(_parts, choices))


def check_reference(reference: Reference) -> Iterator[Problem]:
    """Yield every fault of `[reference]`."""
    for name, value, least in (("top", reference.top, 1), ("minimum_group", reference.minimum_group, 2)):
        if value < least:
            yield fault_at("range_out_of_order", f"reference.{name}", str(value))
    named: tuple[tuple[Purpose, tuple[Choice, ...]], ...] = (
        ("methods", reference.methods),
        ("grades", reference.grades),
    )
    for purpose, choices in named:
        for place, choice in enumerate(choices, start=1):
            yield from _choice(f"reference.{purpose}", choice, _known(purpose))
            if _parts(choice) in map(_parts, choices[: place - 1]):
                yield fault_at("code_twice", f"reference.{purpose}", _parts(choice)[0])


def _choice(key: str, choice: Choice, known: Mapping[str, Method]) -> Iterator[Problem]:
    name, given = _parts(choice)
    if not name:
        yield fault_at("key_missing", f"{key}.method")
        return
    if name not in known:
        yield fault_at("method_unknown", key, name, nearest=nearest(name, known) or ", ".join(known))
        return
    key, parameters = f"{key}.{name}", _parameters(known[name])
    for parameter, value in given.items():
        if parameter not in parameters:
            yield fault_at("node_unknown", key, parameter, nearest=suggestion(parameter, parameters))
        elif not _fits(value, parameters[parameter].default):
            detail = type(parameters[parameter].default).__name__
            yield fault_at("key_wrong", f"{key}.{parameter}", str(value), detail=detail)
    for parameter, item in parameters.items():
        if item.default is inspect.Parameter.empty and parameter not in given:
            yield fault_at("key_missing", f"{key}.{parameter}")


def _known(purpose: Purpose) -> dict[str, Method]:
    if purpose == "methods":
        return {item.name: item for kind in RANKING_KINDS for item in methods(kind)}
    return {item.name: item for kind in (*RANKING_KINDS, "sorting") for item in methods(kind) if _grades(item)}


def _grades(found: Method) -> bool:
    return found.kind == "sorting" or found.name == GRADES_BY_RANKS


def _parts(choice: Choice) -> tuple[str, Mapping[str, Any]]:
    if isinstance(choice, str):
        return choice, {}
    return str(choice.get("method", "")), {name: value for name, value in choice.items() if name != "method"}


def _parameters(found: Method) -> dict[str, inspect.Parameter]:
    """Return the parameters a scheme may set."""
    ours = (*OURS, "grades") if found.name == GRADES_BY_RANKS else OURS
    return {name: item for name, item in found.parameters.items() if name not in ours}


def _fits(value: object, default: object) -> bool:
    """Return whether a value is of the kind of the default; lists and defaults of None are left to the method."""
    if isinstance(value, list | tuple) or default is None or default is inspect.Parameter.empty:
        return True
    kind = (int, float) if isinstance(default, float) else type(default)
    return isinstance(value, kind) and isinstance(value, bool) == isinstance(default, bool)
