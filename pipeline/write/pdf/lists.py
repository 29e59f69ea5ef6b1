"""Numbered lists for the layout engine: they begin where the author says, and their widest number has room.

WeasyPrint 70 hangs a number into the margin of its list, however narrow that is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.write.pdf.letters import ems

if TYPE_CHECKING:
    from lxml import etree

_ROOM_EM = 1.42  # what the style gives every list
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x")),
    *((9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)


def number(ordered: etree._Element) -> None:
    """Give an `ol` the style that its start and its numbers ask for."""
    start = int(ordered.get("start", "1"))
    styles = []
    if start != 1:
        # WeasyPrint 70 follows `start` only with presentational hints, which bring much else.
        styles.append(f"counter-reset: list-item {start - 1}")
    classes = ordered.get("class", "").split()
    items = sum(child.tag == ordered[0].tag for child in ordered)
    room = max(ems(label) for label in _labels(classes, start, start + items - 1))
    room += 0.5 + 0.4 * ("bracketed" in classes)  # the signs around it, and the space after them
    if room > _ROOM_EM:
        styles.append(f"padding-left: {room:.2f}em")
    if styles:
        ordered.set("style", "; ".join(styles))


def _labels(classes: list[str], first: int, last: int) -> Iterator[str]:
    """The numbers, without signs, among which the widest is."""
    labels: Iterator[str]
    if "lowerroman" in classes or "upperroman" in classes:
        labels = map(_roman, range(first, last + 1))
    elif "loweralpha" in classes or "upperalpha" in classes:
        labels = map(_letters, range(first, last + 1))
    else:
        labels = iter((str(first), str(last)))
    yield from map(str.upper, labels) if any(name.startswith("upper") for name in classes) else labels


def _roman(number: int) -> str:
    letters = ""
    for value, sign in _ROMAN:
        count, number = divmod(number, value)
        letters += sign * count
    return letters


def _letters(number: int) -> str:
    letters = ""
    while number > 0:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("a") + place) + letters
    return letters
