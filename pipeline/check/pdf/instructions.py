"""What content streams say, instruction by instruction (ISO 32000-1, 7.8.2), as far as `content` asks.

Most streams are plain: numbers, names, hexadecimal strings and flat dictionaries. One pattern reads those, in a
fraction of the time in which pikepdf makes an object of every operand; the others are left to pikepdf, whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pikepdf

PAINTS = frozenset(["S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh"])
SHOWS = frozenset(["Tj", "TJ", "'", '"'])
IMAGE = "INLINE IMAGE"
_READ = PAINTS | SHOWS | {"q", "Q", "Tf", "Tr", "BMC", "BDC", "EMC", "Do", IMAGE}
_OPERATORS = {name.encode(): name for name in _READ}

_SPACE, _END = rb"[\0\t\n\f\r ]", rb"(?![^\0\t\n\f\r \[<>/])"
_NUMBER, _NAME = rb"[-+.0-9]++ (?![^\0\t\n\f\r \[\]<>/])", rb"/[^\0\t\n\f\r ()<>\[\]{}/%#]++"
# What only places, colours and outlines is passed over within one match. Each group ends an instruction of a kind.
_INSTRUCTION = re.compile(
    rb"""(?: (?: %(space)s++ | %(number)s | %(name)s )*+
             (?: BT | ET | T[Ddm] | cm | gs | rg | RG | g | G | w | m | l | c | h | re | n | W\*? ) %(end)s )*+
         %(space)s*+
         (?: (/\w++) %(space)s*+ << %(space)s*+ /MCID %(space)s++ ([0-9]++) %(space)s*+ >> %(space)s*+ BDC %(end)s
           | (%(name)s) %(space)s++ %(number)s %(space)s*+ Tf %(end)s
           | ((?: %(space)s++ | %(number)s | <[0-9A-Fa-f]*+> | \[ [^\[\]()%%]*+ \] )*+) (T[Jj] | ['"]) %(end)s
           | ((?: %(space)s++ | %(number)s | %(name)s | <[0-9A-Fa-f]*+> | \[ [^\[\]()%%]*+ \] | << [^<>()%%\#]*+ >> )*+)
             ([A-Za-z'"][A-Za-z0-9*'"]*+) %(end)s
         )"""
    % {b"space": _SPACE, b"end": _END, b"number": _NUMBER, b"name": _NAME},
    re.VERBOSE | re.ASCII,
)
_MARKED, _FONT, _SHOWN = 2, 3, 5  # the last groups of the kinds that have their own
_MARK = re.compile(rb"\s*(/[^\s/<\[]+)\s*(?:(/[^\s/<]+)|(<<.*>>))?\s*", re.DOTALL)


def instructions(stream: Any) -> Iterable[tuple[str, Any]]:
    """(operator, operand) for every instruction of a page or form that draws, marks, or chooses how to.

    The operand is the name of the resource for Tf, Do and sh, a number for Tr, for what shows text its strings, written
    in hexadecimal between < and >, and for BMC and BDC a pair: the tag, and the properties as a mapping, the name of a
    resource, a number where they are an id alone, or None.
    """
    try:
        return _plain(_bytes(stream))
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


def _plain(data: bytes) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    at = 0
    marks: dict[bytes, tuple[str, Any]] = {}
    while match := _INSTRUCTION.match(data, at):
        kind = match.lastindex
        if kind == _MARKED:
            found.append(("BDC", (match[1].decode(), int(match[2]))))
        elif kind == _SHOWN:
            strings = match[4]
            if b"<<" in strings:
                raise _NotPlainError
            found.append((_OPERATORS[match[5]], strings))
        elif kind == _FONT:
            found.append(("Tf", match[3].decode("latin-1")))
        else:
            operands, written = match.group(6, 7)
            if (operator := _OPERATORS.get(written)) is not None:
                found.append((operator, _operand(operator, operands, marks)))
            elif written == b"BI":
                raise _NotPlainError
        at = match.end()
    if data[at:].strip(b"\0\t\n\f\r "):
        raise _NotPlainError
    return found


def _operand(operator: str, operands: bytes, marks: dict[bytes, tuple[str, Any]]) -> Any:
    if operator in ("BMC", "BDC"):
        if operands not in marks:
            marks[operands] = _mark(operands)
        return marks[operands]
    if operator in ("Tf", "Do"):
        name = operands.split(None, 1)[0]
        if name[:1] != b"/":
            raise _NotPlainError
        return name.decode("latin-1")
    return int(operands.split()[0]) if operator == "Tr" else None


def _mark(operands: bytes) -> tuple[str, Any]:
    if not (match := _MARK.fullmatch(operands)):
        raise _NotPlainError
    tag, name, inline = match.groups()
    return tag.decode("latin-1"), pikepdf.Object.parse(inline) if inline else name.decode("latin-1") if name else None


def _by_pikepdf(stream: Any) -> Iterator[tuple[str, Any]]:
    for instruction in pikepdf.parse_content_stream(stream):
        operands, operator = instruction.operands, str(instruction.operator)
        if operator in SHOWS:
            yield operator, b"<%s>" % _strings(operands[-1]).hex().encode()
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
