"""Write the corpus and a table of what has to become of each file: `python -m tests.intake.corpus FOLDER`."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.intake.corpus.dirty import DIRTY, Dirty
from tests.intake.corpus.hostile import HOSTILE, Hostile


def write(folder: Path, cases: Iterable[Dirty | Hostile]) -> None:
    """Write each file into a folder of its own, since many have the same name, and `expected.csv`."""
    with (folder / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerow(["file", "what it is", "refused as", "figures read", "problems"])
        for number, case in enumerate(cases, start=1):
            kind = "dirty" if isinstance(case, Dirty) else "hostile"
            path = folder / kind / f"{number:03}" / case.file
            path.parent.mkdir(parents=True)
            path.write_bytes(case.make())
            if isinstance(case, Dirty):
                outcome = ["", json.dumps(case.expected(), ensure_ascii=False), " ".join(case.problems)]
            else:
                outcome = [case.code, "", ""]
            table.writerow([path.relative_to(folder).as_posix(), case.title, *outcome])


if __name__ == "__main__":
    write(Path(sys.argv[1]), [*DIRTY, *HOSTILE])
