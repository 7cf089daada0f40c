"""Read files in processes of their own: one that dies, hangs or swells costs one file.

The processes run `evalengine.intake.worker` and are started as programs, not by multiprocessing: a copy of this
process (fork) may hold a lock of polars' threads for ever, and a spawned one runs the caller's script again. Bytes go
in, plain data come out, over pipes; the hash is taken here, of the very bytes the reader gets.
"""

from __future__ import annotations

import hashlib
import os
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from evalengine import text
from evalengine.errors import EvalengineError, UnreadableError
from evalengine.intake.guard import LARGEST_TABLE
from evalengine.intake.sheets import Sheet
from evalengine.intake.wire import LARGEST_ANSWER, WireError, packed, read_frame, sheets_in, unpacked, write_frame
from evalengine.intake.worker import MEMORY

ROOT = str(Path(__file__).parents[2])
# -P: a module in the working directory, where submitted files may lie, must not be found before Python's own.
START = "import sys; sys.path[:0] = {sys.argv[1]} - {*sys.path}; from evalengine.intake.worker import main; main()"
PROGRAM = (sys.executable, "-P", "-c", START, ROOT)
SECONDS = 10.0  # for one file; the largest allowed takes a tenth of it
SECONDS_TO_START = 60.0
BETWEEN_LOOKS = 0.02  # seconds between looks at a reader's memory where the system does not limit it
MOST_WORKERS = 8
LOCK_FILE = "~$"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FileContent:
    """What one file holds.

    Attributes:
        name: its name as problems give it.
        path: where it was read.
        sha256: hash of its content; empty if it could not be opened.
        size: its bytes.
        sheets: its sheets; none if it was refused.
        error: why it was refused.
    """

    name: str
    path: Path
    sha256: str
    size: int
    sheets: tuple[Sheet, ...]
    error: UnreadableError | None


def read_files(files: Iterable[tuple[str, Path]], *, workers: int | None = None) -> Iterator[FileContent]:
    """Yield what each file holds, in the order given; files are read ahead, a few more than there are workers.

    Args:
        files: names, as problems shall give them, and paths.
        workers: most processes at a time; by default as many as there are processors.

    Raises:
        EvalengineError: no reader can be started.
    """
    count = min(workers or os.cpu_count() or 1, MOST_WORKERS)
    readers = _Readers()
    waiting: deque[Future[FileContent]] = deque()
    with ThreadPoolExecutor(count) as threads:
        try:
            for name, path in files:
                waiting.append(threads.submit(_read, readers, name, path))
                if len(waiting) > 2 * count:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
            readers.close()


def _read(readers: _Readers, name: str, path: Path) -> FileContent:
    sha256, size = "", 0
    sheets: list[Sheet] = []
    refused: UnreadableError | None = None
    try:
        content = _content(name, path)
        sha256, size = hashlib.sha256(content).hexdigest(), len(content)
        sheets = readers.read(name, path.stem, content)
    except UnreadableError as error:
        refused = error
    return FileContent(name=name, path=path, sha256=sha256, size=size, sheets=tuple(sheets), error=refused)


