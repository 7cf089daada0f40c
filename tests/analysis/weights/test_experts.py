"""Weights from judgements: node by node, refused where they contradict, written with what was found."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import numpy as np
import pytest

from evalengine import DataError, MethodError, OutputError, UsageError
from evalengine.analysis.weights.experts import (
    weights_by_ahp,
    weights_by_best_worst,
    weights_by_budget,
    weights_stated,
)
from evalengine.analysis.weights.profile import Decision, write_profile
from evalengine.intake.judgements import Judgements
from tests.small import small

SYSTEM, PROFILE = small()
DECISION = Decision(decided_by="panel", date="2026-03-01")


def ratios(*weights):
    vector = np.array(weights, dtype=float)
    return vector[:, None] / vector[None, :]


def expert(name="E1", **nodes):
    return Judgements(file=f"{name}.xlsx", sha256=hashlib.sha256(name.encode()).hexdigest(), expert=name, nodes=nodes)


CONSISTENT = {"total": ratios(3, 1), "A": ratios(1, 1), "A1": ratios(4, 1), "B": ratios(4, 2, 1)}
CROSSED = np.array([[1, 9, 1 / 9], [1 / 9, 1, 9], [9, 1 / 9, 1]])  # a beats b beats c beats a


def test_consistent_judgements_give_the_product_of_the_shares():
    draft = weights_by_ahp([expert(**CONSISTENT)], SYSTEM)
    expected = {
        "intensity": 3 / 4 * 1 / 2 * 4 / 5,
        "money": 3 / 4 * 1 / 2 * 1 / 5,
        "coverage": 3 / 4 * 1 / 2,
        "completion": 1 / 4 * 4 / 7,
        "capped": 1 / 4 * 2 / 7,
        "opinion": 1 / 4 * 1 / 7,
    }
    assert draft.weights == pytest.approx(expected, abs=1e-12)
    row = next(row for row in draft.diagnostics if row["node"] == "B")
    assert (row["random_index"], row["random_index_value"]) == ("saaty", 0.58)
    assert row["principal"] == pytest.approx(3, abs=1e-12)
    assert row["consistency_ratio"] == pytest.approx(0, abs=1e-12)


def test_contradictions_are_refused_with_triads_and_repairs_and_all_at_once():
    bad = {**CONSISTENT, "B": CROSSED}
    with pytest.raises(DataError) as caught:
        weights_by_ahp([expert(**bad), expert("E2", **bad)], SYSTEM)
    assert [problem.file for problem in caught.value.problems] == ["E1.xlsx", "E2.xlsx"]
    message = caught.value.message("en")
    assert "Completion - Away - Opinion (direct 1/9, implied 81)" in message
    assert "Completion against Opinion from 1/9 to 1 (CR 0.000)" in message
    assert "--accept-inconsistent" in message


def test_contradictions_can_be_accepted_and_are_said():
    bad = {**CONSISTENT, "B": CROSSED}
    draft = weights_by_ahp([expert(**bad)], SYSTEM, accept_inconsistent=True)
    assert draft.weights["completion"] == pytest.approx(1 / 4 / 3)  # a cycle: nobody wins
    assert "'E1' in 'B'" in draft.warnings[0].en


def test_experts_may_leave_nodes_out_and_a_base_fills_what_nobody_judged():
    first = expert(total=CONSISTENT["total"], B=CONSISTENT["B"])
    with pytest.raises(DataError) as caught:
        weights_by_ahp([first], SYSTEM)
    assert [problem.field for problem in caught.value.problems] == ["A", "A1"]
    draft = weights_by_ahp([first, expert("E2", A=ratios(2, 1))], SYSTEM, base=PROFILE)
    assert draft.weights["intensity"] == pytest.approx(3 / 4 * 2 / 3 * 2 / 3)  # 0.2 of 0.3 in the base
    assert "'small-weights': A1" in draft.warnings[-1].en
    assert draft.inputs[-1].name == "small-weights.toml"


def test_expert_weights_count_by_expert():
    two = [expert(**CONSISTENT), expert("E2", **{**CONSISTENT, "total": ratios(1, 3)})]
    even = weights_by_ahp(two, SYSTEM)
    assert sum(even.weights[code] for code in ("intensity", "money", "coverage")) == pytest.approx(1 / 2)
    first = weights_by_ahp(two, SYSTEM, parameters={"expert_weights": [1, 0]})
    assert sum(first.weights[code] for code in ("intensity", "money", "coverage")) == pytest.approx(3 / 4)
    with pytest.raises(MethodError, match="expert_weights"):
        weights_by_ahp(two, SYSTEM, parameters={"expert_weights": [1]})


def test_a_copy_does_not_count_as_a_second_expert():
    with pytest.raises(DataError) as caught:
        weights_by_ahp([expert(**CONSISTENT), expert(**CONSISTENT)], SYSTEM)
    assert [problem.code for problem in caught.value.problems] == ["judgement_twice"]


def test_two_workbooks_under_one_name_are_said():
    other = dataclasses.replace(expert("E2", **CONSISTENT), expert="E1")
    draft = weights_by_ahp([expert("E1", **CONSISTENT), other], SYSTEM)
    assert "E1.xlsx, E2.xlsx" in draft.warnings[0].en
    assert not weights_by_ahp([expert("E1", **CONSISTENT), expert("E2", **CONSISTENT)], SYSTEM).warnings


def test_agreement_of_experts_is_reported():
    orders = [ratios(4, 2, 1), ratios(9, 3, 1), ratios(5, 2, 1)]
    draft = weights_by_ahp([expert(f"E{k}", **{**CONSISTENT, "B": m}) for k, m in enumerate(orders)], SYSTEM)
    row = next(row for row in draft.diagnostics if row["node"] == "B" and "concordance" in row)
    assert row["concordance"] == pytest.approx(1.0)  # three experts, one order
    assert row["experts"] == 3.0


def test_best_worst_and_budget():
    ends = np.array([[1.0, 2.0, 4.0], [4.0, 2.0, 1.0]])
    pair = np.array([[1.0, 3.0], [3.0, 1.0]])
    even = np.ones((2, 2))
    draft = weights_by_best_worst([expert(total=pair, A=even, A1=even, B=ends)], SYSTEM)
    assert [draft.weights[code] for code in ("completion", "capped", "opinion")] == pytest.approx(
        [1 / 4 * share for share in (4 / 7, 2 / 7, 1 / 7)]
    )
    points = {"total": [75, 25], "A": [50, 50], "A1": [80, 20], "B": [60, 30, 10]}
    other = {**points, "total": [55, 45]}
    draft = weights_by_budget(
        [
            expert(name, **{k: np.array(v, float) for k, v in given.items()})
            for name, given in (("E1", points), ("E2", other))
        ],
        SYSTEM,
    )
    assert draft.weights["money"] == pytest.approx(0.65 * 0.5 * 0.2)
    row = next(row for row in draft.diagnostics if row.get("child") == "A")
    assert (row["lowest"], row["highest"]) == (0.55, 0.75)


def test_unusable_best_worst_judgements_name_expert_and_node():
    wrong = np.array([[2.0, 3.0], [3.0, 1.0]])  # nothing is the best
    with pytest.raises(DataError) as caught:
        weights_by_best_worst([expert(total=wrong)], SYSTEM, base=PROFILE)
    assert [(problem.code, problem.field, problem.file) for problem in caught.value.problems] == [
        ("judgement_refused", "total", "E1.xlsx")
    ]


def points(tmp_path, content):
    path = tmp_path / "points.toml"
    path.write_text(content, encoding="utf-8")
    return path


def test_stated_points_of_indicators_or_of_nodes(tmp_path):
    codes = list(SYSTEM.indicators)
    all_points = points(tmp_path, "[points]\n" + "\n".join(f"{code} = {k + 1}" for k, code in enumerate(codes)))
    draft = weights_stated(all_points, SYSTEM)
    assert draft.weights == pytest.approx({code: (k + 1) / 21 for k, code in enumerate(codes)})
    draft = weights_stated(points(tmp_path, "[points]\nA = 70\nB = 30"), SYSTEM, base=PROFILE)
    assert draft.weights["coverage"] == pytest.approx(0.7 * 0.5)


@pytest.mark.parametrize(
    "content", ["points = 3", "[points]\nA = 70", "[points]\nZ = 1", "[points]\nA = 'much'\nB = 1", "[points", ""]
)
def test_wrong_points_are_refused(tmp_path, content):
    with pytest.raises(UsageError):
        weights_stated(points(tmp_path, content), SYSTEM, base=PROFILE)


def test_the_profile_reads_back_and_is_never_overwritten(tmp_path):
    draft = weights_by_ahp([expert(**CONSISTENT)], SYSTEM, parameters={"random_index": "chinese"})
    path = tmp_path / "made.toml"
    profile = write_profile(draft, SYSTEM, DECISION, path)
    assert sum(profile.weights.values()) == 1
    assert str(profile.dimensions["A"]) == "0.7500"
    assert (profile.made.method, profile.made.date, profile.made.parameters) == (
        "ahp_group",
        "2026-03-01",
        {"random_index": "chinese"},
    )
    assert profile.decided_by.en == "panel"
    assert profile.made.inputs[0].name == "E1.xlsx"
    assert {row["random_index_value"] for row in profile.made.diagnostics if row["node"] == "B"} == {0.52}
    before = path.read_bytes()
    with pytest.raises(OutputError) as caught:
        write_profile(draft, SYSTEM, DECISION, path)
    assert caught.value.exit_code == 4
    assert path.read_bytes() == before


@pytest.mark.parametrize(("name", "date"), [("made.txt", "2026-03-01"), ("made.toml", "1 March")])
def test_wrong_names_and_dates_are_refused(tmp_path, name, date):
    draft = weights_by_ahp([expert(**CONSISTENT)], SYSTEM)
    with pytest.raises(UsageError):
        write_profile(draft, SYSTEM, Decision(decided_by="panel", date=date), tmp_path / name)
    assert list(Path(tmp_path).iterdir()) == []


def test_odd_text_survives_the_file(tmp_path):
    odd = 'a "quoted" \\ name\n\tof = [x] # \x7f'
    draft = weights_by_ahp([expert(odd, **CONSISTENT)], SYSTEM)
    decision = Decision(decided_by=odd, date="2026-03-01", label=odd, reason=odd)
    profile = write_profile(draft, SYSTEM, decision, tmp_path / "made.toml")
    assert (profile.decided_by.zh, profile.label.zh, profile.reason.en) == (odd, odd, odd)
    assert profile.made.diagnostics[0]["expert"] == odd
