"""What the columns of a table need, in ems of its type: the broadest piece that is not broken, and all on one line.

Cells may hold anything: lists are indented in ems there (styles/area.css), code is as large as the text around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct, field

from pipeline.write.pdf.breaks import OPENING, opened
from pipeline.write.pdf.formulas import SVG, width_em
from pipeline.write.pdf.letters import ems, is_wide

if TYPE_CHECKING:
    from lxml import etree

GAP = 0.8  # between columns
WHOLE = 30  # characters: a longer word is an address, or the name of something, and may be broken after its signs
_INDENTED = {"ul": 1.7, "ol": 1.7, "dd": 1.7, "blockquote": 1.7, "pre": 0.0}
_BLOCKS = {"p", "div", "li", "dt", "figure", "figcaption", "caption", "section", "dl", "td", "th", "br", *_INDENTED}
_BOLD, _MONO = {"th", "strong", "dt"}, {"pre", "code", "kbd", "samp", "tt"}
_PICTURE = (5.0, 20.0)  # ems: of one whose breadth its author does not say
_LONGEST = 20.0  # of a word, or of a line of code: a longer one is broken wherever its column ends
# Before a hyphen's other side, beside each wide letter, and where signs let a word be opened.
_PIECES = re.compile(rf"[^{OPENING}]+")
_HYPHEN = re.compile(r"(?<=\w-)(?=[^\W\d])")


class Need(Struct, frozen=True):
    """The least that a text takes, and the most it has use for."""

    least: float = 0.0
    most: float = 0.0

    def beside(self, other: Need, gap: float = 0.0) -> Need:
        return Need(self.least + gap + other.least, self.most + gap + other.most)

    def over(self, other: Need) -> Need:
        return Need(max(self.least, other.least), max(self.most, other.most))


class _Lines(Struct):
    """Text as it is met: the word and the line that are not ended yet, and the longest so far."""

    word: float = 0.0
    line: float = 0.0
    need: Need = field(default_factory=Need)

    def add(self, text: str, longest: int, *, mono: bool, bold: bool) -> None:
        for part in re.split(r"(\s+)", text):
            if not part:
                continue
            if part.isspace() and "\N{NO-BREAK SPACE}" not in part:
                self.end_word()
                self.line += 0.25 if self.line else 0.0
                continue
            first, *others = _pieces(part, longest, mono, bold)
            self.word += first
            for piece in others:
                self.end_word()
                self.word = piece
            self.line += first + sum(others)

    def add_formula(self, breadth: float) -> None:
        self.word += breadth
        self.line += breadth
        self.need = self.need.over(Need(breadth, breadth))

    def end_word(self) -> None:
        self.need = self.need.over(Need(min(self.word, _LONGEST), self.word))
        self.word = 0.0

    def end_line(self, indent: float) -> Need:
        self.end_word()
        found = Need(self.need.least + indent, max(self.line, self.need.most) + indent) if self.line else Need()
        self.line, self.need = 0.0, Need()
        return found


def columns(table: etree._Element, longest: int) -> list[Need]:
    """What each column needs if words of more than `longest` characters may be broken after their signs."""
    return list(_columns(table, longest))


def of_table(table: etree._Element, longest: int) -> Need:
    total = Need()
    for number, need in enumerate(_columns(table, longest)):
        total = total.beside(need, GAP if number else 0.0)
    return total


def cells(table: etree._Element) -> Iterator[tuple[int, int, etree._Element]]:
    """(column, how many it spans, cell) of each cell, wherever cells from rows above reach down."""
    for group in _groups(table):
        reaching: dict[int, int] = {}  # column → rows that are still taken
        for row in group:
            column = 0
            taken = {at for at, rows in reaching.items() if rows}
            reaching = {at: rows - 1 for at, rows in reaching.items() if rows > 1}
            for cell in row:
                while column in taken:
                    column += 1
                wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
                yield column, wide, cell
                if high > 1:
                    reaching |= dict.fromkeys(range(column, column + wide), high - 1)
                column += wide


def _columns(table: etree._Element, longest: int) -> Iterable[Need]:
    single: dict[int, Need] = {}
    spanning: list[tuple[int, int, Need]] = []
    for column, wide, cell in cells(table):
        need = _cell(cell, longest)
        if wide > 1:
            spanning.append((column, wide, need))
        for at in range(column, column + wide):
            single[at] = single.get(at, Need()).over(need if wide == 1 else Need())
    for column, wide, need in sorted(spanning, key=lambda span: span[:2]):
        under = range(column, column + wide)
        gaps = GAP * (wide - 1)
        least = max(0.0, need.least - gaps - sum(single[at].least for at in under)) / wide
        most = max(0.0, need.most - gaps - sum(single[at].most for at in under)) / wide
        for at in under:
            single[at] = Need(single[at].least + least, single[at].most + max(least, most))
    return [single[at] for at in sorted(single)]


def _cell(cell: etree._Element, longest: int) -> Need:
    lines = _Lines()
    need = _block(cell, lines, longest, 0.0, mono=False, bold=cell.tag.endswith("}th"))
    return need.over(lines.end_line(0.0))


def _block(element: etree._Element, lines: _Lines, longest: int, indent: float, *, mono: bool, bold: bool) -> Need:
    """What an element adds to lines that are not ended yet, and the need of those that end in it."""
    need = Need()
    if element.text:
        lines.add(element.text, longest, mono=mono, bold=bold)
    for child in element:
        if not isinstance(child.tag, str):
            continue
        name = child.tag.rpartition("}")[2]
        if name == "table":
            inner = of_table(child, longest)
            need = need.over(lines.end_line(indent)).over(inner.beside(Need(indent, indent)))
        elif child.tag == SVG:
            lines.add_formula(width_em(child))
        elif name == "img":
            need = need.over(_picture(child).beside(Need(indent, indent)))
        elif name == "pre":
            code = "".join(map(str, child.itertext())).splitlines()
            broad = max((ems(line, mono=True) for line in code), default=0.0)
            need = need.over(lines.end_line(indent)).over(Need(min(broad, _LONGEST), broad))
        else:
            inner_indent = indent + _INDENTED.get(name, 0.0)
            if name in _BLOCKS:
                need = need.over(lines.end_line(indent))
            kinds = child.get("class", "").split()
            of_code = mono or name in _MONO or "literal" in kinds
            need = need.over(_block(child, lines, longest, inner_indent, mono=of_code, bold=bold or name in _BOLD))
            if name in _BLOCKS:
                need = need.over(lines.end_line(inner_indent))
        if child.tail:
            lines.add(child.tail, longest, mono=mono, bold=bold)
    return need


def _picture(picture: etree._Element) -> Need:
    if found := re.search(r"width: ([\d.]+)em", picture.get("style", "")):
        return Need(min(float(found[1]), _PICTURE[1]), float(found[1]))
    return Need(*_PICTURE)


@lru_cache(maxsize=1 << 14)
def _pieces(word: str, longest: int, mono: bool, bold: bool) -> tuple[float, ...]:
    """The parts of a word that no line breaks, one at least."""
    if len(word) > longest:
        word = opened(word)
    word = _HYPHEN.sub(OPENING, word)
    if any(map(is_wide, word)):
        word = "".join(f"{OPENING}{sign}{OPENING}" if is_wide(sign) else sign for sign in word)
    return tuple(ems(piece, mono=mono, bold=bold) for piece in _PIECES.findall(word)) or (0.0,)


def _groups(table: etree._Element) -> Iterator[list[etree._Element]]:
    """The rows of each group; a cell reaches into none but its own."""
    for group in table:
        if isinstance(group.tag, str) and group.tag.rpartition("}")[2] in ("thead", "tbody", "tfoot"):
            yield list(group)


def _span(cell: etree._Element, name: str) -> int:
    span = cell.get(name, "1")
    return max(1, int(span)) if span.isdigit() else 1
