"""A collection round: `python benchmarks/collection.py [files] [workers]` prints seconds, files per second, memory.

Returned workbooks are the sample's of 2025, each under its own id: members, projects, contracts,
achievements and three years of figures, 150 to 250 rows, as offices return them. One more file kills its reader.
Two cores shared with other work (load 5 to 7), 1,000 workbooks of 23 KB: read 164 s, checked 8 s, written 8 s; 754 MB.
Of the 77 ms of processor time of one file 54 are openpyxl's, 12 the guard's, 10 those of typing the tables.
"""

from __future__ import annotations

import re
import resource
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import evalengine as ee
from evalengine.collection import collect
from evalengine.reports.collection import write_collection

SAMPLE = Path(__file__).parents[1] / "sample_data" / "2025"
ID = re.compile(rb"JS(\d\d)")


def copies(folder: Path, count: int) -> None:
    """Write `count` returned workbooks."""
    files = sorted(SAMPLE.glob("JS*.xlsx"))
    parts = []
    for path in files:
        with zipfile.ZipFile(path) as archive:
            parts.append({entry: archive.read(entry) for entry in archive.namelist()})
    for number in range(count):
        round_, which = divmod(number, len(files))
        new = rb"JS\g<1>" + f"{round_:04d}".encode()
        with zipfile.ZipFile(folder / f"{number:05d}.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts[which].items():
                archive.writestr(name, ID.sub(new, content) if name.startswith("xl/") else content)


def main(count: int, workers: int) -> None:
    system = ee.load_indicators("innovation-consortium")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "in"
        folder.mkdir()
        copies(folder, count)
        (folder / "deadly.csv").write_bytes(b"unit,year\n" + b'"' + b"," * 100_000_000)
        size = sum(path.stat().st_size for path in folder.glob("*.xlsx")) / count / 1024
        start = time.perf_counter()
        read = start

        def tell(done: int, files: int) -> None:
            nonlocal read
            read = time.perf_counter()
            if done % 100 == 0 or done == files:
                print(f"  {done}/{files} read, {read - start:.1f} s", flush=True)

        found = collect(folder, system, workers=workers, progress=tell)
        checked = time.perf_counter()
        write_collection(found, Path(scratch) / "out", "zh")
        done = time.perf_counter()
    accepted = sum(file.status == "accepted" for file in found.files)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    reader = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    statuses = {file.name: file.status for file in found.files if file.status != "accepted"}
    print(f"{count} workbooks of {size:.0f} KB, {workers} readers: {accepted} merged, others {statuses}")
    print(f"read {read - start:.1f} s ({count / (read - start):.1f} files/s), checked {checked - read:.1f} s,")
    print(f"written {done - checked:.1f} s, together {done - start:.1f} s ({count / (done - start):.1f} files/s)")
    print(f"peak memory: this process {own:.0f} MB, largest reader {reader:.0f} MB")


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*(given + [1000, 2][len(given) :]))
