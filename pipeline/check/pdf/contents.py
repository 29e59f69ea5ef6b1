"""The printed contents: on which page each line's place really is."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf

from pipeline import numbering
from pipeline.check.pdf.tree import Element, Referred, bare, listed, read_tree


def contents(data: bytes) -> tuple[str, ...]:
    """What the page that each line of the contents leads to is called; '' where it leads nowhere, or has no link."""
    with pikepdf.open(BytesIO(data)) as pdf:
        root: Any = pdf.Root
        places = dict(_names(root.Names.get("/Dests"))) if "/Names" in root else {}
        numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        called = labels(pdf)

        def page(line: Element) -> str:
            for below in _within(line):
                for kid in below.kids:
                    if isinstance(kid, Referred):
                        place = kid.object.get("/Dest")
                        place = places.get(str(place)) if isinstance(place, pikepdf.String) else place
                        found = numbers.get(place[0].objgen) if isinstance(place, pikepdf.Array) else None
                        return "" if found is None else called[found]
            return ""

        return tuple(page(element) for element in read_tree(pdf).elements if element.role == "TOCI")


def labels(pdf: pikepdf.Pdf) -> list[str]:
    """What each page is called (ISO 32000-1, 12.4.2)."""
    root: Any = pdf.Root
    flat = list(root.PageLabels.Nums) if "/PageLabels" in root else []
    styles = {int(first): bare(row.get("/S")) for first, row in zip(flat[::2], flat[1::2], strict=True)}
    return numbering.labels(styles, len(pdf.pages))


def _within(line: Element) -> Iterator[Element]:
    """A line's own elements, without the lines below it."""
    for kid in line.elements:
        if kid.role != "TOC":
            yield kid
            yield from _within(kid)


def _names(node: Any) -> Iterator[tuple[str, Any]]:
    """A name tree's pairs (7.9.6)."""
    if isinstance(node, pikepdf.Dictionary):
        flat = listed(node.get("/Names"))
        for name, place in zip(flat[::2], flat[1::2], strict=False):
            yield str(name), place.get("/D") if isinstance(place, pikepdf.Dictionary) else place
        for kid in listed(node.get("/Kids")):
            yield from _names(kid)
