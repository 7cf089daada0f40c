"""The page by keyboard alone, as somebody at a projector uses it, and on screens from a telephone to a wall."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evalengine.assessment import Assessment, assess
from evalengine.reports.html import write_html
from evalengine.scheme.loading import load_weights
from tests.reports.chromium import Page, opened

SCREENS = ((1280, 720), (1920, 1080), (360, 740))
CONTRAST = 4.5  # WCAG 2.2, 1.4.3, for text of any size
MOST_STOPS = 60
# What has the focus: tag, id, name read out, value, whether it can be seen, and whether it shows that it has the focus.
FOCUS = """(() => {
  const one = document.activeElement, box = one.getBoundingClientRect(), look = getComputedStyle(one);
  const notice = document.getElementById("trial").getBoundingClientRect();
  return { tag: one.tagName, id: one.id, value: one.value ?? "", text: one.textContent.trim(),
    name: one.getAttribute("aria-label") || one.labels?.[0]?.textContent.trim()
      || document.getElementById(one.getAttribute("aria-labelledby"))?.textContent || one.textContent.trim(),
    seen: box.bottom > Math.max(0, notice.bottom) && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    marked: look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2 };
})()"""
# The least contrast of text against what lies behind it, by the formula of WCAG.
LEAST = r"""(() => {
  const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
  const light = (colour) => parts(colour).slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, k) => sum + part * [0.2126, 0.7152, 0.0722][k], 0);
  const behind = (one) => {
    if (!one) return "rgb(255, 255, 255)";
    const own = getComputedStyle(one).backgroundColor;
    return parts(own)[3] === 0 ? behind(one.parentElement) : own;
  };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walk.nextNode()) {
    const one = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !one.getClientRects().length) continue;
    const look = getComputedStyle(one);
    const both = [light(one.ownerSVGElement ? look.fill : look.color), light(behind(one))].sort((a, b) => a - b);
    found.push((both[1] + 0.05) / (both[0] + 0.05));
  }
  return [found.length, Math.min(...found)];
})()"""


@pytest.fixture
def page(browser: str, tmp_path: Path) -> Iterator[Page]:
    with opened(browser, tmp_path / "profile") as found:
        yield found


@pytest.fixture(scope="module")
def file(sample: Assessment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keyboard") / "report.html"
    other = assess(sample.dataset, sample.system, load_weights("beijing", sample.system))
    write_html(sample, path, "zh", others=[other])
    return path


def stops(page: Page) -> list[dict[str, str]]:
    """Return what the tab key comes to until it leaves the page."""
    found = []
    for _ in range(MOST_STOPS):
        page.press("Tab")
        found.append(page.ask(FOCUS))
        if found[-1]["tag"] == "BODY":
            return found[:-1]
    return found


def units(page: Page) -> list[str]:
    rows: list[str] = page.ask(
        '[...document.querySelectorAll("#ranking-table [data-unit]")].map((row) => row.dataset.unit)'
    )
    return rows


def reach(page: Page, wanted: Callable[[dict[str, str]], bool]) -> dict[str, str]:
    """Press Tab until what is wanted has the focus."""
    for _ in range(MOST_STOPS):
        page.press("Tab")
        found: dict[str, str] = page.ask(FOCUS)
        if wanted(found):
            return found
    pytest.fail("the tab key does not come to it")


@pytest.mark.parametrize("count", [10, 300])
def test_the_tab_key_comes_to_every_control_named_and_seen_and_leaves_the_page(page, file, many, tmp_path, count):
    path = file
    if count != 10:
        path = tmp_path / "many.html"
        write_html(many(count), path, "zh")
    page.open(path, SCREENS[0])
    found = stops(page)
    assert len(found) < MOST_STOPS  # no trap, and no stop for each of 300 units
    assert [stop for stop in found if not (stop["name"] and stop["seen"] and stop["marked"])] == []
    ids = [stop["id"] for stop in found if stop["id"]]
    controls = ["base", "reset", "group", "order", "search", "print", "unit", "previous", "next", "by-loss"]
    assert [name for name in ids if name in controls] == controls  # in the order of the page
    sliders = [stop["name"] for stop in found if stop["tag"] == "INPUT" and not stop["id"]]
    assert sliders[0] == "企业主体与需求牵引"
    assert len(sliders) == 2 * 5  # a slider and a box for each dimension; indicators are folded away
    assert page.log == []


def test_weights_are_moved_typed_and_put_back_by_keys(page, file):
    page.open(file, SCREENS[0])
    published = units(page)
    totals = 'document.querySelector("#ranking-table tbody").textContent'
    at_rest = page.ask(totals)
    reach(page, lambda stop: stop["name"] == "企业主体与需求牵引")
    page.press("ArrowRight", 3)
    assert page.ask(FOCUS)["value"] == "23"  # whole per cents
    assert page.ask('document.activeElement.getAttribute("aria-valuetext")') == "23.00%"
    assert page.ask("document.getElementById('trial').hidden") is False
    fits = "(({scrollWidth, clientWidth}) => scrollWidth <= clientWidth)(document.querySelector('#ranking .scroll'))"
    assert page.ask(fits)  # also with the columns of a trial
    page.press("End")
    assert page.ask(FOCUS)["value"] == "99"
    assert units(page) != published
    page.press("Tab")
    page.write("30")
    page.press("Enter")
    assert page.ask(FOCUS)["value"] == "30"
    page.press("Tab", 2)  # over the indicators to the next slider
    assert page.ask(FOCUS)["value"] == "30"  # 34 of the 80 left, now of 70: 29.75
    page.press("Tab", 4, shift=True)
    assert page.ask(FOCUS)["id"] == "reset"
    page.press("Enter")
    assert (units(page), page.ask(totals)) == (published, at_rest)
    assert page.ask("document.getElementById('trial').hidden") is True
    stop = page.ask(FOCUS)
    assert (stop["id"], stop["marked"]) == ("reset", True)  # the focus is where it was
    assert page.ask("document.activeElement.getAttribute('aria-disabled')") == "true"


def test_a_unit_is_chosen_compared_and_left_by_keys(page, file):
    page.open(file, SCREENS[0])
    first, second, *_, last = units(page)
    reach(page, lambda stop: stop["tag"] == "BUTTON" and "创新联合体" in stop["text"])
    page.press("ArrowDown")
    page.press("Enter")
    assert page.ask(FOCUS)["id"] == "unit"
    chosen = "document.querySelector('#ranking-table .chosen').dataset.unit"
    assert page.ask(chosen) == second
    assert page.ask("document.querySelector('#comparison-table .chosen').dataset.unit") == second
    page.press("Tab", shift=True)  # back to the names, to the one chosen
    page.press("End")
    page.press("Enter")
    assert page.ask(chosen) == last
    page.press("Tab", shift=True)
    page.press("Home")
    page.press("ArrowUp")  # stays at the first
    page.press("Enter")
    assert page.ask(chosen) == first
    page.press("Tab", 2)
    page.press("Enter")  # the next one
    assert (page.ask(chosen), page.ask(FOCUS)["id"]) == (second, "next")
    page.press("Tab")
    page.press(" ")  # order by points lost
    lost = page.ask(
        '[...document.querySelectorAll("#profile-table [data-leaf]")].map((row) => Number(row.lastChild.textContent))'
    )
    assert len(lost) == 40
    assert lost == sorted(lost, reverse=True)


def test_the_ranking_is_skipped_to_and_searched_by_keys(page, file):
    page.open(file, SCREENS[0])
    page.press("Tab")
    page.press("Enter")  # the link that skips the weights
    page.press("Tab")
    assert page.ask(FOCUS)["id"] == "group"
    page.press("Tab", 2)
    page.write("JS0")
    assert len(units(page)) == 9  # JS01 to JS09
    page.write("x")
    assert units(page) == []
    assert "没有符合条件的单位" in page.ask("document.getElementById('ranking-table').textContent")


def test_the_ranking_is_ordered_by_a_dimension_by_keys(page, file, sample):
    page.open(file, SCREENS[0])
    by_rank = units(page)
    reach(page, lambda stop: stop["id"] == "order")
    page.press("ArrowDown", 2)
    code, label = [(code, item.label.zh) for code, item in sample.system.dimensions.items() if not item.parent][1]
    scores = dict(sample.scores.filter(node=code).select("unit", "score").iter_rows())
    groups = dict(sample.ranking.select("unit", "group").iter_rows())
    assert page.ask("""document.querySelector('[aria-sort="descending"]').firstChild.data""") == label
    assert units(page) == sorted(by_rank, key=lambda unit: (groups[unit], -scores[unit]))
    page.press("ArrowUp", 2)
    assert units(page) == by_rank


@pytest.mark.parametrize("size", SCREENS, ids=lambda size: f"{size[0]}x{size[1]}")
def test_no_screen_is_too_narrow_and_all_text_stands_out(page, many, tmp_path, size):
    path = tmp_path / "report.html"
    write_html(many(1), path, "en")
    page.open(path, size)
    reach(page, lambda stop: stop["tag"] == "SUMMARY")
    page.press("Enter")  # the indicators of a dimension, unfolded
    page.press("Tab")
    page.press("ArrowRight")  # a trial: everything that can be shown is
    assert page.ask("document.documentElement.scrollWidth <= innerWidth")
    count, least = page.ask(LEAST)
    assert count > 100
    assert least >= CONTRAST


def test_the_chart_is_told_in_words(page, file, sample):
    page.open(file, SCREENS[0])
    told = page.ask('document.querySelector("#card svg").getAttribute("aria-label")')
    unit = sample.ranking["unit"][0]
    own = dict(sample.scores.filter(unit=unit).select("node", "score").iter_rows())
    tops = [(code, item.label.zh) for code, item in sample.system.dimensions.items() if not item.parent]
    assert re.findall(r"([^：、]+) ([\d.]+)（组内中位数 [\d.]+，组内最高 [\d.]+）", told) == [
        (label, f"{own[code]:.2f}") for code, label in tops
    ]
