"""The lines of a finished PDF, each with the structure element it belongs to. The one door to pdfium.

Positions are in points, from the left and the foot of the page. Text inside form XObjects is taken for the page's own.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import pairwise

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
from msgspec import Struct, field
from msgspec.structs import replace

from pipeline.check.pdf.tree import Element, read_tree
from pipeline.model import FORMULA

# Elements that stand inside a line: their text belongs to the block around them.
_INLINE = frozenset(["Span", "Quote", "Reference", "BibEntry", "Code", "Link", "Annot", "Form", "NonStruct", "Private"])
_INLINE |= {"Ruby", "RB", "RT", "RP", "Warichu", "WT", "WP"}
# Formulas are inline in these, and blocks in all others.
_LINES = _INLINE | {"P", "H", "H1", "H2", "H3", "H4", "H5", "H6", "Caption"}
_HYPHENS = "\u00ad\u2010"


class Line(Struct, frozen=True):
    """A line of one block. `roles` lead from the root to the block, `elements` are their numbers in reading order.

    Both are empty for what is outside the tree: running heads, folios, ornaments, and text nobody tagged.
    """

    page: int  # from 1
    roles: tuple[str, ...]
    elements: tuple[int, ...]
    text: str
    x0_pt: float
    x1_pt: float
    y_pt: float  # the baseline
    low_pt: float
    high_pt: float
    place: int = 0  # of its first letter among all that are drawn on the page
    spaced: bool = True  # whether white space is drawn at its end: a break without any is within a word

    @property
    def artifact(self) -> bool:
        return not self.roles

    @property
    def role(self) -> str:
        return self.roles[-1] if self.roles else "Artifact"

    def __str__(self) -> str:
        return f"page {self.page}: {self.text}"


class Block(Struct, frozen=True):
    """The lines of one block-level element, in reading order."""

    roles: tuple[str, ...]
    elements: tuple[int, ...]
    lines: tuple[Line, ...]
    code: bool = False  # all of it is Code: its lines are the author's
    label: bool = False  # a bullet or a number that an item of a list bears; never a note's, or a definition's term

    @property
    def text(self) -> str:
        return joined(self.lines)


class _Glyph(Struct, frozen=True):
    page: int
    place: int
    character: str
    x_pt: float
    y_pt: float
    height_pt: float  # of the font's own box, not of the ink
    ink: tuple[float, float, float, float]  # left, right, low, high


class _Run(Struct):
    """The glyphs of a block, as they are gathered."""

    path: tuple[Element, ...] = ()
    code: bool = True
    glyphs: list[_Glyph] = field(default_factory=list)


def lines(data: bytes) -> tuple[Line, ...]:
    """Every line of the tree in reading order, then the artifacts page by page."""
    return tuple(line for block in blocks(data) for line in block.lines)


def text(data: bytes) -> str:
    """Plain extraction, as a search or a copy would see it: page by page, a form feed between pages."""
    document = pypdfium2.PdfDocument(data)
    try:
        pages = [document[number].get_textpage().get_text_range() for number in range(len(document))]
    finally:
        document.close()
    # pdfium writes a hyphen at a line's end, and the break after it, as U+FFFE.
    return "\f".join(pages).replace("\ufffe", "-\n")


def structure_text(data: bytes) -> tuple[str, ...]:
    """The text of each block of the tree in reading order, white space folded; bullets and numbers left out."""
    return tuple(block.text for block in blocks(data) if block.roles and not block.label)


def formulas(data: bytes) -> tuple[str, ...]:
    """The alternative texts of the formulas, in the order of the blocks they are in, white space folded."""
    with pikepdf.open(BytesIO(data)) as pdf:
        found: dict[int, list[Element]] = {}
        for element, _ in read_tree(pdf).leaves():
            block = found.setdefault(id(_block(element)), [])
            if element.role == "Formula":
                block.append(element)
        return tuple(" ".join((each.text("/Alt") or "").split()) for block in found.values() for each in block)


def joined(lines: Iterable[Line]) -> str:
    """Lines as one text: a space where one is drawn at a break, and no hyphen that only the break has made."""
    whole = ""
    for line in lines:
        if whole[-1:] and whole[-1] in _HYPHENS and whole[-2:-1].isalpha():
            whole = whole[:-1]
        whole += line.text + " " * line.spaced
    return re.sub(r"\s+", " ", whole).strip()


def blocks(data: bytes) -> tuple[Block, ...]:
    """All blocks that have text, in the order of the tree; last, one block of artifacts a page."""
    with pikepdf.open(BytesIO(data)) as pdf:
        tree = read_tree(pdf)
        number = {id(element): index for index, element in enumerate(tree.elements)}
        glyphs, loose = _glyphs(data)
        runs: dict[int, _Run] = {}
        for element, leaf in tree.leaves():
            block = _block(element)
            run = runs.setdefault(id(block), _Run(block.path))
            run.code &= any(ancestor.role == "Code" for ancestor in element.path)
            drawn = glyphs.pop((leaf.page, leaf.mcid), [])
            if element.role == "Formula":
                drawn = [_formula(element, leaf.page, run.glyphs)]
            elif not drawn and run.glyphs:
                # pdfium drops what is drawn of white space alone.
                drawn = [replace(run.glyphs[-1], character=" ")]
            elif drawn and run.glyphs and _parted(run.glyphs[-1], drawn[0]):
                run.glyphs.append(replace(run.glyphs[-1], character=" "))
            run.glyphs += drawn
        found = [_set(run, number) for run in runs.values()]
        found += [_set(_Run(glyphs=rest), number) for rest in (*loose.values(), *glyphs.values())]
        return tuple(block for block in found if block.lines)


def _block(element: Element) -> Element:
    while element.parent and (element.role in _INLINE or (element.role == "Formula" and element.parent.role in _LINES)):
        element = element.parent
    return element


def _parted(formula: _Glyph, glyph: _Glyph) -> bool:
    """Whether there is a space after a formula: of one before it and one after it pdfium drops the second."""
    room_pt = glyph.x_pt - formula.ink[1]
    return formula.character == FORMULA and not glyph.character.isspace() and room_pt > glyph.height_pt / 10


def _formula(element: Element, page: int, before: list[_Glyph]) -> _Glyph:
    """One sign for a formula, which is drawn without letters; it stands on the line of what it follows."""
    left, low, right, high = (float(side) for side in element.attribute("/BBox") or (0, 0, 0, 0))
    y_pt = low + 0.3 * (high - low)
    if before and before[-1].page == page and low <= before[-1].y_pt <= high:
        y_pt = before[-1].y_pt
    return _Glyph(page, before[-1].place if before else 0, FORMULA, left, y_pt, high - low, (left, right, low, high))


def _set(run: _Run, number: dict[int, int]) -> Block:
    roles = tuple(element.role or element.type for element in run.path)
    elements = tuple(number[id(element)] for element in run.path)
    rows = [_line(row, roles, elements) for row in _rows(run.glyphs)]
    return Block(roles, elements, tuple(rows), run.code and bool(roles), _is_label(run.path))


def _is_label(path: tuple[Element, ...]) -> bool:
    if len(path) < 3 or path[-1].role != "Lbl" or path[-2].role != "LI":
        return False
    # A list of definitions is one without numbering, and its labels are the terms.
    return bool(path[-3].attribute("/ListNumbering") != "/None")


def _rows(glyphs: list[_Glyph]) -> Iterator[list[_Glyph]]:
    """Glyphs parted where the page changes or the baseline moves by more than a superscript would."""
    row: list[_Glyph] = []
    for before, glyph in pairwise([None, *glyphs]):
        assert glyph is not None
        if before and (
            glyph.page != before.page or abs(glyph.y_pt - before.y_pt) > 0.45 * max(glyph.height_pt, before.height_pt)
        ):
            yield row
            row = []
        row.append(glyph)
    if any(not glyph.character.isspace() for glyph in row):
        yield row


def _line(row: list[_Glyph], roles: tuple[str, ...], elements: tuple[int, ...]) -> Line:
    inked = [glyph.ink for glyph in row if not glyph.character.isspace()] or [glyph.ink for glyph in row]
    # pdfium gives a character beyond U+FFFF in two halves.
    text = "".join(glyph.character for glyph in row).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return Line(
        page=row[0].page + 1,
        roles=roles,
        elements=elements,
        text=text.strip(),
        x0_pt=min(ink[0] for ink in inked),
        x1_pt=max(ink[1] for ink in inked),
        y_pt=max(row, key=lambda glyph: (glyph.character != FORMULA, glyph.height_pt)).y_pt,
        low_pt=min(ink[2] for ink in inked),
        high_pt=max(ink[3] for ink in inked),
        place=min(glyph.place for glyph in row),
        spaced=text[-1:].isspace() or _is_spaced(text.strip()),
    )


def _is_spaced(text: str) -> bool:
    """Whether a line has a space at its end that is not drawn: after formulas, and where letters run leftwards."""
    return text[-1:] == FORMULA or any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in text)


def _glyphs(data: bytes) -> tuple[dict[tuple[int, int], list[_Glyph]], dict[int, list[_Glyph]]]:
    """The glyphs of each marked-content id, and page by page those that have none."""
    marked: dict[tuple[int, int], list[_Glyph]] = {}
    loose: dict[int, list[_Glyph]] = {}
    document = pypdfium2.PdfDocument(data)
    try:
        for page in range(len(document)):
            sheet = document[page]
            letters = sheet.get_textpage()
            for mcid, glyph in _page_glyphs(letters.raw, page):
                (loose.setdefault(page, []) if mcid < 0 else marked.setdefault((page, mcid), [])).append(glyph)
            letters.close()
            sheet.close()
    finally:
        document.close()
    return marked, loose


def _page_glyphs(sheet: ctypes.c_void_p, page: int) -> Iterator[tuple[int, _Glyph]]:
    """Each glyph of a page with its marked-content id, -1 for none. What pdfium makes up (breaks, gaps) is left out."""
    box = [ctypes.c_double() for _ in range(4)]
    spot = [ctypes.c_double() for _ in range(2)]
    loose = pdfium.FS_RECTF()
    for index in range(pdfium.FPDFText_CountChars(sheet)):
        thing = pdfium.FPDFText_GetTextObject(sheet, index)
        if pdfium.FPDFText_IsGenerated(sheet, index) == 1 or not thing:
            continue
        code = pdfium.FPDFText_GetUnicode(sheet, index)
        # pdfium writes U+002D at a line's end as U+0002 or U+FFFE, and would do so with a U+00AD.
        character = "-" if code in (0x02, 0xFFFE) else chr(code)
        pdfium.FPDFText_GetCharBox(sheet, index, *map(ctypes.byref, box))
        pdfium.FPDFText_GetCharOrigin(sheet, index, *map(ctypes.byref, spot))
        pdfium.FPDFText_GetLooseCharBox(sheet, index, ctypes.byref(loose))
        left, right, low, high = (side.value for side in box)
        x_pt, y_pt = (side.value for side in spot)
        glyph = _Glyph(page, index, character, x_pt, y_pt, loose.top - loose.bottom, (left, right, low, high))
        yield pdfium.FPDFPageObj_GetMarkedContentID(thing), glyph
