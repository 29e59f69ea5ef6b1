"""Tables too broad for a telephone: each column gets a share of whatever screen there is, so that none is cut off.

No reader lets a table be moved aside in its pages. Which screen there is no style can ask: in foliate-js and epub-ts a
page is part of a frame as broad as all pages. So the shares are chosen here, by counting letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml import etree

from pipeline import scripts
from pipeline.write.epub.xhtml import XHTML

_PHONE_EM = 21.0  # 360 CSS pixels less a reader's margins, in the type of tables
_PHONE_LARGE_EM = 12.0  # the same, in type that is nearly twice as large
_PHONE_SMALL_EM = 25.0  # in that of broad tables; see styles/ebook.css
_LETTER_EM = 0.5
_CAPITAL_EM = 0.2  # that a capital has more
_GAP_EM = 0.8  # between columns
_SEAMS = {f"{XHTML}{name}" for name in ("br", "dd", "div", "dt", "li", "p", "wbr")}
_CODE = tuple(f"{XHTML}{name}" for name in ("code", "pre"))
_ROWS = {f"{XHTML}{name}" for name in ("table", "tbody", "thead", "tr")}
_LONG = 10  # characters of a name that may end a line after a sign
_SIGNS = re.compile(r"(?<=[^\W_])[_.:/(]+(?=[^\W_])")
_PIECES = re.compile(rf"[{scripts.DENSE}]|[^\s\u200b{scripts.DENSE}-]+-?|-")


def fit(root: etree._Element) -> None:
    """Give shares to the columns of each table whose words need more than a telephone's breadth.

    It gets the class `broad`; `tight` if they need that only in large type.
    """
    for table in root.iter(f"{XHTML}table"):
        least, _ = _needs(table)
        need = sum(least) + _GAP_EM * (len(least) - 1)
        if need > _PHONE_LARGE_EM:
            name, room = ("broad", _PHONE_SMALL_EM) if need > _PHONE_EM else ("tight", _PHONE_EM)
            table.set("class", f"{table.get('class', '')} {name}".strip())
            _open(table)
            _share(table, shares(*_needs(table), room))


def _open(table: etree._Element) -> None:
    """Let long names end a line after their signs, as code does already: `read.literals` says where."""
    code = {within for kept in table.iter(*_CODE) for within in kept.iter()}
    for element in [e for e in table.iter(XHTML + "*") if e.tag not in _ROWS and e not in code]:
        for child in list(element):
            before, *after = _seamed(child.tail)
            child.tail = before
            for place, piece in enumerate(after, element.index(child) + 1):
                element.insert(place, _seam(piece))
        element.text, *after = _seamed(element.text)
        for place, piece in enumerate(after):
            element.insert(place, _seam(piece))


def _seamed(text: str | None) -> list[str]:
    long = re.sub(rf"\S{{{_LONG},}}", lambda word: _SIGNS.sub("\\g<0>\0", word[0]), text or "")
    return long.split("\0")


def _seam(text: str) -> etree._Element:
    seam = etree.Element(f"{XHTML}wbr")
    seam.tail = text
    return seam


def _share(table: etree._Element, wanted: Sequence[float]) -> None:
    for old in table.findall(f"{XHTML}colgroup"):
        table.remove(old)
    group = etree.Element(f"{XHTML}colgroup")
    for share in wanted:
        etree.SubElement(group, f"{XHTML}col", style=f"width: {100 * share:.3g}%")
    group.tail = "\n"
    table.insert(len(table.findall(f"{XHTML}caption")), group)


def shares(least: Sequence[float], most: Sequence[float], room: float) -> list[float]:
    """The columns' shares of a table, 1 in all, by the breadth of their longest words and of their longest lines.

    Where there is room for all words, what is left goes to the longest lines; else the longest words are broken.
    """
    room -= _GAP_EM * len(least)
    if sum(least) > room:
        breadths = [min(need, _level(least, room)) for need in least]
    else:
        wishes = [long - short for short, long in zip(least, most, strict=True)]
        scale = (room - sum(least)) / (sum(wishes) or 1)
        breadths = [short + wish * scale for short, wish in zip(least, wishes, strict=True)]
    padded = [breadth + _GAP_EM for breadth in breadths]
    return [breadth / sum(padded) for breadth in padded]


def _level(needs: Sequence[float], room: float) -> float:
    """What no column may have more of, so that all fit."""
    for done, need in enumerate(ordered := sorted(needs)):
        if need * (len(ordered) - done) > room:
            return max(room, 0) / (len(ordered) - done)
        room -= need
    return ordered[-1]


def _needs(table: etree._Element) -> tuple[list[float], list[float]]:
    """Of each column the breadth of its longest word and of its longest line, in em."""
    least: dict[int, float] = {}
    most: dict[int, float] = {}
    taken: dict[int, int] = {}  # column → rows that a cell above still reaches over
    for row in table.iter(f"{XHTML}tr"):
        if next(row.iterancestors(f"{XHTML}table")) is not table:
            continue
        column = 0
        reached = {place for place, rows in taken.items() if rows}
        taken = {place: rows - 1 for place, rows in taken.items() if rows}
        for cell in row:
            while column in reached:
                column += 1
            lines = "".join(_text(cell)).split("\n")
            span = int(cell.get("colspan", "1"))
            words = max((_breadth(piece) for line in lines for piece in _PIECES.findall(line)), default=0)
            whole = max(map(_breadth, lines), default=0)
            for place in range(column, column + span):
                least[place] = max(least.get(place, 0), words if span == 1 else 0)
                most[place] = max(most.get(place, 0), whole / span, least[place])
                if (rows := int(cell.get("rowspan", "1")) - 1) > 0:
                    taken[place] = rows
            column += span
    return [least[place] for place in sorted(least)], [most[place] for place in sorted(most)]


def _text(element: etree._Element) -> Iterator[str]:
    """The text of a cell, a line for each place where one may or must end."""
    yield (element.text or "").replace("\n", " ")
    for child in element:
        yield from _text(child)
        yield ("\n" if child.tag in _SEAMS else "") + (child.tail or "").replace("\n", " ")


def _breadth(text: str) -> float:
    return scripts.breadth(text.strip()) * _LETTER_EM + sum(map(str.isupper, text)) * _CAPITAL_EM
