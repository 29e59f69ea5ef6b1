"""Pictures and figures as XHTML: their sizes scale with the text, and unless they stand in a line they stand alone.

Nothing floats: beside a picture a small page has room for three words in a line.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes

from pipeline.fetch import address, inside
from pipeline.read.facts import below
from pipeline.read.offline import html5_polyglot
from pipeline.settings import Settings, find

_PX_PER_EM = 16  # docutils' unit of old, and an SVG's
_PER_EM = {
    "": 16.0,
    "px": 16.0,
    "pt": 12.0,
    "pc": 1.0,
    "in": 1 / 6,
    "cm": 2.54 / 6,
    "mm": 25.4 / 6,
    "em": 1.0,
    "ex": 2.0,
}


def cover(doctree: nodes.document, settings: Settings, path: Path) -> None:
    """Take the cover that the settings name for one that the source names, unless it has its own."""
    if settings.cover and not any(image.get("place") == "cover" for image in below(doctree, nodes.image)):
        image = nodes.image(uri=settings.cover, alt=settings.cover_alt, place="cover")
        image.source = str(find(path.parent) or path)
        doctree.append(image)


def scaled(doctree: nodes.document, root: Path) -> None:
    """Make a width of every `:scale:`, from the sizes an author gives or else the picture's own.

    `root` is the folder that pictures are relative to; all of them can be read.
    """
    for image in below(doctree, nodes.image):
        percent = image.attributes.pop("scale", 0)
        given = [name for name in ("width", "height") if name in image]
        if not percent:
            continue
        for name in given:
            number = re.match(r"[\d.]+", image[name])
            assert number  # docutils reads no other lengths
            image[name] = f"{float(number[0]) * percent / 100:g}{image[name][number.end() :]}"
        if not given:
            image["width"] = f"{_width_em(inside(root, image['uri'])) * percent / 100:g}em"


def length(value: str) -> str:
    """A width or height that scales with the text: pixels become ems; other units stay."""
    pixels = re.fullmatch(r"([\d.]+)(px)?", value)
    return f"{float(pixels[1]) / _PX_PER_EM:g}em" if pixels else value


def _width_em(file: Path) -> float:
    """How wide a picture is by itself."""
    if file.suffix.lower() == ".svg":
        from lxml import etree

        root = etree.fromstring(file.read_bytes(), etree.XMLParser(resolve_entities=False, no_network=True))
        size = re.fullmatch(r"\s*([\d.]+)\s*([a-z]*)\s*", str(root.get("width", "")))
        if size and size[2] in _PER_EM:
            return float(size[1]) / _PER_EM[size[2]]
        box = re.findall(r"[\d.]+", str(root.get("viewBox", "")))
        return float(box[2]) / _PX_PER_EM if len(box) == 4 else 300 / _PX_PER_EM  # CSS 2.2, 10.3.2
    from PIL import Image

    with Image.open(file) as picture:
        return picture.width / _PX_PER_EM


class Pictures(html5_polyglot.HTMLTranslator):
    """docutils writes loading modes, embedded data and pixels; a picture here is its file, its text and its size."""

    def visit_image(self, node: nodes.image) -> None:
        outer = node.parent if isinstance(node.parent, nodes.reference) else node
        alone = not isinstance(outer.parent, (nodes.TextElement, nodes.figure))
        style = [f"{name}: {length(node[name])}" for name in ("width", "height") if name in node]
        if not alone and node.get("align") in ("top", "middle", "bottom"):
            style.append(f"vertical-align: {node['align']}")
        attributes = {"style": "; ".join(style)} if style else {}
        image = self.emptytag(node, "img", "", src=address(node["uri"]), alt=node.get("alt", ""), **attributes)
        if alone and outer is node:
            image = f"{self._block(node)}{image}</div>\n"
        self.body.append(image)

    def depart_image(self, node: nodes.image) -> None:
        pass

    def visit_reference(self, node: nodes.reference) -> None:
        if _holds_picture(node):
            image = node[0]
            assert isinstance(image, nodes.image)
            self.body.append(self._block(image))
        super().visit_reference(node)

    def depart_reference(self, node: nodes.reference) -> None:
        super().depart_reference(node)
        if _holds_picture(node):
            self.body.append("</div>\n")

    def visit_figure(self, node: nodes.figure) -> None:
        attributes: dict[str, Any] = {}
        if "width" in node:
            attributes["style"] = f"width: {length(node['width'])}"
        if node.get("align"):
            attributes["CLASS"] = f"align-{node['align']}"
        self.body.append(self.starttag(node, "figure", **attributes))

    # A listing's caption stands above it.
    def depart_caption(self, node: nodes.caption) -> None:
        super().depart_caption(node)
        self.body.append("</figcaption>\n" if "listing" in node.parent["classes"] else "")

    # docutils closes a figcaption in every figure with more than one child, opened or not.
    def depart_figure(self, node: nodes.figure) -> None:
        captioned = any(isinstance(child, (nodes.caption, nodes.legend)) for child in node.children)
        captioned = captioned and "listing" not in node["classes"]
        self.body.append("</figcaption>\n</figure>\n" if captioned else "</figure>\n")

    def _block(self, image: nodes.image) -> str:
        side = f" align-{image['align']}" if image.get("align") in ("left", "center", "right") else ""
        return f'<div class="picture{side}">'


def _holds_picture(node: nodes.reference) -> bool:
    """Whether a link is that of a picture which stands by itself."""
    apart = not isinstance(node.parent, (nodes.TextElement, nodes.figure))
    return apart and len(node) == 1 and isinstance(node[0], nodes.image)
