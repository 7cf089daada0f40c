"""Every file of the corpus, and what has to become of it."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from evalengine.intake.reading import read_dataset
from evalengine.scheme.model import IndicatorSystem
from tests.intake.corpus.__main__ import write
from tests.intake.corpus.dirty import DIRTY, Dirty
from tests.intake.corpus.hostile import HOSTILE

ROOT = Path(__file__).parents[2]
GIGABYTE = 10**9
SECONDS = 10.0

# What other tables would have to be there for, and sums of figures: not about reading.
NOT_OF_THE_FILE = {"sum_differs", "part_above_total", "implausible"}


@pytest.mark.parametrize("case", DIRTY, ids=[case.title for case in DIRTY])
def test_a_dirty_file_gives_the_figures_and_every_problem(case: Dirty, tmp_path: Path, small: IndicatorSystem) -> None:
    path = tmp_path / case.file
    path.write_bytes(case.make())
    started = time.monotonic()
    data = read_dataset(path, small)
    assert time.monotonic() - started < SECONDS
    table = data.tables["yearly"]
    read = {column: table.get_column(column).to_list() for column in case.expected()}
    assert {name: list(map(repr, values)) for name, values in read.items()} == {
        name: list(map(repr, values)) for name, values in case.expected().items()
    }
    found = [f"{item.code}@{item.cell}" for item in data.problems if item.file and item.code not in NOT_OF_THE_FILE]
    assert sorted(found) == sorted(case.problems)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the memory of processes is read from /proc")
def test_no_hostile_file_takes_its_reader_along_or_long_or_much_memory() -> None:
    """Each file in a process of its own; the parent makes the files too, which takes more than reading them."""
    command = [sys.executable, "-m", "tests.intake.hostile_run"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=500, check=True)
    measured = json.loads(done.stdout)
    results = dict(zip((case.title for case in HOSTILE), measured["results"], strict=True))
    assert {title: result["code"] for title, result in results.items()} == {case.title: case.code for case in HOSTILE}
    assert {title: result for title, result in results.items() if result["seconds"] > SECONDS} == {}
    assert {title: result for title, result in results.items() if result["reader"] > GIGABYTE} == {}
    assert measured["parent"] < GIGABYTE


def test_the_corpus_can_be_written_with_its_table(tmp_path: Path) -> None:
    assert len({case.title for case in DIRTY}) == len(DIRTY) >= 60
    assert len({case.title for case in HOSTILE}) == len(HOSTILE) >= 30
    write(tmp_path, [*DIRTY[:3], *HOSTILE[:2]])
    table = (tmp_path / "expected.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(table) == 1 + 5
    assert sum(path.is_file() for path in tmp_path.rglob("*")) == 5 + 1
