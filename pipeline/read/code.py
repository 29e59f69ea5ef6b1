"""What docutils keeps as written (code, literal blocks, doctests), in lines that editions can number and break.

An edition gets each line as an element, with its number as an attribute; so numbers are shown and no part of the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from docutils import nodes

from pipeline.errors import Diagnostic, error, nearest, warning
from pipeline.read import limits, syntax
from pipeline.read.directives.settings import highlight
from pipeline.read.facts import below, where

_BLOCKS = (nodes.literal_block, nodes.doctest_block)
_PLAIN = ("", "none", "text")  # languages that docutils knows to be none


def unnumber(doctree: nodes.document) -> None:
    """Take the numbers that docutils puts into lines of code out of their text, and keep the first with the block."""
    for block in below(doctree, nodes.literal_block):
        numbers = [child for child in block.children if _is_number(child)]
        for number in numbers:
            block.remove(number)
        if numbers:
            block["first"] = int(numbers[0].astext())


def named(doctree: nodes.document, language: str) -> None:
    """Give the blocks that name no language the one that `highlight` did for all after it; and numbers where it did."""
    threshold = None
    for node in list(below(doctree, (highlight, nodes.literal_block))):
        if isinstance(node, highlight):
            language, threshold = node["language"], node["threshold"]
            node.parent.remove(node)
        else:
            own = node["classes"] not in ([], ["code"]) or any(not isinstance(child, nodes.Text) for child in node)
            if language and not own and not node.get("language"):
                node["language"] = language
            numbered = threshold is not None and node.astext().count("\n") + 1 >= threshold
            if numbered and "first" not in node and (not own or "code" in node["classes"]):
                node["first"] = 1


def set_lines(doctree: nodes.document, path: Path) -> list[Diagnostic]:
    """Mark what the pieces of code are, then part the blocks into lines, all in place. What was noticed on the way.

    Lines are inline nodes of the class "codeline", each but the last with its line break, and `number` if it has one.
    """
    found: list[Diagnostic] = []
    literals = [node for node in below(doctree, (*_BLOCKS, nodes.literal)) if not _is_inside(node)]
    marks = 0
    with syntax.limited():
        for node in literals:
            try:
                found += _marked(node, path, marks)
            except syntax.TooSlowError:
                hint = "give no language: it is shown without marks then"
                message = f"it takes more than {syntax.MAX_SECONDS} s to tell what this code says"
                return [*found, error("RST164", message, where(node, path), hint)]
            marks += sum(isinstance(child, nodes.inline) for child in node.children)
    for node in literals:
        if isinstance(node, _BLOCKS):
            found += _numbered(node, path)
    return found


def _marked(node: nodes.Element, path: Path, before: int) -> Iterator[Diagnostic]:
    """Mark the pieces of a literal, where as many marks before it leave room for them."""
    if any(not isinstance(child, nodes.Text) for child in node.children):
        return  # a parsed literal: the author marked it
    language, text = _language(node), node.astext()
    if language.lower() in _PLAIN:
        return
    if language.lower() not in syntax.languages() and language.lower() != syntax.GUESSED:
        hint = nearest(language, syntax.languages()) or "give no language, or one that Pygments knows"
        yield warning("RST161", f"no language is called {language}: it is shown as it is", where(node, path), hint)
    if len(text) > syntax.MAX_LENGTH:
        message = f"code of more than {syntax.MAX_LENGTH:,} characters is shown without marks"
        yield warning("RST162", message, where(node, path), "split it into several blocks")
    pieces = syntax.pieces(text, language)
    if before + sum(kind != "" for kind, _ in pieces) > limits.MAX_MARKS:
        message = f"code beyond {limits.MAX_MARKS:,} keywords, strings and comments is shown without marks"
        yield warning("RST162", message, where(node, path), "split the source")
        return
    node.children = []
    node += [nodes.inline("", value, classes=[kind]) if kind else nodes.Text(value) for kind, value in pieces]


def _language(node: nodes.Element) -> str:
    """The language a block or a role names; docutils has put it among the classes."""
    if isinstance(node, nodes.doctest_block):
        return "pycon"
    if "language" in node:
        return str(node["language"])
    if "code" not in node["classes"]:
        return ""
    return next((name for name in node["classes"] if name != "code" and name in syntax.languages()), "")


def _numbered(block: nodes.Element, path: Path) -> Iterator[Diagnostic]:
    first = block.get("first")
    emphasized: tuple[tuple[int, int], ...] = block.get("emphasized", ())
    lines = _lines(block)
    if len(lines) > 1 and not lines[-1]:
        lines.pop()  # a file that was included ends with a line break
    if first is not None and not 0 <= first < 10**limits.MAX_DIGITS - len(lines):
        message = f"lines cannot be numbered from {first}"
        yield warning("RST163", message, where(block, path), "give the number of the first line, or none for 1")
        first = None
    block.children = []
    for number, pieces in enumerate(lines, 1):
        line = nodes.inline("", "", *pieces, classes=["codeline"])
        if first is not None:
            line["number"] = first + number - 1
        if any(start <= number <= end for start, end in emphasized):
            line["classes"].append("emphasized")
        block += line
    if first is not None:
        block["classes"].append("numbered")


def _lines(node: nodes.Element) -> list[list[nodes.Node]]:
    """What is in a node, line by line. An element that goes on is there again, without the names it is known by."""
    lines: list[list[nodes.Node]] = [[]]
    for child in node.children:
        if isinstance(child, nodes.Text):
            # A substitution may leave a text with nothing in it.
            parts: list[list[nodes.Node]] = [[nodes.Text(part)] for part in child.splitlines(keepends=True)] or [[]]
            if child.endswith("\n"):
                parts.append([])
        else:
            assert isinstance(child, nodes.Element)
            parts = []
            for inner in _lines(child) if child.children else [[]]:
                piece = child.copy()
                if parts:
                    piece["ids"], piece["names"] = [], []
                piece += inner
                parts.append([piece])
        lines[-1] += parts[0]
        lines += parts[1:]
    return lines


def _is_number(node: nodes.Node) -> bool:
    return isinstance(node, nodes.inline) and node["classes"] == ["ln"]


def _is_inside(node: nodes.Node) -> bool:
    """Whether a literal is part of a block that is parted itself."""
    parent = node.parent
    while parent is not None:
        if isinstance(parent, _BLOCKS):
            return True
        parent = parent.parent
    return False
