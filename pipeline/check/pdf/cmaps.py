"""Character maps: which code is which CID, or which text (Adobe 5014)."""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct

_TOKEN = re.compile(rb"<([0-9A-Fa-f\s]*)>|(\[)|(\])|/([^\s<>\[\]()/%]+)|([^\s<>\[\]()/%]+)")


class CMap(Struct, frozen=True):
    """A character map: of codes to CIDs (`cids`), or of codes to text (`text`)."""

    cids: dict[int, int]
    text: dict[int, str]
    widths: tuple[int, ...]  # bytes in a code, of each codespace range
    writing_mode: int | None
    uses: str  # the map it builds on


def read_cmap(data: bytes) -> CMap:
    """A CMap file (Adobe 5014), as far as PDF uses it. Ranges of text may be given as lists."""
    cids: dict[int, int] = {}
    text: dict[int, str] = {}
    sizes: list[int] = []
    mode: int | None = None
    uses = before = ""
    operands: list[Any] = []
    for match in _TOKEN.finditer(re.sub(rb"%[^\r\n]*", b"", data)):
        string, opens, closes, name, word = match.groups()
        if string is not None:
            operands.append(bytes.fromhex(string.decode()))
        elif opens or closes:
            operands.append("[" if opens else "]")
        elif name:
            before = name.decode("latin-1")
        elif word == b"usecmap":
            uses = before
        elif word == b"def":
            if before == "WMode" and operands and isinstance(operands[-1], int):
                mode = operands[-1]
            operands = []
        elif word.isdigit():
            operands.append(int(word))
        elif word.startswith(b"begin"):
            operands = []
        elif word == b"endcodespacerange":
            sizes += [len(low) for low in operands[::2]]
        elif word == b"endbfchar":
            text.update({_number(code): _utf16(to) for code, to in _in(operands, 2)})
        elif word == b"endcidchar":
            cids.update({_number(code): to for code, to in _in(operands, 2)})
        elif word == b"endcidrange":
            for low, high, to in _in(operands, 3):
                cids.update({code: to + code - _number(low) for code in range(_number(low), _number(high) + 1)})
        elif word == b"endbfrange":
            text.update(_text_ranges(operands))
    return CMap(cids, text, tuple(sizes), mode, uses)


def _text_ranges(operands: list[Any]) -> dict[int, str]:
    found: dict[int, str] = {}
    rest = iter(operands)
    for low in rest:
        first, last, to = _number(low), _number(next(rest)), next(rest)
        if to == "[":
            found.update({first + step: _utf16(item) for step, item in enumerate(iter(lambda: next(rest), "]"))})
        else:
            for step in range(last - first + 1):
                found[first + step] = _utf16((_number(to) + step).to_bytes(len(to), "big"))
    return found


def _in(operands: list[Any], size: int) -> list[tuple[Any, ...]]:
    return list(zip(*[iter(operands)] * size, strict=False))


def _number(code: bytes) -> int:
    return int.from_bytes(code, "big")


def _utf16(code: bytes) -> str:
    return code.decode("utf-16-be", "replace")
