"""The printed contents: on which page each line's place really is."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf

from pipeline import numbering
from pipeline.check.pdf.objects import Objects, read_objects, reference, referred, words
from pipeline.check.pdf.tree import Element, Referred, read_tree


def contents(data: bytes) -> tuple[str, ...]:
    """What the page that each line of the contents leads to is called; '' where it leads nowhere, or has no link."""
    with pikepdf.open(BytesIO(data)) as pdf:
        objects = read_objects(pdf)
        places = _places(objects, pdf)
        numbers = {reference(page.obj): number for number, page in enumerate(pdf.pages)}
        called = labels(pdf)

        def page(line: Element) -> str:
            for below in _within(line):
                for kid in below.kids:
                    if isinstance(kid, Referred):
                        place = objects.entry(kid.entries, "/Dest")
                        place = objects.at(places.get(words(place))) if isinstance(place, str) else place
                        found = numbers.get(referred(place[0])) if isinstance(place, list) else None
                        return "" if found is None else called[found]
            return ""

        return tuple(page(element) for element in read_tree(pdf, objects).elements if element.role == "TOCI")


def places(data: bytes) -> dict[str, str]:
    """What the page of each named place is called."""
    with pikepdf.open(BytesIO(data)) as pdf:
        objects = read_objects(pdf)
        called = {reference(page.obj): label for page, label in zip(pdf.pages, labels(pdf), strict=True)}
        found = ((name, objects.at(place)) for name, place in _places(objects, pdf).items())
        return {name: called[referred(place[0])] for name, place in found if isinstance(place, list)}


def _places(objects: Objects, pdf: pikepdf.Pdf) -> dict[str, Any]:
    names = objects.entry(objects.at(reference(pdf.Root)), "/Names")
    return dict(_names(objects, names.get("/Dests"))) if type(names) is dict else {}


def labels(pdf: pikepdf.Pdf) -> list[str]:
    """What each page is called (ISO 32000-1, 12.4.2)."""
    root: Any = pdf.Root
    flat = list(root.PageLabels.Nums) if "/PageLabels" in root else []
    styles = {int(first): str(row.get("/S", "/"))[1:] for first, row in zip(flat[::2], flat[1::2], strict=True)}
    return numbering.labels(styles, len(pdf.pages))


def _within(line: Element) -> Iterator[Element]:
    """A line's own elements, without the lines below it."""
    for kid in line.elements:
        if kid.role != "TOC":
            yield kid
            yield from _within(kid)


def _names(objects: Objects, given: Any) -> Iterator[tuple[str, Any]]:
    """A name tree's pairs (7.9.6)."""
    node = objects.at(given)
    if type(node) is dict:
        flat = objects.listed(node.get("/Names"))
        for name, place in zip(flat[::2], flat[1::2], strict=False):
            leads = objects.at(place)
            yield words(objects.at(name)), leads.get("/D") if type(leads) is dict else leads
        for kid in objects.listed(node.get("/Kids")):
            yield from _names(objects, kid)
