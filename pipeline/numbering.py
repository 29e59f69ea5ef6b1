"""How pages are numbered: what is printed on them as folios, and what readers of a PDF show as page labels."""

from __future__ import annotations

from collections.abc import Mapping

_SIGNS = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)


def labels(styles: Mapping[int, str], pages: int) -> list[str]:
    """What each of the pages is called, where `styles` says how they are numbered from a page (from 0) on.

    A style is of ISO 32000-1, table 159: 'D' for 1 2 3, 'r' for i ii iii; '' for none. Each range begins at 1.
    """
    names: list[str] = []
    style, first = "", 0
    for page in range(pages):
        if page in styles:
            style, first = styles[page], page
        number = page - first + 1
        names.append({"D": str(number), "r": roman(number), "": ""}[style])
    return names


def roman(number: int) -> str:
    """In lower case; from 1 on."""
    written = ""
    for value, sign in _SIGNS:
        written += sign * (number // value)
        number %= value
    return written
