"""The cover of an ebook: a page to be laid out with styles/cover.css, and pictures made of it or of the author's own.

Lengths are points on a page of 420 × 630, of which a point is 10/3 pixels of the picture in the ebook.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from math import ceil
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING
from unicodedata import combining, normalize
from urllib.parse import quote

from msgspec import Struct

from pipeline import balance, scripts
from pipeline.errors import RenderError, error
from pipeline.markup import escape, quoteattr
from pipeline.model import Book

if TYPE_CHECKING:
    from PIL.Image import Image

INSIDE_PX = (1400, 2100)  # Apple: at most 4 Mpx inside an ebook
SHOP_PX = (1600, 2560)  # Kindle Publishing Guidelines, 4.1
_MOST_BYTES = 500_000  # of the one inside
_QUALITY, _LEAST_QUALITY = 90, 50
_ALIKE = 0.04  # so much of a picture may be cut off to fill a cover
_MEASURE_PT, _DEPTH_PT = 348, 268  # the room for a title above one line of authors
_AUTHOR_PT, _AUTHOR_LINE_PT = 27, 32.4
_LEAST_PT, _MOST_PT = 37, 56  # 37 pt are 9 px where the cover is 160 px tall
_BGRX, _ANNOTATIONS, _RGB_FOR_BGR = 3, 0x01, 0x10
_MOST_NAMES = 120  # characters: four lines; all are on the title page
_MOST_WHOLE = 22  # characters, of which few are as broad as the author's type is high
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
    names = ", ".join(map(_whole, shorten(", ".join(book.metadata.authors), _MOST_NAMES, placeholder=" …").split(", ")))
    below_pt = _AUTHOR_LINE_PT * max(0, ceil(_AUTHOR_PT * _breadth_em(names) / _MEASURE_PT) - 1)
    lines, size_pt = _set(scripts.pieces(book.metadata.title), _DEPTH_PT - below_pt)
    title = " ".join(f"<span>{escape(line)}</span>" for line in lines)
    authors = f'<p class="author">{escape(names)}</p>' if names else ""
    drawing = f'<img class="drawing" src={quoteattr(quote(book.drawing.src))} alt=""/>' if book.drawing else ""
    return (
        f'<html xmlns="http://www.w3.org/1999/xhtml" {scripts.attributes(book.metadata.language, whole=True)}>'
        f"<head><title>{escape(book.metadata.title)}</title></head>"
        f'<body><div class="cover"><div class="words"><h1 style="font-size: {size_pt:.1f}pt">{title}</h1>'
        f"{authors}</div>{drawing}</div></body></html>"
    )


class Covers(Struct, frozen=True):
    """One cover as two JPEGs without metadata: the ebook's own, and the larger one beside it that shops ask for."""

    inside: bytes
    shop: bytes


def drawn(pdf: bytes) -> Covers:
    """The first page of a PDF; the ground of the larger one goes on above and below it."""
    with _page(pdf) as sheet:
        inside = _drawn(sheet, INSIDE_PX, (255, 255, 255))
        shop = _drawn(sheet, SHOP_PX, _edge(inside))
    return Covers(_jpeg(inside, _MOST_BYTES), _jpeg(shop))


def own(picture: bytes) -> Covers:
    """The author's picture; where it has other proportions, its edges' colour goes on. Raises ValueError."""
    from pipeline import pixels

    image = pixels.shown(picture, max(SHOP_PX))
    return Covers(_jpeg(_filled(image, INSIDE_PX), _MOST_BYTES), _jpeg(_filled(image, SHOP_PX)))


def _filled(image: Image, size: tuple[int, int]) -> Image:
    from PIL import Image, ImageOps

    if image.size == size:
        return image
    proportion = image.width * size[1] / (image.height * size[0])
    if abs(proportion - 1) <= _ALIKE:
        return ImageOps.fit(image, size, Image.Resampling.LANCZOS)
    return ImageOps.pad(image, size, Image.Resampling.LANCZOS, color=_edge(image))


