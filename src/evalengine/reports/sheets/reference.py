"""What other methods would say, for reference: ranks and grades beside the official ones, and how far they agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import polars as pl

from evalengine.analysis.reference import Referenced
from evalengine.reports.entries import figure, rank
from evalengine.reports.layout import NAME, Column, Entry
from evalengine.reports.sheet import Sheet
from evalengine.reports.words import Words, plain
from evalengine.scheme.reference import Chosen

if TYPE_CHECKING:
    from evalengine.assessment import Assessment

FIXED = 3  # rank, id and name stay in view
MOST_NAMED = 20  # units in a note; of more than these only the number is said, and a column marks them
COEFFICIENTS = {"spearman": "score", "kendall_tau_b": "score", "mean_rank_shift": "score", "top_overlap": "weight"}
Shown = Mapping[tuple[str, int], Any]  # by unit and number of the method


def write(sheet: Sheet, assessment: Assessment, words: Words, found: Referenced) -> None:
    """Write the ranked units by group, how far each method agrees and what to mind."""
    left = words.say("reference.left", ranking=words.say("ranking.sheet"))
    sheet.start(_columns(found, words), words.say("reference.title", year=assessment.year), left=left)
    sheet.headings()
    sheet.freeze(FIXED)
    ranked = assessment.ranking.filter(pl.col("rank").is_not_null()).to_dicts()
    ranks, grades = _shown(found.ranks, "rank"), _shown(found.grades, "grade")
    spread = {row["unit"]: row for row in found.dependence.to_dicts()}
    for group, members in groupby(ranked, key=lambda row: str(row["group"])):
        rows = list(members)
        sheet.span(("band", words.say("ranking.group", group=group or words.say("no_group"), count=len(rows))))
        for row in rows:
            sheet.row([*_ranks(row, found, ranks, spread, words), *_grades(row, found, grades, words)])
        for entries in _agreement(group, rows, found, words):
            sheet.row(entries)
    notes = list(_notes(assessment, found, words))
    sheet.notes(words.say("numbered_note", number=place, note=note) for place, note in enumerate(notes, start=1))


def _columns(found: Referenced, words: Words) -> list[Column]:
    def own(key: str, above: str = "") -> Column:
        return Column(heading=words.say(f"reference.columns.{key}"), above=above)

    ranks, grades = words.say("reference.above_ranks"), words.say("reference.above_grades")
    headings = [_numbered(number, item, words) for number, item in enumerate((*found.methods, *found.grading), start=1)]
    count = len(found.methods)
    columns = [own("rank"), own("unit"), Column(heading=words.say("reference.columns.name"), wraps=True, least=NAME)]
    if found.methods:
        columns += [Column(heading=heading, above=ranks) for heading in headings[:count]]
        columns += [own(key, ranks) for key in ("best", "worst", "depends")]
    if found.grading:
        columns += [own("grade"), *(Column(heading=heading, above=grades) for heading in headings[count:])]
    return columns


def _ranks(
    row: Mapping[str, Any], found: Referenced, ranks: Shown, spread: Mapping[str, Any], words: Words
) -> list[Entry]:
    entries: list[Entry] = [rank(row["rank"]), ("centre", row["unit"]), ("text", row["name"] or row["unit"])]
    if not found.methods:
        return entries
    entries += [rank(ranks.get((row["unit"], number))) for number in range(1, len(found.methods) + 1)]
    own = spread.get(row["unit"])
    if own is None:
        return [*entries, rank(None), rank(None), rank(None)]
    best, worst = own["best_rank"], own["worst_rank"]
    key = "yes" if own["depends"] else "no"
    said = words.say(f"reference.{key}", best=plain(best), worst=plain(worst))
    return [*entries, rank(best), rank(worst), ("centre", said)]


def _grades(row: Mapping[str, Any], found: Referenced, grades: Shown, words: Words) -> list[Entry]:
    if not found.grading:
        return []
    given = [grades.get((row["unit"], number)) for number in range(1, len(found.grading) + 1)]
    shown: list[Entry] = [figure(None) if grade is None else ("centre", words.grade(grade)) for grade in given]
    return [("strong_centre", words.grade(row["grade"])), *shown]


def _agreement(group: str, rows: Sequence[Mapping[str, Any]], found: Referenced, words: Words) -> Iterator[list[Entry]]:
    """Yield one row for each measure of agreement, its figures below the methods."""
    blank: Entry = ("centre", None)
    width = FIXED + (len(found.methods) + 3 if found.methods else 0) + (len(found.grading) + 1 if found.grading else 0)
    own = found.agreement.filter(pl.col("group") == group)
    for key, kind in COEFFICIENTS.items() if own.height else ():
        values = dict(own.select("number", key).iter_rows())
        label = (
            words.say("reference.agreement_top", top=own["top"][0])
            if key == "top_overlap"
            else words.say(f"reference.agreement.{key}")
        )
        shown = [figure(values.get(number), kind) for number in range(1, len(found.methods) + 1)]
        yield [blank, blank, ("text", label), *shown, *[blank] * (width - FIXED - len(shown))]
    if found.grading:
        units = [row["unit"] for row in rows]
        mine = found.grades.filter(pl.col("unit").is_in(units))
        same = [
            mine.filter(pl.col("number") == number).select((pl.col("grade") == pl.col("official_grade")).sum()).item()
            if number in mine["number"]
            else None
            for number in range(1, len(found.grading) + 1)
        ]
        before = [blank] * (width - FIXED - len(same))
        label = words.say("reference.agreement.grades")
        yield [blank, blank, ("text", label), *before, *(figure(count, "rank") for count in same)]


def _notes(assessment: Assessment, found: Referenced, words: Words) -> Iterator[str]:
    system = assessment.system
    between = words.say("between_items")
    if found.dependence.height:
        units = found.dependence.filter(pl.col("depends"))["unit"].to_list()
        key = "depends_none" if not units else "depends" if len(units) <= MOST_NAMED else "depends_many"
        yield words.say(f"reference.notes.{key}", count=len(units), units=between.join(units))
    if found.methods:
        yield words.say("reference.notes.relative")
        yield words.say("reference.notes.ties")
    for numbers in _families(found).values():
        if len(numbers) > 1:
            yield words.say("reference.notes.same", numbers=between.join(str(number) for number in numbers))
    if found.too_small:
        groups = between.join(group or words.say("no_group") for group in found.too_small)
        yield words.say("reference.notes.too_small", minimum=system.reference.minimum_group, groups=groups)


def _families(found: Referenced) -> dict[str, list[int]]:
    """Return the numbers of the methods of each family."""
    numbers: dict[str, list[int]] = {}
    for number, item in enumerate(found.methods, start=1):
        if item.family:
            numbers.setdefault(item.family, []).append(number)
    return numbers


def _numbered(number: int, item: Chosen, words: Words) -> str:
    return words.say("reference.method", number=number, label=words.method(item.method))


def _shown(frame: pl.DataFrame, value: str) -> Shown:
    return {(unit, number): shown for unit, number, shown in frame.select("unit", "number", value).iter_rows()}
