"""Code: what it says arrives, in colours that can be read and lines that stay on the paper."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from pipeline import bind, fonts, read, style
from pipeline.check import parity
from pipeline.check import pdf as paged
from pipeline.check.pdf.reading import blocks
from pipeline.editions import EDITIONS, named
from pipeline.errors import Diagnostic, SourceError
from pipeline.fetch import Shelf, styles
from pipeline.model import Book, Chapter
from pipeline.read import syntax
from pipeline.settings import Settings
from pipeline.write import pdf
from pipeline.write.pdf import ink
from tests.pdfs import read as tree_of
from tests.vocabulary import ROOT, TITLE, postpress

PRINT = named("print")
PROGRAM = """
   class Oak(Tree):
       # It's an old one.
       def grow(self, years):
           if years > 3:
               return "rings"

       height = 12
"""
LONG = "def of_a_long_name(and_of_more, arguments=None, than_fit=True): return [a.very.long.name, 'and \"words\"', 12]"


def chapter(text: str, folder: Path) -> tuple[Chapter, tuple[Diagnostic, ...]]:
    (folder / "a.rst").write_text(f"{TITLE}Some text.\n\n{text}", encoding="utf-8")
    return read.read(folder / "a.rst", Settings())


def bound(text: str, folder: Path) -> Book:
    return bind.bind(chapter(text, folder)[0], Settings(), EDITIONS)


def printed(text: str, folder: Path) -> bytes:
    """The print edition of a post."""
    assert PRINT.page is not None
    (document,) = pdf.documents(bound(text, folder), PRINT.page)
    shelf = Shelf({"source": folder, **fonts.roots(PRINT.fonts)})
    return pdf.layout(pdf.compose(document), style.sheet(PRINT), shelf)


def broken(data: bytes) -> list[list[str]]:
    """The lines of each block of code, as they are broken in print."""
    return [[line.text for line in block.lines] for block in blocks(data) if block.code]


def sizes(data: bytes) -> list[float]:
    """How far the lines of each block of code are apart, in points."""
    found = [[line.y_pt for line in block.lines] for block in blocks(data) if block.code]
    return [round(lines[0] - lines[1], 2) for lines in found if len(lines) > 1]


def told(data: bytes, code: str) -> list[str]:
    house = paged.House(families=PRINT.fonts, margins_mm=(16, 16, 16, 20), furniture_mm=5)
    return [place for count in paged.page_rules(data, house) if count.code == code for place in count.places]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is drawn beside lines while the test lasts: numbers, and "" where a line goes on."""
    found: list[str] = []
    theirs = ink.draw

    def draw(stream: Any, mark: ink.Mark) -> None:
        found.append(mark.number)
        theirs(stream, mark)

    monkeypatch.setattr(ink, "draw", draw)
    return found


def test_pieces_are_marked_and_no_letter_is_changed(tmp_path: Path) -> None:
    made, said = chapter(
        f".. role:: py(code)\n   :language: python\n\n.. code:: python\n{PROGRAM}\nIn :py:`not x`.\n", tmp_path
    )
    for kind, words in (
        ("keyword", "class"),
        ("name", "Oak"),
        ("comment", "# It's an old one."),
        ("string", '"rings"'),
    ):
        assert f'<span class="{kind}">{words}</span>' in html.unescape(made.body.xhtml)
    assert '<span class="keyword">not</span> x' in made.body.xhtml
    shown = html.unescape(re.sub("<.*?>", "", re.findall("<pre.*?</pre>", made.body.xhtml, re.DOTALL)[0]))
    assert shown == "\n".join(line[3:] for line in PROGRAM.strip("\n").splitlines()).rstrip()
    assert [d for d in said if d.code.startswith("RST16")] == []


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (".. code:: diff\n\n   -old\n   +new\n", "inserted", "+new"),
        (".. code-block:: console\n\n   $ make\n   built\n", "prompt", "$ "),
        (".. sourcecode:: c\n\n   #include <a.h>\n", "keyword", "#include"),
        (">>> 1 + 1\n2\n", "output", "2"),
        (".. include:: b.py\n   :code: python\n", "keyword", "pass"),
    ],
)
def test_every_way_to_write_code(text: str, kind: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "b.py").write_text("pass\n")
    assert f'<span class="{kind}">{words}</span>' in html.unescape(chapter(text, tmp_path)[0].body.xhtml)


