"""EbookLib, held as manifest, package document and archive: every item comes to it as finished bytes.

Each correction below names the version that needs it; tests/test_epub_write.py says so when one is needed no longer.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ebooklib import epub
from lxml import etree
from msgspec import Struct, field

from pipeline import scripts

LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class Item(Struct, frozen=True):
    """A file of the ebook; `href` is ASCII and relative to the package document."""

    id: str
    href: str
    media_type: str
    data: bytes
    properties: tuple[str, ...] = ()


class Meta(Struct, frozen=True):
    """An element of the package's metadata: `namespace` is 'DC', or None for the package's own `meta`."""

    namespace: str | None
    name: str
    value: str
    attributes: Mapping[str, str] = field(default_factory=dict)


class Package(Struct, frozen=True):
    """All that an EPUB holds. `spine` pairs item ids with whether they are part of the linear reading order.

    `guide` has (type, address, title) for readers that know no landmarks (OPF 2.0.1, 2.6).
    """

    items: tuple[Item, ...]
    spine: tuple[tuple[str, bool], ...]
    guide: tuple[tuple[str, str, str], ...]
    metas: tuple[Meta, ...]
    language: str
    modified: datetime  # UTC, naive: EbookLib 0.20 prints it with a Z and does not convert


def pack(package: Package) -> bytes:
    """The bytes of the archive: the same for the same package, but for what zlib does."""
    book = _Book()
    for meta in package.metas:
        book.add_metadata(meta.namespace, meta.name, meta.value or None, dict(meta.attributes))
    items = {item.id: _raw(item) for item in package.items}
    for item in items.values():
        book.add_item(item)
    book.spine = [(items[name], "yes" if linear else "no") for name, linear in package.spine]
    if scripts.direction(package.language) == scripts.RTL:
        book.direction = scripts.RTL  # the spine's page-progression-direction
    book.guide = [{"type": kind, "href": href, "title": title} for kind, href, title in package.guide]
    book.language = package.language
    out = io.BytesIO()
    # Not `epub.write_epub`: EbookLib 0.20 swallows failures there unless told not to (raise_exceptions), and takes no
    # writer but its own.
    _Writer(out, book, {"mtime": package.modified, "epub3_pages": False}).write()
    return out.getvalue()


def _raw(item: Item) -> Any:
    """EbookLib 0.20 writes an EpubItem untouched, where EpubHtml and its kin parse, drop and indent."""
    raw = epub.EpubItem(item.id, item.href, item.media_type, item.data)
    raw.properties = list(item.properties)
    return raw


class _Book(epub.EpubBook):  # type: ignore[misc]
    def reset(self) -> None:
        """EbookLib 0.20 begins with a `generator` and a random identifier."""
        super().reset()
        self.metadata: dict[str | None, Any] = {}


class _Writer(epub.EpubWriter):  # type: ignore[misc]
    def _write_opf_file(self, root: etree._Element) -> None:
        """EbookLib 0.20 gives the package no language, and a prefix and a namespace that nothing in it uses."""
        root.set(LANG, self.book.language)
        del root.attrib["prefix"]
        etree.cleanup_namespaces(root)
        super()._write_opf_file(root)

    def write(self) -> None:
        """EbookLib 0.20 stamps entries with the time of the build, and leaves the archive open on a failure."""
        with _Archive(self.file_name, "w") as self.out:
            self.out.writestr("mimetype", b"application/epub+zip", zipfile.ZIP_STORED)
            self._write_container()
            self._write_opf()
            self._write_items()


class _Archive(zipfile.ZipFile):
    """A zip whose entries carry no time, no owner and no extra field (OCF 3.3, 4.2.2)."""

    def writestr(
        self,
        zinfo_or_arcname: str | zipfile.ZipInfo,
        data: Any,
        compress_type: int | None = zipfile.ZIP_DEFLATED,
        compresslevel: int | None = 9,
    ) -> None:
        entry = zipfile.ZipInfo(str(zinfo_or_arcname), date_time=(1980, 1, 1, 0, 0, 0))
        entry.create_system = 3  # else Windows and Unix differ
        entry.external_attr = 0o644 << 16
        super().writestr(entry, data, compress_type, compresslevel)
