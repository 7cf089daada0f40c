"""Several weight profiles of one system made one."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evalengine.analysis.weights.tree import Draft, Row, warning
from evalengine.errors import MethodError, UsageError
from evalengine.methods.registry import Method, methods, unknown_parameters
from evalengine.scheme.model import IndicatorSystem, MadeFrom, WeightProfile

LEAST_PROFILES = 2


def combining() -> dict[str, Method]:
    """Return the methods that combine weight vectors."""
    return {
        item.name: item
        for item in methods()
        if item.kind == "weighting" and next(iter(inspect.signature(item.function).parameters)) == "vectors"
    }


def weights_combined(
    profiles: Sequence[WeightProfile],
    system: IndicatorSystem,
    method: str,
    *,
    parameters: Mapping[str, Any] | None = None,
) -> Draft:
    """Return the combination of the indicators' weights of two or more profiles.

    Args:
        profiles: profiles of the system, with the same scoring rules and group weights.
        system: the indicator system.
        method: one of `combining()`.
        parameters: settings of the method.

    Raises:
        UsageError: no such method, fewer than two profiles, or profiles that differ in more than weights.
        MethodError: the combination has no answer, a coefficient is negative, or there is no such setting.
    """
    known = combining()
    settings = dict(parameters or {})
    if method not in known:
        raise UsageError("not_for_combining", method=method, known=", ".join(known))
    if len(profiles) < LEAST_PROFILES:
        raise UsageError("few_profiles")
    for name in unknown_parameters(known[method], settings):
        raise MethodError("unknown_parameter", method=method, name=name, known=", ".join(known[method].parameters))
    first = profiles[0]
    for other in profiles[1:]:
        if other.scoring != first.scoring or other.groups or first.groups:
            raise UsageError("profiles_differ", first=first.name, second=other.name)
    vectors = np.array([[float(profile.weights[code]) for code in system.indicators] for profile in profiles])
    made = known[method].function(vectors, **settings)
    rows: list[Row] = [
        {"profile": profile.name, "coefficient": float(share), "unscaled": float(raw)}
        for profile, share, raw in zip(profiles, made.coefficients, made.unscaled, strict=True)
    ]
    said = [
        warning("inherited", profile=profile.name, detail_zh=item.zh, detail_en=item.en)
        for profile in profiles
        if profile.made is not None
        for item in profile.made.warnings
    ]
    below = ", ".join(f"{row['profile']} {row['unscaled']:.4f}" for row in rows if float(row["unscaled"]) < 0)
    return Draft(
        method=method,
        parameters=settings,
        scope="overall",
        weights=dict(zip(system.indicators, made.weights.tolist(), strict=True)),
        inputs=tuple(MadeFrom(name=f"{profile.name}.toml", sha256=profile.sha256) for profile in profiles),
        diagnostics=rows,
        warnings=[*([warning("negative", coefficients=below)] if made.clipped else []), *said],
        scoring=first.scoring,
    )
