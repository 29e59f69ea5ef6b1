"""What was built from what: one record beside each output's folder, and the question whether it still holds.

A record names every file an output was made from, with its digest, and one fingerprint for the rest: the edition, its
styles, the settings, the engines' versions and this package's own code.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from pipeline.errors import Diagnostic, Location, OutputError, Severity, error
from pipeline.model import Edition
from pipeline.settings import Settings

FOLDER = ".cache"
_MEND = "what was there before is untouched; make room or choose another folder with --output"

# Whatever of these changes may change a page or an ebook.
_ENGINES = ("docutils", "ebooklib", "fonttools", "lxml", "pikepdf", "pillow", "pydyf", "pypdfium2", "weasyprint")


@dataclass(frozen=True, slots=True)
class Record:
    """How an output came to be. Digests are SHA-256 in hex; `said` is what the build had to say of it."""

    fingerprint: str
    inputs: dict[str, str]
    output: str
    said: tuple[Diagnostic, ...] = ()


def fingerprint(edition: Edition, styles: str, settings: Settings) -> str:
    """One digest of everything but the files an output is made from."""
    facts = {
        "edition": asdict(edition),
        "styles": styles,
        "settings": asdict(settings),
        "engines": _versions((*_ENGINES, *("fontpkg-" + name.lower().replace(" ", "-") for name in edition.fonts))),
        "pango": _pango(),
        "code": _code(),
        "epoch": os.environ.get("SOURCE_DATE_EPOCH", ""),
    }
    return digest(json.dumps(facts, sort_keys=True).encode())


def recall(output: Path, now: str) -> Record | None:
    """The record of an output if it still holds: nothing it was made from has changed, nor the output itself."""
    try:
        stored = json.loads(_place(output).read_text(encoding="utf-8"))
        record = Record(stored["fingerprint"], stored["inputs"], stored["output"], tuple(map(_said, stored["said"])))
        unchanged = (digest(Path(name).read_bytes()) == was for name, was in record.inputs.items())
        whole = record.fingerprint == now and digest(output.read_bytes()) == record.output
        return record if whole and all(unchanged) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # no record, or one that another version or an accident wrote: build again


def digests(inputs: Iterable[Path]) -> dict[str, str]:
    """The digest of each file an output is made from."""
    return {str(path): digest(path.read_bytes()) for path in inputs}


def remember(output: Path, now: str, inputs: dict[str, str], data: bytes, said: tuple[Diagnostic, ...]) -> None:
    """Record how an output came to be. Raises OutputError."""
    stored = {
        "fingerprint": now,
        "inputs": inputs,
        "output": digest(data),
        "said": [
            [d.code, d.severity, d.message, str(d.where.path) if d.where else None, d.where and d.where.line, d.hint]
            for d in said
        ],
    }
    write(_place(output), json.dumps(stored, indent=1, ensure_ascii=False).encode())


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: whoever looks sees the old one or the new one. Raises OutputError."""
    rooms = path.parent if path.parent.name == FOLDER else path.parent / FOLDER
    draft = rooms / f"{path.name}.{os.getpid()}"
    try:
        rooms.mkdir(parents=True, exist_ok=True)
        try:
            with draft.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as fault:
        raise OutputError(error("OUT001", f"cannot be written: {fault.strerror}", Location(path), _MEND)) from fault


@contextmanager
def scratch(folder: Path) -> Iterator[None]:
    """Engines keep their temporary files below the output folder; those of a killed build go with the next one.

    Raises OutputError.
    """
    rooms = folder / FOLDER
    try:
        rooms.mkdir(parents=True, exist_ok=True)
        for left in rooms.glob("scratch-*"):
            if not _alive(int(left.name.partition("-")[2])):
                shutil.rmtree(left, ignore_errors=True)
        room = rooms / f"scratch-{os.getpid()}"
        room.mkdir(exist_ok=True)
    except OSError as fault:
        raise OutputError(error("OUT001", f"cannot be written: {fault.strerror}", Location(folder), _MEND)) from fault
    before, tempfile.tempdir = tempfile.tempdir, str(room.resolve())
    try:
        yield
    finally:
        tempfile.tempdir = before
        shutil.rmtree(room, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _place(output: Path) -> Path:
    return output.parent / FOLDER / f"{output.name}.json"


def _said(row: list[Any]) -> Diagnostic:
    code, severity, message, path, line, hint = row
    return Diagnostic(code, Severity(severity), message, Location(Path(path), line) if path else None, hint)


def _versions(packages: Iterable[str]) -> dict[str, str]:
    known = {}
    for name in packages:
        try:
            known[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            known[name] = ""
    return known


def _pango() -> int:
    """Pango lays out the lines and is the one engine that comes from the system; 0 if it is not here."""
    for name in ("libpango-1.0.so.0", "libpango-1.0.0.dylib"):
        try:
            return int(ctypes.CDLL(name).pango_version())
        except OSError:
            continue
    return 0


@cache
def _code() -> str:
    """A digest of this package's own source: a changed pipeline rebuilds."""
    total = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        total.update(path.read_bytes())
    return total.hexdigest()
