"""The structure tree of a PDF, built from the DOM: what each element is called in PDF 1.7 (ISO 32000-1, 14.8.4).

Knows no engine. Leaves are pieces of drawn content; the tree's order is the document's, however they were laid out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, TypeAlias
from xml.etree.ElementTree import Element

from msgspec import Struct, field

# Where in an element a leaf belongs: these, or n, the text after its nth child (0: before the first).
MARKER, BEFORE, AFTER = -2, -1, 1 << 30

SVG = "{http://www.w3.org/2000/svg}svg"
# PDF 2.0's names, told to PDF 1.7 readers through the role map.
ROLE_MAP = {"Em": "Span", "Strong": "Span"}


def _table(pairs: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in pairs.split())


_ROLES = _table("""
    h1=H1 h2=H2 h3=H3 h4=H4 h5=H5 h6=H6
    p=P pre=P blockquote=BlockQuote article=Art section=Sect nav=Sect
    address=Div aside=Div details=Div div=Div figure=Div footer=Div header=Div hgroup=Div
    ul=L ol=L dl=L li=LI dt=Lbl dd=LBody
    table=Table caption=Caption thead=THead tbody=TBody tfoot=TFoot tr=TR th=TH td=TD
    figcaption=Caption img=Figure
    em=Em strong=Strong q=Quote code=Code kbd=Code samp=Code tt=Code
""") | {SVG: "Figure"}
# The printed contents (14.8.4.2) and the number of a note: by class, since HTML has no elements for them.
_CLASSES = {"toc": "TOC", "toci": "TOCI", "entry": "Reference", "note-mark": "Lbl"}
# These hold blocks, and no text directly (14.8.4.2).
_GROUPING = {"Document", "Art", "BlockQuote", "Div", "Sect"}
_INLINE = {"Span", "Em", "Strong", "Code", "Quote", "Link", "Note", "Figure", "Formula", "Reference"}
_CELLS = {"td", "th"}
_NUMBERING = _table("""
    disc=Disc circle=Circle square=Square decimal=Decimal
    lower-alpha=LowerAlpha lower-latin=LowerAlpha upper-alpha=UpperAlpha upper-latin=UpperAlpha
    lower-roman=LowerRoman upper-roman=UpperRoman
""")


class Leaf(Struct, frozen=True, eq=False):
    """A piece of content on a page (counted from 0): the box that was drawn, or that carries a link's annotation."""

    page: int
    box: Any
    annotation: bool = False
    numbering: str = ""  # of a list item's marker: CSS's list-style-type


class Node(Struct, eq=False):
    """A structure element. `attributes` are by owner: {'Table': {'Scope': 'Row'}}."""

    role: str
    kids: list[Kid]
    element: Element | None = None
    attributes: dict[str, dict[str, str | int]] = field(default_factory=dict)


Kid: TypeAlias = Node | Leaf
Runs: TypeAlias = Mapping[Element, Mapping[int, Sequence[Leaf]]]


def document(root: Element, runs: Runs) -> Node:
    """The whole tree. `runs` has the leaves of each element by place in it, those of one place in drawn order."""
    return Node("Document", _blocks(_branch(root, runs, None)))


def is_decorative(element: Element) -> bool:
    """Whether an author says that an element says nothing: `alt=""`, `aria-hidden`, `role=presentation`."""
    presentational = element.get("aria-hidden") == "true" or element.get("role") in ("presentation", "none")
    return presentational or (element.tag == "img" and element.get("alt") == "")


def alternative(element: Element) -> str:
    """The text that stands for a picture: an img's alt; an svg's aria-label or title."""
    if element.tag == SVG:
        return " ".join((element.get("aria-label") or element.findtext(f"{SVG[:-3]}title") or "").split())
    return element.get("alt", "")


def is_footnote(element: Element) -> bool:
    kinds = f"{element.get('role', '')} {element.get('{http://www.idpf.org/2007/ops}type', '')}".split()
    return "doc-footnote" in kinds or "footnote" in kinds


def _branch(element: Element, runs: Runs, parent: Element | None) -> list[Kid]:
    """What an element becomes: nothing when it has no content, its kids alone when it says nothing of its own."""
    slots = runs.get(element, {})
    kids: list[Kid] = [*slots.get(BEFORE, ()), *slots.get(0, ())]
    for place, child in enumerate(element, 1):
        kids += _branch(child, runs, element)
        kids += slots.get(place, ())
    kids += slots.get(AFTER, ())
    marker = slots.get(MARKER, ())
    if not kids and not marker and element.tag not in _CELLS:
        return []
    return _shape(element, marker, kids, parent)


