"""Lists of figures and of tables, and the index where an author wants it, in both editions."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from pipeline import layouts, press, reading
from pipeline.check.pdf.contents import labels
from pipeline.editions import named
from pipeline.layouts import Commission
from pipeline.settings import Settings
from pipeline.write.pdf import Document
from tests.test_counted import LEAF
from tests.test_references import LONG, words
from tests.vocabulary import postpress

PLAN = """\
title = "Trees"
authors = ["Ana Writer"]
date = "2026-01-02"
identifier = "urn:uuid:5d3f2c3e-6f0a-5c56-8a50-0d6f2b1f9a12"
numbered = true
numbering = ["figures", "tables"]
front = ["half title", "title page", "contents", "figures", "tables"]
chapters = ["oak", "elm"]
back = ["index", {afterword = "after"}, "colophon"]
"""
OAK = """\
Oak
===

.. figure:: leaf.svg
   :alt: A leaf.

   The *"leaf"* of :ref:`elms <elm>`, as it is called

.. index:: oak
   see: quercus; oak
   see: beech; larch
   seealso: oak; tree
   single: tree; old

.. math:: a
   :label: a
"""
ELM = """\
.. _elm:

Elm
===

Text.

.. figure:: leaf.svg
   :alt: Another leaf.
   :name: other

   Another leaf

.. table:: Sizes

   = =
   a b
   = =

See :ref:`genindex`.
"""


@pytest.fixture
def trees(tmp_path: Path) -> Path:
    (tmp_path / "trees").mkdir()
    for name, text in (("oak", OAK), ("elm", ELM), ("after", "After\n=====\n\nWords.\n")):
        (tmp_path / "trees" / f"{name}.rst").write_text(text)
    (tmp_path / "trees" / "leaf.svg").write_text(LEAF)
    (tmp_path / "trees" / "book.toml").write_text(PLAN)
    return tmp_path


@pytest.fixture
def laid(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of documents, each as often as it is laid out."""
    names: list[str] = []
    pressed = layouts.pressed

    def counted(documents: Mapping[int, Document], wanted: Commission) -> dict[int, layouts.Pressed]:
        names.extend(document.name for document in documents.values())
        return pressed(documents, wanted)

    monkeypatch.setattr(layouts, "pressed", counted)
    return names


def spine(trees: Path, file: str = "book.toml") -> list[str]:
    return [section.name for section in reading.bound(trees / "trees" / file, Settings()).book.spine]


def chapter(trees: Path, name: str) -> str:
    with zipfile.ZipFile(trees / "build" / "trees.epub") as archive:
        return archive.read(f"EPUB/{name}.xhtml").decode()


def test_lists_lead_to_what_they_name_and_to_its_page(trees: Path) -> None:
    run = postpress("check", "trees/book.toml", folder=trees)
    assert (run.code, run.err) == (0, "")
    with pikepdf.open(BytesIO((trees / "build" / "trees.pdf").read_bytes())) as pdf:
        printed = dict(zip(labels(pdf), words(trees), strict=True))
    oak, elm = (next(name for name, page in printed.items() if page.startswith(said)) for said in ("1 Oak", "2 Elm"))
    assert f"Figures 1.1 The “leaf” of elms, as it is called {oak} 2.1 Another leaf {elm} vii" in printed["vii"]
    assert f"Tables 2.1 Sizes {elm} ix" in printed["ix"]
    assert "Contents Figures vii Tables ix 1 Oak 1" in printed["v"]
    shown = chapter(trees, "figures")
    assert 'epub:type="loi"' in shown and "folio" not in shown and "\N{NO-BREAK SPACE}" not in shown
    for href in re.findall(r'href="(\w+)\.xhtml#([^"]*)"', shown):
        assert f'id="{href[1]}"' in chapter(trees, href[0])
    assert re.findall(r'<a href="\w+\.xhtml#[^"]*">([^<]*)', shown) == [
        "1.1 The “leaf” of elms, as it is called",
        "2.1 Another leaf",
    ]
    landmarks = chapter(trees, "nav").partition('epub:type="landmarks"')[2]
    assert 'epub:type="loi" href="figures.xhtml">Figures' in landmarks
    assert 'epub:type="lot" href="tables.xhtml">Tables' in landmarks


