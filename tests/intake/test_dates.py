import datetime as dt

import pytest

from evalengine.intake.dates import parse_date, parse_year

FIRST = dt.date(2025, 3, 1)


@pytest.mark.parametrize(
    "typed",
    [
        FIRST,
        dt.datetime(2025, 3, 1),  # noqa: DTZ001
        "2025-03-01",
        "2025/3/1",
        "2025.3.1",
        "2025年3月1日",
        "2025年03月01日",
        "2025年3月1号",
        " 2025-3-1",
    ],
)
def test_dates(typed: object) -> None:
    assert parse_date(typed) == (FIRST, "", "", "")


@pytest.mark.parametrize(
    "typed",
    [
        "２０２５-3-1",
        "2025 年 3 月 1 日",
        "二〇二五年三月一日",
        "二零二五年三月一号",
        "2025年三月一日",
        "20250301",
        20250301,
        20250301.0,
        "2025/3/1 0:00",
        "2025-03-01 00:00:00",
        "2025-03-01T00:00:00",
        dt.datetime(2025, 3, 1, 13, 30),  # noqa: DTZ001
    ],
)
def test_rewritten_dates(typed: object) -> None:
    assert parse_date(typed)[:3] == (FIRST, "warning", "rewritten")


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("二〇二五年十月十日", (2025, 10, 10)),
        ("二〇二五年十二月三十一日", (2025, 12, 31)),
        ("二〇二五年十一月二十日", (2025, 11, 20)),
        ("二〇二五年〇三月〇五日", (2025, 3, 5)),
        ("二○二五年一月十九日", (2025, 1, 19)),
        ("2025年12月31日", (2025, 12, 31)),
    ],
)
def test_numerals(typed: str, day: tuple[int, int, int]) -> None:
    assert parse_date(typed).value == dt.date(*day)


@pytest.mark.parametrize("typed", ["2025年3月", "2025/3", "2025.03", "2025-3", "二〇二五年三月"])
def test_a_month_without_a_day_is_a_question(typed: str) -> None:
    assert parse_date(typed) == (FIRST, "warning", "day_missing", "2025-03-01")


@pytest.mark.parametrize(
    "typed",
    [
        "2025-02-30",
        "2025年13月1日",
        "2025年",
        "2025",
        2025,
        "25.3.1",
        "3/1/2025",
        "3月1日",
        "2025-3/1",
        "2025-3-1-1",
        "2025-3-²",
        "202503",
        "99990301",
        45717,
        45717.5,
        "2025-03-01 13:30",
        "二千零二十五年三月一日",
        "二〇二五年三月十十日",
        "二〇二五年三月〇十日",
        "十〇二五年三月一日",
        "昨天",
        "2025-3-",
        "2025/3/",
        True,
        float("nan"),
        float("inf"),
    ],
)
def test_no_dates(typed: object) -> None:
    assert parse_date(typed) == (None, "error", "not_a_date", "")


@pytest.mark.parametrize(("typed", "severity"), [(2025, ""), (2025.0, ""), ("2025", "")])
def test_years(typed: object, severity: str) -> None:
    found = parse_year(typed)
    assert (found.value, found.severity) == (2025, severity)


@pytest.mark.parametrize("typed", ["2025年", "２０２５", "2025 年度", "二〇二五", "二零二五年", " 2025"])
def test_rewritten_years(typed: str) -> None:
    assert parse_year(typed)[:3] == (2025, "warning", "rewritten")


@pytest.mark.parametrize(
    "typed",
    [
        2025.5,
        "25年",
        "二千零二十五",
        "2025-2026",
        True,
        FIRST,
        float("inf"),
        "2025²",
        "202²",
        "二五年",
        "2025年年",
        "十年",
    ],
)
def test_no_years(typed: object) -> None:
    assert parse_year(typed).severity == "error"


def test_a_year_stored_as_text_is_said_where_files_tell_the_difference() -> None:
    assert parse_year("2025", typed=True) == (2025, "warning", "number_as_text", "")
