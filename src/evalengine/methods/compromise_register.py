"""How score-type ranking methods are registered: what all of them do is said here, what one does beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec

import numpy as np

from evalengine.methods.registry import Behaviour, register
from evalengine.methods.results import Ranked

P = ParamSpec("P")


def compromise_method(
    *,
    formula: str,
    source: str,
    constant: str,
    zeros: str,
    negatives: str,
    ties: str = "equal rows tie; tolerance and rule stated",
    small: str = "one unit or all units equal: raises",
    complexity: str = "O(N·M)",
    relative: bool = True,
) -> Callable[[Callable[P, Ranked]], Callable[P, Ranked]]:
    """Register the decorated function as a compromise method; the words are those of `registry`.

    What overflows inside it gives no warning: it is found at the exit, in `compromise.answer`, and raised.
    """
    registered = register(
        "compromise",
        formula=formula,
        source=source,
        complexity=complexity,
        relative=relative,
        behaviour=Behaviour(nan="raises", ties=ties, constant=constant, zeros=zeros, negatives=negatives, small=small),
    )

    def decorate(function: Callable[P, Ranked]) -> Callable[P, Ranked]:
        return registered(np.errstate(all="ignore")(function))

    return decorate