def _shape(element: Element, marker: Sequence[Leaf], kids: list[Kid], parent: Element | None) -> list[Kid]:
    tag = element.tag
    role = _role(element)
    if role is None:
        return [*marker, *kids]
    node = Node(role, kids, element)
    if element.get("class", "") in _CLASSES:
        return [node]
    if element.get("role") == "doc-noteref" and role == "Link":
        return [Node("Reference", [node])]
    if tag == "li":
        node.kids = [Node("LBody", kids)] if kids else []
        if marker:
            node.kids.insert(0, Node("Lbl", list(marker)))
    elif role == "Note":
        node.kids = [Node("Lbl", list(marker)), *kids] if marker else kids
    elif role == "L":
        if tag == "dl":
            node.kids = _pairs(kids)
        node.attributes["List"] = {"ListNumbering": "None" if tag == "dl" else _numbering(node)}
    elif tag == "pre" and not all(isinstance(kid, Node) and kid.role == "Code" for kid in kids):
        node.kids = [Node("Code", kids)]
    elif role == "Table" and not any(True for _ in _leaves(node)):
        return []
    elif tag in _CELLS:
        node.attributes = _cell(element, parent)
    elif role in _GROUPING:
        node.role, node.kids = ("P", kids) if role == "Div" and _is_text(kids) else (role, _blocks(kids))
    return [node]


def _role(element: Element) -> str | None:
    """An element's structure type; None when its content belongs to its parent directly."""
    if element.tag == "a" and element.get("href"):
        return "Link"
    if element.tag == "aside" and is_footnote(element):
        return "Note"
    if element.get("class") == "equation":
        return None  # it and its number are one paragraph
    if role := _CLASSES.get(element.get("class", "")):
        return role
    if element.tag == SVG and element.get("role") == "math":
        return "Formula"
    if role := _ROLES.get(element.tag):
        return role
    if element.tag in ("body", "main"):
        return "Div" if element.get("lang") else None
    if element.tag == "abbr" and element.get("title"):
        return "Span"
    return "Span" if element.get("lang") and element.tag != "html" else None


def _blocks(kids: list[Kid]) -> list[Kid]:
    """Kids with each row of inline ones made a paragraph."""
    blocks: list[Kid] = []
    for inline, group in groupby(kids, key=lambda kid: isinstance(kid, Leaf) or kid.role in _INLINE):
        row = list(group)
        blocks += [Node("P", row)] if inline and _is_text(row) else row
    return blocks


def _is_text(kids: list[Kid]) -> bool:
    """Whether kids make a paragraph: all are inline, and not just what can stand alone, as pictures can."""
    roles = {"" if isinstance(kid, Leaf) else kid.role for kid in kids}
    return roles <= _INLINE | {""} and not roles <= {"Figure", "Formula", "Note"}


def _pairs(kids: list[Kid]) -> list[Kid]:
    """The terms and definitions of a dl as items: one begins at each term that follows a definition."""
    items: list[Kid] = []
    item: list[Kid] = []
    for kid in kids:
        if isinstance(kid, Node) and kid.role == "Div":  # HTML lets a div hold one group
            items += _pairs(kid.kids)
            continue
        last = item[-1] if item else None
        if not item or (isinstance(kid, Node) and kid.role == "Lbl" and isinstance(last, Node) and last.role != "Lbl"):
            item = []
            items.append(Node("LI", item))
        item.append(kid)
    return items


def _numbering(node: Node) -> str:
    """ISO 32000-1, table 347, from the first marker that was drawn."""
    for item in node.kids:
        if isinstance(item, Node) and item.kids and isinstance(item.kids[0], Node) and item.kids[0].role == "Lbl":
            style = next((leaf.numbering for leaf in _leaves(item.kids[0])), "")
            plain = "Decimal" if node.element is not None and node.element.tag == "ol" else "Disc"
            return _NUMBERING.get(style.removesuffix("-bracketed").removesuffix("-bracket"), plain)
    return "None"


def _cell(element: Element, parent: Element | None) -> dict[str, dict[str, str | int]]:
    table: dict[str, str | int] = {}
    if element.tag == "th":
        scopes = {"row": "Row", "rowgroup": "Row", "col": "Column", "colgroup": "Column"}
        beside_data = parent is not None and parent.find("td") is not None
        table["Scope"] = scopes.get(element.get("scope", ""), "Row" if beside_data else "Column")
    for name, key in (("colspan", "ColSpan"), ("rowspan", "RowSpan")):
        if (span := element.get(name, "1")).isdigit() and int(span) > 1:
            table[key] = int(span)
    return {"Table": table} if table else {}


def _leaves(node: Node) -> list[Leaf]:
    found: list[Leaf] = []
    for kid in node.kids:
        found += [kid] if isinstance(kid, Leaf) else _leaves(kid)
    return found
