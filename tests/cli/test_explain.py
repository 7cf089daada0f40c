"""`evalengine explain`: what it prints is what the API and the score card say, read from a run folder alone."""

from __future__ import annotations

import json
import math
import re
import shutil
from pathlib import Path

import openpyxl
import polars as pl
import pytest

import evalengine as ee
from evalengine.cli.group import run
from evalengine.runs import read_run
from evalengine.scheme.shipped import shipped
from tests.small import assess_flat

UNITS = ("JS02", "JS06", "JS10")  # an adjustment; a veto; unverified figures


@pytest.fixture(scope="module")
def sample() -> ee.Assessment:
    system = ee.load_indicators()
    data = ee.read_dataset(shipped("sample_data") / "2025", system)
    return ee.assess(data, system, ee.load_weights("jiangsu", system))


@pytest.fixture(scope="module")
def folder(sample: ee.Assessment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ee.write_run(sample, tmp_path_factory.mktemp("explain") / "run")


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EVALENGINE_LANG", "zh")

    def told(*arguments: object) -> tuple[int, str, str]:
        code = run(["explain", *map(str, arguments)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return told


def _half_up(value: float | None) -> str:
    return "—" if value is None else f"{ee.methods.rounding.half_up([value])[0]:.2f}"


@pytest.mark.parametrize("unit", UNITS)
def test_the_command_says_what_the_api_says(said, sample, folder, unit):
    code, printed, _ = said(folder, unit)
    assert code == 0
    why = ee.explain(sample, unit)
    [row] = sample.ranking.filter(unit=unit).to_dicts()
    facts = dict(line.split(maxsplit=1) for line in printed.split("\n\n")[1].splitlines())
    assert facts["总分"] == f"{row['score']:.2f}"
    assert facts["组内名次"] == ("不排" if row["rank"] is None else f"{row['rank']:g}/{row['group_size']}")
    lines = [re.split(r"\s{2,}", line.strip()) for line in printed.splitlines()]
    for code, item in why.indicators.items():
        label, standing = sample.system.indicators[code].label.zh, item.standing
        [own] = [line for line in lines if line[0].partition("（")[0] == label and len(line) == 7]
        assert own[2:6] == [
            _half_up(standing.score),
            _half_up(100 * standing.weight) + "%" if standing.weight else "—",
            _half_up(standing.contribution),
            "—" if standing.score is None else _half_up(standing.lost),
        ]
    for code, standing in why.dimensions.items():
        label = sample.system.dimensions[code].label.zh
        shown = [
            _half_up(standing.score),
            _half_up(100 * standing.weight) + "%",
            _half_up(standing.contribution),
            _half_up(standing.lost),
        ]
        assert [label, *shown] in lines
    losing = sorted(
        (item for item in why.indicators.values() if item.standing.lost >= 0.005), key=lambda i: -i.standing.lost
    )
    numbered = re.findall(r"^ ?\d+\. ([^，]+)，失([\d.]+)分", printed, re.MULTILINE)
    assert numbered == [
        (sample.system.indicators[item.indicator].label.zh, _half_up(item.standing.lost)) for item in losing
    ]


def test_halves_are_shown_as_the_spreadsheet_shows_them(said, folder):
    _, printed, _ = said(folder, "JS02")
    [platform] = [line.split() for line in printed.splitlines() if line.strip().startswith("中试平台利用率（")]
    assert platform[2] == "82.13"  # 100 * (51.0625 - 10) / (60 - 10) is 82.125, exactly
    _, printed, _ = said(folder, "JS06")
    told = re.sub(r"\s", "", printed)
    assert "失0.83分：现为3.00项；达到6项（满分）可增0.83分" in told  # 2.75 % of 30: 0.825


def test_the_command_says_what_the_card_says(said, folder):
    _, printed, _ = said(folder, "JS02")
    book = openpyxl.load_workbook(folder / "ranking.xlsx", data_only=True)
    cells = list(book["一企一表"].iter_rows(values_only=True))
    start = next(place for place, row in enumerate(cells) if any("JS02" in str(cell) for cell in row if cell))
    ends = (place for place in range(start + 1, len(cells)) if "绩效评价得分表" in str(cells[place][0]))
    card = cells[start : next(ends, len(cells))]
    squeezed = "".join(printed.split())
    raising = [cell for row in card for cell in row if isinstance(cell, str) and cell.startswith("现为")]
    assert len(raising) == 5  # the card has the worst five, the command all
    assert [cell for cell in raising if "".join(cell.split()) not in squeezed] == []
    anchors = [cell for row in card for cell in row if re.fullmatch(r"[\d.]+→60，[\d.]+→100", str(cell))]
    assert len(anchors) > 20
    assert [cell for cell in anchors if cell not in squeezed] == []
    assert "投产超过三年的产品不计入新产品" in printed


def test_a_run_explains_as_the_assessment_it_was_written_from(sample, folder):
    again = read_run(folder)
    for unit in sample.ranking["unit"]:
        assert ee.explain(again, unit) == ee.explain(sample, unit)
    assert again.run_id == sample.provenance.run_id


def test_a_unit_may_be_named_and_an_unknown_one_names_those_near(said, sample, folder):
    name = sample.ranking.filter(unit="JS07")["name"].item()
    assert said(folder, name)[1] == said(folder, "JS07")[1]
    code, printed, error = said(folder, "JS7")
    assert (code, printed) == (2, "")
    assert "JS07 江苏省生物医药" in error
    assert "JS08 江苏省纳米新材料" in said(folder, "纳米")[2]
    assert "JS01" in said(folder, "?")[2]


def test_a_name_of_several_units_is_not_said_to_be_unknown(said, tmp_path):
    folder = ee.write_run(assess_flat({"unit": "U1"}, {"unit": "U2"}), tmp_path / "run")
    code, _, error = said(folder, "Unit 1")
    assert code == 2
    assert "名称为“Unit 1”的单位不止一个：U1, U2。" in error


def test_json_holds_the_explanation_with_english_codes(said, sample, folder):
    found = json.loads(said(folder, "JS02", "--json")[1])
    why = ee.explain(sample, "JS02")
    assert found["run_id"] == sample.provenance.run_id
    assert found["ranking"]["score"] == sample.ranking.filter(unit="JS02")["score"].item()
    assert found["indicators"].keys() == why.indicators.keys()
    one = why.indicators["new_product_revenue_share"]
    assert found["indicators"]["new_product_revenue_share"]["standing"]["lost"] == one.standing.lost
    assert [row["column"] for row in found["adjustments"]] == ["new_product_revenue"]


def test_in_english(said, folder, monkeypatch):
    monkeypatch.setenv("EVALENGINE_LANG", "en")
    code, printed, _ = said(folder, "JS02")
    assert code == 0
    assert "What would raise the score (most points lost first)" in printed
    assert re.search(
        r"^  New product revenue share \(%\)  +28.57  +77.13  +3.02%  +2.33  +0.69  20→60, 40→100$",
        printed,
        re.MULTILINE,
    )


@pytest.mark.parametrize("name", ["tables/scores.parquet", "tables/ranking.parquet"])
def test_a_run_that_was_touched_is_refused(said, tmp_path, name):
    folder = ee.write_run(assess_flat({}), tmp_path / "run")
    assert said(folder, "U1")[0] == 0
    path = folder / name
    pl.read_parquet(path).with_columns(pl.col("score") + 1).write_parquet(path)
    code, _, error = said(folder, "U1")
    assert (code, name in error) == (2, True)
    path.unlink()
    assert "run" in said(folder, "U1")[2]
    shutil.rmtree(folder)
    assert "manifest.json" in said(folder, "U1")[2]


@pytest.mark.parametrize(
    ("changed", "said_of_it"),
    [
        ({"outputs": None}, "内容不完整"),
        ({"outputs": []}, "内容不完整"),
        ({"outputs": {"tables/scores.parquet": "x"}}, "内容不完整"),
        ({"system": "x"}, "内容不完整"),
        ({"profile": {}}, "内容不完整"),
        ({"options": {"year": math.inf}}, "内容不完整"),
        ({"run_id": 5}, "内容不完整"),
        ({"run_id": "0" * 64}, "改动过"),
        ({"options": {"year": 2024}}, "改动过"),
    ],
)
def test_a_manifest_that_was_touched_is_refused(said, tmp_path, changed, said_of_it):
    folder = ee.write_run(assess_flat({}), tmp_path / "run")
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changed), encoding="utf-8")
    code, printed, error = said(folder, "U1")
    assert (code, printed) == (2, "")
    assert "manifest.json" in error
    assert said_of_it in error
