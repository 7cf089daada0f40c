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
    ('window = "avg3"', 'window = "avg4"', "key_not_allowed", "indicators.intensity.window"),
    ("ratio = true", 'ratio = "yes"', "key_not_boolean", "indicators.intensity.ratio"),
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
    # a formula looks at its own row only, an aggregate makes one figure of several rows
    ('formula = "budget"', 'formula = "SUM(spent) / SUM(revenue)"', "sql_mixes_rows", "indicators.money.formula"),
    ('formula = "budget"', 'formula = "spent / SUM(spent) OVER ()"', "sql_mixes_rows", "indicators.money.formula"),
    ('formula = "budget"', 'formula = "RANK() OVER (ORDER BY spent)"', "sql_mixes_rows", "indicators.money.formula"),
    ('formula = "budget"', 'formula = "COALESCE(spent, MAX(spent))"', "sql_mixes_rows", "indicators.money.formula"),
    ('formula = "budget"', 'formula = "7"', "sql_mixes_rows", "indicators.money.formula"),
    ('where = "done"', 'where = "budget > AVG(budget)"', "sql_mixes_rows", "fields.done.where"),
    ('expr = "SUM(budget)"', 'expr = "budget"', "sql_not_aggregated", "fields.budget.expr"),
    ('expr = "SUM(budget)"', 'expr = "budget - AVG(budget)"', "sql_not_aggregated", "fields.budget.expr"),
    ('expr = "score"', 'expr = "AVG(score)"', "sql_mixes_rows", "fields.opinions.expr"),
    # codes that mean something else
    ("[indicators.money]", "[indicators.total]", "code_reserved", "indicators.total"),
    ("[indicators.money]", "[indicators._money]", "code_reserved", "indicators._money"),
    ("[dimensions.B]", "[dimensions.total]", "code_reserved", "dimensions.total"),
    ("[dimensions.B]", '[dimensions.""]', "code_reserved", "dimensions."),
    ("spent = {", "last_score = {", "code_reserved", "fields.last_score"),
    ("spent = {", "year = {", "code_reserved", "fields.year"),
    ("spent = {", "_spent = {", "code_reserved", "fields._spent"),
    ("city = { label", "_city = { label", "code_reserved", "tables.consortia.columns._city"),
    ("[fields]", '[tables.fields]\nlabel = { zh = "x", en = "x" }\n[fields]', "code_reserved", "tables.fields"),
    ("[vetoes.V1]", "[vetoes.name]", "code_reserved", "vetoes.name"),
    ("[bonus.items.P2]", "[bonus.items.group]", "code_reserved", "bonus.items.group"),
    ("[penalty.items.N1]", "[penalty.items._N1]", "code_reserved", "penalty.items._N1"),
    # settings outside their range
    ('slip_fields = ["spent"]', "jump_percent = -1", "range_out_of_order", "checks.jump_percent"),
    (
        "sums = []",
        'sums = [{ total = "spent", parts = ["budget"], tolerance = -0.1 }]',
        "range_out_of_order",
        "checks.sums",
    ),
    ("low = 60, high = 65", "low = 66, high = 65", "range_out_of_order", "grades.two_year"),
    ("percent = 60", "percent = 160", "range_out_of_order", "indicators.completion.not_applicable.percent"),
    (
        'type = "number", unit = "wan_yuan"',
        'type = "number", unit = "yuan"',
        "node_unknown",
        "tables.projects.columns.budget.unit",
    ),
    # wrong kinds of values
    ("ratio = true", "ratio = true\nnote = 3", "key_not_table", "indicators.intensity.note"),
    ("limit = 1", "limit = 1.5", "key_not_integer", "bonus.items.P1.limit"),
    ("points = 3", 'points = "3"', "key_not_number", "bonus.items.P1.points"),
    ('edition = "1"', "edition = 1", "key_not_text", "edition"),
    ('slip_fields = ["spent"]', 'slip_fields = "spent"', "key_not_list", "checks.slip_fields"),
    ("[grades]\nlevels", "[grades]\npreset = [1]\nlevels", "grade_preset_unknown", "grades.preset"),
    ('edition = "1"', 'edition = "1"\nextends = [1]', "extends_unknown", "extends"),
    # numbers that are none
    ("points = 3", "points = nan", "key_not_finite", "bonus.items.P1.points"),
    ("points = 3", "points = 1e999", "key_not_finite", "bonus.items.P1.points"),
    ("[bonus]\ncap = 5", "[bonus]\ncap = inf", "key_not_finite", "bonus.cap"),
    ("minimum = 75", "minimum = -inf", "key_not_finite", "grades.levels.1.minimum"),
    ("percent = 60", "percent = nan", "key_not_finite", "indicators.completion.not_applicable.percent"),
    ("minimum = -inf", "minimum = inf", "key_not_finite", "fields.revenue.minimum"),
    ("minimum = -inf", "minimum = nan", "key_not_finite", "fields.revenue.minimum"),
    ("low = 60, high = 65", "low = 60, high = inf", "key_not_finite", "grades.two_year.high"),
    ('slip_fields = ["spent"]', "jump_percent = nan", "key_not_finite", "checks.jump_percent"),
    ('veto = "V3"', 'veto = "V3"\nminimum = nan', "key_not_finite", "floors.0.minimum"),
    ("base = 3, full = 8", "base = 3, full = inf", "key_not_finite", "indicators.intensity.scoring.full"),
    (
        "[grades]",
        "[groups.H.coefficients]\nintensity = nan\n[grades]",
        "key_not_finite",
        "groups.H.coefficients.intensity",
    ),
    # rules that score by the whole column
    *(
        ('rule = "linear", zero = 0, full = 1000', rule, code, "indicators.money.scoring")
        for rule, code in (
            ('rule = "min_max"', "scoring_off_scale"),
            ('rule = "min_max", upper = 100, constant = 200', "scoring_off_scale"),
            ('rule = "min_max", lower = 5, upper = 1', "scoring_wrong"),
            ('rule = "min_max", lower = "a"', "scoring_of_wrong_kind"),
            ('rule = "min_max", upper = 100, uper = 100', "node_unknown"),
            ('rule = "z_score", mean = 50, sd = 10', "scoring_off_scale"),  # one far out of 200 gets 190
            ('rule = "rank", ceiling = 100', "scoring_off_scale"),
            ('rule = "percentile"', "scoring_off_scale"),
            ('rule = "percentile", times = -100, plus = 100', "scoring_wrong"),
            ('rule = "percentile", times = "a"', "scoring_wrong"),
            ('rule = "goalposts", lower = 20, upper = 85', "scoring_off_scale"),
            ('rule = "scaled", lower = 20, upper = 85', "scoring_off_scale"),
            ('rule = "distance_to_reference", unit = 0', "scoring_by_position"),
            ('rule = "tiers", tiers = 3', "scoring_of_wrong_kind"),
            ('rule = "expert", scale = { a = 1, b = 2 }', "scoring_of_wrong_kind"),
            (
                'rule = "tiers", tiers = [{ at_least = 1, score = 80 }, { at_least = 2, score = 60 }]',
                "scoring_wrong",
            ),
        )
    ),
]

