"""Ace by DAISY: what it says of the accessibility of ebooks, that of every file and of what the package claims.

    python -m tests.tools.ace FILE.epub…

A line a violation; ends with 1 if there was any. tests/readers/bring.py brings it, and Chromium.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.readers.browser import chromium
from tests.readers.desk import LIBRARIES

_START_MS = "60000"  # Ace 1.4.6 gives Chromium five seconds to start, which a busy machine does not keep
_WAIT_S = 600


def judged(ebook: Path) -> list[str]:
    """Its violations: file, rule, where, and what is wrong. Raises RuntimeError if Ace cannot say."""
    with tempfile.TemporaryDirectory(prefix="postpress-ace-") as folder:
        command = ["node", str(LIBRARIES / "@daisy/ace-cli/bin/ace.js"), "-f", "-o", folder, str(ebook)]
        # Ace logs into the home folder, and a test leaves nothing there.
        known = {"HOME": folder, "PUPPETEER_EXECUTABLE_PATH": chromium(), "ACE_TIMEOUT_INITIAL": _START_MS}
        ran = subprocess.run(
            command, env={**os.environ, **known}, capture_output=True, text=True, timeout=_WAIT_S, check=False
        )
        report = Path(folder, "report.json")
        if not report.exists():
            raise RuntimeError(f"Ace has no report on {ebook.name}:\n{ran.stdout}{ran.stderr}")
        said = json.loads(report.read_text(encoding="utf-8"))
    found = [
        f"{of['earl:testSubject']['url']}: {one['earl:test']['dct:title']}: {_told(one['earl:result'])}"
        for of in said["assertions"]
        for one in of["assertions"]
    ]
    if not found and said["earl:result"]["earl:outcome"] != "pass":
        raise RuntimeError(f"Ace fails {ebook.name} and does not say why")
    return found


def _told(result: dict[str, object]) -> str:
    return " ".join(f"{result.get('html', '')} {result.get('dct:description', '')}".split())


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
