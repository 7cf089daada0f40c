"""The process that reads files: it gets their bytes, limits itself, and answers with sheets or a refusal.

It opens no file and writes none. Started by `isolation`, never by hand.
"""

from __future__ import annotations

import os
import sys
from typing import BinaryIO

from evalengine.errors import UnreadableError
from evalengine.intake.formats import read_sheets
from evalengine.intake.guard import LARGEST_TABLE
from evalengine.intake.wire import packed, read_frame, sheet_messages, unpacked, write_frame

MEMORY = 900_000_000  # bytes of address space; what a process holds can only be less
SECONDS_OF_CPU = 60  # ends a reader whose parent is gone; while it lives the parent's clock is stricter


def main() -> None:
    """Answer requests until there are no more."""
    requests, answers = _channels()
    limited = _limit_memory()
    write_frame(answers, packed({"limited": limited}))
    while (head := read_frame(requests)) is not None:
        request = unpacked(head)
        content = read_frame(requests, LARGEST_TABLE)
        _limit_time()
        try:
            for message in _messages(request["name"], request["stem"], content or b""):
                write_frame(answers, packed(message))
        except MemoryError:
            content = None
            write_frame(answers, packed({"error": "reader_memory", "facts": {}}))
            return


def _messages(name: str, stem: str, content: bytes) -> list[dict[str, object]]:
    try:
        sheets = read_sheets(name, stem, content)
    except UnreadableError as error:
        return [{"error": error.code, "facts": dict(error.facts)}]
    return [*sheet_messages(sheets), {"end": True}]


def _channels() -> tuple[BinaryIO, BinaryIO]:
    """Return the streams to the parent; whatever a library prints goes nowhere."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    return requests, answers


def _limit_memory() -> bool:
    """Return whether the system limits this process; where it does not, the parent watches it."""
    if sys.platform != "linux":  # macOS accepts the limit and ignores it; Windows has none
        return False
    import resource  # noqa: PLC0415 - not on every platform

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    return True


def _limit_time() -> None:
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 - not on every platform

        used = resource.getrusage(resource.RUSAGE_SELF)
        seconds = int(used.ru_utime + used.ru_stime) + SECONDS_OF_CPU
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
