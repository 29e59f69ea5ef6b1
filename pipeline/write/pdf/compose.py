"""Book → XHTML documents for the layout engine, with what only paper needs: endings held together, titles balanced."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from msgspec import Struct
from msgspec.structs import replace

from pipeline import balance, scripts
from pipeline.markup import escape, quoteattr
from pipeline.model import Book, Page, Section
from pipeline.numbering import ranges
from pipeline.write.pdf import breaks, formulas, lists, tables, together
from pipeline.write.pdf.folios import FIGURES
from pipeline.write.pdf.foot import called
from pipeline.write.pdf.gather import SCHEME
from pipeline.write.pdf.letters import ems, shortened
from pipeline.write.pdf.rooms import rooms

if TYPE_CHECKING:
    from lxml import etree

# Spaces that text fonts lack, as their nearest kin: WeasyPrint 70 draws .notdef for them.
_SPACES = {
    0x1680: " ",
    0x180E: "",
    0x2000: "\N{EN SPACE}",
    0x2001: "\N{EM SPACE}",
    0x2008: "\N{THIN SPACE}",
    0x2028: " ",
    0x2029: " ",
    0x205F: "\N{FOUR-PER-EM SPACE}",
}
XHTML = "http://www.w3.org/1999/xhtml"
_HEADINGS = tuple(f"{{{XHTML}}}h{level}" for level in range(1, 7))
_HOLE = re.compile(r"""(<span class='folio' data-of="([^"]+)">)</span>""")
_LIST = re.compile(r"""<span class='folios' data-of="([^"]*)"></span>""")
_ID = re.compile(r""" id=["']([^"']*)["']""")
_LINE = re.compile(r' data-line="\d+"')
_MARKS = tuple("“‘«„‚‹")
# Between two signs, beside one of which a line may end: of Hangul, too, Pango takes each syllable for such.
_BREAKABLE = rf"[{scripts.DENSE}\uac00-\ud7a3]"
_BETWEEN = re.compile(rf"(?<={_BREAKABLE})(?=\S)|(?<=\S)(?={_BREAKABLE})")

_HEAD_PT = 9.5  # of running heads
_TEXT_PT = 12
_HELD = (f"{{{XHTML}}}p", f"{{{XHTML}}}caption", *_HEADINGS[1:])
_CELLS = (f"{{{XHTML}}}td", f"{{{XHTML}}}th")
_PANELS = ("admonition", "topic", "sidebar")
# What stands in these cannot have a page of its own.
_FIXED = ("titlepage", "colophon", "footnote", "citation")

# How much larger than running text a heading is set, about.
_SCALE = {f"{{{XHTML}}}h1": 2.3, f"{{{XHTML}}}h2": 1.45, f"{{{XHTML}}}h3": 1.2}


class Document(Struct, frozen=True):
    """What is laid out alone: sections of a book, with what its pages say beside them.

    `name` and `kind` are those of its first section. `bookmarks` are (section's name, title) of sections that stand in
    the outline by another title than a heading's text. `measure` is how many characters a line of running text takes,
    `width_pt` how wide it is, and `turned_pt` how wide on a page that lies on its side. `depth` and `is_front` are its
    section's.
    """

    name: str
    kind: str
    title: str
    language: str
    heads: tuple[str, str]
    bookmarks: tuple[tuple[str, str], ...]
    measure: int
    xhtml: str
    width_pt: float
    turned_pt: float
    path: Path | None = None  # of the source, if it is not the book's
    depth: int = 0
    is_front: bool = False

    @property
    def ids(self) -> frozenset[str]:
        """All that has a name in it."""
        return frozenset(_ID.findall(self.xhtml))

    @property
    def named(self) -> frozenset[str]:
        """The ids whose pages it names."""
        places = " ".join(_LIST.findall(self.xhtml)).split()
        return frozenset((*(of for _, of in _HOLE.findall(self.xhtml)), *(each.removeprefix("!") for each in places)))

    def filled(self, folios: Mapping[str, str]) -> Document:
        """The same with the pages that it names: id → folio."""
        named = _HOLE.sub(lambda hole: f"{hole[1]}{folios.get(hole[2], '0')}</span>", self.xhtml)
        return replace(self, xhtml=_LIST.sub(lambda hole: _listed(hole[1], folios), named))


