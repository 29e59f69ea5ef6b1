"""HarfBuzz asked directly: what glyphs a text becomes, and where it could be broken without their changing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from weasyprint.text.ffi import ffi, gobject, harfbuzz, pango
from weasyprint.text.fonts import get_pango_font_key

# Functions that WeasyPrint 70 does not name, and one structure as Pango has it: WeasyPrint declares bytes as words.
ffi.cdef("""
    typedef struct {
        void *shape_engine, *lang_engine;
        PangoFont *font;
        uint8_t level, gravity, flags, script;
        PangoLanguage *language;
        GSList *extra_attrs;
    } item_analysis_t;
    typedef ... hb_buffer_t;
    typedef struct { hb_tag_t tag; uint32_t value; unsigned int start, end; } hb_feature_t;
    typedef struct { uint32_t codepoint, mask, cluster, var1, var2; } hb_glyph_info_t;
    typedef struct { int32_t x_advance, y_advance, x_offset, y_offset; uint32_t var; } hb_glyph_position_t;
    hb_buffer_t * hb_buffer_create (void);
    void hb_buffer_destroy (hb_buffer_t *buffer);
    void hb_buffer_reset (hb_buffer_t *buffer);
    void hb_buffer_add_utf8 (hb_buffer_t *buffer, const char *text, int length, unsigned int offset, int item_length);
    void hb_buffer_guess_segment_properties (hb_buffer_t *buffer);
    const void * hb_language_from_string (const char *str, int len);
    void hb_buffer_set_language (hb_buffer_t *buffer, const void *language);
    void hb_shape (hb_font_t *font, hb_buffer_t *buffer, const hb_feature_t *features, unsigned int num_features);
    hb_glyph_info_t * hb_buffer_get_glyph_infos (hb_buffer_t *buffer, unsigned int *length);
    hb_glyph_position_t * hb_buffer_get_glyph_positions (hb_buffer_t *buffer, unsigned int *length);
    const char * pango_language_to_string (PangoLanguage *language);
    gpointer g_object_ref (gpointer object);
""")

EMPTY = pango.PANGO_GLYPH_EMPTY
WORDS = 5  # in each of the structures that are read as arrays of words, which takes a tenth of the time
_UNSAFE_TO_BREAK = 1
_TO_THE_END = 2**32 - 1


class Face:
    """A font at a size, as a PDF names it."""

    def __init__(self, font: Any):
        gobject.g_object_ref(font)
        self.pango = ffi.gc(font, gobject.g_object_unref)
        self.key, self.description, self.size = get_pango_font_key(self.pango)


class Shape(NamedTuple):
    """Glyphs in a row, left to right; widths in Pango's units (1/1024 pixel), clusters as bytes of the text.

    `safe` says of each glyph whether it and those before it would be the same in two texts.
    """

    glyphs: list[int]
    widths: list[int]
    clusters: list[int]
    safe: list[bool]


class Shaper:
    """Shapes with some features of OpenType."""

    def __init__(self, features: Mapping[str, int]):
        tags = [(harfbuzz.hb_tag_from_string(tag.encode(), -1), value) for tag, value in features.items()]
        wanted = [(tag, value, 0, _TO_THE_END) for tag, value in tags]
        self._count = len(wanted)
        # cffi parses each name of a type once in a process, which takes as long as a page.
        self._features = ffi.new("hb_feature_t[]", wanted) if wanted else ffi.NULL
        self._buffer = ffi.gc(harfbuzz.hb_buffer_create(), harfbuzz.hb_buffer_destroy)
        self._length = ffi.new("unsigned int *")

    def shape(self, data: bytes, font: Any, language: Any) -> Shape | None:
        """What a text in UTF-8 becomes in Pango's font and language; None if glyphs are moved out of their row."""
        buffer = self._buffer
        harfbuzz.hb_buffer_reset(buffer)
        harfbuzz.hb_buffer_add_utf8(buffer, data, len(data), 0, len(data))
        harfbuzz.hb_buffer_guess_segment_properties(buffer)
        known = harfbuzz.hb_language_from_string(pango.pango_language_to_string(language), -1)
        harfbuzz.hb_buffer_set_language(buffer, known)
        harfbuzz.hb_shape(pango.pango_font_get_hb_font(font), buffer, self._features, self._count)
        infos = words(harfbuzz.hb_buffer_get_glyph_infos(buffer, self._length), self._length[0])
        positions = words(harfbuzz.hb_buffer_get_glyph_positions(buffer, self._length), self._length[0])
        if any(positions[2::WORDS]) or any(positions[3::WORDS]):
            return None
        return Shape(
            infos[0::WORDS].tolist(),
            positions[0::WORDS].tolist(),
            infos[2::WORDS].tolist(),
            [not mask & _UNSAFE_TO_BREAK for mask in infos[1::WORDS]],
        )


def words(structures: Any, count: int) -> memoryview:
    """An array of structures as the words that it consists of. Only for as long as it is there."""
    return memoryview(ffi.buffer(structures, 4 * WORDS * count)).cast("i")
