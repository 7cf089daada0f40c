"""Read indicator systems, weight profiles and themes from TOML; a wrong one is refused with every fault listed."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import polars as pl
from pydantic import TypeAdapter, ValidationError

from evalengine.errors import Problem, SchemeError, UsageError
from evalengine.scheme.checking import check_system
from evalengine.scheme.expressions import roots, suggestion
from evalengine.scheme.model import IndicatorSystem, LeftOut, WeightProfile
from evalengine.scheme.profiles import check_profile
from evalengine.scheme.shipped import find, presets, shipped
from evalengine.scheme.theme import Theme, check_theme

T = TypeVar("T")
Files = dict[tuple[str, str], str]  # (what it is for, name) -> content
FAULTS = {
    "missing": "key_missing",
    "unexpected_keyword_argument": "key_unknown",
    "extra_forbidden": "key_unknown",
    "string_type": "key_not_text",
    "string_sub_type": "key_not_text",
    "float_type": "key_not_number",
    "float_parsing": "key_not_number",
    "finite_number": "key_not_finite",
    "decimal_type": "key_not_number",
    "decimal_parsing": "key_not_number",
    "int_type": "key_not_integer",
    "int_parsing": "key_not_integer",
    "int_from_float": "key_not_integer",
    "bool_type": "key_not_boolean",
    "bool_parsing": "key_not_boolean",
    "literal_error": "key_not_allowed",
    "tuple_type": "key_not_list",
    "list_type": "key_not_list",
    "dict_type": "key_not_table",
    "mapping_type": "key_not_table",
    "dataclass_type": "key_not_table",
}
GRADE_PRESETS = "grade-presets.toml"
DEFAULT_THEME = "default"
WITHOUT_VALUE = ("key_missing", "key_unknown")
CHOICE = re.compile(r"'([^']*)'")


def load_indicators(name: str | Path = "innovation-consortium") -> IndicatorSystem:
    """Read an indicator system by shipped name or by path.

    Raises:
        UsageError: there is no such system.
        SchemeError: the file is wrong; every fault with its file and key.
    """
    path = find("indicators", name)
    files: Files = {}
    tree = _read(path, "system", files)
    keep, whole = None, None
    if "extends" in tree:
        keep = tree.pop("keep", None)
        tree = _extended(path, tree, files)
    tree = _with_preset(path, tree, files)
    if keep is not None:
        whole = _fill(IndicatorSystem, path, {**tree, "name": path.stem})  # its shape, before it is cut down
        tree = _kept(path, tree, keep)
    system = _fill(IndicatorSystem, path, {**tree, **_identity(path, files)})
    system = dataclasses.replace(system, left_out=_left_out(whole or system, system))
    _refuse(path, check_system(system, path.name))
    return system


def load_weights(name: str | Path, system: IndicatorSystem | None = None) -> WeightProfile:
    """Read a weight profile by shipped name or by path, and check it against its system.

    Args:
        name: shipped name or path of the profile.
        system: the system it is used with; by default the shipped one that the profile names.

    Raises:
        UsageError: there is no such profile, or no shipped system of the name it gives.
        SchemeError: the file is wrong or does not fit the system; every fault with its file and key.
    """
    path = find("weights", name)
    files: Files = {}
    tree = _read(path, "profile", files)
    tree |= {key: _floats(tree[key]) for key in ("scoring", "made") if key in tree}  # only weights stay decimal
    profile = _fill(WeightProfile, path, {**tree, **_identity(path, files)})
    _refuse(path, check_profile(profile, system or load_indicators(profile.system), path.name))
    return profile


def profiles_of(system: IndicatorSystem) -> tuple[WeightProfile, ...]:
    """Return the shipped weight profiles of a shipped indicator system, by name."""
    named = (
        name for name in presets("weights") if _read(find("weights", name), "profile", {})["system"] == system.name
    )
    return tuple(load_weights(name, system) for name in named)


def load_theme(name: str | Path = DEFAULT_THEME) -> Theme:
    """Read how reports look, by shipped name or by path; what a file leaves out is as in the shipped default.

    Raises:
        UsageError: there is no such theme.
        SchemeError: the file is wrong; every fault with its file and key.
    """
    path = find("themes", name)
    files: Files = {}
    tree = _read(path, "theme", files)
    base = find("themes", DEFAULT_THEME)
    if path != base:  # its text is no part of the identity: the values it gives are
        tree = _overlaid(_read(base, "base", {}), tree)
    theme = _fill(Theme, path, {**tree, **_identity(path, files)})
    _refuse(path, check_theme(theme, path.name))
    return theme


def grade_presets() -> dict[str, Any]:
    """Return the shipped grade rules by name, as they stand in their file."""
    return _read(shipped("indicators") / GRADE_PRESETS, "grades", {})


def _read(path: Path, role: str, files: Files) -> dict[str, Any]:
    """Return the tree of a TOML file and note its content in `files`."""
    if path.name.casefold() in {name.casefold() for _, name in files}:  # the archive keeps files by name
        raise _refusal(path, "file_name_twice", value=path.name)
    try:
        content = path.read_bytes().decode("utf-8")
        tree = tomllib.loads(content, parse_float=Decimal)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _refusal(path, "not_toml", detail=str(error)) from error
    files[role, path.name] = content
    return tree


def _overlaid(base: Mapping[str, Any], tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return a tree with the keys of another in place of its own, table by table."""
    return {
        **base,
        **{
            key: _overlaid(base[key], value) if isinstance(value, dict) and isinstance(base.get(key), dict) else value
            for key, value in tree.items()
        },
    }


