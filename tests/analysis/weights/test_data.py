"""Weights from a run and from other profiles: which units count, what noise would give, negative coefficients said."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from evalengine import MethodError, UsageError, load_indicators, write_run
from evalengine.analysis.weights.combined import combining, weights_combined
from evalengine.analysis.weights.data import NOISE_DRAWS, data_driven, read_sample, weights_from_run
from evalengine.analysis.weights.profile import Decision, write_profile
from evalengine.methods.entropy_weights import entropy
from tests.small import assess_flat, small

SYSTEM, PROFILE = small()
UNITS = 14


def rows():
    """Fourteen units: one with a veto, one with a blank figure, one where an indicator does not apply."""
    random = np.random.default_rng(3)
    made = [
        {
            "unit": f"U{k:02d}",
            "spent": float(random.uniform(5, 70)),
            "budget": float(random.uniform(50, 900)),
            "covered": float(random.uniform(0.5, 4)),
            "done": float(random.integers(1, 5)),
            "away": float(random.integers(0, 3)),
            "opinions": ";".join(str(int(mark)) for mark in random.integers(60, 95, 3)),
        }
        for k in range(UNITS)
    ]
    made[2]["V1"] = 1.0
    made[4]["budget"] = None
    made[7] |= {"covered": 0.0, "listed": 0.0}
    return made


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return write_run(assess_flat(*rows()), tmp_path_factory.mktemp("runs") / "2024")


def test_only_complete_units_without_a_veto_count(run):
    sample = read_sample(run, SYSTEM)
    assert sample.vetoed == ("U02",)
    draft = weights_from_run(run, SYSTEM, "entropy")
    matrix = np.column_stack([sample.scores[code] for code in SYSTEM.indicators])
    complete = ~np.isnan(matrix).any(axis=1)
    assert [unit for unit, whole in zip(sample.units, complete, strict=True) if not whole] == ["U04", "U07"]
    assert list(draft.weights.values()) == pytest.approx(entropy(matrix[complete]).weights.tolist(), abs=1e-15)
    assert "U02, U04, U07" in draft.warnings[0].en
    assert draft.diagnostics[0]["units"] == UNITS - 3


def test_scores_that_were_touched_make_no_weights(tmp_path):
    folder = write_run(assess_flat(*rows()), tmp_path / "run")
    path = folder / "tables" / "scores.parquet"
    pl.read_parquet(path).with_columns(pl.col("score") / 2).write_parquet(path)
    with pytest.raises(UsageError) as caught:
        read_sample(folder, SYSTEM)
    assert caught.value.code == "run_touched"


def test_small_samples_are_compared_with_noise(run):
    draft = weights_from_run(run, SYSTEM, "entropy")
    random = np.random.Generator(np.random.PCG64(0))
    ends = [entropy(random.uniform(0, 100, (UNITS - 3, 6))).weights for _ in range(NOISE_DRAWS)]
    low, high = np.median([w.min() for w in ends]), np.median([w.max() for w in ends])
    assert draft.diagnostics[0]["noise_lowest"] == pytest.approx(low, abs=1e-15)
    assert draft.diagnostics[0]["noise_highest"] == pytest.approx(high, abs=1e-15)
    assert high > 2 * low
    assert f"from {low:.3f} to {high:.3f}" in draft.warnings[1].en


def test_no_more_units_than_indicators_is_said_of_any_method(tmp_path):
    few = write_run(assess_flat(*rows()[8:14]), tmp_path / "few")
    said = [item.en for item in weights_from_run(few, SYSTEM, "standard_deviation").warnings]
    assert any("no more units (6) than indicators (6)" in item for item in said)


def test_ranges_contain_the_weight(run):
    draft = weights_from_run(run, SYSTEM, "standard_deviation")
    ranges = [row for row in draft.diagnostics if "child" in row]
    assert [row["child"] for row in ranges] == list(SYSTEM.indicators)
    assert all(row["lowest"] <= row["weight"] <= row["highest"] for row in ranges)


def test_node_by_node_weights_multiply_along_the_tree(run):
    draft = weights_from_run(run, SYSTEM, "standard_deviation", scope="node")
    share = {row["child"]: row["weight"] for row in draft.diagnostics if "child" in row}
    assert draft.weights["money"] == pytest.approx(share["A"] * share["A1"] * share["money"], abs=1e-15)
    assert draft.weights["coverage"] == pytest.approx(share["A"] * share["A2"], abs=1e-15)  # an only child
    assert sum(draft.weights.values()) == pytest.approx(1.0)


def test_the_methods_offered_are_those_that_take_a_matrix():
    wanted = {"entropy", "critic", "standard_deviation", "coefficient_of_variation", "gini", "merec", "cilos"}
    assert wanted | {"idocriw", "pca"} <= data_driven().keys()
    assert not {"ahp", "benefit_of_doubt", "stated", "game_theory"} & data_driven().keys()


def test_wrong_use_is_refused(run, tmp_path):
    with pytest.raises(UsageError, match="entropy"):
        weights_from_run(run, SYSTEM, "ahp")
    with pytest.raises(UsageError):
        weights_from_run(tmp_path, SYSTEM, "entropy")
    with pytest.raises(UsageError):
        weights_from_run(run, load_indicators(), "entropy")
    with pytest.raises(MethodError, match="variants"):
        weights_from_run(run, SYSTEM, "entropy", parameters={"variants": "shares"})


def test_too_few_complete_units_are_refused(tmp_path):
    two = write_run(assess_flat(*rows()[:2]), tmp_path / "two")
    with pytest.raises(UsageError, match="2"):
        weights_from_run(two, SYSTEM, "entropy")


def other(name, *weights):
    made = dict(zip(SYSTEM.indicators, map(Decimal, weights), strict=True))
    return dataclasses.replace(PROFILE, name=name, weights=made)


def test_an_additive_combination_is_the_weighted_mean():
    second = other("second", "0.5", "0.1", "0.1", "0.1", "0.1", "0.1")
    draft = weights_combined([PROFILE, second], SYSTEM, "additive_combination", parameters={"shares": [3, 1]})
    assert draft.weights["intensity"] == pytest.approx(0.75 * 0.2 + 0.25 * 0.5)
    assert [row["coefficient"] for row in draft.diagnostics] == [0.75, 0.25]
    assert [item.name for item in draft.inputs] == ["small-weights.toml", "second.toml"]


@pytest.mark.parametrize("method", sorted(combining()))
def test_every_combination_writes_a_profile(method, tmp_path):
    second = other("second", "0.1", "0.3", "0.1", "0.1", "0.2", "0.2")
    draft = weights_combined([PROFILE, second], SYSTEM, method)
    profile = write_profile(draft, SYSTEM, Decision(decided_by="d", date="2026-03-01"), tmp_path / "c.toml")
    assert profile.made.method == method
    assert sum(profile.weights.values()) == 1


def test_a_combination_repeats_what_its_profiles_warn_of(tmp_path, run):
    path = tmp_path / "data.toml"
    from_data = write_profile(
        weights_from_run(run, SYSTEM, "entropy"), SYSTEM, Decision(decided_by="d", date="2026-03-01"), path
    )
    said = weights_combined([PROFILE, from_data], SYSTEM, "game_theory").warnings
    assert [item.en for item in said] == [f"From 'data': {item.en}" for item in from_data.made.warnings]
    assert said


def negative_case():
    return [
        other("a", "0.90", "0.02", "0.02", "0.02", "0.02", "0.02"),
        other("b", "0.40", "0.12", "0.12", "0.12", "0.12", "0.12"),
        other("c", "0.41", "0.11", "0.13", "0.12", "0.11", "0.12"),
    ]


def test_a_negative_coefficient_is_refused_or_reported():
    with pytest.raises(MethodError) as caught:
        weights_combined(negative_case(), SYSTEM, "game_theory")
    assert caught.value.code == "combination_negative"
    draft = weights_combined(negative_case(), SYSTEM, "game_theory", parameters={"negative": "clip"})
    below = [row for row in draft.diagnostics if row["unscaled"] < 0]
    assert below
    assert all(row["coefficient"] == 0 for row in below)
    assert below[0]["profile"] in draft.warnings[0].en


def test_profiles_that_differ_in_more_than_weights_are_refused():
    ruled = dataclasses.replace(PROFILE, name="ruled", scoring={"money": {"rule": "linear", "zero": 0, "full": 5}})
    with pytest.raises(UsageError, match="ruled"):
        weights_combined([PROFILE, ruled], SYSTEM, "additive_combination")
    both = weights_combined([ruled, ruled], SYSTEM, "additive_combination")
    assert both.scoring == ruled.scoring
    with pytest.raises(UsageError):
        weights_combined([PROFILE], SYSTEM, "additive_combination")
