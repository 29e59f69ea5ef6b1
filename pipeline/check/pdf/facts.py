"""What the rules of PDF/UA-1 look at: a PDF, read once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import pikepdf
from lxml import etree
from msgspec import Struct

from pipeline.check.pdf.content import Content, read_content
from pipeline.check.pdf.fonts import Face
from pipeline.check.pdf.objects import Objects, Stream, bare, read_objects, reference, referred
from pipeline.check.pdf.tree import Element, Referred, Tree, read_tree

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_HIDDEN = 1 << 1
_STRING = re.compile(rb"<([^<>]*)>")


class Annotation(Struct, frozen=True, eq=False):
    """An annotation of a page, counted from 1. `element` is the one that refers to it, None where none does."""

    page: int
    kind: str
    entries: dict[str, Any]
    reference: str
    element: Element | None


class Facts(Struct, frozen=True, dict=True):  # for its cached properties
    """A PDF with its structure and its content. `above` is the level of the heading before it, where it is a part."""

    pdf: pikepdf.Pdf
    above: int = 0

    @cached_property
    def root(self) -> Any:
        return self.pdf.Root

    @cached_property
    def objects(self) -> Objects:
        return read_objects(self.pdf)

    @cached_property
    def catalog(self) -> dict[str, Any]:
        """What `root` is, among the `objects`."""
        return dict(self.objects.at(reference(self.root)))

    @cached_property
    def pages(self) -> list[str]:
        """The reference of each page."""
        return [reference(page.obj) for page in self.pdf.pages]

    @cached_property
    def tree(self) -> Tree:
        return read_tree(self.pdf, self.objects)

    @cached_property
    def content(self) -> Content:
        return read_content(self.pdf)

    @cached_property
    def by_role(self) -> dict[str, list[Element]]:
        """The elements of each standard type, in reading order."""
        found: dict[str, list[Element]] = {}
        for element in self.tree.elements:
            found.setdefault(element.role, []).append(element)
        return found

    @cached_property
    def ids(self) -> Counter[str]:
        """How many elements have each ID."""
        return Counter(name for element in self.tree.elements if (name := element.text("/ID")) is not None)

    @cached_property
    def tagged(self) -> dict[tuple[int, int, int], Element]:
        """The element of each marked-content id that the tree knows."""
        return {leaf.key: element for element, leaf in self.tree.leaves()}

    @cached_property
    def referred(self) -> dict[str, Element]:
        """The element of each object that the tree refers to as a whole."""
        return {
            kid.reference: element
            for element in self.tree.elements
            for kid in element.kids
            if isinstance(kid, Referred)
        }

    @cached_property
    def annotations(self) -> list[Annotation]:
        found = []
        for number, page in enumerate(self.pages, 1):
            for given in self.objects.listed(self.objects.at(page).get("/Annots")):
                if type(entries := self.objects.at(given)) is dict:
                    name = referred(given)
                    kind = bare(self.objects.entry(entries, "/Subtype"))
                    found.append(Annotation(number, kind, entries, name, self.referred.get(name)))
        return found

    @cached_property
    def visible(self) -> list[Annotation]:
        """The annotations that are neither hidden nor off the page."""
        found = []
        papers: dict[int, tuple[float, ...]] = {}
        for annotation in self.annotations:
            if annotation.page not in papers:
                papers[annotation.page] = tuple(map(float, self.pdf.pages[annotation.page - 1].cropbox))
            left, foot, right, top = papers[annotation.page]
            rectangle = self.objects.entry(annotation.entries, "/Rect")
            sides = [0, 0, 0, 0] if rectangle is None else rectangle
            x0, y0, x1, y1 = (float(self.objects.at(side)) for side in sides)
            outside = max(x0, x1) < left or min(x0, x1) > right or max(y0, y1) < foot or min(y0, y1) > top
            if not outside and not int(self.objects.entry(annotation.entries, "/F") or 0) & _HIDDEN:
                found.append(annotation)
        return found

    @cached_property
    def written(self) -> list[tuple[Face, set[int]]]:
        """The fonts that text is set in, each with the codes that are seen; invisible text does not count."""
        fonts: dict[int, Any] = {}
        strings: dict[int, set[bytes]] = {}
        for shown in self.content.shown:
            if shown.kind == "text" and shown.mode != 3:
                number = id(shown.font)
                if number not in strings:
                    fonts[number], strings[number] = shown.font, set()
                strings[number].add(shown.strings)
        found: dict[Any, tuple[Face, set[int]]] = {}
        for number, said in strings.items():
            if isinstance(font := fonts[number], pikepdf.Dictionary):
                key = font.objgen if font.is_indirect else font.unparse()
                face, codes = found.setdefault(key, (Face(font), set()))
                codes |= _codes(face, said)
        return list(found.values())

    def dictionaries(self, name: str) -> Iterator[dict[str, Any]]:
        """Every dictionary with a name in it, as key or value; those inside others too, streams not."""
        if name.encode() not in self.objects.written:
            return
        waiting = [value for value in self.objects.numbered.values() if not isinstance(value, Stream)]
        while waiting:
            thing = waiting.pop()
            if type(thing) is dict:
                yield thing
                waiting += thing.values()
            elif isinstance(thing, list):
                waiting += thing

    @cached_property
    def xmp(self) -> list[Any]:
        """The properties in the document's metadata, as lxml elements (attributes made into such)."""
        stream = self.root.get("/Metadata")
        if not isinstance(stream, pikepdf.Stream):
            return []
        try:
            packet = etree.fromstring(stream.read_bytes(), etree.XMLParser(resolve_entities=False, no_network=True))
        except etree.XMLSyntaxError:
            return []
        found = []
        for about in packet.iter(f"{_RDF}Description"):
            found += [child for child in about if isinstance(child.tag, str)]
            for name, value in about.attrib.items():
                child: Any = etree.SubElement(about, name)
                child.text = value
                found.append(child)
        return found

    @cached_property
    def language(self) -> bool:
        """Whether the document as a whole has one."""
        return "/Lang" in self.root

    def has_language(self, element: Element | None) -> bool:
        return self.language or (element is not None and any(above.has("/Lang") for above in element.path))


def listed(value: Any) -> list[Any]:
    """An entry of pikepdf's that may be one thing, many or none, as a list."""
    if value is None:
        return []
    return list(value) if isinstance(value, pikepdf.Array) else [value]


def _codes(face: Face, written: set[bytes]) -> set[int]:
    """The codes of strings in hexadecimal; those of each operand belong together, and a code may lie in two."""
    pieces = set(_STRING.findall(b"".join(written))) - {b""}
    if not all(piece.isalnum() and len(piece) % (2 * face.code_size) == 0 for piece in pieces):
        whole = ([b"".join(piece.split()) for piece in _STRING.findall(operand)] for operand in written)
        # A digit that is missing at the end is 0 (ISO 32000-1, 7.3.4.3).
        pieces = {b"".join(piece + b"0" * (len(piece) % 2) for piece in each) for each in whole}
    return {code for piece in pieces for code in face.codes(bytes.fromhex(piece.decode("ascii")))}


class Rule(Struct, frozen=True):
    """A rule of ISO 14289-1. `code` is its clause and the number of the test, as veraPDF counts them."""

    code: str
    wants: str
    broken: Callable[[Facts], Iterator[str]]  # the places that break it, in words; '' for the document as a whole
    claim: bool = False  # about the claim to conform itself
