"""The short form of the fuzz; the long form is `python -m tests.intake.fuzz`."""

from random import Random

import pytest

from evalengine.intake.numbers import Unit
from evalengine.scheme.model import IndicatorSystem
from tests.intake import fuzz


def test_no_number_is_read_as_another_one() -> None:
    assert fuzz.numbers(10_000, 7) >= 10_000


def test_changed_files_are_read_or_refused(small: IndicatorSystem) -> None:
    ends = fuzz.files(250, 7, small, fuzz.BOOKS | fuzz.TABLES)
    assert sum(ends.values()) >= 250
    assert ends["read"] > 50


def test_a_finding_is_shrunk() -> None:
    """A check that fails ends the run; hypothesis has reduced it to the simplest choices that fail."""
    seen: list[int] = []

    def check(chance: Random) -> None:
        seen.append(chance.randint(0, 1_000_000))
        assert seen[-1] < 1_000

    with pytest.raises(AssertionError):
        fuzz.explore(check, 1_000, 1)
    assert seen[-1] == 1_000


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
