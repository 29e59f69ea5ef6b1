"""The ebook as a reader, a shop and a second build meet it."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import quote

import fontpkg
import pytest
from ebooklib import epub
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from lxml import etree
from msgspec.structs import replace

from pipeline import cover
from pipeline.claims import Contents, proven
from pipeline.errors import RenderError
from pipeline.fetch import Shelf
from pipeline.labels import ENGLISH
from pipeline.write.epub import write
from tests import ebooks

NS = {
    "h": "http://www.w3.org/1999/xhtml",
    "o": "http://www.idpf.org/2007/opf",
    "dc": "http://purl.org/dc/elements/1.1/",
    "n": "http://www.daisy.org/z3986/2005/ncx/",
    "epub": "http://www.idpf.org/2007/ops",
}
ROOT = Path(__file__).parents[1]


def part(data: bytes, name: str) -> etree._Element:
    return etree.fromstring(ebooks.parts(data)[f"EPUB/{name}"])


def found(root: etree._Element, path: str) -> list[str]:
    values = root.xpath(path, namespaces=NS)
    assert isinstance(values, list)
    return [str(value) for value in values]


def claims(data: bytes) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    for meta in part(data, "content.opf").iter("{*}meta"):
        vocabulary, _, name = meta.get("property", "").partition(":")
        if vocabulary == "schema":
            said.setdefault(name, []).append(meta.text or "")
    return said


def test_text_arrives_codepoint_for_codepoint_but_for_the_joiner_that_old_readers_draw() -> None:
    arrived = part(ebooks.ebook(), "article.xhtml").find("{*}body")
    assert arrived is not None
    assert "\u2060" in ebooks.ARTICLE
    given = etree.fromstring(ebooks.ARTICLE.replace("\u2060", "\ufeff"))
    assert found(arrived, ".//text()") == found(given, ".//text()")


def test_documents_survive_an_html_parser() -> None:
    article = ebooks.parts(ebooks.ebook())["EPUB/article.xhtml"].decode()
    assert '<span id="mark"></span>' in article
    assert "<br/>" in article
    assert "data-line" not in article


def test_a_link_to_another_section_leads_to_its_file() -> None:
    assert found(part(ebooks.ebook(), "article.xhtml"), "//h:a/@href")[0] == "colophon.xhtml#about"


def test_parts_say_what_they_are() -> None:
    data = ebooks.ebook()
    titlepage, colophon = part(data, "titlepage.xhtml"), part(data, "colophon.xhtml")
    assert found(titlepage, "//h:body/@epub:type | //h:section/@epub:type") == ["frontmatter", "titlepage"]
    assert found(titlepage, "//h:div[@class='standfirst']/@role") == ["doc-abstract"]
    assert found(colophon, "//h:body/@epub:type | //h:section/@epub:type") == ["backmatter", "colophon"]
    assert found(colophon, "//h:section/@role") == ["doc-colophon"]
    assert found(part(data, "article.xhtml"), "/h:html/@lang | /h:html/@xml:lang") == ["en-GB", "en-GB"]


def test_each_file_is_announced_as_a_part_of_the_work() -> None:
    data = ebooks.ebook()
    names = [name.removeprefix("EPUB/") for name in ebooks.parts(data) if name.endswith(".xhtml")]
    assert {name: found(part(data, name), "//h:head/h:title/text()")[0] for name in names} == {
        "cover.xhtml": "Cover: Acorns & oaks",
        "titlepage.xhtml": "Acorns & oaks",
        "article.xhtml": "Acorns & oaks: Article",
        "colophon.xhtml": "Acorns & oaks: About this edition",
        "nav.xhtml": "Acorns & oaks: Contents",
    }


def test_contents_do_not_interrupt_the_reading() -> None:
    """Some readers show what is not linear all the same: it comes last."""
    opf = part(ebooks.ebook(), "content.opf")
    spine = ["cover", "text-titlepage", "text-article", "text-colophon", "nav"]
    assert found(opf, "//o:itemref/@idref") == spine
    assert found(opf, "//o:itemref[@linear='no']/@idref") == ["nav"]


def test_old_readers_have_a_guide() -> None:
    opf = part(ebooks.ebook(), "content.opf")
    assert found(opf, "//o:guide/o:reference/@type") == ["cover", "toc", "text"]
    assert found(opf, "//o:guide/o:reference/@href") == ["cover.xhtml", "nav.xhtml", "article.xhtml"]
    assert found(opf, "//o:guide/o:reference/@title") == ["Cover", "Contents", "Article"]


def test_package_says_what_is_known_and_nothing_else() -> None:
    opf = part(ebooks.ebook(), "content.opf")
    assert found(opf, "//dc:*/text()") == [
        "urn:uuid:5d3f2c3e-6f0a-5c56-8a50-0d6f2b1f9a11",
        "Acorns & oaks",
        "en-GB",
        "Ana Ñandú",
        "Bo Li",
        "2025-03-27",
        "https://example.org/post",
        "Trees",
        "Growth",
    ]
    assert found(opf, "//o:meta[@property='role']/@refines") == ["#creator-1", "#creator-2"]
    assert found(opf, "//o:meta[@property='dcterms:modified']/text()") == ["2025-03-28T10:00:00Z"]
    assert found(opf, "/o:package/@xml:lang") == ["en-GB"]
    raw = ebooks.parts(ebooks.ebook())["EPUB/content.opf"]
    assert b'<meta name="cover" content="cover-image"/>' in raw
    assert b"prefix=" not in raw
    assert b"xmlns:opf" not in raw


def test_contents_landmarks_and_ncx_agree() -> None:
    data = ebooks.ebook()
    nav, ncx = part(data, "nav.xhtml"), part(data, "toc.ncx")
    lines = ["titlepage.xhtml", "article.xhtml", "article.xhtml#roots", "article.xhtml#leaves", "colophon.xhtml#about"]
    assert found(nav, "//h:nav[@epub:type='toc']//h:a/@href") == lines
    assert found(ncx, "//n:content/@src") == lines
    assert found(ncx, "//n:navPoint/@playOrder") == ["1", "2", "3", "4", "5"]
    assert found(ncx, "//n:meta[@name='dtb:depth']/@content") == ["2"]
    marks = found(nav, "//h:nav[@hidden]//h:a/@epub:type")
    assert marks == ["cover", "toc", "titlepage", "bodymatter", "colophon"]


def test_cover_stands_alone_and_is_named() -> None:
    page = part(ebooks.ebook(), "cover.xhtml")
    assert found(page, "//h:body/*/@alt") == ["Cover: Acorns & oaks, by Ana Ñandú and Bo Li. Drawing of an oak."]
    assert found(part(ebooks.ebook(cover=False), "content.opf"), "//o:item[contains(@href, 'cover')]") == []
    french = {**ENGLISH, "cover": "Couverture", "by": "par", "and": "et"}
    data = write(ebooks.book(), ebooks.CSS, Shelf({}), ebooks.picture(), french)
    said = "Couverture: Acorns & oaks, par Ana Ñandú et Bo Li. Drawing of an oak."
    assert found(part(data, "cover.xhtml"), "//h:img/@alt") == [said]


def test_claims_follow_from_the_contents(tmp_path: Path) -> None:
    plain = claims(ebooks.ebook(cover=False))
    assert plain["accessMode"] == ["textual"]
    covered = claims(ebooks.ebook())
    assert covered["accessMode"] == ["textual", "visual"]
    assert covered["accessibilityHazard"] == ["none"]
    # A cover and a described image are no promise of alternative texts.
    features = ["tableOfContents", "structuralNavigation", "readingOrder", "displayTransformability", "unlocked"]
    assert covered["accessibilityFeature"] == features
    assert covered["accessibilitySummary"] == [
        "Text with headings and a table of contents."
        " One picture is not reproduced; its description stands in the text."
        " The only picture shown is the cover, which has alternative text."
        " Nothing flashes, moves or makes a sound."
        " Conformance to an accessibility standard has not been certified."
    ]
    (tmp_path / "oak.svg").write_text(ebooks.SVG)
    drawn = ebooks.TITLEPAGE.replace("<h1", '<img src="oak.svg" alt="An oak"/><h1')
    assert "alternativeText" in claims(ebooks.ebook(tmp_path, titlepage=drawn))["accessibilityFeature"]


@pytest.mark.parametrize(
    ("alts", "figures", "cover", "said"),
    [
        ((), 2, False, "Two pictures are not reproduced; their descriptions stand in the text."),
        (("",), 0, False, "The only picture has no alternative text."),
        (("", 'alt="An oak"'), 0, False, "Not every picture has alternative text."),
        ((), 11, False, "11 pictures are not reproduced; their descriptions stand in the text."),
        (('alt="An oak"',), 0, False, "The only picture has alternative text."),
        (('alt=""',), 0, False, "The only picture is marked as decorative."),
        (('alt="An oak"',), 0, True, "Every picture has alternative text."),
        (('alt="An oak"', 'alt=""'), 0, False, "Every picture has alternative text or is marked as decorative."),
    ],
)
def test_the_summary_counts_as_people_do(
    tmp_path: Path, alts: tuple[str, ...], figures: int, cover: bool, said: str
) -> None:
    (tmp_path / "oak.svg").write_text(ebooks.SVG)
    shown = "".join(f'<img src="oak.svg" {alt}/>' for alt in alts)
    described = "<figure class='described'><p>An acorn.</p></figure>" * figures
    titlepage = f"<section id='titlepage'><h1>Oaks</h1>{shown}{described}</section>"
    (summary,) = claims(ebooks.ebook(tmp_path, titlepage=titlepage, cover=cover))["accessibilitySummary"]
    sentences = f"Text with headings and a table of contents. {said} Nothing flashes, moves or makes a sound."
    assert summary == f"{sentences} Conformance to an accessibility standard has not been certified."


@pytest.mark.parametrize(("language", "said"), [("en-GB", []), ("EN", []), ("fr", ["en"])])
def test_the_summary_says_its_own_language(language: str, said: list[str]) -> None:
    opf = part(write(ebooks.book(language=language), ebooks.CSS, Shelf({}), None), "content.opf")
    assert found(opf, "//o:meta[@property='schema:accessibilitySummary']/@xml:lang") == said


@pytest.mark.parametrize(
    ("css", "lost"),
    [
        ("p { font-size: 12pt }", "displayTransformability"),
        ("@media all { p { color: red !important } }", "displayTransformability"),
        ("h1 { position: absolute }", "readingOrder"),
        ("p { display: flex; flex-direction: column-reverse }", "readingOrder"),
    ],
)
def test_a_style_can_lose_a_claim(css: str, lost: str) -> None:
    assert lost not in claims(ebooks.ebook(css=css))["accessibilityFeature"]


@pytest.mark.parametrize("kind", ["GIF", "PNG"])
def test_a_moving_picture_makes_the_hazard_unknown(kind: str) -> None:
    page = etree.fromstring("<html/>")
    for frames, hazard in ((1, "none"), (2, "unknown")):
        shown = ((f"image/{kind.lower()}", ebooks.picture(kind, (8, 8), frames)),)
        proofs = proven(Contents(documents=(), cover=None, nav=page, css="", images=shown))
        assert ("accessibilityHazard", hazard) in proofs


def test_a_moving_style_makes_the_hazard_unknown() -> None:
    data = ebooks.ebook(css="@keyframes a { to { opacity: 0 } } p { animation: a 1s }")
    assert claims(data)["accessibilityHazard"] == ["unknown"]
    assert "moves" not in claims(data)["accessibilitySummary"][0]


def test_pictures_get_plain_names_of_their_own(tmp_path: Path) -> None:
    names = ("Été 1.png", "ete-1.png", "ete 1.PNG", "cover.png", "50% #2?.png", "a%20b.png", "芽.png")
    for name in names:
        (tmp_path / name).write_bytes(ebooks.picture("PNG"))
    images = "".join(f'<p><img src="{quote(name)}" alt="x"/></p>' for name in names)
    data = ebooks.ebook(tmp_path, article=ebooks.ARTICLE.replace("<h2>Leaves", images + "<h2>Leaves"))
    sources = found(part(data, "article.xhtml"), "//h:img/@src")
    plain = ["ete-1", "ete-1-2", "ete-1-3", "cover-2", "50-2", "a-20b", "picture"]
    assert sources == [f"images/{name}.png" for name in plain]
    assert {f"EPUB/{name}" for name in sources} < set(ebooks.parts(data))


def test_all_unreadable_pictures_are_named_at_once(tmp_path: Path) -> None:
    names = ("../a.png", "b.png", "c.bmp", "d.png")
    images = f"<p>{''.join(f'<img src={name!r} alt={name!r}/>' for name in names)}</p><h2>Leaves"
    (tmp_path / "c.bmp").write_bytes(b"BM")
    (tmp_path / "d.png").write_bytes(ebooks.picture("PNG")[:60])
    with pytest.raises(RenderError) as refusal:
        ebooks.ebook(tmp_path, article=ebooks.ARTICLE.replace("<h2>Leaves", images))
    assert [d.code for d in refusal.value.diagnostics] == ["EPB002", "EPB002", "EPB003", "EPB003"]
    assert all(name in d.message for name, d in zip(names, refusal.value.diagnostics, strict=True))
    assert all(d.hint for d in refusal.value.diagnostics)


@pytest.mark.parametrize("missing", [{"language": ""}, {"date": "a\0b"}])
def test_metadata_that_cannot_be_written_is_refused(missing: dict[str, str]) -> None:
    with pytest.raises(RenderError):
        write(ebooks.book(**missing), ebooks.CSS, Shelf({}), None)


def test_archive_carries_no_time_and_begins_with_its_type() -> None:
    data = ebooks.ebook()
    assert data[30:58] == b"mimetypeapplication/epub+zip"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert all(not entry.extra for entry in archive.infolist())


def test_same_bytes_in_another_time_zone_and_hash_seed() -> None:
    script = "import hashlib; from tests import ebooks; print(hashlib.sha256(ebooks.ebook()).hexdigest())"
    expected = hashlib.sha256(ebooks.ebook()).hexdigest()
    for zone, seed in (("Pacific/Auckland", "1"), ("America/Lima", "2")):
        settings = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "LC_ALL": "C"}
        run = subprocess.run([sys.executable, "-c", script], env=settings, capture_output=True, text=True, check=True)
        assert run.stdout.strip() == expected


def test_engine_is_loaded_only_to_write() -> None:
    script = "import sys, pipeline.write.epub, pipeline.check.epub, pipeline.cover; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"ebooklib", "lxml", "PIL", "pypdfium2", "tinycss2"} & set(run.stdout.split())


def test_engine_still_needs_its_corrections() -> None:
    """When one of these fails, a correction in write/epub/archive.py can go."""
    book = epub.EpubBook()
    assert "generator" in str(book.metadata)
    assert book.uid != epub.EpubBook().uid
    book.set_title("Oaks")
    book.set_language("en-GB")
    book.add_metadata("DC", "description", "a\0b")
    book.add_item(epub.EpubItem("a", "a b.txt", "text/plain", b"a"))
    out = io.BytesIO()
    writer = epub.EpubWriter(out, book)
    writer.write()
    opf = ebooks.parts(out.getvalue())["EPUB/content.opf"]
    assert b"xml:lang" not in opf
    assert b"<dc:description/>" in opf
    assert b'prefix="rendition:' in opf
    assert b"xmlns:opf=" in opf
    with zipfile.ZipFile(out) as archive:
        assert archive.infolist()[0].date_time[0] > 1980
    with pytest.warns(UserWarning, match="exceptions"):
        assert epub.write_epub("/nowhere/at/all.epub", book) is False


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("How co-production training nurtures potential", ["How co-production", "training nurtures", "potential"]),
        ("Emma", ["Emma"]),
        ("Pride and Prejudice", ["Pride and", "Prejudice"]),
    ],
)
def test_cover_sets_the_title_in_balanced_lines(title: str, lines: list[str]) -> None:
    page = etree.fromstring(cover.page(ebooks.book_titled(title)))
    assert found(page, "//h:h1/h:span/text()") == lines


def test_cover_sets_no_line_broader_than_its_measure() -> None:
    (file,) = (file for file in fontpkg.family("Source Serif 4").files if file.style == "normal")
    with TTFont(file.path) as font:
        bold = instantiateVariableFont(font, {"opsz": 20, "wght": 700})
        letters, widths, em = bold.getBestCmap(), bold["hmtx"], bold["head"].unitsPerEm
    for title in (
        "WWWWWWWW MMMMMMMM",
        "Donaudampfschifffahrtsgesellschaft",
        'The “Öl” & 100% of "it"?',
        "A vindication " * 9,
    ):
        heading = etree.fromstring(cover.page(ebooks.book_titled(title))).find(".//{*}h1")
        assert heading is not None
        size_pt = float(heading.get("style", "").removeprefix("font-size: ").removesuffix("pt"))
        lines = found(heading, "h:span/text()")
        assert all(size_pt * sum(widths[letters[ord(c)]][0] for c in line) / em <= 348.5 for line in lines), lines
        assert len(lines) * size_pt * 1.12 <= 268.5


def test_cover_finds_a_drawing_whatever_its_name(tmp_path: Path) -> None:
    file = tmp_path / "50% #1 oak?.svg"
    file.touch()
    book = ebooks.book()
    assert book.drawing is not None
    page = etree.fromstring(cover.page(replace(book, drawing=replace(book.drawing, src=file.name))))
    (src,) = found(page, "//h:img/@src")
    assert Shelf({"source": tmp_path}).path(f"book:///source/{src}") == file.resolve()
