"""Where readings of a rule differ: one hand-computed case for each, arithmetic shown."""

from __future__ import annotations

import dataclasses

import polars as pl
import pytest

from evalengine import DataError, Dataset, assess
from evalengine.scheme.model import Experts, Floor, Ranking
from tests.small import PLAIN_TOTAL, YEAR, assess_flat, codes, flat, row_of, score_of, small, status_of, weight_of


def total(result, unit="U1"):
    return row_of(result, unit)["total"]


def test_a_plain_unit():
    assert total(assess_flat({})) == pytest.approx(PLAIN_TOTAL, abs=1e-12)


# ---------------------------------------------------------------- windows belong to indicators


def test_a_mean_window_averages_each_field_before_the_formula():
    result = assess_flat(
        {"year": YEAR - 2, "spent": 10.0, "revenue": 100.0},
        {"year": YEAR - 1, "spent": 20.0, "revenue": 300.0},
        {"year": YEAR, "spent": 30.0, "revenue": 1600.0},
    )
    value = 100 * ((10 + 20 + 30) / 3) / ((100 + 300 + 1600) / 3)
    assert result.values.filter(indicator="intensity")["value"][0] == pytest.approx(value, abs=1e-12)


def test_a_sum_window_adds_each_field_before_the_formula():
    result = assess_flat(
        {"year": YEAR - 2, "done": 1.0, "started": 4.0},
        {"year": YEAR - 1, "done": 2.0, "started": 2.0},
        {"year": YEAR, "done": 3.0, "started": 4.0},
    )
    assert score_of(result, "completion") == pytest.approx(100 * (1 + 2 + 3) / (4 + 2 + 4), abs=1e-12)


def test_a_stock_is_the_assessed_years_figure():
    result = assess_flat({"year": YEAR - 1, "budget": 900.0}, {"year": YEAR, "budget": 200.0})
    assert score_of(result, "money") == pytest.approx(100 * 200 / 1000, abs=1e-12)


def test_a_year_without_a_row_leaves_the_window_with_a_warning():
    result = assess_flat({"year": YEAR - 2, "spent": 10.0, "revenue": 100.0}, {"spent": 30.0, "revenue": 300.0})
    value = 100 * ((10 + 30) / 2) / ((100 + 300) / 2)
    assert result.values.filter(indicator="intensity")["value"][0] == pytest.approx(value, abs=1e-12)
    left = [problem for problem in result.problems if problem.code == "year_left_flat"]
    assert [(problem.unit, problem.year) for problem in left] == [("U1", YEAR - 1)]


def test_a_blank_in_a_row_that_is_there_is_missing():
    result = assess_flat({"year": YEAR - 1, "spent": None}, {})
    assert status_of(result, "intensity") == "missing"
    assert score_of(result, "intensity") == 0.0


# ---------------------------------------------------------------- missing and not applicable


def test_a_blank_field_scores_zero_and_is_listed():
    result = assess_flat({"budget": None})
    assert status_of(result, "money") == "missing"
    assert total(result) == pytest.approx(PLAIN_TOTAL - 0.1 * 50, abs=1e-12)
    assert "indicator_missing" in codes(result)


def test_a_blank_inside_least_is_missing_not_two():
    result = assess_flat({"away": None})
    assert status_of(result, "capped") == "missing"
    assert score_of(result, "capped") == 0.0


def test_a_zero_denominator_is_not_applicable_and_reweighted_inside_the_sub_dimension():
    result = assess_flat({"revenue": 0.0})
    assert status_of(result, "intensity") == "not_applicable"
    assert weight_of(result, "money") == pytest.approx(0.2 + 0.1, abs=1e-12)
    assert weight_of(result, "coverage") == pytest.approx(0.3, abs=1e-12)
    assert total(result) == pytest.approx(PLAIN_TOTAL - 0.2 * 60 + 0.2 * 50, abs=1e-12)


def test_nought_over_nought_is_not_applicable_too():
    result = assess_flat({"covered": 0.0, "listed": 0.0})
    assert status_of(result, "coverage") == "not_applicable"


def test_a_whole_sub_dimension_that_does_not_apply_moves_its_weight_up():
    result = assess_flat({"covered": 0.0, "listed": 0.0})  # A2 has no other indicator: A1 takes its .3
    assert weight_of(result, "A1") == pytest.approx(0.6, abs=1e-12)
    assert weight_of(result, "intensity") == pytest.approx(0.6 * 0.2 / 0.3, abs=1e-12)
    assert weight_of(result, "completion") == pytest.approx(0.2, abs=1e-12)
    assert score_of(result, "A2") is None


