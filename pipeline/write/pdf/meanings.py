"""What each glyph of a PDF's fonts means, for search, copying and speech: corrections to WeasyPrint 70.

A font has one table for it (ToUnicode), and WeasyPrint enters the text that a glyph was first drawn for. That is not
enough where a letter is drawn by several glyphs, one of which is also drawn alone, and where brackets are mirrored.
"""

from __future__ import annotations

from typing import Any

from weasyprint.text.ffi import ffi, harfbuzz

# A function of HarfBuzz that WeasyPrint 70 does not name.
ffi.cdef("hb_bool_t hb_font_get_nominal_glyph(hb_font_t *, hb_codepoint_t, hb_codepoint_t *);")

_SIDES = "()[]{}<>«»‹›≤≥"
_MIRRORED = {sign: _SIDES[place ^ 1] for place, sign in enumerate(_SIDES)}


class Meanings(dict[int, str]):
    """A table that is told of each glyph that is drawn, for it says that it knows none.

    The first glyph of a letter is told with the letter, those after it with nothing; one that is told with both means
    what it means alone.
    """

    def __init__(self) -> None:
        super().__init__()
        self.followed: dict[tuple[int, int], None] = {}  # (told with a letter, told with nothing after it)
        self._last = -1

    def __contains__(self, glyph: object) -> bool:
        return False

    def __setitem__(self, glyph: int, text: str) -> None:
        if text:
            self._last = glyph
        else:
            self.followed[self._last, glyph] = None
        if not self.get(glyph):
            super().__setitem__(glyph, text)


def settled(font: Any) -> dict[int, str]:
    """Glyph → text, of one of WeasyPrint's fonts when all is drawn."""
    told: Meanings = font.to_unicode
    texts = {glyph: _as_drawn(font, glyph, text) for glyph, text in told.items()}
    for first, second in told.followed:
        if texts[second] and texts[second] == texts.get(first):
            texts[first] = ""
    # Readers take a glyph that stands for nothing for one whose number is its text.
    return {glyph: text or "\N{ZERO WIDTH JOINER}" for glyph, text in texts.items()}


def _as_drawn(font: Any, glyph: int, text: str) -> str:
    """The sign that is seen: readers mirror brackets in text that is written to the left once more."""
    if (other := _MIRRORED.get(text)) is None:
        return text
    found = ffi.new("hb_codepoint_t *")
    nominal = harfbuzz.hb_font_get_nominal_glyph(font.hb_font, ord(other), found)
    return other if nominal and found[0] == glyph else text
