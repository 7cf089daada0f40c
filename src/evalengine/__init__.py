"""evalengine: evaluation, scoring and ranking of innovation consortia.

The names below are loaded when first used, so that `evalengine --help` does not wait for numba and polars.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalengine.analysis.explanation import Explained, Explanation, Standing, Target, explain, explanations
    from evalengine.analysis.reference import Referenced, reference
    from evalengine.archive import write_run
    from evalengine.assessment import Assessment, Provenance, assess, assess_profiles
    from evalengine.errors import (
        DataError,
        EvalengineError,
        MethodError,
        OutputError,
        Problem,
        SchemeError,
        UnreadableError,
        UsageError,
        VerificationError,
    )
    from evalengine.intake.dataset import Dataset
    from evalengine.intake.reading import read_dataset
    from evalengine.preparation import check
    from evalengine.reports.cards.files import write_cards
    from evalengine.scheme.loading import load_indicators, load_theme, load_weights
    from evalengine.scheme.model import IndicatorSystem, WeightProfile
    from evalengine.scheme.theme import Theme

__all__ = [
    "Assessment",
    "DataError",
    "Dataset",
    "EvalengineError",
    "Explained",
    "Explanation",
    "IndicatorSystem",
    "MethodError",
    "OutputError",
    "Problem",
    "Provenance",
    "Referenced",
    "SchemeError",
    "Standing",
    "Target",
    "Theme",
    "UnreadableError",
    "UsageError",
    "VerificationError",
    "WeightProfile",
    "assess",
    "assess_profiles",
    "check",
    "explain",
    "explanations",
    "load_indicators",
    "load_theme",
    "load_weights",
    "read_dataset",
    "reference",
    "write_cards",
    "write_run",
]

_HOMES = {
    "analysis.explanation": ("Explained", "Explanation", "Standing", "Target", "explain", "explanations"),
    "analysis.reference": ("Referenced", "reference"),
    "archive": ("write_run",),
    "assessment": ("Assessment", "Provenance", "assess", "assess_profiles"),
    "errors": (
        "DataError",
        "EvalengineError",
        "MethodError",
        "OutputError",
        "Problem",
        "SchemeError",
        "UnreadableError",
        "UsageError",
        "VerificationError",
    ),
    "intake.dataset": ("Dataset",),
    "intake.reading": ("read_dataset",),
    "preparation": ("check",),
    "reports.cards.files": ("write_cards",),
    "scheme.loading": ("load_indicators", "load_theme", "load_weights"),
    "scheme.model": ("IndicatorSystem", "WeightProfile"),
    "scheme.theme": ("Theme",),
}


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"evalengine.{home}"), name)
    raise AttributeError(name)


def __dir__() -> list[str]:
    return __all__
