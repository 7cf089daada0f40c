from __future__ import annotations

from typing import Any

import pytest

from evalengine.reports.words import Words, plain
from evalengine.scheme.loading import load_indicators
from evalengine.scheme.model import IndicatorSystem

BANDS = [{"at_least": 1.0, "low": 50.0, "high": 80.0}]


@pytest.fixture(scope="module")
def system() -> IndicatorSystem:
    return load_indicators()


@pytest.mark.parametrize(
    ("rule", "zh"),
    [
        ({"rule": "base_full", "base": 50.0, "full": 90.0}, "0得0分，50得60分，90得100分，其间按直线计算"),
        (
            {"rule": "base_full", "zero": 80.0, "base": 40.0, "full": 10.0, "base_percent": 50.0},
            "80得0分，40得50分，10得100分，其间按直线计算",
        ),
        (
            {"rule": "base_full", "base": 90.0, "full": 100.0, "below_base": "zero"},
            "未达90得0分，90得60分，100得100分，其间按直线计算",
        ),
        ({"rule": "base_full", "base": 1.0, "full": 1.0}, "0得0分，未达1的按比例最高计60分，达到的得100分"),
        ({"rule": "base_full", "base": 1.0, "full": 1.0, "below_base": "zero"}, "达到1得100分，未达到的得0分"),
        ({"rule": "linear", "zero": 0.0, "full": 2.5}, "两点直线：0得0分，2.5得100分，其间按直线计算，两端封顶保底"),
        ({"rule": "tiers", "tiers": [{"at_most": 3.0, "score": 90.0}]}, "分档计分：3及以下得90分"),
        ({"rule": "bands", "bands": BANDS, "top": 10.0}, "分段计分：1起得50至80分；末段至10为止"),
        ({"rule": "expert"}, "专家评分，由0至100分折算为百分制"),
        ({"rule": "min_max"}, "相对方法 min_max，仅供参考"),
        ({"rule": "z_score", "centre": 70.0}, "相对方法 z_score，仅供参考（centre = 70）"),
    ],
)
def test_scoring_rules_are_said_with_their_anchors(system: IndicatorSystem, rule: dict[str, Any], zh: str) -> None:
    assert Words(system, "zh").scoring(rule) == zh
    assert Words(system, "en").scoring(rule)


def test_formulas_name_their_fields(system: IndicatorSystem) -> None:
    words = Words(system, "zh")
    assert words.formula(system.indicators["enterprise_fund_share"]) == "＝100 × 企业出资 ÷ 研发资金总额"
    assert words.formula(system.indicators["reform_pilot_count"]).startswith("＝取小(人才改革举措, 2) + ")


def test_every_indicator_of_the_shipped_system_can_be_said_in_both_languages(system: IndicatorSystem) -> None:
    for language in ("zh", "en"):
        words = Words(system, language)
        for indicator in system.indicators.values():
            said = words.formula(indicator)
            assert not any(code in said.split() for code in system.fields)
            assert words.scoring(indicator.scoring)
            assert words.policy(indicator)


def test_unknown_codes_stand_for_themselves(system: IndicatorSystem) -> None:
    words = Words(system, "zh")
    assert (words.unit("?"), words.node("?"), words.item("?"), words.grade("?")) == ("?", "?", "?", "?")
    assert (words.place("?", "rd_intensity"), words.place("chain_nodes", "")) == ("研发经费投入强度", "产业链节点")


@pytest.mark.parametrize(
    ("value", "shown"), [(60.0, "60"), (2.5, "2.5"), (3, "3"), ("a", "a"), (0.1 + 0.2, repr(0.1 + 0.2))]
)
def test_numbers_are_said_plainly(value: Any, shown: str) -> None:
    assert plain(value) == shown
