import itertools
import math
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from evalengine.errors import UnreadableError, UsageError
from evalengine.intake.columns import PROVENANCE
from evalengine.intake.dataset import Dataset
from evalengine.intake.reading import read_dataset
from evalengine.scheme.model import IndicatorSystem
from evalengine.scheme.shipped import shipped

CONSORTIA = [["unit", "name", "group"], ["A", "甲", "g"], ["B", "乙", "g"]]
YEARLY = [
    ["unit", "year", "funds", "funds_own", "patents", "share"],
    ["B", 2025, 20.5, 1, 3, 19.5],
    ["A", 2025, 7.7, 0, 2, 7.7],
]
NODES = [["unit", "node", "member", "weight"], ["A", "n", "m", 1], ["B", "n", "m", 2]]


def codes(data: Dataset) -> list[str]:
    return [item.code for item in data.problems]


def values(data: Dataset) -> dict[str, pl.DataFrame]:
    return {code: frame.drop(PROVENANCE) for code, frame in data.tables.items()}


def test_a_workbook_becomes_typed_tables(book: Callable[..., Path], small: IndicatorSystem) -> None:
    data = read_dataset(book(consortia=CONSORTIA, yearly=YEARLY, nodes=NODES), small)
    assert data.problems == ()
    yearly = data.tables["yearly"]
    assert yearly.columns == ["unit", "year", "nil_returns", "funds", "funds_own", "patents", "share", *PROVENANCE]
    assert yearly.schema["year"] == pl.Int64
    assert yearly.schema["funds"] == pl.Float64
    assert yearly.select("unit", "funds").rows() == [("A", 7.7), ("B", 20.5)]
    assert data.cell("yearly", 0, "funds") == ("a.xlsx", "yearly", "C3")
    assert data.cell("yearly", 0, "nil_returns") == ("a.xlsx", "yearly", "")
    assert data.sources[0].name == "a.xlsx"
    assert data.sources[0].size == data.sources[0].path.stat().st_size


def test_the_same_data_in_any_format_are_the_same_bits(
    book: Callable[..., Path], tmp_path: Path, small: IndicatorSystem
) -> None:
    sheets = {"consortia": CONSORTIA, "yearly": YEARLY, "nodes": NODES}
    frames = {name: pl.DataFrame(rows[1:], rows[0], orient="row", strict=False) for name, rows in sheets.items()}
    texts, tables = tmp_path / "csv", tmp_path / "parquet"
    for folder in (texts, tables):
        folder.mkdir()
    for name, frame in frames.items():
        frame.write_csv(texts / f"{name}.csv")
        frame.write_parquet(tables / f"{name}.parquet")
    wanted = values(read_dataset(book(**sheets), small))
    for data in (read_dataset(texts, small), read_dataset(tables, small), Dataset.from_tables(frames, small)):
        assert data.problems == ()
        for name, frame in values(data).items():
            assert_frame_equal(frame, wanted[name], check_exact=True)


def test_order_of_files_and_rows_does_not_matter(book: Callable[..., Path], small: IndicatorSystem) -> None:
    paths = [book("1.xlsx", consortia=CONSORTIA, nodes=NODES), book("2.xlsx", yearly=YEARLY)]
    backwards = [CONSORTIA[:1] + CONSORTIA[:0:-1], YEARLY[:1] + YEARLY[:0:-1], NODES[:1] + NODES[:0:-1]]
    wanted = read_dataset(paths, small)
    read = [read_dataset(order, small) for order in itertools.permutations(paths)]
    read.append(
        read_dataset(book("9.xlsx", **dict(zip(("consortia", "yearly", "nodes"), backwards, strict=True))), small)
    )
    for data in read:
        for name, frame in values(data).items():
            assert_frame_equal(frame, values(wanted)[name], check_exact=True)


