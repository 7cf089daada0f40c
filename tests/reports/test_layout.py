"""Columns share a page by what they hold, rows are as high as their text, and wide tables are cut between runs."""

import dataclasses

import pytest

from evalengine.reports import cells, style
from evalengine.reports.layout import Column, Row, breaks, height, pages, widths

WIDE = 40  # a page is 100 wide, and up to 125 are printed on each of several


def test_a_page_ends_before_a_run_of_columns_that_would_be_cut() -> None:
    across = [10.0, *[WIDE / 2] * 10]
    assert pages(across, 1, 100.0, ["", *"aaabbbbccc"]) == [3, 7, 10]
    assert pages(across, 1, 100.0) == [5, 10]


def test_a_run_longer_than_a_page_is_cut() -> None:
    assert pages([10.0, *[WIDE] * 6], 1, 100.0, ["", *"aaaaaa"])[-1] == 6
    assert len(pages([10.0, *[WIDE] * 6], 1, 100.0, ["", *"aaaaaa"])) > 1


def test_a_run_too_long_to_be_kept_together_makes_no_page_too_wide() -> None:
    assert pages([10.0, 30.0, 60.0, 60.0, 60.0], 1, 100.0, ["", "", *"aaa"]) == [2, 3, 4]


@pytest.mark.parametrize(("above", "ends"), [("aabbbbbc", [2, 7, 8]), ("aabbbbbcccddd", [2, 7, 10, 13])])
def test_pages_of_even_width_cut_no_run_that_fits_a_page(above: str, ends: list[int]) -> None:
    assert pages([10.0, *[WIDE / 2] * len(above)], 1, 100.0, ["", *above]) == ends


def test_a_table_that_fits_is_on_one_page() -> None:
    assert pages([10.0, 40.0, 40.0], 1, 100.0) == [2]


PROPORTIONAL = dataclasses.replace(style.LOOK, proportional=True)


def test_a_column_of_long_names_takes_the_room_an_empty_column_of_notes_does_not_need() -> None:
    columns = [
        Column(heading="1"),
        Column(heading="2", wraps=True, least=30),
        Column(heading="3", wraps=True, least=30),
    ]
    across = widths(columns, [Row([("centre", "1"), ("text", "\u5b9d" * 84), ("text", None)])], 100.0)
    assert across[2] == pytest.approx(5, abs=0.5)
    assert sum(across) == pytest.approx(100, abs=0.2)


def test_columns_of_sentences_share_the_page_by_their_longest_and_none_is_below_its_least() -> None:
    columns = [Column(wraps=True, least=10), Column(wraps=True, least=10), Column(wraps=True, least=10)]
    rows = [Row([("text", "w " * 80), ("text", "w " * 40), ("text", "w " * 8)])]
    long, short, least = widths(columns, rows, 110.0)
    assert least == 10
    assert long / short == pytest.approx(2, rel=0.02)
    assert long + short == pytest.approx(100, abs=0.2)


def test_a_word_of_a_sentence_is_not_broken_but_a_code_is() -> None:
    columns = [Column(wraps=True, least=5), Column(wraps=True, least=5), Column(wraps=True, least=5)]
    rows = [Row([("text", "a " * 99), ("text", "industrialisation"), ("text", "0123456789abcdef" * 4)])]
    _, word, code = widths(columns, rows, 60.0)
    assert word > len("industrialisation")
    assert code < len("0123456789abcdef")


def test_letters_of_a_known_font_take_their_own_width() -> None:
    english = "share of projects led by enterprises"
    assert cells.width(english) == len(english)
    assert 0.75 * len(english) < cells.width(english, proportional=True) < 0.9 * len(english)
    assert cells.width("2024", proportional=True) == cells.width("2024")
    assert cells.width("\u5b9d\u5b9d", proportional=True) == cells.width("\u5b9d\u5b9d")
    assert cells.width("WWW", proportional=True) > cells.width("WWW")


def test_a_row_of_english_is_as_high_as_its_letters_ask() -> None:
    row, across = Row([("text", "share of projects led by enterprises")]), [36.0]
    one_line = style.LINE_POINTS + style.ROW_PADDING
    assert height(row, across) > one_line
    assert height(row, across, PROPORTIONAL) == pytest.approx(one_line)


def test_a_text_fits_on_one_line_of_a_column_made_for_it() -> None:
    for text in ("JS07", "0.75", "Effective", "\u6c5f\u82cf\u7701"):
        for look in (style.LOOK, PROPORTIONAL):
            across = widths([Column()], [Row([("centre", text)])], 100.0, look)
            assert height(Row([("centre", text)]), across, look) == height(Row([]), across, look), text


@pytest.mark.parametrize(
    ("blocks", "starts_page"),
    [
        ([4, 4], []),  # both fit: 1 row of title, 8 rows, a page takes 10
        ([4, 6], [5]),  # the second would be cut, and 5 of 10 rows are taken
        ([3, 7], []),  # the second is cut, but the page is not half full
        ([12, 3], [13]),  # what is longer than a page is cut, and the next block starts a page
        ([4, 12, 3], [5, 17]),
        ([4, 5, 6, 4, 6], [10, 20]),
    ],
)
def test_a_block_that_fits_a_page_is_not_cut(blocks: list[int], starts_page: list[int]) -> None:
    starts = [1 + sum(blocks[:place]) for place in range(len(blocks))]
    assert breaks([1.0] * (1 + sum(blocks)), starts, (), 10.0) == starts_page


def test_a_block_that_starts_a_page_anyhow_gets_no_second_break() -> None:
    heights = [1.0] * 13
    assert breaks(heights, [1, 7, 9], {7}, 10.0) == []
    assert breaks(heights, [1, 7, 9], (), 10.0) == [9]


def test_a_sheet_without_blocks_gets_no_breaks() -> None:
    assert breaks([1.0] * 99, [], (), 10.0) == []
