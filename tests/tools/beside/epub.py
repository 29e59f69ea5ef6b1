"""What a reader would miss in an ebook, whoever made it."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pipeline.check.epub.container import Ebook, opened
from pipeline.claims import EPUB_TYPE, XHTML, heading_faults
from tests.tools.epubcheck import severities


def facts(path: Path) -> Iterator[tuple[str, str]]:
    """(what is counted, its count), in the order of a table."""
    ebook = opened(path.read_bytes())
    told = Counter(severities(path))
    yield "EPUBCheck: errors", str(told["ERROR"] + told["FATAL"])
    yield "EPUBCheck: warnings", str(told["WARNING"])
    yield "EPUBCheck: remarks on use", str(told["USAGE"] + told["INFO"])
    links, dead = _links(ebook)
    yield "links inside the book", str(links)
    yield "of them dead", str(dead)
    nav = ebook.documents[ebook.nav]
    lists = {part.get(EPUB_TYPE): len(list(part.iter(XHTML + "a"))) for part in nav.iter(XHTML + "nav")}
    yield "lines of the contents", str(lists.get("toc", 0))
    yield "landmarks", str(lists.get("landmarks", 0))
    yield "page numbers of the print edition", str(lists.get("page-list", 0))
    metas = list(ebook.package.iter("{*}meta"))
    yield "statements about accessibility", str(sum(m.get("property", "").startswith("schema:access") for m in metas))
    roots = [ebook.documents[name] for name in ebook.text]
    yield "notes that open in place", str(sum(e.get(EPUB_TYPE) == "footnote" for root in roots for e in root.iter()))
    images = [img for root in roots for img in root.iter(XHTML + "img")]
    yield "pictures", str(len(images))
    yield "of them without a description", str(sum(not (img.get("alt") or "").strip() for img in images))
    yield "headings that skip a rank, or a second h1", str(_skipped(ebook))
    yield "scripts and style of a web site", str(sum(item.media_type.endswith("javascript") for item in ebook.items))
    yield "kilobytes", str(round(path.stat().st_size / 1000))


def _links(ebook: Ebook) -> tuple[int, int]:
    there = {name: {e.get("id") for e in root.iter() if e.get("id")} for name, root in ebook.documents.items()}
    found = dead = 0
    for name, root in ebook.documents.items():
        for link in root.iter(XHTML + "a"):
            parts = urlsplit(link.get("href", "https:"))
            if parts.scheme or parts.netloc:
                continue
            found += 1
            home = (
                posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path))) if parts.path else name
            )
            fragment = unquote(parts.fragment)
            dead += home not in there or (bool(fragment) and fragment not in there[home])
    return found, dead


def _skipped(ebook: Ebook) -> int:
    return len(heading_faults(tuple(ebook.documents[name] for name in ebook.text)))
