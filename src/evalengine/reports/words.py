"""Rules, formulas and statuses as sentences an office can read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from evalengine import text
from evalengine.methods.registry import Method
from evalengine.reports import cells
from evalengine.scheme.model import Indicator, IndicatorSystem, Items, Scoring

NAME = re.compile(r"[A-Za-z_]\w*")
SIGNS = {" * ": " × ", " / ": " ÷ "}
FUNCTIONS = ("LEAST", "GREATEST")


class Words:
    """Sentences of the reports in one language.

    Args:
        system: the indicator system they speak about.
        language: `zh` or `en`.
    """

    def __init__(self, system: IndicatorSystem, language: str) -> None:
        self.system = system
        self.language = language

    def say(self, key: str, /, **facts: object) -> str:
        """Return the sentence `report.<key>`."""
        return text.sentence(f"report.{key}", self.language, **facts)

    def label(self, label: text.Label) -> str:
        """Return a label in the language of the report."""
        return label.get(self.language)

    def joined(self, sentences: list[str]) -> str:
        """Return sentences one after the other."""
        return self.say("between_sentences").join(sentences)

    def fact(self, name: str, value: str) -> str:
        """Return a fact of the assessment; a name of the office's own stands as it is in the scheme."""
        key = f"report.facts.{name}"
        label = text.sentence(key, self.language) if key in text.catalogue("report", self.language) else name
        return self.say("fact", label=label, value=value)

    def unit(self, code: str) -> str:
        """Return the name of a unit of measurement."""
        return self.label(self.system.units[code]) if code in self.system.units else code

    def node(self, code: str) -> str:
        """Return the name of an indicator, a dimension or a field, or the code itself."""
        for known in (self.system.indicators, self.system.dimensions, self.system.fields):
            if code in known:
                return self.label(known[code].label)
        return code

    def place(self, table: str, column: str) -> str:
        """Return the names of a table and one of its columns, as far as they are known."""
        if table not in self.system.tables:
            return self.node(column)
        if not column:
            return self.label(self.system.tables[table].label)
        columns = self.system.columns_of(table)
        named = self.label(columns[column].label) if column in columns else self.node(column)
        return self.say("place", table=self.label(self.system.tables[table].label), column=named)

    def grade(self, code: str) -> str:
        """Return the name of a grade."""
        return next((self.label(level.label) for level in self.system.grades.levels if level.code == code), code)

    def item(self, code: str) -> str:
        """Return the code and the name of a veto, bonus or penalty item."""
        for known in (self.system.vetoes, self.system.bonus.items, self.system.penalty.items):
            if code in known:
                return self.say("item", code=code, label=self.label(known[code].label))
        return code

    def method(self, method: Method) -> str:
        """Return the name of a method."""
        return text.sentence(f"methods.{method.kind}.{method.name}.label", self.language)

    def formula(self, indicator: Indicator) -> str:
        """Return the formula with the names of its fields."""
        sentence = NAME.sub(lambda found: self._term(found.group()), indicator.formula)
        for sign, printed in SIGNS.items():
            sentence = sentence.replace(sign, printed)
        return self.say("formula", formula=sentence)

    def not_additive(self) -> list[str]:
        """Return what points lost are under a mean that is not arithmetic, if the system has any."""
        plain_means = all(item.aggregation == "arithmetic" for item in self.system.dimensions.values())
        return [] if plain_means else [self.say("shortfalls.not_additive")]

    def moved(self, now: float | None, before: float | None) -> str:
        """Return by how many places a rank moved, in signs that need no colour; a dash where one is missing."""
        if now is None or before is None:
            return cells.NOT_A_NUMBER
        way = "up" if now < before else "down" if now > before else "same"
        return self.say(f"moved.{way}", places=plain(float(abs(before - now))))

    def scoring(self, rule: Scoring) -> str:
        """Return a scoring rule with its anchors."""
        name = str(rule["rule"])
        facts = {key: plain(value) for key, value in rule.items() if key != "rule"}
        if name == "base_full":
            shape = "step" if rule["base"] == rule["full"] else "line"
            below = rule.get("below_base", "proportional")
            return self.say(f"scoring.base_full_{below}_{shape}", **{"zero": "0", "base_percent": "60", **facts})
        if name in {"tiers", "bands"}:
            steps = [self._step(entry) for entry in rule[name]]
            return self.say(f"scoring.{name}", steps=self.say("between_steps").join(steps), **{"top": "", **facts})
        if name == "expert":
            low, high = rule.get("scale", (0, 100))
            return self.say("scoring.expert", low=plain(low), high=plain(high))
        if name in {"linear", "share_of_standard", "efficacy", "efficacy_exponential", "interval"}:
            return self.say(f"scoring.{name}", **facts)
        parameters = self.say("between_items").join(f"{key} = {value}" for key, value in facts.items())
        return self.say("scoring.reference_with" if facts else "scoring.reference", rule=name, parameters=parameters)

    def policy(self, indicator: Indicator) -> str:
        """Return what becomes of the indicator where it does not apply."""
        rule = indicator.not_applicable
        return self.say(f"policy.{rule.policy}", percent=plain(rule.percent))

    def items(self, items: Items) -> list[str]:
        """Return one sentence for each bonus or penalty item."""
        return [
            self.say(
                "points_limited" if item.limit is not None else "points_unlimited",
                code=code,
                label=self.label(item.label),
                points=plain(item.points),
                limit=item.limit,
            )
            for code, item in items.items.items()
        ]

    def _term(self, name: str) -> str:
        if name in self.system.fields:
            return self.label(self.system.fields[name].label)
        if name.upper() in FUNCTIONS:
            return self.say(f"function.{name.upper()}")
        return name

    def _step(self, entry: Mapping[str, float]) -> str:
        side = "at_most" if "at_most" in entry else "at_least"
        shown = {key: plain(value) for key, value in entry.items()}
        return self.say(f"scoring.{'tier' if 'score' in entry else 'band'}_{side}", **shown)


def plain(value: Any) -> str:  # noqa: ANN401 - a scheme holds numbers, texts and lists
    """Return a number without a superfluous `.0`, anything else as it stands."""
    if isinstance(value, float):
        return str(int(value)) if value == int(value) else repr(value)
    return str(value)
