"""Units to look at again: the shortlist by arithmetic, the sample by hash, whatever the order of the rows."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys

import openpyxl
import polars as pl
import pytest

import evalengine as ee
from evalengine.analysis.spot_check import Plan, chosen_units, drawn_first, spot_check
from evalengine.reports.spot_check import write_spot_check
from evalengine.scheme.shipped import shipped
from tests.small import assess_flat, small

NOBODY = Plan(seed="7", share=0, shortlist=0, margin=0)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("spot") / "run"
    system = ee.load_indicators()
    data = ee.read_dataset(shipped("sample_data") / "2025", system)
    return ee.write_run(ee.assess(data, system, ee.load_weights("jiangsu", system)), folder)


def ranking(*scores: float, group: str = "G", ranks: list[int | None] | None = None) -> pl.DataFrame:
    placed = ranks or [1 + sum(other > score for other in scores) for score in scores]
    return pl.DataFrame(
        {
            "unit": [f"{group}{place}" for place in range(len(scores))], "name": "n", "group": group,
            "rank": placed, "score": scores, "grade": "good",
        },
        schema_overrides={"rank": pl.Float64, "score": pl.Float64},
    )  # fmt: skip


def chosen(frame: pl.DataFrame, **plan: object) -> pl.DataFrame:
    settings = {"seed": "7", "share": 0.0, "shortlist": 0.0, "margin": 0.0, **plan}
    return chosen_units(frame, small()[0], Plan(**settings))


# the small system: excellent from 85, at most 20 % of a group of five or more, rounded down
@pytest.mark.parametrize(
    ("scores", "percent", "places", "count"),
    [
        ([90.5 - k for k in range(10)], 110, 2, 3),  # ceil(2 * 1.1)
        ([90.5 - k for k in range(50)], 110, 10, 11),  # 10 * 1.1 is 11, not 12 for the last bit of the product
        ([90.5 - k for k in range(6)], 110, 1, 2),
        ([90.5 - k for k in range(6)], 100, 1, 1),
        ([90.5 - k for k in range(4)], 110, 4, 4),  # no quota: as many places as reach the line, and no more units
        ([84.5, 83.5, 82.5, 81.5], 110, 0, 0),  # no quota, nobody reaches the line
        ([90.5, 89.5, 89.5, 89.5, 80.5], 110, 1, 4),  # tied with the last one of the list
        ([], 110, 0, 0),
    ],
)
def test_the_shortlist(scores, percent, places, count):
    found = chosen(ranking(*scores), shortlist=percent)
    assert found["shortlisted"].sum() == found.height == count
    assert set(found["places"]) <= {places}


@pytest.mark.parametrize(
    ("score", "near", "distance"),
    [
        (85.0, "excellent", 0.0), (84.5, "excellent", -0.5), (86.0, "excellent", 1.0), (86.01, "", None),
        (74.0, "good", -1.0), (60.3, "pass", 0.3), (59.0, "pass", -1.0), (58.99, "", None),
    ],
)  # fmt: skip
def test_near_a_line(score, near, distance):
    found = chosen(ranking(score), margin=1.0)
    assert found.select("near", "distance").rows() == ([(near, distance)] if near else [])


def test_the_sample_is_what_the_docstring_says():
    """Anybody can draw it again with a hash tool: SHA-256 of seed, zero byte, id."""
    names = [f"JS{number:02}" for number in range(1, 11)]
    digests = {name: hashlib.sha256(f"20260401-37\0{name}".encode()).hexdigest() for name in names}
    assert drawn_first(names, 3, "20260401-37") == sorted(names, key=digests.__getitem__)[:3]
    assert hashlib.sha256(b"20260401-37\x00JS01").hexdigest() == digests["JS01"]


@pytest.mark.parametrize(("size", "share", "count"), [(10, 20, 2), (6, 20, 2), (4, 20, 1), (5, 100, 5), (9, 0, 0)])
def test_the_share_is_rounded_up_in_each_group(size, share, count):
    frame = pl.concat([ranking(*[70.0] * size, group=group) for group in "GH"])
    found = chosen(frame, share=share)
    assert found.group_by("group").len().sort("group").rows() == ([("G", count), ("H", count)] if count else [])


def test_neither_order_nor_others_nor_a_smaller_share_change_who_is_drawn():
    frame = ranking(*[70.0] * 40)
    shuffled = frame.sample(fraction=1.0, shuffle=True, seed=3)
    assert chosen(frame, share=20.0).equals(chosen(shuffled, share=20.0))
    assert set(chosen(frame, share=10.0)["unit"]) < set(chosen(frame, share=20.0)["unit"])
    assert set(chosen(frame, share=20.0)["unit"]) != set(chosen(frame, share=20.0, seed="8")["unit"])
    fewer = chosen(frame.filter(pl.col("unit") != "G0"), share=100.0)["unit"].to_list()
    names = frame["unit"].to_list()
    order = [name for name in drawn_first(names, 40, "7") if name != "G0"]
    assert drawn_first(fewer, 40, "7") == order


def test_the_draw_is_even():
    """Over 4,000 seeds each of 10 units is drawn about 800 times: within four standard deviations of 25.3."""
    names = [f"JS{number:02}" for number in range(1, 11)]
    counts = dict.fromkeys(names, 0)
    choice = random.Random(1)
    for _ in range(4000):
        for name in drawn_first(names, 2, str(choice.random())):
            counts[name] += 1
    assert all(abs(count - 800) < 4 * (4000 * 0.2 * 0.8) ** 0.5 for count in counts.values())


def test_a_vetoed_unit_is_not_chosen_but_counts_in_the_quota():
    frame = ranking(*[90.5 - k for k in range(10)], ranks=[None, *range(1, 10)])
    found = chosen(frame, shortlist=110.0, share=100.0)
    assert "G0" not in found["unit"].to_list()
    assert found["shortlisted"].sum() == 3  # ceil(floor(20 % of 10) * 1.1)


def test_the_items_have_values_and_stand_in_the_order_of_the_system(run):
    found = spot_check(run, Plan(seed="1", share=100.0, items=6))
    assert found.items.group_by("unit").len()["len"].to_list() == [6] * 9
    values = pl.read_parquet(run / "tables" / "values.parquet").filter(pl.col("status") == "ok")
    assert found.items.join(values, on=["unit", "indicator"], how="anti").is_empty()
    order = list(found.system.indicators)
    for _, own in found.items.group_by("unit"):
        places = [order.index(code) for code in own["indicator"]]
        assert places == sorted(places)
    assert found.items["indicator"].n_unique() > 20  # each unit draws its own


def test_the_workbook_says_why_and_has_room_for_the_findings(run, tmp_path):
    found = spot_check(run, Plan(seed="=1+1"))
    for name in ("a.xlsx", "b.xlsx"):
        write_spot_check(found, tmp_path / name, "zh")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["待复核名单", "核查清单"]
    said = "\n".join(str(cell.value) for row in book["待复核名单"].iter_rows() for cell in row if cell.value)
    assert "距优秀线（85分）差0.82分" in said
    assert "本组优秀名额1个" in said
    assert "抽签号：=1+1" in said
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    with pytest.raises(ee.OutputError):
        write_spot_check(found, tmp_path / "a.xlsx", "zh")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"share": 101.0}, "spot_check_range"), ({"share": float("nan")}, "spot_check_range"),
        ({"items": -1}, "spot_check_range"), ({"margin": -0.1}, "spot_check_range"), ({"seed": " "}, "spot_check_seed"),
    ],
)  # fmt: skip
def test_a_plan_out_of_range_is_refused(run, changes, code):
    with pytest.raises(ee.UsageError) as caught:
        spot_check(run, Plan(**{"seed": "1", **changes}))
    assert caught.value.code == code


def test_no_run_is_refused(tmp_path):
    with pytest.raises(ee.UsageError) as caught:
        spot_check(tmp_path, Plan(seed="1"))
    assert caught.value.code == "not_a_run"


def test_a_run_whose_scheme_was_touched_is_refused(tmp_path):
    run = ee.write_run(assess_flat({}), tmp_path / "run")
    assert spot_check(run, NOBODY).units.is_empty()
    path = run / "inputs" / "indicators" / "small.toml"
    path.write_text(path.read_text("utf-8").replace("minimum = 85", "minimum = 84"), "utf-8")
    with pytest.raises(ee.UsageError) as caught:
        spot_check(run, NOBODY)
    assert caught.value.code == "run_of_other_edition"


def test_the_command_prints_the_seed(run, tmp_path):
    command = [sys.executable, "-m", "evalengine", "spot-check", str(run), "-o", str(tmp_path / "list.xlsx")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 2  # no seed
    done = subprocess.run(
        [*command, "--seed", "37-二", "--lang", "zh"], capture_output=True, check=True, encoding="utf-8"
    )
    assert "抽签号：37-二" in done.stdout
    assert subprocess.run([*command, "--seed", "1"], capture_output=True, check=False).returncode == 4
