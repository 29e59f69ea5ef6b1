"""Formulas: read from LaTeX, MathML in the ebook, drawn on paper, and in plain text for those who cannot see them."""

from __future__ import annotations

import io
import re
from pathlib import Path
from time import process_time
from xml.etree import ElementTree

import pikepdf
import pypdfium2
import pytest

from pipeline import check, read
from pipeline.check.parity import compare
from pipeline.check.parity import formulas as compare_formulas
from pipeline.editions import EDITIONS
from pipeline.errors import Diagnostic, Location, SourceError
from pipeline.fonts import missing
from pipeline.model import FORMULA, Block, Chapter
from pipeline.read import linear
from pipeline.settings import Settings
from tests.pdfs import lay_out
from tests.pdfs import read as opened
from tests.vocabulary import TITLE, Run, postpress

SOURCE = r"""
==================
On :math:`E = mc^2`
==================

:Author: A. Writer
:Date: 2026-01-02

So :math:`a^2 + b^2 = c^2`, and the :math:`n`-th (:math:`\frac{a}{b}`) of them, as euler_ says:

.. math::
   :name: euler

   e^{i\pi} + 1 = 0

.. math::

   a &= (x + y)^2 \\
     &= x^2 + 2xy + y^2

With :math:`\sqrt 2`
====================

====== ========================================================
Matrix :math:`\begin{pmatrix} a & b \\ c & d \end{pmatrix}`
Gauss  :math:`\int_{-\infty}^\infty e^{-x^2}\,\mathrm dx`
====== ========================================================

Of :math:`k` a note [1]_, and then :math:`l`.

.. [1] With :math:`m` in it.

- Two

  .. math:: f(x) = \begin{cases} 1 & x > 0 \\ 0 & \text{otherwise} \end{cases}
""".replace("==================\n", "===================\n")
SAID = [
    "E = mc²",
    "a² + b² = c²",
    "n",
    r"\frac{a}{b}",
    r"e^{i\pi} + 1 = 0",
    r"a &= (x + y)^2 \\ &= x^2 + 2xy + y^2",
    r"\sqrt 2",
    r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}",
    r"\int_{-\infty}^\infty e^{-x^2}\,\mathrm dx",
    "k",
    "l",
    "m",
    r"f(x) = \begin{cases} 1 & x > 0 \\ 0 & \text{otherwise} \end{cases}",
]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("formulas")
    (folder / "a.rst").write_text(SOURCE, encoding="utf-8")
    return postpress("check", "a.rst", folder=folder)


def chapter(text: str, folder: Path, *lenient: str) -> tuple[Chapter, tuple[Diagnostic, ...]]:
    (folder / "a.rst").write_text(TITLE + text, encoding="utf-8")
    return read.read(folder / "a.rst", Settings(lenient=lenient))


def mathml(latex: str, folder: Path) -> str:
    body = chapter(f":math:`{latex}`\n", folder)[0].body.xhtml
    (found,) = re.findall("<math.*?</math>", body)
    return re.sub('<math[^>]*>|</math>| (xmlns|alttext|display)="[^"]*"', "", str(found))


def test_each_formula_is_in_each_edition_once(run: Run) -> None:
    assert (run.code, run.err) == (0, "")
    assert run.out.count("  0  differences between the formulas of the source and") == 2
    assert "  0  messages of EPUBCheck" in run.out
    assert "claims PDF/UA-1" in run.out
    assert list(check.epub.formulas((run.folder / "build/a.epub").read_bytes())) == SAID
    assert list(check.pdf.formulas((run.folder / "build/a.pdf").read_bytes())) == SAID


