"""Where the shipped indicator systems, weight profiles, themes and sample data are.

A wheel carries them inside the package; a checkout and an editable install have them in the folder that holds
`pyproject.toml`.
"""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Literal

from evalengine.errors import UsageError

Folder = Literal["indicators", "weights", "themes", "sample_data"]
PACKAGE = Path(__file__).resolve().parent.parent


def shipped(folder: Folder) -> Path:
    """Return the shipped folder of that name.

    Raises:
        UsageError: this installation carries none.
    """
    checkout = PACKAGE.parent.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / folder).is_dir():
        return checkout / folder
    inside = PACKAGE / "_shipped" / folder
    if not inside.is_dir():
        raise UsageError("nothing_shipped", folder=folder)
    return inside


def presets(folder: Literal["indicators", "weights", "themes"]) -> tuple[str, ...]:
    """Return the names of what is shipped in a folder, sorted."""
    return tuple(sorted(path.stem for path in shipped(folder).glob("*.toml") if path.stem != "grade-presets"))


def find(folder: Literal["indicators", "weights", "themes"], name: str | Path) -> Path:
    """Return the file a name or path means.

    Raises:
        UsageError: neither a file nor a shipped name; the message names the nearest one.
    """
    path = Path(name)
    if path.suffix == ".toml" and path.is_file():
        return path
    known = presets(folder)
    if str(name) in known:
        return shipped(folder) / f"{name}.toml"
    nearest = difflib.get_close_matches(str(name), known, n=1)
    raise UsageError(
        "unknown_preset", folder=folder, name=str(name), nearest=nearest[0] if nearest else ", ".join(known)
    )