COLUMN_RULES = [
    'rule = "min_max", upper = 100',
    'rule = "z_score", times = 10, plus = 50, floor = 0, ceiling = 100',
    'rule = "percentile", times = 100',
    'rule = "goalposts", lower = 20, upper = 85, scale = 100',
    'rule = "goalposts", lower = 100, upper = 75000, logarithmic = true, times = 100',
    'rule = "distance_to_target", targets = 5000, capped = true, times = 100',
]


@pytest.mark.parametrize("rule", COLUMN_RULES)
def test_a_column_rule_that_scores_out_of_100_is_taken(tmp_path, rule):
    path = changed(tmp_path, 'rule = "linear", zero = 0, full = 1000', rule)
    assert load_indicators(path).indicators["money"].scoring["rule"] in rule


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
    ("A = 0.6\n", "", "key_missing", "dimensions.A"),
    ("A = 0.6\nB = 0.4\n", "", "key_missing", "dimensions.B"),
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


HEAD = 'edition = "1"\nlabel = { zh = "x", en = "x" }\nweights = "jiangsu"\n'
BROKEN_INDICATOR = """keep = ["x"]
[indicators.x]
label = { zh = "x", en = "x" }
parent = "nowhere"
formula = "1 +"
scoring = { rule = "expert" }"""
EXTENDING_FAULTS = [
    ("keep = 3", "key_not_list", "keep"),
    ("keep = [3]", "key_not_list", "keep"),
    ("keep = []", "key_missing", "indicators"),
    ("indicators = 3", "key_not_table", "indicators"),
    ('keep = ["rd_intensity"]\nindicators = 3', "key_not_table", "indicators"),
    ('keep = ["rd_intensity"]\ndimensions = 3', "key_not_table", "dimensions"),
    ('keep = ["rd_intensity"]\nchecks = 3', "key_not_table", "checks"),
    ('keep = ["rd_intensity"]\nfloors = 3', "key_not_list", "floors"),
    ('keep = ["rd_intensity"]\nfields = 3', "key_not_table", "fields"),
    ('keep = ["rd_intensity"]\ngrades = 3', "key_not_table", "grades"),
    (
        BROKEN_INDICATOR,
        "sql_unreadable",
        "indicators.x.formula",
    ),
]


