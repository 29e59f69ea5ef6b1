"""What was built from what: one record beside each output's folder, and the question whether it still holds.

A record names every file an output was made from, with its digest, and one fingerprint for the rest: the edition, its
styles, the settings, the engines' versions and this package's own code.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct, field, to_builtins

from pipeline import doctor, scripts
from pipeline.errors import Diagnostic, Location, OutputError, Severity, error
from pipeline.model import Edition

FOLDER = ".cache"
_ABSENT = "absent"  # in a digest's place
_DRAFT = "draft-"  # what a build is making; its process follows

# Whatever of these changes may change a page or an ebook.
_ENGINES = ("cssselect2", "docutils", "fonttools", "lxml", "pikepdf", "pillow", "pydyf", "tinycss2", "weasyprint")
_OF_EBOOKS = ("ebooklib", "pypdfium2")


class Record(Struct, frozen=True):
    """How an output came to be. Digests are SHA-256 in hex; `said` is what the build had to say of it."""

    fingerprint: str
    essence: str  # the fingerprint with the bound book in place of the settings
    inputs: dict[str, str]
    output: str
    said: tuple[Diagnostic, ...] = ()
    beside: dict[str, str] = field(default_factory=dict)  # other files in the output's folder, by name


def fingerprint(edition: Edition, styles: str, told: object) -> str:
    """One digest of everything but the files an output is made from; `told` is what is said of it otherwise."""
    families = (name for name in edition.fonts if name not in scripts.supplied())
    packages = (*("fontpkg-" + name.lower().replace(" ", "-") for name in families), *scripts.PACKAGES)
    facts = {
        "edition": to_builtins(edition),
        "styles": styles,
        "told": repr(told),
        "engines": _versions((*_ENGINES, *(() if edition.page else _OF_EBOOKS), *packages)),
        "libraries": [sys.version, zlib.ZLIB_RUNTIME_VERSION, *doctor.type_setters()],
        "code": _code(),
        "epoch": os.environ.get("SOURCE_DATE_EPOCH", ""),
    }
    return digest(json.dumps(facts, sort_keys=True).encode())


def ground(packages: Iterable[str]) -> str:
    """What results of these packages and of our own code depend on beside what goes in."""
    return digest(repr((_versions(packages), sys.version, _code(), os.environ.get("SOURCE_DATE_EPOCH", ""))).encode())


def surroundings() -> str:
    """What any result depends on beside what goes in: every engine, its libraries, and our own code."""
    libraries = (sys.version, zlib.ZLIB_RUNTIME_VERSION, doctor.type_setters())
    return digest(repr((_versions((*_ENGINES, *_OF_EBOOKS)), libraries, _code())).encode())


def unchanged(inputs: Mapping[str, str]) -> bool:
    """Whether each of these files still has its digest, and none has come that was absent."""
    try:
        return all(_digest(Path(name)) == was for name, was in inputs.items())
    except OSError:
        return False


def recall(output: Path) -> Record | None:
    """The record of an output, if there is one and the output is what it says."""
    try:
        stored = json.loads(_place(output).read_text(encoding="utf-8"))
        said = tuple(map(_said, stored["said"]))
        known = {name: stored[name] for name in ("fingerprint", "essence", "inputs", "output", "beside")}
        record = Record(**known, said=said)
        files = {output.name: record.output, **record.beside}
        whole = all(digest((output.parent / name).read_bytes()) == was for name, was in files.items())
        return record if whole else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # no record, or one that another version or an accident wrote: build again


def holds(record: Record, now: str, source: Path) -> bool:
    """Whether an output was made from this source as things are now: nothing it was made from has changed."""
    first = Path(next(iter(record.inputs), ""))
    return first.resolve() == source.resolve() and record.fingerprint == now and unchanged(record.inputs)


def digests(inputs: Iterable[Path], since_s: float) -> dict[str, str]:
    """The digest of each file an output is made from, or would be if it were there.

    '' for one written, come or gone since a time, which may be another by now.
    """
    now_s = time.time()
    return {
        # Times to come are of other clocks, and say nothing.
        str(path): "" if since_s <= _changed_s(path) <= now_s else _digest(path)
        for path in inputs
    }


def _changed_s(path: Path) -> float:
    """When a file was written; when its folder was, if it is absent, since that is when it went."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return path.parent.stat().st_mtime


