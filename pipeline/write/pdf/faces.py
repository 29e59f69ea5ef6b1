"""Corrections to how WeasyPrint 70 puts fonts into a PDF, all of them in `corrected`."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import weasyprint.pdf.fonts
from weasyprint.pdf.fonts import Font
from weasyprint.text.ffi import ffi, harfbuzz, harfbuzz_subset
from weasyprint.text.fonts import get_hb_object_data

# Functions of HarfBuzz 6 that WeasyPrint 70 does not name.
ffi.cdef("""
    hb_bool_t hb_subset_input_pin_axis_location(hb_subset_input_t *, hb_face_t *, hb_tag_t, float);
    typedef ... hb_subset_plan_t;
    typedef ... hb_map_t;
    hb_subset_plan_t * hb_subset_plan_create_or_fail(hb_face_t *, const hb_subset_input_t *);
    hb_face_t * hb_subset_plan_execute_or_fail(hb_subset_plan_t *);
    hb_map_t * hb_subset_plan_new_to_old_glyph_mapping(const hb_subset_plan_t *);
    void hb_subset_plan_destroy(hb_subset_plan_t *);
    hb_codepoint_t hb_map_get(const hb_map_t *, hb_codepoint_t);
""")

# Text in a PDF is shaped already, and none of these says how a glyph looks. In order, as HarfBuzz wants them.
_UNUSED = (b"BASE", b"DSIG", b"GDEF", b"GPOS", b"GSUB", b"MATH", b"STAT", b"VORG", b"vhea", b"vmtx")


@contextmanager
def corrected() -> Iterator[None]:
    """While a document is written as PDF, have HarfBuzz cut its fonts to the glyphs and the designs that are used."""
    their_subset = Font.subset
    their_build = weasyprint.pdf.fonts._build_vector_font_dictionary

    def build(dictionary: Any, pdf: Any, font: Any, widths: Any, compress: bool, reference: bytes, *rest: Any) -> None:
        if "CFF " in font.tables:
            # Readers take the names of a CFF font in an OpenType file for ids, or they do not: bare, they agree.
            stream = pdf.objects[int(reference.split()[0])]
            stream.stream, stream.extra["Subtype"] = [_table(font.file_content, b"CFF ")], "/CIDFontType0C"
        their_build(dictionary, pdf, font, widths, compress, reference, *rest)

    def subset(font: Any, glyphs: Mapping[int, str], hinting: bool) -> None:
        if glyphs and "CFF " in font.tables:
            font.file_content = _compact(font, sorted(glyphs))
        # WeasyPrint 70 leaves it to fontTools to make a variable font static: fifty times the work.
        elif (place := _place(font)) is None or not glyphs:
            their_subset(font, glyphs, hinting)
        else:
            font.file_content = _cut(font, glyphs, place)
            font.tables = [table for table in font.tables if table != "fvar"]

    with ExitStack() as corrections:
        for owner, name, ours in (
            (weasyprint.pdf.fonts, "instantiateVariableFont", instantiate),
            (weasyprint.pdf.fonts, "_build_vector_font_dictionary", build),
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
    """Where on each of its axes a font of TrueType outlines is drawn; None for other outlines."""
    from fontTools.ttLib import TTFont

    if "glyf" not in font.tables:
        return None
    if "fvar" not in font.tables:
        return {}
    asked = {"wght": font.weight, "opsz": font.font_size, **font.variations}
    axes = TTFont(io.BytesIO(font.file_content), fontNumber=font.index, lazy=True)["fvar"].axes
    return {
        axis.axisTag: min(max(asked.get(axis.axisTag, axis.defaultValue), axis.minValue), axis.maxValue)
        for axis in axes
    }


def _cut(font: Any, glyphs: Iterable[int], place: Mapping[str, float]) -> bytes:
    """The font with these glyphs alone, drawn at one place of its axes. Ids stay; the font ends with the last glyph."""
    # Contours of a variable font overlap: the flag tells FreeType to draw them without seams.
    flags = harfbuzz_subset.HB_SUBSET_FLAGS_NO_HINTING | harfbuzz_subset.HB_SUBSET_FLAGS_SET_OVERLAPS_FLAG
    if font.missing:
        flags |= harfbuzz_subset.HB_SUBSET_FLAGS_NOTDEF_OUTLINE
    sparse = _subset(font.hb_face, sorted(glyphs), flags | harfbuzz_subset.HB_SUBSET_FLAGS_RETAIN_GIDS, place)
    # HarfBuzz that retains ids retains all of them; parts of composed glyphs move to where the font then ends.
    return bytes(get_hb_object_data(_subset(sparse, range(max(glyphs) + 1), flags, {})))


def _compact(font: Any, glyphs: list[int]) -> bytes:
    """A font of CFF outlines, for Chinese, Japanese and Korean, with these glyphs alone, named by their ids.

    A PDF calls the glyphs of such a font by the names (CIDs) that its charset has (ISO 32000-1, 9.7.4.2), and those are
    others. WeasyPrint 70 writes ids, and only some readers draw what it means.
    """
    from fontTools.ttLib import TTFont

    flags = harfbuzz_subset.HB_SUBSET_FLAGS_NO_HINTING | harfbuzz_subset.HB_SUBSET_FLAGS_DESUBROUTINIZE
    plan = harfbuzz_subset.hb_subset_plan_create_or_fail(font.hb_face, _order(font.hb_face, glyphs, flags, {}))
    plan = ffi.gc(plan, harfbuzz_subset.hb_subset_plan_destroy)
    face = ffi.gc(harfbuzz_subset.hb_subset_plan_execute_or_fail(plan), harfbuzz.hb_face_destroy)
    file = TTFont(io.BytesIO(bytes(get_hb_object_data(face))), recalcBBoxes=False, recalcTimestamp=False)
    # HarfBuzz adds glyphs that these may become.
    ids = harfbuzz_subset.hb_subset_plan_new_to_old_glyph_mapping(plan)
    names = [".notdef"]
    names += [f"cid{harfbuzz.hb_map_get(ids, glyph):05d}" for glyph in range(1, file["maxp"].numGlyphs)]
    program = file["CFF "].cff.topDictIndex[0]
    file.setGlyphOrder(names)
    program.charset = names
    program.CharStrings.charStrings = dict(zip(names, range(len(names)), strict=True))
    written = io.BytesIO()
    file.save(written)
    return written.getvalue()


def _table(program: bytes, tag: bytes) -> bytes:
    """A table of an OpenType file."""
    (count,) = struct.unpack_from(">H", program, 4)
    entries = (struct.unpack_from(">4s4xLL", program, 12 + 16 * number) for number in range(count))
    return next(program[start : start + length] for name, start, length in entries if name == tag)


def _subset(face: Any, glyphs: Iterable[int], flags: int, place: Mapping[str, float]) -> Any:
    if (cut := harfbuzz_subset.hb_subset_or_fail(face, _order(face, glyphs, flags, place))) == ffi.NULL:
        raise ValueError("HarfBuzz could not subset a font")
    return ffi.gc(cut, harfbuzz.hb_face_destroy)


def _order(face: Any, glyphs: Iterable[int], flags: int, place: Mapping[str, float]) -> Any:
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
    return order
