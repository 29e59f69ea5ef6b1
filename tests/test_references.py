"""References by name: from chapter to chapter, in both editions, each to what its author means."""

from __future__ import annotations

import re
import shutil
import textwrap
import zipfile
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from pipeline import press
from pipeline.check import pdf as paged
from pipeline.check.pdf.contents import labels
from pipeline.references import HOLE, hole, shortened
from tests.vocabulary import Run, post, postpress

INDEX = """\
=============
Book of Trees
=============

:Author: Ana Writer
:Date: 2026-01-02
:Identifier: urn:uuid:5d3f2c3e-6f0a-5c56-8a50-0d6f2b1f9a12

.. toctree::

   oak
   more/elm
"""
ELM = """\
===
Elm
===

A tree.

.. _Its Leaves:

The "rough" *leaves*
--------------------

They fall.

.. _bare:

A paragraph with a name.

.. _sizes:

.. table:: Sizes of leaves

   = =
   a b
   = =
"""


def book(folder: Path, oak: str, elm: str = ELM, index: str = INDEX) -> Path:
    """The folder of a book, of which one chapter is given."""
    (folder / "trees" / "more").mkdir(parents=True)
    (folder / "trees" / "index.rst").write_text(index)
    (folder / "trees" / "more" / "elm.rst").write_text(elm)
    (folder / "trees" / "oak.rst").write_text("===\nOak\n===\n\n" + textwrap.dedent(oak))
    return folder


def build(folder: Path, *options: str) -> Run:
    return postpress("build", "trees/index.rst", *options, folder=folder)


def ebook(folder: Path, chapter: str = "oak") -> str:
    """A chapter as the ebook has it."""
    with zipfile.ZipFile(folder / "build" / "trees.epub") as archive:
        return archive.read(f"EPUB/{chapter}.xhtml").decode()


def links(folder: Path, chapter: str = "oak") -> list[tuple[str, str]]:
    """(words, address) of each link in a chapter of the ebook."""
    found = re.findall(r'<a class="reference internal" href="([^"]*)">(.*?)</a>', ebook(folder, chapter), re.DOTALL)
    return [(re.sub("<[^>]*>", "", words), href) for href, words in found]


def test_a_reference_has_the_title_of_what_it_leads_to(tmp_path: Path) -> None:
    book(
        tmp_path, ":ref:`its leaves`, :ref:`ITS  Leaves`, :ref:`sizes`, :doc:`more/elm`, :any:`sizes`, :any:`more/elm`."
    )
    run = build(tmp_path)
    assert (run.code, run.err) == (0, "")
    leaves = ("The “rough” leaves", "more-elm.xhtml#more-elm.its-leaves")
    sizes = ("Sizes of leaves", "more-elm.xhtml#more-elm.sizes")
    elm = ("Elm", "more-elm.xhtml#more-elm")
    assert links(tmp_path) == [leaves, leaves, sizes, elm, sizes, elm]


def test_an_author_may_give_the_words(tmp_path: Path) -> None:
    book(tmp_path, ":ref:`how they fall <its leaves>`, :doc:`that tree </more/elm>`, :ref:`there <bare>`, `bare`_.")
    assert build(tmp_path).code == 0
    assert links(tmp_path) == [
        ("how they fall", "more-elm.xhtml#more-elm.its-leaves"),
        ("that tree", "more-elm.xhtml#more-elm"),
        ("there", "more-elm.xhtml#more-elm.bare"),
        ("bare", "more-elm.xhtml#more-elm.bare"),
    ]


def test_what_has_no_number_is_told_or_named_by_its_title(tmp_path: Path) -> None:
    book(tmp_path, "See :numref:`sizes`, :numref:`Table %s <sizes>`.")
    run = build(tmp_path)
    assert run.code == 3
    assert "trees/oak.rst:5: error RST152: sizes has no number" in run.err and "numfig in conf.py" in run.err
    assert build(tmp_path, "--lenient").code == 0
    assert links(tmp_path) == [("Sizes of leaves", "more-elm.xhtml#more-elm.sizes")] * 2


