"""What makes files a book: the toctrees of its index, and links from one file to another."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

from docutils import nodes

from pipeline.errors import Diagnostic, Location, error, nearest
from pipeline.fetch import RefusedError, inside
from pipeline.model import Entry, Link, Part, Place
from pipeline.read.directives.toctree import toctree
from pipeline.read.facts import below, where
from pipeline.read.limits import MAX_CHAPTERS

SCHEME = "xref:"


def parts(doctree: nodes.document, path: Path, place: Place) -> tuple[tuple[Part, ...], list[Diagnostic]]:
    """The toctrees, taken out of the tree, and an error for each chapter that is not there."""
    found: list[Part] = []
    faults: list[Diagnostic] = []
    named: set[Path] = set()
    for node in list(below(doctree, toctree)):
        entries: list[Entry] = []
        for title, file, source, offset in node["entries"]:
            spot = Location(Path(source) if source else path, offset + 1)
            try:
                entries.append(Entry(_chapter(file, path, place.root), title, spot))
                if (own := entries[-1].path.resolve()) in named or own == path.resolve():
                    faults.append(error("RST153", f"{file} is in the book already", spot, "name a chapter once"))
                named.add(own)
            except OSError as fault:  # a name too long, among others
                faults.append(_lost(file, fault, path, spot))
        if place.name:
            hint = "name its chapters in the book's index"
            faults.append(error("RST151", "a chapter has no toctree of its own", where(node, path), hint))
        found.append(Part(node["caption"], node["numbered"], node["depth"], tuple(entries)))
        node.parent.remove(node)
    if len(named) > MAX_CHAPTERS:
        hint = "make it several books"
        faults.append(error("RST154", f"more than {MAX_CHAPTERS} chapters", Location(path), hint))
    return tuple(part for part in found if part.entries), faults


def links(doctree: nodes.document, path: Path, place: Place) -> tuple[Link, ...]:
    """Every link to another reStructuredText file, which from now on is `xref:PATH#TARGET`."""
    found = []
    for node in below(doctree, nodes.reference):
        file, _, target = node.get("refuri", "").partition("#")
        if re.match(r"[\w+.-]*:|//", file) or not file.endswith(".rst"):
            continue
        name = posixpath.normpath(posixpath.join(_folder(path, place.root), unquote(file)))
        node["refuri"], node["member"] = f"{SCHEME}{quote(name)}#{target}", True
        found.append(Link(name, target, where(node, path)))
    return tuple(found)


def rebase(doctree: nodes.document, path: Path, root: Path) -> None:
    """Make the addresses of pictures, which are relative to their chapter, relative to the book's folder."""
    if folder := _folder(path, root):
        for image in below(doctree, nodes.image):
            if not re.match(r"[\w+.-]*:|/", image["uri"]):
                image["uri"] = posixpath.normpath(posixpath.join(folder, image["uri"]))


def _folder(path: Path, root: Path) -> str:
    """The folder of a chapter relative to the book's; '' for the book's own."""
    folder = path.parent.relative_to(root).as_posix()
    return "" if folder == "." else folder


def _chapter(file: str, path: Path, root: Path) -> Path:
    """The file of an entry, as it is reached from the index. Raises RefusedError or FileNotFoundError."""
    name = posixpath.normpath(file if file.endswith(".rst") else f"{file}.rst")
    if not inside(root, name).is_file():
        raise FileNotFoundError(name)
    return path.parent / name


def _lost(file: str, fault: OSError, path: Path, spot: Location) -> Diagnostic:
    if isinstance(fault, RefusedError):
        return error("RST106", f"{file} lies outside the book's folder", spot, "copy it into the book's folder")
    hint = nearest(file, _beside(path)) or "paths start from the index's folder"
    return error("RST150", f"no such chapter: {file}", spot, hint)


def _beside(path: Path) -> Iterator[str]:
    for file in (*path.parent.glob("*.rst"), *path.parent.glob("*/*.rst")):
        yield file.relative_to(path.parent).with_suffix("").as_posix()
