"""Notes: what the reader makes of each kind, where pages have them, and what an ebook and a screen reader are told."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import etree

from pipeline import bind, build, check, read
from pipeline.check.pdf.reading import Line
from pipeline.editions import EDITIONS, named
from pipeline.layouts import Commission
from pipeline.model import Book
from pipeline.settings import Settings
from tests.pdfs import Element, lay_out
from tests.pdfs import read as read_pdf

XHTML = "{http://www.w3.org/1999/xhtml}"
EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"
HEAD = "=====\nTitle\n=====\n\n:Author: A. Writer\n:Language: en\n\n"
WORDS = "The oak stood by the mill when snow came over the lanes and all that water was known to be old."

KINDS = """
By number [1]_, by itself [#]_, by name [#name]_, by a sign [*]_ [*]_, by a word [CIT2002]_; the name again [#name]_.

.. [1] One.
.. [#] Two.
.. [#name] Three.
.. [*] Star.
.. [*] Dagger.
.. [CIT2002] Cited.
"""


def bound(text: str, folder: Path) -> Book:
    source = folder / "a.rst"
    source.write_text(HEAD + text, encoding="utf-8")
    chapter, _ = read.read(source, Settings())
    return bind.bind(chapter, Settings(), EDITIONS)


def printed(text: str, folder: Path) -> bytes:
    made = build.edition_of(Commission(bound(text, folder), named("print"), Settings()))
    data, said = made.data, made.said
    assert said == ()  # it claims PDF/UA-1
    return data


def body(book: Book) -> etree._Element:
    (section,) = [section for section in book.spine if section.kind == "article"]
    return etree.fromstring(section.xhtml)


def shape(element: etree._Element) -> list[str]:
    """What stands in an element: a note by its number, a list of notes as its numbers in brackets."""
    found = []
    for child in element:
        if child.get("class") == "notes":
            found.append(str([words(note[0]) for note in child]))
        else:
            found.append(str(child.tag).removeprefix(XHTML))
    return found


def words(element: etree._Element) -> str:
    return " ".join("".join(map(str, element.itertext())).split())


def feet(book: Book) -> list[str]:
    """The numbers of the notes that belong to the foot of a page."""
    return [words(note[0]) for note in body(book).iter(f"{XHTML}aside") if note.get("data-foot")]


def test_every_kind_of_note_has_one_form(tmp_path: Path) -> None:
    root = body(bound(KINDS, tmp_path))
    calls = [a for a in root.iter(f"{XHTML}a") if a.get("role") == "doc-noteref"]
    assert [words(call) for call in calls] == ["1", "2", "3", "*", "†", "[CIT2002]", "3"]
    assert all("noteref" in call.get("class", "").split() for call in calls)
    notes = {note.get("id"): note for note in root.iter(f"{XHTML}aside")}
    assert [note.get("role") for note in notes.values()] == ["doc-footnote"] * 6
    assert [words(notes[call.get("href", "")[1:]][0]) for call in calls] == [words(call) for call in calls]
    for call in calls[:-1]:
        note = notes[call.get("href", "")[1:]]
        (back,) = note[0]
        assert back.get("href") == f"#{call.get('id')}"
        assert note.get("data-foot") == call.get("id")


@pytest.mark.parametrize(
    ("text", "there", "at_the_foot"),
    [
        ("a [1]_\n\n.. [1] b\n\nc\n", ["p", "['1']", "p"], ["1"]),
        ("a\n\n.. [1] nobody's\n", ["p", "['1']"], []),
        ("a [#]_ [#]_\n\n.. [#] b [#]_\n.. [#] c\n.. [#] d\n", ["p", "['1', '2', '3']"], ["1", "2"]),
        # Right after what it belongs to, wherever its author put it.
        (
            "=======  ===\na [#]_   b\nc [#]_   d\n=======  ===\n\nThen [#]_.\n\n.. [#] e\n.. [#] f\n.. [#] g\n",
            ["table", "['1', '2']", "p", "['3']"],
            ["3"],
        ),
        # A heading would stand over nothing.
        ("a [1]_\n\n.. rubric:: Notes\n\n.. [1] b\n", ["p", "p", "['1']"], []),
        ("a [1]_\n\n.. rubric:: Notes\n\n.. [1] b\n\nc\n", ["p", "p", "['1']", "p"], ["1"]),
        ("a [1]_\n\n.. standfirst:: b [2]_\n\n.. [1] c\n.. [2] d\n", ["p", "['1', '2']"], ["1"]),
    ],
)
def test_where_notes_stand(text: str, there: list[str], at_the_foot: list[str], tmp_path: Path) -> None:
    book = bound(text, tmp_path)
    assert shape(body(book)) == there
    assert feet(book) == at_the_foot


def test_a_section_of_notes_stays_as_its_author_made_it(tmp_path: Path) -> None:
    sources = ".. [1] b\n\n..\n   A comment.\n\n.. [2] c\n"
    text = f"a [1]_ [2]_\n\nSources\n-------\n\n{sources}\nMore\n----\n\nd [3]_\n\n.. [3] e\n"
    assert feet(bound(text, tmp_path)) == ["3"]


def test_a_title_is_without_the_calls_of_its_notes(tmp_path: Path) -> None:
    source = tmp_path / "a.rst"
    text = "==========\nTitle [1]_\n==========\n\n.. [1] A.\n\nWell [2]_\n=========\n\n.. [2] B.\n\nText.\n"
    source.write_text(text, encoding="utf-8")
    chapter, _ = read.read(source, Settings())
    assert chapter.metadata.title == "Title"
    assert [heading.text for heading in chapter.headings] == ["Well"]
    data = build.edition_of(Commission(bind.bind(chapter, Settings(), EDITIONS), named("print"), Settings())).data
    with read_pdf(data).file.open_outline() as outline:
        assert [str(item.title) for item in outline.root][:1] == ["Title"]
        assert [str(below.title) for item in outline.root for below in item.children] == ["Well"]


def pages(data: bytes) -> tuple[dict[str, int], dict[str, list[int]]]:
    """The page of each call, by its number, and the pages of each note."""
    calls: dict[str, int] = {}
    notes: dict[str, list[int]] = {}
    tree = read_pdf(data).tree
    for reference in tree.all("Reference"):
        link = reference.all("Link")[0]
        calls.setdefault(link.text.strip(), link.pieces[0][0])
    for note in tree.all("Note"):
        notes[note.all("Lbl")[0].text] = sorted({page for element in note for page, _ in element.pieces})
    return calls, notes


def paragraphs(lengths: list[int]) -> str:
    """A paragraph with a note in its middle for each number: that of the sentences in its note."""
    return "".join(f"{WORDS} {WORDS} And [#]_ {WORDS}\n\n.. [#] {(WORDS + ' ') * length}\n\n" for length in lengths)


def test_a_note_is_at_the_foot_of_the_page_that_calls_it(tmp_path: Path) -> None:
    data = printed(paragraphs([1, 2, 3, 1, 0, 2, 1, 4] * 5).replace(".. [#] \n", ".. [#] a\n"), tmp_path)
    calls, notes = pages(data)
    assert len(notes) == 40
    assert {number: [page] for number, page in calls.items()} == notes
    lines = check.pdf.lines(data)
    for number in set(calls.values()):
        there = [line for line in lines if line.page == number + 1 and line.roles]
        first = max(line.y_pt for line in there if "Note" in line.roles)
        assert first < min(line.y_pt for line in there if "Note" not in line.roles)


def test_a_long_note_goes_on_at_the_foot_of_the_next_page(tmp_path: Path) -> None:
    data = printed(paragraphs([1, 40, 1, 1]), tmp_path)
    calls, notes = pages(data)
    assert len(notes["2"]) > 2
    assert notes["2"] == list(range(calls["2"], calls["2"] + len(notes["2"])))
    assert notes["3"] == notes["2"][-1:] or notes["3"][0] > notes["2"][-1]
    (long,) = [note for note in read_pdf(data).tree.all("Note") if note.all("Lbl")[0].text == "2"]
    assert " ".join(long.text.split()) == " ".join(["2", *[WORDS] * 40])
    for page in notes["2"]:
        foot = [line for line in check.pdf.lines(data) if line.page == page + 1 and "Note" in line.roles]
        assert max(line.y_pt for line in foot) < 210 * 72 / 25.4 * 0.6
        assert min(line.y_pt for line in foot) > 20 * 72 / 25.4 - 3


@pytest.mark.parametrize("lengths", [[1, 2, 3, 1] * 6, [30, 1, 50]], ids=["short", "long"])
def test_words_are_apart_where_lines_and_notes_go_on(lengths: list[int], tmp_path: Path) -> None:
    text = "Well, so it has been said [#]_ " * 40 + "\n\n" + f".. [#] {WORDS}\n" * 40 + "\n" + paragraphs(lengths)
    book = bound(text, tmp_path)
    data = build.edition_of(Commission(book, named("print"), Settings())).data
    where = tmp_path / "a.pdf"
    told, shown = tuple(check.order.told(book.blocks)), tuple(check.order.shown(book.blocks))
    assert check.parity.compare(told, check.pdf.structure_text(data), book.added, where) == []
    assert check.parity.compare(shown, check.parity.plain(data), book.added, where, spaced=False) == []


def test_many_notes_in_one_paragraph_are_all_there_in_order(tmp_path: Path) -> None:
    text = "Well, so it has been said [#]_ " * 60 + "\n\n" + f".. [#] {WORDS}\n" * 60
    calls, notes = pages(printed(text, tmp_path))
    assert list(notes) == [str(number) for number in range(1, 61)] == list(calls)
    assert [page for places in notes.values() for page in places] == sorted(calls.values())


EVERYWHERE = """
- In a list [#]_

  1. deeper [#]_

term [#]_
   definition [#]_

..

   A quote [#]_

   -- Somebody [#]_

.. note:: An admonition [#]_.

.. topic:: Heading [#]_

   A topic [#]_.

| Lines [#]_
| of verse

.. parsed-literal::

   code [#]_

:field: body [#]_

Section [#]_
------------

Text.

""" + "".join(f".. [#] Note {number}.\n" for number in range(1, 14))


def test_notes_are_called_from_wherever_text_stands(tmp_path: Path) -> None:
    calls, notes = pages(printed(EVERYWHERE, tmp_path))
    assert len(notes) == 13
    assert notes == {number: [page] for number, page in calls.items()}


def notes_of(element: Element, role: str = "") -> Iterator[tuple[str, Element]]:
    """Each note with the role of the element it is in."""
    for kid in element.kids:
        if isinstance(kid, Element):
            if kid.role == "Note":
                yield role or element.role, kid
            yield from notes_of(kid)


def test_a_listener_is_led_to_the_note_and_back(tmp_path: Path) -> None:
    document = read_pdf(printed(KINDS, tmp_path))
    found = list(notes_of(document.tree))
    assert [role for role, _ in found] == ["P"] * 6
    assert len({str(note.entry.ID) for _, note in found}) == 6
    assert str(found[0][1]) == "Note(Lbl(Link(1)) P(One.))"
    assert str(found[5][1]) == "Note(Lbl(Link([CIT2002])) P(Cited.))"
    links = [link for reference in document.tree.all("Reference") for link in reference.all("Link")]
    backs = [link for label in document.tree.all("Lbl") for link in label.all("Link")]
    assert [link.text for link in links] == ["1", "2", "3", "*", "†", "[CIT2002]", "3"]
    assert [link.text for link in backs] == ["1", "2", "3", "*", "†", "[CIT2002]"]
    assert all(link.links for link in (*links, *backs))


def test_a_readers_window_knows_a_note_and_its_call(tmp_path: Path) -> None:
    data = build.edition_of(Commission(bound(KINDS, tmp_path), named("ebook"), Settings())).data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("article.xhtml")]
        root = etree.fromstring(archive.read(name))
    calls = [a for a in root.iter(f"{XHTML}a") if a.get(EPUB_TYPE) == "noteref"]
    notes = {note.get("id") for note in root.iter(f"{XHTML}aside") if note.get(EPUB_TYPE) == "footnote"}
    assert len(calls) == 7
    assert {call.get("href", "")[1:] for call in calls} == notes
    assert not [key for element in root.iter() for key in element.attrib if str(key).startswith("data-")]


CSS = (
    "p { margin: 0; orphans: 1; widows: 1 } aside { float: footnote; font: 9.5pt/13pt S }"
    "aside::footnote-call, aside::footnote-marker { content: none }"
    "@page { @footnote { max-height: 50%; margin-top: 11pt; padding-top: 5pt; border-top: 0.5pt solid } }"
)
NOTE = "<aside role='doc-footnote' id='n'>{}</aside>"
FAULTS: dict[str, tuple[str, Callable[[list[list[Line]]], bool]]] = {
    "a note that fits is put off": (f"<p>a{NOTE.format('note')}</p>", lambda found: len(found) == 2),
    "a long note is cut off": (f"<p>a{NOTE.format('note ' * 300)}</p>", lambda found: len(found) < 3),
    "white space is a line": (
        "<p>a" + NOTE.format("<p>b</p>\n<p>c</p>") + "</p>",
        lambda found: max(line.y_pt for line in found[-1]) - min(line.y_pt for line in found[-1]) > 15,
    ),
    "a note is put off for a line's sake": (
        f"<p style='height: 86pt'>a</p><p>b{NOTE.format('note<br/>note')}</p><p style='orphans: 2'>c<br/>d<br/>e</p>",
        lambda found: "note" not in [line.text for line in found[0]],
    ),
}


def notes_by_page(body: str) -> list[list[Line]]:
    lines = [line for line in check.pdf.lines(lay_out(body, CSS)) if line.text != "a"]
    return [
        [line for line in lines if line.page == number] for number in range(1, 1 + max(line.page for line in lines))
    ]


@pytest.mark.parametrize("name", FAULTS)
def test_the_engine_still_needs_correcting(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    body, fault = FAULTS[name]
    assert not fault(notes_by_page(body))
    from pipeline.write.pdf import footnotes

    monkeypatch.setattr(footnotes, "correct", lambda: None)
    for owner, attribute, theirs, _ in footnotes._PLACES:
        monkeypatch.setattr(owner, attribute, theirs)
    assert fault(notes_by_page(body))
