"""What docutils accepts and an edition cannot: pictures that are missing or silent, a document without a title."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from docutils import nodes

from pipeline import scripts
from pipeline.errors import Diagnostic, Location, error, warning
from pipeline.fetch import LINKED, RefusedError, inside, leads_out, stays_inside
from pipeline.model import Block
from pipeline.read import limits, titles
from pipeline.read.addresses import is_address
from pipeline.read.facts import below, where


def validate(doctree: nodes.document, path: Path, root: Path) -> list[Diagnostic]:
    """The faults of a doctree, in document order."""
    images = list(below(doctree, nodes.image))
    return [
        *limits.exceeded(doctree, path),
        *_title(doctree, path),
        *(fault for node in below(doctree, nodes.decoration) for fault in furniture(node, path)),
        *(fault for node in below(doctree, nodes.reference) for fault in link(node, path)),
        *(fault for words in below(doctree, nodes.Text) for fault in characters(words, path)),
        *(fault for node in images for fault in image(node, path, root)),
        *_drawings(images, path),
    ]


def nothing_lost(whole: Iterable[Block], parts: Iterable[Iterable[Block]]) -> Iterator[Diagnostic]:
    """An error for each block of the source that stands in no part of the chapter, and so would in no edition."""
    placed = Counter(block for part in parts for block in part)
    for block in (Counter(whole) - placed).elements():
        hint = "take it out of the directive it stands in; no edition has a place for it"
        yield error("RST198", f"this would be left out: “{block.text[:60]}”", block.where, hint)


def text(body: tuple[Block, ...], path: Path, *, silent: bool = False) -> Iterator[Diagnostic]:
    """A warning for a chapter that says nothing, unless it may be `silent`; an error for what no line can hold."""
    for block in body:
        yield from endless(block.text, block.where)
    if not body and not silent:
        yield warning("RST135", "there is no text under the title", Location(path), "write a paragraph")


def endless(words: str, place: Location) -> Iterator[Diagnostic]:
    """An error for a word that no engine breaks in time."""
    if re.search(rf"[^\s{scripts.DENSE}]{{{limits.LONGEST_WORD + 1}}}", words):
        said = f"more than {limits.LONGEST_WORD} characters without a space"
        yield error("RST137", said, place, "put spaces into it, or leave it out")


def _title(doctree: nodes.document, path: Path) -> Iterator[Diagnostic]:
    """A document without a title has one that was guessed (see `titles`)."""
    if not (why := doctree.get(titles.GUESSED)):
        return
    if why == "several":
        second = next(child for child in doctree.children if isinstance(child, nodes.section))
        message = "a second heading has the title's rank, so there is no title"
        hint = "underline the title with a sign of its own, or put a line above it too"
        yield error("RST131", message, where(second, path), hint)
    else:
        hint = "begin with the title, a line of ===== above and below it; sections use another sign"
        yield error("RST131", "the document has no title", Location(path, 1), hint)


def furniture(decoration: nodes.decoration, path: Path) -> Iterator[Diagnostic]:
    """An error for a header and a footer: an ebook has no pages to put them on."""
    for box in decoration.children:
        words = f"the {'head' if isinstance(box, nodes.header) else 'foot'} of pages is made by the edition"
        place = next(iter(below(box, nodes.TextElement)), box)
        yield error("RST138", words, where(place, path), "say it in the text, or in the colophon")


def link(node: nodes.reference, path: Path) -> Iterator[Diagnostic]:
    """An error for a link that leads nowhere."""
    address = node.get("refuri", "")
    scheme = address.partition(":")[0].lower() if ":" in address else ""
    if address and scheme not in LINKED and "member" not in node:
        words = f"{address} leads to nothing outside this folder" if not scheme else f"{scheme}: is no link to follow"
        hint = "write a whole address (https://…, mailto:…), or in a book the file of a chapter: other.rst"
        yield error("RST133", words, where(node, path), hint)
    elif address and not is_address(address):
        hint = "write it as a browser takes it: two slashes and a host, %20 for a space, brackets in pairs"
        yield error("RST133", f"{address} is no address", where(node, path), hint)


# What XML (1.0, 2.2) cannot hold. U+0000 is docutils' own: it stands for a backslash in a text until that is written.
UNWRITABLE = re.compile("[^\0\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def characters(words: nodes.Text, path: Path) -> Iterator[Diagnostic]:
    """An error for what the `unicode` directive or an `:encoding:` can bring, and no edition can hold."""
    if found := UNWRITABLE.search(words):
        hint = "give the number of another character"
        yield error("RST136", f"U+{ord(found[0]):04X} is no character of texts", where(words.parent, path), hint)


def _drawings(images: list[nodes.image], path: Path) -> Iterator[Diagnostic]:
    for place in ("drawing", "cover"):
        for second in [node for node in images if node.get("place") == place][1:]:
            yield error("RST132", f"a second {place}", where(second, path), "keep one; show the other by “.. image::”")


def image(node: nodes.image, path: Path, root: Path) -> Iterator[Diagnostic]:
    """What is wrong with a picture."""
    place = where(node, path)
    uri = node["uri"]
    if "alt" not in node:
        hint = "add “:alt:” and say what it shows; an empty one means it is only decoration"
        yield error("IMG001", f"{uri} has no alternative text", place, hint)
    if ":" in uri.split("/")[0]:
        yield error("RST107", f"{uri} is not a file of this book", place, "save the picture beside the source")
        return
    try:
        file = inside(root, uri)
    except RefusedError:
        yield error("RST106", f"{uri} lies outside the source's folder", place, "copy it into the source's folder")
        return
    if _missing(file):
        hint = "paths start from the source's folder; a space in a name wants a backslash before it"
        yield error("IMG002", f"no such picture: {uri}", place, hint)
    elif fault := unreadable(file):
        yield error("IMG003", f"{uri} cannot be used: {fault}", place, "open it in a picture editor and save it again")
    elif node.get("place") == "cover" and (fault := _uncovering(node, file)):
        yield error("IMG005", f"{uri} cannot be a cover: {fault}", place, "1600 × 2560 pixels fill every shop's")
    elif file.suffix.lower() != ".svg" and _moves(file):
        hint = "show its steps as pictures, one after the other"
        yield warning("IMG004", f"{uri} moves, and editions show the first of its pictures alone", place, hint)


def _missing(file: Path) -> bool:
    try:
        return not file.exists()
    except OSError:  # its name is too long
        return True


LEAST_COVER_PX = 640  # Google Play
_ENDINGS = {
    "PNG": (".png",),
    "JPEG": (".jpg", ".jpeg"),
    "MPO": (".jpg", ".jpeg"),  # what telephones write: a JPEG with others behind it
    "GIF": (".gif",),
    "WEBP": (".webp",),
    "AVIF": (".avif",),
}


def unreadable(file: Path) -> str:
    """Why a picture cannot be used, or '' if it can."""
    ending = file.suffix.lower()
    try:
        if not file.is_file():
            return "not a file"
        most = limits.MAX_DRAWING_BYTES if ending == ".svg" else limits.MAX_PICTURE_BYTES
        if file.stat().st_size > most:
            return f"it is larger than {most // 2**20} MiB"
        if ending == ".svg":
            return _svg(file.read_bytes())
        from PIL import Image, ImageFile

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                picture = Image.open(file)
            with picture:
                if picture.format not in _ENDINGS:
                    return f"{picture.format} is not PNG, JPEG, GIF, WebP, AVIF or SVG"
                if ending not in _ENDINGS[picture.format]:
                    return f"it is {picture.format}, and its name ends in {ending or 'nothing'}"
                if picture.width * picture.height > limits.MAX_PIXELS:
                    return f"{picture.width} × {picture.height} pixels are too many"
                # All of it: the header of half a picture is fine. WeasyPrint 70, once imported, has Pillow fill it up.
                before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
                try:
                    picture.load()
                finally:
                    ImageFile.LOAD_TRUNCATED_IMAGES = before
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            return "it has too many pixels"
    except OSError as fault:
        return fault.strerror or "not a picture, or broken"
    except (SyntaxError, ValueError) as fault:
        return str(fault)
    return ""


def _uncovering(node: nodes.image, file: Path) -> str:
    """Why a picture cannot be a cover, or '' if it can."""
    if not node.get("alt", "-").strip():
        return "it has an empty alternative text, and is no decoration"
    if file.suffix.lower() == ".svg":
        return "it is a drawing, and shops take photographs"
    from PIL import Image

    with Image.open(file) as picture:
        small = min(picture.size) < LEAST_COVER_PX
        return f"{picture.width} × {picture.height} pixels are less than {LEAST_COVER_PX} across" if small else ""


def _moves(file: Path) -> bool:
    from PIL import Image

    with Image.open(file) as picture:
        return picture.format != "MPO" and getattr(picture, "n_frames", 1) > 1


def _svg(data: bytes) -> str:
    from lxml import etree

    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as fault:
        return f"not well-formed XML: {fault}"
    if root.tag != "{http://www.w3.org/2000/svg}svg":
        return "its root is not <svg xmlns='http://www.w3.org/2000/svg'>"
    if limits.drawn(root) > limits.MAX_DRAWN:
        return f"more than {limits.MAX_DRAWN:,} elements are drawn, what is used again each time"
    if sum(map(len, root.itertext())) > limits.MAX_LETTERS:
        return f"it has a text of more than {limits.MAX_LETTERS:,} characters"
    whole = root.getroottree()
    # Written again: the file itself may be in UTF-16, where no search for bytes finds anything.
    if whole.docinfo.internalDTD is not None and b"<!ENTITY" in etree.tostring(whole, encoding="utf-8"):
        return "it declares entities"
    for element in root.iter("*"):
        name = etree.QName(element).localname
        references = [str(value) for key, value in element.attrib.items() if etree.QName(key).localname == "href"]
        animated = str(element.get("attributeName", "")).endswith("href")
        based = element.get("{http://www.w3.org/XML/1998/namespace}base")  # what else it says leads there then
        if name in ("script", "foreignObject") or animated or based or not all(map(stays_inside, references)):
            return f"it holds a <{name}> that editions cannot show"
    if any(map(leads_out, _css(root))):
        return "its style leads to other files"
    return ""


def _css(root: Any) -> Iterator[str]:
    for element in root.iter("{*}style"):
        yield "".join(map(str, element.itertext()))
    for element in root.iter("*"):
        yield from map(str, element.attrib.values())
