import polars as pl
import pytest

from evalengine.intake.cells import parse_place, parse_text
from evalengine.intake.dataset import Dataset
from evalengine.intake.parsers import parse_nil_returns
from evalengine.scheme.model import IndicatorSystem

FIGURES = {"funds": 1.0, "funds_own": 0.0, "patents": 1.0, "share": 2.0}


def yearly(*units: str) -> pl.DataFrame:
    return pl.DataFrame([{"unit": unit, "year": 2025, **FIGURES} for unit in units])


def consortia(*units: str, group: list[str] | None = None) -> pl.DataFrame:
    frame = pl.DataFrame({"unit": units, "name": units})
    return frame if group is None else frame.with_columns(group=pl.Series(group))


def found(data: Dataset) -> list[tuple[str, str, str]]:
    return [(item.code, item.value, item.cell) for item in data.problems]


@pytest.mark.parametrize("typed", ["u1", "Ｕ１", "U 1", "U\u200b1", "u\u30001"])
def test_units_that_differ_only_in_spelling_are_one(small: IndicatorSystem, typed: str) -> None:
    nodes = pl.DataFrame({"unit": ["U1"], "node": ["n"], "member": ["m"], "weight": [1.0]})
    data = Dataset.from_tables({"consortia": consortia("U1"), "yearly": yearly(typed), "nodes": nodes}, small)
    assert data.tables["yearly"]["unit"].to_list() == ["U1"]
    value = parse_text(typed).value
    assert found(data) == ([("respelt", value, "A2")] if value != "U1" else [])


def test_a_unit_returned_twice_in_two_spellings_is_a_duplicate(small: IndicatorSystem) -> None:
    data = Dataset.from_tables({"consortia": consortia("U1", "u1"), "yearly": yearly("U1")}, small)
    assert [code for code, *_ in found(data)].count("duplicate_key") == 2


@pytest.mark.parametrize("order", [1, -1])
def test_the_most_frequent_spelling_stays(small: IndicatorSystem, order: int) -> None:
    group = ["G 1", "g1", "G 1", "Ｇ１"][::order]
    frame = consortia("A", "B", "C", "D", group=group)
    data = Dataset.from_tables({"consortia": frame, "yearly": yearly("A", "B", "C", "D")}, small)
    assert data.tables["consortia"]["group"].to_list() == ["G 1"] * 4
    respelt = [item for item in data.problems if item.code == "respelt"]
    assert sorted((item.value, item.facts["detail"], item.facts["count"]) for item in respelt) == [
        ("g1", "G 1", 1),
        ("Ｇ１", "G 1", 1),
    ]


def test_flat_figures_too(small: IndicatorSystem) -> None:
    frame = yearly("A", "B").with_columns(group=pl.Series(["g", "Ｇ"]))
    data = Dataset.from_fields(frame, small)
    assert data.tables["fields"]["group"].unique().to_list() == ["g"]
    lazy = Dataset.from_fields(frame.lazy(), small)
    assert lazy.tables["fields"].equals(data.tables["fields"])


def test_members_keep_their_reference(system: IndicatorSystem) -> None:
    members = pl.DataFrame({"unit": ["A", "A"], "member_id": ["91X", "92Y"], "member": ["甲", "乙"]})
    nodes = pl.DataFrame({"unit": ["A"], "node_id": ["n"], "member_id": ["９１x"]})
    data = Dataset.from_tables({"members": members, "chain_nodes": nodes}, system)
    assert data.tables["chain_nodes"]["member_id"].to_list() == ["91X"]
    assert "reference_missing" not in [code for code, *_ in found(data)]


@pytest.mark.parametrize(
    ("column", "typed"), [("expert", ["E1", "e1", "Ｅ１"]), ("matter", ["获奖（一）", "获奖(一)", "获奖 （一）"])]
)
def test_other_parts_of_keys(system: IndicatorSystem, column: str, typed: list[str]) -> None:
    base = {"unit": ["A"] * 3, "year": [2025] * 3, column: typed}
    tables = {
        "expert": {
            "experts": pl.DataFrame({**base, "item": ["ip"] * 3, "score": [80, 81, 82], "recused": [False] * 3})
        },
        "matter": {"events": pl.DataFrame({**base, "item": ["P1"] * 3, "count": [1] * 3, "evidence": ["x"] * 3})},
    }[column]
    data = Dataset.from_tables(tables, system)
    assert [code for code, *_ in found(data)].count("duplicate_key") == 3


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("江苏省", "江苏"),
        ("江苏", "江苏"),
        ("上海市", "上海"),
        ("无锡 市", "无锡"),
        ("内蒙古自治区", "内蒙古"),
        ("广西壮族自治区", "广西"),
        ("新疆维吾尔自治区", "新疆"),
        ("宁夏回族自治区", "宁夏"),
        ("香港特别行政区", "香港"),
        ("阿里地区", "阿里"),
        ("沙市", "沙市"),
        ("津市市", "津市"),
        ("Jiangsu Province", "Jiangsu"),
        ("Capacity", "Capacity"),
        (None, None),
    ],
)
def test_places(typed: str | None, name: str | None) -> None:
    read = parse_place(typed)
    assert read.value == name
    assert (read.code == "rewritten") is (typed != name)


def test_shares_of_members_do_not_depend_on_how_places_are_written(system: IndicatorSystem) -> None:
    members = pl.DataFrame(
        {
            "unit": ["A"] * 4,
            "member_id": ["1a", "2a", "3a", "4a"],
            "member": ["甲", "乙", "丙", "丁"],
            "province": ["江苏省", "江苏", "上海市", "江 苏"],
            "city": ["无锡市", "无锡", "上海", "无　锡"],
        }
    )
    data = Dataset.from_tables({"members": members}, system)
    assert data.tables["members"]["province"].to_list() == ["江苏", "江苏", "上海", "江苏"]
    assert data.tables["members"]["city"].to_list() == ["无锡", "无锡", "上海", "无锡"]


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("项目", "projects"),
        ("项目 ；成果清单", "projects;achievements"),
        ("ＰＲＯＪＥＣＴＳ、技术 合同", "projects;contracts"),
        ("项目；结点表", "projects;结点表"),
        ("；", None),
        (None, None),
    ],
)
def test_nil_returns_become_codes(system: IndicatorSystem, typed: str | None, codes: str | None) -> None:
    assert parse_nil_returns(system, typed).value == codes
    frame = pl.DataFrame(
        {"unit": ["A"], "year": [2025], "nil_returns": [typed]}, schema_overrides={"nil_returns": pl.String}
    )
    assert Dataset.from_tables({"yearly": frame}, system).tables["yearly"]["nil_returns"].to_list() == [codes]
