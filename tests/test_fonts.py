"""Fonts: what a family covers, and what of it a PDF gets: the glyphs that are used, drawn at one design, as asked."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import fontpkg
import pytest
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from pipeline import fonts
from pipeline.errors import RenderError
from pipeline.fetch import Shelf
from pipeline.write import pdf
from tests.pdfs import page, read

FAMILIES = ("Source Serif 4", "Source Sans 3", "Source Code Pro")
WORDS = "Hamburgefonstiv, ǚ ½ é ﬁ 0123"
OVERLAPS = 0x40  # of the first point's flags: OpenType, table glyf, OVERLAP_SIMPLE
SERIF_AND_SANS = "html { font-family: 'Source Serif 4', 'Source Sans 3'; font-variation-settings: 'opsz' 20 }"


def lay_out(body: str, css: str) -> bytes:
    return pdf.layout(page(body), fonts.faces(FAMILIES) + css, Shelf(fonts.roots(FAMILIES)))


def embedded(data: bytes) -> Iterator[tuple[TTFont, dict[int, float]]]:
    """The font programs of the first page, with the widths that the PDF says their glyphs have."""
    file = read(data).file
    for _, font in file.pages[0].resources.Font.items():
        below = font.DescendantFonts[0]
        starts, runs = list(below.W)[::2], list(below.W)[1::2]
        widths = {int(s) + i: float(w) for s, run in zip(starts, runs, strict=True) for i, w in enumerate(run)}
        yield TTFont(io.BytesIO(below.FontDescriptor.FontFile2.read_bytes())), widths


def outline(font: TTFont, glyph: int, location: dict[str, float] | None = None) -> tuple[list[str], list[float], Any]:
    """Operators, coordinates and advance of a glyph, drawn by fontTools."""
    glyphs, name = font.getGlyphSet(location=location), font.getGlyphName(glyph)
    pen = DecomposingRecordingPen(glyphs)
    glyphs[name].draw(pen)
    points = [point for _, operands in pen.value for point in operands if point]
    return [operator for operator, _ in pen.value], [c for point in points for c in point], glyphs[name].width


@pytest.mark.parametrize(
    ("css", "family", "style", "location"),
    [
        ("font: 12pt 'Source Serif 4'; font-variation-settings: 'opsz' 12", 0, "normal", {"opsz": 12, "wght": 400}),
        ("font: 600 12pt 'Source Serif 4'; font-variation-settings: 'opsz' 40", 0, "normal", {"opsz": 40, "wght": 600}),
        ("font: italic 30pt 'Source Serif 4'", 0, "italic", {"opsz": 40, "wght": 400}),
        ("font: 200pt 'Source Serif 4'", 0, "normal", {"opsz": 60, "wght": 400}),  # an axis ends there
        ("font: 900 12pt 'Source Sans 3'", 1, "normal", {"wght": 900}),
        ("font: italic 12pt 'Source Code Pro'", 2, "italic", {"wght": 400}),
    ],
)
def test_a_pdf_gets_static_fonts_that_look_as_asked(
    css: str, family: int, style: str, location: dict[str, float]
) -> None:
    (path,) = (file.path for file in fontpkg.family(FAMILIES[family]).files if file.style == style)
    source = TTFont(path)
    ((font, widths),) = embedded(lay_out(f"<p>{WORDS}</p>", f"p {{ {css} }} @page {{ size: 3000mm }}"))
    assert not {"fvar", "gvar", "HVAR", "GSUB"} & set(font.keys())
    assert len(widths) > 20
    for glyph, width in widths.items():  # ids are those of the source
        operators, points, advance = outline(font, glyph)
        theirs = outline(source, glyph, location)
        assert operators == theirs[0]
        assert points == pytest.approx(theirs[1], abs=1)
        assert advance == pytest.approx(theirs[2], abs=1)
        assert width == pytest.approx(advance * 1000 / source["head"].unitsPerEm, abs=1)
    # FreeType draws a seam where contours overlap, unless told.
    drawn = [glyph for name in font.getGlyphOrder() if (glyph := font["glyf"][name]).numberOfContours > 0]
    assert all(glyph.flags[0] & OVERLAPS for glyph in drawn)
    assert len(drawn) < len(WORDS) + 10


def test_a_pdf_takes_no_fonttools(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def counted(*arguments: Any, **options: Any) -> Any:
        calls.append(options)
        return instantiateVariableFont(*arguments, **options)

    monkeypatch.setattr("pipeline.write.pdf.faces.instantiate", counted)
    first = lay_out("<p>a</p>", SERIF_AND_SANS)
    assert not calls
    # When this fails, the engine has HarfBuzz make fonts static: `subset` in write/pdf/faces.py can go.
    monkeypatch.setattr("pipeline.write.pdf.faces.corrected", nullcontext)
    monkeypatch.setattr("weasyprint.pdf.fonts.instantiateVariableFont", counted)
    second = lay_out("<p>a</p>", SERIF_AND_SANS)
    assert calls
    ((ours, widths),), ((theirs, _),) = embedded(first), embedded(second)
    assert [outline(ours, glyph) for glyph in widths] == [outline(theirs, glyph) for glyph in widths]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_covers_what_its_tables_say(family: str) -> None:
    maps = [set(TTFont(file.path).getBestCmap()) for file in fontpkg.family(family).files]
    assert fonts.covered(family) == set.intersection(*maps)


def loaded(code: str) -> str:
    code += "; import sys; print(*sorted({'fontTools.subset', 'fontTools.varLib.instancer'} & set(sys.modules)))"
    command = [sys.executable, "-W", "ignore", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parent.parent, check=True).stdout


def test_what_is_not_used_is_not_loaded() -> None:
    assert loaded("from tests.pdfs import lay_out; lay_out('<p>a</p>')") == "\n"
    # When this fails, the engine loads it where it is needed: their row in write/pdf/engine.py can go.
    assert loaded("import weasyprint") == "fontTools.subset fontTools.varLib.instancer\n"


@pytest.mark.parametrize("body", ["<p style=\"font-family: 'Source Sans 3'\">a</p>", "<p>\u0167</p>"])
def test_an_axis_that_a_font_lacks_is_left_out(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inherited by other text, or by a character that only another family has (ŧ)."""
    ((font, _),) = embedded(lay_out(body, SERIF_AND_SANS))
    assert "fvar" not in font
    # What HarfBuzz leaves to fontTools.
    monkeypatch.setattr("pipeline.write.pdf.faces._place", lambda font: None)  # noqa: ARG005
    ((font, _),) = embedded(lay_out(body, SERIF_AND_SANS))
    assert "fvar" not in font
    # When this fails, the engine does so itself: `known` in write/pdf/faces.py can go.
    monkeypatch.setattr("pipeline.write.pdf.faces.instantiate", instantiateVariableFont)
    with pytest.raises(RenderError, match="Unable to instantiate"):
        lay_out(body, SERIF_AND_SANS)


def test_a_character_that_any_family_has_is_not_missing() -> None:
    assert fonts.missing("a\u0167\u6f22b\u200b\n\u6f22\u6f23", FAMILIES[:2]) == ["\u6f22", "\u6f23"]
    assert fonts.missing("\u0167", FAMILIES[:1]) == ["\u0167"]


def test_a_family_is_opened_only_for_what_others_lack() -> None:
    fonts.covered.cache_clear()
    assert fonts.missing("Plain text.", FAMILIES) == []
    assert fonts.covered.cache_info().currsize == 1
