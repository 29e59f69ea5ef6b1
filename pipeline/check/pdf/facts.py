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
    def written(self) -> list[tuple[Face, set[int]]]:
        """The fonts that text is set in, each with the codes that are seen; invisible text does not count."""
        found: dict[Any, tuple[Face, set[int]]] = {}
        for shown in self.content.shown:
            if shown.kind == "text" and shown.mode != 3 and isinstance(shown.font, pikepdf.Dictionary):
                key = shown.font.objgen if shown.font.is_indirect else shown.font.unparse()
                face, codes = found.setdefault(key, (Face(shown.font), set()))
                codes.update(face.codes(shown.codes))
        return list(found.values())

    @cached_property
    def dictionaries(self) -> list[Any]:
        """Every dictionary of the file, those inside others too, streams not."""
        found, waiting = [], list(self.pdf.objects)
        while waiting:
            thing = waiting.pop()
            if isinstance(thing, pikepdf.Dictionary):
                found.append(thing)
            if isinstance(thing, pikepdf.Dictionary | pikepdf.Array):
                inside = [item for _, item in thing.items()] if isinstance(thing, pikepdf.Dictionary) else list(thing)
                waiting += [item for item in inside if isinstance(item, pikepdf.Object) and not item.is_indirect]
        return found

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


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of ISO 14289-1. `code` is its clause and the number of the test, as veraPDF counts them."""

    code: str
    wants: str
    broken: Callable[[Facts], Iterator[str]]  # the places that break it, in words; '' for the document as a whole
    claim: bool = False  # about the claim to conform itself
