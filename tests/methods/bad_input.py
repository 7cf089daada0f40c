"""The bad-input grid: 27 kinds of difficult input, put to every method of a kind.

`python -m tests.methods.bad_input` writes docs/bad-input.md. To cover another kind of method, add it to `KINDS` or
`PAIRWISE_KINDS`. A method that takes one or two vectors gets the column at fault; what a method does not take does not
apply to it.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evalengine.errors import MethodError
from evalengine.methods.registry import KINDS as ALL_KINDS
from evalengine.methods.registry import Method, methods

KINDS = ("compromise",)
PAIRWISE_KINDS = ("ranking", "outranking", "voting", "sorting", "agreement")
PAGE = Path(__file__).parents[2] / "docs" / "bad-input.md"
ANSWERS = "answers"
NOT_APPLICABLE = "does not apply"

MATRIX = np.array(
    [
        [7.2, 310.0, 4.5, 0.62],
        [5.9, 450.0, 2.8, 0.35],
        [8.8, 120.0, 6.1, 0.51],
        [3.4, 505.0, 1.9, 0.77],
        [6.6, 275.0, 3.7, 0.44],
        [4.1, 390.0, 5.2, 0.29],
    ]
)
WEIGHTS = np.array([0.4, 0.3, 0.2, 0.1])
DIRECTIONS = np.array([1, 1, -1, 1])
PROFILES = [[7.0, 400.0, 3.0, 0.6], [4.0, 200.0, 5.0, 0.4]]  # for the methods that sort


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """One kind of difficult input.

    Attributes:
        name: what it is, for the table.
        malformed: whether no method may answer.
        matrix: (units, indicators), or what stands in its place.
        weights: (indicators,).
        directions: (indicators,).
    """

    name: str
    malformed: bool
    matrix: Any
    weights: Any
    directions: Any


def _with(row: int, column: int, value: object, dtype: type = np.float64) -> np.ndarray:
    matrix = MATRIX.astype(dtype)
    matrix[row, column] = value
    return matrix


def _column(column: int, value: float) -> np.ndarray:
    matrix = MATRIX.copy()
    matrix[:, column] = value
    return matrix


def _huge() -> np.ndarray:
    matrix = MATRIX.copy()
    matrix[:, 1] *= 1.7e308 / matrix[:, 1].max()
    return matrix


def fault(name: str, *, malformed: bool = False, **inputs: object) -> Fault:
    """Return the sound problem with some of its inputs replaced."""
    sound: dict[str, Any] = {"matrix": MATRIX, "weights": WEIGHTS, "directions": DIRECTIONS}
    return Fault(name, malformed, **{**sound, **inputs})


SOUND = fault("sound")
FAULTS = (
    fault("a NaN", malformed=True, matrix=_with(2, 1, np.nan)),
    fault("plus infinity", malformed=True, matrix=_with(2, 1, np.inf)),
    fault("minus infinity", malformed=True, matrix=_with(0, 3, -np.inf)),
    fault("text in a cell", malformed=True, matrix=_with(1, 2, "2,8", object)),
    fault("a vector instead of a matrix", malformed=True, matrix=MATRIX[0]),
    fault("no units", malformed=True, matrix=MATRIX[:0]),
    fault("a zero in a benefit", matrix=_with(3, 0, 0.0)),
    fault("a zero in a cost", matrix=_with(3, 2, 0.0)),
    fault("a column of zeros", matrix=_column(1, 0.0)),
    fault("a constant benefit", matrix=_column(1, 7.98)),
    fault("a constant cost", matrix=_column(2, 7.98)),
    fault("a negative value", matrix=_with(3, 1, -505.0)),
    fault("one unit", matrix=MATRIX[:1]),
    fault("all units equal", matrix=np.repeat(MATRIX[:1], 6, axis=0)),
    fault("no cost", directions=[1, 1, 1, 1]),
    fault("no benefit", directions=[-1, -1, -1, -1]),
    fault("one indicator", matrix=MATRIX[:, :1], weights=[1.0], directions=[1]),
    fault("a negative weight", malformed=True, weights=[0.5, 0.4, 0.2, -0.1]),
    fault("a zero weight", weights=[0.5, 0.3, 0.2, 0.0]),
    fault("a NaN weight", malformed=True, weights=[0.4, np.nan, 0.2, 0.1]),
    fault("weights summing to 2", weights=2.0 * WEIGHTS),
    fault("all weights 0", malformed=True, weights=np.zeros(4)),
    fault("too few weights", malformed=True, weights=WEIGHTS[:3]),
    fault("a direction 0", malformed=True, directions=[1, 0, -1, 1]),
    fault("a direction NaN", malformed=True, directions=[1, np.nan, -1, 1]),
    fault("directions as words", malformed=True, directions=["max", "Max", "min", "max"]),
    fault("values near 1e308", matrix=_huge()),
)


def registered(kinds: tuple[str, ...] = KINDS) -> list[Method]:
    """Return the methods of the kinds."""
    return [item for item in methods() if item.kind in kinds]


def arguments(method: Method, case: Fault) -> tuple[list[Any], dict[str, Any]] | None:
    """Return what of the case the method takes; None if it takes nothing that is at fault."""
    parameters = inspect.signature(method.function).parameters
    first = next(iter(parameters))
    inputs = {name: getattr(case, name) for name in ("weights", "directions") if name in parameters}
    if case is not SOUND and all(getattr(SOUND, name) is value for name, value in inputs.items()):
        taken = case.matrix is not MATRIX and (first not in {"scores", "x"} or np.ndim(case.matrix) > 1)
        if not taken:
            return None
    if "profiles" in parameters:
        inputs["profiles"] = np.array(PROFILES)[:, : np.shape(case.matrix)[-1]]
    if "k" in parameters:
        inputs["k"] = 2
    if first not in {"scores", "x"}:
        return [case.matrix], inputs
    vector = case.matrix[:, _column_at_fault(case.matrix)]
    return ([vector] if first == "scores" else [MATRIX[: len(vector), 0], vector]), inputs


def _column_at_fault(matrix: np.ndarray) -> int:
    """Return the first column that differs from the sound one; the first one if the shape differs."""
    if matrix.shape != MATRIX.shape:
        return 0
    return int(np.argmax([(matrix[:, j] != MATRIX[:, j]).any() for j in range(MATRIX.shape[1])]))


def call(method: Method, case: Fault, **settings: object) -> Any:
    """Return what the method answers; it gets those of the inputs that it takes."""
    found = arguments(method, case)
    assert found is not None
    return method.function(*found[0], **found[1], **settings)


def outcome(method: Method, case: Fault, **settings: object) -> str:
    """Return `answers`, or the code of the MethodError; any other exception, and any warning, gets through."""
    if arguments(method, case) is None:
        return NOT_APPLICABLE
    try:
        call(method, case, **settings)
    except MethodError as error:
        error.message("zh")
        error.message("en")
        return error.code
    return ANSWERS


def table(kinds: tuple[str, ...] = KINDS + PAIRWISE_KINDS) -> str:
    """Return the page docs/bad-input.md."""
    rows = {(item.kind, item.name): [outcome(item, case) for case in FAULTS] for item in registered(kinds)}
    codes = sorted({code for row in rows.values() for code in row} - {ANSWERS, NOT_APPLICABLE})
    letters = {code: chr(ord("a") + k) if k < 26 else chr(ord("A") + k - 26) for k, code in enumerate(codes)}
    signs = {ANSWERS: "·", NOT_APPLICABLE: "", **letters}
    numbers = range(1, len(FAULTS) + 1)
    lines = [
        "# What the methods do with difficult input",
        "",
        f"Every registered method of the kinds listed, with its default settings, is given {len(FAULTS)} kinds of",
        "input made from one sound problem (6 units, 4 indicators, the third a cost). It either answers by the rule",
        "its documentation states (`·`) or raises an error that names the method and, where there is one, the column",
        "(a letter); an empty cell is an input it does not take. No cell is a number made from a missing or",
        "impossible value. Methods that sort get two profiles, methods on vectors the column at fault, top-k overlap",
        "k = 2. This page is written by",
        "`python -m tests.methods.bad_input`; a test fails when it is out of date.",
        "",
    ]
    for kind in (k for k in ALL_KINDS if k in kinds):
        lines += [f"## {kind}", "", f"| method | {' | '.join(map(str, numbers))} |"]
        lines += [f"|---|{'---|' * len(FAULTS)}"]
        lines += [
            f"| `{name}` | {' | '.join(signs[code] for code in row)} |"
            for (of, name), row in rows.items()
            if of == kind
        ]
        lines += [""]
    lines += ["## Inputs", "", *(f"{k}. {case.name}" for k, case in zip(numbers, FAULTS, strict=True)), ""]
    lines += ["## Errors", "", *(f"- {letter}: `{code}`" for code, letter in letters.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(table(), encoding="utf-8")
