"""Bytes → text. A wrong guess here would print wrong letters, so nothing is guessed: a byte order mark, a coding
declaration or valid UTF-8 decides, and anything else is an error that says what the bytes look like; or, where that is
asked for, read as Windows-1252, as browsers do."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from pipeline.errors import Diagnostic, Location, SourceError, error, nearest
from pipeline.read.limits import MAX_BYTES

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins alike
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# PEP 263's form, in a comment of its own: a title may well speak of coding.
_DECLARED = re.compile(rb"^\.\.[ \t].*?coding[:=]\s*([-\w.]+)", re.MULTILINE)
# C0 and C1 controls that XML 1.0 (2.2 Characters) forbids or that no page can show, and the two non-characters.
CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")


def decode(path: Path, *, guess: bool = False) -> tuple[str, list[Diagnostic]]:
    """The text of a source file, and a diagnostic for each control character. Raises SourceError."""
    text, faults = decoded(path, guess=guess)
    if not text.strip("\ufeff \t\r\n"):
        faults.append(error("SRC003", "the file is empty", Location(path), "write a title and a paragraph"))
    return text, faults


def decoded(path: Path, *, guess: bool = False) -> tuple[str, list[Diagnostic]]:
    """The same of a file that may be empty: one that is included."""
    data = _bytes(path)
    faults: list[Diagnostic] = []
    try:
        text = _text(data, path)
    except SourceError as refused:
        if not guess or any(fault.code != "SRC005" for fault in refused.diagnostics):
            raise
        faults += refused.diagnostics
        text = data.decode("windows-1252", "replace")
    lines = re.split("\r\n|\r|\n", text)
    faults += [
        error("SRC006", f"control character U+{ord(found[0]):04X}", Location(path, number), "delete it")
        for number, line in enumerate(lines, 1)
        if (found := CONTROL.search(line))
    ]
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", "\n".join(lines)), faults


def _bytes(path: Path) -> bytes:
    if path.is_dir():
        hint = f"name a file in it: {path}/NAME.rst"
        raise SourceError(error("SRC002", "a folder, not a reStructuredText file", Location(path), hint))
    if not str(path).isprintable() or any("\ud800" <= sign <= "\udfff" for sign in str(path)):
        raise SourceError(error("SRC009", f"the name {str(path)!r} cannot be printed", hint="rename the file"))
    try:
        if path.exists() and not path.is_file():
            raise SourceError(error("SRC002", "not a file that can be read to its end", Location(path)))
        if path.stat().st_size > MAX_BYTES:
            raise SourceError(error("SRC007", f"larger than {MAX_BYTES // 2**20} MiB", Location(path), "split it"))
        return path.read_bytes()
    except FileNotFoundError as fault:
        beside = [other.stem for other in path.parent.glob("*.rst")] if path.parent.is_dir() else []
        hint = nearest(path.stem, beside) or "name a reStructuredText file that is there"
        raise SourceError(error("SRC001", "no such file", Location(path), hint)) from fault
    except OSError as fault:
        raise SourceError(error("SRC001", f"cannot be read: {fault.strerror}", Location(path))) from fault


def _text(data: bytes, path: Path) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data, encoding, path)
    if declared := _DECLARED.search(b"\n".join(data.splitlines()[:2])):
        name = declared[1].decode("ascii")
        if not _is_text_encoding(name):
            place = Location(path, data.count(b"\n", 0, data.find(b"coding")) + 1)
            raise SourceError(error("SRC005", f"{name!r} is no encoding of texts", place, "save the file as UTF-8"))
        return _strict(data, name, path)
    if b"\0" in data:
        raise SourceError(
            error("SRC004", "a binary file, not text", Location(path), "name its reStructuredText source")
        )
    return _strict(data, "utf-8", path)


def _is_text_encoding(name: str) -> bool:
    """True for what turns bytes into texts and nothing else: rot13 and hex are codecs too, and so are escapes."""
    try:
        found = codecs.lookup(name)
    except LookupError:
        return False
    return bool(found._is_text_encoding) and not found.name.startswith(
        ("unicode", "raw", "idna", "punycode", "undefined")
    )


def _strict(data: bytes, encoding: str, path: Path) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        before, after = data[: fault.start].rpartition(b"\n")[2], data[fault.start :].partition(b"\n")[0]
        around = (before[-12:] + after[:12]).decode("latin-1").strip()
        if encoding.startswith(("utf-16", "utf-32")):
            raise SourceError(
                error("SRC004", "cut off, or not text", Location(path, line), "save it as UTF-8")
            ) from fault
        hint = f"save it as UTF-8; if “{around}” reads right, “.. coding: latin-1” as its first line will do"
        message = f"byte 0x{data[fault.start]:02X} is not {encoding.upper()}"
        raise SourceError(error("SRC005", message, Location(path, line), hint)) from fault
