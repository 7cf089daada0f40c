"""A collection round: seconds, files per second and memory, beside openpyxl only reading the same files.

    python -m benchmarks.collection [--files 1000] [--workers 2] [--short]

Returned workbooks are the sample's of 2025, each under its own ids: members, projects, contracts, achievements and
three years of figures, 150 to 250 rows, as offices return them. One more file kills its reader, and has to cost one
file. `--short` is for CI and exits with 1 where reading takes more processor time than twice what was measured.
"""

from __future__ import annotations

import argparse
import re
import resource
import tempfile
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl

import evalengine as ee
from evalengine.collection import Collection, collect
from evalengine.intake.isolation import read_files
from evalengine.reports.collection import write_collection

SAMPLE = Path(__file__).parents[1] / "sample_data" / "2025"
ID = re.compile("(JS[0-9]{2}|(?<=[0-9])EXAMP(?=[0-9])|示例(?=[0-9]))")  # units, projects, contracts; members; results
DEADLY = "deadly.csv"
SHORT = 100
MOST = 1.4  # twice what was measured with 100 files


def copies(folder: Path, count: int) -> None:
    """Write `count` returned workbooks."""
    parts = []
    for path in sorted(SAMPLE.glob("JS*.xlsx")):
        with zipfile.ZipFile(path) as archive:
            parts.append({entry: archive.read(entry).decode() for entry in archive.namelist()})
    for number in range(count):
        round_, which = divmod(number, len(parts))
        new = rf"\g<1>{round_:04d}"
        with zipfile.ZipFile(folder / f"{number:05d}.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts[which].items():
                archive.writestr(name, ID.sub(new, content) if name.startswith("xl/") else content)


def spent() -> float:
    """Return the processor time of this process and of those it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def ratio(files: Sequence[Path]) -> float:
    """Return the processor time of reading some files, the reader's start included, over that of openpyxl."""
    start = spent()
    assert all(content.error is None for content in read_files(((path.name, path) for path in files), workers=1))
    between = spent()
    for path in files:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        for sheet in book.worksheets:
            for _ in sheet.iter_rows(values_only=True):
                pass
        book.close()
    return (between - start) / (spent() - between)


def told(found: Collection, count: int) -> dict[str, str]:
    """Return the files that were not accepted, and check that they are what they have to be.

    Raises:
        AssertionError: something else than the deadly file was not merged, or it was.
    """
    others = {file.name: file.status for file in found.files if file.status != "accepted"}
    accepted = sum(file.status == "accepted" for file in found.files)
    assert accepted == count, others
    assert others == {DEADLY: "unreadable"}, others
    return dict(others)


def main() -> None:
    """Print what a round takes."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--files", type=int, default=1000)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--short", action="store_true")
    chosen = asked.parse_args()
    count: int = SHORT if chosen.short else chosen.files
    system = ee.load_indicators("innovation-consortium")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "in"
        folder.mkdir()
        copies(folder, count)
        beside = ratio(sorted(folder.iterdir())[:SHORT])
        (folder / DEADLY).write_bytes(b"unit,year\n" + b'"' + b"," * 100_000_000)
        size = sum(path.stat().st_size for path in folder.glob("*.xlsx")) / count / 1024
        start = read = time.perf_counter()

        def tell(done: int, files: int) -> None:
            nonlocal read
            read = time.perf_counter()
            if done % 100 == 0 or done == files:
                print(f"  {done}/{files} read, {read - start:.1f} s", flush=True)

        found = collect(folder, system, workers=chosen.workers, progress=tell)
        checked = time.perf_counter()
        write_collection(found, Path(scratch) / "out", "zh")
        done = time.perf_counter()
    others = told(found, count)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    reader = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{count} workbooks of {size:.0f} KB, {chosen.workers} readers: all merged, others {others}")
    print(f"read {read - start:.1f} s ({count / (read - start):.1f} files/s), checked {checked - read:.1f} s,")
    print(f"written {done - checked:.1f} s, together {done - start:.1f} s ({count / (done - start):.1f} files/s)")
    print(f"peak memory: this process {own:.0f} MB, largest reader {reader:.0f} MB")
    print(f"reading takes {beside:.2f} times the processor time of openpyxl reading the cells")
    if chosen.short and beside > MOST:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
