"""The pictures of an ebook: read through the shelf, named in ASCII, and drawings made harmless."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

from pipeline.errors import Diagnostic, Location, RenderError, error
from pipeline.fetch import RefusedError, Shelf, leads_out, stays_inside
from pipeline.model import slug

_SVG = "{http://www.w3.org/2000/svg}"
_HREFS = ("href", "{http://www.w3.org/1999/xlink}href")
_BASE = "{http://www.w3.org/XML/1998/namespace}base"  # a reference into the drawing would lead elsewhere
_ANIMATED = (("attributeName", "href"), ("attributeName", "xlink:href"))  # would lead elsewhere after a while
# EPUB 3.3, 3.2: the core media types for images, but WebP, which readers older than 3.3 do not show.
_CORE = {"image/gif", "image/jpeg", "image/png", "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of the ebook; `href` is relative to the package document."""

    href: str
    media_type: str
    data: bytes


def pictures(addresses: Iterable[str], shelf: Shelf, places: Mapping[str, Location]) -> dict[str, Picture]:
    """The pictures at percent-encoded addresses relative to the source's folder, by address.

    `places` says where the source names a path. Raises RenderError, all faults at once.
    """
    found: dict[str, Picture] = {}
    faults: list[Diagnostic] = []
    for address in dict.fromkeys(addresses):
        name = unquote(address)
        where = places.get(name, Location(Path(name)))
        try:
            data, media_type = shelf.read("book:///source/" + address)
            if media_type not in _CORE:
                raise ValueError(f"{media_type} is no kind of image that every e-reader shows")
            if media_type == "image/svg+xml":
                data = harmless(data)
        except RefusedError as fault:
            faults.append(error("EPB002", f"{name} cannot be read: {fault}", where, "is it beside the source?"))
        except ValueError as fault:
            hint = "save it as SVG, PNG or JPEG, with nothing linked in"
            faults.append(error("EPB003", f"{name}: {fault}", where, hint))
        else:
            found[address] = Picture(_name(Path(name), {p.href for p in found.values()}), media_type, data)
    if faults:
        raise RenderError(faults)
    return found


def harmless(data: bytes) -> bytes:
    """A drawing without scripts, event handlers, comments and doctype, which it does not show.

    Raises ValueError for what it would show and an ebook cannot hold: entities, foreign content, other files.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as fault:
        raise ValueError(f"not well-formed SVG: {fault}") from fault
    if root.tag != _SVG + "svg":
        raise ValueError("not an SVG drawing")
    if next(root.iter(etree.Entity), None) is not None:
        raise ValueError("the drawing uses entities")
    etree.strip_elements(root, _SVG + "script", with_tail=False)
    for element in root.iter(etree.Element):
        if element.tag == _SVG + "foreignObject":
            raise ValueError("the drawing holds foreign content")
        for key, value in [(str(key), str(value)) for key, value in element.attrib.items()]:
            if key.lower().startswith("on") or key == _BASE:
                del element.attrib[key]
            elif (key in _HREFS and not stays_inside(value)) or leads_out(value) or (key, value) in _ANIMATED:
                raise ValueError(f"the drawing refers to another file: {value[:80]}")
        if element.tag == _SVG + "style" and leads_out(element.text or ""):
            raise ValueError("the drawing's style refers to another file")
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _name(path: Path, taken: set[str]) -> str:
    """An ASCII file name that no other picture has: EbookLib 0.20 does not escape names."""
    stem, suffix = slug(path), path.suffix.lower()
    stem = stem if stem.isascii() else "picture"
    numbers = chain([""], (f"-{number}" for number in count(2)))
    names = (f"images/{stem}{number}{suffix}" for number in numbers)
    return next(name for name in names if name not in {*taken, f"images/cover{suffix}"})
