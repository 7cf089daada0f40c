"""The register: every method under its kind, complete, importable, with checked parameters."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import evalengine.methods
from evalengine.errors import MethodError
from evalengine.methods.registry import KINDS, method, methods, missing_parameters, unknown_parameters


def test_every_module_that_registers_is_listed_under_its_kind():
    for module in pkgutil.iter_modules(evalengine.methods.__path__):
        importlib.import_module(f"evalengine.methods.{module.name}")
    for item in methods():
        assert item.function.__module__.rpartition(".")[2] in KINDS[item.kind], item.name
    registered = {item.function.__module__.rpartition(".")[2] for item in methods()}
    assert registered == {name for names in KINDS.values() for name in names}


def test_looking_up_one_kind_gives_that_kind():
    for kind in KINDS:
        assert {item.kind for item in methods(kind)} == {kind}


@pytest.mark.parametrize("item", methods(), ids=lambda item: f"{item.kind}-{item.name}")
def test_a_method_says_all_it_has_to(item):
    assert item.summary.endswith(".") or item.summary
    assert item.formula
    assert item.source
    assert item.complexity
    behaviour = item.behaviour
    assert all(
        (behaviour.nan, behaviour.ties, behaviour.constant, behaviour.zeros, behaviour.negatives, behaviour.small)
    )


def test_an_unknown_method_is_answered_with_the_nearest():
    with pytest.raises(MethodError) as caught:
        method("normalisation", "min_mx")
    assert "min_max" in caught.value.message("en")


def test_parameters_are_those_of_the_signature():
    found = method("normalisation", "base_full")
    assert unknown_parameters(found, {"base": 1, "bas": 2}) == ["bas"]
    assert missing_parameters(found, {"base": 1}) == ["full"]


def test_methods_are_importable_from_the_package():
    from evalengine.methods import critic, promethee_ii, topsis  # noqa: PLC0415 - the import is the test

    assert critic is method("weighting", "critic").function
    assert topsis is method("compromise", "topsis").function
    assert promethee_ii is method("outranking", "promethee_ii").function
