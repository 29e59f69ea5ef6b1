"""The pages of the print edition in the ebook: each marked at its first word, in both finished files."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from lxml import etree
from msgspec import field
from msgspec.structs import replace

from pipeline import bind, build, matter
from pipeline.check.epub import check, epubcheck
from pipeline.crew import Crew
from pipeline.editions import EDITIONS, named
from pipeline.fetch import Shelf
from pipeline.model import PageStart
from pipeline.settings import Settings
from pipeline.write.epub import write
from pipeline.write.epub.pages import KINDS
from tests import ebooks
from tests.printed import differences, marks_of, pages_of
from tests.vocabulary import POST, post

BOOK = Path(__file__).parent / "book"
NS = 'xmlns="http://www.w3.org/1999/xhtml"'
LONG = " ".join(f"Sentence {number} of a paragraph that goes on, and on, over pages." for number in range(90))
MARK = re.compile(r'<(?:span|div) [^>]*role="doc-pagebreak" id="([^"]*)" [^>]*/>')


class Watched(Crew, frozen=True):
    """A crew that writes down what it is asked for."""

    asked: list[str] = field(default_factory=list)

    def run(self, function: Any, jobs: Sequence[Any], *, what: Any, **terms: Any) -> Any:
        self.asked.extend(what(job) for job in jobs)
        return Crew.run(self, function, jobs, what=what, **terms)


def built(source: Path, folder: Path) -> tuple[bytes, bytes]:
    done, failed = build.build(source, EDITIONS, folder, Settings(), Crew(1))
    assert failed == [], failed
    pdf, epub = (item.path.read_bytes() for item in done)
    return pdf, epub


def marks_in(epub: bytes) -> list[etree._Element]:
    """The marks of pages in the article."""
    with zipfile.ZipFile(io.BytesIO(epub)) as archive:
        article = etree.fromstring(archive.read("EPUB/article.xhtml"))
    return [element for element in article.iter() if element.get("role") == "doc-pagebreak"]


def opf(epub: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(epub)) as archive:
        return archive.read("EPUB/content.opf").decode()


@pytest.mark.parametrize("source", [POST, BOOK / "index.rst"], ids=["post", "book"])
def test_each_page_begins_with_the_word_behind_its_mark(source: Path, tmp_path: Path) -> None:
    pdf, epub = built(source, tmp_path)
    assert differences(pdf, epub, words=3) == []


def test_a_sign_that_no_font_has_moves_no_mark(tmp_path: Path) -> None:
    source = tmp_path / "odd.rst"
    source.write_text(post("") + "These words are odd: " + "\U0001bca0 " * 20 + "\n\n" + LONG + "\n")
    done, failed = build.build(source, EDITIONS, tmp_path, Settings(lenient=("characters",)), Crew(1))
    assert failed == [] and any(said.code.startswith("GLY") or said.hint for said in done[0].said)
    pdf, epub = (item.path.read_bytes() for item in done)
    assert differences(pdf, epub, words=3) == []


def test_labels_are_those_of_the_pages(tmp_path: Path) -> None:
    pdf, epub = built(BOOK / "index.rst", tmp_path)
    labels = [mark.label for mark in marks_of(epub)]
    assert labels == [page.label for page in pages_of(pdf)]
    assert labels[:3] == ["i", "ii", "iii"] and "1" in labels


def test_the_edition_whose_pages_they_are_is_named_as_it_names_itself(tmp_path: Path) -> None:
    pdf, epub = built(POST, tmp_path)
    (source,) = re.findall('<meta property="pageBreakSource">(.*?)</meta>', opf(epub))
    with pikepdf.open(io.BytesIO(pdf)) as file, file.open_metadata() as xmp:
        assert xmp["dc:identifier"] == source
    assert f">{source}</dc:identifier>" not in opf(epub)


@pytest.mark.parametrize(
    ("text", "around"),
    [
        (LONG, "p"),
        ("\n".join(f"* Item {n}: " + LONG[:200] for n in range(40)), "li"),
        (".. code:: python\n\n" + "\n".join(f"   indented_{n} = {n} or 'some more text'" for n in range(90)), "code"),
        (
            ".. list-table::\n   :header-rows: 1\n\n   * - Head\n     - Other\n"
            + "\n".join(f"   * - cell {n}\n     - {LONG[:90]}" for n in range(60)),
            "td",
        ),
        ("\n".join(f"term{n}\n   {LONG[:150]}\n" for n in range(30)), "dl"),
        ("\n".join(f"| line {n} of a poem" for n in range(80)), "div"),
        ("\n\n".join(f"Text {n} [#]_.\n\n.. [#] {LONG[:700]}" for n in range(12)), "p"),
    ],
    ids=["paragraph", "list", "code", "table", "definitions", "lines", "notes"],
)
def test_a_page_may_begin_within_anything(text: str, around: str, tmp_path: Path) -> None:
    source = tmp_path / "long.rst"
    source.write_text(post("") + "Before.\n\n" + text + "\n\nAfter.\n")
    pdf, epub = built(source, tmp_path / "build")
    assert len(list(pages_of(pdf))) > 3
    assert differences(pdf, epub, words=3) == []
    outer = (str(outer.tag) for mark in marks_in(epub) for outer in mark.iterancestors())
    assert any(tag.endswith(f"}}{around}") for tag in outer)


def test_a_picture_begins_a_page(tmp_path: Path) -> None:
    (tmp_path / "tall.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 200" width="100mm" height="200mm">'
        '<path d="M0 0L100 200" stroke="#000"/></svg>'
    )
    source = tmp_path / "seen.rst"
    source.write_text(post("") + "Before.\n\n" + ".. image:: tall.svg\n   :alt: A line\n\n" * 2 + "After.\n")
    pdf, epub = built(source, tmp_path / "build")
    assert [page.words[:1] for page in pages_of(pdf)][1:4] == [("Before.",), (), ("After.",)]
    assert differences(pdf, epub, words=3) == []
    (image,) = (mark.getnext() for mark in marks_in(epub) if mark.get("id") == "page-3")
    assert image is not None and str(image.tag).endswith("}img")


def test_without_a_list_of_pages_nothing_is_laid_out_for_it(tmp_path: Path) -> None:
    crew = Watched(1)
    done, failed = build.build(POST, [named("ebook")], tmp_path, Settings(page_list=False), crew)
    assert (failed, crew.asked) == ([], ["reading", "layout of the cover"])
    epub = done[0].path.read_bytes()
    assert list(marks_of(epub)) == []
    assert "pageBreakSource" not in opf(epub) and "pageNavigation" not in opf(epub)
    assert "pageBreakMarkers" not in opf(epub)


def test_an_ebook_without_its_pages_says_that_it_can_do_without(tmp_path: Path) -> None:
    source = tmp_path / "odd.rst"
    source.write_text(post("") + "A sign that no font has: \U0001bca0.\n")
    done, (failed,) = build.build(source, [named("ebook")], tmp_path, Settings(), Crew(1))
    assert done == []
    assert failed.diagnostics[-1].code == "EPB060"
    assert "page_list = false" in (failed.diagnostics[-1].hint or "")
    done, failures = build.build(source, [named("ebook")], tmp_path, Settings(page_list=False), Crew(1))
    assert [item.edition.name for item in done] == ["ebook"] and failures == []


def test_an_ebook_alone_has_the_same_pages_and_remembers_them(tmp_path: Path) -> None:
    _, both = built(BOOK / "index.rst", tmp_path / "both")
    crew = Watched(1)
    done, failed = build.build(BOOK / "index.rst", [named("ebook")], tmp_path / "alone", Settings(), crew)
    assert failed == [] and done[0].path.read_bytes() == both
    assert "layout of titlepage" in crew.asked
    crew.asked.clear()
    done[0].path.unlink()
    done, failed = build.build(BOOK / "index.rst", [named("ebook")], tmp_path / "alone", Settings(), crew)
    assert (failed, crew.asked) == ([], [])
    assert done[0].path.read_bytes() == both


def marked(article: str, *pages: tuple[str, int]) -> str:
    """An article with marks of pages, where each stands; they are counted from the title page's signs on."""
    empty, article = f"<section {NS}></section>", f"<section {NS}>{article}</section>"
    book = ebooks.book(titlepage=empty, article=article)
    found = bind.paginate(book, [PageStart(label, "titlepage", signs) for label, signs in pages], "urn:x")
    (text,) = (section.xhtml for section in found.spine if section.name == "article")
    return MARK.sub(r"[\1]", text.partition(">")[2].removesuffix("</section>"))


