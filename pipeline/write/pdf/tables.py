"""Tables brought into the measure: smaller type, then words broken after their signs, then a page turned on its side.

At each step all columns get what they need, or the next is taken; last of all words are broken anywhere. The sizes are
those of styles/area.css.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import sqrt
from typing import TYPE_CHECKING

from msgspec import Struct

from pipeline.model import Page
from pipeline.write.pdf.breaks import open_words
from pipeline.write.pdf.letters import ems
from pipeline.write.pdf.needs import GAP, WHOLE, Need, columns

if TYPE_CHECKING:
    from lxml import etree

_PT_PER_MM = 72 / 25.4
_CAPTION_PT = 10
_SHORT = 8  # characters: where words may be broken after their signs, longer ones are
_MARGIN = 1.04  # letters are not measured, but guessed
_NARROWEST = 2.0  # ems of a column, with its gap: three letters in a line
_CLASSES = {10.0: "", 8.5: "small", 7.0: "tiny"}
_LENGTH = re.compile(r"width:\s*([\d.]+)\s*(%|px|pt|pc|em|mm|cm|in)?")
_IN_PT = {"px": 0.75, "pt": 1, "pc": 12, "em": 12, "mm": _PT_PER_MM, "cm": 10 * _PT_PER_MM, "in": 72}
_ROW = re.compile(r"<tr\b[^>]*>((?:(?!</?tr\b).)*)</tr>", re.DOTALL)
_CELL = re.compile(r"<t[dh]\b")
_TABLE = re.compile(r'<table\b[^>]*?data-line="(\d+)"')


class _Step(Struct, frozen=True):
    """A way to set a table. Columns with much text get `comfort` ems at least, if it is asked."""

    size_pt: float
    longest: int = WHOLE  # words of more characters may be broken after their signs
    comfort: float = 0.0
    turned: bool = False


_STEPS = (
    _Step(10.0, comfort=7),
    _Step(8.5, comfort=6),
    _Step(8.5),
    _Step(8.5, _SHORT, comfort=4),
    _Step(7.0),
    _Step(7.0, _SHORT, comfort=4),
    _Step(8.5, turned=True),
    _Step(7.0, turned=True),
    _Step(8.5, _SHORT, turned=True),
    _Step(7.0, _SHORT, turned=True),
)


def fit(table: etree._Element, room_pt: float, turned_pt: float | None) -> bool:
    """Choose size and shape of a table that stands in no other; whether its page is to be turned.

    `turned_pt` is the room on a turned page, None where the page cannot be turned.
    """
    needs: dict[int, list[Need]] = {}
    for step in _STEPS:
        if step.turned and turned_pt is None:
            continue
        room = (turned_pt or 0.0 if step.turned else room_pt) / step.size_pt
        if step.longest not in needs:
            needs[step.longest] = columns(table, step.longest)
        if not (found := needs[step.longest]):
            return False
        inside = room - GAP * (len(found) - 1)
        if sum(max(need.least * _MARGIN, min(need.most, step.comfort)) for need in found) <= inside:
            _set(table, step, found, room)
            return step.turned
    step = _Step(7.0, _SHORT, turned=turned_pt is not None)
    _set(table, step, found, (turned_pt or room_pt) / step.size_pt)
    return step.turned


def overfull(xhtml: str, page: Page) -> Iterator[tuple[int | None, int, int]]:
    """(line of the source, columns, how many there is room for) of tables too broad for a turned page at 7 points."""
    most = int((page.height_mm - page.inner_mm - page.outer_mm) * _PT_PER_MM / _STEPS[-1].size_pt / _NARROWEST)
    known: set[int] = set()
    for row in _ROW.finditer(xhtml):
        count = len(_CELL.findall(row[1]))
        if count > most:
            lines = _TABLE.findall(xhtml, 0, row.start())
            line = int(lines[-1]) if lines else 0
            if line not in known:
                known.add(line)
                yield line or None, count, most


def _set(table: etree._Element, step: _Step, needs: Sequence[Need], room: float) -> None:
    """Write down a table's size and the shares of its columns. `room` is in ems."""
    html = table.tag.removesuffix("table")
    kind = _CLASSES[step.size_pt]
    for each in table.iter(table.tag):
        inner = "" if each is table else "inner"
        if kind or inner:
            each.set("class", f"{each.get('class', '')} {kind} {inner}".strip())
    open_words(table, step.longest)
    asked = _LENGTH.search(table.get("style", ""))
    given: list[float] = []
    for each in list(table.iter(table.tag)):
        each.attrib.pop("style", "")
        for group in each.findall(f"{html}colgroup"):
            given = [*given, *map(_share, group)] if each is table else given
            each.remove(group)
    if len(given) != len(needs) or not all(given):
        given = []
    least = [need.least * _MARGIN + GAP for need in needs]
    most = [max(need.most * _MARGIN + GAP, low) for need, low in zip(needs, least, strict=True)]
    breadth = min(room, sum(most))
    style = []
    if breadth == room or given or asked:
        if asked:
            unit = asked[2] or "px"
            breadth = float(asked[1]) * (room / 100 if unit == "%" else _IN_PT[unit] / step.size_pt)
        elif given:
            breadth = max(high * sum(given) / share for high, share in zip(most, given, strict=True))
        breadth = min(room, max(breadth, sum(least)))
        shares = _given(given, least, breadth) if given else _shared(least, most, breadth)
        table.set("class", f"{table.get('class', '')} shared".strip())
        style = ["table-layout: fixed", f"width: {100 * breadth / room:.2f}%"]
        columns = table.makeelement(f"{html}colgroup")
        for share in shares:
            columns.append(table.makeelement(f"{html}col", style=f"width: {100 * share / sum(shares):.2f}%"))
        table.insert(0 if table.find(f"{html}caption") is None else 1, columns)
    if len(needs) * _NARROWEST > room:
        style.append(f"font-size: {step.size_pt * room / len(needs) / _NARROWEST:.2f}pt")
    if style:
        table.set("style", "; ".join(style))
    caption = table.find(f"{html}caption")
    if caption is not None and "align-" not in table.get("class", ""):
        # A caption is as broad as its table for WeasyPrint 70, however narrow that is.
        said = "".join(map(str, caption.itertext()))
        wanted_pt = min(room * step.size_pt, ems(said, bold=True) * _CAPTION_PT)
        if wanted_pt > breadth * step.size_pt:
            caption.set("style", f"width: {wanted_pt:.1f}pt")