def test_code_of_a_language_nobody_knows_is_shown_as_it_is(tmp_path: Path) -> None:
    made, said = chapter(".. code:: pyhton\n\n   if x: pass\n", tmp_path)
    assert '<span class="codeline">if x: pass</span>' in made.body.xhtml
    (told,) = [d for d in said if d.code == "RST161"]
    assert (told.severity.value, told.where and told.where.line) == ("warning", 10)
    assert "python" in told.hint


def test_code_that_takes_too_long_is_an_error_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syntax, "MAX_SECONDS", 0.5)
    with pytest.raises(SourceError) as caught:
        chapter(f".. code:: perl\n\n   {('m{' * 1000 + ' ') * 25}\n", tmp_path)
    (fault,) = caught.value.diagnostics
    assert (fault.code, fault.where and fault.where.line) == ("RST164", 10)


def test_long_code_is_shown_without_marks(tmp_path: Path) -> None:
    made, said = chapter(".. code:: python\n\n" + "   if x: pass\n" * 6000, tmp_path)
    assert made.body.xhtml.count('<span class="codeline">if x: pass') == 6000
    assert [d.code for d in said if d.code.startswith("RST16")] == ["RST162"]


@pytest.mark.parametrize(("option", "first"), [("", 1), (" 98", 98), (" 0", 0)])
def test_numbers_of_lines_are_shown_and_no_text(option: str, first: int, tmp_path: Path, drawn: list[str]) -> None:
    text = f".. code:: python\n   :number-lines:{option}\n{PROGRAM}"
    book = bound(text, tmp_path)
    data = printed(text, tmp_path)
    assert drawn == [str(first + line) for line in range(7)], "a blank line has its number too"
    document = tree_of(data)
    (shown,) = document.tree.all("Code")
    assert re.findall(r"\d+", shown.text) == ["3", "12"]
    assert not document.stray
    where = tmp_path / "a.pdf"
    assert parity.compare(book.blocks, paged.structure_text(data), book.added, where) == []
    assert parity.compare(book.blocks, parity.plain(data), book.added, where, spaced=False) == []
    assert re.findall(r'data-number="(\d+)"', book.spine[1].xhtml) == drawn


def test_numbers_of_lines_are_drawn_left_of_the_code(tmp_path: Path) -> None:
    def ink_from_left(options: str) -> int:
        page = pypdfium2.PdfDocument(printed(f".. code::\n{options}\n   x\n", tmp_path))[1].render(scale=2).to_pil()
        band = page.convert("L").crop((0, 60, page.width, 130)).point(lambda light: 255 * (light < 128))
        box = band.getbbox()
        assert box is not None
        return int(box[0])

    numbered, plain = ink_from_left("   :number-lines: 88888\n"), ink_from_left("")
    code_pt = 9.5 * 0.6
    assert numbered / 2 == pytest.approx(plain / 2, abs=2 * code_pt), "the number stands where the code would"


def test_numbers_beyond_reason_are_left_out(tmp_path: Path) -> None:
    made, said = chapter(f".. code::\n   :number-lines: {10**12}\n\n   x\n", tmp_path)
    assert "data-number" not in made.body.xhtml
    assert "RST163" in [d.code for d in said]


