"""Write the generated documents: `python docs/generate.py`. A test fails when they are stale."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from evalengine import text
from evalengine.cli.group import COMMANDS
from evalengine.cli.weights import SUBCOMMANDS
from evalengine.methods.registry import KINDS, Method, methods

ROOT = Path(__file__).parent.parent


def methods_page() -> str:
    """Return docs/methods.md, from the register alone."""
    lines = [
        "# Methods",
        "",
        "Generated from the register of methods by `python docs/generate.py`; do not edit. *Relative* methods look at",
        "all units: one corrected figure moves everybody's score, so in an assessment they are for reference.",
    ]
    for kind in KINDS:
        found = [item for item in methods() if item.kind == kind]
        if found:
            lines += ["", f"## {kind}"]
        for item in found:
            lines += ["", *_entry(item)]
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """Return docs/commands.md: the help of every command in both languages."""
    lines = ["# Commands", "", "Generated from the commands' own help by `python docs/generate.py`; do not edit."]
    for command in ("", *COMMANDS, *(f"weights {name}" for name in SUBCOMMANDS)):
        lines += ["", f"## evalengine {command}".rstrip()]
        for language in text.LANGUAGES:
            lines += ["", "```text", _help(command, language), "```"]
    return "\n".join(lines) + "\n"


def _entry(item: Method) -> list[str]:
    key = f"methods.{item.kind}.{item.name}"
    zh, en = (text.sentence(f"{key}.label", language) for language in text.LANGUAGES)
    lines = [
        f"### {item.name}",
        "",
        f"{en} · {zh}" + (" · relative" if item.relative else ""),
        "",
        text.sentence(f"{key}.summary", "en"),
        "",
        f"- formula: `{item.formula}`",
        f"- source: {item.source}",
        f"- cost: {item.complexity}",
        f"- {_behaviour(item)}",
    ]
    if item.parameters:
        shown = (f"`{name}{_default(parameter)}`" for name, parameter in item.parameters.items())
        lines.append(f"- parameters: {', '.join(shown)}")
    return lines


def _behaviour(item: Method) -> str:
    found = item.behaviour
    parts = {"NaN": found.nan, "ties": found.ties, "constant": found.constant, "zeros": found.zeros}
    parts |= {"negatives": found.negatives, "small samples": found.small}
    return "; ".join(f"{name}: {text}" for name, text in parts.items())


def _default(parameter: inspect.Parameter) -> str:
    return "" if parameter.default is inspect.Parameter.empty else f" = {parameter.default!r}"


def _help(command: str, language: str) -> str:
    arguments = [sys.executable, "-m", "evalengine", *command.split(), "--lang", language, "--help"]
    environment = {**os.environ, "COLUMNS": "100"}
    done = subprocess.run(arguments, capture_output=True, check=True, encoding="utf-8", env=environment)  # noqa: S603 - ourselves
    return done.stdout.rstrip()


def methods_stub() -> str:
    """Return the stub of `evalengine.methods`: every method whose name no other family shares."""
    names = Counter(item.function.__name__ for item in methods())
    homes: dict[str, list[str]] = {}
    for item in methods():
        if names[item.function.__name__] == 1:
            homes.setdefault(item.function.__module__.rpartition(".")[2], []).append(item.function.__name__)
    homes["registry"] = ["method", "methods"]
    lines = [f"from .{home} import {name} as {name}" for home in sorted(homes) for name in sorted(homes[home])]
    return "\n".join(["# written by docs/generate.py", *lines]) + "\n"


PAGES = {
    "docs/methods.md": methods_page,
    "docs/commands.md": commands_page,
    "src/evalengine/methods/__init__.pyi": methods_stub,
}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (ROOT / name).write_text(page(), encoding="utf-8")
