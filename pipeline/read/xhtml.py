"""Doctree → XHTML fragments. docutils' html5 writer does the work; what it lacks is added here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docutils import nodes

from pipeline import scripts
from pipeline.errors import Location, SourceError, error
from pipeline.read import facts, formulas, raw
from pipeline.read.literals import Literals
from pipeline.read.pictures import Pictures, length

_PLACES = ("title", "subtitle", "standfirst", "opening", "body", "credits", "colophon")
_OUTSIDE = (nodes.comment, nodes.substitution_definition, nodes.decoration, nodes.system_message)


def split(doctree: nodes.document) -> dict[str, list[nodes.Node]]:
    """The nodes of each part of a chapter (model.Chapter); placed ones move from their text to the document's end."""
    parts: dict[str, list[nodes.Node]] = {place: [] for place in _PLACES}
    for placed in [n for n in facts.below(doctree, nodes.Element) if n.get("place")]:
        placed.parent.remove(placed)
        doctree.append(placed)
    for node in doctree.children:
        if isinstance(node, (nodes.title, nodes.subtitle)):
            parts[node.tagname].append(node)
        elif isinstance(node, nodes.Element) and node.get("place"):
            parts.get(node["place"], []).append(node)  # the drawing is a fact, not a part
        elif not isinstance(node, _OUTSIDE):
            parts["body"].append(node)
    return parts


def fragment(doctree: nodes.document, found: Sequence[nodes.Node], path: Path) -> str:
    """The XHTML of some nodes. Raises SourceError if docutils' output is not well-formed."""
    if not found:
        return ""
    translator = _Translator(doctree)
    for node in found:
        placed = isinstance(node, nodes.container) and bool(node.get("place"))
        transparent = placed or isinstance(node, (nodes.title, nodes.subtitle))
        if transparent and isinstance(node, nodes.Element):
            # docutils keeps the names of the title's section, which links may point at, on the document.
            names = doctree["ids"] if isinstance(node, nodes.title) else node["ids"]
            translator.body += [f'<span id="{name}"></span>' for name in names]
        for visible in node.children if transparent else [node]:
            visible.walkabout(translator)
    return _checked("".join(translator.body), path)


