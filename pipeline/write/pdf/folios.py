"""Folios, written when a book's pages are put together: only then is known which number each page has.

While a chapter is laid out, `string(folio)` in a margin stands for its page's number: a line of all the signs that
numbers are made of. It is taken off the page, and where it was and how it was set is kept (`Folio`). `stamped` writes
the number there with the same glyphs, so the chapter need not be laid out again when its pages are numbered anew.
"""

from __future__ import annotations

import re
from typing import Any

from pipeline.model import Figures, Folio

FIGURES = "0123456789ivxlcdm"
_POINTS = 0.75  # in a CSS pixel
_LAYER = b"/Artifact <</Type /Pagination /Subtype /Footer>> BDC\n"


def taken(stream: Any, start: int, box: Any, margin: str, height: float) -> Folio:
    """Take what a margin box has drawn off a page of WeasyPrint 70, from that operator of its stream on.

    `margin` is what CSS calls the box: @bottom-left, @top-right … `height` is the page's, in CSS pixels.
    """
    drawn = b"\n".join(
        piece if isinstance(piece, bytes) else str(piece).encode() for piece in stream.stream[start:]
    ).decode("latin-1")
    del stream.stream[start:]
    # What comes next must not rely on a colour or a font that has gone.
    stream._current_color = stream._current_font = stream._old_font = None
    (colour,) = re.findall(r"^[\d. ]+ (?:rg|g|k)$", drawn, re.M)
    ((font, size),) = re.findall(r"/(\S+) ([\d.]+) Tf", drawn)
    codes = "".join(re.findall(r"<([0-9a-f]*)>(?!>)", drawn.partition("BT")[2]))
    glyphs = [int(codes[at : at + 4], 16) for at in range(0, len(codes), 4)]
    if len(glyphs) != len(FIGURES):
        raise ValueError(f"a folio's {len(FIGURES)} signs are {len(glyphs)} glyphs")
    (widths,) = (face.widths for face in stream._fonts.values() if face.hash == font)
    figures = Figures(
        font=font,
        size_pt=round(float(size) * _POINTS, 3),
        colour=colour,
        glyphs={sign: (glyph, float(widths[glyph])) for sign, glyph in zip(FIGURES, glyphs, strict=True)},
    )
    left, y = box.position_x, box.position_y + box.baseline
    return Folio(
        left_pt=round(left * _POINTS, 3),
        right_pt=round((left + box.width) * _POINTS, 3),
        y_pt=round((height - y) * _POINTS, 3),
        side=margin.rpartition("-")[2],
        figures=figures,
    )


BEFORE = b"q\n"  # what comes before the content of a page that has a folio


def stamped(folio: Folio, label: str) -> bytes:
    """The folio of a page that is called `label`, as the content that comes last."""
    return b"Q\n" + _LAYER + _line(folio, label) + b"EMC\n"


def _line(folio: Folio, text: str) -> bytes:
    figures = folio.figures
    glyphs = [figures.glyphs[sign] for sign in text]
    width = sum(breadth for _, breadth in glyphs) * figures.size_pt / 1000
    shift = {"left": 0.0, "center": 0.5, "right": 1.0}[folio.side]
    x = folio.left_pt + shift * (folio.right_pt - folio.left_pt - width)
    codes = "".join(f"{glyph:04x}" for glyph, _ in glyphs)
    return (
        f"{figures.colour}\nBT\n/{figures.font} {figures.size_pt:g} Tf\n"
        f"{round(x, 3):g} {folio.y_pt:g} Td\n<{codes}> Tj\nET\n"
    ).encode("latin-1")
