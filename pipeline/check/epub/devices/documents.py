"""Rules about content documents."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from pipeline.check.epub.devices.rule import Found, Rule, Subject, at
from pipeline.claims import XHTML
from pipeline.errors import Severity

_MATHML = "{http://www.w3.org/1998/Math/MathML}"

_LONG_BYTES = 260_000
_WIDE = 4
_OWN = {"data-number"}  # of a line of code; drawn by a style, so that it is never copied
_XML_ENTITIES = {b"amp", b"lt", b"gt", b"quot", b"apos"}


def _long(subject: Subject) -> Iterator[Found]:
    for path in subject.ebook.documents:
        if (size := len(subject.ebook.files[path])) > _LONG_BYTES:
            yield f"a file of {size // 1000} kB", at(path)


def _cover(subject: Subject) -> Iterator[Found]:
    if not (path := subject.ebook.cover):
        if any("cover-image" in item.properties for item in subject.ebook.items):
            yield "a cover that no page shows first and alone", at(subject.ebook.package_path)
        return
    elements = list(subject.ebook.documents[path][1].iter(etree.Element))
    extra = [each for each in elements[1:] if each.tag not in (XHTML + "img", XHTML + "div", XHTML + "section")]
    if extra or sum(each.tag == XHTML + "img" for each in elements) != 1:
        yield "a cover that is not a single <img>", at(path, (extra or elements)[0])


def _scripts(subject: Subject) -> Iterator[Found]:
    for path, document in subject.ebook.documents.items():
        for element in document.iter(etree.Element):
            if etree.QName(element).localname == "script" or any(str(k).startswith("on") for k in element.attrib):
                yield "a script", at(path, element)


def _private(subject: Subject) -> Iterator[Found]:
    for path, document in subject.ebook.documents.items():
        for element in document.iter(etree.Element):
            for key in map(str, element.attrib):
                if key.startswith("data-") and key not in _OWN:
                    yield f"the attribute {key}", at(path, element)


def _entities(subject: Subject) -> Iterator[Found]:
    for path in subject.ebook.documents:
        data = subject.ebook.files[path]
        declared = re.search(rb"<!DOCTYPE[^>\[]*\[", data)
        if declared or set(re.findall(rb"&([A-Za-z]\w*);", data)) - _XML_ENTITIES:
            yield "an entity that is not XML's", at(path)


def _ids(subject: Subject) -> Iterator[Found]:
    for path, document in subject.ebook.documents.items():
        for element in document.iter(etree.Element):
            name = element.get("id")
            if name is not None and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", name):
                yield f"the id {name!r}", at(path, element)


def _wide(subject: Subject) -> Iterator[Found]:
    for path, document in subject.ebook.documents.items():
        wide = [table for table in document.iter(XHTML + "table") if _columns(table) > _WIDE]
        if wide:
            words = f"{len(wide)} tables" if len(wide) > 1 else "a table"
            yield f"{words} of more than {_WIDE} columns, here first", at(path, wide[0])


def _columns(table: etree._Element) -> int:
    rows = (row for row in table.iter(XHTML + "tr"))
    return max((sum(int(cell.get("colspan", "1")) for cell in row) for row in rows), default=0)


def _joiners(subject: Subject) -> Iterator[Found]:
    for path in subject.ebook.documents:
        if "\N{WORD JOINER}".encode() in subject.ebook.files[path]:
            yield "a U+2060", at(path)


def _arrows(subject: Subject) -> Iterator[Found]:
    for path in subject.ebook.documents:
        if any(re.search("↩(?!\ufe0e)", text) for text in _texts(subject.ebook.documents[path])):
            yield "a ↩ without U+FE0E", at(path)


def _texts(root: etree._Element) -> Iterator[str]:
    """All text but that of formulas, which have a font of their own."""
    for parent in root.iter(etree.Element):
        if not str(parent.tag).startswith(_MATHML):
            yield from (text for text in (parent.text, *(child.tail for child in parent)) if text)


_KOBO = "Kobo EPUB guidelines (kobolabs/epub-spec)"
RULES = (
    Rule("DVC301", "Adobe RMSDK, old Kobo", "calibre, ebook-convert, flow-size: 260 kB for Adobe Digital Editions",
         "pages turn slowly, and the oldest readers do not open it", "divide the chapter", _long, Severity.NOTE),
    Rule("DVC302", "Kobo", f"{_KOBO}, cover images", "the library shows no cover", "an <img> and nothing else", _cover),
    Rule("DVC303", "Kindle, Kobo, RMSDK", f"{_KOBO}, JavaScript support", "it does not run, and shops refuse it",
         "leave it out", _scripts),
    Rule("DVC304", "RMSDK", "OPS 2.0.1, 2.2: no such attributes", "shops that check as EPUB 2 refuse it",
         "leave it out", _private),
    Rule("DVC305", "all", "EPUB 3.3, 4.1: no external entities; Kindle Publishing Guidelines, HTML",
         "readers that parse it as XML stop there", "write the character itself", _entities),
    Rule("DVC306", "Kindle, RMSDK", "XML 1.0, 2.3; Kindle Publishing Guidelines, navigation",
         "links to it lead to the beginning of the file", "ASCII letters, digits, full stops and hyphens", _ids),
    Rule("DVC307", "Kobo", f"{_KOBO}, tables", "it may not be readable on a small screen", "fewer columns", _wide,
         Severity.NOTE),
    Rule("DVC308", "Kindle, RMSDK", "Standard Ebooks manual, typography: word joiners", "a box is drawn for it",
         "U+FEFF, which old readers know", _joiners),
    Rule("DVC309", "Apple Books", "Unicode 16, emoji variation sequences", "a coloured picture instead of an arrow",
         "U+FE0E after it", _arrows),
)  # fmt: skip
