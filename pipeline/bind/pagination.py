"""The pages of the print edition marked in a book's text, for whoever reads it beside those who have the print edition.

A mark stands before the first word of its page, in the same block. Pages that show nothing of what an ebook has, empty
ones and the printed contents, are marked where the text goes on, so that none is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec.structs import replace

from pipeline import matter
from pipeline.bind.pages import free
from pipeline.markup import sign_at, signs, spots
from pipeline.model import Book, PageBreak, PageStart, Section

if TYPE_CHECKING:
    from lxml.etree import _Element

_XHTML = "{http://www.w3.org/1999/xhtml}"
_EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
_ID = re.compile(r"""\sid=["']([^"']*)""")
# What begins with a page has the mark before it: words that are marked up in some way, links, headings.
_HEADINGS = frozenset(_XHTML + name for name in ("h1", "h2", "h3", "h4", "h5", "h6", "hgroup"))
_AROUND = _HEADINGS | frozenset(
    _XHTML + name
    for name in (
        *("a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q"),
        *("ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var"),
    )
)


def paginate(book: Book, pages: Iterable[PageStart], identifier: str) -> Book:
    """The book with a mark in its text for each page, in order. `identifier` is that of the edition they are of."""
    taken = {section.name for section in book.spine}
    taken.update(name for section in book.spine for name in _ID.findall(section.xhtml))
    breaks: list[PageBreak] = []
    spine: list[Section] = []
    found = _shared(book, pages)
    for section in book.spine:
        marks = [
            (count, PageBreak(label, section.name, free(f"page-{label}", taken)))
            for count, label in found.get(section.name, ())
        ]
        breaks += [mark for _, mark in marks]
        spine.append(_marked(section, marks) if marks else section)
    return replace(book, spine=tuple(spine), pages=tuple(breaks), pages_of=identifier)


def _shared(book: Book, pages: Iterable[PageStart]) -> dict[str, list[tuple[int, str]]]:
    """For each section the pages that begin in it: how many of its signs stand before them, and their labels."""
    starts = {name: list(some) for name, some in groupby(pages, key=lambda page: page.section)}
    found: dict[str, list[tuple[int, str]]] = {}
    waiting: list[str] = []
    last, end = "", 0
    for sections in _together(book.spine):
        left = starts.get(sections[0].name, [])
        before = 0
        shown = [section for section in sections if section.kind not in matter.ON_PAPER]
        if not shown:
            waiting += [page.label for page in left]
        for section in shown:
            end = before + _size(section)
            here = [page for page in left if page.signs < end or section is shown[-1]]
            left = left[len(here) :]
            found[section.name] = [(0, label) for label in waiting]
            found[section.name] += [(page.signs - before, page.label) for page in here]
            waiting, before, last = [], end, section.name
    if waiting and last:
        found[last] += [(end, label) for label in waiting]
    return found


def _size(section: Section) -> int:
    return sum(len(signs(text)) for _, _, text in spots(_parsed(section)))


def _together(spine: Iterable[Section]) -> Iterator[list[Section]]:
    """The sections that are laid out together."""
    some: list[Section] = []
    for section in spine:
        if section.opens and some:
            yield some
            some = []
        some.append(section)
    if some:
        yield some


def _parsed(section: Section) -> _Element:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    return etree.fromstring(section.xhtml, parser)


def _marked(section: Section, marks: Sequence[tuple[int, PageBreak]]) -> Section:
    """The section with marks behind so many signs each, in order."""
    from lxml import etree

    root = _parsed(section)
    places = list(_places(root, [count for count, _ in marks]))
    # The last first: a mark changes the places of what is behind it.
    for (element, place, letter), (_, page) in reversed(list(zip(places, marks, strict=True))):
        # Before a heading it is a block, which can be kept with it (styles/ebook.css): a line of its own would stay on
        # the page before, and a link to the section lead there.
        heading = place < len(element) and element[place].tag in _HEADINGS
        name = "div" if heading else "span"
        mark = etree.Element(f"{_XHTML}{name}", {_EPUB_TYPE: "pagebreak", "role": "doc-pagebreak", "id": page.id})
        mark.set("aria-label", page.label)
        text = (element[place - 1].tail if place else element.text) or ""
        if place:
            element[place - 1].tail = text[:letter]
        else:
            element.text = text[:letter]
        mark.tail = text[letter:]
        element.insert(place, mark)
    return replace(section, xhtml=etree.tostring(root, encoding="unicode"))


def _places(root: _Element, counts: Iterable[int]) -> Iterator[tuple[_Element, int, int]]:
    """Where each of so many signs stands: an element, the place of its text, and the character in it."""
    wanted = iter(counts)
    count = next(wanted, None)
    begins: dict[_Element, int] = {}  # signs before it
    before = 0
    for element, place, text in spots(root):
        if place == 0:
            begins[element] = before
        here = len(signs(text))
        while count is not None and before <= count < before + here:
            yield _outward(element, place, sign_at(text, count - before), begins, count)
            count = next(wanted, None)
        before += here
    while count is not None:
        yield root, len(root), len((root[-1].tail if len(root) else root.text) or "")
        count = next(wanted, None)


def _outward(
    element: _Element, place: int, letter: int, begins: dict[_Element, int], count: int
) -> tuple[_Element, int, int]:
    """The same place, or that before what begins there: a picture, a link, a heading."""
    tag = str(element.tag)
    while (parent := element.getparent()) is not None and begins[element] == count:
        if tag not in _AROUND and tag.rpartition("}")[2] not in ("img", "math", "svg"):
            break
        place = parent.index(element)
        text = parent[place - 1].tail if place else parent.text
        element, tag, letter = parent, str(parent.tag), len(text or "")
    return element, place, letter
