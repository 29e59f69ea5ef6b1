"""The engine in a hurry: the same bytes as without, with a fraction of the work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import pytest
from PIL import Image

from pipeline import fonts, style
from pipeline.editions import named
from pipeline.fetch import Shelf
from pipeline.model import Book
from pipeline.write import pdf
from tests.pdfs import CSS, lay_out, page, shelf
from tests.vocabulary import POST

TEXT = (
    "The oak “that” stood—since 1066—by the well-known water-mill, To Waver and To Yield: 12.5 % of its acorns "
    "grew; AVATAR, Type, fjord, office, affiliation, ﬁnally; naïve Ñandú, Ωμέγα, Жук (in brackets), "
)
LONG = f"<p>{TEXT * 6}</p>"
INLINE = f"<p>{TEXT}<em>an emphasis of some words</em>, <strong>strength</strong> <a href='#x'>a link to</a> {TEXT}</p>"

BODIES: dict[str, tuple[str, str]] = {
    "paragraphs": (LONG * 3, ""),
    "elements in lines": (INLINE * 4 + "<p id='x'>x</p>", "em { font-variation-settings: 'wght' 700 }"),
    "elements in elements": (
        "<p>a<em> b<strong> <code>c d </code> </strong>e</em><em> </em><code>f</code> <em><em>x</em>y </em><sup>1</sup>"
        f"z<br/>a\u00a0<em>\u00a0b</em> {TEXT}</p>" * 5,
        "p { width: 33mm } em { padding: 0 2pt; border-left: 1pt solid } code { white-space: nowrap } "
        "strong { box-decoration-break: clone; margin: 0 1mm } sup { vertical-align: super; font-size: 70% }",
    ),
    "justified": (LONG + INLINE + "<p id='x'>x</p>", "p { text-align: justify }"),
    "hyphens": (LONG + "<p>re\u00adspon\u00adsi\u00adbil\u00adi\u00adty responsibility</p>" * 9, "p { hyphens: auto }"),
    "soft hyphens": ("<p>" + "extra\u00adordinarily " * 20 + "</p>", "p { hyphens: manual }"),
    "long words": (f"<p>{'antidisestablishmentarianism' * 9} a {'x' * 200}</p>", "p { overflow-wrap: break-word }"),
    "long words broken anywhere": (LONG, "p { width: 7mm; overflow-wrap: anywhere }"),
    "narrow": (LONG, "p { width: 21mm }"),
    "joiners and odd spaces": (
        "<p>co\u2060-\u2060production no\u00a0break thin\u2009space zero\u200bwidth narrow\u202fspace two  spaces</p>"
        * 9,
        "",
    ),
    "code": (
        "<pre>def a():\n    return  1\n\n\n  # a comment that is much too long for the line it is in, really\n</pre>"
        "<pre>\ttab</pre><p>In <code>a_name  b</code>.</p>",
        "pre { white-space: pre-wrap }",
    ),
    "code in narrow lines": (
        "<pre>"
        + "    if value is  None or value == 12 and so-on(and_so_on): return [value, more, and, more] # why\n\n" * 4
        + "</pre>"
        + "<p>Call <code>a.very.long.name_of(something)</code>, <code>b c</code>, <em>x</em> or that.</p>" * 9,
        "pre { white-space: pre-wrap; width: 4cm } p { overflow-wrap: break-word; width: 31mm } pre + p { width: 2cm }",
    ),
    "code in lines that are full but for a space": (
        "".join(
            f"<pre style='width: {width / 2}pt'>"
            + "Changes that break a rule <b>have to be</b> told.\nChanges that break a rule have to be told.\n</pre>"
            for width in range(250, 320)
        ),
        "pre { white-space: pre-wrap }",
    ),
    "lines kept": (f"<p>a  b\n c\n{TEXT}</p>", "p { white-space: pre-line }"),
    "unbroken": (f"<p>{TEXT}</p>", "p { white-space: nowrap }"),
    "lists": (
        f"<ul><li>{TEXT}</li><li>b<ol><li>{TEXT}</li><li>d</li></ol></li></ul><dl><dt>a</dt><dd>{TEXT}</dd></dl>",
        "",
    ),
    "tables": (
        "<table><thead><tr><th>a head of some words</th><th>b</th></tr></thead><tbody>"
        + f"<tr><td>1 ns</td><td>{TEXT}</td></tr><tr><td colspan='2'>10 µs</td></tr>" * 5
        + "</tbody></table>",
        "table { border-collapse: collapse } td { border: 1pt solid; padding: 1pt 2pt }",
    ),
    "tables of separate borders": (
        f"<table><tr><td>a</td><td>{TEXT}</td></tr></table>",
        "table { border-spacing: 2pt } td { border: 1pt solid #900; width: 30%; background: #EEE }",
    ),
    "floats": (
        f"<p class='f'>{TEXT}</p>" + LONG + f"<p class='g'>{TEXT}</p>" + LONG,
        ".f { float: left; width: 30mm } .g { float: right; width: 25mm; margin-left: 2mm }",
    ),
    "notes": (f"<p>a<span class='n'>{TEXT}</span> {TEXT}</p>" * 6, ".n { float: footnote }"),
    "notes with numbers of their own": (
        "".join(
            f"<p>{TEXT}<a class='c' href='#n{n}' id='c{n}'>{n}</a>"
            f"<aside class='n' id='n{n}'>"
            f"<b><a href='#c{n}'>{n}</a></b> <p>{TEXT * (n % 5)}</p>\n<ul><li>{TEXT}</li></ul></aside>, {TEXT}</p>"
            for n in range(12)
        ),
        ".n { float: footnote; text-indent: -4mm; padding-left: 4mm } .n * { text-indent: 0 } b { width: 4mm;"
        " display: inline-block } b + p { display: inline } .c { vertical-align: super; font-size: 60% }"
        " .n::footnote-call, .n::footnote-marker { content: none } @page { @footnote { max-height: 50%; width: 10mm } }"
        " .n { width: 80mm; box-sizing: border-box }",
    ),
    "a picture": (f"<p>a <img src='p.png' alt='p'/> b</p><figure><img src='p.png' alt='p'/></figure>{LONG}", ""),
    "words in a drawing": (
        "<p><svg xmlns='http://www.w3.org/2000/svg' width='200' height='60'><title>w</title>"
        "<text x='10' y='20' font-family='S' font-size='14'>Words to be <tspan font-weight='bold'>drawn</tspan></text>"
        "<text x='10 20 30' y='50' font-family='S' rotate='15'>abc</text></svg></p>",
        "",
    ),
    "right to left": ("<p dir='rtl'>abc (def) 12</p>" + LONG, "p { direction: rtl }"),
    "spaced": (LONG, "p { letter-spacing: 0.05em; word-spacing: 0.2em }"),
    "features": (f"<p>{TEXT} 0123456789</p>", "p { font-variant: small-caps oldstyle-nums; font-kerning: none }"),
    "indents": (LONG * 2, "p { text-indent: -3mm; padding-left: 10%; margin: 1em 5% } p + p { text-indent: 5% }"),
    "boxes": (
        f"<div>{LONG}</div><p class='b'>{TEXT}</p>",
        "div { box-sizing: border-box; width: 60mm; padding: 3mm; border: 1mm solid } "
        ".b { background: #EEE; border-radius: 2mm; outline: 1pt dotted; position: relative; left: 2mm; height: 30mm }",
    ),
    "centred and to the right": (
        LONG + f"<p class='r'>{TEXT}</p>",
        "p { text-align: center } .r { text-align: right }",
    ),
    "first letters and lines": (LONG, "p::first-letter { font-size: 2em } p::first-line { font-variant: small-caps }"),
    "raised and small": (f"<p>{TEXT}<sup>12</sup> {TEXT}</p>", "sup { vertical-align: super; font-size: 8pt }"),
    "struck and underlined": (f"<p><u>{TEXT}</u> <s>struck</s></p>", "s { text-decoration: line-through }"),
    "leaders": (
        "<p><a href='#x'>One</a></p>" * 3 + "<p id='x'>x</p>",
        "a::after { content: leader('.') target-counter(attr(href), page) }",
    ),
    "columns and boxes in a row": (
        f"<div class='c'>{LONG}</div><div class='r'><p>a b</p><p>{TEXT}</p></div>",
        ".c { columns: 2 } .r { display: flex } .r p { width: 30mm }",
    ),
    "calculated": (LONG, "p { margin-left: calc(2mm + 1em); width: calc(100% - 20mm); --x: 3pt; padding: var(--x) }"),
    "pages of many kinds": (
        (LONG + "<h2>A head</h2><div class='n'>" + LONG + "</div>") * 3,
        "h2 { string-set: head content(); break-before: right } .n { page: narrow } "
        "@page { @top-center { content: string(head) } @bottom-right { content: counter(page) ' / ' counter(pages) } "
        "@left-middle { content: '\\2014'; width: 5mm } } @page :left { @top-left { content: 'left' } } "
        "@page :first { margin: 20mm } @page narrow { margin: 25mm } @page :blank { @top-center { content: none } } "
        "@page :nth(3n) { @top-right-corner { content: '*' } }",
    ),
    "fixed to every page": (LONG * 3, "p:first-child::before { content: 'f'; position: fixed; top: 0; left: 0 }"),
}


PLACES = "pipeline.write.pdf.quick.places._places"


@pytest.fixture(autouse=True)
def warm() -> None:
    pdf.warm()


def slowly(layout: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch) -> bytes:
    with monkeypatch.context() as without:
        without.setattr(PLACES, tuple)
        return layout()


@pytest.mark.parametrize("name", BODIES)
def test_a_page_has_the_same_bytes_as_without(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("RGB", (40, 20), "green").save(tmp_path / "p.png")
    body, css = BODIES[name]

    def layout() -> bytes:
        return lay_out(body, css, tmp_path)

    assert layout() == slowly(layout, monkeypatch)


def test_the_post_has_the_same_bytes_as_without(post_book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = named("print")
    assert edition.page is not None
    (document,) = pdf.documents(post_book, edition.page)
    folders = Shelf({"source": POST.parent, **fonts.roots(edition.fonts)})

    def layout() -> bytes:
        return pdf.layout(pdf.compose(document), style.sheet(edition), folders)

    assert layout() == slowly(layout, monkeypatch)


def test_a_language_is_not_taken_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    body = "<p lang='tr'>fi fl office</p><p lang='en'>fi fl office</p>" + INLINE + "<p id='x'>x</p>"
    for lang in ("en", "tr", "ro"):

        def layout(lang: str = lang) -> bytes:
            return pdf.layout(page(body, lang), CSS, shelf(Path(__file__).parent))

        assert layout() == slowly(layout, monkeypatch)


def counted(method: str, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    calls: list[int] = []
    theirs = resolve_name(method)

    def count(*arguments: Any, **options: Any) -> Any:
        calls.append(1)
        return theirs(*arguments, **options)

    monkeypatch.setattr(method, count)
    return calls


def test_lines_are_cut_out_of_a_paragraph_and_not_laid_out_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    body = f"<p>{'plain words in a row, and more of them ' * 200}</p>"
    laid_out = counted("weasyprint.text.line_break.Layout.get_first_line", monkeypatch)
    lay_out(body)
    quickly = len(laid_out)
    laid_out.clear()
    slowly(lambda: lay_out(body), monkeypatch)
    assert quickly < 5
    assert len(laid_out) > 400, "WeasyPrint needs no help any more"


def test_pages_of_one_kind_have_one_style(monkeypatch: pytest.MonkeyPatch) -> None:
    body, css = "<p style='break-after: page'>a</p>" * 40, "@page { @top-center { content: 'a' } }"
    computed = counted("weasyprint.css.ComputedStyle.__init__", monkeypatch)
    lay_out(body, css)
    quickly = len(computed)
    computed.clear()
    slowly(lambda: lay_out(body, css), monkeypatch)
    assert len(computed) > quickly + 60, "WeasyPrint needs no help any more"


def test_the_engine_is_left_as_it_was() -> None:
    lay_out(LONG)
    for owner, name, theirs, ours in resolve_name(PLACES)():
        assert getattr(owner, name) is theirs is not ours


def test_a_second_document_in_the_same_style_has_the_bytes_of_the_first(tmp_path: Path) -> None:
    content, folders = page(LONG + INLINE + "<p id='x'>x</p>", "en"), shelf(tmp_path)
    with pdf.prepared(CSS, folders.roots):
        assert pdf.layout(content, CSS, folders) == pdf.layout(content, CSS, folders)
