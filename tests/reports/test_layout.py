"""Pages of a table too wide for one: columns under one heading stay together."""

from evalengine.reports.layout import pages

WIDE = 40  # a page is 100 wide, and up to 125 are printed on each of several


def test_a_page_ends_before_a_run_of_columns_that_would_be_cut() -> None:
    across = [10.0, *[WIDE / 2] * 10]
    assert pages(across, 1, 100.0, ["", *"aaabbbbccc"]) == [3, 7, 10]
    assert pages(across, 1, 100.0) == [5, 10]


def test_a_run_longer_than_a_page_is_cut() -> None:
    assert pages([10.0, *[WIDE] * 6], 1, 100.0, ["", *"aaaaaa"])[-1] == 6
    assert len(pages([10.0, *[WIDE] * 6], 1, 100.0, ["", *"aaaaaa"])) > 1


def test_a_table_that_fits_is_on_one_page() -> None:
    assert pages([10.0, 40.0, 40.0], 1, 100.0) == [2]
