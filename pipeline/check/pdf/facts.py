"""What the rules of PDF/UA-1 look at: a PDF, read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pikepdf
from lxml import etree

from pipeline.check.pdf.content import Content, read_content
from pipeline.check.pdf.fonts import Face
from pipeline.check.pdf.tree import Element, Referred, Tree, listed, read_tree

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_HIDDEN = 1 << 1


@dataclass(frozen=True)
class Facts:
    """A PDF with its structure and its content. `above` is the level of the heading before it, where it is a part."""

    pdf: pikepdf.Pdf
    above: int = 0

    @property
    def root(self) -> Any:
        return self.pdf.Root

    @cached_property
    def tree(self) -> Tree:
        return read_tree(self.pdf)

    @cached_property
    def content(self) -> Content:
        return read_content(self.pdf)

    @cached_property
    def tagged(self) -> dict[tuple[int, int, int], Element]:
        """The element of each marked-content id that the tree knows."""
        return {leaf.key: element for element, leaf in self.tree.leaves()}

    @cached_property
    def referred(self) -> dict[tuple[int, int], Element]:
        """The element of each object that the tree refers to as a whole."""
        return {
            kid.object.objgen: element
            for element in self.tree.elements
            for kid in element.kids
            if isinstance(kid, Referred)
        }

    @cached_property
    def annotations(self) -> list[tuple[int, Any]]:
        """Each with its page, counted from 1."""
        return [
            (number, annotation)
            for number, page in enumerate(self.pdf.pages, 1)
            for annotation in listed(page.obj.get("/Annots"))
            if isinstance(annotation, pikepdf.Dictionary)
        ]

    @cached_property
    def visible(self) -> list[tuple[int, Any]]:
        """The annotations that are neither hidden nor off the page."""
        found = []
        papers: dict[int, tuple[float, ...]] = {}
        for number, annotation in self.annotations:
            if number not in papers:
                papers[number] = _sides(self.pdf.pages[number - 1].cropbox)
            left, foot, right, top = papers[number]
            x0, y0, x1, y1 = _sides(annotation.get("/Rect", [0, 0, 0, 0]))
            outside = max(x0, x1) < left or min(x0, x1) > right or max(y0, y1) < foot or min(y0, y1) > top
            if not outside and not int(annotation.get("/F", 0)) & _HIDDEN:
                found.append((number, annotation))
        return found

    @cached_property
    def written(self) -> list[tuple[Face, set[int]]]:
        """The fonts that text is set in, each with the codes that are seen; invisible text does not count."""
        fonts = {id(shown.font): shown.font for shown in self.content.shown}
        strings: dict[int, set[bytes]] = {}
        for shown in self.content.shown:
            if shown.kind == "text" and shown.mode != 3:
                strings.setdefault(id(shown.font), set()).add(shown.codes)
        found: dict[Any, tuple[Face, set[int]]] = {}
        for number, said in strings.items():
            if isinstance(font := fonts[number], pikepdf.Dictionary):
                key = font.objgen if font.is_indirect else font.unparse()
                face, codes = found.setdefault(key, (Face(font), set()))
                codes.update(*map(face.codes, said))
        return list(found.values())

    @cached_property
    def objects(self) -> list[tuple[Any, bytes]]:
        """Every numbered object that may hold others, each with itself in writing (a stream as its number alone)."""
        things = (thing for thing in self.pdf.objects if isinstance(thing, pikepdf.Object))  # a number is an int
        return [(thing, thing.unparse(resolved=True)) for thing in things]

    def dictionaries(self, name: bytes) -> Iterator[Any]:
        """Every dictionary with a name in it, as key or value; those inside others too, streams not."""
        waiting = [thing for thing, written in self.objects if name in written]
        while waiting:
            thing = waiting.pop()
            if isinstance(thing, pikepdf.Dictionary):
                yield thing
            if isinstance(thing, pikepdf.Dictionary | pikepdf.Array):
                inside = [item for _, item in thing.items()] if isinstance(thing, pikepdf.Dictionary) else list(thing)
                waiting += [item for item in inside if isinstance(item, pikepdf.Object) and not item.is_indirect]

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

    @property
    def language(self) -> bool:
        """Whether the document as a whole has one."""
        return "/Lang" in self.root

    def has_language(self, element: Element | None) -> bool:
        return self.language or (element is not None and any("/Lang" in above.object for above in element.path))


def _sides(rectangle: Any) -> tuple[float, ...]:
    return tuple(map(float, rectangle))


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of ISO 14289-1. `code` is its clause and the number of the test, as veraPDF counts them."""

    code: str
    wants: str
    broken: Callable[[Facts], Iterator[str]]  # the places that break it, in words; '' for the document as a whole
    claim: bool = False  # about the claim to conform itself