@pytest.mark.parametrize(("text", "code", "key"), EXTENDING_FAULTS)
def test_a_wrong_extending_file_is_refused(tmp_path, text, code, key):
    path = tmp_path / "own.toml"
    path.write_text(f'extends = "innovation-consortium"\n{HEAD}{text}\n', encoding="utf-8")
    with pytest.raises(SchemeError) as caught:
        load_indicators(path)
    assert (code, key) in {(problem.code, problem.field) for problem in caught.value.problems}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("innovation-consortium.toml", f'extends = "innovation-consortium"\n{HEAD}'),
        ("Innovation-Consortium.toml", f'extends = "innovation-consortium"\n{HEAD}'),
        ("grade-presets.toml", f'{HEAD}[grades]\npreset = "anhui_manufacturing_centre"\n'),
    ],
)
def test_no_file_may_have_the_name_of_one_it_builds_on(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SchemeError) as caught:
        load_indicators(path)
    assert [problem.code for problem in caught.value.problems] == ["file_name_twice"]


def test_the_files_of_an_extending_system_are_all_there():
    system = load_indicators("innovation-consortium-core")
    assert set(system.files) == {"innovation-consortium-core.toml", "innovation-consortium.toml"}
    assert len({system.sha256, load_indicators().sha256}) == 2


def test_a_profile_knows_its_system():
    assert load_weights("jiangsu") == load_weights("jiangsu", load_indicators())
    assert load_weights("jiangsu-core").system == "innovation-consortium-core"


def test_faults_of_shape_are_said_in_the_language_asked_for(tmp_path):
    path = changed(tmp_path, 'window = "avg3"', 'window = "avg4"')
    with pytest.raises(SchemeError) as caught:
        load_indicators(path)
    (problem,) = caught.value.problems
    assert problem.remedy("zh") == "可选：year, avg3, sum3, stock_end, project_life。"
    assert "Input should" not in problem.message("zh") + problem.message("en")


def test_a_name_unlike_any_other_is_answered_with_some_that_exist(tmp_path):
    path = changed(tmp_path, 'formula = "budget"', 'formula = "zzzzzz"')
    with pytest.raises(SchemeError) as caught:
        load_indicators(path)
    assert "done, started" in caught.value.problems[0].remedy("zh")


def test_line_ends_do_not_change_the_hash(tmp_path):
    text = (DATA / "small.toml").read_text(encoding="utf-8")
    path = tmp_path / "small.toml"
    path.write_bytes(text.replace("\n", "\r\n").encode())
    assert load_indicators(path).sha256 == load_indicators(DATA / "small.toml").sha256