def test_every_float_reads_back_identical(tmp_path: Path, small: IndicatorSystem) -> None:
    bits = np.random.default_rng(1).integers(0, 2**63, 2_000, dtype=np.uint64).view(np.float64)
    numbers = [float(number) for number in bits if math.isfinite(number)]
    numbers += [5e-324, 1.7976931348623157e308, 1 / 3, 0.1, 2**53 + 2.0, 1e22, 0.0]
    rows = [("u", 2025, number) for number in numbers]
    frame = pl.DataFrame(rows, {"unit": pl.String, "year": pl.Int64, "funds": pl.Float64}, orient="row")
    frame = frame.with_columns(unit=pl.int_range(pl.len()).cast(pl.String).str.zfill(5))
    workbook = openpyxl.Workbook()
    workbook.active.append(frame.columns)
    for position, (unit, year, number) in enumerate(frame.rows(), start=2):
        workbook.active.append([unit, year])
        cell = workbook.active.cell(position, 3)
        cell._value, cell.data_type = repr(number), "n"
    workbook.active.title = "yearly"
    workbook.save(tmp_path / "yearly.xlsx")
    with (tmp_path / "yearly.csv").open("w", encoding="utf-8") as file:
        file.write("unit,year,funds\n")
        file.writelines(f"{unit},{year},{number!r}\n" for unit, year, number in frame.rows())
    frame.write_parquet(tmp_path / "yearly.parquet")
    for name in ("yearly.xlsx", "yearly.csv", "yearly.parquet"):
        read = read_dataset(tmp_path / name, small).tables["yearly"]
        assert read["funds"].to_numpy().tobytes() == np.array(numbers).tobytes(), name


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t"])
def test_csv_in_every_encoding(tmp_path: Path, small: IndicatorSystem, encoding: str, separator: str) -> None:
    text = "联合体编号,名称,分组\nA,䶮氏“甲”,g\n".replace(",", separator)
    (tmp_path / "联合体.csv").write_bytes(text.encode(encoding))
    assert read_dataset(tmp_path, small).tables["consortia"]["name"].to_list() == ["䶮氏“甲”"]


@pytest.mark.parametrize(
    "content", [b"unit,name\nA,\xff\xff\n", b"\xef\xbb\xbfunit,name\nA,\xd6\xd0\n", b'unit,name\nA,"x\n']
)
def test_csv_that_cannot_be_read(tmp_path: Path, small: IndicatorSystem, content: bytes) -> None:
    (tmp_path / "consortia.csv").write_bytes(content)
    with pytest.raises(UnreadableError):
        read_dataset(tmp_path, small)


def test_titles_above_and_blank_rows_between(book: Callable[..., Path], small: IndicatorSystem) -> None:
    rows = [["表1 联合体"], [None], ["联合体编号", "名称"], [None, None], ["A", "甲"], ["", " "], ["B", "乙"]]
    data = read_dataset(book(联合体=rows), small)
    assert data.tables["consortia"]["_row"].to_list() == [5, 7]


@pytest.mark.parametrize(("shown", "value"), [("0.00%", 5.0), ('0.00"%"', 0.05), (r"0.00\%", 0.05), ("General", 0.05)])
def test_a_percent_format_counts_only_where_it_scales(
    tmp_path: Path, small: IndicatorSystem, shown: str, value: float
) -> None:
    workbook = openpyxl.Workbook()
    for row in (["unit", "year", "share"], ["A", 2025, 0.05]):
        workbook.active.append(row)
    workbook.active["C2"].number_format = shown
    workbook.active.title = "yearly"
    workbook.save(tmp_path / "a.xlsx")
    assert read_dataset(tmp_path, small).tables["yearly"]["share"].to_list() == [value]


def test_a_workbook_of_one_consortium_states_it_once(book: Callable[..., Path], small: IndicatorSystem) -> None:
    one = book("1.xlsx", 年度数据=[["年度", "经费"], [2025, 1]], 联合体=[["联合体编号", "名称"], ["A", "甲"]])
    data = read_dataset(one, small)
    assert data.tables["yearly"]["unit"].to_list() == ["A"]
    assert "unit_not_stated" not in codes(data)
    two = book(
        "2.xlsx", 年度数据=[["年度", "经费"], [2025, 1]], 联合体=[["联合体编号", "名称"], ["A", "甲"], ["B", "乙"]]
    )
    assert "unit_not_stated" in codes(read_dataset(two, small))


def test_ignored_sheets_lock_files_and_hidden_files(book: Callable[..., Path], small: IndicatorSystem) -> None:
    path = book(填报说明=[["随便", "写"]], consortia=CONSORTIA, yearly=YEARLY, nodes=NODES)
    (path.parent / "~$a.xlsx").write_bytes(b"lock")
    (path.parent / ".hidden").write_bytes(b"x")
    (path.parent / "inside").mkdir()
    assert read_dataset(path.parent, small).problems == ()


