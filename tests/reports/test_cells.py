from __future__ import annotations

import math
import struct

import pytest

from evalengine.reports.cells import SharedStrings, cell, clean, lines, number, starts_like_formula

EXACT = [0.1, 1 / 3, 84.995, 1e-17, 1e300, -5.2, 123456789.123456789, 5e-324, 2**53 + 0.0, 1e15, -1e15, 0.0, 85.0]


@pytest.mark.parametrize("value", EXACT)
def test_a_number_reads_back_bit_for_bit(value: float) -> None:
    assert struct.pack("d", float(number(value))) == struct.pack("d", value)


def test_negative_zero_is_written_as_zero() -> None:
    assert number(-0.0) == "0"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="cannot hold"):
        number(value)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("a\x00b\x0bc\x1f", "abc"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("\t=1", " =1"),
        ("\ud800", ""),
        ("\ufffe甲", "甲"),
        ("甲" * 40_000, "甲" * 32_767),
    ],
)
def test_text_is_cleaned(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@pytest.mark.parametrize(
    ("value", "quoted"), [("=1+1", True), ("+1", True), ("-1", True), ("@SUM(1)", True), ("甲=乙", False), ("", False)]
)
def test_text_that_looks_like_a_formula_is_recognised(value: str, *, quoted: bool) -> None:
    assert starts_like_formula(value) is quoted


def test_text_is_a_shared_string_and_never_a_formula() -> None:
    strings = SharedStrings()
    assert cell("A1", 3, "=HYPERLINK()", strings) == '<c r="A1" s="3" t="s"><v>0</v></c>'
    assert cell("A2", 3, "b", strings) == '<c r="A2" s="3" t="s"><v>1</v></c>'
    assert cell("A3", 3, "b", strings) == '<c r="A3" s="3" t="s"><v>1</v></c>'
    assert b'count="3" uniqueCount="2"' in strings.xml()


def test_shared_strings_are_escaped() -> None:
    strings = SharedStrings()
    strings.position("<&>_x0041_")
    assert b"&lt;&amp;&gt;_x005F_x0041_" in strings.xml()


@pytest.mark.parametrize(
    ("string", "columns", "expected"),
    [
        ("", 10, 1),
        ("甲乙丙丁戊", 10, 1),
        ("甲乙丙丁戊己", 10, 2),
        ("one two three", 7, 2),
        ("one two three", 6, 3),  # "two three" needs nine
        ("a" * 25, 10, 3),
        ("甲\n乙", 10, 2),
        ("甲乙 abcdefg", 8, 2),
    ],
)
def test_lines_of_wrapped_text(string: str, columns: int, expected: int) -> None:
    assert lines(string, columns) == expected
