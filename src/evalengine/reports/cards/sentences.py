"""What a card says in words: anchors in short, what would raise a score, strengths, evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from evalengine.analysis.explanation import Explained, Explanation, Target
from evalengine.methods.curves import FULL_MARKS, PASS_MARKS, is_curve
from evalengine.methods.registry import method
from evalengine.reports.cells import NOT_A_NUMBER
from evalengine.reports.entries import figure
from evalengine.reports.layout import Entry
from evalengine.reports.shown import as_text, rounded
from evalengine.reports.words import Words
from evalengine.scheme.model import Scoring

if TYPE_CHECKING:
    from evalengine.assessment import Results

LEAST_POINTS = 0.005  # gains below it show as 0.00 with two decimals


class Sentences:
    """Sentences about the units of an assessment.

    Args:
        assessment: the assessment.
        words: the language.
        whole: indicators whose figures are all whole numbers.
    """

    def __init__(self, assessment: Results, words: Words, whole: set[str]) -> None:
        self._system = assessment.system
        self._treated = assessment.system.treatments()
        self._words = words
        self._whole = whole
        self._short: dict[str, str] = {}

    def measured(self, code: str) -> str:
        """Return the name of an indicator with its unit of measurement."""
        words, item = self._words, self._system.indicators[code]
        if not item.unit:
            return words.label(item.label)
        return words.say("cards.measured", label=words.label(item.label), unit=words.unit(item.unit))

    def value(self, code: str, value: float | None, *, absent: str = NOT_A_NUMBER) -> Entry:
        """Return a value of an indicator as a cell."""
        return figure(value, absent=absent, whole=code in self._whole)

    def anchors(self, item: Explained) -> str:
        """Return the scoring rule in force in its shortest form."""
        key = repr(item.rule)
        if key not in self._short:
            self._short[key] = self._anchors(item.rule)
        return self._short[key]

    def raising(self, item: Explained) -> str:
        """Return what value would raise the score of an indicator, and by how much; else why there is none."""
        words, code = self._words, item.indicator
        if item.status == "not_applicable":
            return words.say("cards.raise.not_applicable", policy=words.policy(self._system.indicators[code]))
        if not is_curve(method("normalisation", item.rule["rule"])):
            return words.say("cards.raise.relative")
        if code in self._treated:
            return words.say("cards.raise.treated")
        if not item.targets:
            return words.say("cards.raise.nothing")
        chosen = item.targets if len(item.targets) == 1 else (item.targets[0], item.targets[-1])
        targets = words.say("cards.raise.between").join(self._target(code, target) for target in chosen)
        if item.status != "ok":
            return words.say("cards.raise.absent", status=words.say(f"status.{item.status}"), targets=targets)
        value = self._quantity(code, as_text(self.value(code, item.value)))
        return words.say("cards.raise.from", value=value, targets=targets)

    def strengths(self, why: Explanation) -> str:
        """Return where a unit is ahead."""
        words = self._words
        if not why.strengths:
            return words.say("cards.no_strengths")
        against = words.say("cards.against_marks" if why.total.median is None else "cards.against_peers")
        scores = {code: item.standing.score for code, item in why.indicators.items()}
        items = [
            words.say("cards.strength", label=words.node(code), score=as_text(("score", scores[code])))
            for code in why.strengths
        ]
        return words.say("cards.strengths", against=against, items=words.say("between_items").join(items))

    def points(self, counted: Sequence[Mapping[str, Any]]) -> str:
        """Return bonus or penalty items with what they count for."""
        words = self._words
        said = [
            words.say(
                "cards.points",
                item=words.item(row["item"]),
                count=_amount(row["counted"]),
                points=_amount(row["points"]),
            )
            for row in counted
        ]
        return words.say("between_steps").join(said)

    def noted(self, item: Explained, evidence: str | None) -> str:
        """Return the state of the evidence and what else to know about a value."""
        words, said = self._words, []
        if evidence:
            said.append(words.say(f"cards.evidence.{evidence}"))
        if item.reported != item.value and item.reported is not None:
            shown = as_text(self.value(item.indicator, item.reported))
            said.append(words.say("cards.reported.differs", value=shown))
        if item.coefficient != 1.0:
            said.append(words.say("cards.reported.coefficient", coefficient=_amount(item.coefficient)))
        return words.say("between_steps").join(said)

    def _target(self, code: str, target: Target) -> str:
        words = self._words
        partial = target.kind == "full" and target.score < FULL_MARKS
        goal = words.say(
            "cards.raise.full_partial" if partial else f"cards.raise.{target.kind}",
            value=self._quantity(code, _amount(target.value)),
            score=_amount(round(target.score, 2)),
        )
        decimals = 2 if target.points >= LEAST_POINTS else 4
        return words.say("cards.raise.target", goal=goal, points=rounded(target.points, f".{decimals}f"))

    def _quantity(self, code: str, shown: str) -> str:
        unit = self._system.indicators[code].unit
        return self._words.say("cards.quantity", value=shown, unit=self._words.unit(unit)).strip() if unit else shown

    def _anchors(self, rule: Scoring) -> str:
        made = ANCHORS.get(str(rule["rule"]))
        if made is None:
            return self._words.say("cards.anchors.relative")
        parts = made(rule, lambda key, **facts: self._words.say(f"cards.anchors.{key}", **_shown(facts)))
        return self._words.say("cards.anchors.between").join(parts)


Say = Callable[..., str]


def _base_full(rule: Scoring, say: Say) -> list[str]:
    zero, base, full = rule.get("zero", 0), rule["base"], rule["full"]
    marks = [say("point", value=base, score=rule.get("base_percent", PASS_MARKS))] if base != full else []
    if rule.get("below_base") == "zero":
        start = [say("under_base", value=base)]
    else:
        start = [say("point", value=zero, score=0)] if zero else []
    return [*start, *marks, say("point", value=full, score=100)]


def _linear(rule: Scoring, say: Say) -> list[str]:
    return [say("point", value=rule["zero"], score=0), say("point", value=rule["full"], score=100)]


def _share_of_standard(rule: Scoring, say: Say) -> list[str]:
    return [say("point", value=rule["standard"], score=100)]


def _efficacy(rule: Scoring, say: Say) -> list[str]:
    marks = ((rule["unacceptable"], PASS_MARKS), (rule["satisfactory"], 100))
    return [say("point", value=value, score=score) for value, score in marks]


def _interval(rule: Scoring, say: Say) -> list[str]:
    return [
        say("point", value=rule["lo_zero"], score=0),
        say("span", low=rule["lo"], high=rule["hi"], score=100),
        say("point", value=rule["hi_zero"], score=0),
    ]


def _tiers(rule: Scoring, say: Say) -> list[str]:
    return [
        say("at_most" if "at_most" in entry else "point", value=_threshold(entry), score=entry["score"])
        for entry in rule["tiers"]
    ]


def _bands(rule: Scoring, say: Say) -> list[str]:
    steps = [
        say(
            "at_most_points" if "at_most" in entry else "points",
            value=_threshold(entry),
            low=entry["low"],
            high=entry["high"],
        )
        for entry in rule["bands"]
    ]
    return [*steps, say("point", value=rule["top"], score=rule["bands"][-1]["high"])]


def _expert(rule: Scoring, say: Say) -> list[str]:
    low, high = rule.get("scale", (0, FULL_MARKS))
    return [say("expert", low=low, high=high)]


def _threshold(entry: Mapping[str, float]) -> float:
    return entry.get("at_most", entry.get("at_least", 0.0))


def _shown(facts: Mapping[str, float]) -> dict[str, str]:
    return {name: _amount(value) for name, value in facts.items()}


def _amount(value: float) -> str:
    """Return a number with thousands separated and no superfluous `.0`."""
    return f"{int(value):,}" if value == int(value) else f"{value:,}"


ANCHORS: Mapping[str, Callable[[Scoring, Say], list[str]]] = {
    "base_full": _base_full,
    "linear": _linear,
    "share_of_standard": _share_of_standard,
    "efficacy": _efficacy,
    "efficacy_exponential": _efficacy,
    "interval": _interval,
    "tiers": _tiers,
    "bands": _bands,
    "expert": _expert,
}