@pytest.mark.parametrize(
    ("name", "code"), [("a.xls", "not_what_it_says"), ("~$a.xlsx", "lock_file"), ("b.txt", "not_what_it_says")]
)
def test_files_that_are_not_read(tmp_path: Path, small: IndicatorSystem, name: str, code: str) -> None:
    (tmp_path / name).write_bytes(b"content")
    with pytest.raises(UnreadableError) as refused:
        read_dataset(tmp_path / name, small)
    assert refused.value.code == code


def test_every_unreadable_file_is_named(tmp_path: Path, small: IndicatorSystem) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"")
    (tmp_path / "b.csv").write_text("unit,year\nU1,2025\n", encoding="utf-8")
    (tmp_path / "c.xls").write_bytes(b"<html>")
    with pytest.raises(UnreadableError) as caught:
        read_dataset(tmp_path, small)
    first, second = caught.value.message("en").split("\n")
    assert first.startswith("a.xlsx is empty")
    assert "c.xls" in second
    assert caught.value.exit_code == 3


def test_nothing_to_read(tmp_path: Path, small: IndicatorSystem) -> None:
    for path, code in ((tmp_path, "no_files"), (tmp_path / "none.csv", "no_such_file")):
        with pytest.raises(UnreadableError) as refused:
            read_dataset(path, small)
        assert refused.value.code == code


def test_two_files_of_one_name_keep_apart(book: Callable[..., Path], tmp_path: Path, small: IndicatorSystem) -> None:
    first = book(consortia=CONSORTIA, yearly=YEARLY, nodes=NODES)
    (tmp_path / "copy").mkdir()
    second = Path(shutil.copy(first, tmp_path / "copy"))
    data = read_dataset([first, second, first], small)
    assert [source.name for source in data.sources] == sorted([f"{tmp_path.name}/a.xlsx", "copy/a.xlsx"])
    assert codes(data) == ["rows_repeated"] * 3  # the same material twice counts once