def _edge(image: Image) -> tuple[int, ...]:
    """The mean colour of the four edges."""
    from PIL import Image

    wide, high = image.size
    strips = ((0, 0, wide, 1), (0, high - 1, wide, high), (0, 0, 1, high), (wide - 1, 0, wide, high))
    means = [image.crop(strip).resize((1, 1), Image.Resampling.BOX).getpixel((0, 0)) for strip in strips]
    return tuple(round(sum(channel) / len(strips)) for channel in zip(*means, strict=True))[:3]


def _jpeg(image: Image, most_bytes: int | None = None) -> bytes:
    from pipeline import pixels  # Pillow is loaded only to draw

    quality = _QUALITY
    data = pixels.jpeg(image, quality, sharp=True, small=most_bytes is not None)
    while most_bytes and len(data) > most_bytes and quality > _LEAST_QUALITY:
        quality -= 10
        data = pixels.jpeg(image, quality, sharp=True)
    return data


@contextmanager
def _page(pdf: bytes) -> Iterator[tuple[ctypes.CDLL, int]]:
    """PDFium, and the first page. Raises RenderError.

    To import pypdfium2 takes four times as long: it describes all of PDFium.
    """
    pdfium = _pdfium()
    pdfium.FPDF_InitLibrary()
    document = pdfium.FPDF_LoadMemDocument64(pdf, len(pdf), None)
    sheet = pdfium.FPDF_LoadPage(document, 0) if document else None
    try:
        if sheet is None:
            raise RenderError(error("EPB061", "PDFium cannot read the page of the cover", hint="please report it"))
        yield pdfium, sheet
    finally:
        pdfium.FPDF_ClosePage(sheet)
        pdfium.FPDF_CloseDocument(document)


def _drawn(page: tuple[ctypes.CDLL, int], size: tuple[int, int], ground: tuple[int, ...]) -> Image:
    """The page in the middle, as broad as the picture. Pillow has its pixels where they were drawn (RGBX)."""
    from PIL import Image

    pdfium, sheet = page
    width, height = size
    high = ceil(pdfium.FPDF_GetPageHeightF(sheet) * width / pdfium.FPDF_GetPageWidthF(sheet))
    rows = bytearray(4 * width * height)
    canvas = (ctypes.c_char * len(rows)).from_buffer(rows)
    bitmap = pdfium.FPDFBitmap_CreateEx(width, height, _BGRX, canvas, 4 * width)
    red, green, blue = ground
    pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFF << 24 | blue << 16 | green << 8 | red)
    above = (height - high) // 2
    pdfium.FPDF_RenderPageBitmap(bitmap, sheet, 0, above, width, high, 0, _ANNOTATIONS | _RGB_FOR_BGR)
    pdfium.FPDFBitmap_Destroy(bitmap)
    return Image.frombuffer("RGBX", size, rows, "raw", "RGBX", 0, 1)


def _pdfium() -> ctypes.CDLL:
    """The library that pypdfium2 brings (public/fpdfview.h), with the functions of which ctypes must know the kinds."""
    package = find_spec("pypdfium2_raw")
    assert package and package.submodule_search_locations
    pdfium = ctypes.CDLL(str(next(Path(package.submodule_search_locations[0]).glob("libpdfium.*"))))
    pointer, number = ctypes.c_void_p, ctypes.c_int
    for name, gives, takes in (
        ("FPDF_LoadMemDocument64", pointer, (ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p)),
        ("FPDF_LoadPage", pointer, (pointer, number)),
        ("FPDF_GetPageWidthF", ctypes.c_float, (pointer,)),
        ("FPDF_GetPageHeightF", ctypes.c_float, (pointer,)),
        ("FPDFBitmap_CreateEx", pointer, (number, number, number, pointer, number)),
        ("FPDFBitmap_FillRect", None, (pointer, number, number, number, number, ctypes.c_ulong)),
        ("FPDF_RenderPageBitmap", None, (pointer, pointer, number, number, number, number, number, number)),
        ("FPDFBitmap_Destroy", None, (pointer,)),
        ("FPDF_ClosePage", None, (pointer,)),
        ("FPDF_CloseDocument", None, (pointer,)),
    ):
        function = getattr(pdfium, name)
        function.restype, function.argtypes = gives, takes
    return pdfium


def _whole(name: str) -> str:
    """A name that no line breaks, unless it may be broader than one."""
    return name.replace(" ", "\u00a0") if len(name) <= _MOST_WHOLE else name


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