def _listed(places: str, folios: Mapping[str, str]) -> str:
    """The pages of a line of the index, each a link to the first place on it."""
    named = [(place.removeprefix("!"), place.startswith("!")) for place in places.split()]
    found = []
    for words, number, main in ranges((folios.get(name, "0").strip(), main) for name, main in named):
        link = f"<a href={quoteattr('#' + named[number][0])}>{words}</a>"
        found.append(f"<b>{link}</b>" if main else link)
    return f"<span class='folios' data-of=''>, {', '.join(found)}</span>"


def documents(book: Book, page: Page) -> tuple[Document, ...]:
    """The documents that are laid out alone, of which a post has one."""
    parts: list[list[Section]] = []
    for section in book.spine:
        if section.opens or not parts:
            parts.append([])
        parts[-1].append(section)
    return tuple(
        Document(
            name=sections[0].name,
            kind=sections[0].kind,
            title=book.metadata.title,
            language=book.metadata.language,
            heads=sections[0].heads,
            bookmarks=tuple((of.name, of.title) for of in sections),
            measure=page.measure,
            xhtml=_LINE.sub("", "".join(section.xhtml for section in sections)),
            width_pt=(page.width_mm - page.inner_mm - page.outer_mm) * 72 / 25.4,
            turned_pt=(page.height_mm - page.inner_mm - page.outer_mm) * 72 / 25.4,
            path=sections[0].path,
            depth=sections[0].depth,
            is_front=sections[0].is_front,
        )
        for sections in parts
    )


