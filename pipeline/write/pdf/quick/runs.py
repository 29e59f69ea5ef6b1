"""Text measured once: all of a text box shaped as one line, out of which its lines are cut.

WeasyPrint 70 has Pango lay out the rest of a paragraph again for each of its lines, four times over: a draft, the word
that might still fit, the line as it became, and the same once more to draw it. A part of a shaped text looks as if it
had been shaped alone where HarfBuzz says that it may be broken (HB_GLYPH_FLAG_UNSAFE_TO_BREAK is not set), and only
such parts are cut here; Pango's own work is in units of a 1024th of a pixel, so sums of widths are exact.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from weasyprint.text.ffi import FROM_UNITS, ffi, gobject, harfbuzz, pango
from weasyprint.text.fonts import font_features, get_pango_font_key
from weasyprint.text.line_break import Layout

ffi.cdef("""
    typedef struct {
        void *shape_engine, *lang_engine;
        PangoFont *font;
        uint8_t level, gravity, flags, script;
        PangoLanguage *language;
        GSList *extra_attrs;
    } item_analysis_t;
    typedef ... hb_buffer_t;
    typedef struct { uint32_t codepoint, mask, cluster, var1, var2; } hb_glyph_info_t;
    typedef struct { int32_t x_advance, y_advance, x_offset, y_offset; uint32_t var; } hb_glyph_position_t;
    hb_buffer_t * hb_buffer_create (void);
    void hb_buffer_destroy (hb_buffer_t *buffer);
    void hb_buffer_reset (hb_buffer_t *buffer);
    void hb_buffer_add_utf8 (hb_buffer_t *buffer, const char *text, int length, unsigned int offset, int item_length);
    void hb_buffer_guess_segment_properties (hb_buffer_t *buffer);
    const void * hb_language_from_string (const char *str, int len);
    void hb_buffer_set_language (hb_buffer_t *buffer, const void *language);
    void hb_shape (hb_font_t *font, hb_buffer_t *buffer, const void *features, unsigned int num_features);
    hb_glyph_info_t * hb_buffer_get_glyph_infos (hb_buffer_t *buffer, unsigned int *length);
    hb_glyph_position_t * hb_buffer_get_glyph_positions (hb_buffer_t *buffer, unsigned int *length);
    const char * pango_language_to_string (PangoLanguage *language);
    gpointer g_object_ref (gpointer object);
