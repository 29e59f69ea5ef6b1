"""What a source says, as values: its fields, its typography, its facts."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from pipeline import bind, read
from pipeline.editions import EDITIONS
from pipeline.errors import Diagnostic
from pipeline.model import Chapter
from pipeline.read import dates
from pipeline.settings import Settings


def chapter(text: str, folder: Path, settings: Settings | None = None) -> tuple[Chapter, tuple[Diagnostic, ...]]:
    source = folder / "a.rst"
    source.write_text(text, encoding="utf-8")
    return read.read(source, settings or Settings())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2025-03-27", "2025-03-27"),
        ("2025/3/7", "2025-03-07"),
        ("2025-03", "2025-03"),
        ("2025", "2025"),
        ("March 27, 2025", "2025-03-27"),
        ("27 March 2025", "2025-03-27"),
        ("27th Mar. 2025", "2025-03-27"),
        ("March 2025", "2025-03"),
    ],
)
def test_dates_as_people_write_them(written: str, meant: str) -> None:
    assert dates.iso(written) == meant


@pytest.mark.parametrize("written", ["", "soon", "2025-13-01", "30 February 2025", "27 Marching 2025", "1/2/2025"])
def test_what_is_no_date(written: str) -> None:
    with pytest.raises(ValueError, match=r"date|month|day|range"):
        dates.iso(written)


FIELDS = """
=====
Title
=====

:Authors: A. One; B. Two
:Dates on the page:
   - April 19, 2021
   - March 27, 2025
:Language: en-GB
:Identifier: urn:isbn:9780000000002
:Short title: Short
:Rights: Some rights
:Subjects: one, two

