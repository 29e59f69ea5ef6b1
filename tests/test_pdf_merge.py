"""Chapters laid out apart and merged: what a reader would have got had they been laid out in one piece."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import fontpkg
import pikepdf
import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from pipeline import numbering
from pipeline.check.pdf import structure
from pipeline.errors import RenderError
from pipeline.model import ChapterJob, ChapterPdf, Metadata
from pipeline.write import pdf
from tests import pdfs
from tests.pdfs import Document, read, set_chapter

STYLE = """
h1 { break-before: recto; bookmark-level: 1; bookmark-label: content() }
h2 { bookmark-level: 2; bookmark-label: content() }
aside { float: footnote } aside::footnote-call, aside::footnote-marker { content: '*' }
@page { @bottom-center { content: string(folio) } }
@page :blank { @bottom-center { content: none } }
body { string-set: folio "0123456789ivxlcdm" }
"""
LONG = "A sentence of nine words that is often said again; " * 25 + "end"
PARTS = ("oak 7", "elm 1", "øre æ 40")  # digits in italics are composed of others
KNOWN = Metadata(title="Trees", language="en")


def chapter(name: str, other: str, scheme: str) -> str:
    """A chapter called `name` that leads to `other`; only its words in capitals are no other's."""
    there = f"{scheme}{other}".replace(" ", "%20")
    return f"""
    <section><h1 id="{name}">On {name}</h1><p>{LONG} <abbr title="and so on">etc.</abbr></p>
    <ul><li>one</li><li><p>two {name.upper()}</p></li></ul>
    <h2 id="{name}-2">More</h2><p>See <a href="#{name}">above</a>, <a href="{there}">the other</a>,
    <a href="{there}-2">the other’s second</a> and <a href="https://example.org/">elsewhere</a>.
    A note<aside role="doc-footnote">On <em lang="de">{name}</em>.</aside>,
    another<aside role="doc-footnote">Yes.</aside>
    </p><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>
    <p><img src="p.png" alt="A picture of {name}" style="width: 20mm"/></p></section>
    """


@pytest.fixture
def source(tmp_path: Path) -> Path:
    Image.new("RGB", (4, 4), "teal").save(tmp_path / "p.png")
    return tmp_path


def apart(source: Path, names: tuple[str, ...] = PARTS) -> list[ChapterPdf]:
    """The chapters, each leading to the next and the last to the first."""
    pairs = zip(names, (*names[1:], names[0]), strict=True)
    return [set_chapter(chapter(name, other, "xref:"), STYLE, source) for name, other in pairs]


def in_one_piece(source: Path, names: tuple[str, ...] = PARTS) -> list[ChapterPdf]:
    pairs = zip(names, (*names[1:], names[0]), strict=True)
    return [set_chapter("".join(chapter(name, other, "#") for name, other in pairs), STYLE, source)]


def merge(parts: list[ChapterPdf]) -> bytes:
    return pdf.merge([pdf.gather(part) for part in parts])


def book(parts: list[ChapterPdf]) -> bytes:
    gathered = [pdf.gather(part) for part in parts]
    return pdf.merge(gathered, numbering.labels({0: "r", 3: "D"}, pdf.starts(gathered)[-1]))


def place(document: Document, destination: Any) -> tuple[int, float, float]:
    """(page from 0, x, y) of a destination or the name of one."""
    if isinstance(destination, pikepdf.String):
        flat = list(document.file.Root.Names.Dests.Names)
        destination = dict(zip(map(bytes, flat[::2]), flat[1::2], strict=True))[bytes(destination)]
    numbers = {page.objgen: number for number, page in enumerate(document.file.pages)}
    return numbers[destination[0].objgen], float(destination[2]), float(destination[3])


def elements(document: Document) -> list[dict[str, Any]]:
    """All that structure elements say, in order."""
    said = []
    order = {element.entry.objgen: number for number, element in enumerate(document.tree)}
    for element in document.tree:
        facts: dict[str, Any] = {"role": element.role, "pieces": element.pieces}
        facts["in"] = order.get(element.entry.P.objgen)  # of none, the Document
        facts |= {key: str(element.entry[key]) for key in ("/Lang", "/Alt", "/E", "/ID") if key in element.entry}
        facts["attributes"] = element.entry.A.unparse(resolved=True) if "/A" in element.entry else None
        for link in element.links:
            facts["contents"], facts["rectangle"] = str(link.Contents), list(map(float, link.Rect))
            facts["leads to"] = place(document, link.Dest) if "/Dest" in link else str(link.A.URI)
        said.append(facts)
    return said


