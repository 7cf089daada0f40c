"""What a scheme may ask for under `[reference]`."""

from __future__ import annotations

import pytest

from evalengine import SchemeError, load_indicators
from evalengine.scheme.reference import chosen
from tests.small import DATA

FAULTS = [
    ('methods = ["topsys"]', "method_unknown", "reference.methods", "topsys", "topsis"),
    ('methods = ["electre_tri"]', "method_unknown", "reference.methods", "electre_tri", "electre_i"),
    ('grades = ["topsis"]', "method_unknown", "reference.grades", "topsis", ""),
    ('grades = ["flowsrt"]', "method_unknown", "reference.grades", "flowsrt", "flowsort"),
    ("methods = [{ strategy = 0.5 }]", "key_missing", "reference.methods.method", "", ""),
    (
        'methods = [{ method = "vikor", strateg = 0.5 }]',
        "node_unknown",
        "reference.methods.vikor",
        "strateg",
        "strategy",
    ),
    ('methods = [{ method = "vikor", tie = "dense" }]', "node_unknown", "reference.methods.vikor", "tie", ""),
    ('methods = [{ method = "vikor", columns = ["a"] }]', "node_unknown", "reference.methods.vikor", "columns", ""),
    (
        'grades = [{ method = "flowsort", profiles = [[1]] }]',
        "node_unknown",
        "reference.grades.flowsort",
        "profiles",
        "",
    ),
    (
        'methods = [{ method = "vikor", strategy = "half" }]',
        "key_wrong",
        "reference.methods.vikor.strategy",
        "half",
        "",
    ),
    ('methods = [{ method = "topsis", scaling = 1 }]', "key_wrong", "reference.methods.topsis.scaling", "1", ""),
    (
        'methods = [{ method = "codas", threshold = true }]',
        "key_wrong",
        "reference.methods.codas.threshold",
        "True",
        "",
    ),
    ('methods = ["topsis", { method = "topsis" }]', "code_twice", "reference.methods", "topsis", ""),
    ("top = 0", "range_out_of_order", "reference.top", "0", ""),
    ("minimum_group = 1", "range_out_of_order", "reference.minimum_group", "1", ""),
    ("methods = [3]", "key_not_text", "reference.methods.0.str", "3", ""),
    ('metods = ["topsis"]', "key_unknown", "reference.metods", "", ""),
]


def with_reference(folder, lines):
    path = folder / "small.toml"
    path.write_text((DATA / "small.toml").read_text(encoding="utf-8") + f"\n[reference]\n{lines}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(("lines", "code", "field", "value", "nearest"), FAULTS)
def test_a_wrong_reference_is_refused_by_name(tmp_path, lines, code, field, value, nearest):
    with pytest.raises(SchemeError) as caught:
        load_indicators(with_reference(tmp_path, lines))
    found = [problem for problem in caught.value.problems if problem.code == code and problem.field == field]
    assert [problem.value for problem in found] == [value]
    assert nearest in str(found[0].facts.get("nearest", ""))
    assert all(problem.message(lang) and problem.remedy(lang) for problem in found for lang in ("zh", "en"))


def test_every_fault_is_listed_at_once(tmp_path):
    lines = 'methods = ["topsys", { method = "vikor", strateg = 1 }]\ngrades = ["flowsrt"]\ntop = 0'
    with pytest.raises(SchemeError) as caught:
        load_indicators(with_reference(tmp_path, lines))
    assert sorted(problem.code for problem in caught.value.problems) == [
        "method_unknown",
        "method_unknown",
        "node_unknown",
        "range_out_of_order",
    ]


def test_names_and_tables_mean_methods_and_parameters(tmp_path):
    lines = (
        'methods = ["copeland", { method = "promethee_ii", function = "linear", q = 2, p = 10 },'
        ' { method = "spotis", bounds = [[0, 100], [0, 100], [0, 100], [0, 100], [0, 100], [0, 100]] }]'
    )
    reference = load_indicators(with_reference(tmp_path, lines)).reference
    first, second, third = chosen(reference.methods, "methods")
    assert (first.method.kind, first.method.name, dict(first.given)) == ("voting", "copeland", {})
    assert {name: second.settings[name] for name in ("function", "q", "p", "s")} == {
        "function": "linear",
        "q": 2,
        "p": 10,
        "s": None,
    }
    assert "columns" not in second.settings
    assert len(third.given["bounds"]) == 6
    assert not load_indicators(DATA / "small.toml").reference.asked


def test_the_core_set_asks_for_the_same_as_the_whole():
    assert load_indicators("innovation-consortium-core").reference == load_indicators().reference
