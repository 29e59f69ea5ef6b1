"""The pages of the print edition in an ebook: marked where they begin, and listed for those who look for one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from lxml import etree

from pipeline.check.epub.container import NCX, OPF, Ebook, resolved
from pipeline.claims import EPUB_TYPE, XHTML, page_breaks
from pipeline.errors import Diagnostic, Location, error

_NCX = "application/x-dtbncx+xml"
_IDENTIFIER = "{http://purl.org/dc/elements/1.1/}identifier"


def pages_are_listed(ebook: Ebook) -> Iterator[Diagnostic]:
    """Each page of the list is marked once, in reading order, under a label of its own; no mark is left out, and the
    package says which edition the pages are of (EPUB 3.3, page-list nav; EPUB Accessibility 1.1, page navigation).
    """
    marked = [
        ((path, element.get("id", "")), element.get("aria-label", ""))
        for path in ebook.text
        for element in page_breaks(ebook.documents[path])
    ]
    where = Location(Path(ebook.nav))
    listed = [
        (_target(ebook.nav, link.get("href", "")), " ".join("".join(map(str, link.itertext())).split()))
        for nav in ebook.documents[ebook.nav].iter(XHTML + "nav")
        if nav.get(EPUB_TYPE) == "page-list"
        for link in nav.iter(XHTML + "a")
    ]
    yield from _compared(listed, marked, where)
    for label in (label for label, count in Counter(label for _, label in listed).items() if count > 1):
        yield error("EPC010", f"two pages are called {label}", where)
    for path in (item.path for item in ebook.items if item.media_type == _NCX):
        targets = [
            (_target(path, content.get("src", "")), "".join(map(str, page.itertext())).strip())
            for page in etree.fromstring(ebook.files[path]).iter(NCX + "pageTarget")
            for content in page.iter(NCX + "content")
        ]
        if targets != listed:
            yield error("EPC010", "the NCX and the list of pages differ", Location(Path(path)))
    known = {(e.text or "").strip() for e in ebook.package.iter(_IDENTIFIER)}
    named = [(e.text or "").strip() for e in ebook.package.iter(OPF + "meta") if e.get("property") == "pageBreakSource"]
    package = Location(Path(ebook.package_path))
    if listed and len(named) != 1:
        yield error("EPC010", "nothing says which edition the pages are of", package)
    elif not listed and named:
        yield error("EPC010", "an edition is named whose pages are not listed", package)
    if known & set(named):
        yield error("EPC010", "the pages are said to be the ebook's own", package)


Pages = Iterable[tuple[tuple[str, str], str]]  # (entry, id), label


def _compared(listed: Pages, marked: Pages, where: Location) -> Iterator[Diagnostic]:
    labels, places = dict(marked), [target for target, _ in marked]
    lost = [label for target, label in listed if labels.get(target) != label]
    if lost:
        yield error("EPC010", f"the list of pages leads to no mark of {', '.join(lost[:5])}", where)
    elif missed := labels.keys() - dict(listed).keys():
        yield error("EPC010", f"not in the list of pages: {', '.join(sorted(labels[m] for m in missed)[:5])}", where)
    elif [target for target, _ in listed] != places:
        yield error("EPC010", "the list of pages is not in reading order", where)


def _target(base: str, address: str) -> tuple[str, str]:
    return resolved(base, address), address.partition("#")[2]
