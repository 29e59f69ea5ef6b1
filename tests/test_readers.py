"""Books in real readers, in a real browser: `make test-readers`, which brings them (BOOKS=paths of further ebooks).

What a reader found is held against the files of the ebook itself. foliate-js is what Foliate and Readest read with;
epub-ts is the heir of epub.js, which most readers on the web are made of.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import pytest
from lxml import etree

from tests.ebooks import parts
from tests.readers.books import NAMES, Shelf
from tests.readers.browser import PHONE, TABLET, Browser, Screen, Tab
from tests.readers.desk import desk

pytestmark = pytest.mark.readers

READERS = ("foliate", "epub-ts")
SCREENS = {"phone": PHONE, "tablet": TABLET}
_LARGE = "html { font-size: 175% !important }"

_X = "{http://www.w3.org/1999/xhtml}"
_TYPE = "{http://www.idpf.org/2007/ops}type"
_NAMES = {
    "x": "http://www.w3.org/1999/xhtml",
    "o": "http://www.idpf.org/2007/opf",
    "dc": "http://purl.org/dc/elements/1.1/",
}
_UNSAID = {f"{_X}script", f"{_X}style", *("{http://www.w3.org/1998/Math/MathML}" + tag for tag in ("annotation",))}
_BLANK = re.compile(r"[\s\u200b\u2060\ufeff]+")


class Link(NamedTuple):
    """A line of a list of links: `href` from the folder of the package, '' where it leads nowhere, as a part may."""

    label: str
    href: str


class Ebook:
    """What the files of an ebook say, to hold a reader's words against."""

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

    def said(self, name: str) -> list[str]:
        """The elements of Dublin Core of that name."""
        return [str(element.text) for element in self.package.iterfind(f".//dc:{name}", _NAMES)]

    def links(self, kind: str) -> list[Link]:
        """A list of the navigation document: `toc`, `landmarks` or `page-list`."""
        return [
            Link(_folded("".join(map(str, item[0].itertext()))), item[0].get("href", ""))
            for nav in self.nav.iter(f"{_X}nav")
            if nav.get(_TYPE) == kind
            for item in nav.iter(f"{_X}li")
        ]

    def body(self, file: str) -> etree._Element:
        body = etree.fromstring(self.parts[f"EPUB/{file}"]).find("x:body", _NAMES)
        assert body is not None
        return body

    def text(self, file: str) -> str:
        """All that is read of a file, without white space."""
        return _BLANK.sub("", "".join(_read(self.body(file))))

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


def _folded(text: str) -> str:
    return " ".join(text.split())


def _read(element: etree._Element) -> Iterator[str]:
    if element.tag not in _UNSAID and element.get("hidden") is None:
        yield element.text or ""
        for child in element:
            yield from _read(child)
            yield child.tail or ""


@pytest.fixture(scope="module")
def address(shelf: Shelf) -> Iterator[str]:
    with desk(shelf.folder) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    browser = Browser()
    yield browser
    browser.close()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    tab = browser.tab()
    yield tab
    browser.shut(tab)


@pytest.fixture(params=NAMES)
def ebook(request: pytest.FixtureRequest, shelf: Shelf) -> Ebook:
    return Ebook(shelf.brought(request.param))


def _opened(
    tab: Tab, address: str, reader: str, ebook: Ebook, screen: Screen = PHONE, style: str = ""
) -> dict[str, Any]:
    """What a reader says of a book that it has opened."""
    tab.show(screen)
    tab.open(f"{address}/pages/{reader}.html?book={quote(ebook.path.name)}&style={quote(style)}")
    said: dict[str, Any] = tab.evaluate("opened.then(({ reader, rendition, ...said }) => said)")
    return said


@pytest.mark.parametrize("reader", READERS)
def test_a_reader_finds_what_a_book_says_of_itself(tab: Tab, address: str, ebook: Ebook, reader: str) -> None:
    said = _opened(tab, address, reader, ebook)
    assert said["title"] == ebook.said("title")[0]
    assert said["authors"][0] == ebook.said("creator")[0]
    assert said["language"] == ebook.said("language")[0]
    assert {"toc", "bodymatter"} <= {mark["type"] for mark in said["landmarks"]}
    for name, kind in {"toc": "toc", "landmarks": "landmarks", "pages": "page-list"}.items():
        found = [Link(_folded(item["label"]), (item["href"] or "").removeprefix("EPUB/")) for item in said[name]]
        assert found == ebook.links(kind)
    assert not tab.problems


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("reader", READERS)
def test_every_word_is_seen_when_the_pages_are_turned(
    tab: Tab, address: str, ebook: Ebook, reader: str, screen: str
) -> None:
    _opened(tab, address, reader, ebook, SCREENS[screen])
    _all_seen(tab, ebook)


@pytest.mark.parametrize("reader", READERS)
def test_every_word_is_seen_in_large_type(tab: Tab, address: str, ebook: Ebook, reader: str) -> None:
    _opened(tab, address, reader, ebook, PHONE, _LARGE)
    _all_seen(tab, ebook)


def _all_seen(tab: Tab, ebook: Ebook) -> None:
    sections = tab.evaluate("read()")
    assert [section["index"] for section in sections] == list(range(len(ebook.spine)))
    for section, file in zip(sections, ebook.spine, strict=True):
        assert _BLANK.sub("", "".join(section["words"])) == ebook.text(file), file
        assert not section["missed"], f"{file}: on no page whole"
        assert not section["crossed"], f"{file}: one over the other"
    assert not tab.problems


@pytest.mark.parametrize("reader", READERS)
def test_each_link_of_the_contents_and_the_pages_leads_to_its_word(
    tab: Tab, address: str, ebook: Ebook, reader: str
) -> None:
    said = _opened(tab, address, reader, ebook)
    for item, link in zip(
        [*said["toc"], *said["pages"]], [*ebook.links("toc"), *ebook.links("page-list")], strict=True
    ):
        if link.href:
            place = tab.evaluate(f"jump({json.dumps(item['href'])})")
            assert (place["word"], place["seen"]) == (ebook.first(link), True), link
    assert not tab.problems


def test_each_call_opens_a_window_with_its_note_alone(tab: Tab, address: str, ebook: Ebook) -> None:
    _opened(tab, address, "foliate", ebook)
    for file in ebook.spine:
        body = ebook.body(file)
        notes = {note.get("id"): _BLANK.sub("", "".join(_read(note))) for note in body.iter(f"{_X}aside")}
        for call in _calls(body):
            shown = tab.evaluate(f"note({json.dumps('EPUB/' + file)}, {json.dumps(call.get('id'))})")
            assert _BLANK.sub("", shown) == notes[unquote(call.get("href", "")[1:])], call.get("id")
    assert not tab.problems


def test_calls_lead_to_notes_and_notes_to_calls(tab: Tab, address: str, ebook: Ebook) -> None:
    _opened(tab, address, "epub-ts", ebook)
    for file in ebook.spine:
        body = ebook.body(file)
        for link in (*_calls(body), *(link for link in body.iter(f"{_X}a") if link.get("role") == "doc-backlink")):
            there = Link("", file + link.get("href", ""))
            place = tab.evaluate(f"jump({json.dumps(there.href)})")
            assert (place["word"], place["seen"]) == (ebook.first(there), True), there.href
    assert not tab.problems


def _calls(body: etree._Element) -> list[etree._Element]:
    return [link for link in body.iter(f"{_X}a") if link.get(_TYPE) == "noteref"]
