"""One spelling for one thing: ids and groups that differ only in case, width or spaces are written alike."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from evalengine.errors import Problem
from evalengine.intake.columns import columns_of, key_of, named
from evalengine.intake.frames import Part
from evalengine.intake.words import folded
from evalengine.scheme.model import IndicatorSystem

SHARED = ("unit", "group")  # mean the same in every table


def unified(parts: Sequence[Part], system: IndicatorSystem) -> list[Part]:
    """Return the parts with one spelling each: the scheme's own, or else the most frequent; report what was changed."""
    counts: dict[str, Counter[str]] = {}
    for part in parts:
        for code, pool in _pools(part.table, system).items():
            for spelling, count in part.frame.get_column(code).drop_nulls().value_counts().rows():
                counts.setdefault(pool, Counter())[spelling] += count
    kept = {pool: _respelt(counts[pool], _preferred(pool, system)) for pool in counts}
    return [_changed(part, kept, system) for part in parts]


def _pools(table: str, system: IndicatorSystem) -> dict[str, str]:
    """Return the columns of ids and names a table is compared by, and what they share their spellings with."""
    pools: dict[str, str] = {}
    for code, column in columns_of(system, table).items():
        if column.type == "text":
            own = f"{table}.{code}" if code in key_of(system, table) else ""
            shared = code if code in SHARED else "place" if column.place else ""
            pools[code] = shared or column.references or own
    return {code: pool for code, pool in pools.items() if pool}


def _preferred(pool: str, system: IndicatorSystem) -> set[str]:
    """Return the spellings the scheme itself uses."""
    if pool == "group":
        return set(system.groups)
    if pool != "place":
        return set()
    facts = [fact if isinstance(fact, tuple) else (fact,) for fact in system.assessment.values()]
    return {item for fact in facts for item in fact if isinstance(item, str)}


def _respelt(counts: Mapping[str, int], preferred: set[str]) -> dict[str, str]:
    """Return the spellings to change and what to."""
    alike: dict[str, list[str]] = {}
    for spelling in sorted({*counts, *preferred}):
        alike.setdefault(folded(spelling), []).append(spelling)
    chosen = {
        key: min(spellings, key=lambda spelling: (spelling not in preferred, -counts.get(spelling, 0), spelling))
        for key, spellings in alike.items()
    }
    return {spelling: chosen[folded(spelling)] for spelling in counts if chosen[folded(spelling)] != spelling}


def _changed(part: Part, kept: Mapping[str, Mapping[str, str]], system: IndicatorSystem) -> Part:
    frame, problems = part.frame, list(part.problems)
    for code, pool in _pools(part.table, system).items():
        changes = kept.get(pool, {})
        if changes:
            problems += _problems(part, code, changes, system)
            frame = frame.with_columns(pl.col(code).replace(changes))
    return dataclasses.replace(part, frame=frame, problems=problems)


def _problems(part: Part, code: str, changes: Mapping[str, str], system: IndicatorSystem) -> Iterator[Problem]:
    """Yield one warning for each spelling changed in a column, at the first of its cells."""
    if code not in part.letters:  # taken from another sheet of the file, where it is reported
        return
    label = named("label", [(code, columns_of(system, part.table)[code].label)])
    for spelling in sorted(changes):
        rows = part.frame.filter(pl.col(code) == spelling)
        if rows.height:
            yield Problem(
                severity="warning",
                code="respelt",
                file=rows.get_column("_file")[0],
                sheet=rows.get_column("_sheet")[0],
                cell=f"{part.letters[code]}{rows.get_column('_row')[0]}",
                table=part.table,
                field=code,
                unit=rows.get_column("unit")[0] or "",
                value=spelling,
                facts={"detail": changes[spelling], "count": rows.height, **label},
            )
