"""Read indicator systems and weight profiles from TOML; a wrong one is refused with every fault listed."""

from __future__ import annotations

import hashlib
import json
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from evalengine.errors import Problem, SchemeError, UsageError
from evalengine.scheme.checking import check_profile, check_system
from evalengine.scheme.expressions import roots
from evalengine.scheme.model import IndicatorSystem, WeightProfile
from evalengine.scheme.shipped import find, shipped

T = TypeVar("T")
KINDS_OF_FAULT = {
    "missing": "key_missing",
    "unexpected_keyword_argument": "key_unknown",
    "extra_forbidden": "key_unknown",
}


def load_indicators(name: str | Path = "innovation-consortium") -> IndicatorSystem:
    """Read an indicator system by shipped name or by path.

    Raises:
        UsageError: there is no such system.
        SchemeError: the file is wrong; every fault with its file and key.
    """
    path = find("indicators", name)
    files: dict[str, str] = {}
    tree = _read(path, files)
    if "extends" in tree:
        tree = _extended(path, tree, files)
    preset = tree.get("grades", {}).pop("preset", None) if isinstance(tree.get("grades"), dict) else None
    if preset is not None:
        tree["grades"] = {**_grade_preset(path, preset, files), **tree["grades"]}
    system = _fill(IndicatorSystem, path, {**tree, "name": path.stem, "files": files, "sha256": _digest(files)})
    _refuse(path, check_system(system, path.name))
    return system


def load_weights(name: str | Path, system: IndicatorSystem) -> WeightProfile:
    """Read a weight profile by shipped name or by path, and check it against its system.

    Raises:
        UsageError: there is no such profile.
        SchemeError: the file is wrong or does not fit the system; every fault with its file and key.
    """
    path = find("weights", name)
    files: dict[str, str] = {}
    tree = _read(path, files)
    tree |= {key: _floats(tree[key]) for key in ("scoring", "made") if key in tree}  # only weights stay decimal
    profile = _fill(WeightProfile, path, {**tree, "name": path.stem, "files": files, "sha256": _digest(files)})
    _refuse(path, check_profile(profile, system, path.name))
    return profile


def grade_presets() -> dict[str, Any]:
    """Return the shipped grade rules by name, as they stand in their file."""
    return _read(shipped("indicators") / "grade-presets.toml", {})


def _read(path: Path, files: dict[str, str]) -> dict[str, Any]:
    """Return the tree of a TOML file and note its content in `files`."""
    try:
        content = path.read_bytes().decode("utf-8")
        tree = tomllib.loads(content, parse_float=Decimal)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        fault = Problem(severity="error", code="not_toml", file=path.name, facts={"detail": str(error)})
        raise SchemeError("scheme_refused", [fault], file=path.name) from error
    files[path.name] = content
    return tree


def _digest(files: dict[str, str]) -> str:
    """Return the hash of files by name; line ends do not count, so that a checkout on Windows hashes the same."""
    content = "".join(f"{name}\0{text}\0" for name, text in sorted(files.items())).replace("\r\n", "\n")
    return hashlib.sha256(content.encode()).hexdigest()


def _extended(path: Path, tree: dict[str, Any], files: dict[str, str]) -> dict[str, Any]:
    """Return the extended system, its keys replaced by this file's and its indicators cut down to `keep`."""
    base_name, keep = tree.pop("extends"), tree.pop("keep", None)
    try:
        base = _read(find("indicators", base_name), files)
    except UsageError as error:
        fault = Problem(severity="error", code="extends_unknown", file=path.name, field="extends", value=str(base_name))
        raise SchemeError("scheme_refused", [fault], file=path.name) from error
    merged = {**base, **tree}
    if keep is not None:
        unknown = [code for code in keep if code not in base["indicators"]]
        if unknown:
            faults = [
                Problem(
                    severity="error",
                    code="node_unknown",
                    file=path.name,
                    field="keep",
                    value=code,
                    facts={"nearest": ""},
                )
                for code in unknown
            ]
            raise SchemeError("scheme_refused", faults, file=path.name)
        merged["indicators"] = {code: item for code, item in base["indicators"].items() if code in keep}
        used = {item["parent"] for item in merged["indicators"].values()}
        while above := {base["dimensions"][code].get("parent", "") for code in used} - used - {""}:
            used |= above
        merged["dimensions"] = {code: item for code, item in base["dimensions"].items() if code in used}
        _keep_used_fields(merged)
    return merged


def _keep_used_fields(tree: dict[str, Any]) -> None:
    """Drop the fields no kept formula or floor names, and the checks on them: nobody is to be asked for them."""
    used = {name for item in tree["indicators"].values() for name in roots(item["formula"])}
    used |= {floor["field"] for floor in tree.get("floors", ())}
    tree["fields"] = {code: item for code, item in tree["fields"].items() if code in used}
    checks = dict(tree.get("checks", {}))
    checks["part_of"] = [pair for pair in checks.get("part_of", ()) if used.issuperset(pair)]
    checks["sums"] = [check for check in checks.get("sums", ()) if used.issuperset((check["total"], *check["parts"]))]
    checks["slip_fields"] = [code for code in checks.get("slip_fields", ()) if code in used]
    tree["checks"] = checks


def _grade_preset(path: Path, name: object, files: dict[str, str]) -> dict[str, Any]:
    known = _read(shipped("indicators") / "grade-presets.toml", files)
    if name not in known:
        facts = {"nearest": ", ".join(known)}
        fault = Problem(
            severity="error",
            code="grade_preset_unknown",
            file=path.name,
            field="grades.preset",
            value=str(name),
            facts=facts,
        )
        raise SchemeError("scheme_refused", [fault], file=path.name)
    preset: dict[str, Any] = known[str(name)]
    return preset


def _floats(value: object) -> object:
    """Return a part of a tree with floats in place of decimals."""
    if isinstance(value, dict):
        return {key: _floats(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_floats(item) for item in value]
    return float(value) if isinstance(value, Decimal) else value


def _fill(kind: type[T], path: Path, tree: dict[str, Any]) -> T:
    """Return the dataclass filled from the tree; JSON carries TOML's arrays as tuples and decimals unchanged."""
    decimals_as = str if kind is WeightProfile else float
    text = json.dumps(tree, default=lambda value: decimals_as(value) if isinstance(value, Decimal) else str(value))
    try:
        return TypeAdapter(kind).validate_json(text)
    except ValidationError as error:
        faults = [
            Problem(
                severity="error",
                code=KINDS_OF_FAULT.get(item["type"], "key_wrong"),
                file=path.name,
                field=".".join(str(part) for part in item["loc"]),
                value="" if item["type"] in KINDS_OF_FAULT else str(item["input"])[:80],
                facts={"detail": item["msg"]},
            )
            for item in error.errors(include_url=False)
        ]
        raise SchemeError("scheme_refused", faults, file=path.name) from error


def _refuse(path: Path, faults: list[Problem]) -> None:
    if faults:
        raise SchemeError("scheme_refused", faults, file=path.name)
