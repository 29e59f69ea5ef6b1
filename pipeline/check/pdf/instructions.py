"""What content streams say, instruction by instruction (ISO 32000-1, 7.8.2), as far as `content` asks.

Most streams are plain: numbers, names, hexadecimal strings and flat dictionaries. One pattern reads those, in a
fraction of the time in which pikepdf makes an object of every operand; the others are left to pikepdf, whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pikepdf

PAINTS = frozenset(["S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh"])
SHOWS = frozenset(["Tj", "TJ", "'", '"'])
IMAGE = "INLINE IMAGE"
_READ = PAINTS | SHOWS | {"q", "Q", "Tf", "Tr", "BMC", "BDC", "EMC", "Do", IMAGE}
_OPERATORS = {name.encode(): name for name in _READ}

_INSTRUCTION = re.compile(
    rb"""(?:[\0\t\n\f\r ]++
           | [-+.0-9]++ (?![^\0\t\n\f\r \[\]<>/])
           | /[^\0\t\n\f\r ()<>\[\]{}/%#]++
           | <[0-9A-Fa-f]*+>
           | \[ [^\[\]()%]*+ \]
           | << [^<>()%\#]*+ >>
         )*+
         ([A-Za-z'"][A-Za-z0-9*'"]*+) (?![^\0\t\n\f\r \[<>/])""",
    re.VERBOSE,
)
_MARK = re.compile(rb"\s*(/[^\s/<\[]+)\s*(?:(/[^\s/<]+)|(<<.*>>))?\s*B[MD]C", re.DOTALL)
_NUMBERED = re.compile(rb"\s*(/\w+)\s*<<\s*/MCID\s+([0-9]+)\s*>>\s*BDC", re.ASCII)
_STRING = re.compile(rb"<([^<>]*)>")


def instructions(stream: Any) -> Iterator[tuple[str, Any]]:
    """(operator, operand) for every instruction of a page or form that draws, marks, or chooses how to.

    The operand is the name of the resource for Tf, Do and sh, a number for Tr, the codes for what shows text, and for
    BMC and BDC a pair: the tag, and the properties as a mapping, the name of a resource, or None.
    """
    data = _bytes(stream)
    try:
        return iter(list(_plain(data)))
    except _NotPlainError:
        return _by_pikepdf(stream)


class _NotPlainError(Exception):
    """A stream holds more than the pattern reads."""


def _bytes(stream: Any) -> bytes:
    if isinstance(stream, pikepdf.Page):
        contents: Any = stream.obj.get("/Contents", [])
        parts = [contents] if isinstance(contents, pikepdf.Stream) else list(contents)
        return b"\n".join(part.read_bytes() for part in parts)
    return bytes(stream.read_bytes())


def _plain(data: bytes) -> Iterator[tuple[str, Any]]:
    at = 0
    known: dict[bytes, Any] = {}
    for match in _INSTRUCTION.finditer(data):
        start, end = match.span()
        if start != at:
            raise _NotPlainError
        at = end
        operator = _OPERATORS.get(match[1])
        if operator is None:
            if match[1] == b"BI":
                raise _NotPlainError
            continue
        if operator in SHOWS:
            yield operator, _codes(match[0])
        elif operator in ("BMC", "BDC"):
            if numbered := _NUMBERED.fullmatch(match[0]):
                yield operator, (numbered[1].decode(), {"/MCID": int(numbered[2])})
                continue
            if match[0] not in known:
                known[match[0]] = _mark(match[0])
            yield operator, known[match[0]]
        elif operator in ("Tf", "Do"):
            name = match[0].split(None, 1)[0]
            if name[:1] != b"/":
                raise _NotPlainError
            yield operator, name.decode("latin-1")
        elif operator == "Tr":
            yield operator, int(match[0].split()[0])
        else:
            yield operator, None
    if data[at:].strip(b"\0\t\n\f\r "):
        raise _NotPlainError


def _mark(instruction: bytes) -> tuple[str, Any]:
    if not (match := _MARK.fullmatch(instruction)):
        raise _NotPlainError
    tag, name, inline = match.groups()
    return tag.decode("latin-1"), pikepdf.Object.parse(inline) if inline else name.decode("latin-1") if name else None


def _codes(instruction: bytes) -> bytes:
    """The string or strings of a text-showing operator, without the adjustments between them."""
    if b"<<" in instruction:
        raise _NotPlainError
    try:
        return bytes.fromhex(b" ".join(_STRING.findall(instruction)).decode("ascii"))
    except ValueError:  # an odd number of digits, which stands for one more
        raise _NotPlainError from None


def _by_pikepdf(stream: Any) -> Iterator[tuple[str, Any]]:
    for instruction in pikepdf.parse_content_stream(stream):
        operands, operator = instruction.operands, str(instruction.operator)
        if operator in SHOWS:
            yield operator, _strings(operands[-1])
        elif operator in ("BMC", "BDC"):
            properties = operands[1] if len(operands) > 1 else None
            yield operator, (str(operands[0]), str(properties) if isinstance(properties, pikepdf.Name) else properties)
        elif operator in ("Tf", "Do"):
            yield operator, str(operands[0])
        elif operator == "Tr":
            yield operator, int(operands[0])
        elif operator in _READ:
            yield operator, None


def _strings(operand: Any) -> bytes:
    if isinstance(operand, pikepdf.Array):
        return b"".join(bytes(item) for item in operand if isinstance(item, pikepdf.String))
    return bytes(operand) if isinstance(operand, pikepdf.String) else b""
