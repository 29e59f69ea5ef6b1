"""Doctree → what in it refers to other things by name, and what others can refer to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from docutils.transforms import Transform
from docutils.transforms.references import DanglingReferences

from pipeline.read.directives.references import SCHEME
from pipeline.read.facts import CALLS, NOTES, below, plain, toctree, where
from pipeline.references import Indexed, Reference, Target, hole, shortened

_SHUT = (nodes.title, nodes.subtitle, nodes.rubric, nodes.term, nodes.literal_block)  # no page is named in these
_UNNAMED: tuple[type[nodes.Element], ...] = (nodes.substitution_definition, *NOTES, *CALLS)


class Elsewhere(Transform):
    """In a book, a name that a source has not may be one of another chapter."""

    default_priority = DanglingReferences.default_priority - 1

    def apply(self) -> None:
        document = self.document
        if not (document.settings.id_prefix or next(below(document, toctree), None)):
            return
        for link in below(document, nodes.reference):
            name = link.get("refname", "")
            if name and not link.resolved and name not in document.nameids:
                del link["refname"]
                link["refuri"], link["member"] = SCHEME, True
                link["wanted"] = ("name", name, link.astext(), link.astext())
                link.resolved = True


def recorded(doctree: nodes.document, path: Path) -> tuple[Reference, ...]:
    """Every reference by name, in document order. Those without words get the sign for them."""
    found: list[Reference] = []
    for link in below(doctree, nodes.reference):
        if "wanted" not in link:
            continue
        kind, name, said, words, *form = link["wanted"]
        link["refuri"] = f"{SCHEME}{len(found)}"
        if link.children and isinstance(link.children[0], nodes.Text):
            link[:] = [*link.children, nodes.Text(hole(len(found)))] if said else [nodes.Text(hole(len(found)))]
        found.append(Reference(kind, name, said, words, where(link, path), _is_open(link), *form))
    return tuple(found)


def _is_open(node: nodes.Node) -> bool:
    while (node := node.parent) is not None:
        if isinstance(node, _SHUT):
            return False
    return True


def targets(doctree: nodes.document, path: Path) -> Iterator[Target]:
    """Every place with a name, in document order, by its title with typography as it will be shown."""
    explicit = doctree.nametypes
    for node in below(doctree, nodes.Element):
        if "gives" in node and node["ids"]:
            domain, kind, name = node["gives"]
            folded = " ".join(name.lower().split()) if kind == "term" else name
            first = node["ids"][0]
            yield Target(kind if domain == "std" else domain, folded, first, plain(node), where(node, path), first)
        if not node.get("names") or isinstance(node, _UNNAMED) or "refuri" in node:
            continue
        for name in node["names"]:
            if place := doctree.nameids.get(name) or next(iter(node["ids"]), ""):
                kind = "label" if explicit.get(name) else "title"
                of = node["ids"][0] if node["ids"] and node is not doctree else ""
                yield Target(kind, name, place, _title(node), where(node, path), of)


def indexed(doctree: nodes.document) -> Iterator[Indexed]:
    """What the index has of this document, in order. A place that a substitution repeats is named where it is first."""
    seen: set[str] = set()
    for node in below(doctree, nodes.Element):
        told: list[tuple[str, str, str, bool]] = node.get("indexed", [])
        for name, kind, said, main in told:
            parts: list[str] = [part.strip() for part in said.split(";")]
            if name in seen and name in node["ids"]:
                node["ids"].remove(name)
                break
            if kind in ("see", "seealso"):
                if len(parts) > 1:
                    yield Indexed(name, (parts[0],), see=parts[1], also=kind == "seealso")
                continue
            for terms in _terms(kind, parts):
                yield Indexed(name, terms, main)
        seen.update(name for name, *_ in told)


def _terms(kind: str, parts: list[str]) -> Iterator[tuple[str, ...]]:
    """The terms that an entry of a kind has, as Sphinx turns them."""
    first, *others = parts
    if kind == "pair" and len(parts) == 2:
        yield from ((first, others[0]), (others[0], first))
    elif kind == "triple" and len(parts) == 3:
        second, third = others
        yield from ((first, f"{second} {third}"), (second, f"{third}, {first}"), (third, f"{first} {second}"))
    else:
        yield (first, "; ".join(others)) if any(others) else (first,)


def _title(node: nodes.Element) -> str:
    """The words that show something: a heading, a caption; '' where it has none."""
    if isinstance(node, (nodes.term, nodes.subtitle)):
        return shortened(plain(node))
    shown = next((child for child in node.children if isinstance(child, (nodes.title, nodes.caption))), None)
    return shortened(plain(shown)) if shown is not None else ""