def test_what_has_no_number_is_listed_too(trees: Path) -> None:
    (trees / "trees" / "book.toml").write_text(PLAN.replace("numbering =", "# "))
    run = postpress("check", "trees/book.toml", folder=trees)
    assert (run.code, run.err) == (0, "")
    assert 'href="oak.xhtml#oak.figure-1">The “leaf” of elms' in chapter(trees, "figures")
    assert chapter(trees, "oak").count('id="oak.figure-1"') == 1 and "caption-number" not in chapter(trees, "oak")


def test_a_list_of_nothing_is_left_out(trees: Path) -> None:
    (trees / "trees" / "elm.rst").write_text(ELM.partition(".. table")[0])
    assert "figures" in spine(trees) and "tables" not in spine(trees)


@pytest.mark.parametrize("back", ['"tables", "index",', '"index", "tables",'])
def test_a_list_belongs_to_the_matter_that_it_stands_in(back: str, trees: Path) -> None:
    plan = PLAN.replace('"contents", "figures", "tables"', '"contents", "figures"').replace('"index",', back)
    (trees / "trees" / "book.toml").write_text(plan)
    run = postpress("check", "trees/book.toml", folder=trees)
    assert (run.code, run.err) == (0, "")
    bodies = [re.search('<body[^>]*epub:type="([^"]*)"', chapter(trees, name)) for name in ("figures", "tables")]
    assert [found and found[1] for found in bodies] == ["frontmatter", "backmatter"]


@pytest.mark.parametrize("named_by", ["ref", "numref"])
def test_a_long_title_ends_at_a_word_whatever_it_refers_to(named_by: str, trees: Path) -> None:
    title = " ".join(f"word{number} :ref:`elm`" for number in range(70))
    reference = ":ref:`pic`" if named_by == "ref" else ":numref:`{name} <pic>`"
    figure = f".. figure:: leaf.svg\n   :alt: A leaf.\n   :name: pic\n\n   {title}\n"
    oak = f"Oak\n===\n\n{figure}\nSee {reference}.\n\n.. index:: oak\n"
    (trees / "trees" / "oak.rst").write_text(oak)
    assert postpress("build", "trees/book.toml", folder=trees).code == 0
    (listed, *_) = re.findall(r'<a href="oak\.xhtml#[^"]*">(.*?)</a>', chapter(trees, "figures"))
    (said,) = re.findall(r"See <a [^>]*>(.*?)</a>", chapter(trees, "oak"))
    for shown in (re.sub("<[^>]*>", "", words_) for words_ in (listed.removeprefix("1.1 "), said)):
        *kept, sign = shown.split(" ")
        assert (sign, 350 < len(shown) <= 500) == ("…", True), shown
        assert set(kept) <= {*(f"word{number}" for number in range(70)), "Elm"}


def test_a_book_says_where_its_index_stands(trees: Path) -> None:
    assert spine(trees)[-4:] == ["elm", "index", "after", "colophon"]
    (trees / "trees" / "book.toml").write_text(PLAN.replace('"index", ', ""))
    assert spine(trees)[-4:] == ["elm", "after", "index", "colophon"]
    (trees / "trees" / "book.toml").write_text(PLAN.replace('"colophon"', '"index"'))
    run = postpress("build", "trees/book.toml", folder=trees)
    assert run.code == 3 and "book.toml:9: error BOK004: the index is in the book already" in run.err


INDEX = """\
=====
Trees
=====

:Author: Ana Writer
:Date: 2026-01-02
:Identifier: urn:uuid:5d3f2c3e-6f0a-5c56-8a50-0d6f2b1f9a12

.. toctree::

   oak
   {0}
   elm

{1}
"""


