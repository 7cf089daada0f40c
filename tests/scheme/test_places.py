"""The places of a grade: the percentage as it is written, rounded down."""

from fractions import Fraction

import pytest

from evalengine.scheme.model import Level
from evalengine.text import Label


@pytest.mark.parametrize("tenths", [46, 150, 300, 333, 1000])
def test_places_are_the_written_percentage_of_the_group_rounded_down(tenths: int) -> None:
    level = Level(code="good", label=Label("g", "g"), quota=tenths / 10)
    assert [level.places(size) for size in range(5_000)] == [
        int(Fraction(tenths, 1000) * size) for size in range(5_000)
    ]


def test_without_a_quota_there_is_a_place_for_everybody() -> None:
    assert Level(code="good", label=Label("g", "g")).places(7) == 7
