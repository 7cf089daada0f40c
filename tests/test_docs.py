"""Documents: generated pages are fresh, examples run, commands are the ones documented."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from evalengine.cli.group import COMMANDS

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def generator():
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", generator().PAGES)
def test_generated_pages_are_fresh(name):
    assert generator().PAGES[name]() == (ROOT / name).read_text(encoding="utf-8"), "run python docs/generate.py"


def examples():
    for page in PAGES:
        for number, code in enumerate(re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)):
            yield pytest.param(code, id=f"{page.name}-{number}")


@pytest.mark.parametrize("code", list(examples()))
def test_examples_run(code, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    exec(compile(code, "example", "exec"), {})
    assert capsys.readouterr().err == ""


def test_every_command_is_documented():
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert all(f"## evalengine {command}" in page for command in COMMANDS)
    assert generator().COMMANDS == COMMANDS


def test_links_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_readme_has_the_two_commands():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.findall(r"<!-- command: (\w+) -->\n```sh\n(.+)\n```", readme)
    assert [name for name, _ in found] == ["run", "test"]
    assert "-m pip install" in found[0][1]


def test_the_project_stands_alone():
    names = ("../" + "shared", "../" + ".library")
    for path in [
        *ROOT.glob("*.*"),
        *(ROOT / "src").rglob("*.*"),
        *(ROOT / "tests").rglob("*.py"),
        *(ROOT / "docs").rglob("*.md"),
    ]:
        if path.suffix in {".py", ".toml", ".md", ".sh"} and path.is_file():
            assert not any(name in path.read_text(encoding="utf-8") for name in names), path