def _identity(path: Path, files: Files) -> dict[str, Any]:
    """Return the name, the files and their hash; line ends do not count: a checkout on Windows hashes the same."""
    content = "".join(f"{role}\0{name}\0{text}\0" for (role, name), text in sorted(files.items()))
    digest = hashlib.sha256(content.replace("\r\n", "\n").encode()).hexdigest()
    return {"name": path.stem, "files": {name: text for (_, name), text in files.items()}, "sha256": digest}


def _extended(path: Path, tree: dict[str, Any], files: Files) -> dict[str, Any]:
    """Return the extended system with its keys replaced by this file's."""
    base_name = tree.pop("extends")
    try:
        base_path = find("indicators", base_name if isinstance(base_name, str) else "")
    except UsageError as error:
        raise _refusal(path, "extends_unknown", "extends", str(base_name)) from error
    return {**_read(base_path, "base", files), **tree}


def _with_preset(path: Path, tree: dict[str, Any], files: Files) -> dict[str, Any]:
    """Return the tree with the grade rules that `grades.preset` names; what the file states itself goes before."""
    grades = tree.get("grades")
    if not isinstance(grades, dict) or "preset" not in grades:
        return tree
    name, known = grades["preset"], _read(shipped("indicators") / GRADE_PRESETS, "grades", files)
    if not isinstance(name, str) or name not in known:
        raise _refusal(path, "grade_preset_unknown", "grades.preset", str(name), nearest=", ".join(known))
    own = {key: value for key, value in grades.items() if key != "preset"}
    return {**tree, "grades": {**known[name], **own}}


def _kept(path: Path, tree: dict[str, Any], keep: object) -> dict[str, Any]:
    """Return a well-formed tree with its indicators cut down to `keep` and everything else to what these need."""
    if not isinstance(keep, list) or not all(isinstance(code, str) for code in keep):
        raise _refusal(path, "key_not_list", "keep", str(keep)[:80])
    indicators, dimensions = tree["indicators"], tree["dimensions"]
    if unknown := [code for code in keep if code not in indicators]:
        raise SchemeError(
            "scheme_refused",
            [_problem(path, "node_unknown", "keep", code, nearest=suggestion(code, indicators)) for code in unknown],
            file=path.name,
        )
    kept = {code: item for code, item in indicators.items() if code in keep}
    used = {item["parent"] for item in kept.values()}
    while above := {dimensions[code].get("parent", "") for code in used if code in dimensions} - used - {""}:
        used |= above
    inner = {code: item for code, item in dimensions.items() if code in used}
    return _keep_used_fields({**tree, "indicators": kept, "dimensions": inner})


