"""SVG drawings, made fit for every reader: harmless, in proportion, of a size that shops take, on a light ground."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from pipeline.fetch import leads_out, stays_inside

MOST_PX = 3200  # Google Play
_SVG = "{http://www.w3.org/2000/svg}"
_HREFS = ("href", "{http://www.w3.org/1999/xlink}href")
_XML = "{http://www.w3.org/XML/1998/namespace}"
_BASE = _XML + "base"  # a reference into the drawing would lead elsewhere
_ANIMATED = (("attributeName", "href"), ("attributeName", "xlink:href"))  # would lead elsewhere after a while
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_UNNAMED = re.compile(r"[^A-Za-z0-9_.-]+")
_URL = re.compile(r"url\(\s*['\"]?#([^'\")]+?)['\"]?\s*\)")
_PX = {"": 1, "px": 1, "pt": 4 / 3, "pc": 16, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4}  # CSS Values 3, 5.2


def fitted(data: bytes) -> bytes:
    """Raises ValueError for what an ebook cannot hold."""
    root = harmless(data)
    _strip_editors(root)
    _name(root)
    _settle(root)
    _measure(root)
    _ground(root)
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def harmless(data: bytes) -> etree._Element:
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
    return root


def _strip_editors(root: etree._Element) -> None:
    """Without what programs that draw keep for themselves: who drew it where, grids, layers."""
    for element in list(root.iter(etree.Element)):
        if not str(element.tag).startswith(_SVG) or element.tag == _SVG + "metadata":
            parent = element.getparent()
            if parent is not None:
                _take_out(element, parent)
            continue
        for key in map(str, list(element.attrib)):
            if key.startswith("{") and key not in _HREFS and not key.startswith(_XML):
                del element.attrib[key]


def _name(root: etree._Element) -> None:
    """Ids that XML allows, each once: the first that bears one is what leads there."""
    taken: dict[str, str] = {}
    for element in root.iter(etree.Element):
        if (old := element.get("id")) is None:
            continue
        if old in taken:
            del element.attrib["id"]
            continue
        taken[old] = new = old if _NAME.fullmatch(old) else f"id-{len(taken)}-{_UNNAMED.sub('-', old)}"
        element.set("id", new)
    for element, key, name in _references(root):
        if name in taken and taken[name] != name:
            element.set(key, str(element.get(key)).replace(f"#{name}", f"#{taken[name]}"))


def _settle(root: etree._Element) -> None:
    """What leads to nothing in the drawing shows nothing, and EPUBCheck (RSC-012) takes it for a broken link."""
    there = {element.get("id") for element in root.iter(etree.Element)}
    for element, key, name in list(_references(root)):
        if name in there:
            continue
        if key not in _HREFS:
            element.set(key, re.sub(rf"url\(\s*['\"]?#{re.escape(name)}['\"]?\s*\)", "none", str(element.get(key))))
        elif element.tag == _SVG + "use" and (parent := element.getparent()) is not None:
            _take_out(element, parent)
        else:
            del element.attrib[key]


def _references(root: etree._Element) -> Iterator[tuple[etree._Element, str, str]]:
    """(element, attribute, id) of what leads to another element."""
    for element in root.iter(etree.Element):
        for key, value in [(str(key), str(value)) for key, value in element.attrib.items()]:
            names = [value.strip()[1:]] if key in _HREFS else _URL.findall(value)
            yield from ((element, key, name) for name in names)


def _take_out(element: etree._Element, parent: etree._Element) -> None:
    tail, before = element.tail, element.getprevious()
    if tail and before is not None:
        before.tail = (before.tail or "") + tail
    elif tail:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def _measure(root: etree._Element) -> None:
    """A `viewBox`, without which a drawing is cut off where a page is narrower, and sides that shops take."""
    sides = [_px(root.get(name, "")) for name in ("width", "height")]
    wide, high = sides
    if not root.get("viewBox") and wide and high:
        root.set("viewBox", f"0 0 {wide:g} {high:g}")
    if root.get("viewBox"):
        for name, side in zip(("width", "height"), sides, strict=True):
            if not side and name in root.attrib:
                del root.attrib[name]  # a percentage is of nothing here
    if (longest := max(wide, high)) > MOST_PX and root.get("viewBox"):
        for name, side in zip(("width", "height"), sides, strict=True):
            if side:
                root.set(name, f"{side * MOST_PX / longest:g}")


def _px(length: str) -> float:
    """A length in pixels; 0 for one that depends on something else, or is none."""
    found = re.fullmatch(r"\s*\+?(\d*\.?\d+(?:e[+-]?\d+)?)([a-z]*)\s*", length, re.IGNORECASE)
    return float(found[1]) * _PX.get(found[2].lower(), 0) if found else 0


def _ground(root: etree._Element) -> None:
    """White behind it all: lines are drawn for paper, and where pages are black they would not be seen."""
    box = [float(number) for number in re.findall(r"[-+]?\d*\.?\d+(?:e[-+]?\d+)?", root.get("viewBox", ""), re.I)]
    place = dict(zip(("x", "y", "width", "height"), box, strict=True)) if len(box) == 4 else {}
    sides = {name: f"{value:g}" for name, value in place.items()} or {"width": "100%", "height": "100%"}
    # A style of its own: the drawing's may be about all rectangles.
    sheet = etree.Element(_SVG + "rect", {**sides, "style": "fill: #fff; fill-opacity: 1; stroke: none"})
    named = [child for child in root if child.tag in (_SVG + "title", _SVG + "desc")]
    root.insert(root.index(named[-1]) + 1 if named else 0, sheet)
