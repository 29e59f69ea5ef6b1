"""Glyphs of measured text written into a page's content, in place of WeasyPrint 70's `draw_first_line`."""

from __future__ import annotations

from typing import Any

import weasyprint.draw.text
from pydyf import _to_bytes
from weasyprint.pdf.fonts import Font
from weasyprint.text.ffi import FROM_UNITS, pango

from pipeline.write.pdf.quick.lines import Line
from pipeline.write.pdf.quick.runs import Run
from pipeline.write.pdf.quick.shaping import EMPTY, Face

_UPRIGHT = [1, 0, 0, -1]  # as all text but that of drawings: pages are upside down
_draw_first_line = weasyprint.draw.text.draw_first_line


def draw_first_line(stream: Any, textbox: Any, text_overflow: str, block_ellipsis: Any, matrix: Any) -> Any:
    """WeasyPrint 70's function of that name: write a line into a stream, and return its emojis."""
    line = textbox.pango_layout
    if not isinstance(line, Line):
        return _draw_first_line(stream, textbox, text_overflow, block_ellipsis, matrix)
    if not textbox.text.strip():
        return []
    plain = text_overflow != "ellipsis" and block_ellipsis == "none"
    part = line.glyphs() if plain else None
    if part is None or _coloured(font := _font(stream, face := part[0].face)):
        textbox.pango_layout = line.laid_out()
        return _draw_first_line(stream, textbox, text_overflow, block_ellipsis, matrix)
    run, first, end = part
    pieces = _pieces(font)
    *scale, x, y = matrix.values
    if scale == _UPRIGHT:
        stream.stream.append(b"1 0 0 -1 %b %b Tm" % (_to_bytes(x), _to_bytes(y)))
    else:
        stream.set_text_matrix(*matrix.values)
    stream.set_font_size(font.hash, face.size)
    glyphs = list(zip(run.glyphs[first:end], run.widths[first:end], strict=True))
    try:
        string = "<" + "".join(map(pieces.__getitem__, glyphs))
    except KeyError:
        for place, glyph in enumerate(glyphs, first):
            if glyph not in pieces:
                pieces[glyph] = _piece(stream, font, face, run, place)
        string = "<" + "".join(map(pieces.__getitem__, glyphs))
    stream.show_text(string[:-1] if string[-1] == "<" else string + ">")
    return []


def _font(stream: Any, face: Face) -> Any:
    if face.key not in stream._fonts:
        stream._fonts[face.key] = Font(face.pango, face.description, face.size)
    return stream._fonts[face.key]


def _pieces(font: Any) -> dict[tuple[int, int], str]:
    """What stands in a PDF for (glyph, width in Pango's units); a document's own font learns its glyphs by it."""
    pieces: dict[tuple[int, int], str] = font.__dict__.setdefault("pieces", {})
    return pieces


def _coloured(font: Any) -> bool:
    return bool(font.bitmap or font.png or font.svg or font.colr)


def _piece(stream: Any, font: Any, face: Face, run: Run, place: int) -> str:
    """A glyph's number in hexadecimal, and after it how far it is from where its width in the font says."""
    glyph, width = run.glyphs[place], run.widths[place]
    if glyph == EMPTY:
        return f">{-width / face.size}<"
    if glyph not in font.to_unicode:
        start, end = run.clusters[place], run.clusters[place + 1] if place + 1 < len(run.clusters) else len(run.data)
        font.to_unicode[glyph] = run.data[start:end].decode()
    if glyph not in font.widths:
        pango.pango_font_get_glyph_extents(face.pango, glyph, stream.ink_rect, stream.logical_rect)
        font.widths[glyph] = round(stream.logical_rect.width * 1000 * FROM_UNITS / face.size)
    kerning = font.widths[glyph] - width * 1000 * FROM_UNITS / face.size
    return f"{glyph:04x}>{int(kerning)}<" if kerning else f"{glyph:04x}"