def test_titles_say_a_formula_in_plain_text(run: Run) -> None:
    with pikepdf.open(run.folder / "build/a.pdf") as pdf, pdf.open_outline() as outline:
        titles = [item.title for top in outline.root for item in (top, *top.children)]
        assert str(pdf.docinfo["/Title"]) == "On E = mc²"
    assert "On E = mc²" in titles
    assert r"With \sqrt 2" in titles
    ebook = check.epub.container.opened((run.folder / "build/a.epub").read_bytes())
    assert r"With \sqrt 2" in "".join(map(str, ebook.documents[ebook.nav].itertext()))


def test_the_ebook_says_that_it_has_mathml(run: Run) -> None:
    ebook = check.epub.container.opened((run.folder / "build/a.epub").read_bytes())
    package = ebook.files[ebook.package_path].decode()
    assert '<meta property="schema:accessibilityFeature">MathML</meta>' in package
    assert len(re.findall('properties="mathml"', package)) == 2  # title page and article


def test_formulas_are_drawn_black_without_fonts_of_their_own(run: Run) -> None:
    data = (run.folder / "build/a.pdf").read_bytes()
    text = check.pdf.text(data)
    assert "So , and the -th ( ) of them" in " ".join(text.split())
    assert "pmatrix" not in text
    page = pypdfium2.PdfDocument(data)[1]
    inked = page.render(scale=2).to_pil().convert("L").crop((0, 100, 840, 700)).getextrema()
    assert inked == (0, 255)


def test_the_same_source_gives_the_same_bytes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text(SOURCE, encoding="utf-8")
    again = postpress("build", "a.rst", folder=tmp_path, PYTHONHASHSEED="7")
    assert again.code == 0
    for name in ("a.pdf", "a.epub"):
        assert (tmp_path / "build" / name).read_bytes() == (run.folder / "build" / name).read_bytes()


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        (r"\alpha", "<mi>α</mi>"),
        (r"\frac12", "<mfrac><mn>1</mn><mn>2</mn></mfrac>"),
        (r"\frac 12x", "<mfrac><mn>1</mn><mn>2</mn></mfrac><mi>x</mi>"),
        ("x^23", "<msup><mi>x</mi><mn>2</mn></msup><mn>3</mn>"),
        ("x^{23}", "<msup><mi>x</mi><mn>23</mn></msup>"),
        (r"\text{x_12}", "<mtext>x_12</mtext>"),
        (r"\sin x", "<mi>sin</mi><mo>\u2061</mo><mi>x</mi>"),
        (
            r"\dfrac{a}{b}",
            '<mstyle displaystyle="true" scriptlevel="0"><mfrac><mi>a</mi><mi>b</mi></mfrac></mstyle>',
        ),
        # What docutils does not know, and latex2mathml does.
        (
            r"\left<x\right>",
            '<mrow><mrow><mo fence="true" form="prefix" stretchy="true">&lt;</mo><mi>x</mi>'
            '<mo fence="true" form="postfix" stretchy="true">&gt;</mo></mrow></mrow>',
        ),
        (
            r"\begin{array}{lr} a & b \end{array}",
            '<mrow><mtable><mtr><mtd columnalign="left"><mi>a</mi></mtd>'
            '<mtd columnalign="right"><mi>b</mi></mtd></mtr></mtable></mrow>',
        ),
        # What has another name there, or is not printed.
        (r"\begin{equation} x \label{eq:x} \end{equation}", "<mi>x</mi>"),
        (
            r"\begin{gather*} x \\ y \end{gather*}",
            "<mtable><mtr><mtd><mi>x</mi></mtd></mtr><mtr><mtd><mi>y</mi></mtd></mtr></mtable>",
        ),
        (
            r"\begin{alignat*}{2} x &= y \end{alignat*}",
            '<mtable class="ams-align" columnalign="right left" columnspacing="0em">'
            "<mtr><mtd><mi>x</mi></mtd><mtd><mo>=</mo><mi>y</mi></mtd></mtr></mtable>",
        ),
    ],
)
def test_latex_as_mathml(latex: str, shown: str, tmp_path: Path) -> None:
    assert mathml(latex, tmp_path) == shown


