"""A finished ebook, opened: what its package document lists, parsed."""

from __future__ import annotations

import io
import posixpath
import zipfile
from urllib.parse import unquote

from lxml import etree
from msgspec import Struct

from pipeline.claims import Contents

OPF = "{http://www.idpf.org/2007/opf}"
NCX = "{http://www.daisy.org/z3986/2005/ncx/}"
_CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"


class Item(Struct, frozen=True):
    """A row of the manifest; `path` is the entry's name in the archive."""

    id: str
    path: str
    media_type: str
    properties: frozenset[str]


class Ebook(Struct, frozen=True):
    """The archive's entries in order, the package document, and the content documents by entry name."""

    entries: tuple[zipfile.ZipInfo, ...]
    files: dict[str, bytes]
    package: etree._Element
    package_path: str
    items: tuple[Item, ...]
    spine: tuple[str, ...]  # entry names, the contents page and the cover among them
    documents: dict[str, etree._Element]
    nav: str
    cover: str  # '' when there is none

    def contents(self) -> Contents:
        """What claims about this ebook are held against."""
        return Contents(
            documents=tuple(self.documents[path] for path in self.text),
            cover=self.documents.get(self.cover),
            nav=self.documents[self.nav],
            css="\n".join(
                self.files[i.path].decode(errors="replace") for i in self.items if i.media_type == "text/css"
            ),
            images=tuple((i.media_type, self.files[i.path]) for i in self.items if i.media_type.startswith("image/")),
            locked="META-INF/encryption.xml" in self.files,
        )

    @property
    def text(self) -> tuple[str, ...]:
        """The entries that hold the work itself, in reading order."""
        return tuple(path for path in self.spine if path not in (self.nav, self.cover))


def opened(data: bytes) -> Ebook:
    """Raises ValueError, with a sentence that says why, when this is no ebook."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = tuple(archive.infolist())
            files = {entry.filename: archive.read(entry) for entry in entries}
        container = _xml(files["META-INF/container.xml"])
        root = next(container.iter(_CONTAINER + "rootfile")).get("full-path", "")
        package = _xml(files[root])
        items = tuple(
            Item(
                id=item.get("id", ""),
                path=resolved(root, item.get("href", "")),
                media_type=item.get("media-type", ""),
                properties=frozenset(item.get("properties", "").split()),
            )
            for item in package.iter(OPF + "item")
        )
        paths = {item.id: item.path for item in items}
        spine = tuple(paths[ref.get("idref", "")] for ref in package.iter(OPF + "itemref"))
        documents = {i.path: _xml(files[i.path]) for i in items if i.media_type == "application/xhtml+xml"}
        nav = next(item.path for item in items if "nav" in item.properties)
        first = spine[0]
        _ = [documents[path] for path in (nav, *spine)]  # all there, and all XHTML
    except (zipfile.BadZipFile, KeyError, IndexError, StopIteration, etree.XMLSyntaxError) as fault:
        raise ValueError(f"not an ebook, or a broken one: {fault!r}") from fault
    pictures = {item.path for item in items if "cover-image" in item.properties}
    shown = {resolved(first, img.get("src", "")) for img in documents[first].iter("{*}img")}
    cover = (
        first if pictures & shown and not documents[first].xpath("normalize-space(//*[local-name() = 'body'])") else ""
    )
    return Ebook(entries, files, package, root, items, spine, documents, nav, cover)


def resolved(base: str, address: str) -> str:
    """The entry name that a relative address in a file leads to; begins with `..` when it leads out of the archive."""
    path = unquote(address.partition("#")[0])
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), path)) if path else base


def _xml(data: bytes) -> etree._Element:
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True))
