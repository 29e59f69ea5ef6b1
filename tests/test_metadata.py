"""What a work is called, by whom it is and of when: from all the places where sources say so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline import bind, read
from pipeline.editions import EDITIONS
from pipeline.errors import SourceError
from pipeline.model import Chapter, Metadata, Place
from pipeline.read import dates, docinfo, parse, stated
from pipeline.read.names import people
from pipeline.settings import Settings
from tests.test_read import chapter
from tests.vocabulary import postpress


def known(text: str, folder: Path) -> Metadata:
    return chapter(text, folder)[0].metadata


def guessed(text: str, folder: Path, name: str = "a.rst") -> Metadata:
    """The metadata of a source whose faults are not looked at."""
    path = folder / name
    doctree, _ = parse.parse(text, path, Place(folder), "en", Settings().labels)
    said, _ = docinfo.metadata(stated.take(doctree, path), path, Settings())
    return docinfo.completed(said, doctree, ())


def said(made: Chapter) -> list[str]:
    return [block.text for block in made.body.blocks]


@pytest.mark.parametrize(
    ("written", "shown", "meant"),
    [
        ("16-Jul-2001", "16-Jul-2001", "2001-07-16"),
        ("$Date: 2001/05/02 $", "2001/05/02", "2001-05-02"),
        ("$Date: 2005-09-25 22:38:41 +0000 (Sun, 25 Sep 2005) $", "2005-09-25", "2005-09-25"),
        ("2026-05-29 10:20:30 UTC+09:00", "2026-05-29", "2026-05-29"),
        ("2026-05-29T10:20:30+09:00", "2026-05-29", "2026-05-29"),
        ("Fri, 29 May 2026 10:20:30 +0900", "29 May 2026", "2026-05-29"),
        ("2026年5月29日", "2026年5月29日", "2026-05-29"),
    ],
)
def test_dates_as_programs_write_them(written: str, shown: str, meant: str, tmp_path: Path) -> None:
    told = known(f"T\n=\n\n:Date: {written}\n\nText.\n", tmp_path)
    assert (told.dates, told.date) == ((shown,), meant)


@pytest.mark.parametrize("written", ["$Date$", "$Date: $", "2026-05-29 soon", "Sunday", "10:20", "2026-13-29T10:20"])
def test_what_is_no_date_either(written: str) -> None:
    with pytest.raises(ValueError, match=r"date|month|day|range"):
        dates.iso(written)


@pytest.mark.parametrize(
    ("written", "listed", "names", "addresses"),
    [
        ("A. One <one@example.org>", False, ("A. One",), ("one@example.org",)),
        ("A. One (one@example.org); B. Two", False, ("A. One", "B. Two"), ("one@example.org",)),
        ("one@example.org (A. One)", False, ("A. One",), ("one@example.org",)),
        ("A. One <one at example.org>", False, ("A. One",), ("one at example.org",)),
        ("one@example.org", False, ("one@example.org",), ()),
        ("A. One, B. Two", False, ("A. One, B. Two",), ()),
        ("A. One, B. Two", True, ("A. One", "B. Two"), ()),
        ("One, A.; Two, B.", True, ("One, A.", "Two, B."), ()),
        ("A. One <a@b.org>, B. Two <c@d.org>", False, ("A. One", "B. Two"), ("a@b.org", "c@d.org")),
        ("A. One, Jr. <a@b.org>, B. Two,", True, ("A. One, Jr.", "B. Two"), ("a@b.org",)),
    ],
)
def test_a_name_is_not_an_address(
    written: str, listed: bool, names: tuple[str, ...], addresses: tuple[str, ...]
) -> None:
    assert people(written, listed=listed) == (names, addresses)


PEP = """\
PEP: 9
Title: A *short* header
Version: $Revision: 4 $
Author: A. One <one@example.org>,
        B. Two
Status: Draft
Content-Type: text/x-rst
Created: 16-Jul-2001
Resolution:
Post-History: `17-Jul-2001 <https://example.org/>`__,
              18-Jul-2001

First
=====

Text.

