"""The pictures of an ebook: read through the shelf, named in ASCII, and drawings made harmless."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from unicodedata import normalize
from urllib.parse import unquote

from lxml import etree

from pipeline.errors import Diagnostic, Location, RenderError, error
from pipeline.fetch import RefusedError, Shelf

_SVG = "{http://www.w3.org/2000/svg}"
_HREFS = ("href", "{http://www.w3.org/1999/xlink}href")
# EPUB 3.3, 3.2: the core media types for images.
_CORE = {"image/gif", "image/jpeg", "image/png", "image/svg+xml", "image/webp"}


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of the ebook; `href` is relative to the package document."""

    href: str
    media_type: str
    data: bytes


def pictures(addresses: Iterable[str], shelf: Shelf) -> dict[str, Picture]:
    """The pictures at addresses relative to the source's folder, by address. Raises RenderError, all faults at once."""
    found: dict[str, Picture] = {}
    faults: list[Diagnostic] = []
    for address in dict.fromkeys(addresses):
        where = Location(Path(unquote(address)))
        try:
            data, media_type = shelf.read("book:///source/" + address)
            if media_type not in _CORE:
                raise ValueError(f"{media_type} is no kind of image that every e-reader shows")
            if media_type == "image/svg+xml":
                data = harmless(data)
        except RefusedError as fault:
            faults.append(error("EPB002", f"the picture cannot be read: {fault}", where))
        except ValueError as fault:
            faults.append(error("EPB003", str(fault), where, "save it as SVG, PNG or JPEG, with nothing linked in"))
        else:
            found[address] = Picture(_name(address, {p.href for p in found.values()}), media_type, data)
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
            if key.lower().startswith("on"):
                del element.attrib[key]
            elif (key in _HREFS and not _own(value)) or _leads_out(value):
                raise ValueError(f"the drawing refers to another file: {value[:80]}")
        if element.tag == _SVG + "style" and _leads_out(element.text or ""):
            raise ValueError("the drawing's style refers to another file")
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _own(reference: str) -> bool:
    """True for a reference into the drawing itself, or to a bitmap inside it."""
    return reference.strip().startswith(("#", "data:image/png", "data:image/jpeg", "data:image/gif", "data:image/webp"))


def _leads_out(css: str) -> bool:
    return "@import" in css or any(not _own(url) for url in re.findall(r"url\(\s*['\"]?([^'\")]*)", css))


def _name(address: str, taken: set[str]) -> str:
    """An ASCII file name that no other picture has: EbookLib 0.20 does not escape names."""
    path = PurePosixPath(unquote(address))
    ascii_stem = normalize("NFKD", path.stem).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", ascii_stem).strip("-") or "picture"
    name, count = f"images/{stem}{path.suffix.lower()}", 1
    while name in taken or stem == "cover":
        count += 1
        stem = f"{stem}-{count}"
        name = f"images/{stem}{path.suffix.lower()}"
    return name
