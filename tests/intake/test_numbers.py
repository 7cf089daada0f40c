import datetime as dt
import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalengine.intake.numbers import ErrorCell, Percent, Uncached, Unit, parse_number, unit_of
from evalengine.text import Label

NONE = Unit()
WAN = unit_of(Label("万元", "CNY 10,000"))
YUAN = unit_of(Label("元", "CNY"))
PIECES = unit_of(Label("个/项/件", "pieces"))
SHARE = unit_of(Label("%", "%"))


@pytest.mark.parametrize(
    ("typed", "value"),
    [("1234.5", 1234.5), ("1e3", 1000.0), ("0", 0.0), ("-5.25", -5.25), ("0.1", 0.1), ("5e-324", 5e-324)],
)
def test_a_plain_number_is_read_as_it_stands(typed: str, value: float) -> None:
    assert parse_number(typed, NONE) == (value, "", "", "")


@pytest.mark.parametrize(
    ("typed", "unit", "value"),
    [
        ("1,234.5", NONE, 1234.5),
        ("12,345,678.9", NONE, 12345678.9),
        ("１，２３４．５", NONE, 1234.5),
        (" 0 ", NONE, 0.0),
        ("－5", NONE, -5.0),
        ("−5", NONE, -5.0),
        ("1 234", NONE, 1234.0),
        ("1，234", NONE, 1234.0),
        ("\u200b12", NONE, 12.0),
        ("007", NONE, 7.0),
        ("(1,234.5)", NONE, -1234.5),
        ("（12）", NONE, -12.0),
        ("5%", SHARE, 5.0),
        ("５％", SHARE, 5.0),
        ("5 %", SHARE, 5.0),
        ("3件", PIECES, 3.0),
        ("3 件", PIECES, 3.0),
        ("12.5万元", WAN, 12.5),
        ("12.5万", WAN, 12.5),
        ("12.5元", YUAN, 12.5),
    ],
)
def test_what_is_certain_is_rewritten_and_said(typed: str, unit: Unit, value: float) -> None:
    found = parse_number(typed, unit)
    assert (found.value, found.severity, found.code) == (value, "warning", "rewritten")


@pytest.mark.parametrize(
    ("typed", "unit", "value"),
    [
        ("100元", WAN, 100 / 10_000),
        ("1.2亿元", WAN, 1.2 * 10_000),
        ("3亿", WAN, 3 * 10_000.0),
        ("12.5万元", YUAN, 12.5 * 10_000),
        ("0.7万元", unit_of(Label("亿元", "")), 0.00007),
    ],
)
def test_another_unit_of_money_is_converted_and_said(typed: str, unit: Unit, value: float) -> None:
    found = parse_number(typed, unit)
    assert (found.value, found.severity, found.code) == (value, "warning", "scaled")


@pytest.mark.parametrize(
    "typed", ["-", "—", "——", "/", "无", "暂无", "未填", "不适用", "N/A", "null", "待定", "不详", " － "]
)
def test_a_word_for_none_is_missing_and_said(typed: str) -> None:
    assert parse_number(typed, NONE)[:3] == (None, "warning", "read_as_blank")


@pytest.mark.parametrize("blank", [None, "", "  ", "\u3000", "\u200b"])
def test_a_blank_is_missing_without_a_word(blank: object) -> None:
    assert parse_number(blank, NONE) == (None, "", "", "")


@pytest.mark.parametrize(
    "typed",
    [
        *("约5%", "1,23,4", "壹佰", "五", "12-34", "2024-01-02", "0x10", "1.2.3", "½", "∞", "1_000", "1/2", "3:00"),
        *(
            "²",
            "①",
            "10²",
            "٣",
            "1e999",
            "-1e999",
            "1e99999999",
            "NaN",
            "inf",
            "-inf",
            ".5",
            "1.",
            "+5",
            "--5",
            "(-5)",
            "()",
        ),
        *(
            "12.5万件",
            "3件",
            "5%",
            "5‰",
            "100元",
            "1 23",
            "1,234 567",
            "5 5",
            "#N/A",
            "#DIV/0!",
            "=1+1",
            "9" * 400,
            "1e",
        ),
        *(
            True,
            False,
            float("nan"),
            float("inf"),
            10**400,
            dt.date(2025, 1, 1),
            b"1",
            ErrorCell("#N/A"),
            Uncached("="),
        ),
    ],
)
def test_everything_else_is_an_error(typed: object) -> None:
    found = parse_number(typed, NONE)
    assert found.value is None
    assert found.severity == "error"


def test_a_percentage_elsewhere_is_an_error() -> None:
    assert parse_number("5%", WAN).code == "percent_elsewhere"
    assert parse_number(Percent(0.05), WAN).code == "percent_elsewhere"


@pytest.mark.parametrize(("held", "value"), [(0.05, 5.0), (0.07, 7.0), (5.0, 500.0), (0.123, 12.3)])
def test_a_percent_cell_is_read_as_it_is_shown(held: float, value: float) -> None:
    assert parse_number(Percent(held), SHARE)[:3] == (value, "warning", "percent_read")


def test_minus_zero_is_zero() -> None:
    assert str(parse_number("-0", NONE).value) == "0.0"
    assert str(parse_number(-0.0, NONE).value) == "0.0"


def test_a_number_stored_as_text_is_said_where_files_tell_the_difference() -> None:
    assert parse_number("12", NONE, typed=True) == (12.0, "warning", "number_as_text", "")
    assert parse_number("12", NONE) == (12.0, "", "", "")


def test_numbers_keep_their_bits() -> None:
    for number in (1 / 3, 1e-17, 0.1 + 0.2, 2**53 + 2.0, 5e-324, 1.7976931348623157e308, Decimal("0.1")):
        assert parse_number(number, NONE).value == float(number)
        assert parse_number(repr(float(number)), NONE).value == float(number)


@pytest.mark.fuzz
@given(st.text(alphabet="0123456789.,-+eE%() 　１，．％－−—/无万亿元件²①٣½_xinf\u200b", max_size=12) | st.text())
def test_no_text_is_read_as_another_number(typed: str) -> None:
    for unit in (NONE, WAN, PIECES, SHARE):
        found = parse_number(typed, unit)
        assert found.value is None or math.isfinite(found.value)
        assert found.severity != "error" or found.value is None
        if found.value is not None and not found.severity:
            assert float(typed) == found.value