def test_a_whole_dimension_that_does_not_apply_moves_its_weight_to_the_total():
    system, profile = small()
    indicators = {
        code: dataclasses.replace(item, not_applicable=dataclasses.replace(item.not_applicable, policy="reweight"))
        for code, item in system.indicators.items()
    }
    indicators["money"] = dataclasses.replace(indicators["money"], formula="budget / budget")
    system = dataclasses.replace(system, indicators=indicators)
    result = assess_flat({"revenue": 0.0, "budget": 0.0, "covered": 0.0, "listed": 0.0}, system=system, profile=profile)
    assert weight_of(result, "B") == pytest.approx(1.0, abs=1e-12)
    assert total(result) == pytest.approx((0.2 * 80 + 0.1 * 50 + 0.1 * 80) / 0.4, abs=1e-12)


def test_a_fixed_percentage():
    result = assess_flat({"done": 0.0, "started": 0.0})
    assert status_of(result, "completion") == "not_applicable"
    assert score_of(result, "completion") == 60.0


def test_a_negative_denominator_is_a_value():
    result = assess_flat({"revenue": -1000.0})
    assert result.values.filter(indicator="intensity")["value"][0] == pytest.approx(100 * 30 / -1000, abs=1e-12)
    assert score_of(result, "intensity") == 0.0


def test_nothing_applies_is_refused_not_scored_zero():
    system, profile = small()
    indicators = {
        code: dataclasses.replace(
            item, formula="0 * spent / 0", not_applicable=dataclasses.replace(item.not_applicable, policy="reweight")
        )
        for code, item in system.indicators.items()
    }
    with pytest.raises(DataError) as caught:
        assess_flat({}, system=dataclasses.replace(system, indicators=indicators), profile=profile)
    assert [problem.code for problem in caught.value.problems] == ["nothing_applies"]


# ---------------------------------------------------------------- experts


@pytest.mark.parametrize(
    ("opinions", "mean"),
    [
        ("70;80;90", (70 + 80 + 90) / 3),
        ("60;70;80;90", (60 + 70 + 80 + 90) / 4),
        ("82;78;90;85;70", (78 + 82 + 85) / 3),  # five: 70 and 90 go
        ("50;50;80;90;100;100", (50 + 80 + 90 + 100) / 4),  # one of each end only
    ],
)
def test_one_highest_and_one_lowest_go_from_five_on(opinions, mean):
    assert score_of(assess_flat({"opinions": opinions}), "opinion") == pytest.approx(mean, abs=1e-12)


@pytest.mark.parametrize("opinions", ["80", "80;90", None])
def test_fewer_than_three_experts_are_missing(opinions):
    result = assess_flat({"opinions": opinions})
    assert (status_of(result, "opinion"), score_of(result, "opinion")) == ("missing", 0.0)


def test_the_expert_rule_is_a_setting():
    system, profile = small()
    system = dataclasses.replace(system, experts=Experts(minimum=2, trim_from=3))
    result = assess_flat({"opinions": "10;80;95"}, system=system, profile=profile)
    assert score_of(result, "opinion") == 80.0


# ---------------------------------------------------------------- weights, totals, published scores


def test_bonus_and_penalty_are_capped_apart():
    result = assess_flat({"P1": 1.0, "P2": 2.0, "N1": 4.0, "N2": 5.0})
    row = row_of(result)
    assert (row["bonus"], row["penalty"]) == (5.0, 4 * 1 + 5 * 0.5)  # 3 + 2*1.5 = 6, capped at 5
    assert row["total"] == pytest.approx(PLAIN_TOTAL + 5 - 6.5, abs=1e-12)


def test_a_limit_counts_occurrences():
    assert row_of(assess_flat({"N2": 9.0}))["penalty"] == 5 * 0.5
    assert row_of(assess_flat({"P1": 3.0}))["bonus"] == 3.0


