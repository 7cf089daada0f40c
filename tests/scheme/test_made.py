"""What a computed profile says about its making is checked like everything else."""

from __future__ import annotations

import pytest

from evalengine import SchemeError, load_weights
from tests.small import DATA, small

MADE = """
[made]
method = "entropy"
date = "2026-03-01"
scope = "overall"
parameters = { variant = "shares", shift = 0.5 }
inputs = [{ name = "run/tables/scores.parquet", sha256 = "00" }]
diagnostics = [{ node = "total", units = 12, noise_lowest = 0.009 }]
warnings = [{ zh = "小样本", en = "small sample" }]
"""


def profile(tmp_path, made):
    path = tmp_path / "small-weights.toml"
    path.write_text((DATA / "small-weights.toml").read_text(encoding="utf-8") + made, encoding="utf-8")
    return load_weights(path, small()[0])


def test_figures_are_numbers_again(tmp_path):
    made = profile(tmp_path, MADE).made
    assert made.parameters == {"variant": "shares", "shift": 0.5}
    assert made.diagnostics == ({"node": "total", "units": 12.0, "noise_lowest": 0.009},)
    assert made.warnings[0].get("en") == "small sample"
    assert profile(tmp_path, "").made is None


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('"entropy"', '"entropie"', "scoring_wrong"),
        ('variant = "shares"', 'variants = "shares"', "node_unknown"),
        ('"2026-03-01"', '"March"', "key_wrong"),
        ('"overall"', '"everywhere"', "key_not_allowed"),
        ("0.009", "nan", "key_wrong"),
        ("0.009", "[1]", "key_not_number"),
        ('scope = "overall"', 'scope = "overall"\nwho = "me"', "key_unknown"),
        ('method = "entropy"\n', "", "key_missing"),
    ],
)
def test_faults_are_named(tmp_path, old, new, code):
    assert old in MADE
    with pytest.raises(SchemeError) as caught:
        profile(tmp_path, MADE.replace(old, new, 1))
    assert code in [problem.code for problem in caught.value.problems]


def test_anchors_of_a_profile_may_be_decimal(tmp_path):
    rules = '\n[scoring]\nmoney = { rule = "linear", zero = 0.5, full = 100.5 }\n'
    assert profile(tmp_path, rules).scoring["money"] == {"rule": "linear", "zero": 0.5, "full": 100.5}
