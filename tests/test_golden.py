"""The shipped samples come to what they came to: see `tests/golden`."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.golden import FOLDER, assessed, flat, place, runs

EXACT = 1e-9


@pytest.mark.parametrize("name", runs())
def test_golden_run(name) -> None:
    result = assessed(name)
    for table in runs()[name]:
        made = flat(getattr(result, table))
        kept = pl.read_csv(place(name, table), schema=made.schema)
        assert_frame_equal(made, kept, rel_tol=EXACT, abs_tol=EXACT)


def test_every_golden_table_is_of_a_run() -> None:
    assert {path.name for path in FOLDER.glob("*.csv")} == {
        place(name, table).name for name, tables in runs().items() for table in tables
    }
