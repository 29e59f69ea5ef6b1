"""What must hold of every source, whatever is in it: see `broken`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from lxml import etree
from PIL import Image

from pipeline import bind, read
from pipeline.editions import EDITIONS
from pipeline.errors import Severity, SourceError
from pipeline.model import Book, Chapter
from pipeline.settings import LENIENT, Settings
from tests.grammar import FILES

STRICT, LENIENTLY = Settings(), Settings(lenient=tuple(LENIENT))
# What no tolerance is for: limits, and what a source says that cannot be done.
NEVER_TOLERATED = re.compile(r"RST(115|118|119|137|159|14\d|196)")
_OUR_FAULT = "RST199"


def furnish(folder: Path) -> None:
    """The files that sources of the grammar name."""
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    Image.new("RGB", (8, 8), "white").save(folder / "dot.png")
    drawn = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'><circle cx='4' cy='4' r='3'/></svg>"
    (folder / "dot.svg").write_text(drawn, encoding="utf-8")


def broken(text: str, folder: Path) -> Iterator[str]:
    """The properties that a source breaks, each with what shows it.

    Reading ends with a chapter or a SourceError, which is the source's fault and not ours; with every tolerance, with
    a chapter, but for limits. What is bound is well-formed, its ids are unique, and its links lead somewhere.
    """
    path = folder / "a.rst"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    for name, settings in (("strict", STRICT), ("lenient", LENIENTLY)):
        try:
            chapter, _ = read.read(path, settings)
        except SourceError as refusal:
            faults = [fault for fault in refusal.diagnostics if fault.severity is Severity.ERROR]
            for fault in faults:
                if fault.code == _OUR_FAULT or (settings.lenient and not NEVER_TOLERATED.match(fault.code)):
                    yield f"{name}: refused: {fault.code} {fault.message}"
            if not faults:
                yield f"{name}: refused without a reason"
        except Exception as fault:
            yield f"{name}: crash: {type(fault).__name__}: {fault}"
        else:
            try:
                book = bind.bind(chapter, settings, EDITIONS, _members(chapter, settings))
            except SourceError as refusal:
                names_alone = {fault.code for fault in refusal.diagnostics} <= {"RST105", "RST152"}
                if settings.lenient or not (chapter.parts or names_alone):
                    yield f"{name}: not bound: {refusal}"
            except Exception as fault:
                yield f"{name}: crash while binding: {type(fault).__name__}: {fault}"
            else:
                yield from (f"{name}: {said}" for said in _unsound(book))


def _members(index: Chapter, settings: Settings) -> list[Chapter]:
    """The chapters that an index names."""
    names = bind.taken(index)
    paths = {entry.path: None for part in index.parts for entry in part.chapters}
    return [read.read(path, settings, bind.place(path, index.place.root, names))[0] for path in paths]


def _unsound(book: Book) -> Iterator[str]:
    ids: Counter[str] = Counter()
    targets: set[str] = set()
    for section in book.spine:
        try:
            root = etree.fromstring(f"<div>{section.xhtml}</div>")
        except etree.XMLSyntaxError as fault:
            yield f"not well-formed: {fault}"
            continue
        for element in root.iter("*"):
            if "id" in element.attrib:
                ids[str(element.attrib["id"])] += 1
            address = str(element.get("href", ""))
            if address.startswith(("#", "xref:")):
                targets.add(address.removeprefix("#"))
    if not book.metadata.title:
        yield "no title"
    for name, times in ids.items():
        if times > 1:
            yield f"the id {name} is given {times} times"
    for target in sorted(targets - ids.keys()):
        yield f"a link leads to {target}, which is nowhere"