def _digest(path: Path) -> str:
    """Of what a file holds, or of the names in a folder that was searched. Raises OSError."""
    try:
        return digest(path.read_bytes())
    except FileNotFoundError:
        return _ABSENT
    except IsADirectoryError:
        return digest(repr(sorted(os.listdir(path))).encode())  # noqa: PTH208


def remember(output: Path, record: Record) -> None:
    """Record how an output came to be. Raises OutputError."""
    stored = {
        "fingerprint": record.fingerprint,
        "essence": record.essence,
        "inputs": record.inputs,
        "output": record.output,
        "beside": record.beside,
        "said": [
            [d.code, d.severity, d.message, str(d.where.path) if d.where else None, d.where and d.where.line, d.hint]
            for d in record.said
        ],
    }
    write(_place(output), json.dumps(stored, indent=1, ensure_ascii=False).encode())


def write(path: Path, data: bytes, *, sync: bool = True) -> None:
    """Write a file whole or not at all: whoever looks sees the old one or the new one. Raises OutputError.

    Without `sync` a power cut may leave it empty, which is enough for what can be made again.
    """
    drafts = next((folder for folder in path.parents if folder.name == FOLDER), path.parent / FOLDER)
    draft = drafts / f"{_DRAFT}{os.getpid()}-{path.name}"
    with _telling(path):
        drafts.mkdir(parents=True, exist_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with draft.open("wb") as file:
                file.write(data)
                if sync:
                    file.flush()
                    os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)


@contextmanager
def scratch(folder: Path) -> Iterator[None]:
    """Engines keep their temporary files below the output folder; those of a killed build go with the next one.

    Raises OutputError.
    """
    import shutil
    import tempfile

    place = folder / FOLDER / f"{_DRAFT}{os.getpid()}"
    with _telling(folder):
        place.parent.mkdir(parents=True, exist_ok=True)
        for left in place.parent.glob(f"{_DRAFT}*"):
            process = left.name.removeprefix(_DRAFT).partition("-")[0]
            if process.isdecimal() and not _alive(int(process)):
                shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
        place.mkdir(exist_ok=True)
    before, tempfile.tempdir = tempfile.tempdir, str(place.resolve())
    variable = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = tempfile.tempdir  # for the processes that are started
    try:
        yield
    finally:
        tempfile.tempdir = before
        if variable is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = variable
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise unwritable(path, fault) from fault


def unwritable(path: Path, fault: OSError) -> OutputError:
    hint = "what was there before is untouched; make room or choose another folder with --output"
    return OutputError(error("OUT001", f"cannot be written: {fault.strerror}", Location(path), hint))


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
    """The version of each package, '' for one that is not here."""
    known = _installed()
    return {name: known.get(name.replace("-", "_"), "") for name in packages}


@cache
def _installed() -> dict[str, str]:
    """Package → version, by the folders that installers leave (PEP 427): importlib.metadata would open each of them."""
    found: dict[str, str] = {}
    for place in filter(os.path.isdir, sys.path):
        for folder in os.listdir(place):  # noqa: PTH208
            if folder.endswith((".dist-info", ".egg-info")):
                name, _, version = folder.rpartition(".")[0].partition("-")
                found.setdefault(re.sub(r"[-_.]+", "_", name).lower(), version)
    return found


@cache
def _code() -> str:
    """A digest of this package's own source and labels: a changed pipeline rebuilds."""
    total = hashlib.sha256()
    for folder, names, files in os.walk(Path(__file__).parent):
        names.sort()
        for name in sorted(files):
            if name.endswith((".py", ".toml")):
                total.update(Path(folder, name).read_bytes())
    return total.hexdigest()
