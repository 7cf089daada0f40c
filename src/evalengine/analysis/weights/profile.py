"""Weights that were computed, written as a weight profile: rounded, exact in sum, with who, when, how and from what."""

from __future__ import annotations

import datetime as dt
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from evalengine import text
from evalengine.analysis.weights.tree import Draft, published, vanished
from evalengine.errors import OutputError, UsageError
from evalengine.scheme.loading import load_weights
from evalengine.scheme.model import TOTAL, IndicatorSystem, WeightProfile
from evalengine.text import Label

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who decided on the weights, when and why.

    Attributes:
        decided_by: a person or body.
        date: the day, as `2026-03-01`.
        label: title of the profile; the name of the method if empty.
        reason: why; how the weights were made if empty.
    """

    decided_by: str
    date: str
    label: str = ""
    reason: str = ""


def refuse_existing(path: Path) -> None:
    """Raise if a file exists already.

    Raises:
        OutputError: it exists.
    """
    if path.exists() or path.is_symlink():
        raise OutputError("file_exists", file=str(path))


def write_profile(draft: Draft, system: IndicatorSystem, decision: Decision, path: Path) -> WeightProfile:
    """Write computed weights as a weight profile, checked as any profile is; an existing file is never overwritten.

    Args:
        draft: the weights and how they were made.
        system: the indicator system they are for.
        decision: who decided on them.
        path: the file to write, ending in `.toml`.

    Returns:
        The profile, as read back.

    Raises:
        UsageError: the name does not end in `.toml`, or the date is none.
        OutputError: the file exists or cannot be written.
    """
    if path.suffix != ".toml":
        raise UsageError("not_a_toml_name", file=str(path))
    try:
        dt.date.fromisoformat(decision.date)
    except ValueError as error:
        raise UsageError("not_a_date", value=decision.date) from error
    refuse_existing(path)
    content = "\n".join(_lines(draft, system, decision)) + "\n"
    with tempfile.TemporaryDirectory() as folder:
        checked = Path(folder) / path.name
        checked.write_text(content, encoding="utf-8", newline="\n")
        profile = load_weights(checked, system)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(content)
    except FileExistsError as error:
        raise OutputError("file_exists", file=str(path)) from error
    except OSError as error:
        raise OutputError("output_not_writable", folder=str(path), detail=str(error)) from error
    return profile


def _lines(draft: Draft, system: IndicatorSystem, decision: Decision) -> Iterator[str]:
    weights = published(draft.weights)
    name = _both(f"methods.weighting.{draft.method}.label")
    label = Label(decision.label, decision.label) if decision.label else name
    files = ", ".join(item.name for item in draft.inputs)
    why = [text.sentence("weights.reason", lang, method=name.get(lang), files=files) for lang in text.LANGUAGES]
    reason = Label(decision.reason, decision.reason) if decision.reason else Label(*why)
    yield f"system = {value(system.name)}"
    yield f"edition = {value(decision.date)}"
    yield f"label = {value(label)}"
    yield f"decided_by = {value(Label(decision.decided_by, decision.decided_by))}"
    yield f"reason = {value(reason)}"
    yield from ("", "# what the indicator weights below add up to", "[dimensions]")
    for top in system.children()[TOTAL]:
        yield f"{_key(top)} = {_sum_below(system, weights, top)}"
    yield from ("", "[weights]")
    parent = ""
    for code, weight in weights.items():
        if system.indicators[code].parent != parent:
            parent = system.indicators[code].parent
            yield f"# {parent}"
        yield f"{_key(code)} = {weight}"
    if draft.scoring:
        yield from ("", "[scoring]")
        for code, rule in draft.scoring.items():
            yield f"{_key(code)} = {value(rule)}"
    yield from _made(draft, decision)


def _made(draft: Draft, decision: Decision) -> Iterator[str]:
    yield from ("", "# how they were computed", "[made]")
    yield f"method = {value(draft.method)}"
    yield f"date = {value(decision.date)}"
    yield f"scope = {value(draft.scope)}"
    if draft.parameters:
        yield f"parameters = {value(draft.parameters)}"
    inputs = [{"name": item.name, "sha256": item.sha256} for item in draft.inputs]
    for name, rows in (
        ("inputs", inputs),
        ("warnings", [*draft.warnings, *vanished(draft.weights)]),
        ("diagnostics", list(draft.diagnostics)),
    ):
        if rows:
            yield f"{name} = ["
            yield from (f"  {value(row)}," for row in rows)
            yield "]"


def value(item: object) -> str:
    """Return a value as TOML: texts, numbers, lists, tables and labels."""
    if isinstance(item, Label):
        item = {"zh": item.zh, "en": item.en}
    if isinstance(item, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {value(part)}" for key, part in item.items()) + " }"
    if isinstance(item, (list, tuple)):
        return "[" + ", ".join(value(part) for part in item) + "]"
    if isinstance(item, float):
        return repr(float(item))
    return json.dumps(item, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if BARE_KEY.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _sum_below(system: IndicatorSystem, weights: Mapping[str, Decimal], node: str) -> Decimal:
    children = system.children().get(node)
    if children is None:
        return weights[node]
    return sum((_sum_below(system, weights, child) for child in children), Decimal(0))


def _both(key: str) -> Label:
    zh, en = (text.sentence(key, language) for language in text.LANGUAGES)
    return Label(zh, en)
