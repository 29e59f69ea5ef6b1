"""What catalogues are told of a work: who did what, what names are filed under, numbers, series and terms."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline import bind, catalogue, read
from pipeline.editions import EDITIONS
from pipeline.errors import SettingsError, SourceError
from pipeline.fetch import Shelf
from pipeline.model import Contributor, Metadata, Place
from pipeline.settings import Settings, load
from pipeline.write.epub import write
from tests import ebooks
from tests.test_epub_write import part
from tests.test_read import chapter
from tests.vocabulary import postpress


@pytest.mark.parametrize(
    ("name", "language", "filed"),
    [
        ("Arthur Conan Doyle", "en", "Doyle, Arthur Conan"),
        ("Lee Goddard", "en-GB", "Goddard, Lee"),
        ("Voltaire", "fr", "Voltaire"),
        ("Doyle, Arthur Conan", "en", "Doyle, Arthur Conan"),
        ("Vincent van Gogh", "nl", "Gogh, Vincent van"),
        ("Martin Van Buren", "en", "Van Buren, Martin"),
        ("Simone de Beauvoir", "fr", "Beauvoir, Simone de"),
        ("Thomas De Quincey", "en", "De Quincey, Thomas"),
        ("Jean de La Fontaine", "fr", "La Fontaine, Jean de"),
        ("Van Morrison", "en", "Morrison, Van"),
        ("E. Five Jr.", "en", "Five, E., Jr."),
        ("Лев Толстой", "ru", "Толстой, Лев"),
        # The family's name comes first already.
        ("夏目漱石", "ja", "夏目漱石"),
        ("夏目 漱石", "en", "夏目 漱石"),
        ("Nguyễn Du", "vi", "Nguyễn Du"),
        ("Kertész Imre", "hu", "Kertész Imre"),
        # Nothing tells.
        ("Gabriel García Márquez", "es", ""),
        ("Isabel Allende", "es", "Allende, Isabel"),
        ("نجيب محفوظ", "ar", ""),
        ("Python Software Foundation", "en", ""),
        ("The pytest team", "en", ""),
        ("Smith & Sons", "en", ""),
    ],
)
def test_what_a_name_is_filed_under(name: str, language: str, filed: str) -> None:
    assert catalogue.filed(name, language) == filed


@pytest.mark.parametrize(
    ("title", "language", "filed"),
    [
        ("The garden", "en", "Garden, The"),
        ("A Study in Scarlet", "en-GB", "Study in Scarlet, A"),
        ("Theatre", "en", ""),
        ("Die Gärten", "de", ""),
        ("The", "en", ""),
    ],
)
def test_what_a_title_is_filed_under(title: str, language: str, filed: str) -> None:
    assert catalogue.title_filed(title, language) == filed


@pytest.mark.parametrize(
    ("written", "number"),
    [("978-0-306-40615-7", "9780306406157"), ("0-306-40615-2", "9780306406157"), ("0 8044 2957 X", "9780804429573")],
)
def test_an_isbn_has_thirteen_figures(written: str, number: str) -> None:
    assert catalogue.isbn(written) == number


@pytest.mark.parametrize(
    "written", ["978-0-306-40615-8", "0-306-40615-3", "977-0-306-40615-7", "9780306", "X306406152"]
)
def test_what_is_no_isbn(written: str) -> None:
    with pytest.raises(ValueError, match=r"figures|digit"):
        catalogue.isbn(written)


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("Gardens (LCSH sh85053123)", ("Gardens", "LCSH", "sh85053123")),
        ("Gardening (thema: WMP)", ("Gardening", "Thema", "WMP")),
        ("Gardens (Kew)", ("Gardens (Kew)", "", "")),
        ("Gardens", ("Gardens", "", "")),
    ],
)
def test_a_subject_may_be_a_term_of_an_authority(said: str, known: tuple[str, str, str]) -> None:
    assert catalogue.term(said) == known


FIELDS = """\
The garden
==========

:Authors: Ludwig van Beethoven; Leonardo da Vinci
:File as: Beethoven, Ludwig van; Leonardo, da Vinci
:Translator: C. Three
:Editors: D. Four, E. Five
:Cover designer: F. Six
:Series: The Almanac
:Series number: 3.5
:ISBN: 978-0-306-40615-7
:Subjects: Gardens (LCSH sh85053123), Trees

