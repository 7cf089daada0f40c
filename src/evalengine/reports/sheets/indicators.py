"""What is measured, how it is scored and what it weighs: the tree under this profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from evalengine.reports.entries import figure
from evalengine.reports.layout import Column, Entry
from evalengine.reports.sheet import Sheet
from evalengine.reports.words import Words

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

FIXED = 2  # number and name stay in view
SENTENCES = {"formula": 48.0, "scoring": 24.0, "policy": 16.0, "quote": 16.0}  # at least so wide: lower rows


def write(sheet: Sheet, assessment: Assessment, words: Words) -> None:
    """Write dimensions and indicators in tree order."""
    weightings = _weightings(assessment)
    columns = [
        Column(heading=words.say("indicators.columns.number")),
        Column(heading=words.say("indicators.columns.name"), wraps=True, least=20),
        Column(heading=words.say("indicators.columns.unit"), widest=12),
        *(Column(heading=_weight_heading(group, words)) for group in weightings),
        Column(heading=words.say("indicators.columns.direction"), widest=10),
        Column(heading=words.say("indicators.columns.window"), widest=14),
        *(
            Column(heading=words.say(f"indicators.columns.{key}"), wraps=True, least=least)
            for key, least in SENTENCES.items()
        ),
    ]
    facts = {"system": words.label(assessment.system.label), "profile": words.label(assessment.profile.label)}
    sheet.start(columns, words.say("indicators.title"), left=words.say("indicators.left", **facts))
    sheet.headings()
    sheet.freeze(FIXED)
    numbers = {code: place for place, code in enumerate(assessment.system.indicators, start=1)}
    sums = {group: _summed(assessment, weights) for group, weights in weightings.items()}
    for code in _in_tree_order(assessment, ""):
        if code in numbers:
            shares = [figure(float(weights[code]), "weight") for weights in weightings.values()]
            sheet.row(_indicator(assessment, code, numbers[code], shares, words))
        else:
            shares = [figure(float(sums[group].get(code, Decimal(0))), "weight_total") for group in weightings]
            sheet.row(_dimension(code, shares, words))
    total = [figure(float(sum(weights.values())), "weight_total") for weights in weightings.values()]
    sheet.row(
        [("strong", None), ("strong", words.say("indicators.sum")), ("text", None), *total, *[("text", None)] * 6]
    )
    sheet.notes((words.say("indicators.note", status=words.label(assessment.system.status)),))


def _weightings(assessment: Assessment) -> dict[str, Mapping[str, Decimal]]:
    """Return the published weights, and those of groups that have their own."""
    own = {group: weights.weights for group, weights in assessment.profile.groups.items()}
    return {"": assessment.profile.weights, **own}


def _weight_heading(group: str, words: Words) -> str:
    return words.say("indicators.columns.weight_group" if group else "indicators.columns.weight", group=group)


def _in_tree_order(assessment: Assessment, parent: str) -> Iterator[str]:
    for code, item in assessment.system.dimensions.items():
        if item.parent == parent:
            yield code
            yield from _in_tree_order(assessment, code)
    for code, indicator in assessment.system.indicators.items():
        if parent and indicator.parent == parent:
            yield code


def _summed(assessment: Assessment, weights: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return what every dimension weighs: the sum of the indicators below it."""
    sums: dict[str, Decimal] = {}
    for code, indicator in assessment.system.indicators.items():
        above = indicator.parent
        while above:
            sums[above] = sums.get(above, Decimal(0)) + weights[code]
            above = assessment.system.dimensions[above].parent
    return sums


def _dimension(code: str, shares: list[Entry], words: Words) -> list[Entry]:
    item = words.system.dimensions[code]
    how = "" if item.aggregation == "arithmetic" else words.say(f"aggregation.{item.aggregation}", power=item.power)
    name = ("strong", words.label(item.label))
    return [
        ("strong_centre", code),
        name,
        ("text", None),
        *shares,
        *[("text", None)] * 2,
        ("text", how),
        *[("text", None)] * 2,
        ("text", item.quote),
    ]


def _indicator(assessment: Assessment, code: str, number: int, shares: list[Entry], words: Words) -> list[Entry]:
    item = assessment.system.indicators[code]
    definition = words.label(item.definition)
    formula = words.formula(item)
    return [
        ("centre", str(number)),
        ("text", words.label(item.label)),
        ("centre", words.unit(item.unit)),
        *shares,
        ("centre", words.say(f"direction.{item.direction}")),
        ("centre", words.say(f"window.{item.window}")),
        ("text", f"{definition}\n{formula}" if definition else formula),
        ("text", _scoring(assessment, code, words)),
        ("text", words.policy(item)),
        ("text", item.quote),
    ]


def _scoring(assessment: Assessment, code: str, words: Words) -> str:
    """Return the rule in force: the system's, the profile's in its place, and what differs for a group."""
    own = assessment.profile.scoring.get(code)
    said = [words.scoring(own or assessment.system.indicators[code].scoring)]
    if own:
        said[0] += words.say("scoring.of_profile")
    for group, rules in assessment.system.groups.items():
        if code in rules.scoring:
            said.append(words.say("scoring.of_group", group=group, rule=words.scoring(rules.scoring[code])))
        if code in rules.coefficients:
            said.append(words.say("scoring.coefficient", group=group, coefficient=rules.coefficients[code]))
    return "\n".join(said)
