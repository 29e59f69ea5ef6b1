"""Literals and lines of code → XHTML: docutils' writer with a place to break in what is long, and numbers apart."""

from __future__ import annotations

import re

from docutils import nodes

from pipeline.read.offline import html5_polyglot

_LONG = 16  # characters of a word of code that may break after a sign
_SIGNS = re.compile(r"(?<=[^\W_])(?:[^\w\s]|_)+(?=[^\W_])")


class Literals(html5_polyglot.HTMLTranslator):
    # docutils sets inline literals as spans, in parts that no style of ours would know.
    def visit_literal(self, node: nodes.literal) -> None:
        tag = next((name for name in self.supported_inline_tags if name in node["classes"]), "code")
        node["classes"] = [name for name in node["classes"] if name != tag]
        node.html5tagname = tag  # type: ignore[attr-defined]  # where docutils keeps it
        self.body.append(self.starttag(node, tag, "", CLASS="literal"))
        if all(isinstance(child, nodes.Text) for child in node.children):
            text = node.astext()
            short = len(text) <= _LONG and re.search(r" -\S", text)  # a command with its option
            self.body += [self._word(word) for word in ([text] if short else re.split("([ \n])", text))]
            self.body.append(f"</{tag}>")
            raise nodes.SkipNode

    def depart_literal(self, node: nodes.literal) -> None:
        self.body.append(f"</{node.html5tagname}>")  # type: ignore[attr-defined]

    def _word(self, word: str) -> str:
        """A long word with a place to break after each sign between letters; an option keeps its hyphens."""
        pieces = _SIGNS.sub("\\g<0>\n", word).split("\n") if len(word) > _LONG else [word]
        return "<wbr/>".join(
            f'<span class="nowrap">{self.encode(piece)}</span>' if "-" in piece[:-1] else self.encode(piece)
            for piece in pieces
        )

    def visit_inline(self, node: nodes.inline) -> None:
        if "codeline" not in node["classes"]:
            super().visit_inline(node)
            return
        number = {"data-number": node["number"]} if "number" in node else {}
        self.body.append(self.starttag(node, "span", "", **number))
        node.html5tagname = "span"  # type: ignore[attr-defined]

    def visit_doctest_block(self, node: nodes.doctest_block) -> None:
        self.body.append(self.starttag(node, "pre", "", CLASS="code doctest") + "<code>")

    def depart_doctest_block(self, node: nodes.doctest_block) -> None:  # noqa: ARG002
        self.body.append("</code></pre>\n")
