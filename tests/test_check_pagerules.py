"""What a reader would notice on the pages: each rule broken once, and nothing else."""

from __future__ import annotations

import io

import pikepdf
import pytest

from pipeline.check import pdf
from pipeline.check.pdf import House
from tests.pdfs import lay_out

# Pages of 100 × 80 mm with margins of 10 mm hold ten lines; breaks are where the tests put them.
CSS = "h1, h2, p, blockquote { margin: 0; font-size: 12pt; line-height: 16pt; orphans: 1; widows: 1 } ul { margin: 0 }"
HOUSE = House(whole=("co-production",), families=("S",), margins_mm=(10, 10, 10, 10), furniture_mm=2)
LINE = "A line that is about as long as this"


def rows(count: int, *last: str) -> str:
    return "<br/>".join((*[LINE] * count, *last))


def broken(body: str, house: House = HOUSE, css: str = "") -> dict[str, int]:
    return {count.code: count.found for count in pdf.page_rules(lay_out(body, CSS + css), house) if count.found}


SOUND = [
    f"<p>{rows(4)}</p><pre>- a long line of code, and\nx</pre>",
    f"<section><h1>Title</h1><p>Byline</p></section><section style='break-before: page'><p>{rows(7)}</p></section>",
    "<h1>Title</h1><p>Byline</p>" + f"<p>{rows(4)}</p>",
    f"<h1>Title</h1><p>{rows(7)}</p><p>{rows(7)}</p>",
    f"<h1>Title</h1><div style='height: 112pt; width: 48pt; background: #000'></div><p>{rows(7)}</p>",
    f"<p>{rows(2, 'co-production ends a line', LINE)}</p>",
    f"<p>{rows(1, 'well-', 'being may break there')}</p>",
    f"<p>{rows(2)}</p><blockquote><p>“{rows(6)}”</p><p>A Speaker</p></blockquote><p>{rows(6)}</p>",
    f"<p>{rows(6)}</p><blockquote><p>“{rows(9)}”</p><p>A Speaker</p></blockquote>",
    f"<ul><li>One</li><li>{rows(3)}</li></ul>",
    f"<p>{LINE}<sup style='line-height: 0'>2</sup> and <em>on it goes</em></p>",
]


@pytest.mark.parametrize("body", SOUND)
def test_sound_pages_break_no_rule(body: str) -> None:
    assert broken(body) == {}


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("PAGE001", f"<p>{rows(2, 'an end')}</p>"),
        ("PAGE001", f"<p>{rows(2, 'iiiiiiii')}</p>"),
        ("PAGE001", f"<ul><li>{rows(2, 'an end')}</li></ul>"),
        ("PAGE002", f"<p>{rows(1, f'– {LINE}')}</p>"),
        ("PAGE002", f"<blockquote><p>“{rows(3)}”</p><p>—A Speaker</p></blockquote>"),
        ("PAGE003", f"<p>{rows(7)}</p><h2>Heading</h2><p>{rows(8)}</p>"),
        ("PAGE003", f"<p>{rows(6)}</p><h2>Heading</h2><h2>Heading</h2><p>{rows(8)}</p>"),
        ("PAGE004", f"<p>{rows(6)}</p><blockquote><p>“{rows(8)}”</p></blockquote><p>{rows(3)}</p>"),
        ("PAGE004", f"<p>{rows(8)}</p><blockquote><p>“{rows(9)}”</p></blockquote>"),
        ("PAGE005", f"<p>{rows(2)}</p><blockquote><p>“{rows(8)}”</p><p>A Speaker</p></blockquote><p>{rows(5)}</p>"),
        ("PAGE006", f"<p>{rows(1, 'This is about Co-', f'productions. {LINE[:20]}')}</p>"),
        ("PAGE007", "<p style='width: 30mm'>Incompre\u00adhensibilities</p>"),
        ("PAGE008", f"<p>{rows(14)}</p>"),
        ("PAGE009", f"<p style='margin-left: -5mm'>{LINE}</p>"),
        ("PAGE009", f"<p style='white-space: nowrap'>{LINE} {LINE} on</p>"),
    ],
)
def test_each_rule_is_told(code: str, body: str) -> None:
    assert set(broken(body)) == {code}


def test_both_headings_over_one_short_text_are_told() -> None:
    assert broken(f"<p>{rows(6)}</p><h2>A</h2><h2>B</h2><p>{rows(8)}</p>") == {"PAGE003": 2}


def test_furniture_has_a_margin_of_its_own() -> None:
    head = "@page { @top-left { content: 'Head'; font: 9pt S } }"
    assert broken(f"<p>{rows(5)}</p>", css=head) == {}
    assert broken(f"<p>{rows(5)}</p>", House(furniture_mm=8), head) == {"PAGE009": 1}