def test_paths_start_from_the_chapters_folder(tmp_path: Path) -> None:
    book(tmp_path, "Text.", ELM + "\nBack to :doc:`../oak`, and to :doc:`/index`.\n")
    assert build(tmp_path).code == 0
    assert links(tmp_path, "more-elm") == [("Oak", "oak.xhtml#oak"), ("Book of Trees", "titlepage.xhtml#titlepage")]


def test_a_heading_with_a_reference_is_named_so_everywhere(tmp_path: Path) -> None:
    book(tmp_path, "See :ref:`here`.\n\n.. _here:\n\nAs for :ref:`its leaves`\n------------------------\n\nText.\n")
    assert build(tmp_path).code == 0
    with zipfile.ZipFile(tmp_path / "build" / "trees.epub") as archive:
        assert "As for The “rough” leaves" in archive.read("EPUB/nav.xhtml").decode()
    assert links(tmp_path)[0] == ("As for The “rough” leaves", "#oak.here")


def test_titles_that_refer_to_each_other_come_to_an_end(tmp_path: Path) -> None:
    book(tmp_path, ".. _one:\n\nIs :ref:`two`\n-------------\n\n.. _two:\n\nIs :ref:`one`\n-------------\n\nText.\n")
    assert build(tmp_path).code == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (":ref:`its leafs`", "error RST152: nothing is called its leafs\n    did you mean its leaves?"),
        (":doc:`elm`", "error RST152: elm is no chapter of this book\n    did you mean more/elm?"),
        (":ref:`bare`", "error RST152: bare has no title to show"),
        ("`its leafs`_", "error RST105: nothing is called its leafs\n    did you mean its leaves?"),
        (":term:`bark`", "error RST152: bark is no term of a glossary of this book"),
    ],
)
def test_what_leads_nowhere_is_told_and_tolerated(text: str, said: str, tmp_path: Path) -> None:
    book(tmp_path, f"Text.\n\nSee {text}.")
    run = build(tmp_path)
    assert run.code == 3
    assert f"trees/oak.rst:7: {said}" in run.err
    run = build(tmp_path, "--lenient")
    assert run.code == 0
    assert f"oak.rst:7: {said.replace('error', 'warning').partition(chr(10))[0]}" in run.err


def test_a_name_in_two_other_chapters_is_told(tmp_path: Path) -> None:
    index = INDEX + "   ash\n"
    book(tmp_path, "See :ref:`its leaves`.", index=index)
    (tmp_path / "trees" / "ash.rst").write_text("===\nAsh\n===\n\n.. _its leaves:\n\nOf ash\n------\n\nText.\n")
    assert "RST152: its leaves is in elm.rst and ash.rst" in build(tmp_path).err
    ash = tmp_path / "trees" / "ash.rst"
    ash.write_text(ash.read_text() + "\nSee :ref:`its leaves`.\n")
    (tmp_path / "trees" / "oak.rst").write_text("===\nOak\n===\n\nText.\n")
    assert build(tmp_path).code == 0
    assert links(tmp_path, "ash") == [("Of ash", "#ash.its-leaves")]


def test_parts_of_programs_and_other_projects_are_text(tmp_path: Path) -> None:
    book(tmp_path, ":func:`~os.path.join`, :py:meth:`!x.y`, :c:func:`f(int)`, :envvar:`PATH`, :ref:`python:bytes`.")
    run = build(tmp_path)
    assert (run.code, run.err) == (0, "")
    text = re.sub("<[^>]*>", "", ebook(tmp_path))
    assert "join(), x.y(), f(int), PATH, bytes." in text


def test_a_post_refers_to_itself(tmp_path: Path) -> None:
    (tmp_path / "post.rst").write_text(post("See :ref:`end`.\n\n.. _end:\n\nThe end\n-------\n\nText.\n"))
    run = postpress("build", "post.rst", folder=tmp_path)
    assert run.code == 0
    with zipfile.ZipFile(tmp_path / "build" / "post.epub") as archive:
        assert '<a class="reference internal" href="#end">The end</a>' in archive.read("EPUB/article.xhtml").decode()


