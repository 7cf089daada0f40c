"""What was handed in to prove each indicator, and what missing or rejected evidence costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from evalengine.derivation import State, Values
from evalengine.errors import Fact, Problem
from evalengine.intake.columns import EVIDENCE, columns_of, named
from evalengine.intake.dataset import Dataset
from evalengine.scheme.model import EvidenceCost, IndicatorSystem

PRESENT = "present"
SCHEMA: Mapping[str, type[pl.DataType]] = {
    "unit": pl.String,
    "indicator": pl.String,
    "status": pl.String,
    "unverified": pl.Boolean,
    "value": pl.Float64,
    "penalty": pl.String,
    "note": pl.String,
    "file": pl.String,
    "verifier": pl.String,
    "date": pl.Date,
}
COSTS_A_POINT = (State.OK, State.UNVERIFIED)  # where no figure was handed in there is nothing to prove


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tracked:
    """The evidence of the assessed year and what it did to the values.

    Attributes:
        values: the values that may be scored.
        frame: one row per unit and indicator that is tracked, by unit and in the order of the system: `unit,
            indicator, status, unverified, value, penalty, note, file, verifier, date`; `unverified` says that `value`,
            as verified, was taken away, `penalty` is the penalty item it is one occurrence of, or empty.
        problems: one warning for each indicator whose evidence is missing or was rejected.
    """

    values: Values
    frame: pl.DataFrame
    problems: tuple[Problem, ...]


def track(
    values: Values,
    tables: Mapping[str, pl.DataFrame],
    system: IndicatorSystem,
    *,
    units: Sequence[str],
    year: int,
    data: Dataset,
) -> Tracked:
    """Return the evidence of the assessed year; values it does not stand for are unverified.

    Args:
        values: indicator values as verified.
        tables: the verified tables; without a table `evidence` nothing is tracked.
        system: the indicator system, which says what missing and rejected evidence costs.
        units: ids of the assessed units, in the order of the values.
        year: the assessed year.
        data: the submitted data, which know the cells.
    """
    if EVIDENCE not in tables:
        return Tracked(values=values, frame=pl.DataFrame(schema=SCHEMA), problems=())
    costs = {"missing": system.evidence.missing, "rejected": system.evidence.rejected, PRESENT: EvidenceCost()}
    codes, places = list(system.indicators), {unit: place for place, unit in enumerate(units)}
    matrix, states = values.matrix.copy(), values.states.copy()
    rows: list[tuple[tuple[str, int], dict[str, Any]]] = []
    problems: dict[tuple[str, int], list[Problem]] = {}
    for row in tables[EVIDENCE].filter(pl.col("year") == year).iter_rows(named=True):
        unit, indicator, status = row["unit"], row["indicator"], row["status"]
        if unit not in places or indicator not in system.indicators or status not in costs:
            continue  # another unit, an indicator this system leaves out, or a cell refused with its own problem
        key = (unit, codes.index(indicator))
        at, cost = (key[1], places[unit]), costs[status]
        penalty = cost.penalty if states[at] in COSTS_A_POINT else ""
        unverified = cost.unverified and bool(states[at] == State.OK)
        value = float(matrix[at]) if unverified else None
        if unverified:
            matrix[at], states[at] = float("nan"), State.UNVERIFIED
        shown = {name: row[name] for name in SCHEMA if name in row}
        rows.append((key, {**shown, "unverified": unverified, "value": value, "penalty": penalty}))
        if status != PRESENT:
            problems[key] = list(_problems(row, data, system, unverified=unverified, penalty=penalty))
    rows.sort(key=lambda item: item[0])
    return Tracked(
        values=Values(matrix=matrix, states=states, left=values.left),
        frame=pl.DataFrame([row for _, row in rows], schema=SCHEMA),
        problems=tuple(problem for key in sorted(problems) for problem in problems[key]),
    )


def _problems(
    row: Mapping[str, Any], data: Dataset, system: IndicatorSystem, *, unverified: bool, penalty: str
) -> Iterator[Problem]:
    """Yield what this row costs, one warning for each cost; one that it costs nothing."""
    status = columns_of(system, EVIDENCE)["status"].choices.get(row["status"])
    facts: dict[str, Fact] = {
        **named("label", [(row["indicator"], system.indicators[row["indicator"]].label)]),
        **(named("status", [(row["status"], status)]) if status else dict.fromkeys(("status_zh", "status_en"), "")),
        "penalty": penalty,
    }
    costs = {"evidence_unverified": unverified, "evidence_penalised": bool(penalty)}
    file, sheet, cell = data.place(row, "status")
    for code in [name for name, costly in costs.items() if costly] or ["evidence_listed"]:
        yield Problem(
            severity="warning",
            code=code,
            file=file,
            sheet=sheet,
            cell=cell,
            table=EVIDENCE,
            field=row["indicator"],
            unit=row["unit"],
            year=row["year"],
            value=row["status"],
            facts=facts,
        )
