"""Text as it stands in XML: how it is written there, and how what all editions of it say is counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

PICTURE = "\N{OBJECT REPLACEMENT CHARACTER}"
_PICTURES = {"img", "math", "svg"}
# White space, and what holds words together or lets them be broken: layouts drop and add it.
_UNCOUNTED = re.compile("[\\s\u00ad\u180e\u200b\u2060\ufeff]+")
# What `legible` prints for a character that no font has: one sign, as the character is.
_NUMBER = re.compile(r"\[U\+[0-9A-F]{4,6}\]")
_SIGN = re.compile(rf"{_NUMBER.pattern}|.", re.DOTALL)

# xml.sax.saxutils has these two, and brings the network with it.


def escape(text: str) -> str:
    """A text as the content of an element."""
    return text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")


def quoteattr(text: str) -> str:
    """A text as the value of an attribute, with quotes around it."""
    value = escape(text).replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")
    if '"' not in value:
        return f'"{value}"'
    return '"' + value.replace('"', "&quot;") + '"' if "'" in value else f"'{value}'"


def signs(text: str) -> str:
    """What of a text is counted: the signs that stand in every edition of it."""
    return _UNCOUNTED.sub("", _NUMBER.sub(PICTURE, text) if "[U+" in text else text)


def sign_at(text: str, count: int) -> int:
    """The index of the sign that stands behind so many signs of a text, its length if there is none."""
    found = (at for at in _SIGN.finditer(text) if signs(at[0]))
    return next((at.start() for at in islice(found, count, None)), len(text))


def spots(element: Any) -> Iterator[tuple[Any, int, str]]:
    """The texts in an element that all its editions have in one order: (element it is directly in, place, text).

    A place is 0 before the first child, n after the nth. A picture or a formula is one sign, PICTURE, at its place 0.
    Left out are notes that pages have at their foot, and the pages that are named in a text.
    """
    name = element.tag.rpartition("}")[2]
    if name in _PICTURES:
        yield element, 0, PICTURE
    elif element.get("data-of") is None:
        yield element, 0, element.text or ""
        for place, child in enumerate(element, 1):
            if not is_at_foot(child):
                yield from spots(child)
            yield element, place, child.tail or ""


def is_at_foot(element: Any) -> bool:
    """Whether it is a note that pages have at their foot; others are where the author put them."""
    marked = element.get("data-foot") or "at-foot" in element.get("class", "")
    return bool(marked) and str(element.tag).endswith("aside")
