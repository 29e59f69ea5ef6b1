"""The index of an ebook: each place is a link, by the page of print that it is on or by the heading above it."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from pipeline.numbering import ranges
from pipeline.write.epub.xhtml import EPUB_TYPE, XHTML

# EPUB Indexes 1.0, 2.2: what the parts of an index are.
_TYPES = {"letter": "index-group", "entries": "index-entry-list", "term": "index-term", "see": "index-xref-related"}
_HEADINGS = {f"{XHTML}h{level}" for level in range(1, 7)}


def fill(roots: Iterable[etree._Element], index: etree._Element) -> None:
    """Put the links into an index, from what the documents of the book say."""
    pages, headings = _places(roots)
    for span in [span for span in index.iter(XHTML + "span") if span.get("class") == "folios"]:
        named = [(place.removeprefix("!"), place.startswith("!")) for place in str(span.attrib.pop("data-of")).split()]
        if all(name in pages for name, _ in named):
            shown = ranges((pages[name], main) for name, main in named)
        else:
            # A heading is named once.
            first = {headings[name]: number for number, (name, _) in reversed([*enumerate(named)])}
            shown = [(words, first[words], named[first[words]][1]) for words in reversed(first)]
        span.text = ", "
        for number, (words, place, main) in enumerate(shown, 1):
            outer = etree.SubElement(span, XHTML + "b") if main else span
            link = etree.SubElement(outer, XHTML + "a", {"href": f"#{named[place][0]}", EPUB_TYPE: "index-locator"})
            link.text = words
            if number < len(shown):
                (outer if main else link).tail = ", "
    for element in index.iter(XHTML + "*"):
        if kind := _TYPES.get(element.get("class", "")):
            element.set(EPUB_TYPE, kind)
        if element.tag == XHTML + "li":
            element.set(EPUB_TYPE, "index-entry")


def _places(roots: Iterable[etree._Element]) -> tuple[dict[str, str], dict[str, str]]:
    """Of each id the page that it is on, if pages are marked, and the heading that it is under."""
    pages: dict[str, str] = {}
    headings: dict[str, str] = {}
    page = heading = ""
    begun: list[str] = []  # names since the last text
    for root in roots:
        for event, element in etree.iterwalk(root, events=("start", "end")):
            if event == "start" and element.get("role") == "doc-pagebreak":
                page = element.get("aria-label", "")
                pages |= dict.fromkeys(begun, page)  # what a page begins with stands on it
            if event == "start" and element.tag in _HEADINGS:
                heading = " ".join("".join(map(str, element.itertext())).split())
                headings |= dict.fromkeys(begun, heading)
            if event == "start" and (name := element.get("id")):
                begun.append(name)
                headings[name] = heading
                if page:
                    pages[name] = page
            if ((element.text if event == "start" else element.tail) or "").strip():
                begun = []
    return pages, headings
