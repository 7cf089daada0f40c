"""The short form of the fuzz; the long form is `python -m tests.intake.fuzz`."""

import pytest

from evalengine.intake.numbers import Unit
from evalengine.scheme.model import IndicatorSystem
from tests.intake import fuzz


def test_no_number_is_read_as_another_one() -> None:
    assert list(fuzz.numbers(20_000, seed=7)) == []


def test_changed_files_are_read_or_refused(small: IndicatorSystem) -> None:
    assert list(fuzz.files(300, seed=7, system=small)) == []


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("（1，234．5万元）", fuzz.WAN, -1234.5),
        ("5元", fuzz.WAN, 0.0005),
        ("1 234", fuzz.PIECES, 1234.0),
        ("12,34", fuzz.PIECES, None),
        ("(-5)", fuzz.PIECES, None),
        ("10²", fuzz.PIECES, None),
        ("1e999", fuzz.PIECES, None),
        ("5件", fuzz.PERCENT, None),
    ],
)
def test_the_oracle_knows_what_a_text_is(text: str, unit: Unit, value: float | None) -> None:
    assert fuzz.oracle(text, unit) == value
