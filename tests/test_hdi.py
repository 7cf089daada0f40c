"""UNDP's Human Development Index, written in TOML alone, scores published figures within rounding."""

from __future__ import annotations

import itertools
import math

import polars as pl
import pytest

from evalengine import Dataset, assess, load_indicators, load_weights
from tests.small import DATA, score_of

# (life expectancy, expected years, mean years, income per capita, published HDI, half a unit of each printed digit)
COARSE = (0.05, 0.05, 0.05, 0.5)
PUBLISHED = {
    # Human Development Report 2014, technical note 1, the worked example, to more digits than the tables print
    "CRI": (79.93, 13.5, 8.37, 13_011.7, 0.763, (0.005, 0.05, 0.005, 0.05)),
    # Human Development Report 2021/22, statistical annex, table 1
    "CHE": (84.0, 16.5, 13.9, 66_933.0, 0.962, COARSE),
    "NOR": (83.2, 18.2, 13.0, 64_660.0, 0.961, COARSE),  # expected years beyond the goalpost
    "ISL": (82.7, 19.2, 13.8, 55_782.0, 0.959, COARSE),
}
COUNTRIES = sorted(PUBLISHED)


def assessed(rows):
    system = load_indicators(DATA / "hdi.toml")
    profile = load_weights(DATA / "hdi-weights.toml", system)
    frame = pl.DataFrame(
        [
            {"unit": unit, "name": unit, "group": "", "year": 2021}
            | dict(zip(("life", "expected", "mean", "income"), map(float, figures), strict=True))
            for unit, figures in rows.items()
        ]
    )
    return assess(Dataset.from_fields(frame, system), system, profile)


def index_of(result, node, unit):
    return score_of(result, node, unit) / 100


def corners(unit):
    """Return what the printed figures may have been before rounding: the index rises in each of them."""
    figures, halves = PUBLISHED[unit][:4], PUBLISHED[unit][5]
    low = [value - half for value, half in zip(figures, halves, strict=True)]
    high = [value + half for value, half in zip(figures, halves, strict=True)]
    return {f"{unit} low": low, f"{unit} high": high}


@pytest.fixture(scope="module")
def result():
    rows = {unit: PUBLISHED[unit][:4] for unit in COUNTRIES}
    for unit in COUNTRIES:
        rows |= corners(unit)
    return assessed(rows)


@pytest.mark.parametrize("unit", COUNTRIES)
def test_published_figures_within_rounding(result, unit):
    published = PUBLISHED[unit][4]
    low, high = (index_of(result, "total", f"{unit} {end}") for end in ("low", "high"))
    assert low - 0.0005 <= published <= high + 0.0005
    assert index_of(result, "total", unit) == pytest.approx(published, abs=0.001)


def test_the_worked_example_at_every_step(result):
    health, education, living = (index_of(result, node, "CRI") for node in ("health", "education", "living"))
    assert health == pytest.approx((79.93 - 20) / (85 - 20), abs=1e-12)
    assert education == pytest.approx((13.5 / 18 + 8.37 / 15) / 2, abs=1e-12)
    assert living == pytest.approx((math.log(13_011.7) - math.log(100)) / (math.log(75_000) - math.log(100)), abs=1e-12)
    assert index_of(result, "total", "CRI") == pytest.approx((health * education * living) ** (1 / 3), abs=1e-12)
    assert [round(part, 3) for part in (health, education, living)] == [0.922, 0.654, 0.735]


def test_values_beyond_a_goalpost_are_capped(result):
    assert score_of(result, "expected_index", "ISL") == 100.0
    rich = assessed({"A": (90.0, 20.0, 16.0, 200_000.0), "B": (85.0, 18.0, 15.0, 75_000.0)})
    assert [score_of(rich, "total", unit) for unit in "AB"] == pytest.approx([100.0, 100.0], abs=1e-12)


def test_ranks_grades_and_decimals(result):
    rows = result.ranking.filter(pl.col("unit").is_in(COUNTRIES))
    assert dict(rows.select("unit", "grade").iter_rows()) == dict.fromkeys(("CHE", "NOR", "ISL"), "excellent") | {
        "CRI": "good"
    }
    scores = dict(rows.select("unit", "score").iter_rows())
    assert all(score == round(score, 1) for score in scores.values())
    order = ("CHE", "NOR", "ISL", "CRI")
    assert all(scores[better] >= scores[worse] for better, worse in itertools.pairwise(order))
