"""What a reader would miss in a PDF, whoever made it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf

from pipeline import check


def facts(path: Path) -> Iterator[tuple[str, str]]:
    """(what is counted, its count), in the order of a table."""
    data = path.read_bytes()
    with pikepdf.open(io.BytesIO(data)) as document:
        root: Any = document.Root
        yield "pages", str(len(document.pages))
        yield "tagged for screen readers", _yes("/StructTreeRoot" in root)
        yield "says its language", _yes("/Lang" in root)
        yield "shows its title in the window", _yes(bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle")))
        yield "page numbers as printed (page labels)", _yes("/PageLabels" in root)
        with document.open_outline() as outline:
            yield "lines of the outline", str(_lines(outline.root))
        links, dead = _links(document)
        yield "links inside the book", str(links)
        yield "of them dead", str(dead)
        yield "kilobytes", str(round(len(data) / 1000))
    try:
        broken = {fault.message.split()[0] for fault in check.pdf.structure(data, claim=False)}
        yield "kinds of faults against PDF/UA-1, by our rules", str(len(broken))
    except ValueError:
        yield "kinds of faults against PDF/UA-1, by our rules", "cannot be judged"


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


def _lines(items: Any) -> int:
    return sum(1 + _lines(item.children) for item in items)


def _links(document: pikepdf.Pdf) -> tuple[int, int]:
    """How many links lead to a place in the book, and how many of them to none."""
    root: Any = document.Root
    names = {str(name) for name in root.get("/Dests", {})}
    tree: Any = root.get("/Names", {}).get("/Dests")
    if tree is not None:
        names |= {*map(str, pikepdf.NameTree(tree))}
    found = dead = 0
    pages: Any = document.pages
    for page in pages:
        for note in page.get("/Annots", []):
            if note.get("/Subtype") != "/Link":
                continue
            action = note.get("/A", {})
            target = note.get("/Dest") if "/Dest" in note else action.get("/D") if action.get("/S") == "/GoTo" else None
            if target is None:
                continue
            found += 1
            dead += not isinstance(target, pikepdf.Array) and str(target) not in names
    return found, dead