@pytest.mark.parametrize(
    ("article", "signs", "found"),
    [
        ("<p>One two</p>", 3, "<p>One [page-1]two</p>"),
        ("<p>One two</p>", 4, "<p>One t[page-1]wo</p>"),
        ("<p>One co-\u2060op</p>", 3, "<p>One [page-1]co-\u2060op</p>"),
        ("<p>One\u00a0co-\u2060op</p>", 6, "<p>One\u00a0co-\u2060[page-1]op</p>"),
        ("<p>One [U+0E00] two</p>", 4, "<p>One [U+0E00] [page-1]two</p>"),
        ("<p>One <em>two</em></p>", 3, "<p>One [page-1]<em>two</em></p>"),
        ("<p>One <em>two</em> six</p>", 6, "<p>One <em>two</em> [page-1]six</p>"),
        ('<p>One <a href="#x"><b>two</b></a></p>', 3, '<p>One [page-1]<a href="#x"><b>two</b></a></p>'),
        ('<p>One <a href="#x">two</a></p>', 4, '<p>One <a href="#x">t[page-1]wo</a></p>'),
        ("<p>One</p><h2>Two</h2>", 3, "<p>One</p>[page-1]<h2>Two</h2>"),
        ("<p>One</p> <p>Two</p>", 3, "<p>One</p> <p>[page-1]Two</p>"),
        ('<p>One</p><p><img src="a"/></p><p>Two</p>', 3, '<p>One</p><p>[page-1]<img src="a"/></p><p>Two</p>'),
        ('<p>One</p><p><img src="a"/></p><p>Two</p>', 4, '<p>One</p><p><img src="a"/></p><p>[page-1]Two</p>'),
        ("<p>One <math><mi>x</mi></math>.</p>", 4, "<p>One <math><mi>x</mi></math>[page-1].</p>"),
        (
            '<p>One</p><aside data-foot="a">Note</aside><p>Two</p>',
            3,
            '<p>One</p><aside data-foot="a">Note</aside><p>[page-1]Two</p>',
        ),
        ("<tr><td>One</td><td>Two</td></tr>", 3, "<tr><td>One</td><td>[page-1]Two</td></tr>"),
        ('<p id="page-1">One two</p>', 3, '<p id="page-1">One [page-1-2]two</p>'),
    ],
)
def test_a_mark_stands_before_its_word(article: str, signs: int, found: str) -> None:
    assert marked(article, ("1", signs)) == found


