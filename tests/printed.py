"""The pages of a finished print edition beside their marks in a finished ebook: what each begins with.

The one is read with PDFium alone, the other with zipfile and lxml, so that nothing of ours says what it should check.
"""

from __future__ import annotations

import ctypes
import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import unquote

import pypdfium2
import pypdfium2.raw as pdfium
from lxml import etree

_BLANK = re.compile("[\\s\u00ad\u180e\u200b\u2060\ufe0e\ufeff\ufffe\u0002\u2028]+")
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011"), "-")  # PDFium tells no hyphen at the end of a line from another
_XHTML = "{http://www.w3.org/1999/xhtml}"
_EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
_ENOUGH = 60  # signs


@dataclass(frozen=True)
class Page:
    """A page of a PDF: its label, and the first words of its text.

    `labelled` are those with what PDF calls labels: terms, which an ebook has as text, and numbers, which it has not.
    """

    label: str
    words: tuple[str, ...]
    labelled: tuple[str, ...]
    listed: bool  # whether it has a part of the printed contents
    notes: bool  # whether it has nothing but notes


@dataclass(frozen=True)
class Mark:
    """A mark in an ebook: its label, and the text behind it, with all notes or with none, without white space."""

    label: str
    whole: str
    bare: str
    stacked: bool  # whether the next mark stands at the same place


def differences(pdf: bytes, epub: bytes, words: int = 1) -> list[str]:
    """What is wrong with the marks of an ebook, beside the pages of the print edition: [] if all are right.

    So many words of each page have to follow its mark.
    """
    pages, marks = list(pages_of(pdf)), list(marks_of(epub))
    found = []
    if [page.label for page in pages] != [mark.label for mark in marks]:
        found.append(f"pages {[p.label for p in pages]}, marks {[m.label for m in marks]}")
    known = {mark.label: mark for mark in marks}
    for page in pages:
        mark = known.get(page.label)
        if mark is None or not page.words:
            continue
        if mark.stacked and (page.listed or page.notes):
            continue
        begins = ["".join(some[:words]) for some in (page.words, page.labelled)]
        if not any(text.startswith(begin) for text in (mark.whole, mark.bare) for begin in begins):
            found.append(f"page {page.label} begins “{begins[0]}”, its mark stands before “{mark.bare[:30]}”")
    return found


def pages_of(pdf: bytes) -> Iterator[Page]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        for number in range(len(document)):
            sheet = document[number]
            kinds = dict(_kinds(sheet.raw))
            text = sheet.get_textpage()
            labels = {content: path for content, path in kinds.items() if "Lbl" in path and "Note" not in path}
            labelled, notes = _words(text.raw, kinds)
            words, _ = _words(text.raw, {of: path for of, path in kinds.items() if of not in labels})
            listed = any({"TOC", "TOCI"} & set(path) for path in kinds.values())
            yield Page(document.get_page_label(number), words, labelled, listed, notes)
            text.close()
            sheet.close()
    finally:
        document.close()


class Row(NamedTuple):
    """A line of a page as it is drawn: its text, its right end, and the structure elements it is in, () for none."""

    text: str
    right_pt: float
    roles: tuple[str, ...]


def rows_of(pdf: bytes) -> Iterator[tuple[str, tuple[Row, ...]]]:
    """Of each page its label and its rows, in the order in which they are drawn."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        for number in range(len(document)):
            sheet = document[number]
            text = sheet.get_textpage()
            yield document.get_page_label(number), tuple(_rows(text.raw, dict(_kinds(sheet.raw))))
            text.close()
            sheet.close()
    finally:
        document.close()


def _rows(text: Any, kinds: dict[int, tuple[str, ...]]) -> Iterator[Row]:
    """A row ends where the baseline moves by more than a raised sign's, where text goes back, or where roles begin."""
    spot = [ctypes.c_double() for _ in range(2)]
    box = pdfium.FS_RECTF()
    letters, right, low = "", 0.0, 0.0
    roles: tuple[str, ...] = ()
    for index in range(pdfium.FPDFText_CountChars(text)):
        thing = pdfium.FPDFText_GetTextObject(text, index)
        if pdfium.FPDFText_IsGenerated(text, index) == 1 or not thing:
            continue
        pdfium.FPDFText_GetCharOrigin(text, index, *map(ctypes.byref, spot))
        pdfium.FPDFText_GetLooseCharBox(text, index, ctypes.byref(box))
        x_pt, y_pt = (side.value for side in spot)
        own = kinds.get(pdfium.FPDFPageObj_GetMarkedContentID(thing), ())
        if letters and (abs(y_pt - low) > 6 or x_pt < right - 12 or bool(own) != bool(roles)):
            yield Row(_whole(letters), right, roles)
            letters, roles = "", ()
        elif letters and x_pt > right + 2:
            letters += " "
        letters += chr(pdfium.FPDFText_GetUnicode(text, index))
        right, low, roles = box.right, y_pt, roles or own
    if letters:
        yield Row(_whole(letters), right, roles)


