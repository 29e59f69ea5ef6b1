"""Nothing leaves the type area: long words, deep indents, wide tables, broad pictures."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pikepdf
import pytest

from pipeline import check, fonts, style
from pipeline.check.pdf import reading
from pipeline.editions import named
from pipeline.fetch import Shelf
from pipeline.write.pdf import Document, compose, layout
from pipeline.write.pdf.letters import ems, shortened
from tests.pdfs import read
from tests.vocabulary import post, postpress

PRINT = named("print")
ADDRESS = "https://www.example.org/a/long/path/to/some_page.html?query=value&other_query=two#in-the-middle"
SWORD = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetzesentwurf"
XHTML = "http://www.w3.org/1999/xhtml"


def composed(body: str, heads: tuple[str, str] = ("", "")) -> str:
    section = f"<section xmlns='{XHTML}' class='article'>{body}</section>"
    document = Document(
        name="a",
        kind="article",
        title="T",
        language="en",
        heads=heads,
        bookmarks=(),
        measure=58,
        xhtml=section,
        width_pt=116 * 72 / 25.4,
        turned_pt=178 * 72 / 25.4,
    )
    return compose(document)


def pages(body: str, heads: tuple[str, str] = ("", "")) -> bytes:
    """A part of a text in the print edition's style."""
    assert PRINT.page is not None
    shelf = Shelf({"source": Path(__file__).parent, **fonts.roots(PRINT.fonts)})
    return layout(composed(body, heads), style.sheet(PRINT), shelf)


def outside(data: bytes) -> tuple[str, ...]:
    house = check.pdf.House(margins_mm=(16, 16, 16, 20), furniture_mm=5)
    return next(count.places for count in check.pdf.page_rules(data, house) if count.code == "PAGE009")


def sides_mm(data: bytes) -> list[tuple[int, int]]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [tuple(round(float(side) / 72 * 25.4) for side in page.trimbox[2:]) for page in pdf.pages]  # type: ignore[misc]


