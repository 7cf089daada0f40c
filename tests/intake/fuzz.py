"""Numbers and files nobody thought of: `python -m tests.intake.fuzz [--numbers N] [--files N] [--seed N]`.

Numbers are built with a known value or changed at random. Whatever the parser reads has to be what `oracle`, which
shares nothing with it, makes of the text; what was built within the rules has to be read. Files are those of the
dirty corpus with bytes or markup changed: each is read or refused with a sentence, in time, and never anything else.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import time
import zipfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from pathlib import PurePath

from evalengine.errors import UnreadableError
from evalengine.intake.formats import read_sheets
from evalengine.intake.numbers import Unit, parse_number
from evalengine.intake.reading import tables_of
from evalengine.intake.wire import packed, sheet_messages, sheets_in, unpacked
from evalengine.scheme.model import IndicatorSystem
from tests.intake.conftest import small_system
from tests.intake.corpus.dirty import DIRTY

SECONDS = 10.0  # for one file, as a reader has
FULL = dict(zip("0123456789.,-+%() eE", "０１２３４５６７８９．，－＋％（）　ｅＥ", strict=True))
HALF = {full: half for half, full in FULL.items()}
BLANKS = "\u00a0\u2002\u2003\u2007\u2009\u202f\t\n\r"
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
WAN = Unit(frozenset({"万元"}), yuan=10_000)
PERCENT = Unit(frozenset({"%"}), percent=True)
PIECES = Unit(frozenset({"件"}))
SUFFIXES = {
    WAN: {"": "1", "万元": "1", "万": "1", "元": "0.0001", "亿元": "10000", "亿": "10000"},
    PERCENT: {"": "1", "%": "1"},
    PIECES: {"": "1", "件": "1"},
}
UNITS = tuple(SUFFIXES)
STRAY = [
    *"0123456789.,-+%()eE ",
    *FULL.values(),
    *BLANKS,
    *INVISIBLE,
    *"−—/万元亿件无个",
    *"²³①Ⅳ½٣۵०xX_'=@a",
    "∞",
    "nan",
]
MARKUP = [b"<c/>", b"<row>", b'r="A1"', b't="s"', b"</v>", b"<f/>", b"_xD800_", b"&#0;", b"1e999", b"-1", b"\xff"]


def built(chance: random.Random) -> tuple[str, Unit, float]:
    """Return a text within the rules, its unit and the number it is."""
    unit = chance.choice(UNITS)
    suffix, factor = chance.choice(list(SUFFIXES[unit].items()))
    whole = str(chance.randrange(10 ** chance.randint(1, 15)))
    decimals = "." + "".join(chance.choices("0123456789", k=chance.randint(1, 12))) if chance.random() < 0.6 else ""
    exponent = chance.choice(["e", "E"]) + str(chance.randint(-30, 30)) if chance.random() < 0.1 else ""
    value = Decimal(whole + decimals + exponent) * Decimal(factor)
    separator = chance.choice(["", "", ",", " "]) if len(whole) > 3 and not exponent else ""
    text = f"{int(whole):,}".replace(",", separator) + decimals + exponent
    sign = chance.choice(["", "", "-", "()"])
    if sign:
        value = -value
    text = f"({text}{suffix})" if sign == "()" else f"{sign}{text}{suffix}"
    if chance.random() < 0.3:
        text = "".join(FULL.get(char, char) if chance.random() < 0.5 else char for char in text)
    if chance.random() < 0.2:
        text = chance.choice(BLANKS) + text + chance.choice(INVISIBLE)
    return text, unit, float(value) + 0.0


def changed(text: str, chance: random.Random) -> str:
    """Return a text with one to four characters put in, left out or replaced."""
    signs = list(text)
    for _ in range(chance.randint(1, 4)):
        place = chance.randint(0, len(signs))
        signs[place : place + chance.randint(0, 1)] = [chance.choice(STRAY)] if chance.random() < 0.8 else []
    return "".join(signs)


def oracle(text: str, unit: Unit) -> float | None:
    """Return the only number a text can be; None if there is none, or more than one."""
    plain = "".join(HALF.get(char, " " if char in BLANKS else char) for char in text if char not in INVISIBLE)
    plain = plain.replace("−", "-").strip()
    negative = plain.startswith("(") and plain.endswith(")")
    plain = plain[1:-1].strip() if negative else plain
    if negative and plain.startswith("-"):
        return None
    joined = plain.replace(" ", "")
    suffix = max((name for name in SUFFIXES[unit] if joined.endswith(name)), key=len)
    kept = plain.rstrip()
    for sign in reversed(suffix):
        kept = kept.rstrip().removesuffix(sign)
    digits = kept.strip()
    if not set(digits) <= set("0123456789.,-+eE ") or digits.startswith("+"):
        return None
    separator = "," if "," in digits else " "
    if separator in digits:
        whole, _, decimals = digits.lstrip("-").partition(".")
        head, *groups = whole.split(separator)
        if not 1 <= len(head) <= 3 or any(len(group) != 3 for group in groups) or separator in decimals:
            return None
        digits = digits.replace(separator, "")
    try:
        value = Decimal(digits) * Decimal(SUFFIXES[unit][suffix])
    except ArithmeticError:
        return None
    number = float(-value if negative else value) + 0.0
    return number if abs(number) != float("inf") else None


def numbers(count: int, seed: int) -> Iterator[str]:
    """Yield what is wrong with the reading of so many texts."""
    chance = random.Random(seed)
    for turn in range(count):
        text, unit, value = built(chance)
        if turn % 2:
            text = changed(text, chance)
        found = parse_number(text, unit, typed=bool(turn % 3))
        if turn % 2:
            wrong = found.value is not None and found.value != oracle(text, unit)
        else:
            wrong = found.value != value or oracle(text, unit) != value
        if wrong:
            yield f"number {text!a} in {sorted(map(ascii, unit.names))}: read as {found}, not {oracle(text, unit)}"


@cache
def seeds() -> Sequence[tuple[str, bytes]]:
    """Return the files that are changed: the dirty ones, small as they are."""
    return [(case.file, content) for case in DIRTY if len(content := case.make()) < 100_000]


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Return a file with something changed: in a part of it, where it is an archive, or in its bytes."""
    if not content.startswith(b"PK") or chance.random() < 0.15:
        return _spoilt(content, chance)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(chance.randint(1, 3)):
        name = chance.choice(list(parts))
        parts[name] = _spoilt(parts[name], chance)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            if chance.random() > 0.01:
                archive.writestr(name, part)
    return target.getvalue()


