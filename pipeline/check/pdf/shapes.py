"""What a finished PDF shows beside text: rules, panels, pictures, each with its place. A second use of pdfium."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
from msgspec import Struct

_KINDS = {
    pdfium.FPDF_PAGEOBJ_PATH: "a rule or a panel",
    pdfium.FPDF_PAGEOBJ_IMAGE: "a picture",
    pdfium.FPDF_PAGEOBJ_SHADING: "a shading",
    pdfium.FPDF_PAGEOBJ_FORM: "a drawing",
}
Box = tuple[float, float, float, float]  # left, foot, right, top, in points from the page's lower left


class Shape(Struct, frozen=True):
    """As much of a thing as its clipping paths let be seen."""

    page: int  # from 1
    kind: str
    box_pt: Box

    def __str__(self) -> str:
        return f"page {self.page}: {self.kind}"


def shapes(data: bytes) -> tuple[Shape, ...]:
    """What is drawn on the pages and is not text, in drawn order; what is clipped away is not there."""
    found: list[Shape] = []
    document = pypdfium2.PdfDocument(data)
    try:
        for number in range(len(document)):
            sheet = document[number]
            found += _shapes(sheet.raw, number + 1)
            sheet.close()
    finally:
        document.close()
    return tuple(found)


def _shapes(sheet: Any, page: int) -> Iterator[Shape]:
    for index in range(pdfium.FPDFPage_CountObjects(sheet)):
        thing = pdfium.FPDFPage_GetObject(sheet, index)
        kind = _KINDS.get(pdfium.FPDFPageObj_GetType(thing))
        if kind and (box := _seen(thing)):
            yield Shape(page, kind, box)


def _seen(thing: Any) -> Box | None:
    sides = [ctypes.c_float() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetBounds(thing, *map(ctypes.byref, sides)):
        return None
    left, foot, right, top = (side.value for side in sides)
    clip = pdfium.FPDFPageObj_GetClipPath(thing)
    for path in range(max(0, pdfium.FPDFClipPath_CountPaths(clip)) if clip else 0):
        count = pdfium.FPDFClipPath_CountPathSegments(clip, path)
        points = [_point(pdfium.FPDFClipPath_GetPathSegment, clip, path, segment) for segment in range(max(0, count))]
        if points:
            left, right = max(left, min(x for x, _ in points)), min(right, max(x for x, _ in points))
            foot, top = max(foot, min(y for _, y in points)), min(top, max(y for _, y in points))
    return (left, foot, right, top) if left < right and foot < top else None


def _point(segment_of: Callable[..., Any], clip: Any, path: int, segment: int) -> tuple[float, float]:
    x, y = ctypes.c_float(), ctypes.c_float()
    pdfium.FPDFPathSegment_GetPoint(segment_of(clip, path, segment), ctypes.byref(x), ctypes.byref(y))
    return x.value, y.value