def test_what_is_kept_as_written(tmp_path: Path) -> None:
    text = 'Text::\n\n   a "b" -- c\td\n     e\n\nQuoted::\n\n> x\n> y\n\n.. parsed-literal::\n   :name: here\n\n'
    text += "   An *emphasis\n   over two lines*, a `link <https://example.org/>`__ and ``c``.\n"
    book = bound(text, tmp_path)
    shown = [
        html.unescape(re.sub("<.*?>", "", block))
        for block in re.findall("<pre.*?</pre>", book.spine[1].xhtml, re.DOTALL)
    ]
    assert shown == ['a "b" -- c   d\n  e', "> x\n> y", "An emphasis\nover two lines, a link and c."]
    assert book.spine[1].xhtml.count('id="here"') == 1
    data = printed(text, tmp_path)
    assert parity.compare(book.blocks, paged.structure_text(data), book.added, tmp_path) == []


def test_a_piece_over_two_lines_has_its_name_once(tmp_path: Path) -> None:
    made, _ = chapter(
        ".. parsed-literal::\n\n   See _`a place\n   of two lines`.\n\nTo `a place of two lines`_.\n", tmp_path
    )
    assert made.body.xhtml.count('id="a-place-of-two-lines"') == 1


PLACES = {
    "in the text": "{}",
    "in a list": "- a\n\n  {}",
    "in lists of lists": "- a\n\n  1. b\n\n     {}",
    "in a quote": "   {}",
    "in a definition": "term\n   {}",
    "in a note": ".. note::\n\n   {}",
    "in a cell": ".. list-table::\n\n   * - {}\n     - b",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("options", ["", "\n   :number-lines:"])
def test_no_line_leaves_the_type_area(place: str, options: str, tmp_path: Path, drawn: list[str]) -> None:
    lines = (LONG, "x = '" + "https://example.org/" + "path/" * 30 + "'", "y" * 200, "z", "#" + "(a_b)." * 40)
    code = f".. code:: python{options}\n\n" + "\n".join(f"   {line}" for line in lines)
    indent = " " * len(PLACES[place].rpartition("\n")[2].partition("{")[0])
    text = PLACES[place].format(code.replace("\n", "\n" + indent).replace("\n" + indent + "\n", "\n\n")) + "\n"
    data = printed(text, tmp_path)
    assert told(data, "PAGE009") == []
    (shown,) = broken(data)
    assert "".join("".join(shown).split()) == "".join("".join(lines).split())
    assert drawn.count("") == len(shown) - len(lines), "each break is shown"
    assert [int(number) for number in drawn if number] == ([1, 2, 3, 4, 5] if options else [])


def test_a_line_breaks_after_a_sign_and_goes_on_further_in(tmp_path: Path) -> None:
    data = printed(f"::\n\n       {LONG}\n", tmp_path)
    ((first, second, *_),) = [block.lines for block in blocks(data) if block.code]
    assert re.search(r"[\s,(]$", first.text + " ")
    assert second.x0_pt > first.x0_pt
    assert "\u200b" not in paged.text(data)


@pytest.mark.parametrize(
    ("columns", "apart_pt"),
    [(40, 13), (56, 13), (58, 11), (66, 11), (90, 13)],
)
def test_smaller_type_is_used_where_it_saves_a_break(columns: int, apart_pt: float, tmp_path: Path) -> None:
    assert sizes(printed(f"::\n\n   a\n   {'b' * columns}\n", tmp_path)) == [apart_pt]


def test_a_drawing_of_signs_is_made_smaller_rather_than_broken(tmp_path: Path, drawn: list[str]) -> None:
    rows = ("+" + "-" * 74 + "+", "|" + " " * 74 + "|", "+" + "-" * 74 + "+")
    data = printed("::\n\n" + "\n".join(f"   {row}" for row in rows) + "\n", tmp_path)
    assert (sizes(data), drawn) == ([8.75], [])


def test_short_blocks_are_not_parted_and_long_ones_not_badly(tmp_path: Path) -> None:
    for above in range(20, 34):
        text = "| x\n" * 1 + "".join(f"\n| {n}\n" for n in range(above)) + "\n::\n\n" + "   a\n" * 6
        data = printed(text, tmp_path)
        (short,) = [block for block in blocks(data) if block.code]
        assert len({line.page for line in short.lines}) == 1
        data = printed(text + "   b\n" * 6, tmp_path)
        (longer,) = [block for block in blocks(data) if block.code]
        pages = [line.page for line in longer.lines]
        assert min(pages.count(page) for page in set(pages)) >= 3


def test_names_in_a_text_break_after_a_sign_and_options_stay_whole(tmp_path: Path) -> None:
    names = " ".join(
        f"{'x' * width} ``a.very.long.name_of.something`` ``gdb -p`` ``--an-option``" for width in range(40)
    )
    data = printed(names + "\n", tmp_path)
    assert told(data, "PAGE009") == []
    assert told(data, "PAGE002") == []
    ends = [line.text for block in blocks(data) for line in block.lines]
    parted = [line for line in ends if re.search(r"(a|very|long|name_of|name)[._]?$", line)]
    assert parted
    assert all(re.search(r"[._]$", line) for line in parted)
    assert not [line for line in ends if re.match(r"-p|p\b|an-|option", line) or line.endswith("-")]
    assert "\u2010" not in paged.text(data)
    assert "\u200b" not in paged.text(data)
    book = bound(names + "\n", tmp_path)
    assert parity.compare(book.blocks, paged.structure_text(data), book.added, tmp_path) == []


def test_colours_can_be_read() -> None:
    def light(colour: str) -> float:
        """Relative luminance (WCAG 2.2)."""
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    colours = re.findall(r"color: *(#\w{6})", (styles() / "edition" / "print-code.css").read_text())
    assert 1 < len(set(colours)) <= 4
    for colour in (*colours, *("#" + "".join(f"{round(255 * part):02x}" for part in c) for c in (ink.GREY, ink.GREEN))):
        assert 1.05 / (light(colour) + 0.05) >= 7, colour


def test_the_ebook_says_it_without_colours() -> None:
    sheet = style.joined(("code.css", "ebook-code.css"))
    assert "color" not in sheet
    assert "px" not in sheet


def test_check_finds_nothing(tmp_path: Path) -> None:
    code = f".. code:: python\n   :number-lines:\n{PROGRAM}       {LONG}\n"
    text = f"{code}\nWith ``a.very.long.name_of.something`` in it.\n\n>>> {LONG}\n\n::\n\n   {'x' * 300}\n"
    (tmp_path / "a.rst").write_text(TITLE.replace("\n:Author", "\n:Identifier: urn:uuid:1\n:Author") + text)
    run = postpress("check", "a.rst", folder=tmp_path)
    assert (run.code, run.err) == (0, ""), run.err


def test_what_is_too_much_code_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        chapter("::\n\n" + "   a\n" * 40_001, tmp_path)
    (fault,) = caught.value.diagnostics
    assert (fault.code, fault.where and fault.where.line) == ("RST165", 12)
    made, said = chapter(f".. code:: c\n\n   {'int a; ' * 1000}\n\n" * 50, tmp_path)
    assert made.body.xhtml.count('<span class="keyword">') == 40_000
    assert made.body.xhtml.count("int</span> a;") + made.body.xhtml.count("int a;") == 50_000
    assert {d.code for d in said if d.code.startswith("RST16")} == {"RST162"}


def test_a_post_without_code_takes_no_pygments(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text(f"{TITLE}Text with ``a literal``::\n\n   and a block\n")
    program = (
        "import sys; from pathlib import Path; from pipeline import read; from pipeline.settings import Settings; "
        "read.read(Path('a.rst'), Settings()); print([m for m in sys.modules if 'pygments' in m])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True
    )
    assert done.stdout.split() == [b"[]"], done.stderr.decode()