def _content(name: str, path: Path) -> bytes:
    if path.name.startswith(LOCK_FILE):
        raise UnreadableError("lock_file", file=name)
    if not path.is_file():  # a pipe or a device would never end
        raise UnreadableError("not_readable", file=name)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_TABLE + 1)
            if len(content) > LARGEST_TABLE:
                raise UnreadableError("file_too_large", file=name, megabytes=path.stat().st_size // 2**20)
    except OSError as error:
        raise UnreadableError("not_readable", file=name) from error
    return content


class _Readers:
    """The processes of one run: idle ones are used again, those that failed are replaced."""

    def __init__(self) -> None:
        self.idle: queue.SimpleQueue[_Reader] = queue.SimpleQueue()
        self.started: list[_Reader] = []
        self.lock = threading.Lock()
        self.closed = False

    def read(self, name: str, stem: str, content: bytes) -> list[Sheet]:
        try:
            reader = self.idle.get_nowait()
        except queue.Empty:
            reader = self._start()
        try:
            sheets = reader.read(name, stem, content)
        finally:
            if reader.usable:
                self.idle.put(reader)
            else:
                reader.close()
        return sheets

    def _start(self) -> _Reader:
        with self.lock:
            if self.closed:
                raise EvalengineError("reader_not_started")
            reader = _Reader()
            self.started.append(reader)
        reader.greet()
        return reader

    def close(self) -> None:
        with self.lock:
            self.closed = True
            for reader in self.started:
                reader.close()


class _Reader:
    """One process, and what it may still be used for."""

    def __init__(self) -> None:
        try:
            self.process = subprocess.Popen(  # noqa: S603 - our own program, with fixed arguments
                PROGRAM,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "POLARS_MAX_THREADS": "1"},
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise EvalengineError("reader_not_started") from error
        if self.process.stdin is None or self.process.stdout is None:
            raise EvalengineError("reader_not_started")
        self.requests = self.process.stdin
        self.answers = self.process.stdout
        self.limited = True
        self.usable = True

    def greet(self) -> None:
        """Wait until the process has limited itself."""
        with _Watch(self.process, SECONDS_TO_START, limited=True):
            try:
                self.limited = unpacked(read_frame(self.answers) or b"")["limited"] is True
            except (WireError, KeyError, OSError, ValueError) as error:
                raise EvalengineError("reader_not_started") from error

    def read(self, name: str, stem: str, content: bytes) -> list[Sheet]:
        """Return the sheets of a file.

        Raises:
            UnreadableError: the file is refused, or the process did not survive it.
        """
        self.usable = False
        with _Watch(self.process, SECONDS, limited=self.limited) as watch:
            try:
                write_frame(self.requests, packed({"name": name, "stem": stem}))
                write_frame(self.requests, content)
                sheets = sheets_in(self._messages(name))
            except (WireError, OSError, ValueError) as error:
                raise UnreadableError(watch.reason or "reader_stopped", file=name) from error
        if watch.reason:  # the answer came just as time ran out: the process is gone, the answer is whole
            return sheets
        self.usable = True
        return sheets

    def _messages(self, name: str) -> Iterator[dict[str, Any]]:
        """Yield the messages of one answer.

        Raises:
            UnreadableError: the answer is a refusal.
            WireError: the answer has no end.
        """
        received = 0
        while (frame := read_frame(self.answers)) is not None:
            received += len(frame)
            message = unpacked(frame)
            if "error" in message:
                raise self._refusal(name, message)
            if "end" in message:
                return
            if received > LARGEST_ANSWER:
                break
            yield message
        raise WireError

    def _refusal(self, name: str, message: dict[str, Any]) -> UnreadableError:
        """Return the refusal a process sent, if it is one we have a sentence for."""
        code, facts = message["error"], message.get("facts", {})
        try:
            error = UnreadableError(str(code), **{**facts, "file": name})
            for language in text.LANGUAGES:
                error.message(language)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as broken:
            raise WireError from broken
        self.usable = code != "reader_memory"
        return error

    def close(self) -> None:
        self.usable = False
        self.process.kill()
        for stream in (self.requests, self.answers):
            try:
                stream.close()
            except OSError:  # what was not yet written can no longer be
                continue
        self.process.wait()


class _Watch:
    """Kill a process that takes too long, or too much memory where the system does not see to that."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float, *, limited: bool) -> None:
        self.process = process
        self.seconds = seconds
        self.limited = limited
        self.reason = ""
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self.thread.join()

    def _watch(self) -> None:
        end = time.monotonic() + self.seconds
        while (left := end - time.monotonic()) > 0:
            if self.done.wait(left if self.limited else min(left, BETWEEN_LOOKS)):
                return
            if not self.limited and _memory(self.process.pid) > MEMORY:
                self.reason = "reader_memory"
                self.process.kill()
                return
        self.reason = "reader_too_slow"
        self.process.kill()


def _memory(process: int) -> int:
    """Return how many bytes a process holds; 0 if it is gone."""
    import psutil  # noqa: PLC0415 - needed, and installed, only where the system limits no process

    try:
        return int(psutil.Process(process).memory_info().rss)
    except psutil.Error:
        return 0
