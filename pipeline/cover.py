"""The cover of an ebook: a page to be laid out with styles/cover.css, and the picture made of it.

Lengths are points on a page of 420 × 630, of which a point is 10/3 pixels of the picture.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from math import ceil
from unicodedata import combining, normalize
from urllib.parse import quote

from pipeline import balance
from pipeline.markup import escape, quoteattr
from pipeline.model import Book

WIDTH_PX, HEIGHT_PX = 1400, 2100  # Apple: at most 4 Mpx inside an ebook
_MEASURE_PT, _DEPTH_PT = 348, 268  # the room for a title above one line of authors
_AUTHOR_PT, _AUTHOR_LINE_PT = 27, 32.4
_LEAST_PT, _MOST_PT = 37, 56  # 37 pt are 9 px where the cover is 160 px tall
_LEADING, _MOST_LINES = 1.12, 12
_BREADTHS_EM = (
    (0.24, " \u00a0'‘’"),
    (0.35, "!,-.:;[]ijl|"),
    (0.4, "()/IJft"),
    (0.47, '"*?rsz“”'),
    (0.55, "0123456789Sacegvy–"),
    (0.58, "#FLZox"),
    (0.62, "CEPbdhknpqu"),
    (0.66, "BTVXY"),
    (0.71, "ADGKOQR"),
    (0.79, "&HNUw"),
)


def page(book: Book) -> str:
    """The cover as an XHTML document; the drawing's address is relative to the source's folder."""
    language = quoteattr(book.metadata.language)
    names = ", ".join(book.metadata.authors)
    below_pt = _AUTHOR_LINE_PT * max(0, ceil(_AUTHOR_PT * _breadth_em(names) / _MEASURE_PT) - 1)
    lines, size_pt = _set(book.metadata.title.split(), _DEPTH_PT - below_pt)
    title = " ".join(f"<span>{escape(line)}</span>" for line in lines)
    authors = f'<p class="author">{escape(names)}</p>' if names else ""
    drawing = f'<img class="drawing" src={quoteattr(quote(book.drawing.src))} alt=""/>' if book.drawing else ""
    return (
        f'<html xmlns="http://www.w3.org/1999/xhtml" lang={language} xml:lang={language}>'
        f"<head><title>{escape(book.metadata.title)}</title></head>"
        f'<body><div class="cover"><div class="words"><h1 style="font-size: {size_pt:.1f}pt">{title}</h1>'
        f"{authors}</div>{drawing}</div></body></html>"
    )


def raster(pdf: bytes) -> bytes:
    """The first page of a PDF as a JPEG of 1400 × 2100 pixels, without metadata."""
    import pypdfium2
    from PIL import Image

    with pypdfium2.PdfDocument(pdf) as document:
        sheet = document[0]
        picture = sheet.render(scale=WIDTH_PX / sheet.get_width()).to_pil().convert("RGB")
    if picture.size != (WIDTH_PX, HEIGHT_PX):
        picture = picture.resize((WIDTH_PX, HEIGHT_PX), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90, subsampling=0, optimize=True)
    return out.getvalue()


def _set(words: Sequence[str], depth_pt: float) -> tuple[list[str], float]:
    """The title's lines and their size: the fewest lines that stay legible small, else those that come out largest."""
    settings = []
    for count in range(1, min(len(words), _MOST_LINES) + 1):
        lines = balance.lines(words, count)
        across = _MEASURE_PT / max(map(_breadth_em, lines))
        settings.append((lines, min(across, depth_pt / (_LEADING * count), _MOST_PT)))
        if settings[-1][1] >= _LEAST_PT:
            return settings[-1]
    return max(settings, key=lambda setting: setting[1])


def _breadth_em(line: str) -> float:
    """About how broad a line is in Source Serif 4 Bold, opsz 20; what is not listed counts as square."""
    plain = normalize("NFD", line)
    return sum(next((em for em, some in _BREADTHS_EM if c in some), 1.0) for c in plain if not combining(c))