def test_links_lead_to_other_chapters_of_the_pdf(tmp_path: Path) -> None:
    book(tmp_path, "See :ref:`its leaves`.")
    assert build(tmp_path).code == 0
    with pikepdf.open(BytesIO((tmp_path / "build" / "trees.pdf").read_bytes())) as pdf:
        (link,) = (a for page in pdf.pages[4:] for a in page.obj.get("/Annots", []))
        places = dict(zip(*[iter(pdf.Root.Names.Dests.Names)] * 2, strict=True))
        numbers = [page.objgen for page in pdf.pages]
        page = numbers.index(places[link.Dest][0].objgen)
        assert labels(pdf)[page] == "3"


def words(folder: Path) -> list[str]:
    """What each page of the PDF says, white space folded."""
    text = paged.text((folder / "build" / "trees.pdf").read_bytes())
    return [" ".join(page.split()) for page in text.split("\f")]


LONG = "\n\n".join(["It grows where it has room, and where it has none it waits for the others to fall. " * 4] * 12)


def test_pages_say_where_a_reference_leads(tmp_path: Path) -> None:
    elm = ELM.replace("A tree.", LONG)
    oak = "See :ref:`its leaves`, :ref:`those <sizes>`, :ref:`near` or :ref:`far`.\n\n"
    oak += f".. _near:\n\nNear\n----\n\n{LONG}\n\n.. _far:\n\nFar\n---\n\nText."
    book(tmp_path, oak, elm)
    run = postpress("check", "trees/index.rst", folder=tmp_path)
    assert (run.code, run.err) == (0, "")
    pages = words(tmp_path)
    with pikepdf.open(BytesIO((tmp_path / "build" / "trees.pdf").read_bytes())) as pdf:
        called = labels(pdf)
    (opening,) = (page for page in pages if "See The “rough”" in page)
    for title, heading in (("leaves", "leaves They fall"), ("those", "Sizes of leaves a b"), ("Far", "Far Text")):
        (page,) = (label for label, text in zip(called, pages, strict=True) if heading in text)
        assert f"{title} (page {page})" in opening, opening
    assert "Near or Far" in opening
    assert "(page" not in ebook(tmp_path)


def test_no_line_of_a_note_ends_in_a_word(tmp_path: Path) -> None:
    told = "of such it is told that they stand where they fall and where they fall they stand for many years and more"
    notes = "".join(f".. [#] {'x' * count} {told}, as :doc:`The Elm </more/elm>`.\n" for count in range(1, 40))
    book(tmp_path, "Text" + " [#]_ word" * 39 + ".\n\n" + notes)
    assert build(tmp_path, "--edition", "print").code == 0
    lines = paged.text((tmp_path / "build" / "trees.pdf").read_bytes()).splitlines()
    assert sum(bool(re.search(r"\(page.\d+\)", line)) for line in lines) == 39


def test_pages_say_nothing_where_the_settings_say_so(tmp_path: Path) -> None:
    book(tmp_path, "See :ref:`its leaves`.")
    (tmp_path / "trees" / "postpress.toml").write_text("page_references = false\n")
    assert build(tmp_path).code == 0
    assert not any("(page" in page for page in words(tmp_path))


def test_any_number_of_workers_settles_on_the_same_pages(tmp_path: Path) -> None:
    book(tmp_path, f"See :ref:`its leaves`. {LONG}", ELM.replace("A tree.", f"See :doc:`/oak`. {LONG}"))
    found = []
    for jobs in ("1", "2"):
        assert build(tmp_path, "--jobs", jobs).code == 0
        found.append((tmp_path / "build" / "trees.pdf").read_bytes())
        shutil.rmtree(tmp_path / "build")
    assert found[0] == found[1]


def test_pages_that_never_settle_come_to_an_end() -> None:
    wide = {"a": "\N{FIGURE SPACE}9", "b": "10"}
    assert press._widened({"a": "10", "b": "9"}, {"a": "9", "b": "10"}) == wide
    assert press._widened(wide, {"a": "9", "b": "9"}) == {"a": "\N{FIGURE SPACE}9", "b": "\N{FIGURE SPACE}9"}


@pytest.mark.parametrize("before", range(6))
def test_a_title_is_not_cut_within_a_reference(before: int) -> None:
    kept = shortened("字" * before + hole(123) * 200)
    assert 490 < len(kept) <= 500
    assert HOLE.sub("", kept) == "字" * before + "…"
