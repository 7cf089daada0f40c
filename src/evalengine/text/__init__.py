"""The only place with sentences for people: one folder of TOML files per language."""

from __future__ import annotations

import os
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Label:
    """A name or sentence in both languages."""

    zh: str
    en: str

    def get(self, language: str) -> str:
        """Return the text in `language`, or in the other one if this one is empty."""
        return (self.zh or self.en) if language == "zh" else (self.en or self.zh)

    def facts(self, name: str) -> dict[str, str]:
        """Return the text as facts of a problem: `name_zh` and `name_en`."""
        return {f"{name}_{language}": self.get(language) for language in LANGUAGES}


def default_language() -> str:
    """Return `zh` or `en` from EVALENGINE_LANG or the locale variables; `zh` where they do not say."""
    for name in ("EVALENGINE_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "").lower()
        if value.startswith("zh"):
            return "zh"
        if value.startswith("en"):
            return "en"
    return "zh"


@cache
def catalogue(kind: str, language: str) -> Mapping[str, str]:
    """Return every sentence of a kind as `kind.key.key` → text; `problems.scheme.toml` is part of `problems`.

    A kind is read when it is asked for: all of them take a tenth of a second.
    """
    sentences: dict[str, str] = {}
    folder = resources.files(__package__) / language
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".toml") and entry.name.partition(".")[0] == kind:
            sentences.update(_flat(kind, tomllib.loads(entry.read_text(encoding="utf-8"))))
    return sentences


def sentence(key: str, language: str, **facts: object) -> str:
    """Return the sentence `key` in `language` with its `{placeholders}` filled from `facts`.

    Raises:
        KeyError: the sentence or one of its facts does not exist; a defect of evalengine, caught by the tests.
    """
    return catalogue(key.partition(".")[0], language)[key].format(**facts)


def width(string: str) -> int:
    """Return the columns a string takes on a terminal or in a cell: two for each wide (CJK) character."""
    return len(string) if string.isascii() else sum(map(_columns, string))


@cache
def _columns(char: str) -> int:
    return 0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1


def pad(string: str, columns: int, *, right: bool = False) -> str:
    """Return `string` filled with spaces to `columns` terminal columns, flush right if asked."""
    space = " " * max(0, columns - width(string))
    return space + string if right else string + space


def _flat(prefix: str, tree: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(f"{prefix}.{key}", value)
        else:
            yield f"{prefix}.{key}", str(value)
