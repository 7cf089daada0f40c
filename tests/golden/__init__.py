"""Golden runs: what the shipped samples came to, kept as tables, so that no change moves a score unseen.

Text, ranks and grades must be equal, numbers to a billionth: the last bits may move with a new polars.
`python -m tests.golden` writes the tables anew; the difference is read before it is committed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

import evalengine as ee
from evalengine.assessment import Assessment
from evalengine.scheme.shipped import shipped

FOLDER = Path(__file__).parent
SAMPLES = ["2023", "2024", "2025"]
PROFILES = ["jiangsu", "beijing", "shanghai", "shenzhen"]
CORE = "jiangsu-core"
WHOLE = ("ranking", "values", "scores", "items", "adjustments", "differences", "evidence")  # of one run
TABLES = ("ranking", "scores")  # of the others


def runs() -> Mapping[str, tuple[str, ...]]:
    """Return the name of each run, `year-profile`, and the tables kept of it."""
    names = [f"2025-{profile}" for profile in (*PROFILES, CORE)] + [f"{year}-jiangsu" for year in SAMPLES[:-1]]
    return {name: WHOLE if name == "2025-jiangsu" else TABLES for name in names}


def assessed(name: str) -> Assessment:
    """Return the assessment of a run."""
    year, profile_name = name.split("-", 1)
    system = ee.load_indicators("innovation-consortium-core" if profile_name == CORE else "innovation-consortium")
    profile = ee.load_weights(profile_name, system)
    return ee.assess(ee.read_dataset(shipped("sample_data") / year, system), system, profile)


def flat(table: pl.DataFrame) -> pl.DataFrame:
    """Return a table whose lists are text, as CSV can hold it."""
    lists = [name for name, kind in table.schema.items() if isinstance(kind, pl.List)]
    return table.with_columns(pl.col(lists).cast(pl.List(pl.String)).list.join("|")) if lists else table


def place(name: str, table: str) -> Path:
    """Return the file of a table."""
    return FOLDER / f"{name}.{table}.csv"
