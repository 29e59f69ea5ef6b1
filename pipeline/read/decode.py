"""Bytes → text. A wrong guess here would print wrong letters, so nothing is guessed: a byte order mark, a coding
declaration or valid UTF-8 decides, and anything else is an error that says what the bytes look like."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from pipeline.errors import Diagnostic, Location, SourceError, error

MAX_BYTES = 32 * 1024 * 1024

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins alike
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"coding[:=]\s*([-\w.]+)")  # PEP 263's form, which docutils reads too
# C0 and C1 controls that XML 1.0 (2.2 Characters) forbids or that no page can show, and the two non-characters.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")


def decode(path: Path) -> tuple[str, list[Diagnostic]]:
    """The text of a source file, and a diagnostic for each control character. Raises SourceError."""
    data = _bytes(path)
    if not data.strip():
        raise SourceError(error("SRC003", "the file is empty", Location(path), "write a title and a paragraph"))
    text = _text(data, path)
    if not text.strip("\ufeff \t\r\n"):
        raise SourceError(error("SRC003", "the file is empty", Location(path), "write a title and a paragraph"))
    lines = re.split("\r\n|\r|\n", text)
    faults = [
        error("SRC006", f"control character U+{ord(found[0]):04X}", Location(path, number), "delete it")
        for number, line in enumerate(lines, 1)
        if (found := _CONTROL.search(line))
    ]
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", "\n".join(lines)), faults


def _bytes(path: Path) -> bytes:
    if path.is_dir():
        hint = f"name a file in it: {path}/NAME.rst"
        raise SourceError(error("SRC002", "a folder, not a reStructuredText file", Location(path), hint))
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SourceError(error("SRC007", f"larger than {MAX_BYTES // 2**20} MiB", Location(path), "split it"))
        return path.read_bytes()
    except FileNotFoundError as fault:
        raise SourceError(error("SRC001", "no such file", Location(path), _neighbours(path))) from fault
    except OSError as fault:
        raise SourceError(error("SRC001", f"cannot be read: {fault.strerror}", Location(path))) from fault


def _neighbours(path: Path) -> str:
    import difflib

    names = [p.name for p in path.parent.glob("*.rst")] if path.parent.is_dir() else []
    near = difflib.get_close_matches(path.name, names, n=1)
    return f"did you mean {path.parent / near[0]}?" if near else ""


def _text(data: bytes, path: Path) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data, encoding, path)
    if declared := _DECLARED.search(b"\n".join(data.splitlines()[:2])):
        name = declared[1].decode("ascii")
        try:
            codecs.lookup(name)
        except LookupError as fault:
            place = Location(path, 1)
            raise SourceError(error("SRC005", f"unknown encoding {name!r}", place, "save the file as UTF-8")) from fault
        return _strict(data, name, path)
    if b"\0" in data:
        raise SourceError(error("SRC004", "a binary file, not text", Location(path)))
    return _strict(data, "utf-8", path)


def _strict(data: bytes, encoding: str, path: Path) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        before, after = data[: fault.start].rpartition(b"\n")[2], data[fault.start :].partition(b"\n")[0]
        around = (before[-12:] + after[:12]).decode("latin-1").strip()
        hint = f"save it as UTF-8; if “{around}” reads right, “.. coding: latin-1” as its first line will do"
        message = f"byte 0x{data[fault.start]:02X} is not {encoding.upper()}"
        raise SourceError(error("SRC005", message, Location(path, line), hint)) from fault