@pytest.mark.parametrize(
    ("latex", "said"),
    [
        (r"\alpha", "α"),
        ("x^2+y^{10} = -1", "x² + y¹⁰ = −1"),
        ("a_1, a_2", "a₁, a₂"),
        ("x_1^2", "x₁²"),
        ("(x+y)^2", "(x + y)²"),
        (r"\sin x \le \sin(y)", "sin x ≤ sin (y)"),
        (r"|-x| \ge 2 \cdot 1", "|−x| ≥ 2 · 1"),
        (r"f: A \to B", "f:A → B"),
        (r"x = 1 \text{ if } y", "x = 1 if y"),
        # What would lose something in a line of text is said in LaTeX.
        (r"\frac{a}{b}", r"\frac{a}{b}"),
        ("x_n  + 1", "x_n + 1"),
        ("x^{n+1}", "x^{n+1}"),
        (r"{a+b}^2", r"{a+b}^2"),
        (r"\boldsymbol{x}", r"\boldsymbol{x}"),
        (r"\sqrt 2", r"\sqrt 2"),
        (r"\hat x", r"\hat x"),
        (r"\mathbb{R}", r"\mathbb{R}"),
    ],
)
def test_what_stands_for_a_formula(latex: str, said: str, tmp_path: Path) -> None:
    (block,) = chapter(f":math:`{latex}`\n", tmp_path)[0].body.blocks
    assert block.formulas == (said,)