def _spoilt(content: bytes, chance: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(chance.randint(1, 3)):
        first = chance.randint(0, len(data))
        last = min(len(data), first + chance.choice([0, 1, 2, 8, 60]))
        kind = chance.randrange(6)
        if kind == 0:  # bits
            for place in range(first, min(last, first + 2)):
                data[place] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del data[first:last]
        elif kind == 2:  # once more, elsewhere
            place = chance.randint(0, len(data))
            data[place:place] = data[first:last]
        elif kind == 3:
            data[first:last] = chance.choice(MARKUP)
        elif kind == 4:  # a digit
            places = [place for place in range(first, len(data)) if 48 <= data[place] <= 57]
            if places:
                data[places[0]] = chance.choice(b"0123456789-.eE ")
        elif chance.random() < 0.1:
            del data[first:]
    return bytes(data)


def files(count: int, seed: int, system: IndicatorSystem) -> Iterator[str]:
    """Yield what is wrong with the reading of so many changed files."""
    chance = random.Random(seed)
    for turn in range(count):
        name, content = chance.choice(seeds())
        content = mutated(content, chance)
        started = time.monotonic()
        fault = ""
        try:
            sent = [
                unpacked(packed(message)) for message in sheet_messages(read_sheets(name, PurePath(name).stem, content))
            ]
            tables_of(sheets_in(iter(sent)), system, [])
        except UnreadableError:
            pass
        except Exception as error:  # noqa: BLE001 - whatever comes is what is looked for
            fault = repr(error)
        if time.monotonic() - started > SECONDS:
            fault = "slow"
        if fault:
            yield f"file {turn} of seed {seed}, {name}: {fault}"


def main() -> None:
    """Run the long form and print, as JSON, how many and what was found; the exit code is 1 if anything was."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--numbers", type=int, default=1_000_000)
    asked.add_argument("--files", type=int, default=5_000)
    asked.add_argument("--seed", type=int, default=1)
    chosen = asked.parse_args()
    started = time.monotonic()
    found = [*numbers(chosen.numbers, chosen.seed), *files(chosen.files, chosen.seed, small_system())]
    print(json.dumps({**vars(chosen), "seconds": round(time.monotonic() - started), "found": found}, indent=1))
    raise SystemExit(bool(found))


if __name__ == "__main__":
    main()