def _whole(letters: str) -> str:
    return letters.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _words(text: Any, kinds: dict[int, tuple[str, ...]]) -> tuple[tuple[str, ...], bool]:
    """The first words of a page in the order in which they are drawn, and whether all of it is in notes."""
    letters: list[str] = []
    notes = True
    some = False
    for index in range(pdfium.FPDFText_CountChars(text)):
        thing = pdfium.FPDFText_GetTextObject(text, index)
        made_up = pdfium.FPDFText_IsGenerated(text, index) == 1 or not thing
        sign = chr(pdfium.FPDFText_GetUnicode(text, index))
        if made_up:
            letters.append(" ")
            continue
        path = kinds.get(pdfium.FPDFPageObj_GetMarkedContentID(thing))
        if path is None:
            letters.append(" ")
            continue
        some = True
        notes &= "Note" in path
        letters.append("-" if sign in "\x02\ufffe" else sign)
    said = _whole("".join(letters))
    bare = (_BLANK.sub("", word).translate(_HYPHENS) for word in said.split())
    return tuple(filter(None, bare))[:8], notes and some


def _kinds(sheet: Any) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Of each marked content of a page the structure elements that it is in, from the root."""
    tree = pdfium.FPDF_StructTree_GetForPage(sheet)

    def walk(element: Any, path: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
        size = pdfium.FPDF_StructElement_GetType(element, None, 0)
        buffer = (pdfium.FPDF_WCHAR * (size // 2 + 1))()
        pdfium.FPDF_StructElement_GetType(element, buffer, size)
        path = (*path, bytes(buffer)[: size - 2].decode("utf-16-le"))
        for number in range(pdfium.FPDF_StructElement_CountChildren(element)):
            content = pdfium.FPDF_StructElement_GetChildMarkedContentID(element, number)
            if content >= 0:
                yield content, path
            elif child := pdfium.FPDF_StructElement_GetChildAtIndex(element, number):
                yield from walk(child, path)

    try:
        for number in range(pdfium.FPDF_StructTree_CountChildren(tree)):
            yield from walk(pdfium.FPDF_StructTree_GetChildAtIndex(tree, number), ())
    finally:
        pdfium.FPDF_StructTree_Close(tree)


def marks_of(epub: bytes) -> Iterator[Mark]:
    """The marks of the pages that the navigation document lists, in its order."""
    with zipfile.ZipFile(io.BytesIO(epub)) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name.endswith((".xhtml", ".opf"))}
    (package_path,) = (name for name in files if name.endswith(".opf"))
    package = etree.fromstring(files[package_path])
    items = {item.get("id"): _entry(package_path, item.get("href", "")) for item in package.iter("{*}item")}
    (nav_path,) = (items[item.get("id")] for item in package.iter("{*}item") if item.get("properties") == "nav")
    links = [
        (link.text or "", _entry(nav_path, link.get("href", "")))
        for part in etree.fromstring(files[nav_path]).iter(f"{_XHTML}nav")
        if part.get(_EPUB_TYPE) == "page-list"
        for link in part.iter(f"{_XHTML}a")
    ]
    pieces: list[tuple[str, bool]] = []
    starts: dict[str, int] = {}
    for reference in package.iter("{*}itemref"):
        path = items[reference.get("idref")]
        _read(etree.fromstring(files[path])[1], path, False, pieces, starts)
    for (label, address), (_, following) in zip(links, [*links[1:], ("", "")], strict=False):
        start = starts[address]
        yield Mark(label, *_behind(pieces, start), starts.get(following) == start)


def _entry(base: str, address: str) -> str:
    return posixpath.join(posixpath.dirname(base), unquote(address))


def _read(
    element: etree._Element, path: str, note: bool, pieces: list[tuple[str, bool]], starts: dict[str, int]
) -> None:
    """Add the texts in an element to those of the book, and whether they are a note's; where each mark stands."""
    if element.get("role") == "doc-pagebreak":
        starts[f"{path}#{element.get('id')}"] = len(pieces)
    note = note or element.get("role") == "doc-footnote"
    if etree.QName(element).localname in ("math", "img", "svg"):
        pieces.append(("", False))
        return
    for text, child in [(element.text, None), *((child.tail, child) for child in element)]:
        if child is not None:
            _read(child, path, note, pieces, starts)
        if bare := _BLANK.sub("", text or "").translate(_HYPHENS):
            pieces.append((bare, note))


def _behind(pieces: list[tuple[str, bool]], start: int) -> tuple[str, str]:
    """The text from a place on, with notes and without."""
    whole, bare = "", ""
    for text, note in pieces[start:]:
        whole += text if len(whole) < _ENOUGH else ""
        bare += text if not note and len(bare) < _ENOUGH else ""
        if len(bare) >= _ENOUGH:
            break
    return whole, bare
