"""By what rules and from what: scheme, rules in words, input files, versions and the id of the run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from evalengine import text
from evalengine.reports.layout import Column
from evalengine.reports.sheet import Sheet
from evalengine.reports.words import Words, plain

if TYPE_CHECKING:
    from evalengine.assessment import Assessment
    from evalengine.scheme.model import EvidenceCost, WeightProfile

Lines = Iterator[tuple[str, str]]


def write(sheet: Sheet, assessment: Assessment, words: Words) -> None:
    """Write pairs of subject and content, part by part."""
    columns = [Column(wraps=True), Column(wraps=True, least=80)]
    sheet.start(columns, words.say("method.title", year=assessment.year), orientation="portrait")
    parts = {"basis": _basis, "rules": _rules, "items": _items, "sources": _sources, "versions": _versions}
    for number, (part, lines) in enumerate(parts.items(), start=1):
        sheet.span(("section", words.say(f"method.parts.{part}", number=words.say(f"ordinal.{number}"))))
        for subject, content in lines(assessment, words):
            sheet.row([("band", subject), ("text", content)])


def _basis(assessment: Assessment, words: Words) -> Lines:
    system, profile = assessment.system, assessment.profile
    for subject, scheme in (("system", system), ("profile", profile)):
        facts = {"label": words.label(scheme.label), "name": scheme.name, "edition": scheme.edition}
        yield words.say(f"method.subjects.{subject}"), words.say("method.scheme", sha256=scheme.sha256, **facts)
    for subject, content in (
        ("status", words.label(system.status)),
        ("source", words.label(system.source)),
        ("decided_by", words.label(profile.decided_by)),
        ("reason", words.label(profile.reason)),
        ("quotes", words.say("between_items").join(profile.quotes)),
        ("made", _made(profile, words)),
    ):
        if content:
            yield words.say(f"method.subjects.{subject}"), content
    for name, value in system.assessment.items():
        shown = words.say("between_items").join(value) if isinstance(value, tuple) else plain(value)
        yield words.say("method.subjects.assessment"), words.fact(name, shown)


def _made(profile: WeightProfile, words: Words) -> str:
    """Return how weights were computed, from what, and under what warnings; an empty text if somebody wrote them."""
    made = profile.made
    if made is None:
        return ""
    between = words.say("between_items")
    facts = {
        "label": text.sentence(f"methods.weighting.{made.method}.label", words.language),
        "method": made.method,
        "date": made.date,
        "inputs": between.join(item.name for item in made.inputs),
        "parameters": between.join(f"{name} = {value}" for name, value in made.parameters.items()) or "-",
    }
    return "\n".join([words.say(f"method.made_{made.scope}", **facts), *(words.label(item) for item in made.warnings)])


def _rules(assessment: Assessment, words: Words) -> Lines:
    system = assessment.system
    ranking, grades = system.ranking, system.grades
    order = words.say("between_steps").join(words.node(code) for code in ranking.tie_breaks)
    experts = {"minimum": system.experts.minimum, "trim_from": system.experts.trim_from}
    for subject, facts in (
        ("score", {}),
        ("missing", {}),
        ("not_applicable", {}),
        ("experts", experts),
        ("total", {"bonus": plain(system.bonus.cap), "penalty": plain(system.penalty.cap)}),
        ("rounding", {"decimals": ranking.decimals, "inner": ranking.inner_decimals}),
        ("ties", {"order": order, "method": words.say(f"method.ranks.{ranking.method}")}),
        ("veto", {}),
    ):
        yield words.say(f"method.subjects.{subject}"), words.say(f"method.rules.{subject}", **facts)
    if not assessment.evidence.is_empty():
        costs = {"missing": system.evidence.missing, "rejected": system.evidence.rejected}
        said = {f"{status}_cost": _cost(cost, words) for status, cost in costs.items()}
        yield words.say("method.subjects.evidence"), words.say("method.rules.evidence", **said)
    sized = [words.label(item.label) for item in system.indicators.values() if item.size_dependent]
    if sized:
        listed = words.say("between_items").join(sized)
        yield words.say("method.subjects.size"), words.say("method.rules.size", indicators=listed)
    if system.treatments():
        moved = assessment.treated.height
        named = words.say("between_items").join(
            dict.fromkeys(str(rule["rule"]) for rule in system.treatments().values())
        )
        yield words.say("method.subjects.treatment"), words.say("method.rules.treatment", rules=named, count=moved)
    yield words.say("method.subjects.grades"), "\n".join(_grades(assessment, words))
    if any(level.quota is not None for level in grades.levels):
        tie = words.say(f"method.quota_tie.{grades.quota_tie}")
        sentence = words.say("method.rules.quota", minimum=grades.quota_minimum_group, tie=tie)
        yield words.say("method.subjects.quota"), sentence
    if grades.two_year:
        facts = {"low": plain(grades.two_year.low), "high": plain(grades.two_year.high)}
        result = words.grade(grades.two_year.result)
        yield words.say("method.subjects.two_year"), words.say("method.rules.two_year", result=result, **facts)


def _cost(cost: EvidenceCost, words: Words) -> str:
    """Return what missing or rejected evidence costs."""
    said = [words.say("method.evidence.unverified")] if cost.unverified else []
    said += [words.say("method.evidence.penalty", item=words.item(cost.penalty))] if cost.penalty else []
    return words.say("between_steps").join(said) or words.say("method.evidence.nothing")


def _grades(assessment: Assessment, words: Words) -> Iterator[str]:
    for level in assessment.system.grades.levels:
        label = words.label(level.label)
        if level.minimum is None:
            yield words.say("method.grade_last", label=label)
        elif level.quota is None:
            yield words.say("method.grade", label=label, minimum=plain(level.minimum))
        else:
            facts = {"minimum": plain(level.minimum), "quota": plain(level.quota)}
            yield words.say("method.grade_quota", label=label, **facts)


def _items(assessment: Assessment, words: Words) -> Lines:
    system = assessment.system
    for code, veto in system.vetoes.items():
        effect = words.say(f"method.veto.{veto.effect}", grade=words.grade(veto.cap))
        yield code, words.say("method.veto_item", label=words.label(veto.label), effect=effect)
    for floor in system.floors:
        if floor.minimum is not None:
            facts = {"field": words.node(floor.field), "minimum": plain(floor.minimum), "veto": floor.veto}
            yield words.say("method.subjects.floor"), words.say("method.floor", **facts)
    for subject, items in (("bonus", system.bonus), ("penalty", system.penalty)):
        if items.items:
            yield words.say(f"method.subjects.{subject}"), "\n".join(words.items(items))


def _sources(assessment: Assessment, words: Words) -> Lines:
    for source in assessment.provenance.sources:
        yield source.name, words.say("method.source", size=f"{source.size:,}", sha256=source.sha256)


def _versions(assessment: Assessment, words: Words) -> Lines:
    made = assessment.provenance
    yield words.say("method.subjects.run_id"), made.run_id
    for subject, pairs in (("options", made.options), ("versions", made.versions)):
        shown = words.say("between_items").join(f"{name} {value}" for name, value in pairs.items())
        if shown:
            yield words.say(f"method.subjects.{subject}"), shown
