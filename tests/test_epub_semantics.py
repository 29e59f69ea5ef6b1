"""What the parts of an ebook are, as e-readers and screen readers are told; and notes, which lead back."""

from __future__ import annotations

import pytest
from lxml import etree

from pipeline.check.epub import check, epubcheck, text_blocks
from pipeline.fetch import Shelf
from pipeline.write.epub import write
from tests import ebooks
from tests.test_epub_write import found, part

NS = 'xmlns="http://www.w3.org/1999/xhtml"'


def written(inside: str) -> tuple[bytes, etree._Element]:
    """An ebook with this in its article, and the article."""
    article = (
        f'<section {NS} id="article" class="article">{inside}<h2 id="roots">R</h2><h2 id="leaves">L</h2></section>'
    )
    data = write(ebooks.book(article=article), ebooks.CSS, Shelf({}), None)
    return data, part(data, "article.xhtml")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("<blockquote class='epigraph'><p>a</p></blockquote>", "blockquote epigraph doc-epigraph"),
        ("<blockquote class='pull-quote'><p>a</p></blockquote>", "blockquote pullquote doc-pullquote"),
        ("<div class='credits'><p>a</p></div>", "div credits doc-credits"),
        ("<aside class='topic dedication'><p>a</p></aside>", "aside dedication doc-dedication"),
        ("<aside class='admonition tip'><p>a</p></aside>", "aside tip doc-tip"),
        ("<aside class='admonition warning'><p>a</p></aside>", "div notice doc-notice"),
        ("<aside class='admonition note'><p>a</p></aside>", "aside None note"),
        ("<nav class='contents'><p>a</p></nav>", "nav None doc-toc"),
        ("<dl class='glossary'><dt>a</dt><dd>b</dd></dl>", "dl glossary None"),
        # Roles that ARIA in HTML does not let these have.
        ("<ul class='epigraph'><li>a</li></ul>", "ul epigraph None"),
        ("<aside class='topic epigraph'><p>a</p></aside>", "aside epigraph None"),
        ("<p class='warning'>a</p>", "p None None"),
    ],
)
def test_a_part_says_what_it_is(given: str, said: str) -> None:
    _, article = written(given)
    element = article[1][0][0]
    told = (etree.QName(element).localname, element.get("{http://www.idpf.org/2007/ops}type"), element.get("role"))
    assert " ".join(map(str, told)) == said


def test_epubcheck_lets_all_of_it_stand() -> None:
    panels = "".join(
        f"<aside class='admonition {kind}'><p class='admonition-title'>A</p><p>b</p></aside>"
        for kind in ("attention", "caution", "danger", "error", "hint", "important", "note", "tip", "warning", "own")
    )
    quotes = "".join(f"<blockquote class='{kind}'><p>a</p></blockquote>" for kind in ("epigraph", "pull-quote"))
    glossary = "<dl class='glossary'><dt>a</dt><dd>b</dd></dl>"
    sources = (
        "<p>a <a id='c' href='#s' role='doc-noteref'>[A]</a></p><section id='all'><h2>Sources</h2><div class='notes'>"
        "<aside class='footnote citation' id='s' role='doc-footnote'><p>b</p></aside></div></section>"
    )
    data, article = written(panels + quotes + glossary + sources)
    assert found(article, "//h:section[@id='all']/@role") == ["doc-bibliography"]
    assert epubcheck(data) == ()
    assert check(data) == ()


def test_a_panel_is_listed_by_its_title() -> None:
    _, article = written("<aside class='topic'><p class='topic-title'>On <em>oaks</em></p><p>a</p></aside>")
    assert found(article, "//h:aside/@aria-label") == ["On oaks"]


def test_a_title_and_its_subtitle_are_one() -> None:
    subtitled = ebooks.TITLEPAGE.replace("</h1>", '</h1><p class="subtitle" role="doc-subtitle">A guide</p>')
    data = write(ebooks.book(subtitled), ebooks.CSS, Shelf({}), None)
    titlepage = part(data, "titlepage.xhtml")
    assert found(titlepage, "//h:hgroup/*/@epub:type | //h:hgroup/h:h1/text()") == ["Acorns & oaks", "subtitle"]
    assert found(titlepage, "//h:hgroup/following-sibling::*[1]/@class") == ["byline"]
    assert epubcheck(data) == ()


def test_a_part_that_can_be_listed_has_a_name() -> None:
    colophon = part(ebooks.ebook(), "colophon.xhtml")
    assert found(colophon, "//h:section/@aria-labelledby") == found(colophon, "//h:h2/@id") == ["about"]


def test_heads_of_tables_say_what_they_are_heads_of() -> None:
    rows = "<thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><th>c</th><td>d</td></tr></tbody>"
    _, article = written(f"<table>{rows}</table>")
    assert found(article, "//h:th/@scope") == ["col", "col", "row"]


NOTES = """<p>One<a class="noteref" id="r1" href="#n1" role="doc-noteref">1</a>, two<a class="noteref" id="r2"
 href="#n2" role="doc-noteref">2</a>, two again<a class="noteref" id="r3" href="#n2" role="doc-noteref">2</a>.</p>
<div class="notes"><aside class="footnote" id="n1" role="doc-footnote"><span class="note-mark"><a href="#r1"
 role="doc-backlink">1</a></span> <p>First, <em>so</em></p></aside><aside class="footnote" id="n2" role="doc-footnote"
><span class="note-mark"><a href="#r2" role="doc-backlink">2</a></span> <p>Second</p><ul><li>a</li></ul></aside>
<aside class="footnote" id="n3" role="doc-footnote"><span class="note-mark">3</span> <p>Third</p></aside></div>"""


def test_a_head_that_says_nothing_is_a_plain_cell() -> None:
    row = '<tr><th><p> </p></th><th>a</th><th><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/></th></tr>'
    _, article = written(f"<table><thead>{row}</thead></table>")
    assert [etree.QName(cell).localname for cell in article.iterfind(".//{*}tr/*")] == ["td", "th", "th"]


def test_a_note_leads_back_to_every_call_of_it() -> None:
    data, article = written(NOTES)
    assert found(article, "//h:a[@epub:type='noteref']/@href") == ["#n1", "#n2", "#n2"]
    assert found(article, "//h:aside/@epub:type") == ["footnote"] * 3
    back = {
        note: found(article, f"//h:aside[@id='{note}']//h:a[@epub:type='backlink']/@href")
        for note in ("n1", "n2", "n3")
    }
    assert back == {"n1": ["#r1"], "n2": ["#r2", "#r3"], "n3": []}
    labels = found(article, "//h:a[@epub:type='backlink']/@aria-label")
    assert labels == ["Back to the text", "Back to the text, 1", "Back to the text, 2"]
    assert found(article, "//h:aside[@id='n1']//h:a[@epub:type='backlink']/text()") == ["↩\ufe0e"]
    assert epubcheck(data) == ()


def test_the_signs_that_lead_back_are_no_text() -> None:
    data, _ = written(NOTES)
    shown = " | ".join(text_blocks(data))
    assert "1 | First, so | 2 | Second | a | 3 | Third" in " ".join(shown.split())
    # What the source says with the same sign is text.
    said, _ = written("<p>A key: <a href='#roots' role='doc-backlink'>↩\ufe0e back</a></p>")
    assert "A key: ↩\ufe0e back" in text_blocks(said)
