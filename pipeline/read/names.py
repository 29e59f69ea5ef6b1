"""Fields that name people → their names, and the addresses that stand beside them."""

from __future__ import annotations

import re

_ADDRESS = r"[^<>()\s]+@[^<>()\s]+|[^<>()\s]+ at [^<>()\s]+|\w+://[^<>()\s]+"
_BESIDE = re.compile(rf"\s*(?:<({_ADDRESS})>|\(({_ADDRESS})\))")
_BEFORE = re.compile(rf"({_ADDRESS})\s*\(([^()]+)\)")  # RFC 822 of old: bo@example.org (Bo Li)
_GENERATION = re.compile(r",\s*(?=(?:Jr|Sr|II|III|IV)\b)")


def people(text: str, *, listed: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names and addresses of some people, in order. An address alone is the name of who gives no other.

    A semicolon separates; where there is none a comma, in a text that is `listed` or gives an address for each.
    """
    parts = _GENERATION.sub("\0", text).split(",")
    if ";" in text or not (listed or all(map(_BESIDE.search, parts))):
        parts = text.split(";")
    named = [_person(part.replace("\0", ", ").strip()) for part in parts if part.strip()]
    return tuple(name for name, _ in named), tuple(address for _, found in named for address in found)


def _person(text: str) -> tuple[str, tuple[str, ...]]:
    if turned := _BEFORE.fullmatch(text):
        return turned[2].strip(), (turned[1],)
    name = " ".join(_BESIDE.sub("", text).split())
    return (name, tuple(one or other for one, other in _BESIDE.findall(text))) if name else (text.strip("<>()"), ())
