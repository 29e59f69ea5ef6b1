"""What makes files a book: the toctrees of its index, and links from one file to another."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

from docutils import nodes
from msgspec.structs import replace

from pipeline.errors import Diagnostic, Location, error, nearest
from pipeline.fetch import RefusedError, inside
from pipeline.model import INDEX, Entry, Link, Part, Place
from pipeline.read import validate
from pipeline.read.facts import below, plain, toctree, where
from pipeline.read.globs import MAX_LISTED, Search, TooManyError

SCHEME = "xref:"

_OF_SITES = frozenset(("genindex", "modindex", "py-modindex", "search"))  # pages that Sphinx makes
_ENDINGS = (".svg", ".png", ".jpg", ".jpeg", ".gif")  # of pictures, what can be drawn larger first


def parts(doctree: nodes.document, path: Path, place: Place) -> tuple[tuple[Part, ...], list[Diagnostic]]:
    """The toctrees, which from now on know what they show, and an error for each chapter that is not there.

    One that shows nothing stays as the place of its name. In an index, a section that holds nothing else becomes the
    part that it names.
    """
    found: list[Part] = []
    faults: list[Diagnostic] = []
    named: set[Path] = set()
    sections: dict[nodes.section, int] = {}
    for node in list(below(doctree, toctree)):
        search = Search(place.root)
        entries = tuple(listed(node, path, search, named, faults))
        for folder in search.folders:  # where another file may be found another time
            doctree.settings.record_dependencies.add(str(folder))
        links = [entry for entry in entries if entry.address not in ("", INDEX)]
        caption, section = node["caption"], node.parent
        node["shown"] = not node["hidden"] and bool(entries if place.name else links)
        if not entries:
            continue
        if not place.name and isinstance(section, nodes.section) and len(links) < len(entries):
            caption = caption or plain(section[0])
            sections.setdefault(section, len(found))
        node["part"] = len(found)
        found.append(Part(caption, node["numbered"], node["depth"], entries, titles_only=node["titlesonly"]))
    for section, number in sections.items():
        kids = [kid for kid in section.children if isinstance(kid, nodes.Element)]
        if all(isinstance(kid, (nodes.title, nodes.target)) or _is_silent(kid) for kid in kids):
            ids = (*section["ids"], *(name for kid in kids for name in kid["ids"]))
            found[number] = replace(found[number], ids=ids)
            section.parent.remove(section)
    return tuple(found), faults


def _is_silent(node: nodes.Node) -> bool:
    return isinstance(node, toctree) and not node["shown"]


def listed(node: toctree, path: Path, search: Search, named: set[Path], faults: list[Diagnostic]) -> Iterator[Entry]:
    """What a toctree names, in order; what is in `named` is in the book already."""
    entries: list[Entry] = []
    root = search.root
    for title, file, source, offset in node["entries"]:
        spot = Location(Path(source) if source else path, offset + 1)
        if re.match(r"[\w+.-]+://|mailto:", file):
            if refused := [*validate.link(nodes.reference(refuri=file), path)]:
                faults += (replace(fault, where=spot) for fault in refused)
            else:
                entries.append(Entry(path, title or file, spot, file))
            continue
        if file == "self":
            continue
        name = posixpath.normpath(posixpath.join(_folder(path, root), file) if file[:1] != "/" else file[1:])
        try:
            if node["glob"] and re.search(r"[*?[]", name):
                own = path.relative_to(root).as_posix()
                known = {own, *(entry.path.relative_to(root).as_posix() for entry in entries)}
                files = [each for each in search.files(name) if each not in known]
                if not files:
                    faults.append(
                        error("RST150", f"no chapter matches {file}", spot, "patterns start from this folder")
                    )
                entries += [Entry(_chapter(each, root), title, spot) for each in files]
            else:
                entries.append(Entry(_chapter(name, root), title, spot))
        except TooManyError:
            said = f"{file} looks through more than {MAX_LISTED:,} files"
            faults.append(error("RST158", said, spot, "name a folder before the pattern"))
        except OSError as fault:  # a name too long, among others
            if posixpath.basename(name) in _OF_SITES:
                entries += [Entry(path, "", spot, INDEX)] if name.endswith("genindex") else []
                continue
            faults.append(_lost(file, fault, path, spot))
    for entry in reversed(entries) if node["reversed"] else entries:
        if not entry.address:
            if entry.path in named or entry.path == path:
                said = f"{entry.path.relative_to(root)} is in the book already"
                faults.append(error("RST153", said, entry.where, "name a chapter once"))
                continue
            named.add(entry.path)
        yield entry


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
    """Make the addresses of pictures, which are relative to their chapter, relative to the book's folder.

    As Sphinx has them, `/path` starts from the book's folder, and `name.*` is the best there is of that name.
    """
    folder = _folder(path, root)
    for image in below(doctree, nodes.image):
        if re.match(r"/[^/]", image["uri"]):
            image["uri"] = posixpath.normpath(image["uri"][1:])
        elif folder and not re.match(r"[\w+.-]*:|/", image["uri"]):
            image["uri"] = posixpath.normpath(posixpath.join(folder, image["uri"]))
        if image["uri"].endswith(".*"):
            image["uri"] = _best(image["uri"].removesuffix(".*"), root, doctree)


def _best(stem: str, root: Path, doctree: nodes.document) -> str:
    """The file of that name with the ending that editions show best; the first of these, if there is none."""
    names = [stem + ending for ending in _ENDINGS]
    try:
        files = [inside(root, name) for name in names]
        if files[0].parent.is_dir():  # where a better one may come
            doctree.settings.record_dependencies.add(str(files[0].parent))
        return next((name for name, file in zip(names, files, strict=True) if file.is_file()), names[0])
    except OSError:  # leads outside, which is told later; a name too long
        return names[0]


def _folder(path: Path, root: Path) -> str:
    """The folder of a chapter relative to the book's; '' for the book's own."""
    folder = path.parent.relative_to(root).as_posix()
    return "" if folder == "." else folder


def _chapter(name: str, root: Path) -> Path:
    """The file of an entry, as it is reached from the index. Raises RefusedError or FileNotFoundError."""
    name = name if name.endswith(".rst") else f"{name}.rst"
    if not inside(root, name).is_file():
        raise FileNotFoundError(name)
    return root / name


def _lost(file: str, fault: OSError, path: Path, spot: Location) -> Diagnostic:
    if isinstance(fault, RefusedError):
        return error("RST106", f"{file} lies outside the book's folder", spot, "copy it into the book's folder")
    hint = nearest(file, _beside(path)) or "paths start from the index's folder"
    return error("RST150", f"no such chapter: {file}", spot, hint)


def _beside(path: Path) -> Iterator[str]:
    for file in (*path.parent.glob("*.rst"), *path.parent.glob("*/*.rst")):
        yield file.relative_to(path.parent).with_suffix("").as_posix()