Text.
"""


def package(known: Metadata) -> dict[str, list[str]]:
    """What the package document says, by the name of the element or of the property."""
    opf = part(write(replace(ebooks.book(), metadata=known), ebooks.CSS, Shelf({}), None), "content.opf")
    said: dict[str, list[str]] = {}
    for element in opf[0]:
        name = element.get("property") or element.get("name") or str(element.tag).rpartition("}")[2]
        said.setdefault(name, []).append(element.text or element.get("content") or "")
    return said


def test_fields_reach_the_package(tmp_path: Path) -> None:
    known = chapter(FIELDS, tmp_path)[0].metadata
    said = package(known)
    assert said["creator"] == ["Ludwig van Beethoven", "Leonardo da Vinci"]
    assert said["contributor"] == ["C. Three", "D. Four", "E. Five", "F. Six"]
    assert said["role"] == ["aut", "aut", "trl", "edt", "edt", "cov"]
    filed = ["Beethoven, Ludwig van", "Leonardo, da Vinci", "Three, C.", "Four, D.", "Five, E.", "Six, F."]
    assert said["file-as"] == ["Garden, The", *filed]
    assert said["identifier"][1:] == ["urn:isbn:9780306406157"]
    assert (said["subject"], said["authority"], said["term"]) == (["Gardens", "Trees"], ["LCSH"], ["sh85053123"])
    assert (said["belongs-to-collection"], said["collection-type"]) == (["The Almanac"], ["series"])
    assert said["group-position"] == said["calibre:series_index"] == ["3.5"]
    assert said["calibre:series"] == ["The Almanac"]


def test_what_is_not_known_is_not_said() -> None:
    said = package(Metadata(title="Oaks", language="en", identifier="urn:uuid:5d3f2c3e-6f0a-5c56-8a50-0d6f2b1f9a11"))
    assert {"identifier", "title", "language"} < set(said)
    assert {
        "creator",
        "contributor",
        "role",
        "file-as",
        "subject",
        "belongs-to-collection",
        "calibre:series",
    }.isdisjoint(said)


def test_the_document_wins_over_the_settings(tmp_path: Path) -> None:
    settings = Settings(
        translators=("X. One",),
        editors=("Y. Two",),
        series="Others",
        isbn="0-306-40615-2",
        file_as={"X. One": "One (Miss), X.", "Leonardo da Vinci": "Vinci"},
    )
    plain = chapter("T\n=\n\nText.\n", tmp_path, settings)[0].metadata
    assert plain.contributors == (Contributor("X. One", "trl"), Contributor("Y. Two", "edt"))
    assert (plain.series, plain.isbn) == ("Others", "0-306-40615-2")
    assert package(plain)["file-as"] == ["One (Miss), X.", "Two, Y."]
    told = chapter(FIELDS, tmp_path, settings)[0].metadata
    assert (told.series, told.isbn) == ("The Almanac", "978-0-306-40615-7")
    assert told.filed["Leonardo da Vinci"] == "Leonardo, da Vinci"
    assert Contributor("X. One", "trl") not in told.contributors


def test_all_of_it_stands_on_the_title_page_in_both_editions(tmp_path: Path) -> None:
    made, _ = chapter(FIELDS.replace("The garden\n", "Der Garten\n").replace(":ISBN", ":Language: de\n:ISBN"), tmp_path)
    front = bind.bind(made, Settings(), EDITIONS).spine[0].xhtml
    assert "Übersetzung: C. Three" in front
    assert "Herausgabe: D. Four, E. Five" in front
    assert "Reihe: The Almanac, 3.5" in front
    (tmp_path / "garden.rst").write_text(FIELDS + "\nMore.\n", encoding="utf-8")
    run = postpress("check", "garden.rst", folder=tmp_path)
    assert run.code == 0, run.out + run.err
    assert "0  differences between the source and the structure tree" in run.out
    assert "0  differences between the source and the ebook" in run.out
    assert "0  messages of EPUBCheck" in run.out


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("40615-7", "40615-8", "11: error RST172: '978-0-306-40615-8' is not an ISBN: its check digit"),
        ("3.5", "III", "10: error RST172: 'III' is not the number of a volume"),
        ("da Vinci\n:Tr", "da Vinci; Nobody\n:Tr", "5: error RST173: 3 names to file 2 authors under"),
        (":ISBN: 978-", ":Identifier: urn:isbn:977-", "11: error RST172: '977-0-306-40615-7' is not an ISBN"),
    ],
)
def test_what_is_wrong_has_its_line(old: str, new: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as refusal:
        chapter(FIELDS.replace(old, new), tmp_path)
    (fault,) = refusal.value.diagnostics
    assert f"{fault.where and fault.where.line}: error {fault.code}: {fault.message}".startswith(said)
    assert fault.hint


def test_settings_are_held_to_the_same(tmp_path: Path) -> None:
    (tmp_path / "postpress.toml").write_text('isbn = "1"\nseries_number = "III"\n[file_as]\n"A. One" = 3\n')
    with pytest.raises(SettingsError) as refusal:
        load(tmp_path)
    told = [(fault.code, fault.where and fault.where.line) for fault in refusal.value.diagnostics]
    assert told == [("SET006", 1), ("SET006", 2), ("SET003", 3)]


def test_a_chapter_has_its_own_translator_and_no_series(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text(FIELDS, encoding="utf-8")
    made, _ = read.read(tmp_path / "a.rst", Settings(editors=("Y. Two",), series="Others"), Place(tmp_path, "a"))
    assert made.metadata.contributors[0] == Contributor("C. Three", "trl")
    assert made.metadata.series == made.metadata.isbn == ""
    assert [block.text for block in made.body.blocks][:2] == ["Series", "The Almanac"], "it is text there"
    bare, _ = chapter("T\n=\n\nText.\n", tmp_path)
    (tmp_path / "b.rst").write_text("T\n=\n\nText.\n", encoding="utf-8")
    other, _ = read.read(tmp_path / "b.rst", Settings(editors=("Y. Two",)), Place(tmp_path, "b"))
    assert other.metadata.contributors == bare.metadata.contributors == ()