Text.
"""


@pytest.mark.parametrize(
    ("written", "led"),
    [
        ("https://matrix.example/#/#room:a", "https://matrix.example/#/%23room:a"),
        ("http://a.example/{x}?y=[z|~]", "http://a.example/%7Bx%7D?y=%5Bz%7C~%5D"),
        ("http://a.example/%zz%20", "http://a.example/%25zz%20"),
        ("http://a_b.example:80/é#ö", "http://a_b.example:80/é#ö"),
        ("mailto:a{b@c.example?subject=d", "mailto:a%7Bb@c.example?subject=d"),
        ("urn:isbn:9780141439518", "urn:isbn:9780141439518"),
    ],
)
def test_an_address_leads_where_a_browser_takes_it(written: str, led: str, tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text(f"=====\nTitle\n=====\n\nSee `there <{written}>`_.\n", encoding="utf-8")
    chapter, _ = read.read(tmp_path / "a.rst", Settings())
    assert f'href="{led}"' in html.unescape(chapter.body.xhtml)


def test_fields_become_metadata(tmp_path: Path) -> None:
    known = chapter(FIELDS, tmp_path, Settings(rights="Other rights", contact="a@example.org"))[0].metadata
    assert (known.title, known.short_title, known.authors) == ("Title", "Short", ("A. One", "B. Two"))
    assert (known.language, known.identifier, known.subjects) == ("en-GB", "urn:isbn:9780000000002", ("one", "two"))
    assert (known.dates, known.dates_label) == (("April 19, 2021", "March 27, 2025"), "Dates on the page")
    assert known.rights == "Some rights", "the document wins over the settings"
    assert known.contact == "a@example.org", "what it leaves open the settings say"


@pytest.mark.parametrize(
    ("field", "epoch", "modified"),
    [
        (":Revised: 2025-04-01", "86400", "2025-04-01T00:00:00Z"),
        ("", "86400", "1970-01-02T00:00:00Z"),
        ("", "", "2025-03-27T00:00:00Z"),
    ],
)
def test_what_was_modified_when(
    field: str, epoch: str, modified: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    known = chapter(FIELDS.replace(":Rights: Some rights", field or ":Rights: None"), tmp_path)[0].metadata
    assert (known.date, known.modified) == ("2025-03-27", modified)


def test_an_identifier_is_stable_and_its_own(tmp_path: Path) -> None:
    text = "T\n=\n\nText.\n"
    first, again = chapter(text, tmp_path)[0].metadata, chapter(text + "\nMore.\n", tmp_path)[0].metadata
    assert first.identifier == again.identifier
    assert first.identifier.startswith("urn:uuid:")
    assert chapter(text, tmp_path, Settings(authors=("Somebody",)))[0].metadata.identifier != first.identifier


def test_what_is_not_set_has_no_line(tmp_path: Path) -> None:
    book = bind.bind(chapter("T\n=\n\nText.\n", tmp_path)[0], Settings(), EDITIONS)
    assert book.added == ("About this edition", "The print edition is set in Source Serif 4 and Source Sans 3.")
    told = Settings(rights="CC BY", contact="a@example.org", address="1 Road", other_formats="Ask for braille.")
    book = bind.bind(chapter("T\n=\n\nText.\n", tmp_path, told)[0], told, EDITIONS)
    lines = ("CC BY", "Ask for braille.", "Contact: a@example.org", "1 Road")
    assert book.added[1:5] == lines
    page = re.sub("</?a.*?>", "", book.spine[-1].xhtml)
    assert all(f"<p>{line}</p>" in page for line in lines)
    assert 'href="mailto:a@example.org"' in book.spine[-1].xhtml


@pytest.mark.parametrize(
    ("written", "set_as"),
    [
        ("\"Quoted\" and 'so'.", "“Quoted” and ‘so’."),
        ("It's.", "It’s."),
        ("Here - there.", "Here\N{NO-BREAK SPACE}– there."),
        ("Here – there.", "Here\N{NO-BREAK SPACE}– there."),
        ("Here—there.", "Here\N{WORD JOINER}—there."),
        ("A -- b ... c.", "A\N{NO-BREAK SPACE}-- b ... c."),
        ("``\"x\" - 'y'``", "\"x\" - 'y'"),
        ('A "PEP *8*\\ " and ("*this*") and "E"\'s.', "A “PEP 8” and (“this”) and “E”’s."),
        ('A """doc""" and an empty "".', 'A """doc""" and an empty “”.'),
        ("A re-read of Re-Reading.", "A <re-read> of <Re-Read>ing."),
    ],
)
def test_typography_substitutes_this_and_nothing_else(written: str, set_as: str, tmp_path: Path) -> None:
    made = chapter(f"T\n=\n\n{written}\n", tmp_path, Settings(keep_whole=("re-read",)))[0].body
    marked = re.sub('<span class="nowrap">(.*?)</span>', r"&lt;\1&gt;", made.xhtml)
    assert html.unescape(re.sub("<.*?>", "", marked)).strip() == set_as
    bare = written.replace("``", "").replace("*", "").replace("\\ ", "")
    assert made.blocks[0].text == bare, "facts are taken before typography"


def test_quotes_follow_the_language(tmp_path: Path) -> None:
    made = chapter('T\n=\n\n:Language: de\n\nEin "Wort".\n', tmp_path)[0]
    assert "„Wort“" in made.body.xhtml


def test_typography_reaches_every_part(tmp_path: Path) -> None:
    text = 'T "x"\n=====\n\n.. standfirst::\n\n   A "b".\n\n.. credits::\n   :remark: c "d"\n\n   E "f".\n\nText.\n'
    made = chapter(text, tmp_path)[0]
    assert ["“x”" in made.title.xhtml, "“b”" in made.standfirst.xhtml] == [True, True]
    assert ["“f”" in made.credits.xhtml, "“d”" in made.credits.xhtml] == [True, True]
    assert made.metadata.title == "T “x”"


def test_blocks_know_their_lines(tmp_path: Path) -> None:
    made = chapter("T\n=\n\nOne\ntwo.\n\n- three\n- four\n\nS\n-\n\n   Five.\n\n   -- Six\n", tmp_path)[0]
    found = [(block.text, block.kind, block.where.line) for block in made.body.blocks]
    assert found == [
        ("One two.", "paragraph", 4),
        ("three", "paragraph", 7),
        ("four", "paragraph", 8),
        ("S", "title", 11),  # docutils counts the underline
        ("Five.", "paragraph", 13),
        ("Six", "attribution", 15),
    ]


def test_an_abstract_is_the_standfirst(tmp_path: Path) -> None:
    made = chapter("T\n=\n\n:Abstract: In short.\n\nText.\n", tmp_path)[0]
    assert [block.text for block in made.standfirst.blocks] == ["In short."]


def test_a_subtitle_has_its_place(tmp_path: Path) -> None:
    made = chapter("T\n=\n\nOnly section\n------------\n\nText of it.\n", tmp_path)[0]
    book = bind.bind(made, Settings(), EDITIONS)
    assert "Only section" in book.spine[0].xhtml
    assert "Only section" in [block.text for block in book.blocks]


def test_no_name_is_taken_twice(tmp_path: Path) -> None:
    names = ("titlepage", "article", "colophon", "about")
    made = chapter("T\n=\n\n" + "".join(f".. _{name}:\n\nText, see {name}_.\n\n" for name in names), tmp_path)[0]
    ids = re.findall(r"""\bid=["'](.*?)["']""", "".join(s.xhtml for s in bind.bind(made, Settings(), EDITIONS).spine))
    assert len(ids) == len(set(ids)) == 9, "and the title's own"


def test_a_title_may_speak_of_coding(tmp_path: Path) -> None:
    assert (
        chapter("Live coding: music\n==================\n\nText.\n", tmp_path)[0].metadata.title == "Live coding: music"
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (":Date: 6. May 2024", "2024-05-06"),
        (":Rights: 2024. Some", "2024. Some"),
        (":Rights: `CC BY <https://example.org/by>`_", "CC BY (https://example.org/by)"),
        (":Contact: `write <mailto:a@example.org>`_", "write (a@example.org)"),
        (":Address: | 1 Road\n          | Town", "1 Road, Town"),
        (":Author: A. Writer", "A. Writer"),
    ],
)
def test_a_field_loses_nothing(field: str, value: str, tmp_path: Path) -> None:
    known = chapter(f"T\n=\n\n{field}\n\nText.\n", tmp_path)[0].metadata
    assert value in (known.date, known.rights, known.contact, known.address, *known.authors)


