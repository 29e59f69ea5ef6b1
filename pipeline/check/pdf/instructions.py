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
LINE = "LINE"  # BDC, Tf, Tj or TJ, EMC: most text is written so
_READ = PAINTS | SHOWS | {"q", "Q", "Tf", "Tr", "BMC", "BDC", "EMC", "Do", IMAGE}
_OPERATORS = {name.encode(): name for name in _READ}

_PARTS = {
    b"space": rb"[\0\t\n\f\r ]",
    b"end": rb"(?![^\0\t\n\f\r \[<>/])",
    b"number": rb"[-+.0-9]++ (?![^\0\t\n\f\r \[\]<>/])",
    b"name": rb"/[^\0\t\n\f\r ()<>\[\]{}/%#]++",
    b"string": rb"<[0-9A-Fa-f]*+> | \[ [^\[\]()%]*+ \]",
}
# What is passed over only places, colours and outlines.
_PARTS[b"passed"] = (
    rb"""(?: (?: %(space)s++ | %(number)s | %(name)s )*+
    (?: BT | ET | T[Ddm] | cm | gs | rg | RG | g | G | w | m | l | c | h | re | n | W\*? ) %(end)s )*+ %(space)s*+"""
    % _PARTS
)
_PARTS[b"marked"] = (
    rb"""(/\w++) %(space)s*+ << %(space)s*+ (?: /MCID %(space)s++ ([0-9]++) %(space)s*+ | ([^<>()%%\#]*+) ) >>
    %(space)s*+ BDC %(end)s"""
    % _PARTS
)
_PARTS[b"font"] = rb"(%(name)s) %(space)s++ %(number)s %(space)s*+ Tf %(end)s" % _PARTS
_PARTS[b"shown"] = rb"((?: %(space)s++ | %(number)s | %(string)s )*+) (T[Jj] | ['\"]) %(end)s" % _PARTS
_INSTRUCTION = re.compile(
    rb"""%(passed)s
         (?: %(marked)s %(passed)s %(font)s %(passed)s %(shown)s %(passed)s EMC %(end)s
           | %(marked)s
           | %(font)s
           | %(shown)s
           | ((?: %(space)s++ | %(number)s | %(name)s | %(string)s | << [^<>()%%\#]*+ >> )*+)
             ([A-Za-z'"][A-Za-z0-9*'"]*+) %(end)s
         )"""
    % _PARTS,
    re.VERBOSE | re.ASCII,
)
_LINE, _NUMBERED, _MARKED, _FONT, _SHOWN = 6, 8, 9, 10, 12  # the last groups of the kinds that have their own
_MARK = re.compile(rb"\s*(/[^\s/<\[]+)\s*(?:(/[^\s/<]+)|(<<.*>>))?\s*", re.DOTALL)


def instructions(stream: Any) -> Iterable[tuple[str, Any]]:
    """(operator, operand) for every instruction of a page or form that draws, marks, or chooses how to.

    The operand is the name of the resource for Tf, Do and sh, a number for Tr, for what shows text its strings, written
    in hexadecimal between < and >, and for BMC and BDC a pair: the tag, and the properties as a mapping, the name of a
    resource, a number where they are an id alone, or None. LINE has the tag, the properties, the font and the strings.
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
    known: dict[bytes, Any] = {}
    while match := _INSTRUCTION.match(data, at):
        kind = match.lastindex
        if kind == _LINE:
            tag, mcid, flat, font, strings = match.group(1, 2, 3, 4, 5)
            if b"<<" in strings:
                raise _NotPlainError
            properties = int(mcid) if mcid else _properties(flat, known)
            found.append((LINE, (tag.decode(), properties, font.decode("latin-1"), strings)))
        elif kind == _NUMBERED:
            found.append(("BDC", (match[7].decode(), int(match[8]))))
        elif kind == _MARKED:
            found.append(("BDC", (match[7].decode(), _properties(match[9], known))))
        elif kind == _SHOWN:
            if b"<<" in match[11]:
                raise _NotPlainError
            found.append((_OPERATORS[match[12]], match[11]))
        elif kind == _FONT:
            found.append(("Tf", match[10].decode("latin-1")))
        else:
            operands, written = match.group(13, 14)
            if (operator := _OPERATORS.get(written)) is not None:
                found.append((operator, _operand(operator, operands)))
            elif written == b"BI":
                raise _NotPlainError
        at = match.end()
    if data[at:].strip(b"\0\t\n\f\r "):
        raise _NotPlainError
    return found


def _properties(flat: bytes, known: dict[bytes, Any]) -> Any:
    if flat not in known:
        known[flat] = pikepdf.Object.parse(b"<<%s>>" % flat)
    return known[flat]


def _operand(operator: str, operands: bytes) -> Any:
    if operator in ("BMC", "BDC"):
        return _mark(operands)
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