def test_the_published_score_rounds_half_up_after_noise_is_removed():
    # 84.995 in decimal arithmetic: 0.2*100 + 0.1*s + 0.3*75 + 0.2*80 + 0.1*100 + 0.1*80 with s chosen
    rest = 0.2 * 100 + 0.3 * 75 + 0.2 * 80 + 0.1 * 100 + 0.1 * 80
    money = (84.995 - rest) / 0.1 / 100 * 1000
    row = row_of(assess_flat({"spent": 80.0, "away": 2.0, "budget": round(money, 6)}))
    assert row["total"] == pytest.approx(84.995, abs=1e-9)
    assert row["score"] == 85.0


def test_a_published_score_is_not_clamped():
    best = {"spent": 80.0, "away": 2.0, "budget": 1000.0, "covered": 4.0, "done": 5.0, "opinions": "100;100;100"}
    assert row_of(assess_flat({**best, "P1": 1.0}))["score"] == 103.0
    worst = {"spent": 0.0, "away": 0.0, "budget": 0.0, "covered": 0.0, "done": 0.0, "opinions": "0;0;0"}
    assert row_of(assess_flat({**worst, "N1": 3.0}))["score"] == -3.0


# ---------------------------------------------------------------- ties and ranks


def test_a_tie_on_the_published_score_goes_to_the_tie_break():
    # the same total: U2 has 20 points more on completion (weight .2) and 40 less on money (weight .1)
    result = assess_flat({}, {"unit": "U2", "done": 5.0, "budget": 100.0})
    assert row_of(result, "U1")["score"] == row_of(result, "U2")["score"]
    assert (row_of(result, "U2")["rank"], row_of(result, "U1")["rank"]) == (1, 2)
    assert not row_of(result, "U1")["tie"]


def test_a_difference_below_the_published_decimals_is_a_tie():
    result = assess_flat({"budget": 500.04}, {"unit": "U2"})  # 0.004 points of money, 0.0004 of the total
    assert [row_of(result, unit)["rank"] for unit in ("U1", "U2")] == [1, 1]
    assert row_of(result, "U1")["tie"]


def test_what_stays_tied_shares_the_rank_and_is_listed_by_unit():
    result = assess_flat({"unit": "U3"}, {"unit": "U2"}, {"unit": "U1", "budget": 600.0}, {"unit": "U4", "budget": 0.0})
    assert result.ranking["unit"].to_list() == ["U1", "U2", "U3", "U4"]
    assert result.ranking["rank"].to_list() == [1, 2, 2, 4]


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("competition", [1, 2, 2, 4]),
        ("modified", [1, 3, 3, 4]),
        ("dense", [1, 2, 2, 3]),
        ("fractional", [1, 2.5, 2.5, 4]),
    ],
)
def test_rank_rules(method, expected):
    system, profile = small()
    system = dataclasses.replace(system, ranking=Ranking(method=method))
    rows = ({"unit": "U1", "budget": 900.0}, {"unit": "U2"}, {"unit": "U3"}, {"unit": "U4", "budget": 0.0})
    result = assess_flat(*rows, system=system, profile=profile)
    assert result.ranking["rank"].to_list() == expected


def test_a_tie_break_that_does_not_apply_is_lowest():
    # U1's completion does not apply and counts 60; U2 has 60 by its figures: equal totals, U2 first
    result = assess_flat({"done": 0.0, "started": 0.0}, {"unit": "U2", "done": 3.0})
    assert row_of(result, "U1")["score"] == row_of(result, "U2")["score"]
    assert [row_of(result, unit)["rank"] for unit in ("U1", "U2")] == [2, 1]


def test_ranks_are_within_the_group_with_an_overall_rank_beside():
    result = assess_flat(
        {"unit": "U1", "group": "G"},
        {"unit": "U2", "group": "H", "budget": 900.0},
        {"unit": "U3", "group": "G", "budget": 0.0},
    )
    assert {unit: row_of(result, unit)["rank"] for unit in ("U1", "U2", "U3")} == {"U1": 1, "U2": 1, "U3": 2}
    assert {unit: row_of(result, unit)["overall_rank"] for unit in ("U1", "U2", "U3")} == {"U1": 2, "U2": 1, "U3": 3}


def test_vetoed_units_have_no_rank_and_are_listed_last():
    result = assess_flat({"unit": "U1", "V1": 1.0, "budget": 999.0}, {"unit": "U2"}, {"unit": "U3", "budget": 0.0})
    assert result.ranking["unit"].to_list() == ["U2", "U3", "U1"]
    assert result.ranking["rank"].to_list() == [1, 2, None]
    assert (row_of(result, "U1")["grade"], row_of(result, "U1")["veto"]) == ("fail", "V1")


