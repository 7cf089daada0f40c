"""What an assessment warns of once the values are scored; the data's own problems are found before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from evalengine.derivation import UNKNOWN, State
from evalengine.errors import Fact, Problem
from evalengine.intake.dataset import Dataset
from evalengine.locating import blanks, locator
from evalengine.methods.registry import method
from evalengine.occurrences import conditional_vetoes, unknown_floors
from evalengine.preparation import Prepared
from evalengine.scheme.model import IndicatorSystem, WeightProfile
from evalengine.scoring import Scored, plan


def remarks(
    data: Dataset, prepared: Prepared, scored: Scored, system: IndicatorSystem, profile: WeightProfile
) -> Iterator[Problem]:
    """Yield a warning for whatever scores 0 for want of a value, is scored relatively, stated for nobody, or moved.

    Args:
        data: the data, which know the cells.
        prepared: the indicator values and what they were made from.
        scored: the scores.
        system: the indicator system.
        profile: the weight profile, whose own warnings come last.
    """
    unproved = frozenset(prepared.evidence.filter("unverified").select("unit", "indicator").iter_rows())
    yield from _unscored(data, prepared, system, unproved)
    yield from conditional_vetoes(prepared.adjusted.tables, system, prepared.year, prepared.units.ids)
    yield from unknown_floors(prepared.fields, system)
    yield from _relative(system, profile)
    for group in dict.fromkeys((*system.groups, *profile.groups)):
        if group not in prepared.units.groups:
            yield Problem(severity="warning", code="group_unused", value=group)
    yield from _treated(scored, system)
    yield from _doubts(profile)


def _unscored(
    data: Dataset, prepared: Prepared, system: IndicatorSystem, said: frozenset[tuple[str, str]]
) -> Iterator[Problem]:
    """Yield a warning for each indicator of a unit that scores 0 because it is missing or does not apply.

    Args:
        data: the data, which know the cells.
        prepared: the indicator values and what they were made from.
        system: the indicator system.
        said: unit and indicator of what has been reported with its evidence.
    """
    codes, values, units = list(system.indicators), prepared.values, prepared.units.ids
    locate = locator(data, system)
    zero = np.array([item.not_applicable.policy == "zero" for item in system.indicators.values()])[:, np.newaxis]
    nothing = np.isin(values.states, UNKNOWN) | (values.states == State.NOT_APPLICABLE) & zero
    for place, row in np.argwhere(nothing.T):
        if (units[place], codes[row]) in said:
            continue
        code = f"indicator_{State(values.states[row, place]).name.lower()}"
        facts = blanks(prepared.fields, system, codes[row], int(place), locate)
        yield _about(system, code, codes[row], unit=units[place], **facts)


def _relative(system: IndicatorSystem, profile: WeightProfile) -> Iterator[Problem]:
    """Yield a warning for each indicator scored relative to the other units: such scores are for reference."""
    for group in ("", *system.groups, *profile.groups):
        made = plan(system, profile, group)
        for code, rule in zip(system.indicators, made.scoring, strict=True):
            if method("normalisation", rule["rule"]).relative:
                yield _about(system, "relative_rule", code, rule=str(rule["rule"]), group=group)


def _doubts(profile: WeightProfile) -> Iterator[Problem]:
    """Yield the warnings under which computed weights were made: they are still true where the weights are used."""
    for item in profile.made.warnings if profile.made else ():
        yield Problem(severity="warning", code="profile_warning", value=profile.name, facts=item.facts("detail"))


def _treated(scored: Scored, system: IndicatorSystem) -> Iterator[Problem]:
    """Yield a warning for each indicator of which a treatment moved values."""
    codes = list(system.indicators)
    moved = Counter((codes[move.indicator], move.rule) for move in scored.moves)
    for (code, rule), count in moved.items():
        yield _about(system, "values_treated", code, rule=rule, count=str(count))


def _about(system: IndicatorSystem, code: str, indicator: str, *, unit: str = "", **facts: Fact) -> Problem:
    named: dict[str, Fact] = {**system.indicators[indicator].label.facts("label"), "minimum": system.experts.minimum}
    return Problem(severity="warning", code=code, field=indicator, unit=unit, facts={**named, **facts})
