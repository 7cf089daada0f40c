"""The calculation workbooks that are recalculated, and what each has to say then."""

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
from evalengine.scheme.model import Evidence, EvidenceCost, Floor, Grades, GroupWeights, Items, Ranking, Treatment
from tests.reports.random_schemes import assessed, scheme, weights
from tests.reports.recalculation import Book, change, differences, recalculate, weight_cells
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


def build(folder: Path) -> dict[str, Case]:
    """Write all books, recalculate them in one run and return them by name."""
    made = Cases(folder)
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
    made.write("small-unproved", _unproved(system, profile))
    _treated(made, system, profile)
    _halves(made, system, profile)
    _odd(made, system, profile)


def _odd(made: Cases, system: IndicatorSystem, profile: WeightProfile) -> None:
    """Names that formulas and criteria could misread, and schemes that lack what others have."""
    names = [("=1+1", "'G\"<&"), ("A*", "g"), ("a?", "g?"), ("007", "007"), ("7", "7")]
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


def _unproved(system: IndicatorSystem, profile: WeightProfile) -> Assessment:
    """Return an assessment with missing and rejected evidence: values taken away, and a penalty item."""
    costs = Evidence(missing=EvidenceCost(unverified=True), rejected=EvidenceCost(unverified=True, penalty="N1"))
    costly = dataclasses.replace(system, evidence=costs)
    rows = [("U1", "money", "missing"), ("U2", "intensity", "rejected"), ("U2", "coverage", "present")]
    evidence = pl.DataFrame(rows, schema=["unit", "indicator", "status"], orient="row").with_columns(year=YEAR)
    tables = {"fields": flat({}, {"unit": "U2"}, {"unit": "U3"}), "evidence": evidence}
    return assess(Dataset.from_tables(tables, costly), costly, profile, year=YEAR)


def _treated(made: Cases, system: IndicatorSystem, profile: WeightProfile) -> None:
    """Outliers drawn in before scoring: weights and anchors stay live, the moved values are numbers."""
    rules = {"money": {"rule": "percentile_caps", "lower": 20, "upper": 80}}
    rows = [{"unit": f"U{k}", "budget": budget} for k, budget in enumerate((10.0, 300.0, 420.0, 480.0, 9000.0))]
    treating = dataclasses.replace(system, treatment=Treatment(override=rules))
    path = made.write("treated", assess_flat(*rows, system=treating, profile=profile))
    money = dataclasses.replace(system.indicators["money"], scoring={"rule": "linear", "zero": 0, "full": 800})
    other = dataclasses.replace(treating, indicators={**system.indicators, "money": money})
    new = weights(random.Random(7), list(system.indicators))
    changed = dataclasses.replace(profile, weights=new, dimensions={})
    cells = weight_cells(path, {code: float(weight) for code, weight in new.items()})
    cells[_line(path, "anchors", "money", "anchor.full")] = 800.0
    made.change("treated-changed", path, cells, assess_flat(*rows, system=other, profile=changed))


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
        for cell in openpyxl.load_workbook(path)[title("result")][4]
        if cell.value == say("result.column.total")
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


def say(key: str) -> str:
    return text.sentence(f"calculation.{key}", "zh")


def title(name: str) -> str:
    return say(f"{name}.sheet")


def _figure(path: Path, code: str, unit: str) -> tuple[str, str]:
    sheet = openpyxl.load_workbook(path)[title("fields")]
    column = next(
        cell.column for cell in sheet[5] if cell.value == code and sheet.cell(4, cell.column).value == str(YEAR)
    )
    return "fields", _of_unit(sheet, column, unit)


def _item(path: Path, code: str, unit: str) -> tuple[str, str]:
    sheet = openpyxl.load_workbook(path)[title("items")]
    return "items", _of_unit(sheet, next(cell.column for cell in sheet[4] if str(cell.value).startswith(code)), unit)


def _of_unit(sheet, column: int, unit: str) -> str:
    return next(sheet.cell(row[0].row, column).coordinate for row in sheet.iter_rows() if row[1].value == unit)


def _line(path: Path, name: str, indicator: str, parameter: str) -> tuple[str, str]:
    sheet = openpyxl.load_workbook(path)[title(name)]
    label = small()[0].indicators[indicator].label.zh if indicator else None
    rows = (row for row in sheet.iter_rows() if row[2].value == say(parameter) and label in {None, row[0].value})
    return name, next(rows)[3].coordinate


NAMES = (
    "sample",
    "sample-reweighted",
    *(f"random-{seed}{kind}" for seed in SEEDS for kind in ("", "-reweighted")),
    "small",
    "small-changed",
    "small-rejected",
    "small-unproved",
    "treated",
    "treated-changed",
    "halves",
    "odd-names",
    "bare",
    "mixed",
)
UNCHANGED = tuple(name for name in NAMES if not name.endswith(("-changed", "-reweighted")))
