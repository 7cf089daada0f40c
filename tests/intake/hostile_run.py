"""Read the whole hostile corpus as `collect` would and print, as JSON, what became of each file, and at what cost."""

import json
import sys
import tempfile
import time
from pathlib import Path

from evalengine.intake import isolation
from tests.intake.corpus.hostile import HOSTILE

peaks: list[int] = []


def peak(process: int | str) -> int:
    """Return the most memory a process has held, in bytes; 0 if it has ended, by itself or at the limit it has set."""
    status = Path(f"/proc/{process}/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)


class Measured(isolation._Reader):
    def close(self) -> None:
        peaks[-1] = max(peaks[-1], peak(self.process.pid))
        super().close()


isolation._Reader = Measured
with tempfile.TemporaryDirectory() as folder:
    files = []
    for number, case in enumerate(HOSTILE):
        (Path(folder) / str(number)).mkdir()
        path = Path(folder) / str(number) / case.file
        path.write_bytes(case.make())
        files.append((case.file, path))
    made = peak("self")
    results = []
    for file in files:
        peaks.append(0)
        started = time.monotonic()
        (read,) = isolation.read_files([file])
        code = read.error.code if read.error else "read"
        results.append({"code": code, "seconds": time.monotonic() - started, "reader": peaks[-1]})
json.dump({"results": results, "parent": peak("self"), "made": made}, sys.stdout)