def _keep_used_fields(tree: dict[str, Any]) -> dict[str, Any]:
    """Return the tree without the fields no kept formula or floor names, nor the checks on them: nobody is asked."""
    used = {name for item in tree["indicators"].values() for name in _names(item["formula"])}
    used |= {floor["field"] for floor in tree.get("floors", ())}
    checks = dict(tree.get("checks", {}))
    checks["part_of"] = [pair for pair in checks.get("part_of", ()) if used.issuperset(pair)]
    checks["sums"] = [check for check in checks.get("sums", ()) if used.issuperset((check["total"], *check["parts"]))]
    checks["slip_fields"] = [code for code in checks.get("slip_fields", ()) if code in used]
    fields = {code: item for code, item in tree["fields"].items() if code in used}
    return {**tree, "fields": fields, "checks": checks}


def _left_out(whole: IndicatorSystem, kept: IndicatorSystem) -> LeftOut:
    """Return what of the extended system is gone: submitted workbooks still hold it."""
    return LeftOut(
        fields={code: item for code, item in whole.fields.items() if code not in kept.fields},
        indicators={code: item.label for code, item in whole.indicators.items() if code not in kept.indicators},
    )


def _names(formula: str) -> tuple[str, ...]:
    try:
        return roots(formula)
    except pl.exceptions.PolarsError:
        return ()  # refused with its key once the whole system is checked


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
    faults = [_problem(path, "key_not_finite", key, str(value)) for key, value in _not_finite(tree)]
    text = json.dumps(tree, default=lambda value: decimals_as(value) if isinstance(value, Decimal) else str(value))
    try:
        filled = TypeAdapter(kind).validate_json(text)
    except ValidationError as error:
        stated = {problem.field for problem in faults}
        found = (_shape_fault(path, item) for item in error.errors(include_url=False))
        faults += [problem for problem in found if problem.field not in stated]
        raise SchemeError("scheme_refused", faults, file=path.name) from error
    _refuse(path, faults)
    return filled


def _shape_fault(path: Path, item: Mapping[str, Any]) -> Problem:
    """Return what pydantic found, in our words; its own sentence stands only for what is rare."""
    code = FAULTS.get(item["type"], "key_wrong")
    choices = CHOICE.findall(str(item.get("ctx", {}).get("expected", "")))
    value = "" if code in WITHOUT_VALUE else str(item["input"])[:80]
    detail = ", ".join(choices) if code == "key_not_allowed" else item["msg"]
    return _problem(path, code, ".".join(str(part) for part in item["loc"]), value, detail=detail)


def _not_finite(value: object, key: tuple[str, ...] = ()) -> Iterator[tuple[str, object]]:
    """Yield the numbers that are no finite double; an open end of a column's or field's range may be infinite."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _not_finite(item, (*key, name))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _not_finite(item, (*key, str(place)))
    elif isinstance(value, int | Decimal) and not _is_finite(value):
        open_end = {"minimum": Decimal("-inf"), "maximum": Decimal("inf")}.get(key[-1])
        if key[0] not in ("tables", "fields") or value != open_end:
            yield ".".join(key), value


def _is_finite(value: int | Decimal) -> bool:
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def _problem(path: Path, code: str, key: str = "", value: str = "", **facts: str) -> Problem:
    return Problem(severity="error", code=code, file=path.name, field=key, value=value, facts=facts)


def _refusal(path: Path, code: str, key: str = "", value: str = "", **facts: str) -> SchemeError:
    return SchemeError("scheme_refused", [_problem(path, code, key, value, **facts)], file=path.name)


def _refuse(path: Path, faults: list[Problem]) -> None:
    if faults:
        raise SchemeError("scheme_refused", faults, file=path.name)
