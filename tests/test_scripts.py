"""Other scripts: right fonts, direction, quotes and lines; passages in other languages; signs that no font has."""

from __future__ import annotations

import io
import re
import tomllib
import zipfile
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import pikepdf
import pytest
from fontTools.cffLib import CFFFontSet
from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont

from pipeline import balance, check, fonts, labels, legible, scripts, settings
from pipeline.check.epub import text_blocks
from pipeline.check.source import glyphs
from pipeline.editions import named
from pipeline.errors import Location
from pipeline.model import Block
from pipeline.reading import bound
from tests.vocabulary import ROOT, Run, post, postpress

SAMPLES = sorted((Path(__file__).parent / "scripts").glob("*.rst"))
FAMILIES = ("Source Serif 4", "Source Sans 3", "Source Code Pro")


@pytest.fixture(scope="module", params=SAMPLES, ids=lambda path: path.stem)
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Run]:
    folder = tmp_path_factory.mktemp("scripts")
    run = postpress("check", str(request.param), "--output", str(folder / "build"), folder=folder)
    return request.param.stem, Run(run.code, run.out, run.err, folder)


def test_a_text_in_any_script_breaks_no_rule(sample: tuple[str, Run]) -> None:
    name, run = sample
    assert (run.code, run.err) == (0, "")
    assert {f"{name}.pdf", f"{name}.epub"} <= set(run.built)
    pdf = (run.folder / "build" / f"{name}.pdf").read_bytes()
    assert check.pdf.claims(pdf)
    left = name in ("arabic", "hebrew", "persian")
    with pikepdf.open(io.BytesIO(pdf)) as file:
        assert (file.Root.ViewerPreferences.get("/Direction") == "/R2L") is left
        # The glyphs of a CFF font are called by their ids in the face that they are cut from, and so are drawn.
        for font in (font for page in file.pages for font in dict(page.obj.Resources.Font).values()):
            if "/FontFile3" in font.DescendantFonts[0].FontDescriptor:
                same_glyphs(font)
    package = (run.folder / "build" / f"{name}.epub").read_bytes()
    assert (b"page-progression-direction" in opf(package)) is left


def same_glyphs(font: pikepdf.Object) -> None:
    program, below = CFFFontSet(), font.DescendantFonts[0]
    program.decompile(io.BytesIO(below.FontDescriptor.FontFile3.read_bytes()), None)
    ours = program[0].CharStrings
    family = re.sub(r"-(Semi-)?Bold$", "", str(font.BaseFont).partition("+")[2]).replace("-", " ")
    bold = "Bold" in str(font.BaseFont)
    files = fonts._family(family).files
    (path,) = (file.path for file in files if (file.weight == 700) is bold or len(files) == 1)
    source = TTFont(path)
    theirs = source.getGlyphSet()
    codes = re.findall(rb"<([0-9a-f]{4})> <[0-9a-f]+>", font.ToUnicode.read_bytes().partition(b"endcodespacerange")[2])
    assert codes
    for code in (int(code, 16) for code in codes):
        drawn, meant = RecordingPen(), RecordingPen()
        ours[f"cid{code:05d}"].draw(drawn)
        theirs[source.getGlyphName(code)].draw(meant)
        assert drawn.value == meant.value


