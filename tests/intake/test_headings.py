import pytest

from evalengine.intake.headings import find_header, headings_in, is_flat, stated_scale, states_other_unit, table_named
from evalengine.scheme.model import Column, IndicatorSystem
from evalengine.text import Label

COLUMNS = {
    "funds": Column(label=Label("经费", "Funds"), synonyms=("资金总额",)),
    "home": Column(label=Label("合作（省内）", "Partners (home)")),
    "away": Column(label=Label("合作（省外）", "Partners (away)")),
}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("经费", "funds"),
        (" 经 费 ", "funds"),
        ("经费\n（万元）", "funds"),
        ("经费(万元)", "funds"),
        ("*经费", "funds"),
        ("FUNDS", "funds"),
        ("资金总额", "funds"),
        ("合作(省外)", "away"),
        ("合作", ""),
        ("经费来源", ""),
    ],
)
def test_a_heading_is_matched_by_name(typed: str, code: str) -> None:
    assert headings_in([typed], COLUMNS)[0].code == code


def test_the_nearest_name_is_told() -> None:
    assert headings_in(["Founds"], COLUMNS)[0].nearest == "Funds"


def test_the_heading_row_is_the_one_with_most_names() -> None:
    rows = [["表1 经费"], ["经费", None], [None], ["经费（万元）", "合作（省内）", "备注"], ["1", "2", "x"]]
    assert find_header(rows, COLUMNS) == 3
    assert find_header([["甲"], ["乙"]], COLUMNS) is None


@pytest.mark.parametrize(
    ("typed", "other"), [("经费（元）", True), ("经费（万元）", False), ("经费", False), ("经费（见注）", False)]
)
def test_a_unit_in_brackets_is_compared_with_the_declared_one(typed: str, other: bool) -> None:
    assert states_other_unit(headings_in([typed], COLUMNS)[0], 10_000) is other


def test_tables_are_named_by_code_label_or_synonym(system: IndicatorSystem) -> None:
    names = ["contracts", "技术合同", " 技术 合同 ", "Technology contracts", "成员名单", "fields", "合同"]
    assert [table_named(name, system) for name in names] == [*["contracts"] * 4, "members", "fields", ""]


def test_a_flat_heading_has_unit_year_and_a_field(small: IndicatorSystem) -> None:
    assert is_flat(["unit", "year", "funds"], small)
    assert is_flat(["联合体编号", "年度", "经费（万元）"], small)
    assert not is_flat(["unit", "year", "name"], small)
    assert not is_flat(["unit", "funds"], small)


@pytest.mark.parametrize(
    ("note", "yuan"),
    [
        ("金额单位：元", [1]),
        ("（计量单位：万元）", [10_000]),
        ("单位 万元", [10_000]),
        ("填报单位（盖章）：甲　金额单位：亿元　日期：2026年", [100_000_000]),
        ("填报单位：元氏县公司", []),
        ("单位：项、元", [1]),
        ("单位：件", []),
        ("牵头单位", []),
        (2025, []),
    ],
)
def test_a_note_states_a_unit_of_money(note: object, yuan: list[int]) -> None:
    assert [item[3] for item in stated_scale([[None], [None, note]])] == yuan
    assert all(item[:2] == (1, 1) for item in stated_scale([[None], [None, note]]))