@pytest.mark.parametrize("place", ["here", "there"])
def test_names_of_sources_tell_folders_apart_but_not_the_disk(
    book: Callable[..., Path], tmp_path: Path, small: IndicatorSystem, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = book(consortia=CONSORTIA, yearly=YEARLY, nodes=NODES)
    folders = [tmp_path / place / name / "2025" for name in ("x", "y")]
    for folder in folders:
        folder.mkdir(parents=True)
        shutil.copy(first, folder)
    shutil.copy(first, folders[1] / "b.xlsx")
    monkeypatch.chdir(folders[0])
    wanted = ["1/2025/a.xlsx", "2/2025/a.xlsx", "b.xlsx"]
    for given in (folders, [Path(), Path("../../y/2025")], [Path("a.xlsx"), folders[1]]):
        assert [source.name for source in read_dataset(given, small).sources] == wanted


def test_a_row_of_another_unit_in_the_file_of_one(book: Callable[..., Path], small: IndicatorSystem) -> None:
    own = [["unit", "name"], ["A", "甲"]]
    data = read_dataset([book("1.xlsx", yearly=YEARLY, consortia=own), book("2.xlsx", nodes=NODES)], small)
    foreign = [item for item in data.problems if item.code == "foreign_unit"]
    assert [(item.severity, item.where(), item.value) for item in foreign] == [("error", "1.xlsx!yearly!A2", "B")]
    data = read_dataset(book("1.xlsx", yearly=[YEARLY[0], ["ａ", *YEARLY[2][1:]]], consortia=own), small)
    assert "foreign_unit" not in codes(data)


def test_a_csv_that_nearly_is_a_flat_table(tmp_path: Path, small: IndicatorSystem) -> None:
    (tmp_path / "x.csv").write_text("unit,funds,patents,share\nA,1,2,3\n", encoding="utf-8")
    found = read_dataset(tmp_path, small).problems
    assert [item.message("zh") for item in found if item.code == "flat_incomplete"] == [
        "没有读取“x”：像是平面数据表，却缺少“年度”列。"
    ]
    assert "unknown_sheet" not in [item.code for item in found]


@pytest.mark.parametrize("name", ["consortia.csv", "any.csv"])
def test_a_csv_with_semicolons(tmp_path: Path, small: IndicatorSystem, name: str) -> None:
    (tmp_path / name).write_text("unit;name;year;funds\nA;x;2025;1,5\n", encoding="utf-8")
    found = [(item.severity, item.code) for item in read_dataset(tmp_path, small).problems if item.file]
    assert found == [("error", "semicolons")]


def test_an_unknown_name_without_a_near_one(book: Callable[..., Path], small: IndicatorSystem) -> None:
    sheets = {"consortia": [["unit", "name", "天气"], ["A", "甲", "晴"]], "ÿÿÿ": [["x"]]}
    data = read_dataset(book(**sheets), small)
    unknown = [item for item in data.problems if item.code in {"unknown_column", "unknown_sheet"}]
    assert [item.facts["nearest"] for item in unknown] == ["-", "-"]


def test_a_flat_table(tmp_path: Path, small: IndicatorSystem) -> None:
    text = "unit,name,group,year,funds,patents,views,V1,last_score\n"
    text += "B,乙,,2025,5,,80；84,,\nA,甲,g,2025,0.1,3,90;91,1,84.5\n"
    (tmp_path / "any-name.csv").write_text(text, encoding="utf-8")
    data = read_dataset(tmp_path / "any-name.csv", small)
    assert data.flat
    assert list(data.tables) == ["fields"]
    row = data.tables["fields"].row(0, named=True)
    assert (row["unit"], row["group"], row["funds"], row["views"], row["V1"]) == ("A", "g", 0.1, "90;91", 1.0)
    assert (row["V4"], row["last_score"], row["share"]) == (None, 84.5, None)
    found = {(item.code, item.field, item.cell) for item in data.problems}
    assert ("rewritten", "views", "G2") in found
    assert ("blank", "patents", "F2") in found
    assert {field for code, field, _ in found if code == "field_absent"} == {"funds_own", "share", "weights"}
    assert {field for code, field, _ in found if code == "blank"} == {"patents"}


def test_from_fields_is_the_same_as_from_a_file(tmp_path: Path, small: IndicatorSystem) -> None:
    frame = pl.DataFrame({"unit": ["A"], "year": [2025], "funds": [0.1], "V4": [2], "views": ["80;81;82"]})
    frame.write_csv(tmp_path / "x.csv")
    read = values(read_dataset(tmp_path / "x.csv", small))["fields"]
    assert_frame_equal(values(Dataset.from_fields(frame, small))["fields"], read, check_exact=True)


@pytest.mark.parametrize(
    ("tables", "code"), [({"fields": {"unit": ["A"]}}, "not_a_frame"), ({"funds": pl.DataFrame()}, "no_such_table")]
)
def test_what_is_no_table(small: IndicatorSystem, tables: dict[str, pl.DataFrame], code: str) -> None:
    with pytest.raises(UsageError) as refused:
        Dataset.from_tables(tables, small)
    assert refused.value.code == code


@pytest.mark.parametrize(("column", "value", "code"), [("funds", math.nan, "not_finite"), ("V4", 3, "out_of_range")])
def test_frames_are_checked_too(small: IndicatorSystem, column: str, value: float, code: str) -> None:
    frame = pl.DataFrame({"unit": ["A"], "year": [2025], "funds": [0.1], "V4": [2]})
    data = Dataset.from_fields(frame.with_columns(pl.lit(value).alias(column)), small)
    assert [item.field for item in data.problems if item.code == code] == [column]


def test_the_hash_of_a_frame_is_that_of_its_values(small: IndicatorSystem) -> None:
    frame = pl.DataFrame({"unit": ["A", "B"], "year": [2025, 2025], "funds": [0.1, 0.2]})
    first, again, other = (
        Dataset.from_fields(given, small).sources[0].sha256
        for given in (frame, frame.select("funds", "year", "unit"), frame.with_columns(funds=pl.Series([0.1, 0.3])))
    )
    assert first == again != other


def test_the_shipped_sample_has_no_errors(system: IndicatorSystem) -> None:
    for year in ("2023", "2024", "2025"):
        data = read_dataset(shipped("sample_data") / year, system)
        assert [item for item in data.problems if item.severity == "error"] == []
        assert data.tables["consortia"].height == 10