def test_marks_of_pages_without_text_stand_together() -> None:
    assert marked("<p>One two</p>", ("1", 0), ("2", 3), ("3", 3)) == "<p>[page-1]One [page-2][page-3]two</p>"


def test_the_printed_contents_are_marked_where_the_text_goes_on() -> None:
    book = ebooks.book()
    title, article, colophon = (replace(section, opens=True) for section in book.spine)
    contents = replace(article, name="contents", kind="contents", xhtml=f'<section {NS} id="contents">Two 2</section>')
    book = replace(book, spine=(title, contents, article, colophon))
    starts = [("i", "titlepage"), ("ii", "contents"), ("iii", "contents"), ("iv", "article"), ("1", "article")]
    pages = bind.paginate(book, [PageStart(label, name, 0) for label, name in starts], "urn:x").pages
    assert [(page.label, page.section) for page in pages] == [
        ("i", "titlepage"),
        *((label, "article") for label in ("ii", "iii", "iv", "1")),
    ]


@pytest.fixture(scope="module")
def listed() -> bytes:
    """An ebook with two pages in its article."""
    pages = [PageStart("1", "titlepage", 0), PageStart("2", "titlepage", 90), PageStart("3", "titlepage", 120)]
    return write(bind.paginate(ebooks.book(), pages, "urn:x-print:1"), ebooks.CSS, Shelf({}), ebooks.picture())


