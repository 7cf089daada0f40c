"""Write beside the destination, then rename: what was saved before is whole until the new one is."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from evalengine.errors import OutputError

SUFFIX = ".staging"
ABANDONED_AFTER = 3600  # seconds without a change after which a staging folder belongs to nobody
PATIENCE = 5.0  # seconds to wait for somebody who is writing the same file
EDITORS = ("~${name}", ".~lock.{name}#")  # what Excel and WPS, and LibreOffice, put beside an open file


def staging_folder(destination: Path) -> Path:
    """Return a fresh hidden folder beside the destination; remove those that killed runs left behind.

    Raises:
        OutputError: the folder of the destination cannot be written.
    """
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        for path in destination.parent.glob(f".{destination.name}.*{SUFFIX}"):
            if time.time() - path.stat().st_mtime > ABANDONED_AFTER:
                shutil.rmtree(path, ignore_errors=True)
        return Path(tempfile.mkdtemp(prefix=f".{destination.name}.", suffix=SUFFIX, dir=destination.parent))
    except OSError as error:
        raise OutputError("output_not_writable", folder=str(destination), detail=str(error)) from error


def flush(path: Path) -> None:
    """Make sure a file is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


@contextmanager
def exclusive(file: Path) -> Iterator[None]:
    """Hold a file for this process alone, by a hidden file beside it; the system lets go of it if the process dies.

    Raises:
        OutputError: another process holds it, it is open in an editor, or its folder cannot be written.
    """
    for pattern in EDITORS:
        if file.with_name(pattern.format(name=file.name)).exists():
            raise OutputError("output_open", file=str(file))
    try:
        handle = file.with_name(f".{file.name}.lock").open("ab")
    except OSError as error:
        raise OutputError("output_not_writable", folder=str(file), detail=str(error)) from error
    with handle:
        deadline = time.monotonic() + PATIENCE
        while not _locked(handle):
            if time.monotonic() > deadline:
                raise OutputError("output_busy", file=str(file))
            time.sleep(0.05)
        yield


def _locked(handle: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - exists there only

            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - does not exist on Windows

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
