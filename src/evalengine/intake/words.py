"""The words people type into cells, read from `text/<language>/words.toml`, and how they are compared."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from evalengine import text

ZERO_WIDTH = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")
SPACE = re.compile(r"[\s\u200b\u200c\u200d\u2060\ufeff]+")


def tidy(string: str) -> str:
    """Return text without zero-width characters and with single spaces between its words."""
    return " ".join(ZERO_WIDTH.sub("", string).split())


@lru_cache(maxsize=4096)
def folded(string: str) -> str:
    """Return a word as it is compared: NFKC, without white space or zero-width characters, in lower case."""
    return SPACE.sub("", unicodedata.normalize("NFKC", string)).casefold()


@cache
def words(key: str) -> frozenset[str]:
    """Return the words of both languages under a key of `words.toml`, folded."""
    listed = [text.catalogue("words", language)[f"words.{key}"].split("|") for language in text.LANGUAGES]
    return frozenset(folded(word) for own in listed for word in own if word)
