"""Reports of 10, 500 and 5,000 units × 40 indicators: seconds and peak memory from frames to a run folder.

    python -m benchmarks.reports [--short]

A run folder is everything `assess` writes: the pack with cards, the notice, the calculation workbook, the page and the
tables; up to 500 units also a file of cards for each unit, which nobody sends to thousands. Each size runs in a process
of its own, so that its peak memory is its own. The units are made from the worked example of the sample data: three
years each, every figure there, amounts and counts spread, groups of at most fifty. Exits with 1 if a size takes longer
or more memory than its target.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

GIGABYTE = 2**30
GROUP = 50
YEARS = (2023, 2024, 2025)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a size may take: seconds from frames to run folder, and bytes at its peak."""

    seconds: float
    bytes: float = 2 * GIGABYTE


TARGETS = {10: Target(seconds=10), 500: Target(seconds=60), 5000: Target(seconds=180)}
SHORT = (10, 500)
MOST_CARDS = 500  # units up to which each gets a file of cards


def main() -> None:
    """Run every size in a process of its own, or one size in this process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help=f"only {' and '.join(map(str, SHORT))} units")
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.size:
        print(json.dumps(measured(asked.size)))
        return
    missed = []
    print("units    read  assess  write   total s  peak MB   files, KB")
    for units in SHORT if asked.short else TARGETS:
        command = [sys.executable, "-m", "benchmarks.reports", "--size", str(units)]
        found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        seconds, files = found["seconds"], found["files"]
        total = sum(seconds.values())
        sizes = ", ".join(f"{name} {size / 1024:,.0f}" for name, size in files.items())
        times = " ".join(f"{seconds[name]:7.1f}" for name in ("read", "assess", "write"))
        print(f"{units:5} {times} {total:9.1f} {found['peak'] / 2**20:8,.0f}   {sizes}", flush=True)
        target = TARGETS[units]
        if total > target.seconds or found["peak"] > target.bytes:
            missed.append(f"{units} units: target {target.seconds:.0f} s and {target.bytes / GIGABYTE:.0f} GB")
    print("\n".join(missed) or "all within their targets")
    sys.exit(1 if missed else 0)


def measured(units: int) -> dict[str, Any]:
    """Return seconds by step, peak bytes of this process, and bytes of the files written."""
    from evalengine import Dataset, assess, load_indicators, load_weights, write_run  # noqa: PLC0415 - not in the parent

    system = load_indicators()
    profile = load_weights("jiangsu", system)
    frame = figures(units, system)
    seconds = {}
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        data = Dataset.from_fields(frame, system)
        del frame
        seconds["read"], start = time.perf_counter() - start, time.perf_counter()
        result = assess(data, system, profile, year=YEARS[-1])
        seconds["assess"], start = time.perf_counter() - start, time.perf_counter()
        run = write_run(result, Path(folder) / "run", cards=("xlsx",) if units <= MOST_CARDS else ())
        seconds["write"] = time.perf_counter() - start
        files = {path.name: path.stat().st_size for path in sorted(run.iterdir()) if path.suffix in {".xlsx", ".html"}}
    kilobyte = 1 if sys.platform == "darwin" else 1024  # the unit of ru_maxrss
    peaks = (resource.getrusage(who).ru_maxrss * kilobyte for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {"seconds": seconds, "peak": sum(peaks), "files": files}


def figures(units: int, system: Any) -> Any:  # noqa: ANN401 - its types are imported where they are used
    """Return the flat fields of so many units, three years each, always the same."""
    import polars as pl  # noqa: PLC0415 - not in the parent

    from evalengine.scheme.shipped import shipped  # noqa: PLC0415 - not in the parent

    example = pl.read_csv(shipped("sample_data") / "worked-example.csv", infer_schema_length=0).row(0, named=True)
    choice = random.Random(units)
    rows: list[dict[str, object]] = []
    for place in range(units):
        own = {"unit": f"U{place:05}", "name": f"江苏省第{place}产业创新联合体", "group": f"第{place // GROUP + 1}组"}
        size, count = choice.lognormvariate(0.0, 0.5), choice.randint(1, 4)
        for year in YEARS:
            size *= choice.uniform(0.9, 1.2)
            given = {code: _figure(field, example[code], size, count, choice) for code, field in system.fields.items()}
            rows.append({**own, "year": year, **given})
    return pl.DataFrame(rows, infer_schema_length=None)


def _figure(field: Any, example: str, size: float, count: int, choice: random.Random) -> float | str:  # noqa: ANN401
    if field.experts:
        return ";".join(f"{choice.uniform(60, 100):.1f}" for _ in range(5))
    if field.maximum is not None:
        return float(example)
    return float(int(example) * count) if field.integer else round(float(example) * size, 2)


if __name__ == "__main__":
    main()
