"""The package as its users import it."""

from __future__ import annotations

import subprocess
import sys

import pytest

import evalengine as ee

HEAVY = ("numba", "polars", "pandera", "openpyxl", "scipy", "pydantic")


def test_all_is_exactly_what_is_exported():
    homes = [name for names in ee._HOMES.values() for name in names]
    assert sorted(homes) == sorted(ee.__all__) == dir(ee)
    for name in ee.__all__:
        assert getattr(ee, name).__name__ == name
    with pytest.raises(AttributeError):
        ee.nothing  # noqa: B018 - the access is the test


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["assess", "--help"], ["methods", "--help"]])
def test_help_imports_nothing_heavy(arguments):
    program = (
        "import sys\nfrom evalengine.cli import main\n"
        f"try: main({arguments!r})\nexcept SystemExit as end: code = end.code\n"
        f"print(code, sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, encoding="utf-8")
    assert done.stdout.splitlines()[-1] == "0 []"