class _Translator(Literals, Pictures):
    """docutils' html5 output with source lines, and the few elements it writes unlike the house's form."""

    def starttag(self, node: Any, tagname: str, suffix: str = "\n", empty: bool = False, **attributes: Any) -> str:
        if isinstance(node, (nodes.Body, nodes.title, nodes.caption)) and (line := getattr(node, "line", None)):
            attributes["data-line"] = line
        if isinstance(node, nodes.Element) and (language := node.get_language_code()):
            own = f"language-{language}" in node.get("classes", ())
            # docutils writes lang alone.
            attributes |= {"xml:lang": language, "dir": scripts.direction(language)} if own else {}
        return str(super().starttag(node, tagname, suffix, empty, **attributes))

    # docutils writes them out: a note to oneself is not for readers, and engines stumble over it.
    def visit_comment(self, node: nodes.comment, *_: Any) -> None:  # noqa: ARG002
        raise nodes.SkipNode

    # The dash before a name is docutils' own; the house sets the name on a line of its own without one.
    def visit_attribution(self, node: nodes.attribution) -> None:
        self.body.append(self.starttag(node, "p", "", CLASS="attribution") + "<cite>")

    def depart_attribution(self, node: nodes.attribution) -> None:  # noqa: ARG002
        self.body.append("</cite></p>\n")

    # Numbers and lists of chapters are the book's, which is bound when all its chapters are read.
    def visit_title(self, node: nodes.title) -> None:
        super().visit_title(node)
        if self.settings.id_prefix and isinstance(node.parent, nodes.section):
            self.body.append(f'<span class="number" data-of="{node.parent["ids"][0]}"></span>')
        self._number(node.parent)

    def visit_caption(self, node: nodes.caption) -> None:
        super().visit_caption(node)
        self._number(node.parent)

    def _number(self, node: nodes.Element) -> None:
        """Leave room for the number of a figure, a table, code or an equation, and its name if it has no other."""
        if name := node.get("counted"):
            named = "" if name in node["ids"] else f' id="{name}"'
            kind = "equation" if isinstance(node, nodes.math_block) else "caption"
            self.body.append(f'<span class="{kind}-number"{named} data-of="{name}"></span>')

    def visit_toctree(self, node: facts.toctree) -> None:
        self.body += [f'<span id="{name}"></span>' for name in node["ids"]]
        if node["shown"]:
            self.body.append(f'<div class="toctree" data-part="{node["part"]}"></div>\n')
        raise nodes.SkipNode

    # docutils makes a variable of such a class, which old readers drop a sheet for and no style of ours asks for.
    def visit_field_list(self, node: nodes.field_list) -> None:
        node["classes"] = [name for name in node["classes"] if not name.startswith("field-indent-")]
        super().visit_field_list(node)

    # docutils forgets the brackets of an author's numbers.
    def visit_enumerated_list(self, node: nodes.enumerated_list) -> None:
        if node.get("suffix") == ")":
            node["classes"].append("bracketed" if node.get("prefix") else "bracket")
        super().visit_enumerated_list(node)

    # Where cells reach over rows, rules have to say which row is whose.
    def visit_table(self, node: nodes.table) -> None:
        if any(
            "morerows" in entry for body in facts.below(node, nodes.tbody) for entry in facts.below(body, nodes.entry)
        ):
            node["classes"].append("ruled")
        if "width" in node:
            node["width"] = length(node["width"])
        super().visit_table(node)

    # docutils' MathML has no alternative text, and is MathML Core, which EPUB 3.3 is not.
    def visit_math(self, node: nodes.math) -> None:
        names = "".join(f'<span id="{name}"></span>' for name in node["ids"])
        self.body.append(names + formulas.mathml(node))
        raise nodes.SkipNode

    def visit_math_block(self, node: nodes.math_block) -> None:
        kind = "formula numbered" if "counted" in node else "formula"
        self.body.append(self.starttag(node, "div", "", CLASS=kind))
        if "counted" in node:
            # A block, or the mark of a page would stand before it, as a cell of its own.
            self.body.append(f'<div class="equation">{formulas.mathml(node)}</div> ')
            self._number(node)
        else:
            self.body.append(formulas.mathml(node))
        self.body.append("</div>\n")
        raise nodes.SkipNode

    def visit_passage(self, node: raw.passage) -> None:
        if isinstance(node.parent, nodes.TextElement):
            self.body.append(node["markup"])
        else:
            self.body.append(f"{self.starttag(node, 'div', '', CLASS='raw')}{node['markup']}</div>\n")
        raise nodes.SkipNode

    # docutils writes notes and citations in two ways, the one with brackets and the other with roles that DPUB-ARIA 1.1
    # has given up. The house has one: a noteref at the call, an aside with a number that leads back.
    def visit_footnote_reference(self, node: nodes.footnote_reference | nodes.citation_reference) -> None:
        kind = "noteref citation-reference" if facts.is_citation_mark(node) else "noteref"
        self.body.append(self.starttag(node, "a", "", CLASS=kind, href="#" + node["refid"], role="doc-noteref"))
        self.body.append("[" * facts.is_citation_mark(node))

    def depart_footnote_reference(self, node: nodes.footnote_reference | nodes.citation_reference) -> None:
        self.body.append("]" * facts.is_citation_mark(node) + "</a>")

    visit_citation_reference, depart_citation_reference = visit_footnote_reference, depart_footnote_reference

    def visit_footnote(self, node: nodes.footnote | nodes.citation) -> None:
        self.body.append('<div class="notes">\n' if node.get("opens") else "")
        foot = {"data-foot": node["foot"]} if "foot" in node else {}
        kind = "footnote" if isinstance(node, nodes.footnote) else "footnote citation"
        self.body.append(self.starttag(node, "aside", "", CLASS=kind, role="doc-footnote", **foot))

    def depart_footnote(self, node: nodes.footnote | nodes.citation) -> None:
        self.body.append("</aside>\n</div>\n" if node.get("closes") else "</aside>\n")

    visit_citation, depart_citation = visit_footnote, depart_footnote

    def visit_label(self, node: nodes.label) -> None:
        calls: list[str] = node.parent["backrefs"]
        self.body.append(self.starttag(node, "span", "", CLASS="note-mark"))
        self.body.append(f'<a role="doc-backlink" href="#{calls[0]}">' if calls else "")
        self.body.append("[" * facts.is_citation_mark(node))

    def depart_label(self, node: nodes.label) -> None:
        self.body.append("]" * facts.is_citation_mark(node))
        self.body.append("</a></span> " if node.parent["backrefs"] else "</span> ")

    # docutils sets a classifier against its term, and a listener hears one word.
    def visit_classifier(self, node: nodes.classifier) -> None:
        self.body.append(" " + self.starttag(node, "span", "", CLASS="classifier"))

    # docutils takes the classifier of a later term for this one's.
    def depart_term(self, node: Any) -> None:
        if not isinstance(node.next_node(descend=False, siblings=True), nodes.classifier):
            self.body.append("</summary>\n" if "details" in node.parent.parent["classes"] else "</dt>\n")

    # docutils cannot tell of a list whether it is simple if there are nodes in it that are not its own.
    def check_simple_list(self, node: Any) -> bool:
        try:
            return bool(super().check_simple_list(node))
        except NotImplementedError:
            return False

    # docutils puts a colon after the name of each field, which the source has not.
    def depart_field_name(self, node: nodes.field_name) -> None:  # noqa: ARG002
        self.body.append("</dt>\n")


def _checked(xhtml: str, path: Path) -> str:
    from lxml import etree

    try:
        etree.fromstring(f"<div>{xhtml}</div>".encode())
    except etree.XMLSyntaxError as fault:
        message = f"its XHTML would not be well-formed: {fault}"
        raise SourceError(error("RST199", message, Location(path), "please report this source as a fault")) from fault
    return xhtml
