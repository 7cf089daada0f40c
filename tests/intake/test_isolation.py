import datetime as dt
import math
import os
import struct
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalengine import text
from evalengine.errors import EvalengineError, UnreadableError
from evalengine.intake import isolation
from evalengine.intake.isolation import FileContent, read_files
from evalengine.intake.numbers import ErrorCell, Percent, Uncached
from evalengine.intake.reading import read_dataset
from evalengine.intake.sheets import Sheet
from evalengine.intake.wire import WireError, packed, sheet_messages, sheets_in, unpacked
from evalengine.scheme.model import IndicatorSystem

ROGUE = str(Path(__file__).parent / "rogue_reader.py")
GOOD = "unit,name\nA,甲\n"


@pytest.fixture
def rogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "PROGRAM", (sys.executable, ROGUE))
    monkeypatch.setattr(isolation, "SECONDS", 3.0)


def folder(tmp_path: Path, **contents: str) -> list[tuple[str, Path]]:
    files = []
    for stem, content in contents.items():
        path = tmp_path / f"{stem}.csv"
        path.write_text(content, encoding="utf-8")
        files.append((path.name, path))
    return files


def codes(files: list[FileContent]) -> list[str]:
    return [file.error.code if file.error else "" for file in files]


@pytest.mark.parametrize(
    ("trick", "code"),
    [
        ("abort", "reader_stopped"),
        ("hang", "reader_too_slow"),
        ("swell", "reader_memory"),
        ("garbage", "reader_stopped"),
        ("unknown", "reader_stopped"),
        ("defect", "reader_stopped"),
        ("print", ""),
    ],
)
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.usefixtures("rogue")
def test_a_file_that_ruins_its_reader_costs_one_file(tmp_path: Path, trick: str, code: str, workers: int) -> None:
    files = folder(tmp_path, a=GOOD, b=f"{trick},x\n1,2\n", c=GOOD, d=GOOD)
    read = list(read_files(files, workers=workers))
    assert [file.name for file in read] == ["a.csv", "b.csv", "c.csv", "d.csv"]
    assert codes(read) == ["", code, "", ""]
    assert [len(file.sheets) for file in read] == [1, 0 if code else 1, 1, 1]
    assert all(len(file.sha256) == 64 and file.size == file.path.stat().st_size for file in read)
    for file in read:
        if file.error:
            assert file.error.exit_code == 3
            for language in text.LANGUAGES:
                assert "b.csv" in file.error.message(language)


def test_a_reader_the_system_does_not_limit_is_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "PROGRAM", (sys.executable, ROGUE, "unlimited"))
    monkeypatch.setattr(isolation, "MEMORY", 300_000_000)
    assert codes(list(read_files(folder(tmp_path, a="swell", b=GOOD)))) == ["reader_memory", ""]


@pytest.mark.usefixtures("rogue")
def test_read_dataset_names_the_file(tmp_path: Path, small: IndicatorSystem) -> None:
    folder(tmp_path, consortia=GOOD, yearly="abort")
    with pytest.raises(UnreadableError) as refused:
        read_dataset(tmp_path, small)
    assert (refused.value.code, refused.value.facts["file"]) == ("reader_stopped", "yearly.csv")


def test_files_that_cannot_be_opened_cost_themselves(tmp_path: Path) -> None:
    files = folder(tmp_path, a=GOOD, b="")
    files += [("gone.csv", tmp_path / "gone.csv"), ("folder", tmp_path), ("~$a.xlsx", tmp_path / "~$a.xlsx")]
    assert codes(list(read_files(files))) == ["", "empty_file", "not_readable", "not_readable", "lock_file"]


def test_many_files_arrive_in_order_and_no_process_stays(tmp_path: Path) -> None:
    files = folder(tmp_path, **{f"f{number:02}": f"unit,name\n{number},x\n" for number in range(40)})
    reading = read_files(files, workers=3)
    assert [file.sheets[0].rows[1][0] for file in reading] == [str(number) for number in range(40)]
    reading = read_files(files, workers=3)
    assert next(reading).name == "f00.csv"
    reading.close()
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    if children.exists():
        commands = [Path(f"/proc/{child}/cmdline").read_bytes() for child in children.read_text().split()]
        assert not [command for command in commands if b"evalengine.intake.worker" in command]


def test_no_reader_can_be_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for program in (("/nonexistent/python",), (sys.executable, "-c", "")):
        monkeypatch.setattr(isolation, "PROGRAM", program)
        with pytest.raises(EvalengineError) as refused:
            list(read_files(folder(tmp_path, a=GOOD)))
        assert (refused.value.code, refused.value.exit_code) == ("reader_not_started", 70)


