"""Numbers and files nobody thought of: `python -m tests.intake.fuzz [--numbers N] [--books N] [--tables N] [--seed N]`.

Hypothesis makes every choice, so a finding shrinks to the shortest text or the smallest change of a file that shows it.
Numbers are built with a known value or changed. Whatever the parser reads has to be what `oracle`, which shares nothing
with it, makes of the text; what was built within the rules has to be read. Files are those of the dirty corpus with
bytes or markup changed: each is read or refused with a sentence, in time, and no workbook stops its reader. A damaged
Parquet file may: polars can end the process over a wish for absurd memory; hence files have processes of their own.
"""

from __future__ import annotations

import argparse
import io
import json
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from evalengine.intake.isolation import FileContent, read_files
from evalengine.intake.numbers import Unit, parse_number
from evalengine.intake.reading import tables_of
from evalengine.scheme.model import IndicatorSystem
from tests.intake.conftest import small_system
from tests.intake.corpus.dirty import DIRTY

TEXTS = 25  # numbers of one example: more choices than hypothesis lets one example have begin at about 40
FILES = 25  # files of one example, read by the same processes
BOOKS = frozenset({"xlsx", "xls", "et", "ods"})
TABLES = frozenset({"csv", "tsv", "parquet"})
STOPPED = frozenset({"reader_stopped", "reader_too_slow", "reader_memory"})
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


def built(chance: Random) -> tuple[str, Unit, float]:
    """Return a text within the rules, its unit and the number it is."""
    unit = chance.choice(UNITS)
    suffix, factor = chance.choice(list(SUFFIXES[unit].items()))
    whole = str(chance.randrange(10 ** chance.randint(1, 15)))
    places = chance.randint(0, 12)
    decimals = f".{chance.randrange(10**places):0{places}}" if places else ""
    exponent = chance.choice(["e", "E"]) + str(chance.randint(-30, 30)) if not chance.randrange(10) else ""
    value = Decimal(whole + decimals + exponent) * Decimal(factor)
    separator = chance.choice(["", "", ",", " "]) if len(whole) > 3 and not exponent else ""
    text = f"{int(whole):,}".replace(",", separator) + decimals + exponent
    sign = chance.choice(["", "", "-", "()"])
    if sign:
        value = -value
    text = f"({text}{suffix})" if sign == "()" else f"{sign}{text}{suffix}"
    if not chance.randrange(3):
        text = "".join(FULL.get(char, char) if chance.randrange(2) else char for char in text)
    if not chance.randrange(5):
        text = chance.choice(BLANKS) + text + chance.choice(INVISIBLE)
    return text, unit, float(value) + 0.0


def changed(text: str, chance: Random) -> str:
    """Return a text with one to four characters put in, left out or replaced."""
    signs = list(text)
    for _ in range(chance.randint(1, 4)):
        place = chance.randint(0, len(signs))
        signs[place : place + chance.randint(0, 1)] = [chance.choice(STRAY)] if chance.randrange(5) else []
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


def check_number(chance: Random) -> None:
    """Build or change one number and compare what is read.

    Raises:
        AssertionError: the parser reads another number, or refuses one within the rules.
    """
    text, unit, value = built(chance)
    typed = bool(chance.randrange(2))
    if chance.randrange(2):
        assert oracle(text, unit) == value, f"the oracle makes {oracle(text, unit)} of {text!a}, not {value}"
        found = parse_number(text, unit, typed=typed)
        right = found.value == value
    else:
        text = changed(text, chance)
        found = parse_number(text, unit, typed=typed)
        right = found.value is None or found.value == oracle(text, unit)
    assert right, f"{text!a} in {sorted(map(ascii, unit.names))}: read as {found}, not {oracle(text, unit)}"


def explore(check: Callable[[Random], None], examples: int, number: int) -> None:
    """Let hypothesis make so many examples, and shrink the first finding.

    Raises:
        Exception: whatever `check` raises for the smallest example.
    """
    asked = settings(
        max_examples=examples,
        database=None,
        deadline=None,  # a reader has its own
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    seed(number)(asked(given(st.randoms(use_true_random=False))(check)))()


def numbers(count: int, number: int) -> int:
    """Check at least so many numbers; return how many it were."""
    done = 0

    def check(chance: Random) -> None:
        nonlocal done
        for _ in range(TEXTS):
            check_number(chance)
        done += TEXTS

    while done < count:  # hypothesis may find that it has nothing new to try before it has made all examples
        explore(check, -(-(count - done) // TEXTS), number + done)
    return done


@cache
def seeds() -> Sequence[tuple[str, bytes]]:
    """Return the files that are changed: the dirty ones, small as they are."""
    return [(case.file, content) for case in DIRTY if len(content := case.make()) < 100_000]


def fault(content: FileContent, system: IndicatorSystem) -> str:
    """Return what is wrong with what became of a file."""
    if content.error is None:
        tables_of(content.sheets, system, [])
    elif content.error.code in STOPPED and content.path.suffix != ".parquet":
        return f"{content.path.name}: {content.error.code}"
    return ""


def mutated(content: bytes, chance: Random) -> bytes:
    """Return a file with something changed: in a part of it, where it is an archive, or in its bytes."""
    if not content.startswith(b"PK") or not chance.randrange(7):
        return _spoilt(content, chance)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        name = chance.choice(list(parts))
        parts[name] = _spoilt(parts[name], chance)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            if chance.randrange(100):
                archive.writestr(name, part)
    return target.getvalue()


def _spoilt(content: bytes, chance: Random) -> bytes:
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
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
        elif not chance.randrange(10):
            del data[first:]
    return bytes(data)


def files(count: int, number: int, system: IndicatorSystem, kinds: frozenset[str]) -> Mapping[str, int]:
    """Change and read at least so many files of some kinds; return how many were read or refused for what."""
    ends: Counter[str] = Counter()
    chosen = [(name, content) for name, content in seeds() if name.rpartition(".")[2] in kinds]

    def check(chance: Random) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            listed = []
            for turn in range(FILES):
                name, content = chance.choice(chosen)
                path = Path(scratch, f"{turn}-{name}")
                path.write_bytes(mutated(content, chance))
                listed.append((path.name, path))
            read = list(read_files(listed))
            faults = [wrong for content in read if (wrong := fault(content, system))]
            ends.update("read" if content.error is None else content.error.code for content in read)
        assert not faults, faults

    while ends.total() < count:
        explore(check, -(-(count - ends.total()) // FILES), number + ends.total())
    return dict(sorted(ends.items()))


def main() -> None:
    """Run the long form and print, as JSON, how many there were; a finding ends it with hypothesis' report."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--numbers", type=int, default=1_000_000)
    asked.add_argument("--books", type=int, default=5_000)
    asked.add_argument("--tables", type=int, default=1_000)
    asked.add_argument("--seed", type=int, default=1)
    chosen = asked.parse_args()
    system = small_system()
    started = time.monotonic()
    done = {
        "numbers": numbers(chosen.numbers, chosen.seed),
        "books": files(chosen.books, chosen.seed, system, BOOKS),
        "tables": files(chosen.tables, chosen.seed, system, TABLES),
    }
    print(json.dumps({**done, "seed": chosen.seed, "seconds": round(time.monotonic() - started)}, indent=1))


if __name__ == "__main__":
    main()
