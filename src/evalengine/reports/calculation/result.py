"""From the weighted score to total, rank and grade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalengine.reports.calculation import order
from evalengine.reports.calculation.book import Book
from evalengine.reports.calculation.columns import ROW, UnitColumn
from evalengine.reports.calculation.facts import group_numbers
from evalengine.reports.calculation.items import Items
from evalengine.reports.calculation.live import quoted
from evalengine.reports.calculation.parameters import Parameters
from evalengine.reports.calculation.scores import NOTHING, Tree
from evalengine.reports.cells import NOT_A_NUMBER, number
from evalengine.reports.layout import Entry
from evalengine.scheme.model import Level

LOWEST = -1e9  # what a tie-break that does not apply counts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Formula:
    """A column: what each cell computes, with `ROW` for the row, if anything, and the results."""

    kind: str
    formula: str
    results: Sequence[float | str]


def write_result(book: Book, tree: Tree, values: Mapping[str, str], items: Items, rules: Parameters) -> dict[str, str]:
    """Write totals, ranks and grades.

    Returns:
        The letter of every column.
    """
    made = _Result(book, tree, values, items, rules)
    columns = [
        UnitColumn(
            heading=made.heading(name),
            above=made.above(name),
            lines=[made.how(name)],
            kind=column.kind,
            values=column.results,
            formulas=column.formula,
        )
        for name, column in made.columns.items()
    ]
    book.units("result", columns, lines=[book.say("line.how")])
    return dict(made.letters)


class _Result:
    def __init__(self, book: Book, tree: Tree, values: Mapping[str, str], items: Items, rules: Parameters) -> None:
        self._book, self._rules = book, rules.cells
        self._levels, self._breaks = book.facts.system.grades.levels, book.facts.system.ranking.tie_breaks
        self._quotas = [place for place, level in enumerate(self._levels, start=1) if level.quota is not None]
        keys = [f"key.{place}" for place in range(1, len(self._breaks) + 1)]
        over = [f"quota.{place}" for place in self._quotas]
        self._parts = {
            "identity": ["group", "group_number", "size"],
            "score": ["weighted", "bonus", "penalty", "total", "score", "failed"],
            "keys": keys,
            "rank": ["ahead", "level", "rank", "tie"],
            "overall": ["all_ahead", "all_level", "overall_rank"],
            "grade": ["reached", *over, "cap", "final", "grade", "reason", "last_score", "two_year"],
            "list": ["position"],
        }
        self.letters = book.letters([name for part in self._parts.values() for name in part])
        self._keys = ["score", *keys]
        self.columns: dict[str, _Formula] = {}
        self._identity()
        self._total(tree, items)
        self._tie_breaks(tree, values)
        self._ranks()
        self._grade(items, over)
        self._two_year()
        self._position()
        self.columns = {name: self.columns[name] for name in self.letters}

    def heading(self, name: str) -> str:
        """Return the heading of a column."""
        key, _, place = name.partition(".")
        if key == "key":
            return self._book.node(self._breaks[int(place) - 1])
        label = self._book.words.label(self._levels[int(place) - 1].label) if key == "quota" else ""
        return self._book.say(f"result.column.{key}", level=label)

    def above(self, name: str) -> str:
        """Return the heading above a column."""
        return self._book.say(f"result.part.{next(key for key, part in self._parts.items() if name in part)}")

    def how(self, name: str) -> Entry:
        """Return in words how a column is computed."""
        return ("centre", self._book.say(f"result.how.{name.partition('.')[0]}"))

    def _identity(self) -> None:
        facts = self._book.facts
        numbers = group_numbers(facts.groups)
        self._numbers = [numbers[group] for group in facts.groups]
        self._add("group", "centre", "", [group or self._book.words.say("no_group") for group in facts.groups])
        self._add("group_number", "rank", "", self._numbers)
        size = f"COUNTIF({self._all('group_number')},{self._at('group_number')})"
        self._add("size", "rank", size, self._ranking("group_size"))

    def _total(self, tree: Tree, items: Items) -> None:
        self._add("weighted", "score", tree.score("total"), self._ranking("weighted"))
        self._add("bonus", "score", f"MIN({self._rules['cap', 'bonus']},{items.bonus})", self._ranking("bonus"))
        self._add("penalty", "score", f"MIN({self._rules['cap', 'penalty']},{items.penalty})", self._ranking("penalty"))
        total = f"N({self._at('weighted')})+{self._at('bonus')}-{self._at('penalty')}"
        self._add("total", "small", total, self._ranking("total"))
        inner, decimals = self._rules[("inner_decimals",)], self._rules[("decimals",)]
        self._add(
            "score",
            self._book.published_kind,
            f"ROUND(ROUND({self._at('total')},{inner}),{decimals})",
            self._ranking("score"),
        )
        self._failed = [rank is None for rank in self._book.facts.ranking["rank"]]
        self._add("failed", "rank", items.fails, [float(failed) for failed in self._failed])

    def _tie_breaks(self, tree: Tree, values: Mapping[str, str]) -> None:
        facts, inner = self._book.facts, self._rules[("inner_decimals",)]
        away, lowest = quoted(self._book.status("not_applicable")), number(LOWEST)
        for place, code in enumerate(self._breaks, start=1):
            score = tree.score(code)
            known = f"IF(ISNUMBER({score}),ROUND({score},{inner}),{lowest})"
            results = [
                LOWEST if value == "not_applicable" or own is None else round(own, facts.system.ranking.inner_decimals)
                for value, own in zip(facts.values[code], facts.scores[code], strict=True)
            ]
            self._add(f"key.{place}", "score", f"IF({values[code]}={away},{lowest},{known})", results)

    def _ranks(self) -> None:
        keys = list(zip(*(self.columns[name].results for name in self._keys), strict=True))
        self._counts = order.count(keys, self._numbers, self._failed)
        every = order.count(keys, [0] * len(keys), self._failed)
        inside = f"({self._all('group_number')}={self._at('group_number')})*"
        for counts, ahead, level, rank, among in (
            (self._counts, "ahead", "level", "rank", inside),
            (every, "all_ahead", "all_level", "overall_rank", ""),
        ):
            ranked = f"{among}({self._all('failed')}=0)"
            self._add(ahead, "rank", f"SUMPRODUCT({ranked}*({self._better(self._keys)}))", counts.ahead)
            equal = "*".join(f"({self._all(key)}={self._at(key)})" for key in self._keys)
            self._add(level, "rank", f"SUMPRODUCT({ranked}*{equal})", counts.level)
            formula = f"IF({self._at('failed')}=1,{NOTHING},{self._rank(ahead, level, ranked)})"
            self._add(rank, self._book.rank_kind, formula, self._ranking(rank))
        tied = f"IF({self._at('failed')}=1,0,IF({self._at('level')}>1,1,0))"
        self._add("tie", "rank", tied, [float(tie) for tie in self._book.facts.ranking["tie"]])

    def _rank(self, ahead: str, level: str, ranked: str) -> str:
        first, last = f"{self._at(ahead)}+1", f"{self._at(ahead)}+{self._at(level)}"
        each = f"({self._all(ahead)}<{self._at(ahead)})/({self._all(level)}+{self._all('failed')})"
        return {
            "competition": first,
            "modified": last,
            "dense": f"1+ROUND(SUMPRODUCT({ranked}*{each}),0)",
            "fractional": f"({first}+{last})/2",
        }[self._book.facts.system.ranking.method]

    def _better(self, keys: Sequence[str]) -> str:
        """Return where all units are ahead of one: greater in the first key, or equal in it and ahead in the others."""
        key, *others = keys
        greater = f"({self._all(key)}>{self._at(key)})"
        return f"{greater}+({self._all(key)}={self._at(key)})*({self._better(others)})" if others else greater

    def _grade(self, items: Items, over: Sequence[str]) -> None:
        facts, score = self._book.facts, self._at("score")
        levels = list(enumerate(self._levels, start=1))
        reached = str(len(levels))
        for place, level in reversed(levels[:-1]):
            reached = f"IF({score}>={self._rules['minimum', level.code]},{place},{reached})"
        by_score = [self._reached(score) for score in facts.ranking["score"]]
        self._add("reached", "rank", reached, by_score)
        before, after = "reached", by_score
        for name, place in zip(over, self._quotas, strict=True):
            after = [self._beyond(unit, now, place) for unit, now in enumerate(after)]
            self._add(name, "rank", self._quota(before, place), after)
            before = name
        codes: list[str] = [level.code for level in self._levels]
        caps = [self._cap(codes, veto) for veto in facts.ranking["veto"]]
        self._add("cap", "rank", items.cap, caps)
        final = f"IF({self._at('failed')}=1,{len(levels)},MAX({self._at(before)},{self._at('cap')}))"
        self._add("final", "rank", final, [codes.index(code) + 1 for code in facts.ranking["grade"]])
        labels = [quoted(self._book.words.label(level.label)) for level in self._levels]
        grades = [self._book.words.grade(code) for code in facts.ranking["grade"]]
        self._add("grade", "centre", f"CHOOSE({self._at('final')},{','.join(labels)})", grades)
        reasons = [self._book.say(f"reason.{reason}") for reason in facts.ranking["grade_reason"]]
        self._add("reason", "centre", self._reason(before), reasons)

    def _reached(self, score: float) -> int:
        minima = [level.minimum for level in self._levels]
        return next(place for place, least in enumerate(minima, start=1) if least is None or score >= least)

    def _line(self) -> str:
        """Return the position that has to lie inside a quota: the last of a full tie, or its first."""
        out = self._book.facts.system.grades.quota_tie == "out"
        return f"{self._at('ahead')}+{self._at('level') if out else '1'}"

    def _quota(self, before: str, place: int) -> str:
        least, quota = self._rules[("quota_minimum_group",)], self._rules["quota", self._levels[place - 1].code]
        size, now = self._at("size"), self._at(before)
        return (
            f"IF(AND({now}={place},{size}>={least},{self._line()}>INT(ROUND({quota}*{size}/100,9))),{place + 1},{now})"
        )

    def _beyond(self, unit: int, now: int, place: int) -> int:
        grades, size = self._book.facts.system.grades, self._book.facts.ranking["group_size"][unit]
        level: Level = self._levels[place - 1]
        if now != place or level.quota is None or size < grades.quota_minimum_group:
            return now
        position = self._counts.ahead[unit] + (self._counts.level[unit] if grades.quota_tie == "out" else 1)
        return now if position <= level.places(size) else place + 1

    def _cap(self, codes: Sequence[str], vetoes: str) -> int:
        capping = [self._book.facts.system.vetoes[code] for code in vetoes.split(";") if code]
        return max((codes.index(veto.cap) + 1 for veto in capping if veto.effect == "cap"), default=0)

    def _reason(self, before: str) -> str:
        words = {
            name: quoted(self._book.say(f"reason.{name}"))
            for name in ("threshold", "quota", "small_group", "cap", "veto")
        }
        now = self._at(before)
        said = f"IF({now}>{self._at('reached')},{words['quota']},{words['threshold']})"
        if self._quotas:
            limited = ",".join(f"{now}={place}" for place in self._quotas)
            small = f"{self._at('size')}<{self._rules[('quota_minimum_group',)]}"
            said = f"IF(AND({small},OR({limited})),{words['small_group']},{said})"
        capped = f"IF({self._at('cap')}>{now},{words['cap']},{said})"
        return f"IF({self._at('failed')}=1,{words['veto']},{capped})"

    def _two_year(self) -> None:
        facts, rule = self._book.facts, self._book.facts.system.grades.two_year
        last = facts.ranking["last_score"]
        kind = f"earlier_{facts.system.ranking.decimals}"
        self._add("last_score", kind, "", [NOT_A_NUMBER if score is None else score for score in last])
        results = [self._book.words.grade(code) if code else "" for code in facts.ranking["two_year_result"]]
        if rule is None:
            self._add("two_year", "centre", "", results)
            return
        now, before = self._at("score"), self._at("last_score")
        low, high = self._rules[("low",)], self._rules[("high",)]
        inside = f"AND(MIN({now},{before})>={low},MAX({now},{before})<={high})"
        result = quoted(self._book.words.grade(rule.result))
        self._add("two_year", "centre", f'IF(ISNUMBER({before}),IF({inside},{result},""),"")', results)

    def _position(self) -> None:
        groups, failed, number_ = self._all("group_number"), self._all("failed"), self._at("group_number")
        here = f"({groups}={number_})"
        ahead = self._at("ahead")
        above = f"(ROW({groups})<ROW({number_}))"
        out = f"SUMPRODUCT({here}*(({failed}=0)+({failed}=1)*{above}))"
        level = f"SUMPRODUCT({here}*({failed}=0)*({self._all('ahead')}={ahead})*{above})"
        formula = f'1+COUNTIF({groups},"<"&{number_})+IF({self._at("failed")}=1,{out},{ahead}+{level})'
        self._add("position", "rank", formula, order.positions(self._counts, self._numbers, self._failed))

    def _add(self, name: str, kind: str, formula: str, results: Sequence[float | str]) -> None:
        self.columns[name] = _Formula(kind=kind, formula=formula, results=results)

    def _ranking(self, name: str) -> list[float | str]:
        return [NOT_A_NUMBER if value is None else float(value) for value in self._book.facts.ranking[name]]

    def _at(self, name: str) -> str:
        return f"{self.letters[name]}{ROW}"

    def _all(self, name: str) -> str:
        letter, book = self.letters[name], self._book
        return f"${letter}${book.first}:${letter}${book.last}"
