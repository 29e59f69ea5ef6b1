"""How texts of a style are set: what a font, a size and a language have in common."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from weasyprint.text.ffi import FROM_UNITS, ffi, pango
from weasyprint.text.fonts import font_features
from weasyprint.text.line_break import Layout

from pipeline.write.pdf.quick.runs import LETTER, Run
from pipeline.write.pdf.quick.shaping import EMPTY, WORDS, Face, Shape, Shaper, words

_KEPT = 500  # runs of one setting, in case their text comes again
_LATIN = 25  # PangoScript

# What Pango, or WeasyPrint around it, does not treat as letters, marks and spaces in a row.
_ODD = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f"
    "\\u2028-\\u202e\\u205f\\u2061-\\u206f\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\ufff0-\\ufffc\\U0001bca0-\\U0001bca3"
    "\\U0001d173-\\U0001d17a\\U000e0000-\\U000e0fff]"
)
# Pango lets the first hang over the line's end, and WeasyPrint cuts off the second only.
_BLANKS = ("\u00a0 ", "\u202f ")

_BREAK = ffi.new("PangoLogAttr[]", [{"is_line_break": 1}])
_LOG_ATTR, _LINE_BREAK = ffi.sizeof(_BREAK), bytes(ffi.buffer(_BREAK))[0]


class Setting:
    """A layout of Pango's that is set up once, not for each text, and what has been learned by it.

    Which face a character is set in does not depend on its neighbours, as long as all are of one script: texts of
    characters that Pango set in one run before need not be given to it again, HarfBuzz is enough.
    """

    def __init__(self, style: Any, features: Mapping[str, int], faces: dict[Any, Face]):
        self.style, self._faces = style, faces
        self.layout = Layout(style)
        self.struts: dict[Any, tuple[float, float]] = {}  # of line heights
        self._shaper = Shaper(features)
        self._rectangle = ffi.new("PangoRectangle *")
        self._runs: dict[str, Run | None] = {}
        self._last: Run | None = None
        self._known: set[str] = set()  # characters
        self._face: Face | None = None  # of those
        self._height = self._baseline = 0.0

    def run(self, text: str) -> Run | None:
        """A text shaped, or None if it is not as simple as all that."""
        try:
            return self._runs[text]
        except KeyError:
            if len(self._runs) > _KEPT:
                self._runs.clear()
            run = self._runs[text] = None if any(blanks in text for blanks in _BLANKS) else self._made(text)
            return run

    def _made(self, text: str) -> Run | None:
        known = self._known.issuperset(text) and LETTER.search(text)
        return (self._reshaped(text) if known else None) or self._shaped(text)

    def rest(self, text: str) -> tuple[Run | None, int]:
        """The run that a text is, or is the end of, and the byte of the run that the text begins with."""
        last = self._last
        if last is not None and last.text.endswith(text):
            start = len(last.data) - len(text.encode())
            if last.begins(start):
                return last, start
        run = self.run(text)
        self._last = run or last
        return run, 0

    def _reshaped(self, text: str) -> Run | None:
        """A text of characters that are known."""
        data = text.encode()
        assert self._face is not None
        language = self.layout.language
        if (shape := self._shaper.shape(data, self._face.pango, language)) is None:
            return None
        run = Run(self, text, data, shape, self._face)
        run.height, run.baseline = self._height, self._baseline
        attributes = ffi.new("PangoLogAttr[]", len(text) + 1)
        pango.pango_get_log_attrs(data, len(data), -1, language, attributes, len(text) + 1)
        return run if run.break_at(_breaks(attributes, len(text))) else None

    def _shaped(self, text: str) -> Run | None:
        """A text laid out by Pango, if it does no more with it than HarfBuzz."""
        if not text or _ODD.search(text):
            return None
        data = text.encode()
        layout = self.layout.layout
        pango.pango_layout_set_text(layout, data, len(data))
        line = pango.pango_layout_get_line_readonly(layout, 0)
        if line.resolved_dir or line.runs == ffi.NULL or line.runs.next != ffi.NULL:
            return None
        item, string = line.runs.data.item, line.runs.data.glyphs
        analysis = ffi.cast("item_analysis_t *", ffi.addressof(item, "analysis"))
        if item.num_chars != len(text) or analysis.level:
            return None
        drawn = words(string.glyphs, string.num_glyphs)
        glyphs, widths = drawn[0::WORDS].tolist(), drawn[1::WORDS].tolist()
        clusters = ffi.unpack(string.log_clusters, string.num_glyphs)
        shape = self._shaper.shape(data, analysis.font, analysis.language)
        if any(drawn[2::WORDS]) or any(drawn[3::WORDS]) or shape is None:
            return None
        if shape.widths != widths or shape.clusters != clusters:
            return None
        # What has no shape, as a word joiner, is a space without width for HarfBuzz.
        if any(ours != theirs != EMPTY for ours, theirs in zip(shape.glyphs, glyphs, strict=True)):
            return None
        run = Run(self, text, data, Shape(glyphs, widths, clusters, shape.safe), self._face_of(analysis.font))
        pango.pango_layout_line_get_extents(line, ffi.NULL, self._rectangle)
        run.height = self._rectangle.height * FROM_UNITS
        run.baseline = pango.pango_layout_get_baseline(layout) * FROM_UNITS
        attributes = pango.pango_layout_get_log_attrs_readonly(layout, ffi.NULL)
        if not run.break_at(_breaks(attributes, len(text))):
            return None
        if analysis.script == _LATIN and EMPTY not in glyphs and analysis.language == self.layout.language:
            self._learn(run)
        return run

    def _learn(self, run: Run) -> None:
        if self._face is None:
            self._face, self._height, self._baseline = run.face, run.height, run.baseline
        if self._face is run.face:
            self._known.update(run.text)

    def _face_of(self, font: Any) -> Face:
        if (face := self._faces.get(font)) is None:
            face = self._faces[font] = Face(font)
        return face


def _breaks(attributes: Any, count: int) -> list[int]:
    """The characters before which a line may be broken."""
    flags = bytes(ffi.buffer(attributes, _LOG_ATTR * count))[::_LOG_ATTR]
    return [place for place, flag in enumerate(flags) if flag & _LINE_BREAK and place]


def setting(style: Any) -> Setting | None:
    """How texts of a style are set; None where more has to be done than to put glyphs in a row."""
    try:
        found: Setting | None = style.__dict__["setting"]
    except KeyError:
        found = style.__dict__["setting"] = _setting(style)
    return found


def _setting(style: Any) -> Setting | None:
    if (
        pango.pango_version() < 14802  # WeasyPrint 70 takes sizes of fonts from elsewhere then
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
    key = (
        tuple(features.items()),
        style["font_variant_caps"],  # which Pango is told apart from features
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
        settings[key] = Setting(style, features, faces)
    found: Setting = settings[key]
    return found
