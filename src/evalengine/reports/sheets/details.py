"""How every score came about: indicator by indicator for each unit, reported and verified figures side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from evalengine.reports.cells import NOT_A_NUMBER
from evalengine.reports.entries import figure
from evalengine.reports.layout import Column, Entry
from evalengine.reports.sheet import MOST_BREAKS, Sheet
from evalengine.reports.shown import rounded, whole_indicators
from evalengine.reports.words import Words, plain

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

FIXED = 2  # id and indicator stay in view
OWN_PAGE = 20  # with so many indicators each unit starts a page
KEYS = ("dimension", "measure", "reported", "verified", "score", "weight", "contribution")


def write(sheet: Sheet, assessment: Assessment, words: Words) -> None:
    """Write, for each unit in the order of the ranking, one row per indicator and one with the sums."""
    columns = [
        Column(heading=words.say("details.columns.unit")),
        Column(heading=words.say("details.columns.indicator"), widest=46),
        *(Column(heading=words.say(f"details.columns.{key}"), widest=24) for key in KEYS),
        Column(heading=words.say("details.columns.notes"), wraps=True, least=20),
    ]
    left = words.say("details.left")
    title = words.say("details.title", year=assessment.year)
    sheet.start(columns, title, left=left, right=sheet.theme.unit_line.get(words.language), orientation="portrait")
    sheet.headings()
    sheet.freeze(FIXED)
    whole = whole_indicators(assessment.values)
    by_unit = _joined(assessment).partition_by("unit", as_dict=True, maintain_order=True)
    units = assessment.ranking.to_dicts()
    own_page = len(assessment.system.indicators) >= OWN_PAGE and len(units) <= MOST_BREAKS
    for place, unit in enumerate(units):
        if place and own_page:
            sheet.page_break()
        sheet.span(("band", _band(unit, words)))
        found = {row["indicator"]: row for row in by_unit[unit["unit"],].iter_rows(named=True)}
        for code in assessment.system.indicators:
            sheet.row(_entries(code, found[code], words, whole=code in whole))
        sheet.row(_sums(unit, words))
    sheet.filter()
    sheet.notes((words.say("details.note"),))


def _joined(assessment: Assessment) -> pl.DataFrame:
    scores = assessment.scores.rename({"node": "indicator"}).drop("level")
    return assessment.values.join(scores, on=["unit", "indicator"], how="left", maintain_order="left")


def _band(unit: Mapping[str, Any], words: Words) -> str:
    rank = unit["rank"]
    shown = words.say("details.unranked") if rank is None else words.say("details.ranked", rank=plain(rank))
    facts = {"unit": unit["unit"], "name": unit["name"] or "", "group": unit["group"] or words.say("no_group")}
    score = rounded(unit["score"], f".{words.system.ranking.decimals}f")
    return words.say("details.unit", rank=shown, score=score, grade=words.grade(unit["grade"]), **facts)


def _entries(code: str, row: Mapping[str, Any], words: Words, *, whole: bool) -> list[Entry]:
    indicator = words.system.indicators[code]
    status, weight = row["status"], row["weight"]
    absent = NOT_A_NUMBER if status == "ok" else words.say(f"status.{status}")
    return [
        ("centre", row["unit"]),
        ("text", words.label(indicator.label)),
        ("centre", indicator.parent),
        ("centre", words.unit(indicator.unit)),
        figure(row["reported"], whole=whole),
        figure(row["value"], absent=absent, whole=whole),
        figure(row["score"], "score"),
        figure(weight or None, "weight"),
        figure(row["contribution"], "contribution"),
        ("text", _note(row, words)),
    ]


def _note(row: Mapping[str, Any], words: Words) -> str:
    said = []
    if row["status"] != "ok":
        said.append(words.say(f"status_note.{row['status']}"))
    if row["reported"] != row["value"] and row["reported"] is not None and row["value"] is not None:
        said.append(words.say("status_note.adjusted"))
    if row["coefficient"] is not None and row["coefficient"] != 1:
        said.append(words.say("status_note.coefficient", coefficient=plain(row["coefficient"])))
    return words.joined(said)


def _sums(unit: Mapping[str, Any], words: Words) -> list[Entry]:
    forms = {"bonus": ".2f", "penalty": ".2f", "score": f".{words.system.ranking.decimals}f"}
    facts = {key: rounded(unit[key], form) for key, form in forms.items()}
    return [
        ("strong_centre", unit["unit"]),
        ("strong", words.say("details.sum")),
        *[("centre", NOT_A_NUMBER)] * 6,
        figure(unit["weighted"], "contribution_total"),
        ("strong", words.say("details.sum_note", **facts)),
    ]
