"""The assessment as a whole: the worked example, the sample, the same bits by every way in and on any threads."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import evalengine as ee
from evalengine.scheme.loading import profiles_of
from evalengine.scheme.shipped import shipped
from tests.small import assess_flat

SAMPLE = shipped("sample_data")
WORKED = {"jiangsu": 82.43, "beijing": 83.69, "shanghai": 81.29, "shenzhen": 83.17}
UNROUNDED = {"jiangsu": 82.425778, "beijing": 83.694048, "shanghai": 81.292396, "shenzhen": 83.166261}
RESULTS = ("ranking", "values", "scores", "fields", "items", "adjustments", "differences", "evidence")


@pytest.fixture(scope="module")
def system():
    return ee.load_indicators()


@pytest.fixture(scope="module")
def sample(system):
    return ee.read_dataset(SAMPLE / "2025", system)


@pytest.mark.parametrize(("name", "score"), WORKED.items())
def test_the_worked_example_by_api_and_command(system, name, score):
    profile = ee.load_weights(name, system)
    result = ee.assess(ee.read_dataset(SAMPLE / "worked-example.csv", system), system, profile, year=2025)
    assert result.ranking["score"].to_list() == [score]
    assert result.ranking["total"][0] == pytest.approx(UNROUNDED[name], abs=5e-7)
    arguments = [sys.executable, "-m", "evalengine", "assess", str(SAMPLE / "worked-example.csv"), "--weights", name]
    done = subprocess.run([*arguments, "--dry-run", "--json"], capture_output=True, check=True, encoding="utf-8")
    printed = json.loads(done.stdout)["ranking"][0]
    assert printed["total"] == result.ranking["total"][0]  # to the last bit
    assert printed["score"] == score


@pytest.mark.parametrize("name", WORKED)
def test_ten_consortia_ranked_and_graded_under_every_profile(system, sample, name):
    result = ee.assess(sample, system, ee.load_weights(name, system))
    assert result.year == 2025
    assert result.ranking.height == 10
    assert result.ranking["rank"].drop_nulls().len() == 9  # one veto
    assert set(result.ranking["grade"]) <= {"excellent", "good", "pass", "fail"}
    weighted = result.scores.filter(pl.col("level") == 0)["score"].to_list()
    assert sorted(weighted) == sorted(result.ranking["weighted"].to_list())


def frames(data) -> dict[str, pl.DataFrame]:
    return {name: table.drop("_file", "_sheet", "_row") for name, table in data.tables.items()}


@pytest.mark.parametrize("way", ["csv", "parquet", "tables", "one workbook each in another order"])
def test_the_same_bits_by_every_way_in(system, sample, tmp_path, way):
    profile = ee.load_weights("jiangsu", system)
    expected = ee.assess(sample, system, profile)
    if way == "csv":
        for name, table in frames(sample).items():
            table.write_csv(tmp_path / f"{name}.csv")
        data = ee.read_dataset(tmp_path, system)
    elif way == "parquet":
        for name, table in frames(sample).items():
            table.write_parquet(tmp_path / f"{name}.parquet")
        data = ee.read_dataset(tmp_path, system)
    elif way == "tables":
        data = ee.Dataset.from_tables(frames(sample), system)
    else:
        data = ee.read_dataset(sorted((SAMPLE / "2025").glob("*.xlsx"), reverse=True), system)
    found = ee.assess(data, system, profile)
    for name in RESULTS:
        assert getattr(found, name).equals(getattr(expected, name)), name


def test_the_same_bits_from_a_flat_table_of_the_fields(system, sample):
    """A flat table of the verified fields scores as the records they were derived from."""
    profile = ee.load_weights("jiangsu", system)
    expected = ee.assess(sample, system, profile)
    experts = {code for code, item in system.fields.items() if item.experts}
    figures = expected.fields.filter(~pl.col("field").is_in(experts)).pivot(
        on="field", index=["unit", "year"], values="value"
    )
    named = sample.tables["consortia"].select("unit", "name", "group")
    listed = sample.tables["experts"].filter(~pl.col("recused") & pl.col("score").is_not_null())
    for code, item in (("expert_ip_scores", "ip"), ("expert_fit_scores", "fit")):
        texts = (
            listed.filter(pl.col("item") == item)
            .group_by("unit", "year", maintain_order=True)
            .agg(pl.col("score").map_elements(repr, return_dtype=pl.String).str.join(";").alias(code))
        )
        figures = figures.join(texts, on=["unit", "year"], how="left")
    flat = figures.join(named, on="unit", how="left").sort("unit", "year")
    flat = flat.filter(pl.col("year") <= 2025)
    none = expected.values.filter(pl.col("status") == "not_applicable")["unit"].unique().to_list()
    nodes = [code for code, item in system.fields.items() if item.table == "chain_nodes"]
    flat = flat.with_columns(
        pl.when(pl.col("unit").is_in(none)).then(0.0).otherwise(pl.col(code)).alias(code) for code in nodes
    )
    data = ee.Dataset.from_tables({"fields": flat, "evidence": frames(sample)["evidence"]}, system)
    result = ee.assess(data, system, profile, year=2025)
    key = ["unit", "indicator"]
    joined = expected.values.select(*key, "value").join(result.values.select(*key, "value"), on=key, suffix="_flat")
    assert joined.height == 10 * 40
    assert joined["value"].equals(joined["value_flat"].rename("value"))


@pytest.mark.parametrize("threads", ["1", "2"])
def test_the_same_bits_on_any_number_of_threads(tmp_path, threads):
    environment = {
        **os.environ,
        "NUMBA_NUM_THREADS": threads,
        "POLARS_MAX_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        "EVALENGINE_LANG": "zh",
    }
    run = tmp_path / "run"
    arguments = [sys.executable, "-m", "evalengine", "assess", str(SAMPLE / "2025"), "-o", str(run)]
    subprocess.run(arguments, capture_output=True, check=True, env=environment)
    assert digests(run) == digests(reference_run(tmp_path.parent))


def reference_run(folder: Path) -> Path:
    run = folder / "reference"
    if not run.exists():
        system = ee.load_indicators()
        profiles = sorted(profiles_of(system), key=lambda profile: profile.name != "jiangsu")
        result, *others = ee.assess_profiles(ee.read_dataset(SAMPLE / "2025", system), system, profiles)
        ee.write_run(result, run, others=others)
    return run


def digests(run: Path) -> dict[str, str]:
    files = sorted(path for path in run.rglob("*") if path.is_file())
    return {path.relative_to(run).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_errors_stop_the_assessment_all_at_once():
    with pytest.raises(ee.DataError) as caught:
        assess_flat({"done": -1.0, "spent": float("inf")}, {"unit": "U2", "done": 6.0})
    found = {(problem.unit, problem.field) for problem in caught.value.problems}
    assert len(found) >= 3
    assert caught.value.exit_code == 1


def test_no_unit_of_the_year_is_an_error():
    system, profile = ee.load_indicators(), None
    profile = ee.load_weights("jiangsu", system)
    data = ee.read_dataset(SAMPLE / "worked-example.csv", system)
    with pytest.raises(ee.DataError) as caught:
        ee.assess(data, system, profile, year=2019)
    assert "no_units" in {problem.code for problem in caught.value.problems}


def test_data_without_a_year_say_so_in_sentences_that_name_a_place(tmp_path):
    (tmp_path / "a.csv").write_text("x;y\n1;2\n", encoding="utf-8")
    system = ee.load_indicators()
    found = ee.check(ee.read_dataset(tmp_path, system), system)
    assert "no_year" in {problem.code for problem in found}
    lines = [problem.line("zh") for problem in found]
    assert not [line for line in lines if " ：" in line or "0年" in line]


def test_the_run_id_names_everything_that_counts(system, sample):
    first = ee.assess(sample, system, ee.load_weights("jiangsu", system)).provenance
    second = ee.assess(sample, system, ee.load_weights("beijing", system)).provenance
    assert len(first.run_id) == 64
    assert first.run_id != second.run_id
    assert {"python", "polars", "numba", "evalengine"} <= first.versions.keys()
    assert len(first.sources) == 11
