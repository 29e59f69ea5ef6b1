"""What a screen reader is given of a file: Chromium's accessibility tree, as text that can be read and compared.

A line a node, `role (level) “name”`; one without a name has the beginning of its text. Boxes that tell nothing have a
line, `text`, only where their text is in nothing else.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.readers.books import OURS, Shelf
from tests.readers.browser import Browser, Tab, chromium
from tests.readers.desk import desk
from tests.readers.ebook import Ebook

GOLDEN = Path(__file__).parent / "golden"
SPOKEN = [name for name in OURS if name != "post"]  # the text of the post is its author's

_TEXT = frozenset(["InlineTextBox", "LineBreak", "ListMarker", "StaticText"])
_PLAIN = frozenset(["generic", "none", "strong", "emphasis", "subscript", "superscript", "GenericContainer"])
_SAYS = frozenset(
    (
        *(
            "Abbr",
            "Figcaption",
            "caption",
            "cell",
            "code",
            "columnheader",
            "doc-backlink",
            "doc-footnote",
            "doc-noteref",
        ),
        *("doc-subtitle", "heading", "image", "link", "paragraph", "rowheader", "term"),
    )
)
_SHOWN = 60  # characters


@dataclass(frozen=True)
class Node:
    """Something that is told: what it is, what it is called, the level of a heading, what is said in it."""

    role: str
    name: str
    level: int | None
    text: str
    kids: tuple[Node, ...]

    def __iter__(self) -> Iterator[Node]:
        """This and all that is in it, in order."""
        yield self
        for kid in self.kids:
            yield from kid


def heard(tab: Tab, address: str) -> Node:
    """The tree of a page. Raises BrowserError."""
    tab.open(address)
    nodes = {node["nodeId"]: node for node in tab.call("Accessibility.getFullAXTree")["nodes"]}
    (root,) = (node for node in nodes.values() if "parentId" not in node)
    (tree,) = _told(root, nodes, said=False)
    return tree


def _told(node: dict[str, Any], nodes: dict[str, dict[str, Any]], *, said: bool) -> tuple[Node, ...]:
    """A node; of one that is not told, what is told in it. `said`: whether the text here is some node's already."""
    role = str(node.get("role", {}).get("value", "none"))
    if role in _TEXT:
        return ()
    inner = [kid for name in node.get("childIds", ()) if (kid := nodes.get(name))]
    plain = node["ignored"] or role in _PLAIN
    if plain and not said and any(kid.get("role", {}).get("value") == "StaticText" for kid in inner):
        plain, role = False, "text"
    said = said or role in _SAYS or role == "text"
    # How a browser takes a formula apart is its own affair.
    kids = tuple(told for kid in inner if role != "MathMLMath" for told in _told(kid, nodes, said=said))
    if plain:
        return kids
    level = next((of["value"]["value"] for of in node.get("properties", ()) if of["name"] == "level"), None)
    name = "" if role == "text" else " ".join(str(node.get("name", {}).get("value", "")).split())
    return (Node(role, name, level, " ".join("".join(_said(node, nodes)).split()), kids),)


def _said(node: dict[str, Any], nodes: dict[str, dict[str, Any]]) -> Iterator[str]:
    if node.get("role", {}).get("value") == "StaticText":
        yield str(node["name"]["value"])
        return
    for name in node.get("childIds", ()):
        if name in nodes:
            yield from _said(nodes[name], nodes)


def text(tree: Node) -> str:
    """A tree as lines, each level set in by two spaces."""
    return "\n".join(_lines(tree, 0)) + "\n"


def _lines(node: Node, depth: int) -> Iterator[str]:
    level = f" ({node.level})" if node.level else ""
    alone = len(node.kids) == 1 and node.kids[0].role == "paragraph" and node.kids[0].text == node.text
    kids = node.kids[0].kids if alone else node.kids
    repeated = any(kid.role not in _INLINE for kid in kids)  # what holds blocks would say all they say
    shown = node.name or ("" if repeated else node.text)
    quoted = f" “{shown[:_SHOWN]}{'…' * (len(shown) > _SHOWN)}”" if shown else ""
    yield f"{'  ' * depth}{node.role}{level}{quoted}"
    for kid in kids:
        yield from _lines(kid, depth + 1)


_INLINE = frozenset(
    ("Abbr", "MathMLMath", "code", "doc-backlink", "doc-noteref", "doc-pagebreak", "image", "link", "mark", "time")
)


def voices(ebook: Ebook, folder: Path) -> dict[str, Node]:
    """The tree of each file of the spine, and of the navigation document; `folder` takes the ebook's files."""
    ebook.unpack(folder)
    browser = Browser()
    try:
        with desk(folder) as address:
            tab = browser.tab()
            return {
                file: heard(tab, f"{address}/books/EPUB/{file}") for file in dict.fromkeys((*ebook.spine, "nav.xhtml"))
            }
    finally:
        browser.close()


def renew() -> list[str]:
    """Write what our books sound like now into `golden/`; the files that changed. Raises BrowserError."""
    chromium()
    changed = []
    with tempfile.TemporaryDirectory() as place:
        for name in SPOKEN:
            ebook = Ebook(Shelf(Path(place)).brought(name))
            now = {Path(file).stem: text(tree) for file, tree in voices(ebook, Path(place, "files", name)).items()}
            for old in (GOLDEN / name).glob("*.txt"):
                if old.stem not in now:
                    old.unlink()
                    changed.append(f"{name}/{old.name}")
            for file, said in now.items():
                path = GOLDEN / name / f"{file}.txt"
                path.parent.mkdir(parents=True, exist_ok=True)
                if not path.exists() or path.read_text(encoding="utf-8") != said:
                    path.write_text(said, encoding="utf-8")
                    changed.append(f"{name}/{path.name}")
    return changed