@pytest.mark.parametrize(
    ("within", "after", "order"),
    [
        ("genindex", "", ["oak", "index", "elm"]),
        ("modindex", "", ["oak", "elm", "index"]),
        ("", ".. toctree::\n   :caption: Terms\n\n   genindex\n   after\n", ["oak", "elm", "index", "after"]),
        ("", "Lists\n-----\n\n.. toctree::\n\n   Terms <genindex>\n   search\n", ["oak", "elm", "index"]),
    ],
)
def test_a_toctree_says_where_the_index_stands(within: str, after: str, order: list[str], trees: Path) -> None:
    (trees / "trees" / "book.toml").unlink()
    (trees / "trees" / "index.rst").write_text(INDEX.format(within, after))
    names = spine(trees, "index.rst")
    assert [name for name in names if name in ("oak", "elm", "after", "index")] == order
    assert "preface" not in names
    run = postpress("check", "trees/index.rst", folder=trees)
    assert (run.code, run.err) == (0, "")


def test_an_index_between_chapters_moves_those_behind_it(trees: Path, laid: list[str]) -> None:
    (trees / "trees" / "book.toml").unlink()
    (trees / "trees" / "index.rst").write_text(INDEX.format("genindex", ""))
    terms = "".join(f"   single: term{number}\n" for number in range(120))
    (trees / "trees" / "oak.rst").write_text(f"Oak\n===\n\nSee :ref:`elm`.\n\n.. index::\n{terms}\nText.\n")
    (trees / "trees" / "elm.rst").write_text(f"{ELM}\n.. index:: elm\n\n{LONG}\n")
    book = reading.bound(trees / "trees" / "index.rst", Settings()).book
    made = press.press(Commission(book, named("print"), Settings()))
    assert [laid.count(name) for name in ("oak", "index", "elm", "contents")] == [2, 2, 2, 1]
    (trees / "build").mkdir()
    (trees / "build" / "trees.pdf").write_bytes(made.data)
    with pikepdf.open(BytesIO(made.data)) as pdf:
        printed = dict(zip(labels(pdf), words(trees), strict=True))
    at = {
        said: next(label for label, page in printed.items() if page.startswith(said))
        for said in ("Oak", "Index", "Elm")
    }
    assert int(at["Index"]) < int(at["Elm"])
    assert f"See Elm (page {at['Elm']})" in printed["1"]
    assert any(re.search(rf"\belm, {at['Elm']}\b", page) for page in printed.values())
    (contents,) = (page for page in printed.values() if page.startswith("Contents "))
    assert f"Index {at['Index']} Elm {at['Elm']}" in contents


def test_an_index_at_the_end_is_laid_out_once(trees: Path, laid: list[str]) -> None:
    (trees / "trees" / "book.toml").write_text(PLAN.replace('{afterword = "after"}, ', ""))
    book = reading.bound(trees / "trees" / "book.toml", Settings()).book
    press.press(Commission(book, named("print"), Settings()))
    assert "colophon" in laid and laid.count("index") == 1


def test_a_file_of_that_name_is_a_chapter(trees: Path) -> None:
    (trees / "trees" / "genindex.rst").write_text("Of my own\n=========\n\nText.\n")
    (trees / "trees" / "index.rst").write_text(INDEX.format("genindex", ""))
    assert spine(trees, "index.rst")[-5:] == ["oak", "genindex", "elm", "index", "colophon"]


def test_the_index_leads_from_term_to_term(trees: Path) -> None:
    run = postpress("build", "trees/book.toml", folder=trees)
    assert (run.code, run.err) == (0, "")
    shown = chapter(trees, "index")
    for words_, term in (("see", "oak"), ("see also", "tree")):
        (place,) = re.findall(rf'<i class="see"[^>]*>{words_} <a href="#([^"]*)">{term}</a></i>', shown)
        assert re.search(rf'<li id="{re.escape(place)}"[^>]*><span class="term"[^>]*>{term}<', shown)
    assert ">see larch</i>" in shown  # which is no term of this index
    assert '<a class="reference internal" href="index.xhtml#index">Index</a>' in chapter(trees, "elm")
