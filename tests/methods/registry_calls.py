"""Calls of any registered method with a matrix: what else it needs, and the numbers in what it returns."""

import dataclasses
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from evalengine.methods.registry import Method

WEIGHTS, DIRECTIONS = [0.4, 0.3, 0.2, 0.1], [1, 1, -1, 1]
# what a method needs besides the matrix
NEEDED: Mapping[str, Any] = {
    "groups": list("aabbaabb"),
    "value": 3.0,
    "units": list("abcdefgh"),
    "times": list(range(2000, 2008)),
    "targets": [9.5, 9.5, 0.5, 9.5],
    "lower": 0.0,
    "upper": 10.0,
    "interactions": np.zeros((4, 4)),
    "order_weights": [0.25] * 4,
    "p": 2.0,
    "profiles": [[6.0, 6.0, 4.0, 6.0], [3.0, 3.0, 7.0, 3.0]],
}


def call(method: Method, matrix: Any, **changed: object) -> object:
    parameters = inspect.signature(method.function).parameters
    given: dict[str, Any] = {name: value for name, value in NEEDED.items() if name in parameters}
    if method.name in {"scaled", "min_max", "redundancy"}:
        given = {}  # they have these only by chance of the name
    rows = np.shape(matrix)[0] if np.ndim(matrix) > 1 else 8
    given = {name: value[:rows] if name in {"groups", "units", "times"} else value for name, value in given.items()}
    given |= {"directions": DIRECTIONS} if "directions" in parameters else {}
    if "weights" in parameters and method.name not in {"owa", "median"}:
        given["weights"] = WEIGHTS
    return method.function(matrix, **{**given, **changed})


def numbers(result: object) -> Iterator[np.ndarray]:
    if isinstance(result, np.ndarray | float):
        if np.asarray(result).dtype.kind == "f":
            yield np.asarray(result)
    elif dataclasses.is_dataclass(result):
        for field in dataclasses.fields(result):
            yield from numbers(getattr(result, field.name))
    elif isinstance(result, Mapping):
        yield from (found for value in result.values() for found in numbers(value))
    elif isinstance(result, tuple | list):
        yield from (found for value in result for found in numbers(value))
