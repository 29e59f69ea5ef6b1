"""Chromium, headless, told what to do over a pipe: DevTools' protocol without a port or a library.

Messages are JSON that ends with NUL; a command's answer has its id, everything else is an event.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FLAGS = (
    "--headless",
    "--no-sandbox",  # root has none, and CI is root
    "--disable-gpu",
    "--hide-scrollbars",
    # What is tested is a book, without a network: a browser that asks for updates, or keeps trying QUIC, waits for it.
    *("--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--no-first-run",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
    "--remote-debugging-pipe",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_WAIT_S = 600.0  # a thousand pages, turned one by one on a busy machine
_COMPLAINTS = ("error", "assert", "warning")


class BrowserError(Exception):
    """The browser ended, took too long, or says that a command, or the script of a page, failed."""


@dataclass(frozen=True)
class Screen:
    """A device: its size in CSS pixels, its pixels per CSS pixel, and what its user prefers."""

    width: int
    height: int
    scale: float = 1
    dark: bool = False


PHONE = Screen(360, 640)
TABLET = Screen(768, 1024)


def chromium() -> str:
    """The browser's path. Raises BrowserError if there is none."""
    if found := next(filter(None, map(shutil.which, _NAMES)), None):
        return found
    raise BrowserError("Chromium is not here: `make test-readers` brings it, or says how")


class Tab:
    """One page of a browser; `problems` is what its console and its network complained of since it was opened."""

    def __init__(self, browser: Browser, target: str, session: str) -> None:
        self._browser, self.target, self._session = browser, target, session
        self.problems: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The answer to a command. Raises BrowserError."""
        return self._browser.call(method, parameters, self._session)

    def show(self, screen: Screen) -> None:
        """Be seen on this device from now on."""
        size = {"width": screen.width, "height": screen.height, "deviceScaleFactor": screen.scale, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if screen.dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, address: str) -> None:
        """Load a page with all that belongs to it."""
        self.problems.clear()
        self._browser.events.clear()
        if error := self.call("Page.navigate", url=address).get("errorText"):
            raise BrowserError(f"{address}: {error}")
        self._browser.await_event("Page.loadEventFired", self._session)

    def evaluate(self, script: str) -> Any:
        """What an expression comes to, as JSON; a promise is waited for. Raises BrowserError."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if failed := answer.get("exceptionDetails"):
            raise BrowserError(_thrown(failed))
        return answer["result"].get("value")

    def picture(self) -> bytes:
        """What is seen, as PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    def hear(self, event: dict[str, Any]) -> None:
        """Keep what an event complains of."""
        said = event["params"]
        match event["method"]:
            case "Runtime.exceptionThrown":
                self.problems.append(_thrown(said["exceptionDetails"]))
            case "Runtime.consoleAPICalled" if said["type"] in _COMPLAINTS:
                words = (str(of.get("value", of.get("description"))) for of in said["args"])
                self.problems.append(f"{said['type']}: {' '.join(words)}")
            # Its warnings are advice to the reader on frames of its own.
            case "Log.entryAdded" if said["entry"]["level"] == "error":
                entry = said["entry"]
                self.problems.append(f"{entry['level']}: {entry['text']} {entry.get('url', '')}".rstrip())
            case "Network.loadingFailed" if not said.get("canceled"):
                self.problems.append(f"network: {said['errorText']} ({said['type']})")


class Browser:
    """A running Chromium with a profile of its own, new and empty: an old one begins with what was open last."""

    def __init__(self) -> None:
        self._profile = Path(tempfile.mkdtemp(prefix="postpress-browser-"))
        self.events: list[dict[str, Any]] = []
        self._tabs: dict[str, Tab] = {}
        self._next, self._heard = 0, b""
        theirs_in, self._to = os.pipe()
        self._from, theirs_out = os.pipe()
        command = [chromium(), *_FLAGS, f"--user-data-dir={self._profile}", "about:blank"]
        # Chromium reads commands from descriptor 3 and writes to 4. Ours may have these very numbers: lifted first.
        lifted = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in (theirs_in, theirs_out)]
        log = str(self._profile / "log")
        actions = [
            (os.POSIX_SPAWN_DUP2, lifted[0], 3),
            (os.POSIX_SPAWN_DUP2, lifted[1], 4),
            (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ]
        self._process = os.posix_spawn(command[0], command, os.environ, file_actions=actions, setpgroup=0)
        for end in (theirs_in, theirs_out, *lifted):
            os.close(end)

    def close(self) -> None:
        """End it and its children, and take its profile away."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.close(self._to)
        os.close(self._from)
        shutil.rmtree(self._profile, ignore_errors=True)

    def tab(self) -> Tab:
        """A new page, empty."""
        target = self.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self.call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        tab = Tab(self, target, session)
        self._tabs[session] = tab
        return tab

    def shut(self, tab: Tab) -> None:
        self.call("Target.closeTarget", {"targetId": tab.target})

    def call(self, method: str, parameters: dict[str, Any], session: str | None = None) -> dict[str, Any]:
        """The answer to a command. Raises BrowserError."""
        self._next += 1
        message = {"id": self._next, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._to, data) :]
        for heard in self._messages(method):
            if heard.get("id") == self._next:
                if "error" in heard:
                    raise BrowserError(f"{method}: {heard['error']['message']}")
                answer: dict[str, Any] = heard["result"]
                return answer
        raise BrowserError(f"{method}: no answer")

    def await_event(self, method: str, session: str) -> None:
        """Wait until it has happened since `events` was emptied. Raises BrowserError."""
        waited = (method, session)
        if any((event["method"], event.get("sessionId")) == waited for event in self.events):
            return
        for heard in self._messages(method):
            if (heard.get("method"), heard.get("sessionId")) == waited:
                return

    def _messages(self, awaited: str) -> Iterator[dict[str, Any]]:
        """What the browser says, as it says it; events are kept and given to their tabs."""
        until = time.monotonic() + _WAIT_S
        while True:
            while b"\0" not in self._heard:
                ready, _, _ = select.select([self._from], [], [], max(0, until - time.monotonic()))
                if not ready:
                    raise BrowserError(f"{awaited}: no answer within {_WAIT_S:.0f} s")
                data = os.read(self._from, 1 << 20)
                if not data:
                    log = (self._profile / "log").read_text(encoding="utf-8", errors="replace")
                    raise BrowserError(f"{awaited}: Chromium has ended\n{log}")
                self._heard += data
            line, _, self._heard = self._heard.partition(b"\0")
            message: dict[str, Any] = json.loads(line)
            if "method" in message:
                self.events.append(message)
                if tab := self._tabs.get(message.get("sessionId", "")):
                    tab.hear(message)
            yield message


def _thrown(details: dict[str, Any]) -> str:
    thrown = details.get("exception", {})
    return str(thrown.get("description") or thrown.get("value") or details["text"])