Second
======
"""


def test_the_header_of_a_pep(tmp_path: Path) -> None:
    made, found = chapter(PEP, tmp_path)
    told = made.metadata
    assert (told.title, told.authors, told.contact) == ("A short header", ("A. One", "B. Two"), "one@example.org")
    assert (told.dates_label, told.dates, told.date) == ("Created", ("16-Jul-2001",), "2001-07-16")
    assert "<em>short</em>" in made.title.xhtml
    assert said(made)[:8] == ["PEP", "9", "Version", "4", "Status", "Draft", "Post-History", "17-Jul-2001, 18-Jul-2001"]
    assert [heading.text for heading in made.headings] == ["First", "Second"]
    assert [d for d in found if d.severity != "note"] == []


def test_what_the_header_of_a_pep_has_wrong_has_its_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"a\.rst:8: error RST121: 'soon' is not a date"):
        chapter(PEP.replace("16-Jul-2001", "soon"), tmp_path)


def test_in_a_book_the_addresses_of_a_pep_are_text(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text(PEP.replace("A. One", "Ann One"), encoding="utf-8")
    made, _ = read.read(tmp_path / "a.rst", Settings(), Place(tmp_path, "a"))
    assert "Ann One <one@example.org>, B. Two" in said(made)


def test_a_heading_that_repeats_the_header_stands_once(tmp_path: Path) -> None:
    text = (
        "PEP: 9\nTitle: Ways to do it\nAuthor: A. One\n\nWays to do it\n=============\n\nText.\n\nPart\n----\n\nMore.\n"
    )
    made, _ = chapter(text, tmp_path)
    assert [block.text for block in made.title.blocks] == ["Ways to do it"]
    assert said(made) == ["PEP", "9", "Text.", "Part", "More."]


@pytest.mark.parametrize(
    "text", ["Note: this is\nnot a header.\n", "TODO: a\nThen: b\n", "PEP: 9 has no\nTitle here.\n"]
)
def test_a_paragraph_with_a_colon_is_no_header(text: str, tmp_path: Path) -> None:
    made, _ = chapter(f".. title:: T\n\n{text}", tmp_path)
    assert said(made) == [" ".join(text.split())]


NIKOLA = """\
.. title: A "post" of ours
.. slug: a-post
.. date: 2026-05-29 10:20:30 UTC+09:00
.. tags: one, two
.. category:
.. author: A. One
.. description: In short.
.. type: text

Text.

Lone heading
============

More.
"""


def test_the_comments_of_nikola(tmp_path: Path) -> None:
    made, _ = chapter(NIKOLA, tmp_path)
    told = made.metadata
    assert (told.title, told.authors, told.subjects) == ("A “post” of ours", ("A. One",), ("one", "two"))
    assert (told.dates_label, told.dates, told.date) == ("Date", ("2026-05-29",), "2026-05-29")
    assert told.description == "In short."
    assert said(made) == ["Text.", "Lone heading", "More."]


def test_a_lone_heading_of_a_nikola_post_is_its_title_only_if_it_says_the_same(tmp_path: Path) -> None:
    text = ".. title: One\n.. date: 2026-05-29\n\nTwo\n===\n\nText.\n"
    assert said(chapter(text, tmp_path)[0]) == ["Two", "Text."]
    assert said(chapter(text.replace("One", "two"), tmp_path)[0]) == ["Text."]


def test_comments_that_give_no_title_say_nothing(tmp_path: Path) -> None:
    told = known(".. author: Nobody\n.. date: 2026-05-29\n\nT\n=\n\nText.\n", tmp_path)
    assert (told.authors, told.date) == ((), "")


def test_the_fields_of_pelican(tmp_path: Path) -> None:
    dated = ":date: 2026-05-29 10:20\n:modified: 2026-06-01\n:slug: a\n:status: published\n"
    made, found = chapter(
        f"T\n=\n\n{dated}:category: one\n:tags: two, three\n:authors: A. One, B. Two\n:summary: In short.\n\nText.\n",
        tmp_path,
    )
    told = made.metadata
    assert (told.authors, told.subjects) == (("A. One", "B. Two"), ("one", "two", "three"))
    assert (told.date, told.modified, told.description) == ("2026-05-29", "2026-06-01T00:00:00Z", "In short.")
    assert said(made) == ["Text."]
    assert [d for d in found if d.severity != "note"] == []


def test_the_directive_of_ablog(tmp_path: Path) -> None:
    post = (
        ".. post:: 29 May, 2026\n   :tags: one\n   :category: two\n   :author: key\n   :language: de\n\nT\n=\n\nText.\n"
    )
    told = known(post, tmp_path)
    assert (told.title, told.authors, told.language) == ("T", (), "de")
    assert (told.dates, told.date, told.subjects) == (("29 May, 2026",), "2026-05-29", ("one", "two"))


META = """\
.. meta::
   :description: In short.
   :keywords: one, two
   :author: A. One
   :DC.Date: 1909
   :DC.Language: de
   :DC.Title: A Title of its Own
   :viewport: width=device-width

=====
TITLE
=====

