"""The calculation workbook recalculated for real: what the formulas give against what the engine gives."""

from __future__ import annotations

import dataclasses
import random
import re
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from evalengine import (
    Assessment,
    Dataset,
    IndicatorSystem,
    WeightProfile,
    assess,
    load_indicators,
    load_weights,
    read_dataset,
    text,
)
from evalengine.reports.calculation import write_calculation
from evalengine.scheme.model import Floor, Grades, GroupWeights, Items, Ranking
from tests.reports.random_schemes import FORMULAS, assessed, scheme, weights
from tests.reports.recalculation import Book, change, differences, moved, recalculate, require_program, weight_cells
from tests.small import YEAR, assess_flat, flat, small

SAMPLE = Path(__file__).parents[2] / "sample_data" / "2025"
SEEDS = (0, 1, 11, 12, 15, 48)  # few, and between them every case: see the last test
PLANTED = 12.345


@dataclasses.dataclass
class Case:
    """A book before and after it was recalculated, and what it has to say then."""

    path: Path
    expected: Assessment
    recalculated: Path = Path()

    @cached_property
    def book(self) -> Book:
        """Return the recalculated book."""
        return Book(self.recalculated)

    @cached_property
    def differences(self) -> tuple[list[str], float]:
        """Return what the recalculated book says differently from the engine, and the largest difference."""
        return differences(self.book, self.expected)


