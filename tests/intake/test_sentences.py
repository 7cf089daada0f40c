import re
import string
import tomllib
from pathlib import Path

import pytest

import evalengine
from evalengine.text import catalogue

HOME = Path(evalengine.__file__).parent
TABLES = tomllib.loads((HOME / "text/zh/problems.toml").read_text(encoding="utf-8"))
MINE = {code: table for code, table in TABLES.items() if "message" in table}  # the others are parts of sentences
WORD = re.compile(r'"([a-z_0-9]+)"')


def placeholders(sentence: str) -> set[str]:
    """Return what a sentence names, without the language of labels."""
    names = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
    return {re.sub("_(zh|en)$", "", name) for name in names}


@pytest.mark.parametrize("code", sorted(MINE))
def test_both_languages_say_the_same_of_a_problem(code: str) -> None:
    for part in ("message", "remedy"):
        zh, en = (catalogue("problems", language)[f"problems.{code}.{part}"] for language in ("zh", "en"))
        assert placeholders(zh) == placeholders(en)
        assert "_en}" not in zh
        assert "_zh}" not in en


def test_every_sentence_is_used_and_every_code_has_one() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (HOME / "intake").glob("*.py"))
    written = set(WORD.findall(source))
    assert set(MINE) - written == set()