def opf(package: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return next(archive.read(name) for name in archive.namelist() if name.endswith(".opf"))


def test_a_passage_says_its_language_in_both_editions(tmp_path: Path) -> None:
    source = post(
        """\
        .. role:: fr(lang)

        .. role:: old(lang)
           :tag: grc-latn

        She said :fr:`le "mot" juste` and :old:`logos`, "so".

        .. lang:: ar

           شجرة
        """
    )
    (tmp_path / "a.rst").write_text(source)
    run = postpress("build", "a.rst", folder=tmp_path)
    assert (run.code, run.err) == (0, "")
    (text,) = [t for t in text_blocks((tmp_path / "build/a.epub").read_bytes()) if "She" in t]
    assert text.split() == ["She", "said", "le", "«", "mot", "»", "juste", "and", "logos,", "“so”."]
    xhtml = ebook(tmp_path / "build/a.epub", "article.xhtml")
    assert '<span dir="ltr" lang="fr" xml:lang="fr">' in xhtml
    assert '<span dir="ltr" lang="grc-Latn" xml:lang="grc-Latn">' in xhtml
    assert re.search(r'<div class="docutils container" dir="rtl" lang="ar" xml:lang="ar">\s*<p>شجرة', xhtml)
    with pikepdf.open(tmp_path / "build/a.pdf") as file:
        said = [str(item.Lang) for item in file.objects if isinstance(item, pikepdf.Dictionary) and "/Lang" in item]
    assert {"fr", "grc-Latn", "ar", "en"} <= set(said)


def ebook(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return next(archive.read(entry).decode() for entry in archive.namelist() if entry.endswith(name))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("See :lang:`x`.\n", "a.rst:8: error RST100: the role lang has no language"),
        (".. lang:: français\n\n   x\n", "a.rst:8: error RST100: 'français' is not a language tag"),
        (".. role:: nosuchlanguage(lang)\n\nSee :nosuchlanguage:`x`.\n", "a.rst:10: error RST100: 'nosuchlanguage'"),
    ],
)
def test_a_language_that_is_none_is_told_with_its_line(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text(post(text))
    run = postpress("build", "a.rst", folder=tmp_path)
    assert run.code == 3
    assert said in run.err


def test_a_character_that_no_font_has_is_refused_or_printed_as_its_number(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text(post("One \ue000 two\U000f0000.\n\nThree \ue000.\n"))
    strict = postpress("build", "a.rst", "--edition", "print", folder=tmp_path)
    assert strict.code == 3
    assert strict.err.count("FONT002") == 2
    assert "a.rst:8: error FONT002: no font has \ue000 (U+E000" in strict.err
    lenient = postpress("check", "a.rst", "--lenient", folder=tmp_path)
    assert lenient.code == 0, lenient.err
    assert "warning FONT002" in lenient.err + lenient.out
    pages = check.pdf.text((tmp_path / "build/a.pdf").read_bytes())
    assert "One [U+E000] two[U+F0000]." in pages
    assert "Three [U+E000]." in pages
    assert any("One \ue000 two" in text for text in text_blocks((tmp_path / "build/a.epub").read_bytes()))


def test_what_was_tolerated_is_told_when_it_is_no_longer(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text(post("One \ue000 two.\n"))
    codes = [postpress("build", "a.rst", *how, folder=tmp_path).code for how in (("--lenient",), (), ("--lenient",))]
    assert codes == [0, 3, 0]


def test_a_cover_has_the_families_of_its_authors(tmp_path: Path) -> None:
    text = "=====\nTitle\n=====\n\nA subtitle\n==========\n\n:Author: 李明\n:Date: 2026-01-02\n\nText.\n"
    (tmp_path / "a.rst").write_text(text)
    book = bound(tmp_path / "a.rst", settings.Settings()).book
    _, edition = legible.cover(book, named("ebook"), settings.Settings())
    assert set(edition.fonts) - set(named("ebook").fonts)


@pytest.mark.parametrize(
    ("sign", "languages", "package"),
    [
        ("木", ("ja",), "pylopdf-fonts-jp"),
        ("木", ("en", "zh-Hant"), "pylopdf-fonts-zh-tw"),
        ("木", ("zh-CN",), "pylopdf-fonts-zh-cn"),
        ("나", ("ko",), "pylopdf-fonts-ko"),
        ("「", ("ja",), "pylopdf-fonts-jp"),
        ("ب", ("en",), "fontpkg-amiri"),
        ("ש", ("en",), "pylopdf-fonts-he"),
        ("😀", ("en",), "manimgx-fonts"),
    ],
)
def test_the_package_is_named_that_would_draw_a_character(
    sign: str, languages: tuple[str, ...], package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not glyphs([Block(sign, "paragraph", Location(Path("a.rst"), 1))], (), drawn_by(sign, languages), languages)

    def absent(name: str) -> ModuleSpec | None:
        return None if name.replace("_", "-") in scripts.PACKAGES and name != "ziamath" else find_spec(name)

    monkeypatch.setattr(fonts, "find_spec", absent)
    block = Block(sign, "paragraph", Location(Path("a.rst"), 1))
    (fault,) = glyphs([block], (), (*FAMILIES, *fonts.needed(sign, FAMILIES, languages)), languages)
    assert fault.hint == f"pip install {package}"


def drawn_by(sign: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    return (*FAMILIES, *fonts.needed(sign, FAMILIES, languages))


def test_a_language_has_its_own_forms_of_the_same_signs() -> None:
    assert fonts.needed("直", FAMILIES, ("ja",)) == ("Noto Serif JP", "Noto Sans JP")
    assert fonts.needed("直", FAMILIES, ("en", "zh-Hans")) == ("Noto Serif SC", "Noto Sans SC")
    assert fonts.needed("⨁", FAMILIES, ("ja",)) == ("STIX Two Math",)
    assert fonts.needed("é–“”", FAMILIES, ("en",)) == ()


@pytest.mark.parametrize(
    ("tag", "towards"),
    [
        ("ar", "rtl"),
        ("fa-IR", "rtl"),
        ("he", "rtl"),
        ("ar-Latn", "ltr"),
        ("az-Arab", "rtl"),
        ("en", "ltr"),
        ("ja", "ltr"),
    ],
)
def test_direction_is_that_of_script_and_language(tag: str, towards: str) -> None:
    assert scripts.direction(tag) == towards


def test_labels_are_in_the_language_of_the_text_and_settings_win(tmp_path: Path) -> None:
    files = list((ROOT / "pipeline" / "labels").glob("*.toml"))
    assert len(files) >= 15
    for path in files:
        table = tomllib.loads(path.read_text())
        assert set(table) == set(labels.ENGLISH), path
        for name, words in table.items():
            assert set(re.findall(r"{\w+}", words)) <= set(re.findall(r"{\w+}", labels.ENGLISH[name])), (path, name)
        assert "{fonts}" in table["typefaces"]
        assert labels.in_language(path.stem)["contents"] == table["contents"]
    (tmp_path / "postpress.toml").write_text('[labels]\ncontents = "Was darin steht"\n')
    given = settings.load(tmp_path)
    german = given.in_language("de-AT")
    assert german.labels["contents"] == "Was darin steht"
    assert german.labels["preface"] == "Vorwort"
    assert german.in_language("zh-TW").labels["preface"] == "前言"
    assert german.in_language("tlh").labels["preface"] == "Preface"


def test_titles_without_spaces_are_parted_and_balanced() -> None:
    title = "春の朝に庭の木の名前をおぼえる、という話"
    assert "".join(scripts.pieces(title)) == title
    first, second = balance.lines(scripts.pieces(title), 2)
    assert first + second == title
    assert abs(len(first) - len(second)) <= 2
    assert not second.startswith("、")
    assert scripts.pieces("two  words") == ["two ", "words"]


def test_a_long_paragraph_without_spaces_is_set(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text(
        post(":Language: ja\n\n" + "庭の木の名前をおぼえる。" * 600 + "\n").replace("\n\n:L", "\n:L", 1)
    )
    run = postpress("build", "a.rst", "--edition", "print", folder=tmp_path)
    assert (run.code, run.err) == (0, "")
    text = "".join(check.pdf.text((tmp_path / "build/a.pdf").read_bytes()).split())
    assert text.count("庭の木の名前をおぼえる。") > 550  # but for those that a page parts
