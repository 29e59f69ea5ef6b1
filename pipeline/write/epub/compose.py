"""A Book's parts, put together: documents, style, pictures, contents and what the package says of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from lxml import etree

from pipeline.claims import Certifier, Contents
from pipeline.errors import RenderError, error
from pipeline.fetch import Shelf
from pipeline.model import Book
from pipeline.write.epub import package, pages, tables
from pipeline.write.epub.archive import Item, Meta, Package, pack
from pipeline.write.epub.images import Picture
from pipeline.write.epub.lengths import relative
from pipeline.write.epub.xhtml import properties, serialise

_XHTML = "application/xhtml+xml"
# EPUB 3.3 (5.5.5) wants a time: of undated work, the first that a ZIP archive can name, on every machine the same.
_UNDATED = "1980-01-01T00:00:00Z"
_COVER = "images/cover.jpg"
_OLD_MARKS = {"cover": "cover", "toc": "toc", "bodymatter": "text"}  # landmarks as OPF 2.0.1, 2.6 calls them


def compose(
    book: Book,
    css: str,
    dark: str,
    shelf: Shelf,
    cover: bytes | None,
    labels: Mapping[str, str],
    bounds: Mapping[str, int],
    certifier: Certifier | None,
) -> bytes:
    """The EPUB's bytes. Raises RenderError."""
    _refuse_unnamed(book)
    sections = pages.sections(book, labels)
    images = pages.illustrate(sections.values(), book, shelf, bounds)
    cover_page = pages.cover(book, _COVER, labels) if cover else None
    marks = pages.landmarks(book, cover_page is not None, labels)
    nav = pages.nav(book, marks, labels)
    for root in sections.values():
        tables.fit(root)
    for root in (*sections.values(), nav):
        relative(root)
        if dark:
            pages.link_dark(root)

    items = [Item(f"text-{name}", f"{name}.xhtml", _XHTML, serialise(s), properties(s)) for name, s in sections.items()]
    spine = [(item.id, True) for item in items]
    # Every reader offers the contents in a panel, and the landmark leads here. They come last, so that they do not
    # interrupt the reading where linear="no" is ignored (MuPDF).
    spine.append(("nav", False))
    items.append(Item("nav", "nav.xhtml", _XHTML, serialise(nav), ("nav", *properties(nav))))
    items.append(Item("ncx", "toc.ncx", "application/x-dtbncx+xml", pages.ncx(book, sections)))
    items.append(Item("style", "style.css", "text/css", css.encode()))
    items += [Item("dark", "dark.css", "text/css", dark.encode())] if dark else []
    items += [Item(f"image-{n}", p.href, p.media_type, p.data) for n, p in enumerate(images, 1)]
    if cover and cover_page is not None:
        items.insert(0, Item("cover", "cover.xhtml", _XHTML, serialise(cover_page), properties(cover_page)))
        items.append(Item("cover-image", _COVER, "image/jpeg", cover, ("cover-image",)))
        spine.insert(0, ("cover", True))

    shown = [*images, *([Picture(_COVER, "image/jpeg", cover)] if cover else [])]
    contents = Contents(
        documents=tuple(sections.values()),
        cover=cover_page,
        nav=nav,
        css=css + dark,
        images=tuple((picture.media_type, picture.data) for picture in shown),
    )
    metas = (
        *package.described(book.metadata),
        *package.paged(book.pages_of if book.pages else ""),
        *package.claimed(contents, book.metadata.language, certifier),
        *([package.named("cover", "cover-image")] if cover else []),
    )
    _refuse_unwritable(metas)
    modified = datetime.strptime(book.metadata.modified or _UNDATED, "%Y-%m-%dT%H:%M:%SZ")
    guide = tuple((_OLD_MARKS[mark], href, title) for mark, href, title in marks if mark in _OLD_MARKS)
    return pack(Package(tuple(items), tuple(spine), guide, metas, book.metadata.language, modified))


def _refuse_unnamed(book: Book) -> None:
    """Raises RenderError for what an EPUB must have and nobody may invent, and for names that cannot be file names."""
    faults = [
        error("EPB004", f"an ebook needs {words}, and this work has none")
        for words, value in (
            ("a title", book.metadata.title),
            ("a language", book.metadata.language),
            ("an identifier", book.metadata.identifier),
        )
        if not value
    ]
    for name in (section.name for section in book.spine):
        # EbookLib 0.20 does not escape file names.
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", name) or name in ("cover", "nav"):
            faults.append(error("EPB005", f"a section cannot be named {name!r} in an ebook"))
    if faults:
        raise RenderError(faults)


def _refuse_unwritable(metas: tuple[Meta, ...]) -> None:
    """EbookLib 0.20 logs metadata that XML cannot hold and writes it empty. Raises RenderError instead."""
    for meta in metas:
        try:
            etree.Element("meta").text = meta.value
        except ValueError as fault:
            raise RenderError(error("EPB006", f"{meta.name} cannot be written as XML: {meta.value!r}")) from fault
