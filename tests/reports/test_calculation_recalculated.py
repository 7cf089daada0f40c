"""The calculation workbook recalculated for real: what the formulas give against what the engine gives."""

from __future__ import annotations

import pytest

from evalengine import text
from tests.reports.calculation_cases import NAMES, PLANTED, SEEDS, UNCHANGED, build, say, title
from tests.reports.random_schemes import FORMULAS, assessed, scheme
from tests.reports.recalculation import Book, differences, moved, require_program


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    require_program()
    return build(tmp_path_factory.mktemp("calculation"))


@pytest.mark.parametrize("name", NAMES)
def test_the_formulas_give_what_the_engine_gives(cases, name, record_property):
    wrong, largest = cases[name].differences
    record_property("largest difference of a recalculated workbook", largest)
    assert wrong == []


@pytest.mark.parametrize("name", [*UNCHANGED, "sample-en"])
def test_every_value_beside_a_formula_is_its_result(cases, name):
    assert moved(Book(cases[name].path), cases[name].book) == []


def test_the_largest_difference(cases, capsys):
    largest = {name: cases[name].differences[1] for name in NAMES}
    cells = {name: cases[name].book.compared() for name in NAMES}
    with capsys.disabled():
        worst = max(largest, key=lambda name: largest[name])
        print(f"\ncalculation workbooks: {len(NAMES)} recalculated, {sum(cells.values())} cells compared, "
              f"largest difference {largest[worst]:.1e} ({worst})")  # fmt: skip
    assert max(largest.values()) <= 1e-9


def test_the_english_book_too(cases):
    book = Book(cases["sample-en"].recalculated, "en")
    assert differences(book, cases["sample-en"].expected)[0] == []
    assert book.verdict()[0] == text.sentence("calculation.verdict.agree", "en")


def test_a_wrong_value_beside_a_formula_is_seen_and_recalculated_away(cases):
    """Were the values beside the formulas trusted, every test of this file would pass whatever the formulas say."""
    before, _ = differences(Book(cases["planted"].path), cases["planted"].expected)
    assert before == [f"total U1: {PLANTED!r}, not {cases['planted'].expected.ranking.filter(unit='U1')['total'][0]!r}"]
    assert cases["planted"].differences[0] == []


@pytest.mark.parametrize("name", UNCHANGED)
def test_the_book_itself_says_that_all_agrees(cases, name):
    said, different, largest = cases[name].book.verdict()
    assert (said, different) == (say("verdict.agree"), 0)
    assert largest <= 1e-9


def test_the_book_says_that_weights_have_been_changed(cases):
    said, different, largest = cases["sample-reweighted"].book.verdict()
    assert said == text.sentence("calculation.verdict.changed", "zh", sheet=title("weights"))
    assert different > 0
    assert largest > 1


def test_the_book_says_that_something_else_was_altered(cases):
    said, different, _ = cases["small-altered"].book.verdict()
    assert said == say("verdict.wrong")
    assert different > 0
    wrong, _ = cases["small-altered"].differences
    assert any(line.startswith("total U3") for line in wrong)


def test_the_random_schemes_hold_every_case():
    """The comparison above is worth what its cases are."""
    systems = [scheme(seed)[0] for seed in SEEDS]
    results = [assessed(seed, *scheme(seed)) for seed in SEEDS]
    rules = {rule["rule"] for system in systems for rule in (item.scoring for item in system.indicators.values())}
    assert rules == {
        "base_full", "linear", "share_of_standard", "efficacy", "efficacy_exponential", "interval", "tiers", "bands",
        "expert",
    }  # fmt: skip
    turned = {
        item.scoring["rule"] for system in systems for item in system.indicators.values() if item.direction == "cost"
    }
    assert turned == {"base_full", "linear", "efficacy", "efficacy_exponential", "tiers", "bands"}
    indicators = [item for system in systems for item in system.indicators.values()]
    assert {item.formula for item in indicators} == set(FORMULAS)
    assert {item.window for item in indicators} == {"year", "avg3", "sum3", "stock_end"}
    assert {item.not_applicable.policy for item in indicators} == {"zero", "reweight", "fixed"}
    means = {item.aggregation for system in systems for item in system.dimensions.values()}
    assert means == {"arithmetic", "geometric", "harmonic", "power", "minimum"}
    assert {system.ranking.method for system in systems} == {"competition", "modified", "dense", "fractional"}
    assert {system.grades.quota_tie for system in systems} == {"in", "out"}
    reasons = {reason for result in results for reason in result.ranking["grade_reason"]}
    assert reasons == {"threshold", "quota", "small_group", "cap", "veto"}
    assert any(result.ranking["tie"].any() for result in results)
    assert any(result.ranking["two_year_result"].drop_nulls().len() for result in results)
    assert {status for result in results for status in result.values["status"]} >= {"ok", "missing", "not_applicable"}
    assert any(result.scores["score"].null_count() for result in results)
    assert any(scheme(seed)[1].groups for seed in SEEDS)
