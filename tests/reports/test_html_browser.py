"""The page in a browser: its numbers are the engine's, at rest and after weights are moved; hostile names stay text."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import random
import re
import shutil
import subprocess
import tomllib
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from evalengine.assessment import Assessment, assess
from evalengine.intake.dataset import Dataset
from evalengine.reports.html import write_html
from evalengine.scheme.loading import load_weights
from evalengine.scheme.model import (
    Dimension,
    Field,
    GroupRules,
    GroupWeights,
    Indicator,
    IndicatorSystem,
    WeightProfile,
)
from evalengine.text import Label
from tests.reports.chromium import OPTIONS
from tests.small import assess_flat, small

WHOLE = ("--enable-logging=stderr", "--virtual-time-budget=8000", "--window-size=1400,1000", "--dump-dom")
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
OTHERS = ("beijing", "shanghai", "shenzhen")
WORDS = "高端装备新材料生物医药集成电路人工智能工业软件"
LIMIT = 300_000  # bytes for 500 units × 60 indicators


class Tree(HTMLParser):
    """The page a browser dumped, as elements."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.builder = ET.TreeBuilder()
        self.feed(content)
        self.root = self.builder.close()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.builder.start(tag, {name: value or "" for name, value in attrs})
        if tag in VOID:
            self.builder.end(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.builder.end(tag)

    def handle_data(self, data: str) -> None:
        self.builder.data(data)

    def at(self, name: str) -> ET.Element:
        found = self.root.find(f".//*[@id='{name}']")
        assert found is not None, name
        return found

    def text(self, name: str) -> str:
        return "".join(self.at(name).itertext())

    def rows(self, name: str) -> dict[str, dict[str, str]]:
        """Return the rows of a table of units by id: each cell by its heading, without the weight below it."""
        table = self.at(name)
        head = table.find("thead/tr")
        assert head is not None
        headings = [heading.text or "" for heading in head]
        return {
            row.attrib["data-unit"]: dict(zip(headings, ("".join(cell.itertext()) for cell in row), strict=True))
            for row in table.iterfind("tbody/tr[@data-unit]")
        }


@pytest.fixture
def visit(browser: str, tmp_path: Path) -> Callable[..., tuple[Tree, str]]:
    """Return a function that opens a page, drives it with a script and returns what became of it and the log."""

    def opened(path: Path, *, address: str = "", drive: str = "") -> tuple[Tree, str]:
        target = driven(path, drive) if drive else path
        profile = tmp_path / "profile"
        shutil.rmtree(profile, ignore_errors=True)
        command = [browser, *OPTIONS, *WHOLE, f"--user-data-dir={profile}", f"{target.as_uri()}#{address}"]
        done = subprocess.run(command, capture_output=True, check=True, encoding="utf-8", timeout=120)
        return Tree(done.stdout), "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)

    return opened


def driven(path: Path, drive: str) -> Path:
    """Return a copy of a page that also lets in a script that acts on it once it is shown."""
    script = f"""(function wait() {{
      if (document.getElementById("main").hidden) return void setTimeout(wait, 20);
      const put = (control, value, event) => {{ control.value = value; control.dispatchEvent(new Event(event)); }};
      const all = (query) => [...document.querySelectorAll(query)];
      {drive}
    }})();"""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    content = path.read_text(encoding="utf-8").replace("script-src '", f"script-src 'sha256-{digest}' '", 1)
    copy = path.with_name(f"driven-{path.name}")
    copy.write_text(content.replace("</body>", f"<script>{script}</script></body>"), encoding="utf-8")
    return copy


def same(tree: Tree, result: Assessment, language: str = "zh", table: str = "ranking-table") -> None:
    """Assert that the page lists exactly what the engine found: order, ranks, totals, grades, dimension scores."""
    words = {
        "zh": ("名次", "总名次", "总分", "等级", "加权得分"),
        "en": ("Rank", "Overall rank", "Total", "Grade", "Weighted score"),
    }
    rank, overall, total, grade, weighted = words[language]
    rows = tree.rows(table)
    grades = {level.code: level.label.get(language) for level in result.system.grades.levels}
    decimals = result.system.ranking.decimals
    expected = result.ranking.to_dicts()
    assert list(rows) == [row["unit"] for row in expected]
    for row in expected:
        shown = rows[row["unit"]]
        assert shown[rank] == _rank(row["rank"]), row
        assert shown.get(overall, _rank(row["overall_rank"])) == _rank(row["overall_rank"]), row
        assert shown[total] == f"{row['score']:.{decimals}f}", row
        assert shown[grade] == grades[row["grade"]], row
        assert float(shown[weighted]) == pytest.approx(row["weighted"], abs=0.005000001)
    tops = {code: item.label.get(language) for code, item in result.system.dimensions.items() if not item.parent}
    for unit, node, score in result.scores.select("unit", "node", "score").iter_rows():
        if node in tops and score is not None:
            assert float(rows[unit][tops[node]]) == pytest.approx(score, abs=0.005000001)


def _rank(rank: float | None) -> str:
    return "—" if rank is None else f"{rank:g}"


def rerun(tree: Tree, result: Assessment, group: str = "") -> Assessment:
    """Return the engine's assessment with the weights the page hands out."""
    lines = tomllib.loads(tree.text("toml"), parse_float=Decimal)
    assert sum(lines["weights"].values()) == 1
    if group:
        own = GroupWeights(dimensions=lines["dimensions"], weights=lines["weights"])
        profile = dataclasses.replace(result.profile, groups={**result.profile.groups, group: own})
    else:
        profile = dataclasses.replace(result.profile, weights=lines["weights"], dimensions=lines["dimensions"])
    return assess(result.dataset, result.system, profile, year=result.year)


# ---------------------------------------------------------------- the sample
@pytest.fixture(scope="module")
def profiles(sample: Assessment) -> dict[str, Assessment]:
    found = {name: assess(sample.dataset, sample.system, load_weights(name, sample.system)) for name in OTHERS}
    return {"jiangsu": sample, **found}


@pytest.fixture(scope="module")
def sample_page(profiles: Mapping[str, Assessment], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    first, *others = profiles.values()
    write_html(first, path, "zh", others=others)
    return path


@pytest.mark.parametrize("name", ["jiangsu", *OTHERS])
def test_at_rest_the_page_shows_the_numbers_of_the_engine(visit, sample_page, profiles, name):
    tree, log = visit(sample_page, address=f"profile={name}")
    assert log == ""
    assert "hidden" in tree.at("refusal").attrib
    assert ("hidden" in tree.at("trial").attrib) == (name == "jiangsu")  # another profile is announced as such
    same(tree, profiles[name])
    compared(tree, profiles)
    chosen = profiles[name].ranking["unit"][0]
    details = {
        row.attrib["data-leaf"]: ["".join(cell.itertext()) for cell in row]
        for row in tree.root.iterfind(".//tr[@data-leaf]")
    }
    scores = profiles[name].scores.filter(pl.col("unit") == chosen, pl.col("level") > 0)
    for node, score, weight in scores.select("node", "score", "weight").iter_rows():
        if node in details and score is not None:
            assert float(details[node][5]) == pytest.approx(score, abs=0.005000001)
            assert float(details[node][6].rstrip("%")) == pytest.approx(100 * weight, abs=0.005000001)
            assert float(details[node][7]) == pytest.approx(weight * (100 - score), abs=0.005000001)


def compared(tree: Tree, profiles: Mapping[str, Assessment]) -> None:
    """Assert that the comparison holds the engine's totals and ranks under every profile."""
    rows = {row.attrib["data-unit"]: row for row in tree.at("comparison-table").iterfind("tbody/tr[@data-unit]")}
    assert len(rows) == next(iter(profiles.values())).ranking.height
    for unit, row in rows.items():
        cells = ["".join(cell.itertext()) for cell in row][2:]
        engine = [found.ranking.row(by_predicate=pl.col("unit") == unit, named=True) for found in profiles.values()]
        starts = [0, 3, 7, 11]
        assert [cells[k] for k in starts] == [f"{found['score']:.2f}" for found in engine]
        assert [cells[k + 1] for k in starts] == [_rank(found["rank"]) for found in engine]


DRIVES = {
    "a dimension by its slider": 'put(all("#sliders > div > .slider input[type=range]")[1], 70, "input");',
    "two dimensions by typing": """
        put(all("#sliders > div > .slider input[type=number]")[0], 61.5, "change");
        put(all("#sliders > div > .slider input[type=number]")[3], 0, "change");""",
    "an indicator inside its dimension": 'put(all("#sliders details .slider input[type=range]")[12], 80, "input");',
}


@pytest.mark.parametrize("drive", DRIVES.values(), ids=DRIVES)
def test_moved_weights_rank_as_the_engine_does_with_them(visit, sample_page, profiles, drive, tmp_path):
    tree, log = visit(sample_page, drive=drive)
    assert log == ""
    assert "hidden" not in tree.at("trial").attrib
    sample = profiles["jiangsu"]
    same(tree, rerun(tree, sample))
    head = 'system = "innovation-consortium"\nedition = "1"\n'
    head += "".join(f'{key} = {{ zh = "试", en = "trial" }}\n' for key in ("label", "decided_by", "reason"))
    (tmp_path / "trial.toml").write_text(head + tree.text("toml"), encoding="utf-8")  # the lines are a valid profile
    loaded = load_weights(tmp_path / "trial.toml", sample.system)
    same(tree, assess(sample.dataset, sample.system, loaded))


def test_the_address_brings_back_a_scenario_and_reset_the_published_weights(visit, sample_page, profiles):
    moved = 'put(all("#sliders > div > .slider input[type=range]")[4], 45, "input"); document.title = location.hash;'
    first, _ = visit(sample_page, drive=moved, address="profile=beijing&unit=JS03")
    title = first.root.find(".//title")
    assert title is not None
    second, _ = visit(sample_page, address=(title.text or "").lstrip("#"))
    assert second.rows("ranking-table") == first.rows("ranking-table")
    assert second.text("toml") == first.text("toml")
    third, _ = visit(sample_page, drive=moved + 'document.getElementById("reset").click();', address="profile=beijing")
    assert "试算" not in third.text("trial")
    same(third, profiles["beijing"])


def test_a_page_that_cannot_reproduce_the_numbers_shows_none(visit, sample_page, tmp_path):
    content = sample_page.read_text(encoding="utf-8")
    packed = re.search(r'id="data">([^<]*)<', content)
    assert packed
    data = json.loads(zlib.decompress(base64.b64decode(packed[1])))
    data["profiles"][2]["engine"]["score"][4] += 0.01
    changed = base64.b64encode(zlib.compress(json.dumps(data).encode())).decode()
    path = tmp_path / "tampered.html"
    path.write_text(content.replace(packed[1], changed), encoding="utf-8")
    tree, _ = visit(path)
    assert "hidden" in tree.at("main").attrib
    assert "未能复现" in tree.text("refusal")


# ---------------------------------------------------------------- every rule of ranking and grading
def chance(seed: int, units: int = 24) -> list[dict[str, object]]:
    """Return rows of units with ties, vetoes, items, and figures that are missing or do not apply."""
    dice = random.Random(seed)
    rows: list[dict[str, object]] = []
    for place in range(units):
        row: dict[str, object] = {
            "unit": f"U{place:02d}",
            "name": f"Unit {place}",
            "group": ("G1", "G2", "G3")[0 if place < 12 else 1 if place < 21 else 2],
            "spent": dice.choice([20.0, 30.0, 55.0, 71.3, None]),
            "revenue": dice.choice([1000.0, 1000.0, 0.0, 731.0]),
            "budget": dice.choice([100.0, 500.0, 812.5, 2000.0]),
            "covered": dice.choice([2.0, 3.0, 4.0]),
            "listed": dice.choice([4.0, 4.0, 7.0, 0.0]),
            "started": dice.choice([5.0, 5.0, 7.0, 0.0]),
            "done": dice.choice([3.0, 4.0, 5.0]),
            "away": dice.choice([0.0, 1.0, 2.0, 5.0]),
            "opinions": dice.choice(["70;80;90", "95;97;99", "80;80;85;90;91", "70;80"]),
            "V1": dice.choice([None] * 9 + [1.0]),
            "V4": dice.choice([None] * 6 + [1.0, 2.0]),
            "P1": dice.choice([None, None, 1.0, 2.0]),
            "P2": dice.choice([None, None, 1.0, 3.0]),
            "N1": dice.choice([None, None, 1.0]),
            "last_score": dice.choice([None, 61.0, 64.99, 80.0]),
        }
        if row["started"] == 0.0:
            row["done"] = 0.0
        elif place % 5 == 4:
            row |= {key: value for key, value in rows[-1].items() if key not in {"unit", "name", "group"}}  # a full tie
        rows.append(row)
    return rows


def variant(seed: int) -> tuple[IndicatorSystem, WeightProfile]:
    """Return the small system with other rules of ranking, quotas, means, groups and scoring."""
    system, profile = small()
    ways = ("competition", "modified", "dense", "fractional")
    means = (("arithmetic", 1.0), ("geometric", 1.0), ("power", 2.0), ("minimum", 1.0))
    mean, power = means[seed % 4]
    dimensions = {**system.dimensions, "B": dataclasses.replace(system.dimensions["B"], aggregation=mean, power=power)}
    levels = tuple(
        dataclasses.replace(level, minimum=minimum, quota=quota)
        for level, minimum, quota in zip(system.grades.levels, (70, 60, 50, None), (20, 40, None, None), strict=True)
    )
    grades = dataclasses.replace(system.grades, levels=levels, quota_tie=("out", "in")[seed % 2])
    ranking = dataclasses.replace(system.ranking, method=ways[seed % 4])
    indicators = dict(system.indicators)
    if seed % 2:
        indicators["money"] = dataclasses.replace(indicators["money"], scoring={"rule": "min_max"})
    groups = {
        "G2": GroupRules(
            scoring={"coverage": {"rule": "linear", "zero": 20, "full": 80}}, coefficients={"intensity": 1.3}
        )
    }
    changed = dataclasses.replace(
        system,
        dimensions=dimensions,
        grades=grades,
        ranking=ranking,
        indicators=indicators,
        groups=groups,
        sha256=str(seed),
    )
    own = dict(zip(profile.weights, map(Decimal, ("0.15", "0.1", "0.25", "0.1", "0.3", "0.1")), strict=True))
    return changed, dataclasses.replace(profile, groups={"G3": GroupWeights(weights=own)})


KEEP = """const rest = document.getElementById("ranking-table").cloneNode(true);
      rest.id = "rest-table";
      document.body.append(rest);"""


@pytest.mark.parametrize("seed", range(4))
def test_random_data_under_every_rule_rank_as_the_engine_does(visit, tmp_path, seed):
    system, profile = variant(seed)
    result = assess_flat(*chance(seed), system=system, profile=profile)
    write_html(result, tmp_path / "report.html", "en")
    group = "G3" if seed == 3 else ""
    choose = f'put(document.getElementById("set"), {json.dumps(group)}, "change");'
    slide = f'put(all("#sliders > div > .slider input[type=range]")[0], {25 + 7 * seed}, "input");'
    inner = f'put(all("#sliders details .slider input[type=range]")[3], {80 - 9 * seed}, "input");'
    tree, log = visit(tmp_path / "report.html", drive=KEEP + choose + slide + inner)
    assert log == ""
    same(tree, result, "en", "rest-table")
    found = rerun(tree, result, group)
    assert not found.ranking["score"].equals(result.ranking["score"])
    same(tree, found, "en")


def test_weights_the_engine_would_refuse_are_refused(visit, tmp_path):
    result = assess_flat({"unit": "U1"}, {"unit": "U2", "revenue": 0.0, "listed": 0.0, "covered": 0.0})
    write_html(result, tmp_path / "report.html", "en")
    zeros = """all("#sliders > div > .slider input[type=number]").slice(1).forEach((box) => put(box, 0, "change"));
      put(all("#sliders details .slider input[type=number]")[1], 0, "change");"""
    tree, _ = visit(tmp_path / "report.html", drive=zeros)
    assert "hidden" not in tree.at("refused").attrib
    same(tree, rerun(tree, result), "en")  # what is shown is what was shown before


# ---------------------------------------------------------------- what must not happen
HOSTILE = '</script><img src=x onerror="document.title=1"><svg onload="document.title=2">'


def test_hostile_names_are_shown_and_not_run(visit, tmp_path):
    result = assess_flat(*({"unit": f"{place}{HOSTILE}", "name": HOSTILE, "group": HOSTILE} for place in range(3)))
    system = dataclasses.replace(result.system, label=Label(HOSTILE, HOSTILE), status=Label(HOSTILE, HOSTILE))
    write_html(dataclasses.replace(result, system=system), tmp_path / "report.html", "en")
    tree, log = visit(tmp_path / "report.html")
    assert log == ""
    assert tree.root.find(".//title").text == "Evaluation results 2025"
    assert tree.root.findall(".//img") == []
    assert [row["Name"] for row in tree.rows("ranking-table").values()] == [HOSTILE] * 3
    assert HOSTILE in tree.text("about")
    assert HOSTILE in tree.text("status")


def test_the_policy_holds_and_nothing_is_requested(visit, sample_page, tmp_path):
    content = sample_page.read_text(encoding="utf-8")
    intruders = '<script>document.title = "in"</script><img src="https://example.org/a.png"><style>p{color:red}</style>'
    path = tmp_path / "intruded.html"
    path.write_text(content.replace("</body>", intruders + "</body>"), encoding="utf-8")
    tree, log = visit(path)
    assert tree.root.find(".//title").text == "2025年度绩效评价结果"
    assert log.count("violates the following Content Security Policy") == 3
    asked = 'document.title = JSON.stringify(performance.getEntriesByType("resource").map((entry) => entry.name));'
    tree, log = visit(sample_page, drive=asked)
    assert log == ""
    assert tree.root.find(".//title").text == "[]"


# ---------------------------------------------------------------- size
def large(units: int, leaves: int) -> Assessment:
    """Return an assessment of random figures that share nothing: the worst case for the size of the page."""
    base, profile = small()
    codes = [f"i{leaf:02d}" for leaf in range(leaves)]
    dimensions = {f"D{k}": Dimension(label=Label(f"维度{k}", f"Dimension {k}")) for k in range(6)}
    system = dataclasses.replace(
        base,
        fields={f"f_{code}": Field(label=Label(f"数据{code}", f"Figure {code}")) for code in codes},
        dimensions=dimensions,
        indicators={
            code: Indicator(
                label=Label(f"第{code}项绩效评价指标", f"Indicator {code} of the performance evaluation"),
                parent=f"D{place % 6}",
                formula=f"100 * f_{code} / 7",
                scoring={"rule": "base_full", "zero": 0, "base": 600, "full": 1300},
            )
            for place, code in enumerate(codes)
        },
        checks=dataclasses.replace(base.checks, part_of=(), slip_fields=()),
        floors=(),
        ranking=dataclasses.replace(base.ranking, tie_breaks=("i00",)),
    )
    weights = dict.fromkeys(codes, Decimal(1) / 1000 * int(1000 / leaves))
    weights[codes[0]] += 1 - sum(weights.values())
    dice = random.Random(1)
    places = ("苏州", "无锡", "南京", "常州", "南通", "徐州", "扬州", "盐城", "泰州", "镇江")
    rows = [
        {
            "unit": f"JS{place:04d}",
            "name": f"江苏省{dice.choice(places)}{''.join(dice.choices(WORDS, k=8))}创新联合体",
            "group": f"第{place // 100 + 1}组",
            "year": 2025,
            **{f"f_{code}": round(dice.uniform(1, 100), 6) for code in codes},
        }
        for place in range(units)
    ]
    own = dataclasses.replace(profile, weights=weights, dimensions={})
    return assess(Dataset.from_fields(pl.DataFrame(rows), system), system, own, year=2025)


def test_500_units_with_60_indicators_stay_small_and_rank_as_the_engine_does(visit, tmp_path, record_property):
    result = large(500, 60)
    path = tmp_path / "report.html"
    values, others = list(result.profile.weights.values()), []
    for way in range(1, 4):
        turned = dict(zip(result.profile.weights, values[way:] + values[:way], strict=True))
        others.append(dataclasses.replace(result.profile, name=f"other{way}", weights=turned))
    assessed = [assess(result.dataset, result.system, profile, year=2025) for profile in others]
    write_html(result, path, "zh", others=assessed)
    record_property("bytes of report.html for 500 units and 60 indicators", path.stat().st_size)
    assert path.stat().st_size < LIMIT
    tree, log = visit(path, drive='put(all("#sliders > div > .slider input[type=range]")[2], 55, "input");')
    assert log == ""
    same(tree, rerun(tree, result))
