"""How broad a text will be, before any engine has measured it: in ems, the size of its own type.

Of Source Serif 4 at its smaller optical sizes, rounded up; what other faces take is little more. Good for choosing
between sizes and shapes, not for setting lines.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_MONOSPACED = 0.6  # of every letter
_BOLD = 1.03
_BREADTHS = {
    letter: breadth
    for breadth, letters in {
        0.31: "!|,.:;'",
        0.38: "-ijlI[]/\\(){}’‘",
        0.42: 'ft`"J?*“”„',
        0.5: "rsz_–°",
        0.56: "0123456789ceaS$#+<=>^~«»",
        0.63: "gxoZLkvFTPqbdpyEuBœß",
        0.71: "hnCXYRG&",
        0.8: "VKADOQUN",
        0.87: "Hw@",
        1.02: "Mm%W—…",
    }.items()
    for letter in letters
}


@lru_cache(maxsize=1 << 16)
def ems(text: str, *, mono: bool = False, bold: bool = False) -> float:
    """The breadth of a text on one line."""
    return sum(map(_mono if mono else _serif, text)) * (_BOLD if bold and not mono else 1)


@lru_cache(maxsize=4096)
def _serif(letter: str) -> float:
    if breadth := _BREADTHS.get(letter):
        return breadth
    if is_wide(letter):
        return 1.0
    if is_silent(letter):
        return 0.0
    base = unicodedata.normalize("NFD", letter)[0]
    return _BREADTHS.get(base, 0.25 if base.isspace() else 0.72)


@lru_cache(maxsize=4096)
def _mono(letter: str) -> float:
    return 1.0 if is_wide(letter) else 0.0 if is_silent(letter) else _MONOSPACED


def is_wide(letter: str) -> bool:
    """Whether a letter fills a square, as Chinese ones do; a line may be broken beside it."""
    return unicodedata.east_asian_width(letter) in ("W", "F")


def is_silent(letter: str) -> bool:
    """Whether a sign has no breadth: accents to be set on the letter before, joiners, marks of direction."""
    return unicodedata.category(letter) in ("Mn", "Me", "Cf", "Cc")


def shortened(text: str, breadth: float) -> str:
    """A text of not more than so many ems: whole words and “ …”, or as much as there is room for of the first one."""
    if ems(text) <= breadth:
        return text
    room = breadth - ems(" …")
    kept = ""
    for word in text.split():
        longer = f"{kept} {word}".lstrip()
        if ems(longer) > room:
            break
        kept = longer
    if kept:
        return f"{kept} …"
    while text and ems(text) > room:
        text = text[:-1]
    return f"{text}…"
