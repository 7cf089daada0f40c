"""What can go wrong, as one tree of exceptions and one kind of record.

    EvalengineError
    ├── UsageError          wrong call, option or name                     exit code 2
    ├── SchemeError         an indicator system or profile is refused      exit code 2
    ├── MethodError         a numerical method cannot answer               exit code 2
    ├── DataError           the submitted data have errors                 exit code 1
    ├── UnreadableError     a file cannot be read, or not safely           exit code 3
    ├── OutputError         the destination exists or is busy              exit code 4
    └── VerificationError   a recomputation does not agree                 exit code 5

An exception is for callers and stops the work. A `Problem` is expected: problems are collected, all of them, and
reported together. Both hold a code and facts; the sentences come from `evalengine.text`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from evalengine import text

Severity = Literal["error", "warning"]
Fact = str | int | float | None


MOST_LINES = 200  # problems told one by one in a message; workbooks and JSON hold more


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with submitted data or with a scheme.

    Attributes:
        severity: an `error` stops the assessment, a `warning` is reported.
        code: key of the sentences in `text/<language>/problems.toml`.
        file: name of the file, as given.
        sheet: name of the worksheet; empty for files without sheets.
        cell: address such as `C7`; empty where no single cell is at fault.
        table: code of the table.
        field: code of the column, field, indicator or scheme key.
        unit: id of the unit.
        year: year of the row.
        value: what was found, as text.
        facts: further values the sentence names.
    """

    severity: Severity
    code: str
    file: str = ""
    sheet: str = ""
    cell: str = ""
    table: str = ""
    field: str = ""
    unit: str = ""
    year: int | None = None
    value: str = ""
    facts: Mapping[str, Fact] = dataclasses.field(default_factory=dict)

    def message(self, language: str) -> str:
        """Return what is wrong, in one sentence."""
        return text.sentence(f"problems.{self.code}.message", language, **self._all_facts())

    def remedy(self, language: str) -> str:
        """Return what to do about it, in one sentence."""
        return text.sentence(f"problems.{self.code}.remedy", language, **self._all_facts())

    def line(self, language: str) -> str:
        """Return kind, place, what is wrong and what to do, in one line."""
        facts = {"message": self.message(language), "remedy": self.remedy(language)}
        kind = text.sentence(f"cli.severity.{self.severity}", language)
        place = self.where() or " ".join(part for part in (self.unit, str(self.year or "")) if part) or self.field
        place = place or text.sentence("cli.everything", language)
        return text.sentence("cli.problem", language, kind=kind, where=place, **facts)

    def where(self) -> str:
        """Return `file!sheet!cell`, without the parts that are empty."""
        return "!".join(part for part in (self.file, self.sheet, self.cell) if part)

    def _all_facts(self) -> dict[str, Fact]:
        own: dict[str, Fact] = {
            "file": self.file,
            "sheet": self.sheet,
            "cell": self.cell,
            "table": self.table,
            "field": self.field,
            "unit": self.unit,
            "year": self.year,
            "value": self.value,
        }
        return {**own, **self.facts}


class EvalengineError(Exception):
    """Base of everything evalengine raises on purpose.

    Args:
        code: key of the sentence in `text/<language>/errors.toml`.
        facts: the values the sentence names.
    """

    exit_code = 70

    def __init__(self, code: str, **facts: Fact) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def message(self, language: str) -> str:
        """Return what went wrong, where, and what to do."""
        return text.sentence(f"errors.{self.code}", language, **self.facts)

    def __str__(self) -> str:
        return self.message(text.default_language())


class UsageError(EvalengineError):
    """A call, an option or a name is wrong."""

    exit_code = 2


class MethodError(EvalengineError, ValueError):
    """A numerical method cannot answer for these inputs; names the method and the column."""

    exit_code = 2


class UnreadableError(EvalengineError):
    """A file cannot be read, or cannot be read safely.

    Attributes:
        others: the same of further files of the same call: all of them are told at once.
    """

    exit_code = 3
    others: tuple[UnreadableError, ...] = ()

    @classmethod
    def together(cls, errors: Sequence[UnreadableError]) -> UnreadableError:
        """Return one error that tells these, one or more."""
        first, *others = errors
        made = cls(first.code, **first.facts)
        made.others = tuple(others)
        return made

    def message(self, language: str) -> str:
        """Return one line for each file."""
        return "\n".join((super().message(language), *(other.message(language) for other in self.others)))


class OutputError(EvalengineError):
    """The destination exists already or another run is writing it."""

    exit_code = 4


class VerificationError(EvalengineError):
    """A recomputation does not agree with what was archived."""

    exit_code = 5


def foremost(problems: Sequence[Problem], most: int) -> tuple[Sequence[Problem], int]:
    """Return the problems to list, and how many are left out: where they are too many to be read, errors come first."""
    if len(problems) <= most:
        return problems, 0
    return sorted(problems, key=lambda problem: problem.severity != "error")[:most], len(problems) - most


class ProblemsError(EvalengineError):
    """Base of the errors that carry a list of problems.

    Attributes:
        problems: all of them, in the order found.
    """

    def __init__(self, code: str, problems: Sequence[Problem], **facts: Fact) -> None:
        errors = sum(problem.severity == "error" for problem in problems)
        super().__init__(code, count=errors, **facts)
        self.problems = tuple(problems)

    def message(self, language: str) -> str:
        """Return the sentence and one line for each problem, for the first of very many."""
        lines = [super().message(language)]
        listed, left_out = foremost(self.problems, MOST_LINES)
        lines += [f"  {problem.line(language)}" for problem in listed]
        if left_out:
            lines.append(text.sentence("cli.left_out", language, count=left_out))
        return "\n".join(lines)


class SchemeError(ProblemsError):
    """An indicator system or a weight profile is wrong and was refused before any data were read."""

    exit_code = 2


class DataError(ProblemsError):
    """The submitted data have errors; nothing was scored and nothing written."""

    exit_code = 1
