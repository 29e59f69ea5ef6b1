"""What a reader would notice on the pages, counted in the finished PDF.

A rule is a function from `Pages` to the places that break it, each `page N: text`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import groupby, pairwise

import pikepdf
from msgspec import Struct

from pipeline.check.pdf import fonts
from pipeline.check.pdf.house import Count, House
from pipeline.check.pdf.reading import Block, Line, blocks
from pipeline.check.pdf.shapes import Shape, shapes
from pipeline.model import FORMULA
from pipeline.scripts import breadth, is_complex

_POINTS_PER_MM = 72 / 25.4
_HEADINGS = frozenset(["H", "H1", "H2", "H3", "H4", "H5", "H6"])
_CELLS = frozenset(["TD", "TH", "TOCI", "Lbl"])
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015"
# No dash: the hyphens of an option, and the Chinese dash, with which a line may begin.
_DASHED = re.compile(rf"(?!--?\w|\u2014\u2014)[{_DASHES}]")
_OPENING_MARKS = "\"'\u00ab\u2018\u201a\u201c\u201e\u2039"
_TOLERANCE_PT = 1.0
_LEAN = 0.2  # of a line's height: the ink of a letter leans over its box, that of an italic f by a sixth of its size
_PICTURE_PT = 40.0  # three lines; a rule or the edge of a panel is narrower
_LONGEST_SPEAKER = 60  # characters


class Pages(Struct, frozen=True):
    """The finished PDF, as the rules see it."""

    house: House
    blocks: tuple[Block, ...]
    papers_pt: tuple[tuple[float, ...], ...]  # of each page the trimmed paper: left, foot, right, top
    fonts: tuple[fonts.Face, ...]
    shapes: tuple[Shape, ...] = ()

    @property
    def prose(self) -> tuple[Block, ...]:
        """What is set in lines by the engine: neither code nor artifacts."""
        return tuple(block for block in self.blocks if block.roles and not block.code)

    @property
    def text(self) -> tuple[Line, ...]:
        """The lines that are read, in order: no artifacts."""
        return tuple(line for block in self.blocks for line in block.lines if not line.artifact)


def page_rules(data: bytes, house: House) -> tuple[Count, ...]:
    """Every rule with its count, zeros too, in the order of the table."""
    with pikepdf.open(BytesIO(data)) as pdf:
        papers = tuple(tuple(float(side) for side in page.trimbox) for page in pdf.pages)
        pages = Pages(house, blocks(data), papers, fonts.faces(pdf), shapes(data))
        counted = [(code, name, tuple(rule(pages))) for code, name, rule in RULES]
    return tuple(Count(code, name, len(places), places) for code, name, places in counted)


def short_last_lines(pages: Pages) -> Iterator[str]:
    """Of blocks of two lines or more: a byline, a label or a speaker's name of one line has no *last* line.

    The measure is the widest line of any block that stands in the same place of the tree.
    """
    measures: dict[tuple[str, ...], float] = {}
    for block in pages.prose:
        widest = max(line.x1_pt - line.x0_pt for line in block.lines)
        measures[block.roles] = max(widest, measures.get(block.roles, 0))
    for block in pages.prose:
        last = block.lines[-1]
        if len(block.lines) < 2 or _CELLS & set(last.roles):
            continue
        # pdfium takes what an ActualText stands for to be as broad as the first of its glyphs.
        narrow = last.x1_pt - last.x0_pt < measures[block.roles] / 5 and not is_complex(last.text)
        if (breadth(last.text) < 8 and FORMULA not in last.text) or narrow:
            yield str(last)


def dashes_first(pages: Pages) -> Iterator[str]:
    """An author may begin a paragraph so; in a quote it would be the mark before a speaker's name. The hyphens of a
    command's option (-x, --long) are no dash.
    """
    for block in pages.prose:
        typed = () if "BlockQuote" in block.roles else block.lines[:1]
        yield from (str(line) for line in block.lines if _DASHED.match(line.text) and line not in typed)


def stranded_headings(pages: Pages) -> Iterator[str]:
    """Headings with fewer than three lines or a picture of their section under them, and the rest overleaf.

    Notes do not count. What is under a heading whose section goes on overleaf is that section's.
    """
    for block in pages.blocks:
        if block.roles and block.roles[-1] in _HEADINGS:
            head = block.lines[-1]
            section = head.elements[:-1]
            after = [
                line
                for line in pages.text
                if line.elements[: len(section)] == section and line.elements > head.elements
                if line.role not in _HEADINGS and "Note" not in line.roles
            ]
            under = {round(line.y_pt) for line in after if line.page == head.page and line.y_pt < head.y_pt}
            pictured = any(
                shape.page == head.page and shape.box_pt[3] <= head.y_pt and _small_side_pt(shape) >= _PICTURE_PT
                for shape in pages.shapes
            )
            if len(under) < 3 and not pictured and any(line.page > head.page for line in after):
                yield f"{head} ({len(under)} lines under it)"


def _small_side_pt(shape: Shape) -> float:
    left, foot, right, top = shape.box_pt
    return min(right - left, top - foot)


def split_quotes(pages: Pages) -> Iterator[str]:
    """Quotes of up to 8 lines on more than one page; of longer ones, parts of fewer than 3 lines."""
    for said, _ in _quotes(pages):
        parts = [len(list(part)) for _, part in groupby(said, key=lambda line: line.page)]
        if len(parts) > 1 and (len(said) <= 8 or min(parts) < 3):
            yield f"{said[0]} ({'/'.join(map(str, parts))} lines)"


def speakers_apart(pages: Pages) -> Iterator[str]:
    """Speakers without three lines of what they said on the page of their name; all of them, where it is less."""
    for said, speaker in _quotes(pages):
        if speaker and sum(line.page == speaker.page for line in said) < min(3, len(said)):
            yield str(speaker)


def broken_words(pages: Pages) -> Iterator[str]:
    """Words to keep whole that end on another line than they began."""
    splits = [
        re.compile(rf"(?<!\w){re.escape(word[:at])}[\u00ad\u2010-]?\n{re.escape(word[at:])}", re.IGNORECASE)
        for word in pages.house.whole
        for at in range(1, len(word))
    ]
    for first, second in _breaks(pages):
        text = f"{first.text}\n{second.text}".replace("\u2060", "")
        if any(split.search(text) for split in splits):
            yield f"{first} | {second.text}"


def hyphenated_words(pages: Pages) -> Iterator[str]:
    """Lines that end with U+2010, which WeasyPrint puts where it divides a word; and soft hyphens that are drawn.

    A hyphen that the author wrote (U+002D) may end a line: `broken_words` names those that may not.
    """
    for first, second in _breaks(pages):
        if re.search(r"\w\u2010$", first.text):
            yield f"{first} | {second.text}"
    for face in pages.fonts:
        # pdfium cannot tell a soft hyphen at a line's end from a hyphen; that a font has a glyph for it says enough.
        if "\u00ad" in (face.to_unicode or {}).values():
            yield f"{face.name}: a soft hyphen is drawn"


def short_last_page(pages: Pages) -> Iterator[str]:
    """Of a section that began earlier: one that is short itself has no more lines to give. Blank pages do not count."""
    last = max((line.page for line in pages.text), default=0)
    rows = {round(line.y_pt): line.elements[:2] for line in pages.text if line.page == last}
    spilled = any(line.elements[:2] in rows.values() for line in pages.text if line.page < last)
    if spilled and len(rows) < 5:
        yield f"page {last}: {len(rows)} lines"


def outside(pages: Pages) -> Iterator[str]:
    """What is drawn beyond the margins of its page: text, and rules and pictures. Odd pages are right-hand ones."""
    furniture = (pages.house.furniture_mm,) * 4

    def beyond(page: int, box_pt: tuple[float, float, float, float], margins_mm: tuple[float, ...]) -> bool:
        top, outer, inner, bottom = (margin * _POINTS_PER_MM - _TOLERANCE_PT for margin in margins_mm)
        left, right = (inner, outer) if page % 2 else (outer, inner)
        x0, y0, x1, y1 = box_pt
        paper = pages.papers_pt[page - 1]
        return x0 < paper[0] + left or y0 < paper[1] + bottom or x1 > paper[2] - right or y1 > paper[3] - top

    for block in pages.blocks:
        for line in block.lines:
            lean = _LEAN * (line.high_pt - line.low_pt)
            box = (line.x0_pt + lean, line.low_pt, line.x1_pt - lean, line.high_pt)
            if beyond(line.page, box, furniture if line.artifact else pages.house.margins_mm):
                yield str(line)
    for shape in pages.shapes:
        if beyond(shape.page, shape.box_pt, pages.house.margins_mm):
            yield str(shape)


def not_embedded(pages: Pages) -> Iterator[str]:
    return (face.name for face in pages.fonts if not face.embedded)


def foreign_fonts(pages: Pages) -> Iterator[str]:
    """Fonts of no family that the edition names: text fell back to another face."""
    wanted = tuple(_folded(family) for family in pages.house.families)
    return (face.name for face in pages.fonts if wanted and not _folded(face.name).startswith(wanted))


def _quotes(pages: Pages) -> Iterator[tuple[list[Line], Line | None]]:
    """Each block quote: the lines of what is said, and the speaker. Notes are no part of it.

    The speaker is the last block of the quote, when others come before and it is one short line with no opening mark.
    """
    quoted = [block for block in pages.blocks if "BlockQuote" in block.roles and "Note" not in block.roles]
    for _, members in groupby(quoted, key=lambda block: block.elements[block.roles.index("BlockQuote")]):
        parts = list(members)
        last = parts[-1].lines
        short = len(last) == 1 and len(last[0].text) <= _LONGEST_SPEAKER and last[0].text[0] not in _OPENING_MARKS
        speaker = last[0] if len(parts) > 1 and short else None
        said = [line for part in (parts[:-1] if speaker else parts) for line in part.lines]
        yield said, speaker


def _breaks(pages: Pages) -> Iterator[tuple[Line, Line]]:
    for block in pages.blocks:
        if block.roles:
            yield from pairwise(block.lines)


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


RULES: tuple[tuple[str, str, Callable[[Pages], Iterator[str]]], ...] = (
    ("PAGE001", "last lines under a fifth of the measure or under 8 characters", short_last_lines),
    ("PAGE002", "lines that begin with a dash", dashes_first),
    ("PAGE003", "headings with fewer than 3 lines under them", stranded_headings),
    ("PAGE004", "quotes of up to 8 lines split, or longer ones broken worse than 3/3", split_quotes),
    ("PAGE005", "speakers' names apart from 3 lines of their quote", speakers_apart),
    ("PAGE006", "words to keep whole that a line breaks", broken_words),
    ("PAGE007", "hyphenated words", hyphenated_words),
    ("PAGE008", "a last page of fewer than 5 lines", short_last_page),
    ("PAGE009", "lines, rules and pictures outside the margins", outside),
    ("PAGE010", "fonts that are not embedded", not_embedded),
    ("PAGE011", "fonts of other families than the edition's", foreign_fonts),
)