""")

EMPTY = pango.PANGO_GLYPH_EMPTY
_UNSAFE_TO_BREAK = 1
_KEPT = 500  # runs of one setting, in case their text comes again

# What Pango, or WeasyPrint around it, does not treat as letters, marks and single spaces in a row.
_ODD = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f"
    "\\u2028-\\u202e\\u205f-\\u206f\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\ufff0-\\ufffc\\U0001bca0-\\U0001bca3"
    "\\U0001d173-\\U0001d17a\\U000e0000-\\U000e0fff]|  "
)
# Digits and signs have the script of the letters around them: a line without letters would be shaped in another way.
_LETTER = re.compile("[A-Za-zÀ-ÖØ-öø-ɏΑ-Ωα-ωЀ-ԯ]")

# struct.unpack would be slower than memory read as an array of words.
_WORDS = 5
_PLAIN = ffi.sizeof("PangoGlyphInfo") == ffi.sizeof("hb_glyph_info_t") == 4 * _WORDS
_LOG_ATTR = ffi.sizeof("PangoLogAttr")
_LINE_BREAK = bytes(ffi.buffer(ffi.new("PangoLogAttr *", {"is_line_break": 1})))[0]


class Face:
    """A font at a size, as a PDF names it. `pieces` has what stands in a PDF for (glyph, width in Pango's units)."""

    def __init__(self, font: Any):
        self.font = ffi.gc(gobject.g_object_ref(font), gobject.g_object_unref)
        self.pango = ffi.cast("PangoFont *", self.font)
        self.key, self.description, self.size = get_pango_font_key(self.pango)
        self.pieces: dict[tuple[int, int], str] = {}


class Run:
    """A text in one face and direction, shaped. Widths are in Pango's units, height and baseline in CSS pixels.

    `reach[n]` is how wide the first n glyphs are, `at` the first glyph of what begins at a byte; `safe` says of which
    glyphs the line may begin with or end before. `breaks`, `ends`, `end_glyphs` and `end_reach` are of each place
    where a line may be broken: the byte where the next one begins, and where this one ends, without its space.
    """

    __slots__ = (
        "at",
        "baseline",
        "breaks",
        "clusters",
        "data",
        "end_glyphs",
        "end_reach",
        "ends",
        "face",
        "glyphs",
        "height",
        "reach",
        "safe",
        "setting",
        "text",
        "widths",
    )

    def __init__(self, setting: Setting, text: str, data: bytes, face: Face, height: float, baseline: float):
        self.setting, self.text, self.data, self.face = setting, text, data, face
        self.height, self.baseline = height, baseline
        self.glyphs: list[int] = []
        self.widths: list[int] = []
        self.clusters: list[int] = []
        self.reach: list[int] = []
        self.at: dict[int, int] = {}
        self.safe: list[bool] = []
        self.breaks: list[int] = []
        self.ends: list[int] = []
        self.end_glyphs: list[int] = []
        self.end_reach: list[int] = []

    def break_at(self, breaks: Sequence[int]) -> None:
        """Keep the bytes before which a line may begin, but for those within a cluster."""
        for after in breaks:
            end = after - 1 if self.data[after - 1] == 0x20 else after
            if end and (glyph := self.at.get(end)) is not None and after in self.at:
                self.breaks.append(after)
                self.ends.append(end)
                self.end_glyphs.append(glyph)
                self.end_reach.append(self.reach[glyph])

    def alone(self, start: int, end: int) -> bool:
        """Whether the bytes from start to end would look the same without the rest of the text."""
        if start == 0 and end == len(self.data):
            return True
        ours = self.safe[self.at[start]] and self.safe[self.at[end]]
        return ours and _LETTER.search(self.data[start:end].decode()) is not None


class Setting:
    """How texts of one font, size and language are set. A layout of Pango's is set up once, not for each text."""

    def __init__(self, style: Any, faces: dict[int, Face]):
        self.style, self.faces = style, faces
        self.runs: dict[str, Run | None] = {}
        self.last: Run | None = None
        self.layout = Layout(style)
        self.rectangle = ffi.new("PangoRectangle *")
        self.length = ffi.new("unsigned int *")
        self.buffer = ffi.gc(harfbuzz.hb_buffer_create(), harfbuzz.hb_buffer_destroy)

    def run(self, text: str) -> Run | None:
        """A text shaped, or None if it is not as simple as all that."""
        try:
            return self.runs[text]
        except KeyError:
            if len(self.runs) > _KEPT:
                self.runs.clear()
            run = self.runs[text] = self._shaped(text)
            self.last = run or self.last
            return run

    def rest(self, text: str) -> tuple[Run | None, int]:
        """The run that a text is, or is the end of, and the byte of the run that the text begins with."""
        last = self.last
        if last is not None and last.text.endswith(text):
            return last, len(last.data) - len(text.encode())
        return self.run(text), 0

    def _shaped(self, text: str) -> Run | None:
        if not text or _ODD.search(text):
            return None
        data = text.encode()
        layout = self.layout.layout
        pango.pango_layout_set_text(layout, data, len(data))
        line = pango.pango_layout_get_line_readonly(layout, 0)
        if line.resolved_dir or line.runs == ffi.NULL or line.runs.next != ffi.NULL:
            return None
        item, string = line.runs.data.item, line.runs.data.glyphs
        # WeasyPrint 70 declares Pango's bytes as words here: all it wants to know is whether the level is odd.
        analysis = ffi.cast("item_analysis_t *", ffi.addressof(item, "analysis"))
        if item.num_chars != len(text) or analysis.level:
            return None
        count = string.num_glyphs
        drawn = memoryview(ffi.buffer(string.glyphs, 4 * _WORDS * count)).cast("i")
        if any(drawn[2::_WORDS]) or any(drawn[3::_WORDS]):
            return None
        glyphs, widths = drawn[0::_WORDS].tolist(), drawn[1::_WORDS].tolist()
        clusters = ffi.unpack(string.log_clusters, count)
        if (safe := self._safe(data, analysis, glyphs, widths, clusters)) is None:
            return None
        pango.pango_layout_line_get_extents(line, ffi.NULL, self.rectangle)
        height = self.rectangle.height * FROM_UNITS
        baseline = pango.pango_layout_get_baseline(layout) * FROM_UNITS
        run = Run(self, text, data, self._face(analysis.font), height, baseline)
        run.glyphs, run.widths, run.clusters = glyphs, widths, clusters
        run.reach = [0, *accumulate(widths)]
        run.safe = [*safe, True]
        run.at = dict(zip(reversed(clusters), range(count - 1, -1, -1), strict=True))
        run.at[len(data)] = count
        attributes = pango.pango_layout_get_log_attrs_readonly(layout, ffi.NULL)
        flags = bytes(ffi.buffer(attributes, _LOG_ATTR * len(text)))[::_LOG_ATTR]
        breaks = [place for place, flag in enumerate(flags) if place and flag & _LINE_BREAK]
        if not text.isascii():
            starts = [0, *accumulate(len(character.encode()) for character in text)]
            breaks = [starts[place] for place in breaks]
        run.break_at(breaks)
        return run

    def _safe(
        self, data: bytes, analysis: Any, glyphs: list[int], widths: list[int], clusters: list[int]
    ) -> list[bool] | None:
        """Of each glyph whether a line may begin with it; None if HarfBuzz alone shapes the text in another way."""
        harfbuzz.hb_buffer_reset(self.buffer)
        harfbuzz.hb_buffer_add_utf8(self.buffer, data, len(data), 0, len(data))
        harfbuzz.hb_buffer_guess_segment_properties(self.buffer)
        language = harfbuzz.hb_language_from_string(pango.pango_language_to_string(analysis.language), -1)
        harfbuzz.hb_buffer_set_language(self.buffer, language)
        harfbuzz.hb_shape(pango.pango_font_get_hb_font(analysis.font), self.buffer, ffi.NULL, 0)
        infos = harfbuzz.hb_buffer_get_glyph_infos(self.buffer, self.length)
        count = self.length[0]
        if count != len(glyphs):
            return None
        words = memoryview(ffi.buffer(infos, 4 * _WORDS * count)).cast("i")
        positions = harfbuzz.hb_buffer_get_glyph_positions(self.buffer, self.length)
        advances = memoryview(ffi.buffer(positions, 4 * _WORDS * count)).cast("i")
        if words[2::_WORDS].tolist() != clusters or advances[0::_WORDS].tolist() != widths:
            return None
        shaped = words[0::_WORDS].tolist()
        # What has no shape, as a word joiner, is a space without width for HarfBuzz.
        if shaped != glyphs and any(a != b and b != EMPTY for a, b in zip(shaped, glyphs, strict=True)):
            return None
        return [not mask & _UNSAFE_TO_BREAK for mask in words[1::_WORDS]]

    def _face(self, font: Any) -> Face:
        address = int(ffi.cast("uintptr_t", font))
        if (face := self.faces.get(address)) is None:
            face = self.faces[address] = Face(font)
        return face


def setting(style: Any) -> Setting | None:
    """How texts of a style are set; None where more has to be done than to put glyphs in a row."""
    try:
        found: Setting | None = style.__dict__["setting"]
    except KeyError:
        found = style.__dict__["setting"] = _setting(style)
    return found


def _setting(style: Any) -> Setting | None:
    if (
        not _PLAIN
        or pango.pango_version() < 14802  # WeasyPrint 70 takes sizes of fonts from elsewhere then
        or style["direction"] != "ltr"
        or style["letter_spacing"] != "normal"
        or style["word_spacing"]
        or style["font_size"] < 1e-6
    ):
        return None
    features = font_features(
        style["font_kerning"],
        style["font_variant_ligatures"],
        style["font_variant_position"],
        style["font_variant_caps"],
        style["font_variant_numeric"],
        style["font_variant_alternates"],
        style["font_variant_east_asian"],
        style["font_feature_settings"],
    )
    if features:
        return None
    key = (
        tuple(style["font_family"]),
        style["font_style"],
        style["font_stretch"],
        style["font_weight"],
        style["font_size"],
        style["font_variation_settings"],
        style["font_language_override"],
        style["lang"],
        style["text_decoration_line"] != "none",  # then a layout has the places of lines too
    )
    try:
        settings, faces = style.font_config.quick
    except AttributeError:
        settings, faces = style.font_config.quick = ({}, {})
    if key not in settings:
        settings[key] = Setting(style, faces)
    found: Setting = settings[key]
    return found
