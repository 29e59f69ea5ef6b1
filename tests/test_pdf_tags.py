"""What a screen reader meets in a PDF: each element once, in the order of the document, and no page furniture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from pipeline.errors import RenderError
from tests.pdfs import Document, lay_out, read, uncorrected

SQUARE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" viewBox="0 0 2 1">{}<path d="M0 0h2v1z"/></svg>'
)
LONG = "A sentence of nine words that is often said again; " * 30 + "end"


def tagged(body: str, css: str = "", source: Path = Path(__file__).parent) -> Document:
    return read(lay_out(body, css, source))


@pytest.mark.parametrize(
    ("body", "tree"),
    [
        ("<h1>One</h1><h2>Two</h2><p>Three</p>", "H1(One) H2(Two) P(Three)"),
        ("<main><section><h2>A</h2><p>b</p></section></main>", "Sect(H2(A) P(b))"),
        ("<ul><li>a</li><li>b</li></ul>", "L(LI(Lbl(•) LBody(a)) LI(Lbl(•) LBody(b)))"),
        (
            "<ol><li><p>a</p><ul><li>b</li></ul></li></ol>",
            "L(LI(Lbl(1.) LBody(P(a) L(LI(Lbl(•) LBody(b))))))",
        ),
        (
            "<dl><dt>a</dt><dd>b</dd><dt>c</dt><dt>d</dt><dd><p>e</p></dd></dl>",
            "L(LI(Lbl(a) LBody(b)) LI(Lbl(c) Lbl(d) LBody(P(e))))",
        ),
        ("<blockquote><p>a</p></blockquote>", "BlockQuote(P(a))"),
        ("<blockquote>a <em>b</em><p>c</p></blockquote>", "BlockQuote(P(a Em(b)) P(c))"),
        ("<div>a</div><div><p>b</p></div><div><div></div></div>", "P(a) Div(P(b))"),
        ("<p>a <q>b</q> <code>c</code> <sub>d</sub> <span>e</span></p>", "P(a Quote(“ b ”) Code(c) d e)"),
        ("<pre>a\n  b</pre><pre><code>c</code></pre>", "P(Code(a b)) P(Code(c))"),
        ("<p>a</p><hr/><p></p><p>b</p>", "P(a) P(b)"),
        (
            "<figure><p>A pansy.</p><figcaption>Photo of Lee</figcaption></figure>",
            "Div(P(A pansy.) Caption(Photo of Lee))",
        ),
        (
            f"<figure>{SQUARE.format('<title>A square</title>')}<figcaption>c</figcaption></figure>",
            "Div(Figure Caption(c))",
        ),
        ("<p>a<span style='display: none'>b</span></p><p hidden=''>c</p>", "P(a)"),
        ('<p>a</p><div aria-hidden="true">* * *</div><p>b</p>', "P(a) P(b)"),
    ],
)
def test_elements_have_their_roles_in_the_order_of_the_document(body: str, tree: str) -> None:
    assert str(tagged(body, "ul { list-style-type: disc }").tree) == f"Document({tree})"


def test_a_paragraph_over_two_pages_is_one() -> None:
    document = tagged(f"<h1>Head</h1><p>{LONG}</p>")
    paragraph = document.tree.kids[1]
    assert [element.role for element in document.tree] == ["Document", "H1", "P"]
    assert {number for number, _ in document.tree.all("P")[0].pieces} == set(range(len(document.file.pages)))
    assert len(document.file.pages) > 1
    assert not isinstance(paragraph, str)
    assert paragraph.text == LONG


def test_words_parted_by_a_line_or_by_markup_only_stay_parted() -> None:
    words = "one <em>two</em> <strong>three</strong> four<br/>five six-<em>seven</em> eight – nine, "
    document = tagged(f"<p>{words * 9}</p>", "p { width: 30mm }")
    expected = "one two three four five six-seven eight – nine, " * 9
    assert " ".join(document.tree.text.split()) == expected.strip()


def test_spaces_are_spaces_after_a_no_break_space() -> None:
    assert tagged("<p>a\u00a0b c</p>").tree.text == "a b c"


def test_a_float_is_read_where_the_document_has_it() -> None:
    text = "Some words before it, enough of them to fill more than the line. "
    body = f"<p>{text}<span class='f'>FLOAT,</span>and {text}</p><p><span class='f'>FIRST</span>Then this.</p>"
    document = tagged(body, ".f { float: left }")
    first, second = (element.text for element in document.tree.all("P"))
    assert " ".join(first.split()) == f"{text}FLOAT,and {text}".strip()
    assert second == "FIRSTThen this."


def test_running_heads_and_folios_are_artifacts() -> None:
    furniture = "@top-left { content: string(t) } @bottom-right { content: 'Page ' counter(page) }"
    css = f"h1 {{ string-set: t content() }} @page {{ {furniture} }}"
    document = tagged(f"<h1>Head</h1><p>{LONG}</p>", css)
    assert document.tree.text == f"Head{LONG}"
    assert document.artifacts[:4] == ["Head", "Page 1", "Head", "Page 2"]


def test_artifacts_say_what_they_are() -> None:
    margins = " ".join(f"@{place} {{ content: 'x' }}" for place in ("top-right", "bottom-left", "left-middle"))
    body = "<p style='border-bottom: 1px solid; background: #eee'>a</p>"
    file = tagged(body, f"@page {{ {margins} }}").file
    marks = [step.operands for step in pikepdf.parse_content_stream(file.pages[0]) if str(step.operator) == "BDC"]
    said = {
        " ".join(f"{k}{v if k != '/Attached' else v[0]}" for k, v in sorted(p.items()))
        for t, p in marks
        if t == "/Artifact"
    }
    assert said == {
        "/Type/Layout",
        "/Attached/Top /Subtype/Header /Type/Pagination",
        "/Attached/Bottom /Subtype/Footer /Type/Pagination",
        "/Attached/Left /Type/Pagination",
    }


def test_a_running_element_is_no_content() -> None:
    css = ".r { position: running(r) } @page { @top-left { content: element(r) } }"
    document = tagged("<p class='r'>Furniture <a href='#x'>here</a></p><p id='x'>Text</p>", css)
    assert str(document.tree) == "Document(P(Text))"
    assert "".join(document.artifacts) == "Furniture here"
    assert "/Annots" not in document.file.pages[0]


def test_all_text_is_content_or_artifact() -> None:
    css = "@page { @top-left { content: 'x' } } li { list-style-position: inside } .o { position: absolute }"
    body = f"<ul><li>a</li></ul><p class='o'>b</p><table><tr><td>c</td></tr></table><p>{LONG}<u>d</u></p>"
    assert tagged(body, css).stray == []


def table(rows: int) -> str:
    head = "<thead><tr><th>Name</th><th>Value</th></tr></thead>"
    body = "".join(f"<tr><th>row {n}</th><td>{n} {'long ' * 12}</td></tr>" for n in range(rows))
    return f"<table><caption>Of numbers</caption>{head}<tbody>{body}</tbody></table>"


def test_a_table_over_pages_is_one_and_has_one_head() -> None:
    document = tagged(table(12))
    (found,) = document.tree.all("Table")
    assert len(document.file.pages) > 1
    assert [kid.role for kid in found.kids if not isinstance(kid, str)] == ["Caption", "THead", "TBody"]
    assert len(found.all("TR")) == 13
    assert document.tree.text.count("Name") == 1
    assert document.artifacts.count("Name") == len(document.file.pages) - 1


def test_cells_say_what_they_head_and_span() -> None:
    rows = '<tr><th colspan="2">a</th></tr><tr><th scope="row">b</th><td></td></tr><tr><th>c</th><td>d</td></tr>'
    document = tagged(f"<table>{rows}</table>")
    assert str(document.tree) == "Document(Table(TR(TH(a)) TR(TH(b) TD) TR(TH(c) TD(d))))"
    heads = [head.entry.A for head in document.tree.all("TH")]
    assert [str(head.Scope) for head in heads] == ["/Column", "/Row", "/Row"]
    assert heads[0].ColSpan == 2


def test_a_link_broken_over_lines_and_pages_is_one_with_all_its_annotations() -> None:
    words = "a link of many words " * 40
    document = tagged(f'<p id="top">See <a href="#top">{words}<em>end</em></a>.</p>')
    (link,) = document.tree.all("Link")
    annotations = [annotation for page in document.file.pages for annotation in page.get("/Annots", [])]
    assert {annotation.objgen for annotation in link.links} == {annotation.objgen for annotation in annotations}
    assert len(annotations) > 10
    assert {str(annotation.Contents) for annotation in annotations} == {f"{words}end"}
    parents = document.file.Root.StructTreeRoot.ParentTree.Nums
    owners = {int(parents[i]): parents[i + 1] for i in range(0, len(parents), 2)}
    assert all(owners[int(annotation.StructParent)].objgen == link.entry.objgen for annotation in annotations)


def test_content_leads_back_to_its_element() -> None:
    document = tagged(f"<h1>Head</h1><p>{LONG}<em>x</em></p>{table(9)}")
    parents = document.file.Root.StructTreeRoot.ParentTree.Nums
    owners = {int(parents[i]): parents[i + 1] for i in range(0, len(parents), 2)}
    pages = {page.obj.objgen: owners[int(page.obj.StructParents)] for page in document.file.pages}
    led = 0
    for element in document.tree:
        for kid in element.entry.K:
            if isinstance(kid, int) or kid.get("/Type") == "/MCR":
                owner = pages[(element.entry.Pg if isinstance(kid, int) else kid.Pg).objgen]
                assert owner[int(kid if isinstance(kid, int) else kid.MCID)].objgen == element.entry.objgen
                led += 1
    assert led == sum(len(list(owner)) for owner in pages.values())


def test_a_picture_has_its_words_and_its_place(tmp_path: Path) -> None:
    Image.new("RGB", (40, 20)).save(tmp_path / "p.png")
    body = (
        '<img src="p.png" alt="A black box" style="display: block; width: 40px"/><p><img src="p.png" alt=""/>text</p>'
    )
    document = tagged(body, source=tmp_path)
    assert str(document.tree) == "Document(Figure P(text))"
    (figure,) = document.tree.all("Figure")
    assert str(figure.entry.Alt) == "A black box"
    height = 80 / 25.4 * 72 - 10 / 25.4 * 72
    left = 10 / 25.4 * 72
    expected = [left, height - 15, left + 30, height]  # 40 by 20 pixels are 30 by 15 points
    assert [float(number) for number in figure.entry.A.BBox] == pytest.approx(expected, abs=0.01)


def test_a_drawing_has_the_words_of_its_title() -> None:
    document = tagged(SQUARE.format("<title>A\n square</title>"))
    assert str(document.tree.all("Figure")[0].entry.Alt) == "A square"


@pytest.mark.parametrize("picture", ['<img src="p.png"/>', SQUARE.format("")])
def test_a_picture_that_says_nothing_is_an_error(picture: str, tmp_path: Path) -> None:
    Image.new("RGB", (40, 20)).save(tmp_path / "p.png")
    with pytest.raises(RenderError) as failure:
        lay_out(f"<p>{picture}</p>", source=tmp_path)
    assert [diagnostic.code for diagnostic in failure.value.diagnostics] == ["PDF006"]


def test_language_and_expansion_are_said_where_they_change() -> None:
    words = '<span lang="fr">mot</span>, <em lang="de">Wort</em>, <abbr title="World Health">WH</abbr>'
    document = tagged(f'<p>A {words}</p><p lang="it">e</p>')
    assert str(document.tree) == "Document(P(A Span(mot) , Em(Wort) , Span(WH)) P(e))"
    said = [str(element.entry.Lang) for element in document.tree if "/Lang" in element.entry]
    assert said == ["fr", "de", "it"]
    assert str(document.tree.all("Span")[1].entry.E) == "World Health"
    assert str(document.file.Root.Lang) == "en"


@pytest.mark.parametrize(
    ("style", "numbering"),
    [
        ("disc", "Disc"),
        ("decimal", "Decimal"),
        ("lower-roman", "LowerRoman"),
        ("upper-alpha", "UpperAlpha"),
        ("none", "None"),
    ],
)
def test_a_list_says_how_it_is_numbered(style: str, numbering: str) -> None:
    document = tagged("<ol><li>a</li></ol>", f"ol {{ list-style-type: {style} }}")
    assert str(document.tree.all("L")[0].entry.A.ListNumbering) == f"/{numbering}"


def test_a_footnote_is_a_note_at_its_call_with_a_unique_id() -> None:
    note = '<aside role="doc-footnote">Note {}.</aside>'
    document = tagged(f"<p>a{note.format(1)} b{note.format(2)} c</p>", "aside { float: footnote }")
    assert document.tree.text == "a11. Note 1. b22. Note 2. c"
    ids = [str(element.entry.ID) for element in document.tree.all("Note")]
    assert len(set(ids)) == 2
    assert [str(name) for name in document.file.Root.StructTreeRoot.IDTree.Names][::2] == ids


def test_the_catalog_says_that_the_file_is_tagged() -> None:
    file = tagged("<p>a</p>").file
    assert file.Root.MarkInfo.Marked
    assert file.Root.ViewerPreferences.DisplayDocTitle
    assert str(file.pages[0].obj.Tabs) == "/S"
    assert dict(file.Root.StructTreeRoot.RoleMap) == {"/Em": "/Span", "/Strong": "/Span"}


def test_text_under_opacity_is_refused() -> None:
    """It would be drawn in a group, where marked content has no page to be found by."""
    with pytest.raises(RenderError) as failure:
        lay_out("<p style='opacity: 0.5'>a</p>")
    assert "opacity" in str(failure.value)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (f"<p>{LONG}</p>", lambda found: len(found.tree.all("P")) > 1),  # upstream #2903
        ("<p>a</p>", lambda found: found.artifacts != ["folio"]),  # upstream #1836
        ("<p><em>a</em> <b>b</b></p>", lambda found: "a b" not in found.tree.text),
        ("<p>a\u00a0b c</p>", lambda found: found.tree.text == "a\u00a0b\u00a0c"),
        ("<p>a</p><div lang='fr'>b</div>", lambda found: not any("/Lang" in element.entry for element in found.tree)),
        ("<table><tr><th>a</th></tr></table>", lambda found: "/Scope" not in found.tree.all("TH")[0].entry.A),
    ],
)
def test_the_engine_still_needs_correcting(
    body: str, fault: Callable[[Document], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When one of these fails, the engine does that itself: a correction in `leaves` or `tags` can go."""
    css = "@page { @bottom-left { content: 'folio' } }"
    assert not fault(tagged(body, css))
    monkeypatch.setattr("pipeline.write.pdf.tags.tagged", uncorrected)
    assert fault(tagged(body, css))
