"""Other methods beside the official result: right, complete, and without any say."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from statistics import NormalDist

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from evalengine import Assessment, assess, load_indicators, load_weights, read_dataset
from evalengine.analysis.reference import Referenced, _groups, reference
from evalengine.scheme.model import Choice, Reference
from evalengine.scheme.shipped import shipped
from tests.small import PLAIN_TOTAL, assess_flat, small

# Scores: intensity 60 (weight .2), money 50 (.1), coverage 75 (.3), completion 80 (.2), capped 50 (.1), opinion 80 (.1)
U1 = {"unit": "U1"}
U2 = {"unit": "U2", "budget": 1000.0}  # money 100: total 5 more
U3 = {"unit": "U3", "done": 5.0}  # completion 100: total 4 more
OFFICIAL = {"U2": 1.0, "U3": 2.0, "U1": 3.0}


def assessed(
    rows: Sequence[Mapping[str, object]] = (U1, U2, U3),
    methods: tuple[Choice, ...] = (),
    grades: tuple[Choice, ...] = (),
    *,
    tie: str = "competition",
    **more: int,
) -> Assessment:
    system, _ = small()
    own = dataclasses.replace(
        system,
        reference=Reference(methods=methods, grades=grades, **more),
        ranking=dataclasses.replace(system.ranking, method=tie),
    )
    return assess_flat(*rows, system=own)


def ranks(found: Referenced, number: int = 1) -> dict[str, float]:
    return dict(found.ranks.filter(pl.col("number") == number).select("unit", "rank").iter_rows())


def grades(found: Referenced, number: int = 1) -> dict[str, str]:
    return dict(found.grades.filter(pl.col("number") == number).select("unit", "grade").iter_rows())


@pytest.fixture(scope="module")
def sample() -> Assessment:
    system = load_indicators()
    return assess(read_dataset(shipped("sample_data") / "2025", system), system, load_weights("jiangsu", system))


def test_ranks_and_scores_by_hand():
    found = reference(assessed(methods=("borda", {"method": "vikor", "strategy": 0.0})))
    # Borda: four indicators of weight .7 tie (2 each); money 2.5, 1, 2.5; completion 2.5, 2.5, 1
    tied = 0.2 + 0.3 + 0.1 + 0.1
    borda = {
        "U1": 3 - (tied * 2 + 0.1 * 2.5 + 0.2 * 2.5),
        "U2": 3 - (tied * 2 + 0.1 * 1 + 0.2 * 2.5),
        "U3": 3 - (tied * 2 + 0.1 * 2.5 + 0.2 * 1),
    }
    shown = found.ranks.filter(pl.col("method") == "borda")
    assert dict(shown.select("unit", "score").iter_rows()) == pytest.approx(borda)
    assert ranks(found, 1) == {"U3": 1.0, "U2": 2.0, "U1": 3.0}
    # largest regret: U1 .2 (completion), U2 .2 (completion), U3 .1 (money)
    assert ranks(found, 2) == {"U3": 1.0, "U1": 2.0, "U2": 2.0}
    assert found.ranks.filter(pl.col("method") == "vikor")["higher_is_better"].to_list() == [False] * 3
    assert dict(found.ranks.select("unit", "official_rank").iter_rows()) == OFFICIAL
    assert found.ranks["unit"].to_list() == ["U2", "U3", "U1"] * 2  # as the ranking lists them


def test_agreement_by_hand():
    found = reference(assessed(methods=({"method": "vikor", "strategy": 0.0},)))
    row = found.agreement.row(0, named=True)
    # official 3, 1, 2 and reference 2.5, 2.5, 1 for U1, U2, U3
    assert row["spearman"] == pytest.approx(1 * 0.5 + -1 * 0.5 + 0 * -1)
    assert row["kendall_tau_b"] == pytest.approx(1 - 1)  # one pair alike, one reversed, one tied
    assert row["mean_rank_shift"] == pytest.approx((0.5 + 1.5 + 1) / 3)
    assert (row["top"], row["top_overlap"]) == (1, 0.0)  # half of three units, rounded down
    assert row["units"] == 3


def test_dependence_counts_the_official_rank():
    found = reference(assessed(methods=({"method": "vikor", "strategy": 0.0}, "borda")))
    spread = {row["unit"]: (row["best_rank"], row["worst_rank"], row["depends"]) for row in found.dependence.to_dicts()}
    assert spread == {"U1": (2.0, 3.0, True), "U2": (1.0, 2.0, True), "U3": (1.0, 2.0, True)}
    better = {"unit": "U2", "budget": 1000.0, "done": 5.0}
    alike = reference(assessed((U1, better, U3), methods=({"method": "vikor", "strategy": 0.0}, "borda")))
    assert alike.dependence.filter(pl.col("unit") == "U2")["depends"].to_list() == [False]


def test_grades_by_hand():
    found = reference(assessed(grades=("electre_tri", "rank_sum_ratio", "flowsort")))
    # at least 60 in all but money (.1) and capped (.1): .8 >= .75; at least 75 in coverage, completion, opinion: .6
    assert grades(found, 1) == {"U1": "pass", "U2": "pass", "U3": "pass"}
    # rank-sum ratio: ranks 1, 2, 3 from the lowest, p = 1/3, 2/3, 1 - 1/12; limits of four grades 3.5, 5, 6.5
    probits = [5 + NormalDist().inv_cdf(p) for p in (1 / 3, 2 / 3, 1 - 1 / 12)]
    names = ["fail", "pass", "good", "excellent"]
    expected = [names[sum(probit >= limit for limit in (3.5, 5, 6.5))] for probit in probits]
    assert grades(found, 2) == dict(zip(("U1", "U2", "U3"), (expected[0], expected[1], expected[2]), strict=True))
    # FlowSort, usual: among the lines 85, 75 and 60, U1 is above the line 60 on .8 and below it on .2, above 75 on .3
    # (completion, opinion; coverage is equal) and below it on .4, below 85 everywhere
    net = (0.8 - 0.2) + (0.3 - 0.4) + (0 - 1)
    lines = {60: -2 + (0.2 - 0.8), 75: 1 - 1 + (0.4 - 0.3), 85: 2 + 1}
    assert grades(found, 3)["U1"] == ("good" if net >= lines[75] else "pass" if net >= lines[60] else "fail")
    assert dict(found.grades.select("unit", "official_grade").iter_rows()) == {"U1": "pass", "U2": "pass", "U3": "pass"}


def place(scores: Sequence[float], own: float, tie: str) -> float:
    better, equal = sum(score > own for score in scores), sum(score == own for score in scores)
    return {
        "competition": better + 1,
        "modified": better + equal,
        "fractional": better + (equal + 1) / 2,
        "dense": len({score for score in scores if score > own}) + 1,
    }[tie]


@pytest.mark.parametrize("tie", ["competition", "modified", "fractional", "dense"])
def test_equal_units_tie_under_every_method_and_share_places_by_the_official_rule(tie):
    twin = {"unit": "U4", "budget": 1000.0}  # of U2
    methods = ("topsis", "vikor", "grey_relational", "rank_sum_ratio", "promethee_ii", "copeland", "electre_iii")
    found = reference(assessed((U1, U2, U3, twin), methods=methods, tie=tie))
    assert found.unanswered == ()
    for number in range(1, len(methods) + 1):
        shown = found.ranks.filter(pl.col("number") == number)
        scores = [round(row["score"] * (1 if row["higher_is_better"] else -1), 10) for row in shown.to_dicts()]
        assert shown["rank"].to_list() == [place(scores, own, tie) for own in scores]
        assert ranks(found, number)["U2"] == ranks(found, number)["U4"]


def test_where_all_tie_there_is_no_coefficient_and_no_method_invents_an_order():
    same = [{"unit": unit} for unit in ("U1", "U2", "U3")]
    found = reference(assessed(same, methods=("borda", "topsis")))
    assert ranks(found, 1) == dict.fromkeys(("U1", "U2", "U3"), 1.0)
    row = found.agreement.row(0, named=True)
    assert (row["spearman"], row["kendall_tau_b"], row["mean_rank_shift"]) == (None, None, 0.0)
    assert [(item.chosen.method.name, item.error.code) for item in found.unanswered] == [("topsis", "units_all_equal")]


def test_a_method_that_cannot_answer_is_listed_and_the_others_answer():
    nothing = {"unit": "U2", "budget": 0.0}  # money 0, which a product cannot take
    found = reference(assessed((U1, nothing, U3), methods=("weighted_product", "borda"), grades=("flowsort",)))
    (missed,) = found.unanswered
    assert (missed.purpose, missed.group, missed.number, missed.chosen.method.name) == (
        "methods",
        "G",
        1,
        "weighted_product",
    )
    assert "money" in missed.error.message("en")
    assert set(found.ranks["method"]) == set(found.agreement["method"]) == {"borda"}
    assert found.grades.height == 3


def test_a_setting_of_the_wrong_shape_is_listed_not_raised():
    wrong = {"method": "spotis", "bounds": ((0, 100), (0,))}
    found = reference(assessed(methods=(wrong, "borda")))
    assert [item.error.code for item in found.unanswered] == ["not_numeric"]
    assert set(found.ranks["method"]) == {"borda"}


def test_small_groups_are_stated_and_only_graded_unit_by_unit():
    pair = [{"unit": "U4", "group": "H"}, {"unit": "U5", "group": "H", "budget": 1000.0}]
    found = reference(assessed((U1, U2, U3, *pair), methods=("borda",), grades=("electre_tri", "rank_sum_ratio")))
    assert found.too_small == {"H": 2}
    assert set(found.ranks["group"]) == set(found.agreement["group"]) == set(found.dependence["group"]) == {"G"}
    assert set(grades(found, 1)) == {"U1", "U2", "U3", "U4", "U5"}
    assert set(grades(found, 2)) == {"U1", "U2", "U3"}
    assert found.unanswered == ()


def test_vetoed_units_take_no_part():
    vetoed = {"unit": "U4", "V1": 1.0, "budget": 1000.0, "done": 5.0}
    found = reference(assessed((U1, U2, U3, vetoed), methods=("borda",), grades=("electre_tri",)))
    assert set(ranks(found)) == set(grades(found)) == {"U1", "U2", "U3"}
    assert_frame_equal(found.ranks, reference(assessed(methods=("borda",))).ranks)
    everybody = [{**row, "V1": 1.0} for row in (U1, U2, U3)]
    none = reference(assessed(everybody, methods=("borda",), grades=("electre_tri", "rank_sum_ratio")))
    assert none.too_small == {"G": 0}
    assert none.ranks.height == none.grades.height == 0


def test_an_indicator_that_does_not_apply_takes_the_score_above_it():
    bare = {"unit": "U2", "listed": 0.0, "covered": 0.0}  # coverage, alone under A2, shares its weight under A
    result = assessed((U1, bare, U3), methods=("borda",))
    (group,) = _groups(result)
    row = [item["unit"] for item in group.rows].index("U2")
    mean = (0.2 * 60 + 0.1 * 50) / 0.3
    assert group.matrix[row].tolist() == pytest.approx([60, 50, mean, 80, 50, 80])
    assert float(group.matrix[row] @ group.weights) == pytest.approx(PLAIN_TOTAL - 0.3 * 75 + 0.3 * mean)


def test_the_matrix_and_the_published_weights_give_the_official_weighted_score(sample: Assessment):
    assert (sample.values["status"] == "not_applicable").any()
    for group in _groups(sample):
        expected = [row["weighted"] for row in group.rows]
        assert (group.matrix @ group.weights).tolist() == pytest.approx(expected, abs=1e-7)


def test_the_shipped_choice_answers_for_the_sample(sample: Assessment):
    found = reference(sample)
    assert found.unanswered == ()
    ranked = sample.ranking.filter(pl.col("rank").is_not_null())
    assert found.ranks.height == ranked.height * len(found.methods)
    assert found.grades.height == ranked.height * len(found.grading)
    families = [item.family for item in found.methods if item.family]
    assert len(families) == len(set(families))  # no method counts twice


def test_the_same_data_give_the_same_bits_in_any_order():
    rows = (U1, U2, U3, {"unit": "U4", "covered": 1.0})
    methods = ("topsis", "grey_relational", {"method": "promethee_ii", "function": "linear", "q": 2, "p": 10})
    first, second = (reference(assessed(order, methods=methods)) for order in (rows, rows[::-1]))
    assert_frame_equal(first.ranks, second.ranks, check_exact=True)
    assert_frame_equal(first.agreement, second.agreement, check_exact=True)


figures = st.fixed_dictionaries(
    {
        "spent": st.sampled_from([0.0, 30.0, 50.0, 80.0]),
        "budget": st.sampled_from([0.0, 500.0, 1000.0]),
        "covered": st.sampled_from([0.0, 1.0, 4.0]),
        "listed": st.just(4.0),
        "done": st.sampled_from([0.0, 2.0, 5.0]),
    }
)


@settings(max_examples=25, deadline=None)
@given(st.lists(figures, min_size=1, max_size=6))
def test_reference_never_changes_a_rank_or_a_grade(drawn):
    rows = [{"unit": f"U{place}", **row} for place, row in enumerate(drawn)]
    plain = assessed(rows)
    asked = assessed(rows, methods=("topsis", "weighted_product", "borda"), grades=("electre_tri", "rank_sum_ratio"))
    before = asked.ranking.clone(), asked.scores.clone()
    found = reference(asked)
    for frame, own in zip(before, (asked.ranking, asked.scores), strict=True):
        assert_frame_equal(frame, own)
    assert_frame_equal(plain.ranking, asked.ranking)
    assert_frame_equal(plain.scores, asked.scores)
    answered = set(found.ranks["number"]) | {item.number for item in found.unanswered if item.purpose == "methods"}
    assert answered == (set() if found.too_small else {1, 2, 3})  # every method answers or is listed
    assert not np.isnan(found.ranks["rank"].to_numpy()).any()