def _share(column: etree._Element) -> float:
    found = _LENGTH.search(column.get("style", ""))
    return float(found[1]) if found else 0.0


def _given(wanted: Sequence[float], least: Sequence[float], breadth: float) -> list[float]:
    """Shares as the author wants them, but none below its least."""
    if sum(least) >= breadth:
        return _capped(least, breadth)
    held: set[int] = set()
    while True:
        rest = breadth - sum(least[at] for at in held)
        total = sum(share for at, share in enumerate(wanted) if at not in held)
        shares = [least[at] if at in held else rest * share / total for at, share in enumerate(wanted)]
        short = {at for at, share in enumerate(shares) if share < least[at] - 1e-9}
        if not short:
            return shares
        held |= short


def _shared(least: Sequence[float], most: Sequence[float], breadth: float) -> list[float]:
    """What is left over goes first to columns that need little to have each cell on one line, then to long texts."""
    if sum(least) >= breadth:
        return _capped(least, breadth)
    shares = list(least)
    waiting = set(range(len(shares)))
    left = breadth - sum(shares)
    for at in sorted(waiting, key=lambda at: most[at] - least[at]):
        if most[at] - least[at] > left / len(waiting):
            break
        left -= most[at] - least[at]
        shares[at] = most[at]
        waiting.remove(at)
    weights = {at: sqrt(most[at] - least[at]) for at in waiting} or dict.fromkeys(range(len(shares)), 1.0)
    for at, weight in weights.items():
        shares[at] += left * weight / sum(weights.values())
    return shares


def _capped(least: Sequence[float], breadth: float) -> list[float]:
    """Where there is not enough for all, as much for each as there can be; narrow columns are not made narrower."""
    cap, left = breadth / len(least), breadth
    for number, low in enumerate(sorted(least)):
        cap = left / (len(least) - number)
        if low > cap:
            break
        left -= low
    return [min(low, cap) for low in least]
