"""Corrections to what WeasyPrint 70 tells readers of a PDF, all of them in `tagged`.

Its own tree follows boxes, so that an element broken over pages becomes two (upstream #2903), and running heads and
folios are tagged as content (#1836). Ours follows the DOM; a box is only the leaf that was drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from xml.etree.ElementTree import Element

import pydyf
import weasyprint.pdf
from msgspec import Struct, field
from weasyprint.pdf.fonts import Font
from weasyprint.pdf.stream import Stream

from pipeline import scripts
from pipeline.errors import RenderError, error
from pipeline.write.pdf import ink, meanings, roles
from pipeline.write.pdf.folios import taken
from pipeline.write.pdf.leaves import LAYOUT, Leaves, gather
from pipeline.write.pdf.roles import Leaf, Node

_POINTS = 0.75  # in a CSS pixel
_UNSAID = dict.fromkeys(map(ord, "\N{ZERO WIDTH SPACE}\N{WORD JOINER}"))  # what compose puts into words


@contextmanager
def tagged(document: Any) -> Iterator[Leaves]:
    """While a laid-out document is written as PDF, put our structure tree in place of the engine's.

    What it gives has, once the pages are drawn, the folios that were taken off them.

    Raises RenderError (PDF006) when a picture has no alternative text.
    """
    leaves = gather(document)
    if leaves.silent:
        hint = "add “:alt:” and say what it shows"
        faults = (error("PDF006", f"a picture has no alternative text: {s}", hint=hint) for s in leaves.silent)
        raise RenderError(faults)

    @contextmanager
    def marked(stream: Any, box: Any, tag: str) -> Iterator[None]:
        if stream.extra:  # a group, where a page's marked content is not looked for
            message = "text under opacity or in a group cannot be tagged"
            raise RenderError(error("PDF005", message, hint="use a plain colour"))
        if box in leaves.places:
            page, margin = leaves.places[box]
            start = len(stream.stream)
            stream._current_color = stream._current_font = None  # so that all it needs is said again
            yield
            leaves.folios[page] = taken(stream, start, box, margin, document.pages[page].height)
            return
        if box in leaves.marks:
            ink.draw(stream, leaves.marks[box])
        if (kind := leaves.artifacts.get(box)) is not None:
            stream.begin_marked_content("Artifact", pydyf.Dictionary(kind))
        else:
            mcid = stream._tags[box] = len(stream._tags)
            stream.begin_marked_content(tag, b"<</MCID %d%b>>" % (mcid, _said(box)))
        yield
        stream.end_marked_content()

    @contextmanager
    def artifact(stream: Any) -> Iterator[None]:
        stream.begin_marked_content("Artifact", pydyf.Dictionary(LAYOUT))  # a border, a rule, a background
        yield
        stream.end_marked_content()

    def add_tags(pdf: Any, document: Any, pdf_version: object, page_streams: list[Any]) -> None:  # noqa: ARG001
        _add_tree(pdf, document, roles.document(document._html.etree_element, leaves.runs), page_streams)

    def build_fonts(pdf: Any, fonts: dict[Any, Any], *rest: object) -> Any:
        # WeasyPrint 70 gives a glyph the first character it was drawn for: in a font that has one glyph for both, a
        # no-break space would make all spaces after it no-break, and searches for two words fail.
        for font in fonts.values():
            font.to_unicode = {glyph: text.replace("\u00a0", " ") for glyph, text in meanings.settled(font).items()}
            # Pango puts a comma after a family's name that ends like a size, and WeasyPrint 70 keeps it.
            font.name = font.name.replace(b",", b"")
        return their_fonts(pdf, fonts, *rest)

    def begin(font: Any, *of: Any) -> None:
        their_begin(font, *of)
        font.to_unicode = meanings.Meanings()

    their_fonts, their_begin = weasyprint.pdf.build_fonts_dictionary, Font.__init__
    with ExitStack() as corrections:
        for owner, name, ours in (
            (Stream, "marked", marked),
            (Stream, "artifact", artifact),
            (weasyprint.pdf, "add_tags", add_tags),
            (weasyprint.pdf, "build_fonts_dictionary", build_fonts),
            (Font, "__init__", begin),
        ):
            corrections.callback(setattr, owner, name, getattr(owner, name))
            setattr(owner, name, ours)
        yield leaves


def _said(box: Any) -> bytes:
    """What a text says, as a property of its marked content, where glyphs are not drawn in the order of letters.

    Letters of Arabic are composed of glyphs that others share, vowels of Devanagari stand before their consonants: no
    table of what each glyph means tells it (ISO 32000-1, 14.9.4).
    """
    text = getattr(box, "text", "")
    if not scripts.is_complex(text):
        return b""
    text = box.pango_layout.text if len(box.pango_layout.text) > len(text) else text
    return b" /ActualText <feff%b>" % text.encode("utf-16-be").hex().encode()


class _Tree(Struct, frozen=True):
    """A structure tree as it is written, and what it leads back from: content, by page, and annotations."""

    pdf: Any
    document: Any
    streams: list[Any]
    pages: tuple[bytes, ...]
    owners: list[dict[int, bytes]]  # of each page: marked content → structure element
    annotations: list[bytes] = field(default_factory=list)
    ids: list[tuple[str, bytes]] = field(default_factory=list)


def _add_tree(pdf: Any, document: Any, tree: Node, streams: list[Any]) -> None:
    """Write the structure tree, with the parent tree that leads back from content to it (ISO 32000-1, 14.7.4.4)."""
    # pydyf 0.13 builds the tuple of pages anew at each access.
    written = _Tree(pdf, document, streams, pdf.page_references, [{} for _ in streams])
    root = pydyf.Dictionary({"Type": "/StructTreeRoot"})
    pdf.add_object(root)
    root["K"] = pydyf.Array([_add(tree, root, written)])
    numbers = pydyf.Array()
    for number, owned in enumerate(written.owners):
        numbers += [number, pydyf.Array(owned.get(mcid, b"null") for mcid in range(len(streams[number]._tags)))]
    for number, owner in enumerate(written.annotations, len(written.pages)):
        numbers += [number, owner]
    root["ParentTree"] = pydyf.Dictionary({"Nums": numbers})
    root["ParentTreeNextKey"] = len(written.pages) + len(written.annotations)
    root["RoleMap"] = pydyf.Dictionary({name: f"/{standard}" for name, standard in roles.ROLE_MAP.items()})
    if written.ids:
        names = [item for identifier, owner in sorted(written.ids) for item in (pydyf.String(identifier), owner)]
        root["IDTree"] = pydyf.Dictionary({"Names": pydyf.Array(names)})
    pdf.catalog["StructTreeRoot"] = root.reference
    pdf.catalog["MarkInfo"] = pydyf.Dictionary({"Marked": "true"})
    # Of two pages side by side, the left one comes first but where text is written to the left.
    turned = {"Direction": "/R2L"} if document._html.etree_element.get("dir") == scripts.RTL else {}
    pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true", **turned})


def _add(node: Node, parent: Any, tree: _Tree) -> bytes:
    """Write a structure element with all that is in it, and give its reference."""
    pages = tree.pages
    element = pydyf.Dictionary({"Type": "/StructElem", "S": f"/{node.role}", "P": parent.reference})
    tree.pdf.add_object(element)
    reference: bytes = element.reference
    _describe(element, node, tree.document)
    if node.role == "Note":
        element["ID"] = pydyf.String(identifier := f"note-{len(tree.ids) + 1}")
        tree.ids.append((identifier, reference))
    kids = pydyf.Array()
    for kid in node.kids:
        if isinstance(kid, Node):
            kids.append(_add(kid, element, tree))
        elif kid.annotation:
            annotation = kid.box.link_annotation
            annotation["StructParent"] = len(pages) + len(tree.annotations)
            annotation["Contents"] = pydyf.String(_text(node.element))
            tree.annotations.append(reference)
            kids.append(pydyf.Dictionary({"Type": "/OBJR", "Obj": annotation.reference, "Pg": pages[kid.page]}))
        else:
            mcid = tree.streams[kid.page]._tags[kid.box]
            tree.owners[kid.page][mcid] = reference
            page = element.setdefault("Pg", pages[kid.page])
            reference_to_other_page = pydyf.Dictionary({"Type": "/MCR", "Pg": pages[kid.page], "MCID": mcid})
            kids.append(mcid if page == pages[kid.page] else reference_to_other_page)
    if kids:
        element["K"] = kids
    return reference


def _describe(element: Any, node: Node, document: Any) -> None:
    """What a structure element says beside its kind: language, alternative text, expansion, attributes."""
    owners = [pydyf.Dictionary({"O": f"/{owner}", **_values(values)}) for owner, values in node.attributes.items()]
    if node.element is not None:
        if lang := node.element.get("lang"):
            element["Lang"] = pydyf.String(lang)
        if node.element.tag == "abbr" and (title := node.element.get("title")):
            element["E"] = pydyf.String(title)
        if node.role in ("Figure", "Formula"):
            element["Alt"] = pydyf.String(roles.alternative(node.element))
            owners += [_layout(leaf, document) for leaf in node.kids if isinstance(leaf, Leaf)]
    if owners:
        element["A"] = owners[0] if len(owners) == 1 else pydyf.Array(owners)


def _values(values: dict[str, str | int]) -> dict[str, str | int]:
    return {key: f"/{value}" if isinstance(value, str) else value for key, value in values.items()}


def _layout(leaf: Leaf, document: Any) -> Any:
    """Where a picture is: its content box, in points from the lower left corner of the page."""
    box, height = leaf.box, document.pages[leaf.page].height
    x, y = box.content_box_x(), height - box.content_box_y()
    corners = (x, y - box.height, x + box.width, y)
    return pydyf.Dictionary({"O": "/Layout", "BBox": pydyf.Array(round(c * _POINTS, 2) for c in corners)})


def _text(element: Element | None) -> str:
    """What a link says: its text, or that of the pictures in it."""
    if element is None:
        return ""
    words = " ".join("".join(element.itertext()).translate(_UNSAID).split())
    return words or " ".join(roles.alternative(child) for child in element.iter() if child.tag in ("img", roles.SVG))