def test_each_page_has_margins_of_its_own() -> None:
    house = House(margins_mm=(10, 4, 12, 10))
    inner_edge = "@page { margin: 10mm 4mm 10mm 12mm }"
    assert broken(f"<p>{rows(5)}</p>", house, inner_edge) == {}, "a recto has its inner margin on the left"
    assert broken(f"<p style='text-align: right'>{rows(14)}</p>", house, inner_edge)["PAGE009"] == 4, (
        "a verso on the right"
    )
    turned = "@page { size: 80mm 100mm }"
    assert broken(f"<p>{LINE[:20]}</p>", HOUSE, turned) == {}, "a page is as broad as it is"


@pytest.mark.parametrize(
    "body",
    [
        "<p style='width: 85mm; border-bottom: 1pt solid'>A rule</p>",
        "<p style='width: 95mm; background: #eee'>A panel</p>",
        "<p><img src='book/more/elm.svg' alt='An elm' style='margin-left: 50mm; width: 90mm'/></p>",
    ],
)
def test_what_is_drawn_keeps_to_the_margins_too(body: str) -> None:
    assert broken(body) == {"PAGE009": 1}
    assert broken(body.replace("85mm", "70mm").replace("95mm", "70mm").replace("50mm", "0")) == {}


def test_a_font_of_another_family_is_named() -> None:
    counts = pdf.page_rules(lay_out(f"<p>{LINE}</p>", CSS), House(families=("Times",)))
    assert [(count.code, count.places) for count in counts if count.found] == [("PAGE011", ("S",))]


def test_a_font_that_is_not_embedded_is_named() -> None:
    with pikepdf.open(io.BytesIO(lay_out(f"<p>{LINE}</p>", CSS))) as bare:
        for thing in bare.objects:
            if isinstance(thing, pikepdf.Dictionary) and "/FontFile2" in thing:
                del thing["/FontFile2"]
        out = io.BytesIO()
        bare.save(out)
    counts = pdf.page_rules(out.getvalue(), HOUSE)
    assert [(count.code, count.places) for count in counts if count.found] == [("PAGE010", ("S",))]


def test_a_soft_hyphen_that_is_drawn_is_a_hyphenated_word() -> None:
    with pikepdf.open(io.BytesIO(lay_out("<p style='width: 30mm'>Incompre\u00adhensibilities</p>", CSS))) as mended:
        for thing in mended.objects:
            if isinstance(thing, pikepdf.Stream) and b"<2010>" in thing.read_bytes():
                thing.write(thing.read_bytes().replace(b"<2010>", b"<00ad>"))
        out = io.BytesIO()
        mended.save(out)
    counts = pdf.page_rules(out.getvalue(), HOUSE)
    assert [(count.code, count.places) for count in counts if count.found] == [
        ("PAGE007", ("S: a soft hyphen is drawn",)),
    ]


def test_diagnostics_say_how_often_and_where() -> None:
    counts = pdf.page_rules(lay_out(f"<p>{rows(2, 'an end')}</p>", CSS), HOUSE)
    (found,) = pdf.diagnostics(counts)
    assert "under 8 characters: 1" in found.message
    assert found.hint == "page 1: an end"


def test_a_paragraph_over_two_pages_is_one_text() -> None:
    assert pdf.structure_text(lay_out(f"<p>{rows(14)}</p><p>Next</p>", CSS)) == (" ".join([LINE] * 14), "Next")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("co-production", "co-production"),
        ("this – or that", "this – or that"),
        ("this—or that", "this—or that"),
        ("who? me! and/or you", "who? me! and/or you"),
        ("https://a.example/path?query", "https://a.example/path?query"),
        ("a\u200b_b\u200b=c", "a_b=c"),
        ("two words<br/>a break", "two words a break"),
        ("x<sup>2</sup> and <b>b</b>old", "x2 and bold"),
    ],
)
def test_lines_join_as_they_are_read(body: str, text: str) -> None:
    broken_wherever_possible = pdf.structure_text(lay_out(f"<p style='width: 1px'>{body}</p>", CSS))
    assert ("".join(broken_wherever_possible).replace("\u200b", ""),) == (text,)


def test_bullets_are_labels_and_terms_are_text() -> None:
    body = "<ol><li>One</li></ol><dl><dt>Term</dt><dd>Meaning</dd></dl>"
    assert pdf.structure_text(lay_out(body, CSS)) == ("One", "Term", "Meaning")


def test_furniture_comes_last_and_is_no_part_of_the_text() -> None:
    data = lay_out("<p>Text</p>", CSS + "@page { @top-left { content: 'Head'; font: 9pt S } }")
    assert [(line.text, line.artifact) for line in pdf.lines(data)] == [("Text", False), ("Head", True)]
    assert pdf.structure_text(data) == ("Text",)
    assert pdf.text(data).split() == ["Text", "Head"]


def test_a_line_knows_where_it_stands() -> None:
    (line,) = pdf.lines(lay_out("<blockquote><p>Text</p></blockquote>", CSS + "blockquote { margin-left: 10mm }"))
    assert line.page == 1
    assert line.roles == ("Document", "BlockQuote", "P")
    assert line.x0_pt == pytest.approx(20 * 72 / 25.4, abs=1)
    assert 60 * 72 / 25.4 < line.y_pt < 70 * 72 / 25.4
