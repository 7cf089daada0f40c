"""What experts' judgements of one node say about themselves: consistency, what contradicts, agreement."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from evalengine import text
from evalengine.analysis.weights.tree import Array, Row, warning
from evalengine.errors import Fact, MethodError, Problem
from evalengine.intake.judgements import Judgements
from evalengine.methods.ahp import AhpWeights
from evalengine.methods.ahp_repair import inconsistent_triads, suggest_repairs
from evalengine.methods.delphi import delphi
from evalengine.scheme.model import IndicatorSystem
from evalengine.text import Label

SHOWN = 3  # triads and repairs named in a message
GROUP = "*"  # stands for all experts in a row of the diagnostics
NO_ORDER = "delphi_no_order"  # nobody tells the items apart: there is nothing to agree on


def consistency_row(node: str, expert: str, result: AhpWeights) -> Row:
    """Return the consistency of one matrix, with the table of random indices it was compared with."""
    return {
        "node": node,
        "expert": expert,
        "principal": result.principal,
        "consistency_index": result.consistency_index,
        "consistency_ratio": result.consistency_ratio,
        "random_index": result.random_index,
        "random_index_value": float(result.random_index_value),
        "missing": float(result.missing),
    }


def agreement(node: str, marks: Array, children: Sequence[str]) -> tuple[list[Row], list[Label]]:
    """Return Kendall's W and the largest coefficient of variation of several experts' weights."""
    if len(marks) < 2:  # noqa: PLR2004 - one expert agrees with nobody
        return [], []
    try:
        found = delphi(marks, columns=children)
    except MethodError as error:
        if error.code == NO_ORDER:
            return [], []
        return [], [warning("agreement", node=node, **detail(error))]
    row: Row = {
        "node": node,
        "expert": GROUP,
        "experts": float(len(marks)),
        "concordance": found.concordance,
        "p_value": found.p_value,
        "largest_variation": float(found.variation.max()),
    }
    return [row], []


def inconsistent(
    system: IndicatorSystem, node: str, expert: Judgements, result: AhpWeights, children: Sequence[str]
) -> Problem:
    """Return the refusal of one matrix: its worst triads, and changes that would mend it."""
    matrix = expert.nodes[node]
    triads = inconsistent_triads(matrix, count=SHOWN)
    repairs = suggest_repairs(matrix, limit=result.limit, most=SHOWN, random_index=_table(result))
    facts: dict[str, Fact] = {"ratio": f"{result.consistency_ratio:.4f}", "limit": result.limit}
    labels = [(system.dimensions.get(code) or system.indicators[code]).label for code in children]
    for language in text.LANGUAGES:
        names = [label.get(language) for label in labels]
        shown = [
            text.sentence(
                "weights.triad",
                language,
                first=names[item.first],
                second=names[item.second],
                third=names[item.third],
                direct=_fraction(item.direct),
                implied=_fraction(item.implied),
            )
            for item in triads
        ]
        changes = [
            text.sentence(
                "weights.repair",
                language,
                row=names[item.row],
                column=names[item.column],
                given=_fraction(item.given),
                suggested=_fraction(item.suggested),
                after=f"{item.ratio_after:.3f}",
            )
            for item in repairs
        ]
        facts[f"triads_{language}"] = "; ".join(shown)
        facts[f"repairs_{language}"] = "; ".join(changes) or text.sentence("weights.nothing", language)
    return problem("judgement_inconsistent", node, [expert], **facts)


def _table(result: AhpWeights) -> Any:  # noqa: ANN401 - one of the names ahp has checked
    return result.random_index


def _fraction(value: float) -> str:
    """Return a judgement as experts write it: 3 or 1/3, or a decimal for what the scale does not have."""
    near = Fraction(value).limit_denominator(9)
    return str(near) if abs(float(near) - value) < 1e-9 else f"{value:.3g}"  # noqa: PLR2004 - rounding of 1/3


def problem(code: str, node: str, experts: Sequence[Judgements] = (), **facts: Fact) -> Problem:
    """Return a problem with what some experts judged inside a node."""
    names = {"expert": ", ".join(expert.expert for expert in experts)}
    files = ", ".join(expert.file for expert in experts)
    return Problem(severity="error", code=code, file=files, field=node, facts={**names, **facts})


def detail(error: MethodError) -> dict[str, Fact]:
    """Return an error's sentence in both languages, as facts."""
    return {f"detail_{language}": error.message(language) for language in text.LANGUAGES}
