"""Weights that people judged: pairwise, best-worst, budgets of points, or stated; node by node along the tree."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evalengine.analysis.weights.consistency import GROUP, agreement, consistency_row, detail, inconsistent, problem
from evalengine.analysis.weights.tree import Array, Draft, Row, along_the_tree, shares_inside, warning
from evalengine.errors import DataError, MethodError, Problem, UnreadableError, UsageError
from evalengine.intake.judgements import BUDGET, Judgements
from evalengine.methods.ahp_group import ahp_group
from evalengine.methods.best_worst import best_worst
from evalengine.methods.weighting import budget_allocation, stated
from evalengine.scheme.model import IndicatorSystem, MadeFrom, WeightProfile
from evalengine.text import Label

LIMIT = 0.1
Problems = list[Problem]
Inside = Callable[[str, Sequence[str], Sequence[Judgements]], tuple[Array, list[Row], list[Label], Problems]]


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
        node: str, children: Sequence[str], judged: Sequence[Judgements]
    ) -> tuple[Array, list[Row], list[Label], Problems]:
        shares = None if own is None else [own[k] for k, expert in enumerate(experts) if node in expert.nodes]
        made = ahp_group([expert.nodes[node] for expert in judged], expert_weights=shares, columns=children, **settings)
        rows, warned, problems = [], [], []
        for expert, result in zip(judged, made.experts, strict=True):
            rows.append(consistency_row(node, expert.expert, result))
            if result.consistent:
                continue
            if accept_inconsistent:
                ratio = f"{result.consistency_ratio:.4f}"
                warned.append(warning("inconsistent", expert=expert.expert, node=node, ratio=ratio, limit=result.limit))
            else:
                problems.append(inconsistent(system, node, expert, result, children))
        if made.group is not None and len(judged) > 1:
            rows.append(consistency_row(node, GROUP, made.group))
        found, said = agreement(node, np.stack([result.weights for result in made.experts]), children)
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
        node: str, children: Sequence[str], judged: Sequence[Judgements]
    ) -> tuple[Array, list[Row], list[Label], Problems]:
        made = [best_worst(*expert.nodes[node]) for expert in judged]
        rows: list[Row] = []
        warned = []
        for expert, result in zip(judged, made, strict=True):
            facts: Row = {"deviation": result.deviation, "input_consistency": result.consistency_ratio}
            rows.append({"node": node, "expert": expert.expert, **facts})
            if result.consistency_ratio > LIMIT:
                ratio = f"{result.consistency_ratio:.4f}"
                warned.append(warning("loose", expert=expert.expert, node=node, ratio=ratio, limit=LIMIT))
        own = np.stack([result.weights for result in made])
        found, said = agreement(node, own, children)
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
        node: str, children: Sequence[str], judged: Sequence[Judgements]
    ) -> tuple[Array, list[Row], list[Label], Problems]:
        points = np.stack([expert.nodes[node] for expert in judged])
        made = budget_allocation(points, budget=BUDGET, columns=children)
        rows: list[Row] = [
            {"node": node, "child": child, "lowest": float(low), "highest": float(high), "spread": float(spread)}
            for child, low, high, spread in zip(children, made.lowest, made.highest, made.spread, strict=True)
        ]
        found, said = agreement(node, points, children)
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
        [one], system, base, "stated", {}, lambda node, _, judged: (stated(judged[0].nodes[node]).weights, [], [], [])
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
    if not isinstance(points, dict):
        raise UsageError("points_wrong", file=path.name, detail=f"points = {points}", expected=expected)
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
    warnings = _signed_alike(experts)
    problems = [problem("judgement_twice", "", same) for same in _copies(experts)]
    unjudged = []
    for node, children in system.children().items():
        judged = [expert for expert in experts if node in expert.nodes]
        if len(children) == 1:
            local[node] = np.ones(1)
        elif judged:
            try:
                local[node], found, said, wrong = inside(node, children, judged)
            except MethodError as error:
                problems.append(problem("judgement_refused", node, judged, **detail(error)))
                continue
            rows += found
            warnings += said
            problems += wrong
        elif kept is not None:
            local[node] = kept[node]
            unjudged.append(node)
        else:
            problems.append(problem("judgement_nobody", node))
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


def _copies(experts: Sequence[Judgements]) -> list[list[Judgements]]:
    """Return the workbooks that are copies of one another: one expert would count twice."""
    by_content: dict[str, list[Judgements]] = {}
    for expert in experts:
        by_content.setdefault(expert.sha256, []).append(expert)
    return [same for same in by_content.values() if len(same) > 1]


def _signed_alike(experts: Sequence[Judgements]) -> list[Label]:
    """Return warnings about different workbooks under one name: a correction that came late, or two people."""
    files: dict[str, list[str]] = {}
    for expert in experts:
        files.setdefault(expert.expert, []).append(expert.file)
    return [warning("one_name", expert=name, files=", ".join(own)) for name, own in files.items() if len(own) > 1]


def _inputs(experts: Sequence[Judgements], base: WeightProfile | None) -> Iterator[MadeFrom]:
    for expert in experts:
        yield MadeFrom(name=expert.file, sha256=expert.sha256)
    if base is not None:
        yield MadeFrom(name=f"{base.name}.toml", sha256=base.sha256)