def test_titles_can_be_set_in_every_edition() -> None:
    for family in {family for edition in EDITIONS for family in edition.fonts if "Code" not in family}:
        assert missing("".join(sorted(linear.SIGNS)), (family,)) == []


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        (r"\foo x", 'cannot be read: Unknown LaTeX command "\\foo"'),
        (r"\mathbf{x", "Group without closing bracket"),
        (r"{\frac{a}}", "a part of it is missing"),
        (r"x_", "Last node missing children"),
        (r"\begin{nothing} x \end{nothing}", 'Environment "nothing" not supported'),
        (r"x \limits", "a part of it is missing, or one too many"),
        (r"\hspace{1e9em} x", "1e9em is no length for a space"),
        (r"\hspace{9000em} x", "9000em is no length for a space"),
        (r"\hspace{1em; color: red} x", "is no length for a space"),
        (r"\text{水}", "no font of formulas has 水 (U+6C34)"),
        ("x" * 4001, "a formula of more than 4,000 characters"),
        (r"\newcommand{\x}{y}\x", 'Unknown LaTeX command "\\newcommand"'),
        (r"\sqrt{" * 400 + "x" + "}" * 400, "nested too deeply"),
        (r"\text{a$" * 40, "cannot be read"),
    ],
)
def test_what_cannot_be_shown_is_told_and_shown_as_it_is_written(latex: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as refusal:
        chapter(f"Text.\n\nSo :math:`{latex}`.\n", tmp_path)
    (fault,) = refusal.value.diagnostics
    assert (fault.code, fault.where) == ("RST134", Location(tmp_path / "a.rst", 10))
    assert words in fault.message
    assert fault.hint

    mended, said = chapter(f"Text.\n\nSo :math:`{latex}`.\n", tmp_path, "markup")
    assert any(words in warning.message for warning in said)
    assert mended.body.blocks[-1].text == f"So {' '.join(latex.split())}."
    assert "<math" not in mended.body.xhtml


def test_a_block_that_cannot_be_shown_becomes_literal_text(tmp_path: Path) -> None:
    mended, _ = chapter(".. math::\n   :name: here\n\n   \\foo\n   x\n\nSee here_.\n", tmp_path, "markup")
    assert "<pre" in mended.body.xhtml
    assert 'id="here"' in mended.body.xhtml
    assert mended.body.blocks[0].text == r"\foo x"


def test_more_formulas_than_can_be_drawn_in_time_are_refused(tmp_path: Path) -> None:
    text = "".join(f":math:`{'+'.join(f'{x}' for x in range(n, n + 400))}`\n\n" for n in range(30))
    with pytest.raises(SourceError, match="more than 20,000 signs in formulas"):
        chapter(text, tmp_path)


def drawn(latex: str, folder: Path, around: str = "{}") -> ElementTree.Element:
    """A formula as it stands on the page of a text."""
    from lxml import etree

    from pipeline.write.pdf import formulas

    body = chapter(around.replace("{}", f":math:`{latex}`") + "\n", folder)[0].body.xhtml
    root = etree.fromstring(f"<body xmlns='http://www.w3.org/1999/xhtml'>{body}</body>")
    formulas.draw(root)
    return ElementTree.fromstring(etree.tostring(root, encoding="unicode"))


def breadth(latex: str, folder: Path) -> float:
    svg = next(drawn(latex, folder).iter("{http://www.w3.org/2000/svg}svg"))
    return float(svg.get("viewBox", "").split()[2])


def test_a_formula_stays_with_the_letters_it_touches(tmp_path: Path) -> None:
    text = "".join(drawn("x", tmp_path, "the a\\ {}\\ -th, ({}) and {}").itertext())
    assert text.split("\n")[0] == "the a\u2060\u2060-th, (\u2060) and "


def test_spaces_are_as_broad_as_latex_has_them(tmp_path: Path) -> None:
    both = breadth("a", tmp_path) + breadth("b", tmp_path)
    assert breadth(r"a\quad b", tmp_path) - both == pytest.approx(100, abs=8)
    assert breadth("a=b", tmp_path) - both - breadth("=", tmp_path) == pytest.approx(2 * 100 * 5 / 18, abs=3)
    assert breadth(r"\sin x", tmp_path) - breadth(r"\sin(", tmp_path) > 0


def test_fences_reach_around_sums_and_their_limits(tmp_path: Path) -> None:
    def height(latex: str) -> float:
        svg = next(drawn(latex, tmp_path).iter("{http://www.w3.org/2000/svg}svg"))
        return float(svg.get("viewBox", "").split()[3])

    tall = r"\sum\limits_{i=1}^n x_i"
    assert height(rf"\left({tall}\right)") >= height(tall) - 5


def test_deep_formulas_take_no_longer_than_broad_ones(tmp_path: Path) -> None:
    latex = "x"
    for _ in range(17):
        latex = rf"\left(\frac{{{latex}}}{{2}}\right)"
    began = process_time()
    drawn(latex, tmp_path)
    assert process_time() - began < 5


@pytest.mark.parametrize("latex", [r"\boxed{}", r"\sqrt{}", r"\begin{matrix}\end{matrix}", "{}", r"\,", r"x^{}"])
def test_what_is_empty_is_drawn_with_some_breadth(latex: str, tmp_path: Path) -> None:
    assert breadth(latex, tmp_path) >= 1


def test_what_ziamath_cannot_draw_is_printed_as_latex_and_told(tmp_path: Path) -> None:
    latex = r"\xrightarrow{\vec{\boxed{x}}}"
    (tmp_path / "a.rst").write_text(TITLE + f"Text.\n\nSo :math:`{latex}`.\n", encoding="utf-8")
    run = postpress("build", "a.rst", "--edition", "print", folder=tmp_path)
    assert run.code == 0
    assert (
        f"a.rst:10: warning PDF012: this formula is printed as LaTeX, since ziamath cannot draw it: {latex}" in run.err
    )
    assert check.pdf.formulas((tmp_path / "build" / "a.pdf").read_bytes()) == (latex,)
    assert breadth(latex, tmp_path) > 1000


_SVG = '<svg xmlns="http://www.w3.org/2000/svg" role="math" aria-label="{}" viewBox="0 0 90 60" style="width: 3em">'
DRAWN = _SVG + "{}</svg>"
INK = '<path d="M0 0h90v60z"/>'


def test_a_formula_is_one_element_with_its_latex_and_its_place() -> None:
    one = DRAWN.format("x^2", INK)
    document = opened(lay_out(f"<p>a {one} b</p><div>{one}</div>"))
    assert str(document.tree) == "Document(P(a Formula b) Div(Formula))"
    for formula in document.tree.all("Formula"):
        assert str(formula.entry.Alt) == "x^2"
        left, low, right, high = map(float, formula.entry.A.BBox)
        assert right - left == pytest.approx(36, abs=0.1)
        assert high - low == pytest.approx(24, abs=0.1)


def test_a_line_that_ends_with_a_formula_is_read_with_a_space_after_it() -> None:
    words = " ".join(["word"] * 9)
    data = lay_out(f"<p>{words} {DRAWN.format('x', INK)} and {words}</p>")
    assert check.pdf.structure_text(data) == (f"{words} {FORMULA} and {words}",)


def judged(source: str, edition: str, *, spaced: bool = True) -> str:
    block = Block(source, "paragraph", Location(Path("a.rst"), 1), ("x",) * source.count(FORMULA))
    return " ".join(d.code for d in compare([block], [edition], (), Path("a.pdf"), spaced=spaced))


def test_parity_asks_for_a_formula_in_its_place() -> None:
    assert judged("So \ufffc, or (\ufffc).", "So \ufffc, or (\ufffc).") == ""
    assert judged("So \ufffc, or", "So , or") == "PAR001"
    assert judged("So it is", "So \ufffc it is") == "PAR001"
    for extracted in ("So , or ().", "So  , or ( ).", "So, or\n()."):
        assert judged("So \ufffc, or (\ufffc).", extracted, spaced=False) == ""


@pytest.mark.parametrize(
    ("edition", "said"),
    [
        (["x", "y", "z"], []),
        (["x", "z"], ["a.rst:2: error PAR003: a.pdf: missing formula: y"]),
        (["x", "y", "y", "z"], ["a.pdf: error PAR003: formula not in the source: y"]),
        (
            ["x", "z", "y"],
            ["a.pdf: error PAR003: formula not in the source: z", "a.rst:3: error PAR003: a.pdf: missing formula: z"],
        ),
    ],
)
def test_parity_asks_for_each_formula_once(edition: list[str], said: list[str]) -> None:
    source = [Block(FORMULA, "math_block", Location(Path("a.rst"), n), (x,)) for n, x in enumerate("xyz", 1)]
    assert [str(d).splitlines()[0] for d in compare_formulas(source, edition, Path("a.pdf"))] == said


def test_an_ebook_with_a_silent_formula_is_found_out(run: Run) -> None:
    import zipfile

    whole = (run.folder / "build/a.epub").read_bytes()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            new.writestr(item, re.sub(rb' alttext="[^"]*"', b"", old.read(item)))
    assert {d.code for d in check.epub.check(out.getvalue())} == {"EPC003"}


def test_a_formula_that_only_small_type_makes_room_for_is_told(tmp_path: Path) -> None:
    def sum_of(count: int) -> str:
        return " + ".join(f"a_{{{n}}}" for n in range(10, 10 + count))

    text = f".. math::\n\n   {sum_of(16)}\n\nBut then:\n\n.. math::\n\n   {sum_of(40)}\n"
    (tmp_path / "a.rst").write_text(TITLE + text, encoding="utf-8")
    run = postpress("build", "a.rst", "--edition", "print", folder=tmp_path)
    assert run.code == 0
    assert "a.rst:14: warning PDF013: this formula is smaller than 7 points" in run.err
    assert run.err.count("PDF013") == 1
    assert r"break it into lines with \\" in run.err
    data = (tmp_path / "build" / "a.pdf").read_bytes()
    paper_pt = 148 / 25.4 * 72
    document = opened(data)
    for formula in document.tree.all("Formula"):
        assert float(formula.entry.A.BBox[2]) <= paper_pt - 45