def owners(document: Document) -> list[Any]:
    """What the parent tree says: of each page its content's elements, of each link its element, by their numbers."""
    order = {element.entry.objgen: number for number, element in enumerate(document.tree)}
    numbers = list(document.file.Root.StructTreeRoot.ParentTree.Nums)
    table = dict(zip(numbers[::2], numbers[1::2], strict=True))
    found: list[Any] = []
    for page in document.file.pages:
        found.append([order[owner.objgen] for owner in table[page.obj.StructParents]])
        found += [order[table[link.StructParent].objgen] for link in page.obj.get("/Annots", [])]
    return found


def outline(document: Document) -> list[Any]:
    def below(parent: Any) -> list[Any]:
        found, before, item = [], None, parent.get("/First")
        while item is not None:
            assert (item.get("/Prev"), item.Parent) == (before, parent)
            found.append((str(item.Title), place(document, item.Dest), below(item)))
            before, item = item, item.get("/Next")
        assert parent.get("/Last") == before
        return found

    return [int(document.file.Root.Outlines.Count), below(document.file.Root.Outlines)]


def drawn(document: Document) -> list[bytes]:
    """What each page has on it; an empty one may be empty in several ways."""
    found = []
    for page in document.file.pages:
        pieces = list(page.Contents) if isinstance(page.obj.get("/Contents"), pikepdf.Array) else []
        found.append(b"".join(piece.read_bytes() for piece in pieces))
    return found


def faces(document: Document) -> dict[str, Any]:
    """Of each font its widths, the text of its glyphs, and their outlines."""
    found = {}
    for page in document.file.pages:
        for _, font in page.resources.Font.items():
            (below,) = font.DescendantFonts
            program = TTFont(io.BytesIO(below.FontDescriptor.FontFile2.read_bytes()))
            texts = font.ToUnicode.read_bytes().splitlines()
            letters = sorted(line for line in texts if re.fullmatch(rb"<[0-9a-f]{4}> <(?!ffff)[0-9a-f]+>", line))
            drawn = {int(code[1:5], 16) for code in letters}
            outlines = {number: program["glyf"][name] for number, name in enumerate(program.getGlyphOrder())}
            shapes = {
                number: list(outline.getCoordinates(program["glyf"])[0])
                for number, outline in outlines.items()
                if outline.numberOfContours and number in drawn
            }
            advances = {number: program["hmtx"][program.getGlyphName(number)] for number in shapes}
            boxes = [
                program[table].__dict__[key]
                for table, key in (("head", "xMin"), ("head", "yMax"), ("maxp", "maxPoints"), ("maxp", "numGlyphs"))
            ]
            described = {key: value for key, value in below.FontDescriptor.items() if key != "/FontFile2"}
            found[str(font.BaseFont)] = (below.W, letters, shapes, advances, boxes, repr(described))
    return found


@pytest.mark.parametrize("names", [PARTS[:2], PARTS])
def test_a_book_is_what_it_would_be_in_one_piece(names: tuple[str, ...], source: Path) -> None:
    merged, whole = read(book(apart(source, names))), read(book(in_one_piece(source, names)))
    assert len(merged.file.pages) == len(whole.file.pages) > 2 * len(names)
    assert str(merged.tree) == str(whole.tree)
    assert elements(merged) == elements(whole)
    assert owners(merged) == owners(whole)
    assert merged.artifacts == whole.artifacts
    assert merged.stray == []
    assert outline(merged) == outline(whole)
    assert faces(merged) == faces(whole)
    assert drawn(merged) == drawn(whole)


def test_a_book_may_claim_what_its_chapters_may(source: Path) -> None:
    assert structure(pdf.finish(book(apart(source)), KNOWN, claim=True)) == ()


def test_a_face_and_a_picture_are_there_once(source: Path) -> None:
    merged, whole = (pikepdf.open(io.BytesIO(data)) for data in (book(apart(source)), book(in_one_piece(source))))

    def count(file: pikepdf.Pdf, key: str, value: str) -> int:
        entries = (entry for entry in file.objects if isinstance(entry, pikepdf.Dictionary | pikepdf.Stream))
        return sum(entry.get(key) == value for entry in entries)

    for key, value in (("/Type", "/FontDescriptor"), ("/Type", "/Font"), ("/Subtype", "/Image")):
        assert count(merged, key, value) == count(whole, key, value) > 0


def test_one_chapter_comes_back_as_it_is(source: Path) -> None:
    (alone,) = apart(source, ("oak",))
    merged, whole = read(book([alone])), read(book(in_one_piece(source, ("oak",))))
    assert elements(merged) == elements(whole)
    assert owners(merged) == owners(whole)
    assert outline(merged) == outline(whole)
    assert faces(merged) == faces(whole)