def test_notes_beside_each_other_stay_two(tmp_path: Path) -> None:
    made = chapter("T\n=\n\nWord [1]_ [2]_ more.\n\n.. [1] One.\n.. [2] Two.\n", tmp_path)[0].body
    assert re.sub("<.*?>", "", made.xhtml).startswith("Word1 2 more.")


def test_a_link_may_lead_to_the_title(tmp_path: Path) -> None:
    made = chapter("A title\n=======\n\n.. _here:\n\nSee `A title`_ and here_.\n", tmp_path)[0]
    for target in re.findall('href="#(.*?)"', made.body.xhtml):
        assert f'id="{target}"' in made.title.xhtml + made.body.xhtml


def test_an_elision_before_a_quotation(tmp_path: Path) -> None:
    made = chapter("T\n=\n\n:Language: fr\n\nL'\"art\" d'écrire.\n", tmp_path)[0].body.xhtml
    assert "L’«" in made


def test_a_dash_after_emphasis_is_a_dash(tmp_path: Path) -> None:
    made = chapter("T\n=\n\nA *bold* - text and ``a - b`` - so.\n", tmp_path)[0].body.xhtml
    assert re.sub("<.*?>", "", made).strip() == "A bold\N{NO-BREAK SPACE}– text and a - b\N{NO-BREAK SPACE}– so."


def test_a_document_in_another_language_is_read_in_it(tmp_path: Path) -> None:
    made = chapter("T\n=\n\n:Language: de\n\n.. note:: Wort.\n", tmp_path)[0]
    assert "Bemerkung" in made.body.xhtml


def test_a_language_without_known_quotes_is_told(tmp_path: Path) -> None:
    _, said = chapter('T\n=\n\n:Language: cy\n\nGair "da".\n', tmp_path)
    assert [d.code for d in said if d.severity == "warning"] == ["RST125"]


def test_a_comment_is_in_no_edition(tmp_path: Path) -> None:
    source = tmp_path / "a.rst"
    source.write_text("Title\n=====\n\nOne\n---\n\n.. For me alone.\n\nTwo.\n")
    chapter, _ = read.read(source, Settings())
    assert "alone" not in chapter.body.xhtml
    assert "<!--" not in chapter.body.xhtml


def test_a_field_list_has_no_style_of_its_own(tmp_path: Path) -> None:
    read_as, _ = chapter("Title\n=====\n\nText.\n\n.. class:: field-indent-200px wide\n\n:Oak: tall\n", tmp_path)
    assert '<dl class="wide field-list' in read_as.body.xhtml
    assert "field-indent" not in read_as.body.xhtml
