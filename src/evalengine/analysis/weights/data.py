"""Weights derived from the scores of a run; they describe the sample, and say how far they can be trusted."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from evalengine.analysis.weights.tree import Array, Draft, Row, Scope, along_the_tree, warning
from evalengine.errors import MethodError, UsageError
from evalengine.methods.registry import Method, methods, unknown_parameters
from evalengine.methods.weight_stability import LEAST_UNITS, leave_one_out
from evalengine.methods.weighting import Weights
from evalengine.runs import run_facts, run_table, table_place
from evalengine.scheme.model import TOTAL, IndicatorSystem, MadeFrom
from evalengine.text import Label

PER_UNIT = "benefit_of_doubt"  # weights of its own for each unit: no profile
MOST_LEFT_OUT = 200  # units up to which each is left out in turn
NOISE_DRAWS, NOISE_SEED = 40, 0  # samples of pure noise the weights are compared with
NOISE_FACTOR = 2.0  # spread of noise weights from which on a sample counts as small
SHIFT_LIMIT = 0.5  # change of one weight by one unit, in equal weights, that is worth a warning


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """The scores of a run.

    Attributes:
        units: the units ranked, sorted.
        scores: per node (units,), NaN where it does not apply or, for an indicator, was not verified to be there.
        vetoed: units with a veto, which are not used.
        inputs: the files read.
    """

    units: tuple[str, ...]
    scores: Mapping[str, Array]
    vetoed: tuple[str, ...]
    inputs: tuple[MadeFrom, ...]


def data_driven() -> dict[str, Method]:
    """Return the weighting methods that take a matrix of units and indicators."""
    found = {}
    for item in methods():
        first = next(iter(inspect.signature(item.function).parameters))
        if item.kind == "weighting" and first == "matrix" and item.name != PER_UNIT:
            found[item.name] = item
    return found


def weights_from_run(
    run: Path,
    system: IndicatorSystem,
    method: str,
    *,
    scope: Scope = "overall",
    parameters: Mapping[str, Any] | None = None,
) -> Draft:
    """Return weights derived from the scores of an assessment, with what they hang on.

    Scores count, not raw values: direction and scale are settled there. Units with a veto are not used, and neither
    are, where they are compared, units with a value that is missing or does not apply: its 0 points are no
    performance.

    Args:
        run: a run folder.
        system: the indicator system of the run.
        method: one of `data_driven()`.
        scope: `overall`, all indicators at once, or `node`, the children of each node by their scores, multiplied
            along the tree; above the indicators these are scores under the run's own weights.
        parameters: settings of the method.

    Raises:
        UsageError: no such method, no run folder, or one of another system, or too few complete units.
        MethodError: the method has no answer, or no such setting.
    """
    known = data_driven()
    if method not in known:
        raise UsageError("not_data_driven", method=method, known=", ".join(known))
    settings = dict(parameters or {})
    for name in unknown_parameters(known[method], settings):
        raise MethodError("unknown_parameter", method=method, name=name, known=", ".join(known[method].parameters))
    sample = read_sample(run, system)
    rows: list[Row] = []
    said: list[Label] = []
    groups = {TOTAL: tuple(system.indicators)} if scope == "overall" else system.children()
    local = {}
    for node, codes in groups.items():
        local[node] = _weights_of(sample, node, codes, known[method], settings, rows, said)
    if scope == "overall":
        weights = dict(zip(system.indicators, local[TOTAL].tolist(), strict=True))
    else:
        weights = along_the_tree(system, local)
    return Draft(
        method=method,
        parameters=settings,
        scope=scope,
        weights=weights,
        inputs=sample.inputs,
        diagnostics=rows,
        warnings=list(dict.fromkeys(said)),
    )


def read_sample(run: Path, system: IndicatorSystem) -> Sample:
    """Return the scores of a run's ranked units.

    Raises:
        UsageError: the folder is no run, was touched, or is one of another indicator system.
    """
    manifest = run_facts(run)
    found = manifest["system"]["name"]
    if found != system.name:
        raise UsageError("run_of_other_system", folder=str(run), found=found, wanted=system.name)
    ranking, values, every = (run_table(run, name, manifest) for name in ("ranking", "values", "scores"))
    vetoed = ranking.filter(pl.col("rank").is_null())["unit"].sort()
    missing = values.filter(pl.col("status") != "ok").select("unit", pl.col("indicator").alias("node"))
    scores = every.join(missing, on=["unit", "node"], how="anti")
    table = scores.filter(~pl.col("unit").is_in(vetoed.to_list()))
    units = tuple(ranking.filter(pl.col("rank").is_not_null())["unit"].sort().to_list())
    places = {unit: place for place, unit in enumerate(units)}
    columns = {code: np.full(len(units), np.nan) for code in (*system.dimensions, *system.indicators)}
    for unit, node, score in table.select("unit", "node", "score").iter_rows():
        if node in columns and score is not None:
            columns[node][places[unit]] = score
    inputs = tuple(
        MadeFrom(name=f"{run.name}/{place}", sha256=manifest["outputs"][place]["sha256"])
        for place in map(table_place, ("scores", "values", "ranking"))
    )
    return Sample(units=units, scores=columns, vetoed=tuple(vetoed.to_list()), inputs=inputs)


def _weights_of(
    sample: Sample,
    node: str,
    codes: Sequence[str],
    found: Method,
    settings: Mapping[str, Any],
    rows: list[Row],
    said: list[Label],
) -> Array:
    """Return the weights of some nodes by their scores; note ranges in `rows`, warnings in `said`."""
    if len(codes) == 1:
        return np.ones(1)
    matrix = np.column_stack([sample.scores[code] for code in codes])
    complete: NDArray[np.bool_] = np.logical_not(np.isnan(matrix).any(axis=1))
    units = [unit for unit, whole in zip(sample.units, complete.tolist(), strict=True) if whole]
    left_out = sorted({*sample.units, *sample.vetoed} - set(units))
    if left_out:
        said.append(warning("left_out", count=len(left_out), units=", ".join(left_out)))
    if len(units) < LEAST_UNITS:
        raise UsageError("few_complete_units", node=node, units=len(units))

    def weigh(part: Array) -> Weights:
        made: Weights = found.function(part, columns=codes, **settings)
        return made

    made = weigh(matrix[complete])
    same: Array = getattr(made, "constant", np.zeros(len(codes)))
    constant = [code for code, still in zip(codes, same.tolist(), strict=True) if still]
    if constant:
        said.append(warning("constant", node=node, indicators=", ".join(constant)))
    low, high = _noise(weigh, len(units), len(codes))
    if not high <= NOISE_FACTOR * low:
        facts = {"lowest": f"{low:.3f}", "highest": f"{high:.3f}"}
        said.append(warning("small_sample", units=len(units), indicators=len(codes), **facts))
    elif len(units) <= len(codes):
        said.append(warning("few_units", node=node, units=len(units), indicators=len(codes)))
    rows.append({"node": node, "units": float(len(units)), "noise_lowest": low, "noise_highest": high})
    rows += _ranges(weigh, matrix[complete], node, codes, units, made.weights, said)
    return made.weights


def _ranges(
    weigh: Callable[[Array], Weights],
    matrix: Array,
    node: str,
    codes: Sequence[str],
    units: Sequence[str],
    weights: Array,
    said: list[Label],
) -> list[Row]:
    """Return each weight with its range as every unit in turn is left out."""
    if len(units) > MOST_LEFT_OUT:
        said.append(warning("no_range", most=MOST_LEFT_OUT))
        pairs = zip(codes, weights.tolist(), strict=True)
        return [{"node": node, "child": code, "weight": weight} for code, weight in pairs]
    found = leave_one_out(weigh, matrix)
    if found.largest_shift > SHIFT_LIMIT:
        facts = {"unit": units[found.unit], "indicator": codes[found.indicator]}
        said.append(warning("one_unit", node=node, shift=f"{found.largest_shift:.2f}", **facts))
    figures = zip(codes, weights.tolist(), found.lowest.tolist(), found.highest.tolist(), strict=True)
    return [
        {"node": node, "child": code, "weight": w, "lowest": low, "highest": high} for code, w, low, high in figures
    ]


def _noise(weigh: Callable[[Array], Weights], units: int, indicators: int) -> tuple[float, float]:
    """Return the smallest and largest weight that noise gives: medians over samples of uniform scores, 0 to 100."""
    random = np.random.Generator(np.random.PCG64(NOISE_SEED))
    ends = []
    for _ in range(NOISE_DRAWS):
        try:
            weights = weigh(random.uniform(0.0, 100.0, (units, indicators))).weights
        except MethodError:
            continue  # some methods refuse noise, which has no common factor
        ends.append((weights.min(), weights.max()))
    low, high = np.median(ends, axis=0) if ends else (0.0, 1.0)
    return float(low), float(high)