# ---------------------------------------------------------------- grades

BEST = {"spent": 80.0, "away": 2.0, "budget": 1000.0, "covered": 4.0, "done": 5.0}  # 98


def test_the_quota_is_twenty_percent_of_the_group_rounded_down():
    # six units, all above 85: floor(1.2) = 1 excellent, the others overflow to good
    rows = [{**BEST, "unit": f"U{k}", "budget": 1000.0 - 10 * k} for k in range(1, 7)]
    result = assess_flat(*rows)
    assert result.ranking["grade"].to_list() == ["excellent", *["good"] * 5]
    assert result.ranking["grade_reason"].to_list() == ["threshold", *["quota"] * 5]


def test_vetoed_units_count_in_the_quota():
    # ten units, one vetoed: floor(20 % of 10) = 2
    rows = [{**BEST, "unit": f"U{k:02}", "budget": 1000.0 - 10 * k} for k in range(9)]
    result = assess_flat(*rows, {"unit": "U99", "V1": 1.0})
    assert result.ranking["grade"].to_list().count("excellent") == 2


def test_a_full_tie_across_the_line_is_left_out_as_a_whole():
    rows = [{**BEST, "unit": f"U{k}"} for k in range(1, 3)] + [{"unit": f"U{k}"} for k in range(3, 7)]
    result = assess_flat(*rows)  # quota 1, two share rank 1
    assert result.ranking["rank"].to_list()[:2] == [1, 1]
    assert result.ranking["grade"].to_list()[:2] == ["good", "good"]


def test_a_full_tie_can_be_let_in_by_setting():
    system, profile = small()
    system = dataclasses.replace(system, grades=dataclasses.replace(system.grades, quota_tie="in"))
    rows = [{**BEST, "unit": f"U{k}"} for k in range(1, 3)] + [{"unit": f"U{k}"} for k in range(3, 7)]
    result = assess_flat(*rows, system=system, profile=profile)
    assert result.ranking["grade"].to_list()[:2] == ["excellent", "excellent"]


def test_groups_under_five_have_no_quota_and_need_a_decision():
    rows = [{**BEST, "unit": f"U{k}", "budget": 1000.0 - k} for k in range(1, 5)]
    result = assess_flat(*rows)
    assert result.ranking["grade"].to_list() == ["excellent"] * 4
    assert result.ranking["needs_decision"].to_list() == [True] * 4
    five = assess_flat(*rows, {**BEST, "unit": "U5", "budget": 0.0})
    assert five.ranking["grade"].to_list() == ["excellent", *["good"] * 4]  # floor(1.0) = 1
    assert not five.ranking["needs_decision"].any()


@pytest.mark.parametrize(
    ("change", "score", "grade"),
    [
        # 68.5 + 3 + 1.5 bonus + 0.1 * (70 - 50) = 75; one point of money less is 0.1 less, a tenth of it 0.01
        ({"P1": 1.0, "P2": 1.0, "budget": 700.0}, 75.0, "good"),
        ({"P1": 1.0, "P2": 1.0, "budget": 699.0}, 74.99, "pass"),
        # 68.5 - 8 penalty - 0.1 * (50 - 45) = 60
        ({"N1": 8.0, "budget": 450.0}, 60.0, "pass"),
        ({"N1": 8.0, "budget": 449.0}, 59.99, "fail"),
    ],
)
def test_thresholds_are_met_by_the_published_score(change, score, grade):
    row = row_of(assess_flat(change))
    assert (row["score"], row["grade"]) == (score, grade)


def test_v4_once_caps_at_good_and_severe_fails():
    rows = [{**BEST, "unit": "U1", "V4": 1.0}] + [{"unit": f"U{k}"} for k in range(2, 7)]
    row = row_of(assess_flat(*rows))
    assert (row["grade"], row["grade_reason"], row["rank"]) == ("good", "cap", 1)
    rows[0]["V4"] = 2.0
    row = row_of(assess_flat(*rows))
    assert (row["grade"], row["rank"], row["veto"]) == ("fail", None, "V4")


def test_a_cap_does_not_raise_a_lower_grade():
    row = row_of(assess_flat({"V4": 1.0, "budget": 0.0, "spent": 0.0}))
    assert row["grade"] == "fail"
    assert row["grade_reason"] == "threshold"