def swap(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, 1)


def test_a_list_of_pages_has_no_faults(listed: bytes) -> None:
    assert [mark.label for mark in marks_of(listed)] == ["1", "2", "3"]
    assert (check(listed), epubcheck(listed)) == ((), ())


@pytest.mark.parametrize(
    ("part", "change", "codes"),
    [
        ("article.xhtml", swap(' id="page-2"', ""), ["EPC010", *["EPC007"] * 3]),
        ("article.xhtml", swap('aria-label="2"', 'aria-label="9"'), ["EPC010"]),
        ("nav.xhtml", swap(">2</a>", ">3</a>"), ["EPC010", "EPC010", "EPC010"]),
        ("nav.xhtml", swap('<li><a href="article.xhtml#page-2">2</a></li>', ""), ["EPC010", "EPC010"]),
        (
            "nav.xhtml",
            lambda text: re.sub(r"(<li><a [^>]*page-2.*?</li>)(<li><a [^>]*page-3.*?</li>)", r"\2\1", text),
            ["EPC010", "EPC010"],
        ),
        ("toc.ncx", swap("article.xhtml#page-2", "article.xhtml#page-3"), ["EPC010"]),
        ("content.opf", swap("pageBreakSource", "source-of"), ["EPC010"]),
        ("content.opf", swap("urn:x-print:1", "urn:uuid:5d3f2c3e-6f0a-5c56-8a50-0d6f2b1f9a11"), ["EPC010"]),
        ("content.opf", swap("pageBreakMarkers", "ttsMarkup"), ["EPC007", "EPC007"]),
        ("nav.xhtml", swap('"page-list"', '"lot"'), [*["EPC010"] * 3, *["EPC007"] * 3]),
    ],
    ids=["no-id", "label", "twice", "missing", "order", "ncx", "source", "own", "claim", "no-list"],
)
def test_what_is_wrong_with_a_list_of_pages_is_found(
    listed: bytes, part: str, change: Callable[[str], str], codes: list[str]
) -> None:
    assert [finding.code for finding in check(ebooks.broken(listed, {f"EPUB/{part}": change}))] == codes


def test_ncx_and_spine_agree_on_the_order_of_everything(listed: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(listed)) as archive:
        ncx = etree.fromstring(archive.read("EPUB/toc.ncx"))
    order = {
        content.get("src", ""): int(point.get("playOrder", "0"))
        for point in ncx.iter("{*}navPoint", "{*}pageTarget")
        for content in point.findall("{*}content")
    }
    assert sorted(order.values()) == list(range(1, len(order) + 1))
    assert order["titlepage.xhtml"] < order["titlepage.xhtml#page-1"] < order["article.xhtml"]
    assert [meta.get("content") for meta in ncx.iter("{*}meta")][2:] == ["3", "3"]


def test_an_ebook_shows_every_kind_of_section_but_those_of_paper() -> None:
    assert {*matter.MADE.values(), *matter.WRITTEN.values()} - set(matter.ON_PAPER) <= set(KINDS)
    assert not set(matter.ON_PAPER) & set(KINDS)