def compose(document: Document) -> str:
    """A document as the layout engine takes it.

    Joiners, no-break spaces and classes are added, no letter is changed; formulas are drawn. A link out of it is
    `xref:ID`.
    """
    from lxml import etree

    from pipeline.write.pdf import code

    measure = document.measure
    # Running heads have one line.
    verso, recto = (quoteattr(shortened(head, document.width_pt / _HEAD_PT)) for head in document.heads)
    title = escape(document.title)
    text = document.xhtml.translate(_SPACES)
    root = etree.fromstring(
        f"<html xmlns='{XHTML}' {scripts.attributes(document.language, whole=True)}><head><title>{title}</title></head>"
        f"<body data-verso={verso} data-recto={recto} data-folio='{FIGURES}'>{text}</body></html>"
    )
    formulas.draw(root)
    own = {name for element in root.iter() if (name := element.get("id"))}
    for link in root.iter(f"{{{XHTML}}}a"):
        target = link.get("href", "")
        if target.startswith("#") and unquote(target[1:]) not in own:
            link.set("href", f"{SCHEME}{target[1:]}")
    for span in [element for element in root.iter(f"{{{XHTML}}}span") if "nowrap" in element.get("class", "").split()]:
        _join(span)
    code.fit(root, document.width_pt)
    titles = dict(document.bookmarks)
    for element in root.iter(f"{{{XHTML}}}section"):
        if bookmark := titles.get(element.get("id", "")):
            head = element.find(f"{{{XHTML}}}header/{{{XHTML}}}h2")
            (element if head is None else head).set("data-bookmark", bookmark)
    _head_sections(root, document)
    for heading in root.iter(*_HEADINGS):
        _name_at(heading)
        if "data-bookmark" not in heading.attrib:
            heading.set("data-bookmark", " ".join(_said(heading).replace("\N{WORD JOINER}", "").split()))
        if width := _balanced(_text(heading), measure / _SCALE.get(heading.tag, 1)):
            heading.set("style", f"max-width: {width:.1f}ch")
        together.hold(heading, measure)
    for paragraph in root.iter(f"{{{XHTML}}}p"):
        together.announces(paragraph)
    for items in root.iter(f"{{{XHTML}}}ul", f"{{{XHTML}}}ol", f"{{{XHTML}}}dl"):
        together.listed(items)
    for ordered in root.iter(f"{{{XHTML}}}ol"):
        lists.number(ordered)
    small = {element for note in root.iter(f"{{{XHTML}}}aside") for element in note.iter(f"{{{XHTML}}}p")}
    rtl = scripts.direction(document.language) == scripts.RTL
    for element, room_pt in list(rooms(root, document.width_pt)):
        # In a narrow place, as a cell, there is no end to hold.
        if element.tag in _HELD and room_pt > document.width_pt / 2 and not _in_cell(element):
            # Arabic letters are narrower, and those of notes.
            _hold_the_end(element, measure // (3 if element in small or rtl else 4))
        if element.tag in _HEADINGS:
            _fit(element, room_pt)
        elif element.tag == f"{{{XHTML}}}table" and next(element.iterancestors(element.tag), None) is None:
            turned_pt = room_pt + document.turned_pt - document.width_pt if _can_turn(element) else None
            if tables.fit(element, room_pt, turned_pt):
                _turn(element)
    breaks.open_words(root)
    for quote in root.iter(f"{{{XHTML}}}blockquote"):
        together.quoted(quote, measure)
        if _text(quote).lstrip().startswith(_MARKS):
            quote.set("class", f"{quote.get('class', '')} hung".strip())
    called(root)
    return etree.tostring(root, encoding="unicode")


def _head_sections(root: etree._Element, document: Document) -> None:
    """Make the sections of a chapter the heads of its right pages, from where each begins.

    WeasyPrint 70 takes what a body says for said again on each of its pages, so there the chapter's header says it.
    """
    header = root.find(f".//{{{XHTML}}}section[@class='chapter']/{{{XHTML}}}header")
    if header is None:
        return
    header.set("data-head", root[1].attrib.pop("data-recto"))
    for heading in root.iterfind(f".//{{{XHTML}}}section[@class='chapter']/{{{XHTML}}}section/{{{XHTML}}}h3"):
        heading.set("data-head", shortened(_said(heading), document.width_pt / _HEAD_PT))


def _name_at(heading: etree._Element) -> None:
    """Give a heading the names of its section, which may begin, empty, on the page before the heading's."""
    section = heading.getparent()
    if section is None or section.get("class") or section.tag != f"{{{XHTML}}}section":
        return
    before = list(heading.itersiblings(preceding=True))
    if any(len(mark) or mark.text or not mark.get("id") for mark in before):
        return
    for mark in before:
        heading.insert(0, mark)
        mark.tail = heading.text
        heading.text = None
    if "id" not in heading.attrib and (name := section.attrib.pop("id", "")):
        heading.set("id", str(name))


def _join(span: etree._Element) -> None:
    """Words to keep whole, as text with joiners: WeasyPrint 70 breaks the line before a no-wrap span too early."""
    whole = (span.text or "").replace("-", "-\N{WORD JOINER}").replace(" ", "\N{NO-BREAK SPACE}") + (span.tail or "")
    before, parent = span.getprevious(), span.getparent()
    assert parent is not None
    if before is None:
        parent.text = (parent.text or "") + whole
    else:
        before.tail = (before.tail or "") + whole
    parent.remove(span)


def _hold_the_end(block: etree._Element, room: int) -> None:
    """Keep the last words of a block, `room` characters or a little more, on one line: no line is left with a scrap.

    A fifth of the measure is asked of a last line; letters differ in width, so a quarter is held.
    """
    words = scripts.pieces(_text(block))
    if len(words) < 4 and max(map(len, words), default=0) <= breaks.LONG:
        return
    most = room
    for element, part in reversed(list(_texts(block))):
        text = getattr(element, part) or ""
        cut = _cut(text, room)
        if element.tag == formulas.SVG:
            broad = _characters(element)
            if part == "text":
                room -= broad
            elif broad > 2 * most:  # with the words it might be broader than the line
                cut = max(cut, len(text) - len(text.split(maxsplit=1)[-1]) if text.strip() else len(text))
        held = text[cut:].replace("\n", " ").replace(" ", "\N{NO-BREAK SPACE}")
        if max(map(len, scripts.pieces(text)), default=0) > breaks.LONG:
            held = breaks.held(held)
        held = breaks.parts_held(held)
        held = _BETWEEN.sub("\N{WORD JOINER}", held)
        # Pango lets a no-break space hang out at the end of a piece of text, and WeasyPrint 70 then breaks that piece
        # after its first word; not so with a joiner behind it.
        if text:
            setattr(
                element, part, text[:cut] + re.sub("\N{NO-BREAK SPACE}$", "\N{NO-BREAK SPACE}\N{WORD JOINER}", held)
            )
        room -= scripts.breadth(text)
        if room <= 0:
            return


def _cut(text: str, room: int) -> int:
    """Where the last part of a text begins that takes so much room."""
    if text.isascii():
        return max(0, len(text) - room)
    cut = len(text)
    while cut and room > 0:
        cut -= 1
        room -= scripts.breadth(text[cut])
    return cut


def _text(element: etree._Element) -> str:
    """A text as broad as what an element shows: for a formula, letters."""
    if next(element.iter(formulas.SVG), None) is None:
        return "".join(map(str, element.itertext()))
    return "".join(
        "x" * _characters(at) if at.tag == formulas.SVG and part == "text" else getattr(at, part) or ""
        for at, part in _texts(element)
    )


def _said(element: etree._Element) -> str:
    """What a heading says: of a formula, its alternative text, and nothing of the calls of notes."""
    return "".join(
        (at.get("aria-label", "") if at.tag == formulas.SVG else at.text or "") if part == "text" else at.tail or ""
        for at, part in _texts(element)
        if part == "tail" or at.get("role") != "doc-noteref"
    )


def _characters(formula: etree._Element) -> int:
    """How many characters of running text are as broad as a formula: two an em."""
    return ceil(2 * formulas.width_em(formula))


def _texts(element: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """The places that hold text in an element, in reading order."""
    yield element, "text"
    for child in element if element.tag != formulas.SVG else ():
        yield from _texts(child)
        yield child, "tail"


def _fit(heading: etree._Element, room_pt: float) -> None:
    """Smaller type for a heading with a word that is too long for its line; if that were smaller than the text's, the
    word is broken.
    """
    breaks.open_words(heading, breaks.LONG // 2)
    words = [word.rstrip() for word in scripts.pieces(_text(heading).replace(breaks.OPENING, " "))]
    size_pt = _TEXT_PT * _SCALE.get(heading.tag, 1)
    needed_pt = max((ems(word, bold=True) for word in words), default=0) * size_pt
    if needed_pt > room_pt:
        heading.set("class", f"{heading.get('class', '')} long".strip())
        smaller_pt = size_pt * room_pt / needed_pt
        heading.set("style", f"font-size: {smaller_pt:.1f}pt; line-height: 1.2" if smaller_pt > _TEXT_PT else "")


def _in_cell(element: etree._Element) -> bool:
    return any(around.tag in _CELLS for around in element.iterancestors())


def _can_turn(table: etree._Element) -> bool:
    return not any(set(_FIXED) & set(around.get("class", "").split()) for around in table.iterancestors())


def _turn(table: etree._Element) -> None:
    """Put a table on a page that lies on its side, and the headings right before it."""
    page = table.makeelement(f"{{{XHTML}}}div", {"class": "turned"})
    page.tail, table.tail = table.tail, None
    table.addprevious(page)
    page.append(table)
    for around in page.iterancestors():
        if set(_PANELS) & set(around.get("class", "").split()):
            around.set("class", f"{around.get('class')} parted")
    before: etree._Element | None = page
    while before is not None:
        parent, before = before.getparent(), before.getprevious()
        if before is None and parent is not None and parent.tag == f"{{{XHTML}}}section":
            before = parent.getprevious()
        if before is None or before.tag not in _HEADINGS:
            return
        before.set("class", f"{before.get('class', '')} turned".strip())


def _balanced(text: str, measure: float) -> float:
    """A measure, in `ch`, that sets a heading in no more lines than it needs anyway, evened out; 0 for one line."""
    pieces = scripts.pieces(text)
    count = balance.needed(pieces, max(1, int(measure)))
    if count < 2 or count > len(pieces):
        return 0
    # A letter is a little narrower than the figure 0 that `ch` is the width of, but one word may have broad ones.
    broadest = max(scripts.breadth(piece.rstrip()) for piece in pieces)
    return max(0.95 * max(map(scripts.breadth, balance.lines(pieces, count))), 1.2 * broadest)
