"""What the files of an ebook say, to hold a reader's words against."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote
from zipfile import ZipFile

from lxml import etree

from tests.ebooks import parts

XHTML = "{http://www.w3.org/1999/xhtml}"
TYPE = "{http://www.idpf.org/2007/ops}type"
_NAMES = {
    "x": "http://www.w3.org/1999/xhtml",
    "o": "http://www.idpf.org/2007/opf",
    "dc": "http://purl.org/dc/elements/1.1/",
}
_UNSAID = {
    f"{XHTML}script",
    f"{XHTML}style",
    *("{http://www.w3.org/1998/Math/MathML}" + tag for tag in ("annotation",)),
}
_BLANK = re.compile(r"[\s\u200b\u2060\ufeff]+")


class Link(NamedTuple):
    """A line of a list of links: `href` from the folder of the package, '' where it leads nowhere, as a part may."""

    label: str
    href: str


class Ebook:
    """An ebook, by its files; those of its spine that are read in order."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.parts = parts(path.read_bytes())
        self.package = etree.fromstring(self.parts["EPUB/content.opf"])
        files = {item.get("id"): str(item.get("href")) for item in self.package.iterfind(".//o:item", _NAMES)}
        self.spine = [
            files[item.get("idref")]
            for item in self.package.iterfind(".//o:itemref", _NAMES)
            if item.get("linear") != "no"
        ]
        self.nav = etree.fromstring(self.parts["EPUB/nav.xhtml"])

    def unpack(self, folder: Path) -> None:
        with ZipFile(self.path) as archive:
            archive.extractall(folder)

    def said(self, name: str) -> list[str]:
        """The elements of Dublin Core of that name."""
        return [str(element.text) for element in self.package.iterfind(f".//dc:{name}", _NAMES)]

    def links(self, kind: str) -> list[Link]:
        """A list of the navigation document: `toc`, `landmarks` or `page-list`."""
        return [
            Link(folded("".join(map(str, item[0].itertext()))), item[0].get("href", ""))
            for nav in self.nav.iter(f"{XHTML}nav")
            if nav.get(TYPE) == kind
            for item in nav.iter(f"{XHTML}li")
        ]

    def body(self, file: str) -> etree._Element:
        """The body of a file of the package's folder."""
        body = etree.fromstring(self.parts[f"EPUB/{file}"]).find("x:body", _NAMES)
        assert body is not None
        return body

    def text(self, file: str) -> str:
        """All that is read of a file, without white space."""
        return close("".join(read(self.body(file))))

    def first(self, link: Link) -> str:
        """The first word where a link leads."""
        file, _, anchor = link.href.partition("#")
        after, words = not anchor, ""
        for event, element in etree.iterwalk(self.body(file), ("start", "end")):
            after = after or unquote(anchor) == element.get("id")
            words = ((element.text if event == "start" else element.tail) or "").strip()
            if after and words and element.tag not in _UNSAID:
                break
        return _BLANK.split(words)[0]


def close(text: str) -> str:
    """A text without white space, and without what only says where lines may break."""
    return _BLANK.sub("", text)


def folded(text: str) -> str:
    return " ".join(text.split())


def read(element: etree._Element) -> Iterator[str]:
    """The texts of an element that are shown."""
    if element.tag not in _UNSAID and element.get("hidden") is None:
        yield element.text or ""
        for child in element:
            yield from read(child)
            yield child.tail or ""
