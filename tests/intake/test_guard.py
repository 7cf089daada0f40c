import pytest

from evalengine.errors import UnreadableError
from evalengine.intake.formats import read_sheets
from evalengine.intake.guard import check_file
from evalengine.intake.numbers import Uncached
from tests.intake.corpus import biff, books, hostile
from tests.intake.corpus.hostile import HOSTILE, Hostile

ALONE = {"reader_memory", "reader_stopped"}  # these need a process of their own
SMALL = [case for case in HOSTILE if case.code not in ALONE]


@pytest.mark.parametrize("case", SMALL, ids=[case.title for case in SMALL])
def test_what_is_unsafe_is_refused_with_one_sentence(case: Hostile) -> None:
    with pytest.raises(UnreadableError) as refused:
        read_sheets(case.file, "a", case.make())
    assert refused.value.code == case.code
    assert refused.value.exit_code == 3
    for language in ("zh", "en"):
        sentence = refused.value.message(language)
        assert case.file in sentence
        assert "\n" not in sentence


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.csv", books.xlsx({"a": [[1]]}), "xlsx"),
        ("a.xlsx", books.ods({"a": [[1]]}), "ods"),
        ("a.ods", biff.xls({"a": [[1]]}), "xls"),
        ("a.csv", "a,b\n1,甲".encode("gb18030"), "text"),
        ("a.tsv", "a\tb\n1\t甲".encode("utf-16"), "text"),
        ("a.csv", hostile.parquet(hostile.pl.DataFrame({"a": [1]})), "parquet"),
    ],
)
def test_a_file_is_told_by_its_content(name: str, content: bytes, kind: str) -> None:
    assert check_file(name, content) == kind


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ('<c r="B1"><f>A1</f><v>2</v></c>', 2),
        ('<c r="B1" t="str"><f>A1</f><v></v></c>', ""),
        ('<c r="B1"><f>A1</f><v></v></c>', Uncached("=")),
        ('<c r="B1"><f>A1</f></c>', Uncached("=")),
        ('<c r="B1"><f>A1</f><v></v></c><c r="C1"><v>1</v></c>', Uncached("=")),
        ('<c r="B1"><v></v></c>', None),
    ],
)
def test_a_result_is_what_a_formula_left(cell: str, found: object) -> None:
    (read,) = read_sheets("a.xlsx", "a", hostile.sheet(f'{cell}<c r="D1"><v>9</v></c>'))
    assert (read.rows[0][1], type(read.rows[0][1])) == (found, type(found))