def sizes(data: bytes) -> set[float]:
    """The sizes text is set in, in points."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        streams = b"\n".join(page.Contents.read_bytes() for page in pdf.pages)
    scale = 0.75
    return {round(float(size) * scale, 1) for size in re.findall(rb"/\S+ ([\d.]+) Tf", streams)}


def table(*rows: tuple[str, ...], head: tuple[str, ...] = (), caption: str = "", columns: str = "") -> str:
    def cells(row: tuple[str, ...], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}><p>{cell}</p></{tag}>" for cell in row) + "</tr>"

    heads = f"<thead>{cells(head, 'th')}</thead>" if head else ""
    return (
        f"<table>{f'<caption>{caption}</caption>' if caption else ''}{columns}"
        f"{heads}<tbody>{''.join(cells(row, 'td') for row in rows)}</tbody></table>"
    )


HELD = {
    "an address": f"<p>See {ADDRESS.replace('&', '&amp;')} there.</p>",
    "a word": f"<p>It is the {SWORD} that counts.</p>",
    "code": f"<p>It is <code>{SWORD}</code>.</p>",
    "headings": "".join(f"<h{n}>A {SWORD}</h{n}><p>{SWORD}</p>" for n in range(2, 7)),
    "items": f"<ul><li><p>{SWORD}</p><ol><li>{SWORD}</li></ol></li></ul>",
    "numbers": f"<ol start='9998'><li>{SWORD}</li><li>b</li></ol><ol class='lowerroman' start='37'><li>c</li></ol>",
    "terms": f"<dl><dt>{SWORD} <span class='classifier'>{SWORD}</span></dt><dd><p>{SWORD}</p></dd></dl>",
    "options": f"<dl><dt><kbd><span class='option'>--{SWORD}=<var>{SWORD}</var></span></kbd></dt><dd>x</dd></dl>",
    "verse": f"<div class='line-block'><div class='line'>{SWORD} and on</div></div>",
    "a figure": f"<figure style='width: 900px'><img alt='An elm' src='book/more/elm.svg' style='width: 90em'/>"
    f"<figcaption><p>{SWORD}</p></figcaption></figure>",
    "deep quotes": "<blockquote>" * 30 + f"<p>{SWORD}</p>" + "</blockquote>" * 30,
    "deep lists": "<ul><li>" * 16 + "<dl><dd>" * 16 + f"<p>{SWORD}</p>" + "</dd></dl>" * 16 + "</li></ul>" * 16,
    "panels": "<div class='admonition'>" * 20 + f"<p>{SWORD}</p>" + "</div>" * 20,
    "one cell": table((SWORD,)),
    "a table": table((SWORD, ADDRESS.replace("&", "&amp;"), "x"), ("a", "b", "c")),
    "a table of many columns": table(tuple("word" for _ in range(30))),
    "a table of too many columns": table(tuple("word" for _ in range(90))),
    "a table in a table": table((table((SWORD, SWORD)), table((SWORD, "x")))),
    "a table in quotes": "<blockquote>" * 12 + table((SWORD, SWORD)) + "</blockquote>" * 12,
    "a picture in a table": table(
        ("<img alt='An elm' src='book/more/elm.svg' style='width: 90em'/>", *["implementation"] * 4)
    ),
    "a long caption": table(("a", "b"), caption=f"A caption that is a good deal longer than this table, and a {SWORD}"),
    "a table too broad for its author": table(("a", "b")).replace("<table", "<table style='width: 900px'"),
    "columns that are nothing": table(
        ("implementation", "b"), columns="<colgroup><col style='width: 1%'/><col style='width: 99%'/></colgroup>"
    ),
}


@pytest.mark.parametrize("name", HELD)
def test_nothing_leaves_the_type_area(name: str) -> None:
    data = pages(HELD[name])
    assert outside(data) == ()
    assert SWORD not in HELD[name] or SWORD in "".join("".join(check.pdf.structure_text(data)).split())


def test_long_running_heads_keep_to_one_line() -> None:
    for head in ("W" * 300, "WWWW " * 60, "A short word and " + SWORD * 4):
        data = pages("<p>Text</p>" * 60, (head, head))
        heads = [line for line in check.pdf.lines(data) if line.artifact and line.y_pt > 400]
        assert len(heads) == len(sides_mm(data)) - 1
        assert heads[0].text[-1] == "…"
        assert outside(data) == ()


def test_addresses_are_broken_after_their_signs_and_nothing_is_copied_with_them() -> None:
    data = pages(f"<p>A text with {ADDRESS.replace('&', '&amp;')} and more words of the sort.</p>")
    first, second, *_ = check.pdf.lines(data)
    assert first.text[-1] in "/.?&=-_"
    assert second.text[0].isalnum()
    assert ADDRESS in check.pdf.structure_text(data)[0]
    assert "\u200b" not in check.pdf.text(data)


def test_short_names_stay_whole() -> None:
    assert "\u200b" not in composed("<p>os.path.join and/or x=y, e.g. well-known</p>")


WORD = "implementation"


def row(count: int) -> tuple[str, ...]:
    return (WORD,) * count


def test_tables_are_set_smaller_then_turned() -> None:
    assert (sizes(pages(table(row(3)))), sides_mm(pages(table(row(3))))) == ({10.0}, [(148, 210)])
    assert (sizes(pages(table(row(4)))), sides_mm(pages(table(row(4))))) == ({8.5}, [(148, 210)])
    assert (sizes(pages(table(row(5)))), sides_mm(pages(table(row(5))))) == ({7.0}, [(148, 210)])
    assert (sizes(pages(table(row(6)))), sides_mm(pages(table(row(6))))) == ({8.5}, [(210, 148)])
    for count in range(1, 9):
        said = check.pdf.structure_text(pages(table(row(count))))
        assert said == row(count), "no word is broken"


def test_a_turned_table_takes_its_heading_along_and_no_text() -> None:
    wide = table(*[tuple(WORD for _ in range(7))] * 30, head=tuple(f"Head{n}" for n in range(7)), caption="A caption")
    data = pages(f"<p>Before</p><section><h2>Heading</h2>{wide}</section><ul><li><p>After</p>{wide}<p>On</p></li></ul>")
    assert outside(data) == ()
    sides = sides_mm(data)
    at = {line.text: line.page for line in check.pdf.lines(data)}
    assert [sides[at[text] - 1] for text in ("Before", "After", "On")] == [(148, 210)] * 3
    assert [sides[at[text] - 1] for text in ("Heading", WORD)] == [(210, 148)] * 2
    assert at["Heading"] == 2


def test_heads_are_repeated_and_read_once() -> None:
    data = pages(table(*[("a word", "another")] * 80, head=("First", "Second"), caption="A caption"))
    lines = check.pdf.lines(data)
    heads = [line for line in lines if line.text.startswith("First")]
    assert [line.page for line in heads] == [1, 2, 3, 4], "on each page"
    assert [line.artifact for line in heads] == [False, True, True, True]
    tree = read(data).tree
    assert [element.text for element in tree.all("TH")] == ["First", "Second"]


def test_stubs_head_their_rows() -> None:
    body = table(("a", "b")).replace("<td><p>a</p></td>", "<th class='stub'><p>a</p></th>")
    head = "<thead><tr><th><p>A</p></th><th><p>B</p></th></tr></thead>"
    document = read(pages(body.replace("<tbody>", f"{head}<tbody>")))
    scopes = [str(cell.entry.A.Scope) for cell in document.tree.all("TH")]
    assert scopes == ["/Column", "/Column", "/Row"]


def test_short_rows_are_not_split() -> None:
    text = "some words of a text " * 8
    data = pages("<p>Before</p>" + table(*[(f"row{n}", f"row{n} {text}") for n in range(24)]))
    found: dict[str, set[int]] = {}
    for line in check.pdf.lines(data):
        name = next(iter(re.findall(r"row\d+", line.text)), "")
        found.setdefault(name or "", set()).add(line.page)
    assert len(sides_mm(data)) > 1
    split = [name for name, where in found.items() if name and len(where) > 1]
    assert split == []


def test_a_caption_stays_with_its_table() -> None:
    for count in range(20, 32):
        data = pages("<p>Line</p>" * count + table(*[("a", "b")] * 3, head=("H", "I"), caption="A caption"))
        at = {line.text: line.page for line in check.pdf.lines(data)}
        assert at["A caption"] == at["H"] == at["a"], count


def test_given_widths_are_kept_where_words_fit() -> None:
    columns = "<colgroup><col style='width: 25%'/><col style='width: 75%'/></colgroup>"
    lines = check.pdf.lines(pages(table(("a", "b " * 80), columns=columns)))
    at = {line.text[:1]: line.x0_pt for line in reversed(lines)}
    assert at["b"] - at["a"] == pytest.approx(116 * 72 / 25.4 / 4, abs=6)


def test_more_columns_than_a_page_has_room_for_are_told(tmp_path: Path) -> None:
    rows = "".join(f"   {'*' if n == 0 else ' '} - c\n" for n in range(50))
    (tmp_path / "a.rst").write_text(post(f"Text.\n\n.. list-table::\n\n{rows}"))
    run = postpress("build", "a.rst", "--edition", "print", folder=tmp_path)
    assert run.code == 3
    assert "a.rst:10: error TAB001" in run.err
    run = postpress("build", "a.rst", "--edition", "print", "--lenient", folder=tmp_path)
    assert (run.code, run.built) == (0, ["a.pdf"])
    assert "a.rst:10: warning TAB001" in run.err


def test_letters_are_about_as_broad_as_they_are_set() -> None:
    for text in (
        "The quick brown fox jumps over the lazy dog",
        "CAPITALS AND FIGURES 0123456789",
        "iiiiillll",
        "WWWMMM",
    ):
        (line,) = (found for found in check.pdf.lines(pages(f"<p>{text}</p>")) if not found.artifact)
        set_em = (line.x1_pt - line.x0_pt) / 12
        assert set_em * 0.97 < ems(text) < set_em * 1.2


def test_heads_are_shortened_by_words() -> None:
    assert shortened("One two three", 100) == "One two three"
    assert shortened("One two three", 6) == "One two …"
    assert shortened("漢字" * 20, 10) == "漢字" * 4 + "…"


def test_repeated_heads_are_no_text_of_plain_extraction() -> None:
    rows, head = [("a word", "another")] * 30, ("First", "Second")
    data = pages(f"{table(*rows, head=head)}<p>Between</p>{table(*rows, head=head)}")
    said = "\n".join(check.parity.plain(data)).splitlines()
    assert len(sides_mm(data)) > 2
    heads = [place for place, text in enumerate(said) if text.split() == ["First", "Second"]]
    assert heads == [0, said.index("Between") + 1]


def drawn(data: bytes) -> list[str]:
    return [line.text for line in reading.lines(data)]


@pytest.mark.parametrize(("name", "end"), [("water-pot", "water-pot."), ("<code>a_name.<wbr/>of</code>", "a_name.of.")])
def test_the_last_word_is_not_parted(name: str, end: str) -> None:
    lines = drawn(pages("".join(f"<p>{'x' * n} words of a line, and of the next: the {name}.</p>" for n in range(40))))
    ends = [line for line in lines if line.endswith(end[-3:])]
    assert len(ends) == 40
    assert all(line.endswith(end) for line in ends), ends
