"""Assessments to report: the shipped sample, and any number of units made from the worked example."""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from evalengine.assessment import Assessment, assess
from evalengine.intake.dataset import Dataset
from evalengine.intake.reading import read_dataset
from evalengine.scheme.loading import load_indicators, load_weights
from evalengine.scheme.shipped import shipped

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LONG_NAME = "江苏省超长名称示范创新联合体" * 6  # 84 characters


@pytest.fixture(scope="session")
def sample() -> Assessment:
    system = load_indicators()
    data = read_dataset(shipped("sample_data") / "2025", system)
    return assess(data, system, load_weights("jiangsu", system))


@pytest.fixture(scope="session")
def browser() -> str:
    found = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if found is None:
        assert "CI" not in os.environ, "no Chromium: the page cannot be tested"
        pytest.skip("no Chromium on this machine")
    return found


@pytest.fixture(scope="session")
def many() -> Callable[[int], Assessment]:
    return _many


@pytest.fixture(scope="session")
def renamed() -> Callable[[Assessment, Sequence[str]], Assessment]:
    return _renamed


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "ranking.xlsx"


def _many(count: int) -> Assessment:
    """Return an assessment of so many units with long names, in groups of at most forty."""
    system = load_indicators()
    path = shipped("sample_data") / "worked-example.csv"
    first = pl.read_csv(path, infer_schema_length=0).row(0, named=True)
    rows: list[dict[str, Any]] = []
    for place in range(count):
        changed = {"unit": f"U{place:04d}", "name": f"{LONG_NAME}{place}", "group": f"第{place // 40 + 1}组"}
        contracts = str(1000 + 7919 * place % 9000)
        rows.append({**first, **changed, "tech_contract_value_reg": contracts})
    data = Dataset.from_fields(pl.DataFrame(rows), system)
    return assess(data, system, load_weights("jiangsu", system))


def _renamed(assessment: Assessment, names: Sequence[str]) -> Assessment:
    """Return the assessment with other names of units."""
    ranking = assessment.ranking.with_columns(pl.Series("name", names))
    return dataclasses.replace(assessment, ranking=ranking)
