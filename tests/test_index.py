"""Glossaries and indexes of books, in both editions."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from pipeline import collation, numbering
from pipeline.bind import index
from pipeline.check.pdf.contents import labels
from pipeline.errors import SourceError
from pipeline.reading import bound
from pipeline.settings import Settings
from tests.test_references import LONG, book, build, ebook, links, words
from tests.vocabulary import postpress

OAK = f"""\
.. index:: ! oak, acorn
   single: tree; old
   pair: leaf; fall
   triple: ring; of; a year
   see: quercus; oak
   seealso: oak; elm

An :index:`Éclair <éclair>`, and :term:`bark`.

{LONG[: len(LONG) // 2]}

Much more of the :index:`oak`.

{LONG}

{LONG}

And :index:`oak`.

.. glossary::
   :sorted:

   wood : matter
   timber
      What is under the *bark*.

   Bark
      What is round the wood.
"""


def test_every_line_of_the_index_names_the_pages_of_its_places(tmp_path: Path) -> None:
    book(tmp_path, OAK)
    run = postpress("check", "trees/index.rst", folder=tmp_path)
    assert (run.code, run.err) == (0, "")
    pages = words(tmp_path)
    with pikepdf.open(BytesIO((tmp_path / "build" / "trees.pdf").read_bytes())) as pdf:
        called = labels(pdf)
    first, more, last, bark = (
        next(label for label, page in zip(called, pages, strict=True) if said in page)
        for said in ("An Éclair", "Much more of the oak", "And oak", "What is round the wood")
    )
    assert int(first) + 1 == int(more) < int(last) - 1
    ((at, index),) = ((label, page) for label, page in zip(called, pages, strict=True) if page.startswith("Index A"))
    (contents,) = (page for page in pages if page.startswith("Contents "))
    assert f"Index {at}" in contents
    assert f"a year ring of, {first} acorn, {first} B Bark, {bark} E éclair, {first} F" in index
    assert f"O oak, {first}, {more}, {last}; see also elm" in index  # the first is a main one, and stands alone
    assert "Q quercus, see oak" in index
    assert f"tree old, {first} W wood, {bark}" in index


def test_an_index_longer_than_any_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "MOST", 3)
    book(tmp_path, OAK)
    with pytest.raises(SourceError) as refusal:
        bound(tmp_path / "trees" / "index.rst", Settings())
    (fault,) = refusal.value.diagnostics
    assert str(fault).startswith(f"{tmp_path / 'trees' / 'oak.rst'}: error RST159")


def test_the_index_of_the_ebook_leads_to_each_place(tmp_path: Path) -> None:
    book(tmp_path, OAK)
    assert build(tmp_path).code == 0
    shown = ebook(tmp_path, "index")
    places = set(re.findall(r'href="oak\.xhtml#([^"]*)"', shown))
    assert len(places) == 7
    assert places <= set(re.findall(r'id="([^"]*)"', ebook(tmp_path)))
    assert 'epub:type="index"' in shown and 'role="doc-index"' in shown


def test_a_term_leads_to_its_meaning(tmp_path: Path) -> None:
    book(tmp_path, OAK, "===\nElm\n===\n\nIts :term:`BARK`, :term:`all of it <wood>`.\n")
    assert build(tmp_path).code == 0
    (bark, _), (wood, _) = found = links(tmp_path, "more-elm")
    assert (bark, wood) == ("BARK", "all of it")
    for name, (_, href) in zip(("Bark", "wood"), found, strict=True):
        assert re.search(rf'<dt id="{re.escape(href.partition("#")[2])}">{name}', ebook(tmp_path))
    terms = re.findall(r"<dt[^>]*>(\w+)", ebook(tmp_path))
    assert terms == ["Bark", "wood", "timber"]


@pytest.mark.parametrize("text", [".. glossary::\n\n   bark\n", ".. glossary::\n\n      bark\n   wood\n"])
def test_a_term_without_a_meaning_is_told(text: str, tmp_path: Path) -> None:
    book(tmp_path, text)
    assert "oak.rst:5: error RST139" in build(tmp_path).err


def test_pages_beside_each_other_are_one_range() -> None:
    places = [("12", False), ("ii", False), ("13", False), ("12", False), ("14", True), ("20", False), ("i", False)]
    assert [pages for pages, _, _ in numbering.ranges(places)] == ["i–ii", "12–13", "14", "20"]
    assert [place for _, place, _ in numbering.ranges(places)] == [6, 0, 4, 5]


@pytest.mark.parametrize(
    ("language", "order"),
    [
        ("en", ["3", "Äpfel", "apple", "_x", "Zebra"]),
        ("sv", ["arm", "zon", "ål", "äpple", "öl"]),
        ("es", ["nube", "ñandú", "oso"]),
        ("cs", ["cena", "čas", "hora", "chata", "igla"]),
        ("de", ["Masse", "Maße", "Mast"]),
    ],
)
def test_words_are_in_the_order_of_their_language(language: str, order: list[str]) -> None:
    assert sorted(sorted(order, key=len), key=lambda said: collation.key(said, language)) == order
    assert collation.initial("Ünder", "de") == "U"
    assert collation.initial("Ål", "sv") == "Å"
