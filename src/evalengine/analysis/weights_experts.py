"""Weights that people judged: pairwise, best-worst, budgets of points, or stated; node by node along the tree."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from evalengine import text
from evalengine.analysis.weights_tree import Array, Draft, Row, along_the_tree, shares_inside, warning
from evalengine.errors import DataError, Fact, MethodError, Problem, UnreadableError, UsageError
from evalengine.intake.judgements import BUDGET, Judgements
from evalengine.methods.ahp import AhpWeights
from evalengine.methods.ahp_group import ahp_group
from evalengine.methods.ahp_repair import inconsistent_triads, suggest_repairs
from evalengine.methods.best_worst import best_worst
from evalengine.methods.delphi import delphi
from evalengine.methods.weighting import budget_allocation, stated
from evalengine.scheme.model import IndicatorSystem, MadeFrom, WeightProfile
from evalengine.text import Label

SHOWN = 3  # triads and repairs named in a message
LIMIT = 0.1
Problems = list[Problem]
Inside = Callable[[str, Sequence[str], Sequence[tuple[str, Array]]], tuple[Array, list[Row], list[Label], Problems]]


def weights_by_ahp(
    experts: Sequence[Judgements],
    system: IndicatorSystem,
    *,
    base: WeightProfile | None = None,
    parameters: Mapping[str, Any] | None = None,
    accept_inconsistent: bool = False,
) -> Draft:
    """Return weights from pairwise judgements, one group for each node.

    Args:
        experts: who judged what; an expert may leave nodes out.
        system: the indicator system.
        base: profile whose proportions stay where nobody judged.
        parameters: settings of `ahp_group`; `expert_weights` has one entry for each expert.
        accept_inconsistent: use judgements whose CR is not below the limit, with a warning.

    Raises:
        DataError: judgements are inconsistent or unusable, or a node is judged by nobody and there is no base.
        MethodError: a setting is wrong.
    """
    settings = dict(parameters or {})
    own = settings.pop("expert_weights", None)
    if own is not None and len(own) != len(experts):
        raise MethodError(
            "wrong_length", method="ahp_group", what="expert_weights", length=len(own), expected=len(experts)
        )

    def inside(
        node: str, children: Sequence[str], judged: Sequence[tuple[str, Array]]
    ) -> tuple[Array, list[Row], list[Label], Problems]:
        shares = None if own is None else [own[k] for k, expert in enumerate(experts) if node in expert.nodes]
        made = ahp_group([matrix for _, matrix in judged], expert_weights=shares, columns=children, **settings)
        rows, warned, problems = [], [], []
        for (name, matrix), result in zip(judged, made.experts, strict=True):
            rows.append(_consistency_row(node, name, result))
            if result.consistent:
                continue
            if accept_inconsistent:
                ratio = f"{result.consistency_ratio:.4f}"
                warned.append(warning("inconsistent", expert=name, node=node, ratio=ratio, limit=result.limit))
            else:
                problems.append(_inconsistent(node, name, matrix, result, children))
        if made.group is not None and len(judged) > 1:
            rows.append(_consistency_row(node, _group(), made.group))
        found, said = _agreement(node, np.stack([result.weights for result in made.experts]), children)
        return made.weights, [*rows, *found], [*warned, *said], problems

    return _along(experts, system, base, "ahp_group", parameters or {}, inside)


def weights_by_best_worst(
    experts: Sequence[Judgements], system: IndicatorSystem, *, base: WeightProfile | None = None
) -> Draft:
    """Return weights from best-worst judgements: the mean of the experts' weights inside each node.

    Args:
        experts: who judged what.
        system: the indicator system.
        base: profile whose proportions stay where nobody judged.

    Raises:
        DataError: judgements are unusable, or a node is judged by nobody and there is no base.
        MethodError: SciPy is missing.
    """

    def inside(
        node: str, children: Sequence[str], judged: Sequence[tuple[str, Array]]
    ) -> tuple[Array, list[Row], list[Label], Problems]:
        made = [best_worst(*table) for _, table in judged]
        rows: list[Row] = []
        warned = []
        for (name, _), result in zip(judged, made, strict=True):
            facts: Row = {"deviation": result.deviation, "input_consistency": result.consistency_ratio}
            rows.append({"node": node, "expert": name, **facts})
            if result.consistency_ratio > LIMIT:
                ratio = f"{result.consistency_ratio:.4f}"
                warned.append(warning("loose", expert=name, node=node, ratio=ratio, limit=LIMIT))
        own = np.stack([result.weights for result in made])
        found, said = _agreement(node, own, children)
        return own.mean(axis=0), [*rows, *found], [*warned, *said], []

    return _along(experts, system, base, "best_worst", {}, inside)


def weights_by_budget(
    experts: Sequence[Judgements], system: IndicatorSystem, *, base: WeightProfile | None = None
) -> Draft:
    """Return weights from budgets of 100 points: the experts' mean share inside each node.

    Args:
        experts: who judged what.
        system: the indicator system.
        base: profile whose proportions stay where nobody judged.

    Raises:
        DataError: a node is judged by nobody and there is no base.
    """

    def inside(
        node: str, children: Sequence[str], judged: Sequence[tuple[str, Array]]
    ) -> tuple[Array, list[Row], list[Label], Problems]:
        points = np.stack([vector for _, vector in judged])
        made = budget_allocation(points, budget=BUDGET, columns=children)
        rows: list[Row] = [
            {"node": node, "child": child, "lowest": float(low), "highest": float(high), "spread": float(spread)}
            for child, low, high, spread in zip(children, made.lowest, made.highest, made.spread, strict=True)
        ]
        found, said = _agreement(node, points, children)
        return made.weights, [*rows, *found], said, []

    return _along(experts, system, base, "budget_allocation", {}, inside)


def weights_stated(path: Path, system: IndicatorSystem, *, base: WeightProfile | None = None) -> Draft:
    """Return weights from a TOML file whose `[points]` name the indicators, or nodes of the tree.

    Points of all indicators and nothing else are taken as they are, whatever their total. Points of other nodes are
    shares inside the node above, all of whose children must be there; the rest comes from `base`.

    Args:
        path: the file.
        system: the indicator system.
        base: profile whose proportions stay where nothing is stated.

    Raises:
        UsageError: the file is not TOML or names something else.
        DataError: a node has no points and there is no base.
        MethodError: points are negative or not numbers.
    """
    points, inputs = _points(path, system)
    if points.keys() == system.indicators.keys():
        made = stated([points[code] for code in system.indicators]).weights
        weights = dict(zip(system.indicators, made.tolist(), strict=True))
        return Draft(
            method="stated",
            parameters={},
            scope="overall",
            weights=weights,
            inputs=inputs,
            diagnostics=(),
            warnings=(),
        )
    nodes = {}
    for node, children in system.children().items():
        known = [code for code in children if code in points]
        if known and len(known) < len(children):
            raise UsageError("points_wrong", file=path.name, detail=", ".join(known), expected=", ".join(children))
        if known:
            nodes[node] = np.array([points[code] for code in children])
    one = Judgements(file=path.name, sha256=inputs[0].sha256, expert=path.stem, nodes=nodes)
    return _along(
        [one], system, base, "stated", {}, lambda _node, _children, judged: (stated(judged[0][1]).weights, [], [], [])
    )


def _points(path: Path, system: IndicatorSystem) -> tuple[dict[str, float], tuple[MadeFrom, ...]]:
    if not path.is_file():
        raise UnreadableError("no_such_file", file=str(path))
    content = path.read_bytes()
    expected = ", ".join(system.indicators)
    try:
        points = tomllib.loads(content.decode("utf-8")).get("points", {})
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError("points_wrong", file=path.name, detail=str(error), expected=expected) from error
    wrong = [code for code in points if code not in system.indicators and code not in system.dimensions]
    wrong += [code for code, value in points.items() if isinstance(value, bool) or not isinstance(value, (int, float))]
    if wrong or not points:
        raise UsageError("points_wrong", file=path.name, detail=", ".join(wrong) or "[points]", expected=expected)
    return points, (MadeFrom(name=path.name, sha256=hashlib.sha256(content).hexdigest()),)


def _along(
    experts: Sequence[Judgements],
    system: IndicatorSystem,
    base: WeightProfile | None,
    method: str,
    parameters: Mapping[str, Any],
    inside: Inside,
) -> Draft:
    """Return the weights judged inside each node, multiplied along the tree."""
    kept = None if base is None else shares_inside(system, base.weights)
    local: dict[str, Array] = {}
    rows: list[Row] = []
    warnings: list[Label] = []
    problems: list[Problem] = []
    unjudged = []
    for node, children in system.children().items():
        judged = [(expert.expert, expert.nodes[node]) for expert in experts if node in expert.nodes]
        if len(children) == 1:
            local[node] = np.ones(1)
        elif judged:
            try:
                local[node], found, said, wrong = inside(node, children, judged)
            except MethodError as error:
                names = ", ".join(name for name, _ in judged)
                problems.append(_problem("judgement_refused", node, names, **_detail(error)))
                continue
            rows += found
            warnings += said
            problems += wrong
        elif kept is not None:
            local[node] = kept[node]
            unjudged.append(node)
        else:
            problems.append(_problem("judgement_nobody", node))
    if problems:
        raise DataError("judgements_refused", problems)
    if base is not None and unjudged:
        warnings.append(warning("base", base=base.name, nodes=", ".join(unjudged)))
    return Draft(
        method=method,
        parameters=parameters,
        scope="node",
        weights=along_the_tree(system, local),
        inputs=tuple(_inputs(experts, base)),
        diagnostics=rows,
        warnings=warnings,
    )


def _inputs(experts: Sequence[Judgements], base: WeightProfile | None) -> Iterator[MadeFrom]:
    for expert in experts:
        yield MadeFrom(name=expert.file, sha256=expert.sha256)
    if base is not None:
        yield MadeFrom(name=f"{base.name}.toml", sha256=base.sha256)


def _consistency_row(node: str, expert: str, result: AhpWeights) -> Row:
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


def _agreement(node: str, marks: Array, children: Sequence[str]) -> tuple[list[Row], list[Label]]:
    """Return Kendall's W and the largest coefficient of variation of several experts' weights."""
    if len(marks) < 2:  # noqa: PLR2004 - one expert agrees with nobody
        return [], []
    try:
        found = delphi(marks, columns=children)
    except MethodError as error:
        return [], [warning("agreement", node=node, **_detail(error))]
    row: Row = {
        "node": node,
        "expert": _group(),
        "experts": float(len(marks)),
        "concordance": found.concordance,
        "p_value": found.p_value,
        "largest_variation": float(found.variation.max()),
    }
    return [row], []


def _inconsistent(node: str, expert: str, matrix: Array, result: AhpWeights, children: Sequence[str]) -> Problem:
    """Return the refusal of one matrix: its worst triads, and changes that would mend it."""
    triads = inconsistent_triads(matrix, count=SHOWN)
    repairs = suggest_repairs(matrix, limit=result.limit, most=SHOWN, random_index=_table(result))
    facts: dict[str, Fact] = {"ratio": f"{result.consistency_ratio:.4f}", "limit": result.limit}
    for language in text.LANGUAGES:
        shown = [
            text.sentence(
                "weights.triad",
                language,
                first=children[item.first],
                second=children[item.second],
                third=children[item.third],
                direct=_fraction(item.direct),
                implied=_fraction(item.implied),
            )
            for item in triads
        ]
        changes = [
            text.sentence(
                "weights.repair",
                language,
                row=children[item.row],
                column=children[item.column],
                given=_fraction(item.given),
                suggested=_fraction(item.suggested),
                after=f"{item.ratio_after:.3f}",
            )
            for item in repairs
        ]
        facts[f"triads_{language}"] = "; ".join(shown)
        facts[f"repairs_{language}"] = "; ".join(changes) or text.sentence("weights.nothing", language)
    return _problem("judgement_inconsistent", node, expert, **facts)


def _table(result: AhpWeights) -> Any:  # noqa: ANN401 - one of the names ahp has checked
    return result.random_index


def _fraction(value: float) -> str:
    """Return a judgement as experts write it: 3 or 1/3, or a decimal for what the scale does not have."""
    near = Fraction(value).limit_denominator(9)
    return str(near) if abs(float(near) - value) < 1e-9 else f"{value:.3g}"  # noqa: PLR2004 - rounding of 1/3


def _problem(code: str, node: str, expert: str = "", **facts: Fact) -> Problem:
    return Problem(severity="error", code=code, field=node, facts={"expert": expert, **facts})


def _detail(error: MethodError) -> dict[str, Fact]:
    return {f"detail_{language}": error.message(language) for language in text.LANGUAGES}


def _group() -> str:
    return "*"
