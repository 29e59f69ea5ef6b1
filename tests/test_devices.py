"""The table of what e-readers and shops ask: silent on our own ebooks, and each rule that is broken is found."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from PIL import Image
from tinycss2.color3 import RGBA

from pipeline import style
from pipeline.check.epub import on_devices
from pipeline.check.epub.devices import RULES
from pipeline.check.epub.devices.style import contrast
from pipeline.editions import named
from pipeline.fetch import Shelf
from pipeline.write.epub import write
from tests import ebooks
from tests.tools import devices
from tests.vocabulary import ROOT

COVER = ebooks.picture(size=(700, 1050))
EBOOK = named("ebook")
Change = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """With the styles that ebooks have, a drawing and a photograph."""
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "oak.svg").write_text(ebooks.SVG)
    (folder / "leaf.jpg").write_bytes(ebooks.picture(size=(30, 20)))
    images = '<img src="oak.svg" alt="An oak"/><img src="leaf.jpg" alt="A leaf"/>'
    book = ebooks.book(ebooks.TITLEPAGE.replace("<h1", f"{images}<h1"))
    return write(book, style.sheet(EBOOK), Shelf({"source": folder}), COVER, dark=style.joined(EBOOK.dark))


def changed(data: bytes, changes: Mapping[str, Change]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in ebooks.parts(data).items():
            new = content
            if change := changes.get(name.removeprefix("EPUB/")):
                new = change(content)
                assert new != content, f"{name} is as it was"
            archive.writestr(name, new, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def add(text: str) -> Change:
    return lambda data: data + b"\n" + text.encode()


def swap(old: str, new: str) -> Change:
    return lambda data: data.replace(old.encode(), new.encode(), 1)


def picture(kind: str, mode: str = "RGB", size: tuple[int, int] = (9, 9), **options: object) -> Change:
    def drawn(_: bytes) -> bytes:
        out = io.BytesIO()
        Image.new(mode, size, None if mode == "RGBA" else 9).save(out, kind, **options)
        return out.getvalue()

    return drawn


def noise(_: bytes) -> bytes:
    """Something that no archive makes smaller."""
    return ebooks.picture(size=(9, 9)) + random.Random(1).randbytes(6 * 2**20)


def moving(_: bytes) -> bytes:
    return ebooks.picture("GIF", frames=2)


NIGHT = "@media all and (prefers-color-scheme: dark) {{ {} }}"
BROKEN: list[tuple[str, str, Change]] = [
    ("DVC101", "style.css", add("img { max-width: min(9em, 30%) }")),
    ("DVC101", "article.xhtml", swap("<ul>", '<ul style="width: calc(9em + 1%)">')),
    ("DVC102", "style.css", add("p { --room: 1em }")),
    ("DVC102", "style.css", add("p { margin-top: var(--room) }")),
    ("DVC103", "style.css", add("ul { display: flex }")),
    ("DVC103", "style.css", add("ul { grid-template: none }")),
    ("DVC104", "style.css", add("p:is(.a, .b) { margin: 0 }")),
    ("DVC104", "style.css", add("ul:has(p) { margin: 0 }")),
    ("DVC104", "style.css", add("ul { p { margin: 0 } }")),
    ("DVC105", "style.css", add(NIGHT.format("ul { margin: 0 }"))),
    ("DVC105", "dark.css", add("@media (min-width: 9em) { ul { margin: 0 } }")),
    ("DVC106", "style.css", add("@supports (hyphens: auto) { ul { margin: 0 } }")),
    ("DVC107", "style.css", add("/* a -- b */")),
    ("DVC108", "style.css", add("ul { margin: -1em 0 0 }")),
    ("DVC108", "style.css", add("ul { text-indent: -3em; padding-left: 2em }")),
    ("DVC109", "style.css", add("ul { margin: 0 3em }")),
    ("DVC109", "style.css", add("ul { margin-left: 2.5em }")),
    ("DVC110", "style.css", add("h1 { font-size: 20px }")),
    ("DVC110", "article.xhtml", swap("<ul>", '<ul style="width: 4cm">')),
    ("DVC111", "style.css", add("body { font-family: serif }")),
    ("DVC111", "style.css", add("h1, p { line-height: 1.5 }")),
    ("DVC112", "style.css", add("h1 { color: #333 }")),
    ("DVC112", "dark.css", add(NIGHT.format("h1 { color: #eee }"))),
    ("DVC112", "dark.css", add(NIGHT.format("h1 { color: #777; background-color: #333 }"))),
    ("DVC112", "dark.css", add(NIGHT.format("pre code { color: #999; background-color: #333 }"))),
    ("DVC113", "style.css", add("h1 { position: absolute }")),
    ("DVC114", "style.css", add("h1 { height: 50vh }")),
    ("DVC115", "style.css", add("@font-face { font-family: Oak; src: url(oak.ttf) }")),
    ("DVC116", "style.css", add("h1 { break-before: page }")),
    (
        "DVC201",
        "content.opf",
        swap('.jpg" id="image-2" media-type="image/jpeg"', '.jpg" id="image-2" media-type="image/webp"'),
    ),
    ("DVC202", "images/leaf.jpg", noise),
    ("DVC203", "images/leaf.jpg", picture("JPEG", size=(2100, 2000))),
    ("DVC204", "images/leaf.jpg", picture("JPEG", "CMYK")),
    ("DVC204", "images/leaf.jpg", picture("PNG", "I;16")),
    ("DVC204", "images/leaf.jpg", picture("JPEG", icc_profile=b"any")),
    ("DVC205", "images/leaf.jpg", picture("JPEG", exif=b"Exif\0\0here")),
    ("DVC206", "images/leaf.jpg", picture("PNG", "RGBA")),
    ("DVC207", "images/leaf.jpg", moving),
    ("DVC208", "images/cover.jpg", picture("JPEG", size=(400, 600))),
    ("DVC209", "images/oak.svg", swap("<path", '<path onclick="x()"')),
    ("DVC209", "images/oak.svg", swap("<path", "<script/><path")),
    ("DVC210", "images/oak.svg", swap("viewBox", "data-box")),
    ("DVC211", "images/oak.svg", swap("<svg", '<svg width="4000"')),
    ("DVC212", "images/oak.svg", swap("<rect", "<g/><rect")),
    ("DVC301", "article.xhtml", swap("<ul>", f"<p>{'oaks ' * 60_000}</p><ul>")),
    ("DVC302", "cover.xhtml", swap("<img", "<p/><img")),
    ("DVC302", "cover.xhtml", swap("</body>", "words</body>")),
    ("DVC303", "article.xhtml", swap("<ul>", '<ul onclick="x()">')),
    ("DVC304", "article.xhtml", swap("<ul>", '<ul data-line="9">')),
    ("DVC305", "article.xhtml", swap("<!DOCTYPE html>", '<!DOCTYPE html [<!ENTITY oak "Oak">]>')),
    ("DVC306", "article.xhtml", swap('id="mark"', 'id="märk"')),
    ("DVC307", "article.xhtml", swap("<ul>", f"<table><tr>{'<td>1</td>' * 5}</tr></table><ul>")),
    ("DVC308", "article.xhtml", swap("\ufeff", "\u2060")),
    ("DVC309", "article.xhtml", swap("elsewhere", "↩")),
    ("DVC401", "content.opf", swap("<dc:language>en-GB", "<dc:language>English")),
    ("DVC404", "content.opf", lambda data: data.replace(b"images/leaf.jpg", b"images/Leaf 1.jpg")),
    ("DVC405", "toc.ncx", lambda data: data.replace(b'playOrder="2"', b'playOrder="9"')),
    (
        "DVC406",
        "content.opf",
        swap('<meta name="cover" content="cover-image"/>', '<meta content="cover-image" name="cover"/>'),
    ),
]


def codes(data: bytes) -> list[str]:
    return [finding.code for finding in on_devices(data)]


def test_a_good_ebook_breaks_no_rule(whole: bytes) -> None:
    assert on_devices(whole) == ()


@pytest.mark.parametrize(
    ("code", "name", "change"), BROKEN, ids=[f"{code}-{n}" for n, (code, _, _) in enumerate(BROKEN)]
)
def test_a_broken_rule_is_found_and_nothing_else(whole: bytes, code: str, name: str, change: Change) -> None:
    data = changed(whole, {name: change})
    if code == "DVC404":
        data = renamed(data, "images/leaf.jpg", "images/Leaf 1.jpg")
    assert codes(data) == [code]


def renamed(data: bytes, old: str, new: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in ebooks.parts(data).items():
            archive.writestr(name.replace(old, new), content.replace(old.encode(), new.encode()))
    return out.getvalue()


@pytest.mark.parametrize(("count", "expected"), [(5, ["DVC403"]), (9, ["DVC402"])])
def test_a_heavy_book_is_found(whole: bytes, count: int, expected: list[str]) -> None:
    out = io.BytesIO(whole)
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(count):
            archive.writestr(f"EPUB/more-{number}.bin", random.Random(number).randbytes(6_000_000))
    assert codes(out.getvalue()) == expected


def test_every_rule_has_a_case_that_breaks_it() -> None:
    assert {code for code, _, _ in BROKEN} | {"DVC402", "DVC403"} == {rule.code for rule in RULES}


def test_a_finding_says_where_and_what_to_do(whole: bytes) -> None:
    (found,) = on_devices(changed(whole, {"style.css": add("\np {\n margin: 0 -1em\n}")}))
    lines = ebooks.parts(whole)["EPUB/style.css"].count(b"\n")
    assert str(found.where) == f"EPUB/style.css:{lines + 4}"
    assert found.hint


def test_contrast_is_as_wcag_counts_it() -> None:
    black, white, grey = (RGBA(value, value, value, 1.0) for value in (0.0, 1.0, 0x77 / 255))
    assert contrast(black, white) == contrast(white, black) == pytest.approx(21)
    assert contrast(grey, white) == pytest.approx(4.48, abs=0.01)


def test_the_table_in_the_docs_is_the_one_that_is_checked() -> None:
    assert (ROOT / "docs" / "devices.md").read_text(encoding="utf-8") == devices.page(), "make devices"


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("width: 40mm; height: 50%", "width: 9.45em; height: 50%"),
        ("width: 40Q; height: 10ch", "width: 2.36em; height: 5em"),
        ("width: 2rem", "width: 2em"),
        ("width: 25vw; height: 25vw", "width: 25%; height: 8.74em"),
        ("width: 25vh", "width: 12.4em"),
    ],
)
def test_lengths_of_the_source_grow_with_the_type(given: str, made: str, tmp_path: Path) -> None:
    (tmp_path / "oak.svg").write_text(ebooks.SVG)
    article = ebooks.ARTICLE.replace("<ul>", f'<p><img src="oak.svg" style="{given}" alt="x"/></p><ul>')
    text = ebooks.parts(ebooks.ebook(tmp_path, article=article))["EPUB/article.xhtml"].decode()
    assert f'style="{made}"' in text


def test_an_arrow_is_no_picture_and_in_a_formula_it_is_the_operator() -> None:
    formula = '<math xmlns="http://www.w3.org/1998/Math/MathML" alttext="a"><mo>↩</mo></math>'
    article = ebooks.ARTICLE.replace("<ul>", f"<p>Press ↩, or ↩\ufe0e.</p><p>{formula}</p><ul>")
    data = ebooks.ebook(article=article)
    text = ebooks.parts(data)["EPUB/article.xhtml"].decode()
    assert "Press ↩\ufe0e, or ↩\ufe0e." in text
    assert "<mo>↩</mo>" in text
    assert "DVC309" not in codes(data)
