"""The small system of the tests, and data for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from evalengine import Assessment, Dataset, IndicatorSystem, WeightProfile, assess, load_indicators, load_weights

DATA = Path(__file__).parent / "data"
YEAR = 2025

# A plain unit: every figure there, every score easy to see.
#   intensity 100*30/1000 = 3      -> base mark 60        weight .2
#   money 500                      -> 50                  weight .1
#   coverage 100*3/4 = 75          -> 75                  weight .3
#   completion 100*4/5 = 80        -> 80                  weight .2
#   capped LEAST(1, 2) = 1         -> 50                  weight .1
#   opinion (70 + 80 + 90)/3 = 80  -> 80                  weight .1
PLAIN: Mapping[str, object] = {
    "unit": "U1",
    "name": "Unit 1",
    "group": "G",
    "year": YEAR,
    "spent": 30.0,
    "revenue": 1000.0,
    "budget": 500.0,
    "covered": 3.0,
    "listed": 4.0,
    "done": 4.0,
    "started": 5.0,
    "away": 1.0,
    "opinions": "70;80;90",
}
PLAIN_TOTAL = 0.2 * 60 + 0.1 * 50 + 0.3 * 75 + 0.2 * 80 + 0.1 * 50 + 0.1 * 80


def small() -> tuple[IndicatorSystem, WeightProfile]:
    system = load_indicators(DATA / "small.toml")
    return system, load_weights(DATA / "small-weights.toml", system)


def flat(*rows: Mapping[str, object]) -> pl.DataFrame:
    """Return a flat table of plain units, each with its own changes."""
    complete = [
        {**PLAIN, "V1": None, "V4": None, "P1": None, "P2": None, "N1": None, "N2": None, **row} for row in rows
    ]
    names = list(dict.fromkeys(name for row in complete for name in row))
    kinds = dict.fromkeys(("unit", "name", "group", "opinions"), pl.String) | {"year": pl.Int64}
    return pl.DataFrame(complete, schema={name: kinds.get(name, pl.Float64) for name in names})


def assess_flat(
    *rows: Mapping[str, object], system: IndicatorSystem | None = None, profile: WeightProfile | None = None
) -> Assessment:
    own_system, own_profile = small()
    chosen = system or own_system
    return assess(Dataset.from_fields(flat(*rows), chosen), chosen, profile or own_profile, year=YEAR)


def score_of(result: Assessment, node: str, unit: str = "U1") -> float | None:
    rows = result.scores.filter((pl.col("unit") == unit) & (pl.col("node") == node))
    found: float | None = rows["score"][0]
    return found


def weight_of(result: Assessment, node: str, unit: str = "U1") -> float:
    rows = result.scores.filter((pl.col("unit") == unit) & (pl.col("node") == node))
    return float(rows["weight"][0])


def status_of(result: Assessment, indicator: str, unit: str = "U1") -> str:
    rows = result.values.filter((pl.col("unit") == unit) & (pl.col("indicator") == indicator))
    return str(rows["status"][0])


def row_of(result: Assessment, unit: str = "U1") -> Mapping[str, object]:
    return result.ranking.filter(pl.col("unit") == unit).row(0, named=True)


def codes(result: Assessment) -> Sequence[str]:
    return [problem.code for problem in result.problems]
