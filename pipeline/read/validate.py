"""What docutils accepts and an edition cannot: pictures that are missing or silent, a document without a title."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from docutils import nodes

from pipeline.errors import Diagnostic, Location, error
from pipeline.fetch import RefusedError, inside
from pipeline.read.facts import where as place

MAX_PIXELS = 60_000_000


def validate(doctree: nodes.document, path: Path) -> list[Diagnostic]:
    """The faults of a doctree, in document order."""
    return [*_title(doctree, path), *(fault for image in doctree.findall(nodes.image) for fault in _image(image, path))]


def _title(doctree: nodes.document, path: Path) -> Iterator[Diagnostic]:
    if not doctree.get("title"):
        hint = "begin with the title, a line of ===== above and below it; sections use another sign"
        yield error("RST131", "the document has no title", Location(path, 1), hint)


def _image(image: nodes.image, path: Path) -> Iterator[Diagnostic]:
    where = place(image, path)
    uri = image["uri"]
    if "alt" not in image:
        hint = "add “:alt:” and say what it shows; an empty one means it is only decoration"
        yield error("IMG001", f"{uri} has no alternative text", where, hint)
    if ":" in uri.split("/")[0]:
        yield error("RST107", f"{uri} is not a file of this book", where, "save the picture beside the source")
        return
    try:
        file = inside(path.parent, uri)
    except RefusedError:
        yield error("RST106", f"{uri} lies outside the source's folder", where, "copy it into the source's folder")
        return
    if not file.is_file():
        yield error("IMG002", f"no such picture: {uri}", where, "paths start from the source's folder")
    elif fault := unreadable(file):
        yield error("IMG003", f"{uri} cannot be read: {fault}", where, "open it in a picture editor and save it again")


def unreadable(file: Path) -> str:
    """Why a picture cannot be used, or '' if it can."""
    try:
        if file.suffix.lower() == ".svg":
            return _svg(file.read_bytes())
        from PIL import Image, UnidentifiedImageError

        try:
            with Image.open(file) as picture:
                if picture.format not in ("PNG", "JPEG", "GIF"):
                    return f"{picture.format} is not PNG, JPEG, GIF or SVG"
                if picture.width * picture.height > MAX_PIXELS:
                    return f"{picture.width} × {picture.height} pixels are too many"
                picture.verify()
        except (UnidentifiedImageError, SyntaxError, ValueError, Image.DecompressionBombError) as fault:
            return "not a picture, or broken" if isinstance(fault, UnidentifiedImageError) else str(fault)
    except OSError as fault:
        return fault.strerror or str(fault)
    return ""


def _svg(data: bytes) -> str:
    from lxml import etree

    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as fault:
        return f"not well-formed XML: {fault}"
    if root.tag != "{http://www.w3.org/2000/svg}svg":
        return "its root is not <svg xmlns='http://www.w3.org/2000/svg'>"
    return "it declares entities" if root.getroottree().docinfo.internalDTD is not None else ""
