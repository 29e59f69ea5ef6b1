"""XHTML content documents, parsed and written without a changed code point but two."""

from __future__ import annotations

import re

from lxml import etree

from pipeline import scripts
from pipeline.errors import RenderError, error
from pipeline.markup import escape, quoteattr

XHTML = "{http://www.w3.org/1999/xhtml}"
EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
# HTML Living Standard, 13.1.2: only these have no end tag.
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def document(title: str, language: str, body: str, epub_type: str, head: str = "") -> etree._Element:
    """A content document: `body` and `head` are XHTML fragments. Raises RenderError when they are not well-formed."""
    text = (
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
        f" {scripts.attributes(language, whole=True)}>"
        f"<head><title>{escape(title)}</title>{head}</head>"
        f"<body epub:type={quoteattr(epub_type)}>{body}</body></html>"
    )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as fault:
        raise RenderError(error("EPB001", f"the section “{title}” is not well-formed: {fault}")) from fault
    for section in list(root[1]):
        root[1].append(section)  # lxml drops a repeated namespace declaration from what it moves
    return root


def serialise(root: etree._Element) -> bytes:
    """A document's bytes. Nothing is indented: white space between inline elements would be text.

    U+2060, which old readers draw as a box, becomes U+FEFF, which they know; ↩, of which Apple Books makes a coloured
    picture, gets U+FE0E.
    """
    for element in root.iter(XHTML + "*"):
        element.text = _plain(element.text)
        for child in element:
            child.tail = _plain(child.tail)
        # lxml writes <span/> for an element with no text and <span></span> for one with an empty text; a reader
        # that parses the file as HTML takes <span/> for a start tag.
        if not len(element) and not element.text and etree.QName(element).localname not in VOID:
            element.text = ""
    text = etree.tostring(root, encoding="unicode").replace("\N{WORD JOINER}", "\N{ZERO WIDTH NO-BREAK SPACE}")
    return f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n{text}\n'.encode()


def _plain(text: str | None) -> str | None:
    return re.sub("↩(?!\ufe0e)", "↩\ufe0e", text) if text and "↩" in text else text


def properties(root: etree._Element) -> tuple[str, ...]:
    """The manifest properties a document must declare (EPUB 3.3, D.6.2); EbookLib 0.20 never derives them."""
    found = set()
    for element in root.iter(etree.Element):
        name = etree.QName(element)
        if name.namespace == "http://www.w3.org/2000/svg":
            found.add("svg")
        if name.namespace == "http://www.w3.org/1998/Math/MathML":
            found.add("mathml")
        if name.localname in ("form", "script") or any(str(key).startswith("on") for key in element.attrib):
            found.add("scripted")
        if name.localname != "a" and any(
            element.get(key, "").partition(":")[0] in ("http", "https") for key in ("src", "data", "poster")
        ):
            found.add("remote-resources")
    return tuple(sorted(found))