Text.
"""


def test_meta_elements(tmp_path: Path) -> None:
    made, _ = chapter(META, tmp_path)
    told = made.metadata
    assert (told.title, told.authors, told.language) == ("A Title of its Own", ("A. One",), "de")
    assert (told.description, told.subjects, told.date) == ("In short.", ("one", "two"), "1909")
    assert told.dates == (), "what only machines are told is on no page"
    assert [block.text for block in made.title.blocks] == ["TITLE"]
    assert said(made) == ["Text."]


def test_fields_win_over_meta_elements(tmp_path: Path) -> None:
    told = known(META.replace("\nText.", "\n:Author: B. Two\n:Date: 2026-05-29\n:Language: en\n\nText."), tmp_path)
    assert (told.authors, told.date, told.language) == (("B. Two",), "2026-05-29", "en")


def test_words_of_fields_that_are_not_known_are_text(tmp_path: Path) -> None:
    fields = ":orphan:\n:Author: A. One\n:Version: $Revision$\n:Status: a *draft*\n:Colour: grey\n:Autor: B\n"
    made, found = chapter(f"T\n=\n\n{fields}\nText.\n", tmp_path)
    assert said(made) == ["Status", "a draft", "Colour", "grey", "Autor", "B", "Text."]
    assert "<em>draft</em>" in made.body.xhtml
    assert [(d.code, d.where and d.where.line) for d in found if d.severity == "warning"] == [("RST123", 9)]


def test_a_list_of_fields_without_known_ones_is_text(tmp_path: Path) -> None:
    assert said(chapter("T\n=\n\n:one: a\n:two: b\n", tmp_path)[0]) == ["one", "a", "two", "b"]


def test_a_directive_gives_the_title_of_a_text_without_headings(tmp_path: Path) -> None:
    made, _ = chapter(".. title:: Named\n\nText.\n", tmp_path)
    assert (made.metadata.title, said(made)) == ("Named", ["Text."])
    several, _ = chapter(".. title:: Named\n\nA\n=\n\nText.\n\nB\n=\n", tmp_path)
    assert (several.metadata.title, [heading.text for heading in several.headings]) == ("Named", ["A", "B"])


@pytest.mark.parametrize(
    ("text", "name", "title"),
    [
        ("A\n=\n\nText.\n\nB\n=\n\nText.\n", "a.rst", "A"),
        ("Text.\n\nA\n=\n\nText.\n", "a.rst", "A"),
        ("Text.\n", "on_two-things.rst", "On two things"),
        ("- Text.\n", "Trees/index.rst", "Trees"),
        (":field: Text.\n", "a.rst", "A"),
    ],
)
def test_a_title_for_a_text_that_has_none(text: str, name: str, title: str, tmp_path: Path) -> None:
    assert guessed(text, tmp_path, name).title == title


def test_a_promoted_heading_loses_no_text(tmp_path: Path) -> None:
    doctree, _ = parse.parse(
        "Above.\n\nA\n=\n\nOne.\n\na\n-\n\nB\n=\n\nTwo. A_\n", tmp_path / "a.rst", Place(tmp_path), "en", {}
    )
    assert re.findall("[A-Za-z]+", doctree.astext()) == ["A", "Above", "One", "a", "B", "Two", "A"]
    assert "a" in doctree["ids"], "links to the heading lead to the title"


def test_three_hyphens_are_an_em_dash(tmp_path: Path) -> None:
    made, _ = chapter("T --- U\n=======\n\nOne---two --- *three* --- ``a --- b`` ---- -- c\n", tmp_path)
    assert made.metadata.title == "T — U"
    shown = re.sub("<.*?>", "", made.body.xhtml).strip()
    assert shown.replace("\N{WORD JOINER}", "").replace("\xa0", " ") == "One—two — three — a --- b ---- -- c"


def test_every_word_of_a_header_is_in_both_editions(tmp_path: Path) -> None:
    (tmp_path / "pep.rst").write_text(PEP + '\nSo --- "quoted"---it ends.\n', encoding="utf-8")
    run = postpress("check", "pep.rst", folder=tmp_path)
    assert run.code == 0, run.out + run.err
    assert "0  differences between the source and the ebook" in run.out


def test_a_book_of_peps_has_their_titles(tmp_path: Path) -> None:
    (tmp_path / "pep.rst").write_text(PEP, encoding="utf-8")
    index, _ = chapter("Book\n====\n\n:Author: All\n:Date: 2026\n\n.. toctree::\n\n   pep\n", tmp_path)
    place = bind.place(tmp_path / "pep.rst", tmp_path, bind.taken(index))
    member, _ = read.read(tmp_path / "pep.rst", Settings(), place)
    book = bind.bind(index, Settings(), EDITIONS, [member])
    assert "A short header" in [line.title for line in book.contents]
