"""Doctree → facts: what the source says, block by block, before any typography; and its pictures and headings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from docutils import nodes

from pipeline.errors import Location
from pipeline.model import FORMULA, Block, Heading, Image

N = TypeVar("N", bound=nodes.Node)

FORMULAS = (nodes.math, nodes.math_block)

# Elements that hold a block's text. A TextElement inside another one is inline; an option's parts are one text.
_WHOLE = (nodes.TextElement, nodes.option_group)
NOTES: tuple[type[nodes.Element], ...] = (nodes.footnote, nodes.citation)
CALLS: tuple[type[nodes.Element], ...] = (nodes.footnote_reference, nodes.citation_reference)
_SILENT = (nodes.comment, nodes.system_message, nodes.substitution_definition, nodes.raw, nodes.target)


class toctree(nodes.Invisible, nodes.Element):  # noqa: N801 - docutils' nodes are named so
    """The place of a toctree. `entries` are (title or '', file as written, source, line)."""


def below(top: nodes.Node, kind: type[N] | tuple[type[N], ...]) -> Iterator[N]:
    """The nodes of a kind, the top and all below it, in document order: docutils' `findall` in a third of its time."""
    waiting = [top]
    while waiting:
        node = waiting.pop()
        if isinstance(node, kind):
            yield node
        if node.children:
            waiting += node.children[::-1]


def blocks(found: Iterable[nodes.Node], path: Path, note: str = "") -> tuple[Block, ...]:
    """The text of each block below some nodes, in reading order. Words that postpress adds are left out.

    `note` is the id of the note that all of them are in, if they are.
    """
    result: list[Block] = []
    for node in found:
        if isinstance(node, _SILENT):
            continue
        if isinstance(node, toctree):
            result += [Block("", node.tagname, where(node, path))] * bool(node.get("shown"))
        elif isinstance(node, _WHOLE):
            text = " ".join(_said(node).split())
            if text and not node.get("added"):
                formulas = tuple(formula["alt"] for formula in below(node, FORMULAS)) if FORMULA in text else ()
                result.append(Block(text, node.tagname, where(node, path), formulas, note, _calls(node), _heads(node)))
        elif isinstance(node, nodes.Element):
            result += blocks(node.children, path, node["ids"][0] if isinstance(node, NOTES) else note)
    return tuple(result)


def _heads(node: nodes.Element) -> str:
    """The id of what a block is the heading or the caption of; an equation is its own."""
    if isinstance(node, nodes.title) and isinstance(node.parent, nodes.section):
        return str(node.parent["ids"][0])
    is_caption = isinstance(node, (nodes.title, nodes.caption))
    return str((node.parent if is_caption else node).get("counted", ""))


def added(found: Iterable[nodes.Node]) -> tuple[str, ...]:
    """The texts below some nodes that our directives put there."""
    return tuple(node.astext() for top in found for node in below(top, nodes.TextElement) if node.get("added"))


def _calls(block: nodes.Element) -> tuple[str, ...]:
    """The notes that stand at the foot of the page because a block calls them."""
    return tuple(call["foot"] for call in below(block, CALLS) if "foot" in call)


def _said(node: nodes.Node) -> str:
    """What a reader sees of a node as text: of a picture nothing, of a formula the sign that stands for it."""
    if isinstance(node, FORMULAS):
        return FORMULA
    if isinstance(node, (nodes.Text, nodes.option_group)):
        return str(node.astext())
    text = "".join(map(_said, node.children))
    return f"[{text}]" if is_citation_mark(node) else text


def is_citation_mark(node: nodes.Node) -> bool:
    """Whether a node is a word that leads to a source, or the same word before that source: both have brackets."""
    return isinstance(node, nodes.citation_reference) or (
        isinstance(node, nodes.label) and isinstance(node.parent, nodes.citation)
    )


def images(doctree: nodes.document, path: Path) -> tuple[Image, ...]:
    """Every picture once, in order, the drawing included."""
    found = [_image(node, path) for node in below(doctree, nodes.image)]
    return tuple({image.src: image for image in reversed(found)}.values())[::-1]


def placed(doctree: nodes.document, path: Path, place: str) -> Image | None:
    """The picture of the directive `drawing` or `cover`, if there is one."""
    return next((_image(n, path) for n in below(doctree, nodes.image) if n.get("place") == place), None)


def languages(doctree: nodes.document) -> tuple[str, ...]:
    """The languages of passages, each once, in order: docutils has them as classes."""
    found: dict[str, None] = {}
    for node in below(doctree, nodes.Element):
        classes: list[str] = node.get("classes", [])
        found |= {name.removeprefix("language-"): None for name in classes if name.startswith("language-")}
    return tuple(found)


def headings(doctree: nodes.document, path: Path, level: int) -> tuple[Heading, ...]:
    """The headings of the body, below a title of that level, with typography as it will be shown but no joiners."""
    result = []
    for section in below(doctree, nodes.section):
        title = next(child for child in section.children if isinstance(child, nodes.title))
        result.append(Heading(section["ids"][0], level + _depth(section), plain(title), where(title, path)))
    return tuple(result)


def plain(node: nodes.Node) -> str:
    """A text for contents and metadata: no calls of notes, no joiners, every white space one space."""
    return " ".join(_uncalled(node).replace("\N{WORD JOINER}", "").split())


def _uncalled(node: nodes.Node) -> str:
    if isinstance(node, nodes.math):
        return str(node.get("alt") or node.astext())
    if not node.children:
        return str(node.astext())
    return "".join(_uncalled(child) for child in node.children if not isinstance(child, CALLS))


def _image(node: nodes.image, path: Path) -> Image:
    return Image(node["uri"], node.get("alt", ""), where(node, path))


def _depth(section: nodes.section) -> int:
    depth, node = 0, section.parent
    while isinstance(node, nodes.section):
        depth, node = depth + 1, node.parent
    return depth + 1


def where(node: nodes.Node, path: Path) -> Location:
    """The place of a node: its own file if it was included, and the nearest line that docutils knows."""
    source = node.source
    while node is not None and not node.line:
        node = node.parent
    included = source and not source.startswith("<") and not _same(source, str(path))
    return Location(Path(source) if included and source else path, node.line if node is not None else None)


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    try:
        return Path(one).samefile(other)
    except OSError:  # docutils names some sources that are no files
        return False
