"""The page for meetings as a file: what is in it, what is not, how large it is. What it does is in the browser test."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
import zlib
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from evalengine import text
from evalengine.assessment import Assessment, assess
from evalengine.reports.html import figures, write_html
from evalengine.reports.html.page import page
from evalengine.scheme.loading import load_weights
from tests.small import assess_flat


def data_of(content: str) -> dict[str, Any]:
    """Return the data of a page."""
    packed = re.search(r'<script type="text/plain" id="data">([^<]*)</script>', content)
    assert packed
    found: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(packed[1])))
    return found


def under(assessment: Assessment, name: str) -> Assessment:
    """Return the assessment of the same data under another profile."""
    return assess(assessment.dataset, assessment.system, load_weights(name, assessment.system))


def test_identical_assessments_give_identical_bytes(sample, tmp_path):
    again = assess(sample.dataset, sample.system, sample.profile)
    for name, assessment in {"one": sample, "two": again}.items():
        write_html(assessment, tmp_path / name, "zh", others=[under(assessment, "beijing")])
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_nothing_but_its_own_script_and_style_is_let_in(sample, language):
    content = page(sample, language)
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]*)"', content)
    [script] = re.findall(r"<script>(.*?)</script>", content, re.DOTALL)
    [style] = re.findall(r"<style>(.*?)</style>", content, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(part.encode()).digest()).decode() for part in (script, style)]
    assert policy == (
        f"default-src 'none'; script-src 'sha256-{digests[0]}'; style-src 'sha256-{digests[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert set(re.findall(r"https?://[^\s\"'<]*", content)) == {"http://www.w3.org/2000/svg"}  # a name, not an address
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|\sstyle=|\son\w+=", content)
    assert not re.search(r"<(link|img|iframe|object|embed|base|form)\b|\ssrc=", content)


def test_no_personal_data(sample):
    planted = {name: pl.lit("someone's secret") for name in ("verifier", "evidence", "reason", "key")}
    result = dataclasses.replace(
        sample,
        items=sample.items.with_columns(matter=pl.lit("someone's secret")),
        adjustments=sample.adjustments.with_columns(**planted),
    )
    content = json.dumps(data_of(page(result, "zh")), ensure_ascii=False)
    assert result.adjustments.height > 0
    assert "secret" not in content
    experts = set(sample.dataset.tables["experts"]["expert"])
    assert experts
    assert [
        name for name in sorted(experts | {source.name for source in sample.dataset.sources}) if name in content
    ] == []


def test_hostile_names_stay_data(sample, renamed):
    hostile = ["</script><img src=x onerror=alert(1)>"] * len(sample.ranking)
    content = page(renamed(sample, hostile), "zh")
    assert "onerror" not in content
    assert {unit["name"] for unit in data_of(content)["units"]} == set(hostile)
    packed = re.search(r'id="data">([^<]*)<', content)
    assert packed
    assert b"<" not in zlib.decompress(base64.b64decode(packed[1]))
    system = dataclasses.replace(sample.system, label=text.Label("<b onclick=x>", "<b onclick=x>"))
    assert "<b onclick" not in page(dataclasses.replace(sample, system=system), "zh")


def test_other_data_are_refused(sample):
    other = assess_flat({})
    with pytest.raises(ValueError, match="same data"):
        page(sample, "zh", others=[other])


def test_every_sentence_of_the_script_exists_and_none_is_idle():
    folder = Path(figures.__file__).parent
    script = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.js")))
    own = {key.removeprefix("html.script.") for key in text.catalogue("html", "zh") if key.startswith("html.script.")}
    said = set(re.findall(r'say\("([\w.]+)"', script))
    shared = {key.removeprefix("report.") for key in text.catalogue("report", "zh")}
    assert said <= own | shared
    named = set(re.findall(r'"(\w+)"', script))
    idle = {key for key in own - said if key.rpartition(".")[2] not in named}
    assert idle == set()
    template = (folder / "page.html").read_text(encoding="utf-8")
    used = set(re.findall(r"\$(\w+)", template)) - {"language", "policy", "style", "script", "data"}
    assert used == {
        key.removeprefix("html.page.") for key in text.catalogue("html", "zh") if key.startswith("html.page.")
    }


def test_values_are_as_short_as_scoring_the_same_allows():
    result = assess_flat(
        {"unit": "U1", "spent": 1000 / 3, "revenue": 1000.0},  # 33.33… %, beyond its full mark of 8
        {"unit": "U2", "spent": 100 / 3, "revenue": 1000.0},  # 3.33… %, on the slope
        {"unit": "U3", "spent": None},
        {"unit": "U4", "revenue": 0.0},
    )
    cells = dict(zip(result.system.indicators, figures.shortened([result]), strict=True))["intensity"]
    assert cells == [33.3333, 3.33333333333, "m", "n"]


def test_a_value_at_the_edge_of_a_tier_keeps_the_digits_its_tier_needs():
    below = 75.0 * (1 - 5e-12)  # beyond what counts as noise
    rule = {"rule": "tiers", "tiers": [{"at_least": 0, "score": 40}, {"at_least": 75, "score": 100}]}
    first = assess_flat(
        {"unit": "U1", "covered": below, "listed": 100.0}, {"unit": "U2", "covered": 75.0, "listed": 100.0}
    )
    coverage = dataclasses.replace(first.system.indicators["coverage"], scoring=rule)
    system = dataclasses.replace(first.system, indicators={**first.system.indicators, "coverage": coverage})
    result = assess(first.dataset, system, first.profile)
    scores = result.scores.filter(pl.col("node") == "coverage")["score"].to_list()
    cells = dict(zip(system.indicators, figures.shortened([result]), strict=True))["coverage"]
    assert scores == [40.0, 100.0]
    assert cells == [pytest.approx(below, abs=1e-10), 75]
    assert cells[0] < 75 * (1 - 1e-12)  # as many digits as its tier needs
