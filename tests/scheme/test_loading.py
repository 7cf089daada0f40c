"""Shipped schemes load; a wrong one is refused with every fault, its file and its key."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from evalengine import SchemeError, UsageError, load_indicators, load_weights
from evalengine.scheme.loading import grade_presets
from evalengine.scheme.shipped import presets
from tests.small import DATA

PROFILES = {
    "jiangsu": {"A": "0.2000", "B": "0.3400", "C": "0.2400", "D": "0.1000", "E": "0.1200"},
    "beijing": {"A": "0.1799", "B": "0.2799", "C": "0.2001", "D": "0.1000", "E": "0.2401"},
    "shanghai": {"A": "0.1601", "B": "0.3001", "C": "0.3398", "D": "0.1200", "E": "0.0800"},
    "shenzhen": {"A": "0.3199", "B": "0.2802", "C": "0.1399", "D": "0.2000", "E": "0.0600"},
}


def test_the_whole_system():
    system = load_indicators()
    tops = [code for code, item in system.dimensions.items() if not item.parent]
    assert (len(tops), len(system.dimensions) - len(tops), len(system.indicators)) == (5, 13, 40)
    assert len(system.fields) == 76
    assert {item.scoring["rule"] for item in system.indicators.values()} == {"base_full", "interval", "expert", "tiers"}
    assert all(0 < len(item.quote) <= 30 for item in (*system.indicators.values(), *system.dimensions.values()))
    assert all(item.evidence.zh and item.evidence.en and item.definition.zh for item in system.indicators.values())
    assert "proposal" in system.status.en.lower()


@pytest.mark.parametrize(("name", "dimensions"), PROFILES.items())
def test_profiles_add_up_exactly(name, dimensions):
    profile = load_weights(name, load_indicators())
    assert sum(profile.weights.values()) == Decimal(1)
    assert {code: str(weight) for code, weight in profile.dimensions.items()} == dimensions
    assert all(-weight.as_tuple().exponent == 4 for weight in profile.weights.values())


def test_the_core_set_is_only_data():
    system = load_indicators("innovation-consortium-core")
    assert len(system.indicators) == 20
    assert len(system.fields) < 76  # nobody is asked for figures no kept indicator needs
    assert load_weights("jiangsu-core", system).system == system.name


def test_every_shipped_file_loads():
    assert set(presets("indicators")) == {"innovation-consortium", "innovation-consortium-core"}
    assert {*PROFILES, "jiangsu-core"} == set(presets("weights"))
    for name in presets("indicators"):
        system = load_indicators(name)
        load_weights(system.weights, system)


@pytest.mark.parametrize("name", grade_presets())
def test_grade_presets_by_name(tmp_path, name):
    text = (DATA / "small.toml").read_text(encoding="utf-8")
    start, end = text.index("[grades]"), text.index("[ranking]")
    path = tmp_path / "small.toml"
    path.write_text(
        f'{text[:start]}[grades]\npreset = "{name}"\nquota_minimum_group = 3\n{text[end:]}', encoding="utf-8"
    )
    if name == "anhui_manufacturing_centre":  # has no grade "good" for the cap of V4
        path.write_text(
            path.read_text(encoding="utf-8").replace('effect = "cap"', 'effect = "cap"\ncap = "pass"'), encoding="utf-8"
        )
    grades = load_indicators(path).grades
    assert grades.levels[-1].minimum is None
    assert grades.quota_minimum_group == 3


def changed(folder: Path, old: str, new: str, *, file: str = "small.toml") -> Path:
    """Write a copy of a small file with one thing replaced."""
    text = (DATA / file).read_text(encoding="utf-8")
    assert old in text
    path = folder / file
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


FAULTS = [
    ('parent = "A"\n[dimensions.A2]', 'parent = "A1"\n[dimensions.A2]', "cycle", "dimensions.A1.parent"),
    (
        '[dimensions.A]\nlabel = { zh = "投入", en = "Input" }',
        '[dimensions.A]\nlabel = { zh = "投入", en = "Input" }\nparent = "A1"',
        "cycle",
        "dimensions.A.parent",
    ),
    ('parent = "A2"', 'parent = "A9"', "node_unknown", "indicators.coverage.parent"),
    ('formula = "budget"', 'formula = "bugdet"', "sql_name_unknown", "indicators.money.formula"),
    ('formula = "budget"', 'formula = "budget +"', "sql_unreadable", "indicators.money.formula"),
    ('formula = "budget"', 'formula = "(SELECT budget)"', "sql_forbidden", "indicators.money.formula"),
    ('formula = "budget"', "formula = \"read_csv('x')\"", "sql_unreadable", "indicators.money.formula"),
    ('formula = "budget"', 'formula = "budget > 1"', "sql_wrong_type", "indicators.money.formula"),
    ('where = "done"', 'where = "dnoe"', "sql_name_unknown", "fields.done.where"),
    ('where = "done"', 'where = "budget"', "sql_wrong_type", "fields.done.where"),
    ('where = "done"', 'where = "city = $capital"', "sql_name_unknown", "fields.done.where"),
    ('expr = "SUM(budget)"', 'expr = "SUM(budget); DROP"', "sql_forbidden", "fields.budget.expr"),
    (
        'table = "nodes", expr = "SUM(weight)", where',
        'table = "node", expr = "SUM(weight)", where',
        "node_unknown",
        "fields.covered.table",
    ),
    ("base = 3, full = 8", "base = 8, full = 3", "scoring_wrong", "indicators.intensity.scoring"),
    ("base = 3, full = 8", "base = 3", "scoring_wrong", "indicators.intensity.scoring"),
    ("base = 3, full = 8", "base = 3, full = 8, ful = 9", "scoring_wrong", "indicators.intensity.scoring"),
    ('rule = "base_full", zero = 0', 'rule = "base_ful", zero = 0', "scoring_wrong", "indicators.intensity.scoring"),
    ("zero = 0, full = 1000", "zero = 1000, full = 0", "direction_contradicts", "indicators.money.scoring"),
    ('window = "avg3"', 'window = "avg4"', "key_wrong", "indicators.intensity.window"),
    ("ratio = true", 'ratio = "yes"', "key_wrong", "indicators.intensity.ratio"),
    ("ratio = true", "raito = true", "key_unknown", "indicators.intensity.raito"),
    ('edition = "1"', "", "key_missing", "edition"),
    ("[indicators.money]", "[indicators.intensity]", "not_toml", ""),
    ("[indicators.money]", "[indicators.A1]", "code_twice", "indicators.A1"),
    ('tie_breaks = ["completion"', 'tie_breaks = ["complexion"', "node_unknown", "ranking.tie_breaks"),
    ("minimum = 75", "minimum = 95", "range_out_of_order", "grades.levels"),
    ("quota = 20", "quota = 120", "range_out_of_order", "grades.levels.excellent.quota"),
    (
        '{ code = "fail", label = { zh = "不合格", en = "Fail" } }',
        '{ code = "fail", label = { zh = "不合格", en = "Fail" }, minimum = 0 }',
        "grades_open",
        "grades.levels",
    ),
    ('part_of = [["done", "started"]]', 'part_of = [["done", "begun"]]', "node_unknown", "checks.part_of"),
    ('veto = "V3"', 'veto = "V9"', "node_unknown", "floors.veto"),
    ("[bonus.items.P2]", "[bonus.items.V1]", "code_twice", "vetoes, bonus, penalty"),
    ("limit = 1", "limit = 0", "range_out_of_order", "bonus.items.P1"),
    (
        'label = { zh = "成效", en = "Output" }',
        'label = { zh = "成效", en = "Output" }\n[dimensions.C]\nlabel = { zh = "空", en = "Empty" }',
        "dimension_empty",
        "dimensions.C",
    ),
    ('key = ["unit", "project_id"]', 'key = ["unit", "project"]', "node_unknown", "tables.projects"),
    (
        'unit = "percent"\nwindow = "avg3"',
        'unit = "procent"\nwindow = "avg3"',
        "node_unknown",
        "indicators.intensity.unit",
    ),
    (
        "[grades]",
        "[groups.H.coefficients]\nmoney = 1.2\n[grades]",
        "coefficient_not_ratio",
        "groups.H.coefficients.money",
    ),
    ("[grades]\nlevels", '[grades]\npreset = "mof"\nlevels', "grade_preset_unknown", "grades.preset"),
]


@pytest.mark.parametrize(("old", "new", "code", "key"), FAULTS)
def test_a_fault_is_named_with_file_and_key(tmp_path, old, new, code, key):
    path = changed(tmp_path, old, new)
    with pytest.raises(SchemeError) as caught:
        load_indicators(path)
    found = {(problem.code, problem.field) for problem in caught.value.problems}
    assert (code, key) in found
    assert {problem.file for problem in caught.value.problems} == {"small.toml"}
    for language in ("zh", "en"):
        assert "small.toml" in caught.value.message(language)


def test_all_faults_at_once(tmp_path):
    path = changed(tmp_path, 'formula = "budget"', 'formula = "bugdet"')
    text = (
        path.read_text(encoding="utf-8").replace("minimum = 75", "minimum = 95").replace('veto = "V3"', 'veto = "V9"')
    )
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SchemeError) as caught:
        load_indicators(path)
    assert len(caught.value.problems) == 3
    assert "budget" in caught.value.message("en")  # the nearest name


WEIGHT_FAULTS = [
    ("money = 0.1", "money = 0.2", "weights_sum", "weights"),
    ("money = 0.1", "monney = 0.1", "node_unknown", "weights"),
    ("money = 0.1\n", "", "key_missing", "weights.money"),
    ("money = 0.1", "money = -0.1", "weight_negative", "weights.money"),
    ("A = 0.6", "A = 0.61", "weights_sum", "dimensions.A"),
    ("A = 0.6", "X = 0.6", "node_unknown", "dimensions"),
    ('system = "small"', 'system = "other"', "profile_of_other_system", "system"),
    ('decided_by = { zh = "测试", en = "tests" }\n', "", "key_missing", "decided_by"),
    (
        "money = 0.1",
        'money = 0.1\n[scoring]\nmoney = { rule = "linear", zero = 1, full = 1 }',
        "scoring_wrong",
        "scoring.money",
    ),
]


@pytest.mark.parametrize(("old", "new", "code", "key"), WEIGHT_FAULTS)
def test_a_wrong_profile_is_refused(tmp_path, old, new, code, key):
    text = (DATA / "small-weights.toml").read_text(encoding="utf-8")
    if "[scoring]" in new:  # a table has to come after the weights
        old, new = "opinion = 0.1", new.replace("money = 0.1", "opinion = 0.1", 1)
    path = changed(tmp_path, old, new, file="small-weights.toml")
    assert text != path.read_text(encoding="utf-8")
    with pytest.raises(SchemeError) as caught:
        load_weights(path, load_indicators(DATA / "small.toml"))
    assert (code, key) in {(problem.code, problem.field) for problem in caught.value.problems}


def test_weights_are_summed_as_decimals():
    # as doubles 0.1 + 0.2 + ... of the shipped profiles differ from 1 by up to 2e-16
    profile = load_weights("jiangsu", load_indicators())
    assert sum(profile.weights.values()) == 1
    assert sum(float(weight) for weight in profile.weights.values()) == pytest.approx(1, abs=1e-15)


@pytest.mark.parametrize("name", ["jiangs", "no/such/file.toml"])
def test_an_unknown_name_is_answered(name):
    with pytest.raises(UsageError) as caught:
        load_weights(name, load_indicators())
    assert name in caught.value.message("en")


def test_an_unknown_kept_indicator_is_refused(tmp_path):
    path = tmp_path / "core.toml"
    head = 'extends = "innovation-consortium"\nedition = "1"\nlabel = { zh = "x", en = "x" }\nweights = "jiangsu"\n'
    path.write_text(head + 'keep = ["nothing"]\n', encoding="utf-8")
    with pytest.raises(SchemeError) as caught:
        load_indicators(path)
    assert [problem.value for problem in caught.value.problems] == ["nothing"]


def test_line_ends_do_not_change_the_hash(tmp_path):
    text = (DATA / "small.toml").read_text(encoding="utf-8")
    path = tmp_path / "small.toml"
    path.write_bytes(text.replace("\n", "\r\n").encode())
    assert load_indicators(path).sha256 == load_indicators(DATA / "small.toml").sha256
