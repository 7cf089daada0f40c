"""Run folders: complete, immutable, never half-written."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import signal
import subprocess
import sys
import time

import polars as pl
import pytest

import evalengine as ee
from evalengine import archive, staging
from evalengine.errors import EvalengineError
from evalengine.scheme.shipped import shipped
from tests.small import assess_flat

SAMPLE = shipped("sample_data")


@pytest.fixture(scope="module")
def result():
    system = ee.load_indicators()
    return ee.assess(ee.read_dataset(SAMPLE / "2025", system), system, ee.load_weights("jiangsu", system))


def test_what_is_in_a_run_folder(result, tmp_path):
    run = ee.write_run(result, tmp_path / "runs" / "2025")
    names = {path.relative_to(run).as_posix() for path in run.rglob("*") if path.is_file()}
    assert {
        "ranking.xlsx",
        "ranking.csv",
        "manifest.json",
        "inputs/data/office.xlsx",
        "inputs/weights/jiangsu.toml",
    } <= names
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["run_id"] == result.provenance.run_id
    assert set(manifest["outputs"]) == names - {"manifest.json"}
    for name, described in manifest["outputs"].items():
        content = (run / name).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (described["sha256"], described["size"])
    for item in manifest["inputs"]:
        assert hashlib.sha256((run / "inputs" / "data" / item["name"]).read_bytes()).hexdigest() == item["sha256"]


def test_tables_read_back_identical(result, tmp_path):
    run = ee.write_run(result, tmp_path / "run")
    for name in ("values", "scores", "ranking"):
        written = pl.read_parquet(run / "tables" / f"{name}.parquet")
        kept = getattr(result, name)
        assert written.select(kept.columns).equals(kept)
    listed = pl.read_csv(run / "ranking.csv")
    assert listed["unit"].to_list() == result.ranking["unit"].to_list()
    assert listed["total"].to_list() == result.ranking["total"].to_list()  # floats bit for bit


def test_an_existing_folder_is_never_overwritten(result, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "mine.txt").write_text("mine")
    with pytest.raises(ee.OutputError) as caught:
        ee.write_run(result, tmp_path / "run")
    assert caught.value.exit_code == 4
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_full_disk_leaves_nothing_behind(result, tmp_path, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive, "write_workbook", full)
    with pytest.raises(ee.OutputError, match="No space left"):
        ee.write_run(result, tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_an_input_changed_after_reading_is_noticed(tmp_path):
    system = ee.load_indicators()
    copy = tmp_path / "worked-example.csv"
    copy.write_bytes((SAMPLE / "worked-example.csv").read_bytes())
    result = ee.assess(ee.read_dataset(copy, system), system, ee.load_weights("jiangsu", system))
    copy.write_bytes(copy.read_bytes().replace(b"13200", b"13300"))
    with pytest.raises(ee.UnreadableError):
        ee.write_run(result, tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("changed", ["system", "profile"])
def test_a_scheme_changed_in_memory_is_not_written_as_the_one_of_its_file(changed, tmp_path):
    system = ee.load_indicators()
    profile = ee.load_weights("jiangsu", system)
    data = ee.read_dataset(SAMPLE / "2025", system)
    if changed == "profile":
        shares = list(profile.weights.items())
        (first, a), (second, b) = shares[0], next(item for item in shares[1:] if item[1] != shares[0][1])
        profile = dataclasses.replace(profile, weights={**profile.weights, first: b, second: a})
    else:
        system = dataclasses.replace(system, label=dataclasses.replace(system.label, en="x"))
    with pytest.raises(EvalengineError) as caught:
        ee.write_run(ee.assess(data, system, profile), tmp_path / "run")
    assert caught.value.code == "scheme_changed"
    assert not list(tmp_path.iterdir())


def test_frames_are_archived_too(tmp_path):
    result = assess_flat({})
    run = ee.write_run(result, tmp_path / "run")
    archived = pl.read_parquet(run / "inputs" / "data" / "fields.parquet")
    assert archived["budget"].to_list() == [500.0]


def test_a_killed_run_leaves_no_half_result(tmp_path):
    """Kill the command at different moments: there is a complete run, or none."""
    complete = 0
    for step in range(6):
        run = tmp_path / f"run{step}"
        arguments = [sys.executable, "-m", "evalengine", "assess", str(SAMPLE / "worked-example.csv"), "-o", str(run)]
        process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            staged = [path for path in tmp_path.glob(f".run{step}.*") if len(list(path.rglob("*"))) >= 2 * step]
            if staged:
                os.kill(process.pid, signal.SIGKILL)
                break
            time.sleep(0.001)
        process.wait()
        if run.exists():
            complete += 1
            manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
            assert all((run / name).is_file() for name in manifest["outputs"])
    assert complete < 6


def test_what_a_killed_run_left_is_swept_by_the_next(tmp_path):
    abandoned = tmp_path / ".run.abc.staging"
    abandoned.mkdir()
    old = time.time() - 2 * staging.ABANDONED_AFTER
    os.utime(abandoned, (old, old))
    fresh = tmp_path / ".run.def.staging"
    fresh.mkdir()
    ee.write_run(assess_flat({}), tmp_path / "run")
    assert not abandoned.exists()
    assert fresh.exists()  # may belong to a run that is going on


def test_of_two_runs_to_one_folder_one_wins(tmp_path):
    arguments = [
        sys.executable,
        "-m",
        "evalengine",
        "assess",
        str(SAMPLE / "worked-example.csv"),
        "-o",
        str(tmp_path / "run"),
    ]
    both = [subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert sorted(process.wait() for process in both) == [0, 4]
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
