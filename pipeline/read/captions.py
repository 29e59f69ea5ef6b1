"""Doctree → what in it a book may number: what has a caption, and equations with a label."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

from docutils import nodes

from pipeline.counted import Counted
from pipeline.read.facts import below, plain, where
from pipeline.references import shortened

_KINDS: dict[type[nodes.Element], str] = {nodes.figure: "figure", nodes.table: "table", nodes.math_block: "equation"}


def mark(doctree: nodes.document) -> None:
    """Give all that may have a number the attribute `counted`: its id, which nothing else need have named before.

    An equation shows its id, for its label. What is placed on the title page or at the end has none: its order is not
    the text's.
    """
    for node in below(doctree, tuple(_KINDS)):
        kind = _kind(node)
        if kind and not any(around.get("place") for around in (node, *_around(node))):
            node["counted"] = node["ids"][0] if node["ids"] else _named(node, kind, doctree)
            if kind == "equation" and not node["ids"]:
                node["ids"].append(node["counted"])


def counted(doctree: nodes.document, path: Path) -> Iterator[Counted]:
    """All that is marked, in document order, by its title with typography as it will be shown."""
    for node in below(doctree, tuple(_KINDS)):
        if "counted" in node:
            sections = [around["ids"][0] for around in _around(node) if isinstance(around, nodes.section)]
            shown = caption(node)
            title = shortened(plain(shown)) if shown is not None else ""
            yield Counted(_kind(node), node["counted"], title, tuple(reversed(sections)), where(node, path))


def caption(node: nodes.Element) -> nodes.Element | None:
    """The caption of a figure or of code, the title of a table."""
    found = (child for child in node.children if isinstance(child, (nodes.caption, nodes.title)))
    return next(found, None)


def _kind(node: nodes.Element) -> str:
    """Counted.kind; '' for what has no number."""
    if isinstance(node, nodes.math_block):
        return "equation" if "label" in node else ""
    if caption(node) is None:
        return ""
    is_code = any(isinstance(child, nodes.literal_block) for child in node.children)
    return "code" if is_code else _KINDS[type(node)]


def _around(node: nodes.Node) -> Iterator[nodes.Element]:
    while (node := node.parent) is not None:
        yield node


def _named(node: nodes.Element, kind: str, doctree: nodes.document) -> str:
    """A name that nothing else has."""
    # Where ids are looked for from the beginning each time, thousands of them take minutes.
    numbers = doctree.__dict__.setdefault(f"{kind}_numbers", count(1))
    stem = f"{doctree.settings.id_prefix}{kind}-"
    name: str = next(f"{stem}{number}" for number in numbers if f"{stem}{number}" not in doctree.ids)
    doctree.ids[name] = node
    return name
