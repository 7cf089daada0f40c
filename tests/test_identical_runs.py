"""Two runs of the same inputs are the same files, byte for byte, whatever the process, the day or the threads."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from evalengine.scheme.shipped import shipped
from tests.reports.recalculation import require_program

# what a run must not depend on: the two differ in each of these, and in their working folder and clock
FIRST = {"PYTHONHASHSEED": "1", "NUMBA_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1", "TZ": "Pacific/Pago_Pago"}
SECOND = {"PYTHONHASHSEED": "2", "NUMBA_NUM_THREADS": "2", "POLARS_MAX_THREADS": "3", "TZ": "Pacific/Kiritimati"}
ANOTHER_DAY = """
import time
now, now_ns, local, utc = time.time, time.time_ns, time.localtime, time.gmtime
time.time = lambda: now() + 100_000
time.time_ns = lambda: now_ns() + 100_000 * 10**9
time.localtime = lambda seconds=None: local(time.time() if seconds is None else seconds)
time.gmtime = lambda seconds=None: utc(time.time() if seconds is None else seconds)
"""


SAMPLE = shipped("sample_data")


def _runs(folder: Path, data: str, formats: Sequence[str]) -> tuple[Path, Path]:
    """Write the same run twice and return both."""
    (folder / "clock").mkdir()
    (folder / "clock" / "sitecustomize.py").write_text(ANOTHER_DAY, encoding="utf-8")
    first, second = folder / "first", folder / "second"
    _run(folder, first, FIRST, str(SAMPLE / data), formats)
    _run(SAMPLE, second, {**SECOND, "PYTHONPATH": str(folder / "clock")}, data, formats)
    return first, second


def _run(working: Path, target: Path, environment: dict[str, str], data: str, formats: Sequence[str]) -> None:
    command = [sys.executable, "-m", "evalengine", "assess", data, "-o", str(target), "--compare", "beijing"]
    command += [word for kind in formats for word in ("--format", kind)]
    environment = {**os.environ, "EVALENGINE_LANG": "zh", **environment}
    subprocess.run(command, check=True, cwd=working, env=environment, capture_output=True, timeout=300)


def _same(runs: tuple[Path, Path]) -> dict[str, bytes]:
    first, second = (_files(run) for run in runs)
    assert list(first) == list(second)
    assert [name for name, content in first.items() if content != second[name]] == []
    return first


def test_two_runs_of_workbooks_are_the_same_files(tmp_path: Path) -> None:
    files = _same(_runs(tmp_path, "2025", ("xlsx", "docx", "svg", "png")))
    kinds = {name.rpartition(".")[2] for name in files}
    assert kinds == {"xlsx", "csv", "html", "parquet", "json", "toml", "docx", "svg", "png"}


def test_cards_as_pdf_are_the_same_too(tmp_path: Path) -> None:
    require_program()
    assert "cards/EX01.pdf" in _same(_runs(tmp_path, "worked-example.csv", ("pdf",)))


def _files(run: Path) -> dict[str, bytes]:
    return {path.relative_to(run).as_posix(): path.read_bytes() for path in sorted(run.rglob("*")) if path.is_file()}
