"""Books in real readers, in a real browser: `make test-readers`, which brings them (BOOKS=paths of further ebooks).

What a reader found is held against the files of the ebook itself. foliate-js is what Foliate and Readest read with;
epub-ts is the heir of epub.js, which most readers on the web are made of.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote

import pytest
from lxml import etree

from tests.ebooks import broken
from tests.readers.books import NAMES, Shelf
from tests.readers.browser import PHONE, TABLET, Browser, Screen, Tab
from tests.readers.desk import desk
from tests.readers.ebook import TYPE, XHTML, Ebook, Link, close, folded, read

pytestmark = pytest.mark.readers

READERS = ("foliate", "epub-ts")
SCREENS = {"phone": PHONE, "tablet": TABLET}
_LARGE = "html { font-size: 175% !important }"


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
        found = [Link(folded(item["label"]), (item["href"] or "").removeprefix("EPUB/")) for item in said[name]]
        wanted = ebook.links(kind)
        if reader == "epub-ts" and kind == "page-list":  # 0.7.2 makes a number of a page's label
            wanted = [link if link.label.isdecimal() else Link("NaN", link.href) for link in wanted]
        assert found == wanted
    assert not tab.problems


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("reader", READERS)
def test_every_word_is_seen_when_the_pages_are_turned(
    tab: Tab, address: str, ebook: Ebook, reader: str, screen: str
) -> None:
    _opened(tab, address, reader, ebook, SCREENS[screen])
    for file, section in _all_seen(tab, ebook):
        # epub-ts 0.7.2 lets every picture be as broad as its page, whatever it stands in.
        strayed = [thing for thing in section["strayed"] if not (reader == "epub-ts" and thing.startswith("<img>"))]
        assert not strayed, f"{file}: too broad for its place"


@pytest.mark.parametrize("reader", READERS)
def test_every_word_is_seen_in_large_type(tab: Tab, address: str, ebook: Ebook, reader: str) -> None:
    _opened(tab, address, reader, ebook, PHONE, _LARGE)
    assert list(_all_seen(tab, ebook))


def _all_seen(tab: Tab, ebook: Ebook) -> Iterator[tuple[str, dict[str, Any]]]:
    """What was seen of each file, to the last page."""
    sections = tab.evaluate("read()")
    assert [section["index"] for section in sections] == list(range(len(ebook.spine)))
    for section, file in zip(sections, ebook.spine, strict=True):
        assert close("".join(section["words"])) == ebook.text(file), file
        assert not section["missed"], f"{file}: on no page whole"
        assert not section["crossed"], f"{file}: one over the other"
        yield file, section
    assert not tab.problems


@pytest.mark.parametrize("reader", READERS)
def test_what_cannot_be_read_is_found(tab: Tab, address: str, shelf: Shelf, reader: str) -> None:
    faults = {
        "What a gardener needs:": '<span style="display: none">hidden</span>',
        "Items with more to say": f'<span style="white-space: nowrap">{"far and " * 6}beyond any telephone</span>',
        "The text pauses here.": '<span style="position: absolute">over</span>what is under it',
    }

    def spoil(text: str) -> str:
        for place, fault in faults.items():
            text = text.replace(place, fault, 1)
        return text

    path = shelf.folder / f"spoilt-{reader}.epub"
    path.write_bytes(broken(shelf.brought("kitchen-sink").read_bytes(), {"EPUB/article.xhtml": spoil}))
    _opened(tab, address, reader, Ebook(path))
    (article,) = (section for section in tab.evaluate("read()") if section["missed"])
    assert article["missed"][0] == "hidden"
    assert "telephone" in article["strayed"]
    assert "over what" in article["crossed"]


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
        notes = {note.get("id"): close("".join(read(note))) for note in body.iter(f"{XHTML}aside")}
        for call in _calls(body):
            shown = tab.evaluate(f"note({json.dumps('EPUB/' + file)}, {json.dumps(call.get('id'))})")
            assert close(shown) == notes[unquote(call.get("href", "")[1:])], call.get("id")
    assert not tab.problems


def test_calls_lead_to_notes_and_notes_to_calls(tab: Tab, address: str, ebook: Ebook) -> None:
    _opened(tab, address, "epub-ts", ebook)
    for file in ebook.spine:
        body = ebook.body(file)
        for link in (*_calls(body), *(link for link in body.iter(f"{XHTML}a") if link.get("role") == "doc-backlink")):
            there = Link("", file + link.get("href", ""))
            place = tab.evaluate(f"jump({json.dumps(there.href)})")
            assert (place["word"], place["seen"]) == (ebook.first(there), True), there.href
    assert not tab.problems


def _calls(body: etree._Element) -> list[etree._Element]:
    return [link for link in body.iter(f"{XHTML}a") if link.get(TYPE) == "noteref"]
