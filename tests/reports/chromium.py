"""Chromium for the tests: how it is started, and a page in it driven by real keys.

The keys go over the pipe of the DevTools protocol, for which nothing has to be installed.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip
KEYS = {
    "Tab": 9, "Enter": 13, "Escape": 27, " ": 32, "PageUp": 33, "PageDown": 34, "End": 35, "Home": 36,
    "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40,
}  # fmt: skip
TYPED = {"Enter": "\r", " ": " "}
SHIFT = 8
LONGEST = 60  # seconds a browser may take to answer
PIPE_IN, PIPE_OUT, FREE = 3, 4, 10  # where a browser reads commands and writes answers; descriptors clear of them


class Page:
    """A page that is open in a browser.

    Args:
        reading: the descriptor of the browser's answers.
        writing: the descriptor of the commands to it.
    """

    def __init__(self, reading: int, writing: int) -> None:
        self._reading, self._writing = reading, writing
        self._asked, self._rest = 0, b""
        self._session = ""
        self.log: list[str] = []

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """Send a command and return its answer."""
        self._asked += 1
        asked = {"id": self._asked, "method": method, "params": parameters}
        asked |= {"sessionId": self._session} if self._session else {}
        os.write(self._writing, json.dumps(asked).encode() + b"\0")
        for said in self._said():
            if said.get("id") == self._asked:
                assert "error" not in said, said
                found: dict[str, Any] = said["result"]
                return found
            if said.get("method") in {"Runtime.exceptionThrown", "Log.entryAdded"}:
                self.log.append(json.dumps(said["params"]))
        message = f"the browser went away or said nothing for {LONGEST} seconds"
        raise AssertionError(message)

    def _said(self) -> Iterator[dict[str, Any]]:
        while True:
            while b"\0" not in self._rest:
                ready, _, _ = select.select([self._reading], [], [], LONGEST)
                more = os.read(self._reading, 1 << 16) if ready else b""
                if not more:
                    return
                self._rest += more
            line, _, self._rest = self._rest.partition(b"\0")
            yield json.loads(line)

    def open(self, path: Path, size: tuple[int, int], address: str = "") -> None:
        """Show a page in a window of a size and wait until it is there."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        self.resize(*size)
        self.call("Page.navigate", url=f"{path.as_uri()}#{address}")
        shown = """new Promise((done) => (function wait() {
          const main = document.getElementById("main"), refusal = document.getElementById("refusal");
          if (main && refusal && !(main.hidden && refusal.hidden)) done(true); else setTimeout(wait, 20);
        })())"""
        assert self.ask(shown)

    def resize(self, width: int, height: int) -> None:
        """Give the window another size."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def ask(self, expression: str) -> Any:
        """Return the value of an expression in the page."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def press(self, key: str, times: int = 1, *, shift: bool = False) -> None:
        """Press a key, or type a letter."""
        code = KEYS.get(key, ord(key[0].upper()))
        text = TYPED.get(key, key if len(key) == 1 else "")
        facts = {"key": key, "windowsVirtualKeyCode": code, "modifiers": SHIFT if shift else 0}
        for _ in range(times):
            self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **facts)
            self.call("Input.dispatchKeyEvent", type="keyUp", **facts)

    def write(self, text: str) -> None:
        """Type a text."""
        for letter in text:
            self.press(letter)

    def end(self) -> None:
        """Ask the browser to close."""
        self._session = ""
        self.call("Browser.close")


@contextmanager
def opened(browser: str, folder: Path) -> Iterator[Page]:
    """Yield a browser with its own profile in a folder."""
    commands, answers = os.pipe(), os.pipe()
    asking, answering = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, FREE) for end in (commands[0], answers[1]))
    command = [browser, *OPTIONS, f"--user-data-dir={folder}", "--remote-debugging-pipe"]
    silent = [(os.POSIX_SPAWN_OPEN, place, os.devnull, os.O_RDWR, 0) for place in (1, 2)]
    wired = [(os.POSIX_SPAWN_DUP2, asking, PIPE_IN), (os.POSIX_SPAWN_DUP2, answering, PIPE_OUT)]
    started = os.posix_spawn(browser, command, os.environ, file_actions=[*silent, *wired])
    for end in (commands[0], answers[1], asking, answering):
        os.close(end)
    page = Page(answers[0], commands[1])
    try:
        yield page
    finally:
        try:
            page.end()
        except (AssertionError, OSError):
            os.kill(started, signal.SIGKILL)
            raise
        finally:
            os.waitpid(started, 0)
        for end in (answers[0], commands[1]):
            os.close(end)
