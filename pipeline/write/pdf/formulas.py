"""Formulas drawn: each <math> becomes an <svg> of paths, since WeasyPrint 70 knows no MathML. The one door to ziamath.

Lengths are in em, so that a formula follows the type around it. Its alternative text is the drawing's `aria-label`.
"""

from __future__ import annotations

import warnings
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

if TYPE_CHECKING:
    from lxml import etree

SVG = "{http://www.w3.org/2000/svg}svg"
_MATH = "{http://www.w3.org/1998/Math/MathML}math"
EM = 100  # units of a drawing; its numbers have one decimal, an eightieth of a point
_SCRIPTED = {"mover", "munder", "munderover"}
# What docutils writes for signs that stretch → what ziamath stretches: a rule, and combining marks.
_STRETCHING = {"_": "\N{HORIZONTAL BAR}", "^": "\N{COMBINING CIRCUMFLEX ACCENT}", "~": "\N{COMBINING TILDE}"}
_LARGE = set("∑∏∐∫∬∭⨌∮∯∰⋀⋁⋂⋃⨀⨁⨂⨄⨆")
_APPLIED = "\N{FUNCTION APPLICATION}"
_NEVER_EMPTY = {"msqrt": "mrow", "menclose": "mrow", "mtable": "mtr", "mtr": "mtd"}  # for ziamath 0.13
_JOINER = "\N{WORD JOINER}"
_MATRIX = {"columnspacing": "0.8em", "rowspacing": "0.25em"}
_STRUT = {"height": "0.75em", "depth": "0.25em"}  # ziamath 0.13 sets rows as close as what is in them lets it


def draw(root: etree._Element) -> None:
    """Put its drawing in the place of each formula; one that could not be drawn is its LaTeX, and marked as amiss."""
    from lxml import etree

    for math in list(root.iter(_MATH)):
        if math.get("display") != "block":
            _hold(math)
        svg = etree.fromstring(_svg(etree.tostring(math, encoding="unicode", with_tail=False)))
        svg.tail = math.tail
        parent = math.getparent()
        assert parent is not None
        parent.replace(math, svg)


def width_em(svg: etree._Element) -> float:
    """How broad a drawing is, in em of the type around it."""
    return float(svg.get("viewBox", "").split()[2]) / EM


def _hold(math: etree._Element) -> None:
    """Keep a formula on the line of the letters that it touches: a picture could be parted from them."""
    before, parent = math.getprevious(), math.getparent()
    assert parent is not None
    said = (parent.text if before is None else before.tail) or ""
    if said[-1:].isalnum():
        if before is None:
            parent.text = said + _JOINER
        else:
            before.tail = said + _JOINER
    if math.tail and not math.tail[0].isspace():
        math.tail = _JOINER + math.tail


@lru_cache(maxsize=1024)
def _svg(mathml: str) -> str:
    """A drawing of a <math>: black, one unit a hundredth of an em, its baseline where the text's is."""
    root = ElementTree.fromstring(mathml)
    said = root.get("alttext", "")
    amiss = {}
    try:
        node, drawing = _set(_prepared(root))
    except Exception:
        # ziamath 0.13 is not ready for all of MathML: `press` tells of it.
        amiss = {"data-amiss": "PDF012"}
        text = ElementTree.Element("math")
        ElementTree.SubElement(text, "mtext").text = said
        node, drawing = _set(text)
    box = node.bbox
    left, right = min(0.0, box.xmin), max(box.xmax, node.xadvance(), 1.0)
    low, high = min(box.ymin, box.ymax - 1.0), box.ymax
    svg = ElementTree.Element(
        "svg",
        {
            "xmlns": SVG[1:-4],
            "role": "math",
            "aria-label": said,
            "viewBox": " ".join(f"{n:.1f}" for n in (left, -high, right - left, high - low)),
            **amiss,
            "style": f"width: {(right - left) / EM:.3f}em; vertical-align: {low / EM:.3f}em",
        },
    )
    svg.append(ElementTree.Element("path", d=" ".join(path.get("d", "").strip() for path in drawing.iter("path"))))
    for shape in drawing:
        shape.attrib.pop("fill", None) if shape.get("fill") == "black" else None
        if shape.tag != "path":
            svg.append(shape)
    return ElementTree.tostring(svg, encoding="unicode")


def _set(math: ElementTree.Element) -> tuple[Any, ElementTree.Element]:
    """A formula as ziamath has it, and its drawing."""
    node = _ziamath().Math(math, size=EM).node
    drawing = ElementTree.Element("g")
    node.draw(0, 0, drawing)
    return node, drawing


@cache
def _ziamath() -> Any:
    """ziamath 0.13, told to write paths, and corrected: it takes an em for 4/3 em, and knows no per cent.

    It measures a row before it sets it, and so each row in it twice, which is 2ⁿ times for one that is n deep. What is
    measured needs no measures of its own: it is what the signs that stretch do not count for.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it finds its font in a way that Python 3.11 deprecates
        import ziamath
        from ziamath.nodes import mnode, mrow

    settings: Any = vars(ziamath)["config"]
    settings.svg2, settings.precision = False, 1
    node_kind: Any = mnode.Mnode
    row_kind: Any = mrow.Mrow
    theirs, measured = node_kind.size_px, row_kind._get_height_nostretch

    def height(row: Any, line: Any, **known: Any) -> tuple[float, float]:
        if known.get("nostretch"):
            return 0.0, 0.0
        low, high = measured(row, line, **known)
        return float(low), float(high)

    def size_px(node: Any, size: str, fontsize: float | None = None) -> float:
        if size.endswith("%"):
            return float(size[:-1]) / 100 * (fontsize or node.glyphsize)
        plain = size.lstrip("+-").replace(".", "", 1).removesuffix("px").isdigit()
        return float(theirs(node, size, fontsize)) * (1 if plain else 0.75)

    node_kind.size_px, row_kind._get_height_nostretch = size_px, height
    return ziamath


def _prepared(element: ElementTree.Element) -> ElementTree.Element:
    """MathML as ziamath 0.13 wants it: no namespaces, and <mstyle> on what it styles."""
    element.tag = element.tag.rpartition("}")[2]
    if element.tag in _NEVER_EMPTY and not len(element):
        element.append(ElementTree.Element(_NEVER_EMPTY[element.tag]))
    for function, after in pairwise(element):
        if function.text == _APPLIED:
            opens = (after.text or "").startswith(("(", "[", "{"))
            function.tag, function.text, function.attrib = "mspace", None, {} if opens else {"width": "0.167em"}
    element[:] = [_prepared(child) for child in element]
    if "boldsymbol" in element.get("class", ""):
        element.set("mathvariant", "bold")
    if element.tag == "math" and "display" not in element.attrib:
        element.set("display", "inline")
    if element.tag == "mtable":
        for name, length in _MATRIX.items():
            element.attrib.setdefault(name, length)
    if element.tag == "mtr":
        element[0].append(ElementTree.Element("mspace", _STRUT))
    if element.tag == "mo" and element.text in _LARGE:
        element.attrib.setdefault("stretchy", "false")  # ziamath 0.13 would stretch it to the height of its limits
    if element.tag in _SCRIPTED:
        for mark in element[1:]:
            if mark.tag == "mo":
                mark.text = _STRETCHING.get(mark.text or "", mark.text)
                mark.attrib.update(lspace="0", rspace="0")
    if element.tag != "mstyle":
        return element
    if len(element) == 1:
        for name, value in element.attrib.items():
            element[0].attrib.setdefault(name, value)
        return element[0]
    element.tag = "mrow"
    return element
