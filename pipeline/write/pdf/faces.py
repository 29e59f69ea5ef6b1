"""Corrections to how WeasyPrint 70 puts fonts into a PDF, all of them in `corrected`."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import weasyprint.pdf.fonts
from weasyprint.pdf.fonts import Font
from weasyprint.text.ffi import ffi, harfbuzz, harfbuzz_subset
from weasyprint.text.fonts import get_hb_object_data

# A function of HarfBuzz 6 that WeasyPrint 70 does not name.
ffi.cdef("hb_bool_t hb_subset_input_pin_axis_location(hb_subset_input_t *, hb_face_t *, hb_tag_t, float);")

# Text in a PDF is shaped already, and none of these says how a glyph looks. In order, as HarfBuzz wants them.
_UNUSED = (b"BASE", b"DSIG", b"GDEF", b"GPOS", b"GSUB", b"STAT")


@contextmanager
def corrected() -> Iterator[None]:
    """While a document is written as PDF, have HarfBuzz cut its fonts to the glyphs and the designs that are used."""
    their_subset = Font.subset

    def subset(font: Any, glyphs: Mapping[int, str], hinting: bool) -> None:
        # WeasyPrint 70 leaves it to fontTools to make a variable font static: fifty times the work.
        if (place := _place(font)) is None or not glyphs:
            their_subset(font, glyphs, hinting)
        else:
            font.file_content = _cut(font, glyphs, place)
            font.tables.remove("fvar")

    with ExitStack() as corrections:
        for owner, name, ours in (
            (weasyprint.pdf.fonts, "instantiateVariableFont", instantiate),
            (Font, "subset", subset),
        ):
            corrections.callback(setattr, owner, name, getattr(owner, name))
            setattr(owner, name, ours)
        yield


def instantiate(font: Any, axes: dict[str, float], **options: Any) -> Any:
    """fontTools' function of the longer name, for a font whose outlines HarfBuzz 6 leaves variable (CFF2)."""
    from fontTools.varLib.instancer import instantiateVariableFont

    # WeasyPrint 70 asks every font for the axes of font-variation-settings, which are inherited by text in another
    # family, and fontTools fails when the font has none of that name.
    known = {axis.axisTag for axis in font["fvar"].axes}
    return instantiateVariableFont(font, {tag: value for tag, value in axes.items() if tag in known}, **options)


def _place(font: Any) -> dict[str, float] | None:
    """Where on each of its axes a font of TrueType outlines is drawn; None for others and for unusual axes."""
    from fontTools.ttLib import TTFont

    if "gvar" not in font.tables:
        return None
    asked = {"wght": font.weight, "opsz": font.font_size, **font.variations}
    axes = TTFont(io.BytesIO(font.file_content), fontNumber=font.index, lazy=True)["fvar"].axes
    if any(axis.axisTag not in asked for axis in axes):
        return None
    return {axis.axisTag: min(max(asked[axis.axisTag], axis.minValue), axis.maxValue) for axis in axes}


def _cut(font: Any, glyphs: Iterable[int], place: Mapping[str, float]) -> bytes:
    """The font with these glyphs alone, drawn at one place of its axes. Ids stay; the font ends with the last glyph."""
    # Contours of a variable font overlap: the flag tells FreeType to draw them without seams.
    flags = harfbuzz_subset.HB_SUBSET_FLAGS_NO_HINTING | harfbuzz_subset.HB_SUBSET_FLAGS_SET_OVERLAPS_FLAG
    if font.missing:
        flags |= harfbuzz_subset.HB_SUBSET_FLAGS_NOTDEF_OUTLINE
    sparse = _subset(font.hb_face, sorted(glyphs), flags | harfbuzz_subset.HB_SUBSET_FLAGS_RETAIN_GIDS, place)
    # HarfBuzz that retains ids retains all of them; parts of composed glyphs move to where the font then ends.
    return bytes(get_hb_object_data(_subset(sparse, range(max(glyphs) + 1), flags, {})))


def _subset(face: Any, glyphs: Iterable[int], flags: int, place: Mapping[str, float]) -> Any:
    order = ffi.gc(harfbuzz_subset.hb_subset_input_create_or_fail(), harfbuzz_subset.hb_subset_input_destroy)
    harfbuzz_subset.hb_subset_input_set_flags(order, flags)
    unused = harfbuzz_subset.hb_subset_input_set(order, harfbuzz_subset.HB_SUBSET_SETS_DROP_TABLE_TAG)
    for into, numbers in (
        (harfbuzz_subset.hb_subset_input_glyph_set(order), list(glyphs)),
        (unused, [harfbuzz.hb_tag_from_string(tag, -1) for tag in _UNUSED]),
    ):
        harfbuzz.hb_set_add_sorted_array(into, ffi.new("hb_codepoint_t[]", numbers), len(numbers))
    for tag, value in place.items():
        name = harfbuzz.hb_tag_from_string(tag.encode(), -1)
        harfbuzz_subset.hb_subset_input_pin_axis_location(order, face, name, value)
    if (cut := harfbuzz_subset.hb_subset_or_fail(face, order)) == ffi.NULL:
        raise ValueError("HarfBuzz could not subset a font")
    return ffi.gc(cut, harfbuzz.hb_face_destroy)
