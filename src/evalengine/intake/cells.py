"""Text, choices, booleans and lists of expert scores as people type them."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal

from evalengine.intake.numbers import Parsed, Percent, Unit, canonical, narrowed, parse_number, special
from evalengine.intake.words import folded, tidy, words
from evalengine.text import Label

Parser = Callable[[object], Parsed]
SHORTEST_PLACE = 2  # characters; of a city called Shashi the second one is part of its name
DIGITS_OF_A_NUMBER = 15  # Excel keeps no more; an identifier longer than that has lost its last digits
SEPARATOR = ";"
NO_UNIT = Unit()


def parse_text(raw: object) -> Parsed:
    """Read text; a number is an identifier stored as a number, wrong where digits were lost."""
    found = special(raw)
    if found is not None:
        return found
    if isinstance(raw, str):
        return Parsed(tidy(raw))
    if isinstance(raw, (dt.date, dt.time)):
        return Parsed(None, "error", "date_as_text")
    number = parse_number(raw, NO_UNIT)
    if not isinstance(number.value, float):
        return Parsed(None, "error", "not_text")
    if abs(number.value) >= 10**DIGITS_OF_A_NUMBER:
        return Parsed(None, "error", "digits_lost")
    shown = canonical(number.value)
    return Parsed(shown, "warning", "number_to_text", shown)


def parse_place(raw: object) -> Parsed:
    """Read a province or city, without the words behind it that some write and others do not."""
    found = parse_text(raw)
    if not isinstance(found.value, str):
        return found
    name = unicodedata.normalize("NFKC", found.value)
    for ending in sorted(words("place"), key=lambda word: (-len(word), word)):
        behind = f" {ending}" if ending.isascii() else ending
        if name.casefold().endswith(behind) and len(name) >= len(behind) + SHORTEST_PLACE:
            name = name[: -len(behind)].rstrip()
            break
    return found if name == found.value else Parsed(name, "warning", "rewritten", name)


def parse_verbatim(raw: object) -> Parsed:
    """Read the columns of an adjustment that may hold a value of any type: as text, without a remark."""
    found = special(raw)
    if found is not None:
        return Parsed(None) if found.code == "read_as_blank" else found
    if isinstance(raw, Percent):
        return Parsed(canonical(float(Decimal(repr(float(raw))) * 100)) + "%")
    if isinstance(raw, dt.datetime):
        return Parsed(raw.date().isoformat())
    if isinstance(raw, dt.date):
        return Parsed(raw.isoformat())
    if isinstance(raw, (bool, str)):
        return Parsed(str(raw).strip())
    number = parse_number(raw, NO_UNIT)
    return Parsed(canonical(number.value)) if isinstance(number.value, float) else number


def parse_boolean(raw: object) -> Parsed:
    """Read yes or no."""
    if isinstance(raw, bool):
        return Parsed(raw)
    if isinstance(raw, (int, float)) and raw in {0, 1}:
        return Parsed(bool(raw))
    if isinstance(raw, str):
        word = folded(raw)
        if word in words("true") or narrowed(raw) == "1":
            return Parsed(value=True)
        if word in words("false") or narrowed(raw) == "0":
            return Parsed(value=False)
    return special(raw) or Parsed(None, "error", "not_a_boolean")


def choice_parser(choices: Mapping[str, Label]) -> Parser:
    """Return a reader of codes and of their labels in either language."""
    known = {folded(name): code for code, label in choices.items() for name in (label.zh, label.en) if name}
    known.update({folded(code): code for code in choices})
    listed = ", ".join(f"{code} ({label.zh or label.en})" for code, label in choices.items())

    def parse_choice(raw: object) -> Parsed:
        if isinstance(raw, bool):
            return Parsed(None, "error", "unknown_choice", listed)
        key = canonical(float(raw)) if isinstance(raw, (int, float)) and raw == raw // 1 else raw
        if isinstance(key, str) and folded(key) in known:
            return Parsed(known[folded(key)])
        return special(raw) or Parsed(None, "error", "unknown_choice", listed)

    return parse_choice


def expert_parser(unit: Unit, minimum: float | None, maximum: float | None) -> Parser:
    """Return a reader of lists of expert scores such as 80;84;86."""
    low = -float("inf") if minimum is None else minimum
    high = float("inf") if maximum is None else maximum

    def parse_experts(raw: object) -> Parsed:
        found = special(raw)
        if found is not None:
            return found
        listed = narrowed(raw).split(SEPARATOR) if isinstance(raw, str) else [raw]
        scores = []
        for item in listed:
            number = parse_number(item, unit)
            if not isinstance(number.value, float) or number.code == "scaled":
                return Parsed(None, "error", "bad_expert_score", str(item).strip())
            if not low <= number.value <= high:
                return Parsed(None, "error", "expert_score_range", canonical(number.value))
            scores.append(canonical(number.value))
        shown = SEPARATOR.join(scores)
        plain = not isinstance(raw, str) or raw.replace(" ", "") == shown or _same_list(raw, scores)
        return Parsed(shown) if plain else Parsed(shown, "warning", "rewritten", shown)

    return parse_experts


def _same_list(raw: str, scores: list[str]) -> bool:
    """Return whether the typed list differs from the canonical one only in how decimals are written (84.50)."""
    typed = raw.split(SEPARATOR)
    try:
        return len(typed) == len(scores) and all(
            item.isascii() and float(item) == float(score) for item, score in zip(typed, scores, strict=True)
        )
    except ValueError:
        return False
