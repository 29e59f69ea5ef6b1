"""Raw markup, where the settings let it in: HTML made into XHTML that both editions can show.

What stands in no list below is dropped, or opened so that its text stays: scripts, styles, forms, frames, every
attribute that names a style, an event or a file. So nothing of it acts, leads out or breaks a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from lxml import etree, html

from pipeline.errors import Diagnostic, note, warning
from pipeline.read.facts import below, where
from pipeline.read.limits import MAX_CELLS, MAX_ELEMENTS, MAX_NESTING

_PHRASES = frozenset(
    (
        *(
            "a",
            "abbr",
            "b",
            "bdi",
            "bdo",
            "br",
            "cite",
            "code",
            "del",
            "dfn",
            "em",
            "i",
            "ins",
            "kbd",
            "mark",
            "s",
            "samp",
        ),
        *("small", "span", "strong", "sub", "sup", "u", "var"),
    )
)
_SILENT = frozenset(
    (
        *(
            "applet",
            "area",
            "audio",
            "base",
            "canvas",
            "col",
            "colgroup",
            "dialog",
            "embed",
            "frame",
            "frameset",
            "head",
        ),
        *(
            "iframe",
            "input",
            "link",
            "map",
            "math",
            "meta",
            "noscript",
            "object",
            "option",
            "param",
            "script",
            "select",
        ),
        *("source", "style", "svg", "template", "textarea", "title", "track", "video"),
    )
)
# Block → what it becomes, and what it may hold.
_BLOCKS = {
    **dict.fromkeys(("address", "article", "aside", "body", "center", "details", "div", "fieldset"), ("div", "flow")),
    **dict.fromkeys(("figure", "footer", "form", "header", "main", "nav", "section"), ("div", "flow")),
    **dict.fromkeys(("p", "summary", "figcaption", "legend", "h1", "h2", "h3", "h4", "h5", "h6"), ("p", "phrases")),
    **{name: (name, "flow") for name in ("blockquote", "dd", "li", "td", "th")},
    **{name: (name, "phrases") for name in ("caption", "dt", "pre")},
    **{name: (name, name) for name in ("dl", "ol", "table", "tbody", "tfoot", "thead", "tr", "ul")},
    "menu": ("ul", "ul"),
}
# What holds only these: the first of them takes in all else.
_HELD = {
    "ul": ("li",),
    "ol": ("li",),
    "dl": ("dd", "dt"),
    "table": ("tbody", "caption", "thead", "tfoot"),
    "tbody": ("tr",),
    "thead": ("tr",),
    "tfoot": ("tr",),
    "tr": ("td", "th"),
}
_ONLY_IN = {child for held in _HELD.values() for child in held}
_ATTRIBUTES = {
    "abbr": {"title"},
    "a": {"href"},
    "bdo": {"dir"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_VALUES = {
    "href": re.compile(r"(https?://|mailto:)\S+", re.I),
    "dir": re.compile(r"ltr|rtl"),
    "lang": re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{1,8})*"),
    "scope": re.compile(r"row|col"),
    "start": re.compile(r"[0-9]{1,4}"),
    "colspan": re.compile(r"[1-9][0-9]?"),
    "rowspan": re.compile(r"[1-9][0-9]?"),
    "title": re.compile(r"[^\x00-\x1f]{1,500}"),
}
_UNWRITABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class passage(nodes.General, nodes.Inline, nodes.Element):  # noqa: N801 - docutils' nodes are named so
    """Raw markup made safe, as XHTML in `markup`. Its children are what it says: text in a line, or else paragraphs."""


def admitted(doctree: nodes.document, path: Path) -> list[Diagnostic]:
    """Put a passage in the place of all raw markup; what is left out is told."""
    found: list[Diagnostic] = []
    elements = cells = 0
    for raw in list(below(doctree, nodes.raw)):
        place = where(raw, path)
        if "html" not in raw.get("format", "").split():
            found.append(note("RST155", f"raw {raw.get('format', '')} is left out: no edition is made of it", place))
            raw.parent.remove(raw)
            continue
        inline = isinstance(raw.parent, nodes.TextElement)
        source = html.fromstring(f"<div>{raw.astext()}</div>")
        root = etree.Element("div")
        _take(source, root, "phrases" if inline else "flow", 0, frozenset())
        _order(root)
        elements += sum(1 for _ in root.iter())
        cells += sum(1 for _ in root.iter("td", "th"))
        if elements > MAX_ELEMENTS or cells > MAX_CELLS:
            found.append(warning("RST156", "so much raw markup is left out", place, "write it in reStructuredText"))
            raw.parent.remove(raw)
            continue
        if source.find(".//img") is not None:
            hint = "write “.. image::”, with “:alt:”"
            found.append(warning("RST157", "a picture in raw markup is left out", place, hint))
        safe = passage(raw.rawsource, markup=_written(root))
        safe.source, safe.line = raw.source, raw.line
        said = list(_texts(root))
        safe += [nodes.Text("".join(said))] if inline else [nodes.paragraph(text, text) for text in said]
        raw.parent.replace(raw, safe)
    return found


def _take(old: etree._Element, new: etree._Element, context: str, depth: int, within: frozenset[str]) -> None:
    """Copy what an element holds and an edition can show; `within` are the phrases that it stands in."""
    _say(new, old.text, context)
    for child in old:
        name = child.tag.lower() if isinstance(child.tag, str) else ""
        if name == "img":
            _say(new, child.get("alt"), context)
        elif name and name not in _SILENT:
            _admit(child, name, new, context, depth, within)
        _say(new, child.tail, context)


def _admit(
    child: etree._Element, name: str, new: etree._Element, context: str, depth: int, within: frozenset[str]
) -> None:
    if name == "hr" and context == "flow":
        etree.SubElement(new, "hr")
    elif depth > MAX_NESTING:
        _take(child, new, context, depth, within)
    elif name == "q" and context in ("flow", "phrases"):
        _say(new, "“", context)
        _take(child, new, "phrases", depth + 1, within)
        _say(new, "”", context)
    elif name in _PHRASES and context in ("flow", "phrases") and name not in within:
        copied = etree.SubElement(new, name, _attributes(child, name))
        if name != "br":
            _take(child, copied, "phrases", depth + 1, within | {name})
    elif name in _BLOCKS and context != "phrases":
        tag, inner = _BLOCKS[name]
        if context in _HELD and tag not in _HELD[context]:
            parent = _holder(new, context)
            _admit(child, name, parent, _BLOCKS[parent.tag][1], depth + 1, within)
            return
        if tag in _ONLY_IN and context not in _HELD:
            tag, inner = "div", "flow"
        copied = etree.SubElement(new, tag, _attributes(child, tag))
        if re.fullmatch(r"h[1-6]", name):
            copied.set("class", "rubric")
        _take(child, copied, inner, depth + 1, within)
        if inner in _HELD and not len(copied):
            new.remove(copied)
    elif context in _HELD:
        parent = _holder(new, context)
        _admit(child, name, parent, _BLOCKS[parent.tag][1], depth + 1, within)
    else:
        _take(child, new, context, depth, within)
        if name in _BLOCKS:
            _say(new, " ", context)


def _order(root: etree._Element) -> None:
    """Tables with their parts in the order of HTML; what has terms without definitions, or the reverse, is no list."""
    ranks = ("caption", "thead", "tbody", "tfoot")
    for table in root.iter("table"):
        for kind in ("caption", "thead", "tfoot"):
            for again in table.findall(kind)[1:]:
                again.tag = "tbody" if kind != "caption" else kind
                if kind == "caption":
                    table.remove(again)
        table[:] = sorted(table, key=lambda part: ranks.index(str(part.tag)))
    for pairs in list(root.iter("dl")):
        if pairs[0].tag != "dt" or pairs[-1].tag != "dd":
            pairs.tag = "div"
            for part in pairs:
                part.tag = "div"


def _holder(new: etree._Element, context: str) -> etree._Element:
    """The child of a list or a table that takes in what cannot stand there itself."""
    tag = _HELD[context][0]
    return new[-1] if len(new) and new[-1].tag == tag else etree.SubElement(new, tag)


def _say(new: etree._Element, text: str | None, context: str) -> None:
    """Add text at the end of an element; in a list or a table, to the item or the cell that takes it in."""
    if not text or (context in _HELD and not text.strip()):
        return
    while context in _HELD:
        new = _holder(new, context)
        context = _BLOCKS[new.tag][1]
    text = _UNWRITABLE.sub("", text)
    if len(new):
        new[-1].tail = (new[-1].tail or "") + text
    else:
        new.text = (new.text or "") + text


def _attributes(element: etree._Element, tag: str) -> dict[str, str]:
    allowed = _ATTRIBUTES.get(tag, set()) | {"lang", "dir"}
    return {
        name: str(value)
        for name, value in element.attrib.items()
        if isinstance(name, str) and name in allowed and _VALUES[name].fullmatch(str(value))
    }


def _texts(root: etree._Element) -> Iterator[str]:
    """What is said, block by block."""
    words = ""
    for event, element in etree.iterwalk(root, ("start", "end")):
        if element.tag not in _PHRASES:
            if words.strip():
                yield words
            words = ""
        elif element.tag == "br" and event == "start":
            words += " "
        words += (element.text if event == "start" else element.tail if element is not root else "") or ""
    if words.strip():
        yield words


def _written(root: etree._Element) -> str:
    """The inside of an element; one that is empty keeps its end tag, but for those that have none."""
    for element in root.iter():
        if not len(element) and not element.text and element.tag not in ("br", "hr"):
            element.text = ""
    return etree.tostring(root, encoding="unicode").removeprefix("<div>").removesuffix("</div>").removesuffix("<div/>")