def test_a_book_is_sound_to_another_program(source: Path) -> None:
    with pikepdf.open(io.BytesIO(book(apart(source)))) as file:
        assert file.check_pdf_syntax() == []


@pytest.mark.parametrize("words", ["(12 0 R", "/ID (note-1)", "100 %d \\) /StructParent 3", "ø 12 0 R", "a &#10; b"])
def test_words_that_look_like_a_pdfs_own_stay_as_they_are(words: str, source: Path) -> None:
    def body(href: str, more: str) -> str:
        return (
            f"<section><h1 id='{more}'>On {words}</h1><p><abbr title='{words}'>a</abbr></p>"
            f"<p><a href='{href}'>{words}</a> <img src='p.png' alt='{words}'/></p></section>"
        )

    merged = read(merge([set_chapter(body(f"xref:{other}", own), STYLE, source) for own, other in ("ab", "ba")]))
    whole = read(set_chapter("".join(body(f"#{o}", own) for own, o in ("ab", "ba")), STYLE, source).data)
    assert elements(merged) == elements(whole)
    assert outline(merged) == outline(whole)


def test_the_same_chapters_make_the_same_bytes(source: Path) -> None:
    parts = apart(source)
    assert book(parts) == book(parts)


def test_a_link_to_no_chapter_is_an_error() -> None:
    parts = [set_chapter(f'<p id="a">a <a href="xref:{name}">b</a></p>') for name in ("a", "gone", "lost%20too")]
    with pytest.raises(RenderError) as failure:
        merge(parts)
    assert [fault.code for fault in failure.value.diagnostics] == ["PDF007", "PDF007"]
    assert ["“gone”" in str(failure.value), "“lost too”" in str(failure.value)] == [True, True]


def test_a_name_that_several_chapters_have_is_each_ones_own_and_the_firsts_to_others() -> None:
    body = '<p>a <a href="#n">b</a> <a href="xref:m">c</a></p><p id="n">d</p>'
    parts = [body, body, '<p id="m"><a href="xref:n">e</a></p>']
    merged = read(merge([set_chapter(part) for part in parts]))
    places = [
        [place(merged, link.Dest)[0] for link in page.obj.Annots] for page in merged.file.pages if "/Annots" in page.obj
    ]
    assert places == [[0, 4], [2, 4], [0]]


@pytest.mark.parametrize("texts", [("1", "2"), ("1", "i"), ("A", "j"), ("f", "g", "fi")])
def test_a_face_is_what_it_would_be_in_one_piece(texts: tuple[str, ...]) -> None:
    whole = set_chapter("".join(f"<p>{text}</p>" for text in texts))
    assert faces(read(merge([set_chapter(f"<p>{text}</p>") for text in texts]))) == faces(read(whole.data))


def test_faces_of_one_name_that_are_not_one_stay_apart() -> None:
    def other(family: str) -> ChapterPdf:
        path = fontpkg.family(family).files[0].path
        rule = f"@font-face {{ font-family: F; src: url('book:///fonts/{quote(path.name)}') }} html {{ font: 12pt F }}"
        return pdf.typeset(ChapterJob(pdfs.page("<p>a</p>"), rule, {"fonts": path.parent}))

    parts = [other("Source Sans 3"), other("Source Code Pro")]
    alone = [faces(read(part.data)) for part in parts]
    assert alone[0].keys() == alone[1].keys()
    for last in (0, 1):  # whose pages come last
        assert faces(read(merge([parts[1 - last], parts[last]]))) == alone[last] != alone[1 - last]


def test_a_chapter_in_another_language_says_so() -> None:
    here = pdfs.shelf(Path(__file__).parent).roots
    german = pdf.typeset(ChapterJob(pdfs.page("<p>b</p>", "de"), pdfs.CSS, here))
    merged = read(merge([set_chapter("<p>a</p>"), german]))
    assert [str(element.entry.get("/Lang", "")) for element in merged.tree] == ["", "", "de"]


def test_a_glyph_with_two_readings_keeps_both() -> None:
    merged = read(merge([set_chapter("<p>a \u00b5</p>"), set_chapter("<p>a \u03bc</p>")]))
    assert merged.tree.text == "a \u00b5a \u03bc"
    fonts = [font for page in merged.file.pages for _, font in page.resources.Font.items()]
    assert len({font.DescendantFonts[0].objgen for font in fonts}) == 1 < len({font.objgen for font in fonts})