class Cases:
    """All books of this file, recalculated in one run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.cases: dict[str, Case] = {}

    def write(self, name: str, written: Assessment, language: str = "zh") -> Path:
        path = self._folder / f"{name}.xlsx"
        write_calculation(written, path, language)
        self.cases[name] = Case(path, written)
        return path

    def change(self, name: str, path: Path, cells: Mapping[tuple[str, str], float], expected: Assessment) -> None:
        target = self._folder / f"{name}.xlsx"
        change(path, target, cells)
        self.cases[name] = Case(target, expected)

    def recalculate(self) -> None:
        results = recalculate([case.path for case in self.cases.values()], self._folder)
        for case in self.cases.values():
            case.recalculated = results / case.path.name


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    require_program()
    made = Cases(tmp_path_factory.mktemp("calculation"))
    _sample(made)
    for seed in SEEDS:
        _random(made, seed)
    _small(made)
    made.recalculate()
    return made.cases


def _sample(made: Cases) -> None:
    system = load_indicators("innovation-consortium")
    data = read_dataset(SAMPLE, system)
    jiangsu, shanghai = load_weights("jiangsu", system), load_weights("shanghai", system)
    path = made.write("sample", assess(data, system, jiangsu))
    made.write("sample-en", assess(data, system, jiangsu), "en")
    other = {code: float(weight) for code, weight in shanghai.weights.items()}
    made.change("sample-reweighted", path, weight_cells(path, other), assess(data, system, shanghai))


def _random(made: Cases, seed: int) -> None:
    choice = random.Random(seed + 5000)
    system, profile = scheme(seed)
    path = made.write(f"random-{seed}", assessed(seed, system, profile))
    new = [weights(choice, list(system.indicators)) for _ in range(1 + len(profile.groups))]
    groups = {group: GroupWeights(weights=own) for group, own in zip(profile.groups, new[1:], strict=True)}
    changed = dataclasses.replace(profile, weights=new[0], groups=groups)
    cells: dict[tuple[str, str], float] = {}
    for place, own in enumerate(new):
        cells |= weight_cells(path, {code: float(weight) for code, weight in own.items()}, group=place)
    made.change(f"random-{seed}-reweighted", path, cells, assessed(seed, system, changed))


def _small(made: Cases) -> None:
    system, profile = small()
    rows = [{"unit": f"U{k}", "budget": 100.0 * k, "spent": 20.0 + k} for k in range(1, 7)]
    path = made.write("small", assess_flat(*rows))
    _planted(made, path)
    made.change("small-altered", path, {_figure(path, "budget", "U3"): 7.0}, assess_flat(*rows))
    money = dataclasses.replace(system.indicators["money"], scoring={"rule": "linear", "zero": 0, "full": 800})
    levels = (dataclasses.replace(system.grades.levels[0], minimum=70.0, quota=50.0), *system.grades.levels[1:])
    other = dataclasses.replace(
        system,
        indicators={**system.indicators, "money": money},
        grades=dataclasses.replace(system.grades, levels=levels),
    )
    cells = {
        _line(path, "anchors", "money", "anchor.full"): 800.0,
        _line(path, "rules", "", "rule.name.minimum"): 70.0,
        _line(path, "rules", "", "rule.name.quota"): 50.0,
        _figure(path, "budget", "U3"): 480.0,
        _item(path, "P1", "U2"): 1.0,
        _item(path, "V4", "U6"): 1.0,
        _item(path, "V1", "U5"): 1.0,
    }
    rows[2]["budget"], rows[1]["P1"], rows[5]["V4"], rows[4]["V1"] = 480.0, 1.0, 1.0, 1.0
    made.change("small-changed", path, cells, assess_flat(*rows, system=other, profile=profile))
    made.write("small-rejected", _rejected(system, profile))
    _halves(made, system, profile)
    _odd(made, system, profile)


def _odd(made: Cases, system: IndicatorSystem, profile: WeightProfile) -> None:
    """Names that formulas and criteria could misread, and schemes that lack what others have."""
    names = [("=1+1", "'G\"<&"), ("A*", "g"), ("a*", "G"), ("007", "007"), ("7", "7")]
    rows = [{"unit": unit, "name": f'{unit} \x07"<', "group": group} for unit, group in names]
    made.write("odd-names", assess_flat(*rows))
    levels = (system.grades.levels[2], system.grades.levels[3])
    bare = dataclasses.replace(
        system,
        vetoes={},
        floors=(),
        bonus=Items(cap=0.0),
        penalty=Items(cap=0.0),
        ranking=Ranking(),
        grades=Grades(levels=levels),
    )
    table = flat({}, {"unit": "U2", "budget": 1.0}).drop("group", "V1", "V4", "P1", "P2", "N1", "N2")
    made.write("bare", assess(Dataset.from_fields(table, bare), bare, profile, year=YEAR))
    # indicators beside sub-dimensions under one node, and no other mean above them
    moved_up = {code: dataclasses.replace(system.indicators[code], parent="A") for code in ("money", "opinion")}
    top = dataclasses.replace(system.dimensions["A"], aggregation="geometric")
    mixed = dataclasses.replace(
        system,
        indicators={**system.indicators, **moved_up},
        dimensions={**system.dimensions, "A": top},
        floors=(Floor(field="spent", veto="V3", minimum=25.0), Floor(field="revenue", veto="V4", minimum=900.0)),
    )
    rows = [{}, {"unit": "U2", "budget": 0.0}, {"unit": "U3", "revenue": 0.0}, {"unit": "U4", "spent": 20.0}]
    made.write(
        "mixed", assess_flat(*rows, {"unit": "U5", "year": YEAR - 1}, {"unit": "U5"}, system=mixed, profile=profile)
    )


def _rejected(system: IndicatorSystem, profile: WeightProfile) -> Assessment:
    """Return an assessment with a figure that was reported and rejected."""
    rows = {
        "unit": "U1",
        "table": "fields",
        "column": "budget",
        "reported": "500",
        "verified": None,
        "reason": "no evidence",
    }
    adjustments = pl.DataFrame([rows], schema=dict.fromkeys(rows, pl.String))
    data = Dataset.from_tables({"fields": flat({}, {"unit": "U2"}), "adjustments": adjustments}, system)
    return assess(data, system, profile, year=YEAR)


def _halves(made: Cases, system: IndicatorSystem, profile: WeightProfile) -> None:
    """Totals that end in 5 behind the published decimals: half up in decimals, whatever the double beside it is."""
    own = {code: Decimal(0) for code in profile.weights} | {"money": Decimal(1)}
    alone = dataclasses.replace(profile, weights=own)
    rows = [{"unit": f"U{k:03}", "budget": (1000 + 37 * k) / 100 * 10 + 0.05} for k in range(100)]
    made.write("halves", assess_flat(*rows, system=system, profile=alone))


def _planted(made: Cases, path: Path) -> None:
    """Write a wrong number beside the formula of the first total."""
    target = path.with_name("planted.xlsx")
    letter = next(
        cell.column_letter
        for cell in openpyxl.load_workbook(path)[_title("result")][4]
        if cell.value == _say("result.column.total")
    )
    pattern = re.compile(rf'(<c r="{letter}8" [^>]*><f>[^<]*</f><v>)[^<]*(</v>)'.encode())
    done = 0
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as archive:
        for entry in source.infolist():
            content = source.read(entry)
            if b"ROUND(ROUND(" in content:
                content, done = pattern.subn(rb"\g<1>%a\2" % PLANTED, content)
            archive.writestr(entry, content)
    assert done == 1
    made.cases["planted"] = Case(target, made.cases["small"].expected)


def _say(key: str) -> str:
    return text.sentence(f"calculation.{key}", "zh")


def _title(name: str) -> str:
    return _say(f"{name}.sheet")


def _figure(path: Path, code: str, unit: str) -> tuple[str, str]:
    sheet = openpyxl.load_workbook(path)[_title("fields")]
    column = next(
        cell.column for cell in sheet[5] if cell.value == code and sheet.cell(4, cell.column).value == str(YEAR)
    )
    return "fields", _of_unit(sheet, column, unit)


def _item(path: Path, code: str, unit: str) -> tuple[str, str]:
    sheet = openpyxl.load_workbook(path)[_title("items")]
    return "items", _of_unit(sheet, next(cell.column for cell in sheet[4] if str(cell.value).startswith(code)), unit)


def _of_unit(sheet, column: int, unit: str) -> str:
    return next(sheet.cell(row[0].row, column).coordinate for row in sheet.iter_rows() if row[1].value == unit)


def _line(path: Path, name: str, indicator: str, parameter: str) -> tuple[str, str]:
    sheet = openpyxl.load_workbook(path)[_title(name)]
    label = small()[0].indicators[indicator].label.zh if indicator else None
    rows = (row for row in sheet.iter_rows() if row[2].value == _say(parameter) and label in {None, row[0].value})
    return name, next(rows)[3].coordinate


NAMES = (
    "sample",
    "sample-reweighted",
    *(f"random-{seed}{kind}" for seed in SEEDS for kind in ("", "-reweighted")),
    "small",
    "small-changed",
    "small-rejected",
    "halves",
    "odd-names",
    "bare",
    "mixed",
)
UNCHANGED = tuple(name for name in NAMES if not name.endswith(("-changed", "-reweighted")))


@pytest.mark.parametrize("name", NAMES)
def test_the_formulas_give_what_the_engine_gives(cases, name, record_property):
    wrong, largest = cases[name].differences
    record_property("largest difference", largest)
    assert wrong == []


@pytest.mark.parametrize("name", [*UNCHANGED, "sample-en"])
def test_every_value_beside_a_formula_is_its_result(cases, name):
    assert moved(Book(cases[name].path), cases[name].book) == []


def test_the_largest_difference(cases, capsys):
    largest = {name: cases[name].differences[1] for name in NAMES}
    cells = {name: cases[name].book.compared() for name in NAMES}
    with capsys.disabled():
        worst = max(largest, key=lambda name: largest[name])
        print(f"\ncalculation workbooks: {len(NAMES)} recalculated, {sum(cells.values())} cells compared, "
              f"largest difference {largest[worst]:.1e} ({worst})")  # fmt: skip
    assert max(largest.values()) <= 1e-9


def test_the_english_book_too(cases):
    book = Book(cases["sample-en"].recalculated, "en")
    assert differences(book, cases["sample-en"].expected)[0] == []
    assert book.verdict()[0] == text.sentence("calculation.verdict.agree", "en")


def test_a_wrong_value_beside_a_formula_is_seen_and_recalculated_away(cases):
    """Were the values beside the formulas trusted, every test of this file would pass whatever the formulas say."""
    before, _ = differences(Book(cases["planted"].path), cases["planted"].expected)
    assert before == [f"total U1: {PLANTED!r}, not {cases['planted'].expected.ranking.filter(unit='U1')['total'][0]!r}"]
    assert cases["planted"].differences[0] == []


@pytest.mark.parametrize("name", UNCHANGED)
def test_the_book_itself_says_that_all_agrees(cases, name):
    said, different, largest = cases[name].book.verdict()
    assert (said, different) == (_say("verdict.agree"), 0)
    assert largest <= 1e-9


def test_the_book_says_that_weights_have_been_changed(cases):
    said, different, largest = cases["sample-reweighted"].book.verdict()
    assert said == text.sentence("calculation.verdict.changed", "zh", sheet=_title("weights"))
    assert different > 0
    assert largest > 1


def test_the_book_says_that_something_else_was_altered(cases):
    said, different, _ = cases["small-altered"].book.verdict()
    assert said == _say("verdict.wrong")
    assert different > 0
    wrong, _ = cases["small-altered"].differences
    assert any(line.startswith("total U3") for line in wrong)


def test_the_random_schemes_hold_every_case():
    """The comparison above is worth what its cases are."""
    systems = [scheme(seed)[0] for seed in SEEDS]
    results = [assessed(seed, *scheme(seed)) for seed in SEEDS]
    rules = {rule["rule"] for system in systems for rule in (item.scoring for item in system.indicators.values())}
    assert rules == {
        "base_full", "linear", "share_of_standard", "efficacy", "efficacy_exponential", "interval", "tiers", "bands",
        "expert",
    }  # fmt: skip
    turned = {
        item.scoring["rule"] for system in systems for item in system.indicators.values() if item.direction == "cost"
    }
    assert turned == {"base_full", "linear", "efficacy", "efficacy_exponential", "tiers", "bands"}
    indicators = [item for system in systems for item in system.indicators.values()]
    assert {item.formula for item in indicators} == set(FORMULAS)
    assert {item.window for item in indicators} == {"year", "avg3", "sum3", "stock_end"}
    assert {item.not_applicable.policy for item in indicators} == {"zero", "reweight", "fixed"}
    means = {item.aggregation for system in systems for item in system.dimensions.values()}
    assert means == {"arithmetic", "geometric", "harmonic", "power", "minimum"}
    assert {system.ranking.method for system in systems} == {"competition", "modified", "dense", "fractional"}
    assert {system.grades.quota_tie for system in systems} == {"in", "out"}
    reasons = {reason for result in results for reason in result.ranking["grade_reason"]}
    assert reasons == {"threshold", "quota", "small_group", "cap", "veto"}
    assert any(result.ranking["tie"].any() for result in results)
    assert any(result.ranking["two_year_result"].drop_nulls().len() for result in results)
    assert {status for result in results for status in result.values["status"]} >= {"ok", "missing", "not_applicable"}
    assert any(result.scores["score"].null_count() for result in results)
    assert any(scheme(seed)[1].groups for seed in SEEDS)
