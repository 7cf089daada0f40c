import datetime as dt

import pytest

from evalengine.intake.cells import (
    choice_parser,
    expert_parser,
    parse_boolean,
    parse_text,
    parse_verbatim,
)
from evalengine.intake.numbers import ErrorCell, Percent, Unit
from evalengine.text import Label

FIRST = dt.date(2025, 3, 1)


@pytest.mark.parametrize("typed", ["是", "有", "√", "YES", "y", "TRUE", "1", 1, 1.0, True])
def test_yes(typed: object) -> None:
    assert parse_boolean(typed) == (True, "", "", "")


@pytest.mark.parametrize("typed", ["否", "无", "×", "No", "n", "false", "0", 0, False])
def test_no(typed: object) -> None:
    assert parse_boolean(typed) == (False, "", "", "")


@pytest.mark.parametrize("typed", ["也许", 2, 0.5, "是是", ErrorCell("#N/A"), FIRST])
def test_neither_yes_nor_no(typed: object) -> None:
    assert parse_boolean(typed).severity == "error"


def test_a_dash_for_yes_or_no_is_blank() -> None:
    assert parse_boolean("—")[:3] == (None, "warning", "read_as_blank")


@pytest.mark.parametrize(
    ("typed", "code"), [("lead", "lead"), ("牵头", "lead"), (" Lead ", "lead"), ("参与", "join"), ("JOIN", "join")]
)
def test_a_choice_is_its_code_or_label(typed: str, code: str) -> None:
    parse = choice_parser({"lead": Label("牵头", "Lead"), "join": Label("参与", "Join")})
    assert parse(typed) == (code, "", "", "")


@pytest.mark.parametrize("typed", ["主持", 3, True, FIRST, ErrorCell("#REF!")])
def test_an_unknown_choice(typed: object) -> None:
    assert choice_parser({"lead": Label("牵头", "Lead")})(typed).severity == "error"


def test_text_and_identifiers() -> None:
    assert parse_text(" 甲 ") == ("甲", "", "", "")
    assert parse_text(123) == ("123", "warning", "number_to_text", "123")
    assert parse_text(913202000000000)[0] == "913202000000000"
    assert parse_text(912345678901234567).code == "digits_lost"
    assert parse_text(9.12345678901234e17).code == "digits_lost"
    assert parse_text(FIRST).code == "date_as_text"
    assert parse_text(True).code == "not_text"
    assert parse_text("#N/A").code == "error_cell"
    assert parse_text("无") == (None, "warning", "read_as_blank", "")


def test_verbatim_keeps_what_an_adjustment_says() -> None:
    cases = [(1234.5, "1234.5"), (12, "12"), ("甲", "甲"), ("—", None), (FIRST, "2025-03-01"), (Percent(0.07), "7%")]
    assert [parse_verbatim(raw).value for raw, _ in cases] == [value for _, value in cases]


@pytest.mark.parametrize(
    ("typed", "value", "severity"),
    [
        ("80;84;86", "80;84;86", ""),
        ("80.5; 84", "80.5;84", ""),
        ("84.50;80", "84.5;80", ""),
        (85, "85", ""),
        ("80；84", "80;84", "warning"),
        ("80分;84", None, "error"),
        ("80;;84", None, "error"),
        ("80,84", None, "error"),
        ("80;101", None, "error"),
        ("80;-1", None, "error"),
        ("80;1e999", None, "error"),
        ("—", None, "warning"),
    ],
)
def test_expert_scores(typed: object, value: str | None, severity: str) -> None:
    found = expert_parser(Unit(), 0.0, 100.0)(typed)
    assert (found.value, found.severity) == (value, severity)
