"""Workbooks of ours as PDF, through LibreOffice where there is one. Never run on submitted files."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from evalengine.errors import OutputError, UsageError

PROGRAMS = (
    "soffice",
    "libreoffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
TOGETHER = 50  # files in one call
SECONDS = (120, 10)  # to start, and for each file
# what tells the day, in strings of their own length: positions in the file stay as they are
DATES = re.compile(rb"(?<=D:)\d{14}(?=[+\-Z])|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
IDENTITY = re.compile(rb"(?<=/ID \[ <)[0-9A-F]{32}>\s*<[0-9A-F]{32}|(?<=/DocChecksum /)[0-9A-F]{32}")


def program() -> str:
    """Return LibreOffice.

    Raises:
        UsageError: there is none.
    """
    for name in PROGRAMS:
        found = shutil.which(name)
        if found:
            return found
    raise UsageError("no_libreoffice")


def convert(workbooks: Sequence[Path], folder: Path) -> list[Path]:
    """Write workbooks as PDF; the day of writing is taken out, so that equal workbooks give equal files.

    Args:
        workbooks: workbooks this program wrote.
        folder: where.

    Raises:
        UsageError: there is no LibreOffice.
        OutputError: it did not write a file.
    """
    office = program()
    with tempfile.TemporaryDirectory(prefix="evalengine-") as profile:
        for start in range(0, len(workbooks), TOGETHER):
            _run(office, workbooks[start : start + TOGETHER], folder, Path(profile))
    written = [folder / f"{path.stem}.pdf" for path in workbooks]
    for path in written:
        if not path.is_file():
            raise OutputError("not_converted", file=path.name)
        path.write_bytes(_undated(path.read_bytes()))
    return written


def _run(office: str, workbooks: Sequence[Path], folder: Path, profile: Path) -> None:
    command = [office, "--headless", f"-env:UserInstallation={profile.resolve().as_uri()}", "--convert-to", "pdf"]
    command += ["--outdir", str(folder), *(str(path) for path in workbooks)]
    limit = SECONDS[0] + SECONDS[1] * len(workbooks)
    here = {**os.environ, "TZ": "UTC"}  # the zone is part of every date
    try:
        subprocess.run(command, capture_output=True, timeout=limit, check=True, env=here)  # noqa: S603 - found by `program`
    except (subprocess.SubprocessError, OSError) as error:
        raise OutputError("not_converted", file=workbooks[0].name) from error


def _undated(content: bytes) -> bytes:
    def zeros(found: re.Match[bytes]) -> bytes:
        return re.sub(rb"[0-9A-F]", b"0", found.group())

    return IDENTITY.sub(zeros, DATES.sub(lambda found: re.sub(rb"\d", b"0", found.group()), content))
