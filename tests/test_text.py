"""Sentences: the same keys and placeholders in both languages, none of them in code, each used one there."""

from __future__ import annotations

import re
import string
import unicodedata
from pathlib import Path

import pytest

from evalengine import text
from evalengine.methods.registry import methods

SOURCE = Path(text.__file__).parent.parent
WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]")


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def everything(language: str) -> dict[str, str]:
    """Return every sentence of a language."""
    folder = SOURCE / "text" / language
    kinds = {path.name.partition(".")[0] for path in folder.glob("*.toml")}
    return {key: sentence for kind in sorted(kinds) for key, sentence in text.catalogue(kind, language).items()}


ZH, EN = everything("zh"), everything("en")


def test_both_languages_have_the_same_sentences():
    assert ZH.keys() == EN.keys()


def neutral(names: set[str]) -> set[str]:
    """Return placeholder names without their language: label_zh and label_en are the same thing."""
    return {re.sub(r"_(zh|en)$", "", name) for name in names}


@pytest.mark.parametrize("key", sorted(ZH))
def test_placeholders_agree(key):
    assert neutral(placeholders(ZH[key])) == neutral(placeholders(EN[key]))


def test_no_cjk_in_code():
    offenders = [path.name for path in SOURCE.rglob("*.py") if WIDE.search(path.read_text(encoding="utf-8"))]
    assert offenders == []


def test_no_cjk_in_english():
    offenders = [key for key, sentence in EN.items() if WIDE.search(sentence)]
    assert [key for key in offenders if not key.startswith(("words.", "report.font"))] == []


def test_every_method_has_a_name_and_a_summary():
    wanted = {f"methods.{item.kind}.{item.name}.{part}" for item in methods() for part in ("label", "summary")}
    assert wanted - ZH.keys() == set()


def test_every_problem_code_in_the_source_has_its_sentences():
    source = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    codes = set(re.findall(r'Problem\([^)]*?code="(\w+)"', source, re.DOTALL))
    assert codes
    missing = [code for code in sorted(codes) if f"problems.{code}.message" not in ZH]
    assert missing == []


def test_every_error_code_in_the_source_has_its_sentence():
    source = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    codes = set(re.findall(r'(?:Usage|Method|Data|Unreadable|Output|Scheme|Verification)Error\(\s*"(\w+)"', source))
    assert codes
    assert [code for code in sorted(codes) if f"errors.{code}" not in EN] == []


@pytest.mark.parametrize(
    ("sample", "columns"), [("abc", 3), ("得分", 4), ("Ａ1", 3), ("é", 1), ("e\u0301", 1), ("", 0)]
)
def test_width(sample, columns):
    assert text.width(sample) == columns
    assert text.width(text.pad(sample, 8)) == 8
    assert unicodedata.normalize("NFC", text.pad(sample, 8, right=True)).strip() == unicodedata.normalize("NFC", sample)


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "C"}, "zh"),
        ({"LC_ALL": "zh_CN.GB18030", "LANG": "en_US"}, "zh"),
        ({"EVALENGINE_LANG": "en", "LANG": "zh_CN"}, "en"),
    ],
)
def test_the_language_comes_from_the_locale(monkeypatch, variables, language):
    for name in ("EVALENGINE_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert text.default_language() == language


def test_a_problem_names_what_has_a_name_in_one_language_only():
    assert text.Label("甲", "").facts("label") == {"label_zh": "甲", "label_en": "甲"}
    assert text.Label("", "A").facts("label") == {"label_zh": "A", "label_en": "A"}
