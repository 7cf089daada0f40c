"""Run folders: staged beside their destination, hashed, then renamed into place; never overwritten."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from evalengine.analysis.reference import reference
from evalengine.assessment import Assessment
from evalengine.errors import OutputError, UnreadableError, UsageError
from evalengine.reports.calculation import write_calculation
from evalengine.reports.cards.files import write_cards
from evalengine.reports.html import write_html
from evalengine.reports.tables import parquet_tables, ranking_csv
from evalengine.reports.workbook import write_notice, write_workbook
from evalengine.scheme.loading import load_indicators, load_theme, load_weights
from evalengine.scheme.theme import Theme
from evalengine.staging import flush, staging_folder

MANIFEST = "manifest.json"


def write_run(
    result: Assessment,
    folder: str | Path,
    *,
    language: str = "zh",
    others: Sequence[Assessment] = (),
    cards: Sequence[str] = (),
    theme: Theme | None = None,
) -> Path:
    """Write an assessment as a run folder.

    It holds `ranking.xlsx`, `notice.xlsx`, `calculation.xlsx`, `report.html`, `ranking.csv`, `tables/`,
    `inputs/` and `manifest.json`.

    Args:
        result: the assessment.
        folder: where; must not exist.
        language: language of the workbooks and the page, `zh` or `en`.
        others: assessments of the same data under other profiles, to be compared on the page.
        cards: formats of the score cards to write into `cards/`, one for each unit; see `write_cards`.
        theme: how the workbooks look; the shipped default if None.

    Returns:
        The folder.

    Raises:
        OutputError: the folder exists, or cannot be written.
        UnreadableError: an input file has changed since it was read.
        UsageError: the scheme is not the one its files hold: it was changed in memory, and the run could not be
            repeated.
    """
    destination = Path(folder)
    refuse_existing(destination)
    staging = staging_folder(destination)
    try:
        _fill(result, staging, language, others, cards, theme or load_theme())
        staging.chmod(0o777 & ~_umask())
        refuse_existing(destination)
        staging.rename(destination)
    except OSError as error:
        code = "output_exists" if destination.exists() else "output_not_writable"
        raise OutputError(code, folder=str(destination), detail=str(error)) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return destination


def refuse_existing(folder: Path) -> None:
    """Raise if the destination of a run exists already: runs are immutable.

    Raises:
        OutputError: it exists.
    """
    if folder.exists() or folder.is_symlink():
        raise OutputError("output_exists", folder=str(folder))


def _fill(
    result: Assessment,
    staging: Path,
    language: str,
    others: Sequence[Assessment],
    cards: Sequence[str],
    theme: Theme,
) -> None:
    _copy_inputs(result, theme, staging / "inputs")
    (staging / "tables").mkdir()
    referenced = reference(result) if result.system.reference.asked else None
    for name, table in parquet_tables(result, referenced).items():
        table.write_parquet(staging / "tables" / f"{name}.parquet", metadata={"run_id": result.provenance.run_id})
    (staging / "ranking.csv").write_bytes(ranking_csv(result))
    write_workbook(result, staging / "ranking.xlsx", language, theme, others, referenced)
    write_notice(result, staging / "notice.xlsx", language, theme)
    write_calculation(result, staging / "calculation.xlsx", language, theme)
    write_html(result, staging / "report.html", language, others=others)
    if cards:
        write_cards(result, staging / "cards", language, formats=cards, theme=theme)
    outputs = {}
    for path in sorted(path for path in staging.rglob("*") if path.is_file()):
        content = path.read_bytes()
        outputs[path.relative_to(staging).as_posix()] = {"sha256": _sha256(content), "size": len(content)}
        flush(path)
    looks = {"name": theme.name, "sha256": theme.sha256}
    compared = [dict(other.provenance.profile) for other in others]
    manifest = {**_described(result), "language": language, "theme": looks, "compared": compared, "outputs": outputs}
    path = staging / MANIFEST
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    flush(path)


def _described(result: Assessment) -> dict[str, object]:
    made = result.provenance
    return {
        "run_id": made.run_id,
        "inputs": [{"name": item.name, "sha256": item.sha256, "size": item.size} for item in made.sources],
        "system": dict(made.system),
        "profile": dict(made.profile),
        "options": dict(made.options),
        "versions": dict(made.versions),
    }


def _copy_inputs(result: Assessment, theme: Theme, folder: Path) -> None:
    """Copy what was read: files as they are, frames as Parquet, the scheme as text."""
    data = folder / "data"
    data.mkdir(parents=True)
    for source in result.provenance.sources:
        if source.path is None:
            result.dataset.tables[source.name].write_parquet(data / f"{source.name}.parquet")
            continue
        content = source.path.read_bytes()
        if _sha256(content) != source.sha256:
            raise UnreadableError("input_changed", file=source.name)
        target = data / source.name
        if not target.resolve().is_relative_to(data.resolve()):  # a name must never lead out of the run
            raise OutputError("name_leads_out", name=source.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    for kind, files in (
        ("indicators", result.system.files),
        ("weights", result.profile.files),
        ("themes", theme.files),
    ):
        (folder / kind).mkdir()
        for name, text in files.items():
            (folder / kind / name).write_text(text, encoding="utf-8", newline="")
    if not _same_scheme(result, folder):
        raise UsageError("scheme_changed", system=result.system.name, profile=result.profile.name)


def _same_scheme(result: Assessment, inputs: Path) -> bool:
    """Return whether the scheme as text is the one assessed with, and not one changed in memory since it was read."""
    places = [
        inputs / kind / f"{scheme.name}.toml"
        for kind, scheme in (("indicators", result.system), ("weights", result.profile))
    ]
    if not all(place.exists() for place in places):
        return False
    system = load_indicators(places[0])
    return bool(system == result.system and load_weights(places[1], system) == result.profile)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _umask() -> int:
    """Return the umask; the only way to read it is to set it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
