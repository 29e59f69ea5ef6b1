"""How pages are numbered: what is printed on them as folios, and what readers of a PDF show as page labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

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


def ranges(places: Iterable[tuple[str, bool]]) -> list[tuple[str, int, bool]]:
    """The pages of a line of an index: what is printed, which of `places` it leads to, whether it is a main one.

    `places` are what the pages are called, and whether they are main ones. Each page is named once, in order;
    neighbours are one range, and main ones stand alone.
    """
    first: dict[str, int] = {}
    main: set[str] = set()
    for number, (label, is_main) in enumerate(places):
        first.setdefault(label, number)
        main |= {label} if is_main else set()
    found: list[list[str]] = []
    for label in sorted(first, key=_order):
        last = found[-1][-1] if found else ""
        (kind, value), (before, previous) = _order(label), _order(last)
        if last and not {label, last} & main and kind == before and value == previous + 1:
            found[-1].append(label)
        else:
            found.append([label])
    return [(run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}", first[run[0]], run[0] in main) for run in found]


def _order(label: str) -> tuple[int, int]:
    """Roman numbers come before others."""
    if label.isdecimal():
        return 1, int(label)
    known = {sign: value for value, sign in _SIGNS}
    values = [known.get(sign, 0) for sign in label]
    return 0, sum(-one if one < other else one for one, other in zip(values, [*values[1:], 0], strict=False))
