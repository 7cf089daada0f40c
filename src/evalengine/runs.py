"""Run folders, read again: the tables an assessment left, with the scheme it was made with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from evalengine.errors import UsageError
from evalengine.scheme.loading import load_indicators, load_weights
from evalengine.scheme.model import IndicatorSystem, WeightProfile

MANIFEST = "manifest.json"
FACTS = ("name", "sha256")  # of the scheme a run was made with


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """What a run folder holds of an assessment; the tables are those of `Assessment`.

    Attributes:
        run_id: SHA-256 of everything it was made from.
        system: the indicator system, from the run's own copy.
        profile: the weight profile, likewise.
        year: the assessed year.
    """

    run_id: str
    system: IndicatorSystem
    profile: WeightProfile
    year: int
    ranking: pl.DataFrame
    values: pl.DataFrame
    scores: pl.DataFrame
    treated: pl.DataFrame
    items: pl.DataFrame
    adjustments: pl.DataFrame
    evidence: pl.DataFrame


TABLES = ("ranking", "values", "scores", "treated", "items", "adjustments", "evidence")


def read_run(folder: str | Path) -> Run:
    """Return what a run folder holds.

    Args:
        folder: what `write_run` wrote.

    Raises:
        UsageError: the folder is no run, a table is not the one written, or its scheme cannot be had again.
    """
    run = Path(folder)
    manifest = run_facts(run)
    stated = {kind: manifest[kind] for kind in ("system", "profile")}
    system = load_indicators(run / "inputs" / "indicators" / f"{stated['system']['name']}.toml")
    profile = load_weights(run / "inputs" / "weights" / f"{stated['profile']['name']}.toml", system)
    for kind, loaded in (("system", system), ("profile", profile)):
        if loaded.sha256 != stated[kind]["sha256"]:
            raise UsageError("run_of_other_edition", folder=str(run), system=stated[kind]["name"])
    tables = {name: run_table(run, name, manifest) for name in TABLES}
    year, named = int(manifest["options"]["year"]), pl.read_parquet_metadata(run / table_place("ranking"))["run_id"]
    if manifest["run_id"] != named or not (tables["ranking"]["year"] == year).all():
        raise UsageError("run_touched", folder=str(run), file=MANIFEST)
    return Run(run_id=named, system=system, profile=profile, year=year, **tables)


def run_facts(run: Path) -> Mapping[str, Any]:
    """Return the manifest of a run folder.

    Raises:
        UsageError: it is none, or its manifest is not whole.
    """
    path = run / MANIFEST
    try:
        manifest: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        texts = [manifest["run_id"], *(manifest[kind][fact] for kind in ("system", "profile") for fact in FACTS)]
        texts += [output["sha256"] for output in manifest["outputs"].values()]
        int(manifest["options"]["year"])
    except (OSError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError) as error:
        raise UsageError("not_a_run", folder=str(run), file=path.name) from error
    if not all(isinstance(text, str) for text in texts):
        raise UsageError("not_a_run", folder=str(run), file=path.name)
    return manifest


def run_table(run: Path, name: str, manifest: Mapping[str, Any]) -> pl.DataFrame:
    """Return a table of a run folder, with its manifest.

    Raises:
        UsageError: it is not there, or not the one that was written.
    """
    place = table_place(name)
    path = run / place
    if not path.is_file():
        raise UsageError("not_a_run", folder=str(run), file=place)
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != manifest["outputs"].get(place, {}).get("sha256"):
        raise UsageError("run_touched", folder=str(run), file=place)
    return pl.read_parquet(content)


def table_place(table: str) -> str:
    """Return where a table stands in a run folder."""
    return f"tables/{table}.parquet"
