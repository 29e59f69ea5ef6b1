"""Ace by DAISY: what it says of the accessibility of ebooks, that of every file and of what the package claims.

    python -m tests.tools.ace FILE.epub…

A line a violation; ends with 1 if there was any. tests/readers/bring.py brings it, and Chromium. One of each stays for
all books of a process, since Ace takes seconds to start.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.readers.browser import chromium
from tests.tools.standing import answer, started

_START_MS = "60000"  # Ace 1.4.6 gives Chromium five seconds to start, which a busy machine does not keep


def judged(ebook: Path) -> list[str]:
    """Its violations: file, rule, where, and what is wrong. Raises RuntimeError if Ace cannot say."""
    with tempfile.TemporaryDirectory(prefix="postpress-ace-") as folder:
        if not (said := answer(_judge(), f"{ebook.resolve()}\t{folder}")):
            raise RuntimeError("Ace has ended")
        if failure := json.loads(said):
            raise RuntimeError(f"Ace has no report on {ebook.name}:\n{failure}")
        report = json.loads(Path(folder, "report.json").read_text(encoding="utf-8"))
    found = [
        f"{of['earl:testSubject']['url']}: {one['earl:test']['dct:title']}: {_told(one['earl:result'])}"
        for of in report["assertions"]
        for one in of["assertions"]
    ]
    if not found and report["earl:result"]["earl:outcome"] != "pass":
        raise RuntimeError(f"Ace fails {ebook.name} and does not say why")
    return found


def _told(result: dict[str, object]) -> str:
    return " ".join(f"{result.get('html', '')} {result.get('dct:description', '')}".split())


@cache
def _home() -> tempfile.TemporaryDirectory[str]:
    """Ace logs into the home folder, and a test leaves nothing there."""
    return tempfile.TemporaryDirectory(prefix="postpress-ace-")


@cache
def _judge() -> subprocess.Popen[str]:
    known = {"HOME": _home().name, "PUPPETEER_EXECUTABLE_PATH": chromium(), "ACE_TIMEOUT_INITIAL": _START_MS}
    return started(["node", "tests/readers/ace.cjs"], {**os.environ, **known})


def main(names: list[str]) -> int:
    wrong = 0
    for name in names:
        found = judged(Path(name))
        wrong += len(found)
        for line in found or ["no violation"]:
            print(f"{name}: {line}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
