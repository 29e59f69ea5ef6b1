"""Where words that are too long for a line may be broken: after the signs in them, as in addresses and names of things.

U+200B is put there. It has no breadth, shows no hyphen, and is not drawn, so nobody copies it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree

OPENING = "\N{ZERO WIDTH SPACE}"
LONG = 20  # characters: a line that lacks as much at its end is noticed
# Two signs at least stay on either side, and what opens a name (--option, __init__) is not parted from it.
_AFTER = re.compile(r"(?<=[^\W_])([/.?&=_:;,@#%+~|\\)(\]\[}{<>-]+)(?=\w\w)")
# Where a line may end in a word of any length: behind a hyphen or a stroke.
_NATURAL = re.compile(r"(?<=\w)([-‐–/]+)(?=\w)")
_VERBATIM = ("pre", "svg", "math", "script", "style")


def opened(word: str) -> str:
    """A word with all the places where it may be broken."""
    return _AFTER.sub(rf"\1{OPENING}", word)


def held(end: str) -> str:
    """The end of a long word, or its last words, without any such place."""
    return _AFTER.sub("\\1\N{WORD JOINER}", end)


def parts_held(end: str) -> str:
    """Last words that no line's end parts: at a hyphen, at a stroke, or where a long name of code may be."""
    return _NATURAL.sub("\\1\N{WORD JOINER}", end.replace(OPENING, "\N{WORD JOINER}"))


def open_words(element: etree._Element, longest: int = LONG) -> None:
    """Let words of more characters than that be broken, in all texts of an element but code."""
    pattern = re.compile(rf"\S{{{longest + 1},}}")

    def mended(text: str | None) -> str | None:
        return pattern.sub(lambda found: opened(found[0]), text) if text else text

    for part in _texts(element):
        part.text = mended(part.text)
        for child in part:
            child.tail = mended(child.tail)


def _texts(element: etree._Element) -> Iterator[etree._Element]:
    """The elements whose texts are set in lines."""
    if isinstance(element.tag, str) and element.tag.rpartition("}")[2] not in _VERBATIM:
        yield element
        for child in element:
            yield from _texts(child)
