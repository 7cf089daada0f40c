"""The register of methods: one decorated function is the whole change.

Its name in TOML, the check of its parameters, its line in `evalengine methods`, its row in `docs/methods.md` and its
row in the property tests all derive from the one registration.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ParamSpec, TypeVar

from evalengine.errors import MethodError

LABELS = ("columns", "units")
P = ParamSpec("P")
R = TypeVar("R")

# The kinds of methods and the modules that register them: looking one kind up loads no other.
KINDS: Mapping[str, tuple[str, ...]] = {
    "imputation": ("imputation", "imputation_models", "imputation_time"),
    "treatment": ("treatment", "treatment_power", "treatment_rule"),
    "normalisation": (
        "anchored",
        "normalisation",
        "normalisation_rank",
        "normalisation_ratio",
        "normalisation_reference",
        "normalisation_spread",
        "thresholds",
    ),
    "weighting": (
        "ahp",
        "ahp_group",
        "balance_weights",
        "benefit_of_doubt",
        "best_worst",
        "bounds",
        "combination",
        "critic_weights",
        "delphi",
        "dispersion_weights",
        "entropy_weights",
        "pca_weights",
        "removal_weights",
        "sequential_weights",
        "unobserved_components",
        "weighting",
    ),
    "aggregation": ("aggregation", "aggregation_balance", "aggregation_order"),
    "ranking": ("ranking",),
    "compromise": (
        "additive",
        "benefit_cost",
        "border",
        "codas",
        "comet",
        "ervd",
        "fuzzy_evaluation",
        "gap",
        "grey",
        "moora",
        "powers",
        "probid",
        "rank_sum_ratio",
        "ratio",
        "reference_point",
        "todim",
        "topsis",
        "vikor",
    ),
    "outranking": ("electre", "promethee"),
    "voting": ("kemeny", "voting"),
    "sorting": ("sorting",),
    "agreement": ("agreement", "concordance"),
    "coherence": ("coherence", "coherence_flags", "coherence_structure", "effective_weights"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What a method does with difficult input, in a few words each."""

    nan: str
    ties: str
    constant: str
    zeros: str
    negatives: str
    small: str = "any size"


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A registered method.

    Attributes:
        kind: one of `KINDS`.
        name: the name in TOML, on the command line and in Python.
        function: the function itself.
        formula: the formula, in plain characters.
        source: where the formula comes from.
        complexity: cost in units N and indicators M.
        behaviour: what it does with NaN, ties, constant columns, zeros, negatives and tiny samples.
        relative: whether one unit's score depends on the other units; such results are for reference.
        parameters: the keyword-only parameters: what a scheme may set. Labels for messages are the caller's, not a
            setting.
        takes_data: whether it computes from data, rather than from its parameters alone.
    """

    kind: str
    name: str
    function: Callable[..., Any]
    formula: str
    source: str
    complexity: str
    behaviour: Behaviour
    relative: bool
    parameters: Mapping[str, inspect.Parameter]
    takes_data: bool

    @property
    def summary(self) -> str:
        """First line of the docstring."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]


_REGISTER: dict[tuple[str, str], Method] = {}


def register(
    kind: str,
    *,
    formula: str,
    source: str,
    complexity: str,
    behaviour: Behaviour,
    relative: bool = True,
    name: str | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Register the decorated function as a method of `kind` under its own name."""
    if kind not in KINDS:
        raise ValueError(kind)

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        key = (kind, name or function.__name__)
        if key in _REGISTER:
            raise ValueError(key)
        # asked for here, once: a scheme looks at the parameters of its rules thousands of times
        signature = inspect.signature(function).parameters
        own = {name: item for name, item in signature.items() if item.kind is inspect.Parameter.KEYWORD_ONLY}
        _REGISTER[key] = Method(
            kind=kind,
            name=key[1],
            function=function,
            formula=formula,
            source=source,
            complexity=complexity,
            behaviour=behaviour,
            relative=relative,
            parameters={name: item for name, item in own.items() if name not in LABELS},
            takes_data=len(own) < len(signature),
        )
        return function

    return decorate


@cache
def methods(kind: str | None = None) -> tuple[Method, ...]:
    """Return every method, or those of one kind, ordered by kind and name."""
    kinds = list(KINDS) if kind is None else [kind]
    for name in kinds:
        for module in KINDS[name]:
            importlib.import_module(f"evalengine.methods.{module}")
    found = (item for item in _REGISTER.values() if item.kind in kinds)
    return tuple(sorted(found, key=lambda item: (kinds.index(item.kind), item.name)))


def method(kind: str, name: str) -> Method:
    """Return one method.

    Raises:
        MethodError: there is none of that name; the message names the nearest one.
    """
    found = methods(kind)
    if (kind, name) not in _REGISTER:
        names = [item.name for item in found]
        nearest = difflib.get_close_matches(name, names, n=1, cutoff=0.4)
        hint = nearest[0] if nearest else ", ".join(names)
        raise MethodError("unknown_method", kind=kind, name=name, nearest=hint)
    return _REGISTER[kind, name]


def unknown_parameters(found: Method, parameters: Mapping[str, object]) -> list[str]:
    """Return the names in `parameters` that the method does not have."""
    return [name for name in parameters if name not in found.parameters]


def missing_parameters(found: Method, parameters: Mapping[str, object]) -> list[str]:
    """Return the parameters without a default that `parameters` does not give."""
    return [
        name
        for name, parameter in found.parameters.items()
        if parameter.default is inspect.Parameter.empty and name not in parameters
    ]