def test_a_script_without_a_main_guard_reads(tmp_path: Path) -> None:
    """And a module of the working directory is not found before Python's own."""
    folder(tmp_path, consortia=GOOD)
    (tmp_path / "csv.py").write_text("raise SystemExit('executed')", encoding="utf-8")
    script = (
        "import evalengine as ee\n"
        "data = ee.read_dataset('consortia.csv', ee.load_indicators('innovation-consortium'))\n"
        "print(data.tables['consortia'].height)\n"
    )
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "s.py").write_text(script, encoding="utf-8")
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "scripts/s.py"], cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("1", "")
    assert time.monotonic() - started < 60


CELLS = (
    st.none()
    | st.text()
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.floats().map(Percent)
    | st.text().map(ErrorCell)
    | st.text().map(Uncached)
    | st.decimals()
    | st.datetimes(allow_imaginary=False).map(lambda moment: moment.replace(fold=0))
    | st.dates()
    | st.times().map(lambda moment: moment.replace(fold=0))
    | st.timedeltas(dt.timedelta(days=-10_000), dt.timedelta(days=10_000))
)


def bits(cell: object) -> object:
    """Return a cell so that equal means identical: its type, and a float's bits; no NaN differs from another."""
    number = isinstance(cell, float) and not math.isnan(cell)
    return (type(cell), struct.pack("d", cell) if number else repr(cell))


@given(st.lists(st.lists(CELLS, max_size=5), max_size=5))
def test_cells_cross_bit_for_bit(rows: list[list[object]]) -> None:
    sheet = Sheet(
        file="文件.xlsx",
        name="表",
        title="表",
        rows=rows,
        hidden=True,
        hidden_rows=frozenset({2, 9}),
        hidden_columns=frozenset({1}),
        merged=((1, 2, 3, 4),),
    )
    (read,) = sheets_in(unpacked(packed(message)) for message in sheet_messages([sheet]))
    assert [[bits(cell) for cell in row] for row in read.rows] == [[bits(cell) for cell in row] for row in rows]
    for name in ("file", "name", "title", "typed", "hidden", "hidden_rows", "hidden_columns", "merged"):
        assert getattr(read, name) == getattr(sheet, name)


def test_more_rows_than_a_frame_holds() -> None:
    rows = [[number, Decimal(number)] for number in range(4_321)]
    (read,) = sheets_in(iter(sheet_messages([Sheet(file="a", name="", title="a", rows=rows)])))
    assert read.rows == rows


SHEET = {"file": "a", "name": "", "title": "", "typed": True, "hidden": False} | {
    name: [] for name in ("hidden_rows", "hidden_columns", "merged")
}


@pytest.mark.parametrize(
    "messages",
    [
        [{}],
        [{"rows": [], "special": []}],
        [{"sheet": {}}],
        [{"sheet": {**SHEET, "merged": [[1]]}}],
        [{"sheet": SHEET}, {"rows": [1], "special": []}],
        [{"sheet": SHEET}, {"rows": [[{}]], "special": []}],
        [{"sheet": SHEET}, {"rows": [[[]]], "special": []}],
        [{"sheet": SHEET}, {"rows": [[0]], "special": [[0, 0, "eval", "1"]]}],
        [{"sheet": SHEET}, {"rows": [[0]], "special": [[0, 9, "percent", 1]]}],
        [{"sheet": SHEET}, {"rows": [[0]], "special": [[0, 0, "percent", "x"]]}],
        [{"sheet": SHEET}, {"rows": [[0]], "special": [[0, 0, "decimal", "x"]]}],
        [{"sheet": SHEET}, {"rows": [[0]], "special": [[0, 0, "date", "x"]]}],
        [{"sheet": SHEET}, {"rows": [[0]], "special": [[0, 0, "duration", math.inf]]}],
    ],
)
def test_what_no_reader_sends_is_refused(messages: list[dict[str, object]]) -> None:
    with pytest.raises(WireError):
        sheets_in(iter(messages))


@pytest.mark.parametrize("frame", [b"", b"[]", b"1", b"{", b"\xff", b"[" * 100_000, b'{"a":' + b"9" * 10_000 + b"}"])
def test_a_frame_that_is_no_message_is_refused(frame: bytes) -> None:
    with pytest.raises(WireError):
        unpacked(frame)
