"""A small book with one of everything, and ways to take its ebook apart and break it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec.structs import replace
from PIL import Image as Pillow

from pipeline.errors import Location
from pipeline.fetch import Shelf
from pipeline.model import Book, Image, Metadata, NavPoint, Section
from pipeline.write.epub import write

CSS = "p { margin: 0 0 0.5em }\nblockquote { margin: 1em 0 1em 1.5em }\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>Oak</title><path d="M0 0L9 9"/></svg>'
_NS = 'xmlns="http://www.w3.org/1999/xhtml"'
TITLEPAGE = f"""<section {_NS} id="titlepage" class="titlepage"><h1 data-line="1">Acorns &amp; oaks</h1>
<p class="byline">Ana Ñandú</p><div class="standfirst"><p data-line="3">How oaks grow.</p></div>
<figure class="described" data-line="5"><p class="label">Picture described</p><p>An acorn.</p>
<figcaption>Photo of an acorn</figcaption></figure></section>"""
ARTICLE = f"""<section {_NS} id="article" class="article"><p data-line="9">An <em>oak</em> <strong>grows</strong>,<br/>
slowly<span id="mark"></span>: see <a href="#about">below</a>, or <a href="https://example.org/">elsewhere</a>.</p>
<section id="roots"><h2 data-line="11">Roots</h2><blockquote data-line="13"><p>“Deep\u00a0– and co-\u2060op.”</p>
<p class="attribution"><cite>Denise</cite></p></blockquote><ul><li>one</li><li><p>two</p></li></ul></section>
<section id="leaves"><h2>Leaves</h2><pre>a  b
c</pre></section></section>"""
COLOPHON = f"""<section {_NS} id="colophon" class="colophon"><p>Photo credit: Canva</p>
<h2 id="about">About this edition</h2><p>The text as published.</p></section>"""


def book(titlepage: str = TITLEPAGE, article: str = ARTICLE, **metadata: str) -> Book:
    known = {
        "language": "en-GB",
        "date": "2025-03-27",
        "modified": "2025-03-28T10:00:00Z",
        "source_url": "https://example.org/post",
    }
    drawing = Image("oak.svg", "Drawing of an oak", Location(Path("acorns.rst"), 7))
    return Book(
        path=Path("a.rst"),
        metadata=Metadata(
            title="Acorns & oaks",
            authors=("Ana Ñandú", "Bo Li"),
            identifier="urn:uuid:5d3f2c3e-6f0a-5c56-8a50-0d6f2b1f9a11",
            subjects=("Trees", "Growth"),
            **{**known, **metadata},  # type: ignore[arg-type]
        ),
        spine=(
            Section("titlepage", "titlepage", "Title page", titlepage),
            Section("article", "article", "Article", article),
            Section("colophon", "colophon", "About this edition", COLOPHON),
        ),
        nav=(
            NavPoint("Title page", "titlepage"),
            NavPoint("Article", "article", (NavPoint("Roots", "article#roots"), NavPoint("Leaves", "article#leaves"))),
            NavPoint("About this edition", "colophon#about"),
        ),
        drawing=drawing,
        images=(drawing,),
        blocks=(),
        added=(),
    )


def book_titled(title: str) -> Book:
    plain = book()
    return replace(plain, metadata=replace(plain.metadata, title=title))


def picture(kind: str = "JPEG", size: tuple[int, int] = (14, 21), frames: int = 1) -> bytes:
    out = io.BytesIO()
    first, *rest = (Pillow.new("RGB", size, (250 - 99 * n, 246, 238)) for n in range(frames))
    first.save(out, kind, **({"save_all": True, "append_images": rest} if rest else {}))
    return out.getvalue()


def ebook(
    source: Path | None = None,
    css: str = CSS,
    *,
    titlepage: str = TITLEPAGE,
    article: str = ARTICLE,
    cover: bool = True,
) -> bytes:
    shelf = Shelf({"source": source} if source else {})
    return write(book(titlepage, article), css, shelf, picture() if cover else None)


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def broken(data: bytes, changes: Mapping[str, Callable[[str], str]]) -> bytes:
    """The ebook with the text of some entries changed; a change that changes nothing is a mistake in the test."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts(data).items():
            change = changes.get(name)
            if change:
                before, content = content, change(content.decode()).encode()
                assert content != before, name
            archive.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else None)
    return out.getvalue()