def test_floors_are_scheme_data():
    system, profile = small()
    system = dataclasses.replace(system, floors=(Floor(field="spent", veto="V3", minimum=50.0),))
    row = row_of(assess_flat({}, system=system, profile=profile))
    assert (row["grade"], row["veto"], row["rank"]) == ("fail", "V3", None)
    assert row_of(assess_flat({}))["veto"] == ""  # shipped without a figure


@pytest.mark.parametrize(
    ("last", "money", "result"),
    [
        (60.0, 0.0, "fail"),
        (65.0, 0.0, "fail"),
        (65.01, 0.0, None),
        (59.99, 0.0, None),
        (62.0, 999.0, None),
        (None, 0.0, None),
    ],
)
def test_the_two_year_rule_leaves_the_grade_and_sets_its_own_result(last, money, result):
    # 68.5 - 5 = 63.5 without money, 73.49 with 999
    row = row_of(assess_flat({"budget": money, "last_score": last}))
    assert row["two_year_result"] == result
    assert row["grade"] == "pass"


def test_no_group_column_means_one_group():
    system, profile = small()
    table = flat({}, {"unit": "U2", "budget": 0.0}).drop("group")
    result = assess(Dataset.from_fields(table, system), system, profile, year=YEAR)
    assert result.ranking["rank"].to_list() == [1, 2]
    assert result.ranking["group_size"].to_list() == [2, 2]


def test_a_profile_never_changes_derived_values():
    system, profile = small()
    other = dataclasses.replace(
        profile, weights={**profile.weights, "money": profile.weights["coverage"], "coverage": profile.weights["money"]}
    )
    rows = ({}, {"unit": "U2", "budget": 0.0})
    first, second = assess_flat(*rows), assess_flat(*rows, system=system, profile=other)
    assert first.values.equals(second.values)
    assert not first.scores.equals(second.scores)


def test_flat_figures_are_verified_unless_adjusted():
    system, profile = small()
    adjustments = pl.DataFrame(
        {
            "unit": ["U1"],
            "year": [YEAR],
            "table": ["fields"],
            "column": ["budget"],
            "reported": ["500"],
            "verified": ["300"],
            "reason": ["double counted"],
            "evidence": ["ledger"],
            "verifier": ["office"],
        }
    )
    data = Dataset.from_tables({"fields": flat({}), "adjustments": adjustments}, system)
    result = assess(data, system, profile, year=YEAR)
    money = result.values.filter(indicator="money").row(0, named=True)
    assert (money["value"], money["reported"], money["status"]) == (300.0, 500.0, "ok")
    assert total(result) == pytest.approx(PLAIN_TOTAL - 0.1 * 20, abs=1e-12)


def test_a_rejected_figure_is_unverified_and_scores_zero():
    system, profile = small()
    adjustments = pl.DataFrame(
        {
            "unit": ["U1"],
            "table": ["fields"],
            "column": ["budget"],
            "reported": ["500"],
            "verified": [None],
            "reason": ["no evidence"],
        },
        schema_overrides={"verified": pl.String},
    )
    data = Dataset.from_tables({"fields": flat({}), "adjustments": adjustments}, system)
    result = assess(data, system, profile, year=YEAR)
    assert status_of(result, "money") == "unverified"
    assert score_of(result, "money") == 0.0
    assert "indicator_unverified" in codes(result)


def test_a_flat_unit_without_the_assessed_year_is_mentioned():
    result = assess_flat({}, {"unit": "U2", "year": YEAR - 1})
    assert result.ranking["unit"].to_list() == ["U1"]
    assert [problem.unit for problem in result.problems if problem.code == "unit_without_row"] == ["U2"]


def test_a_zero_denominator_that_scores_zero_is_listed():
    system, profile = small()
    intensity = dataclasses.replace(
        system.indicators["intensity"],
        not_applicable=dataclasses.replace(system.indicators["intensity"].not_applicable, policy="zero"),
    )
    system = dataclasses.replace(system, indicators={**system.indicators, "intensity": intensity})
    result = assess_flat({"revenue": 0.0}, system=system, profile=profile)
    assert (score_of(result, "intensity"), status_of(result, "intensity")) == (0.0, "not_applicable")
    assert "indicator_not_applicable" in codes(result)
