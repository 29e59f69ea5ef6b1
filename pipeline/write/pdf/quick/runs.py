"""Text measured once: all of a text box shaped as one line, out of which its lines are cut.

WeasyPrint 70 has Pango lay out the rest of a paragraph again for each of its lines, four times over: a draft, the word
that might still fit, the line as it became, and the same once more to draw it. A part of a shaped text looks as if it
had been shaped alone where HarfBuzz says that it may be broken (HB_GLYPH_FLAG_UNSAFE_TO_BREAK is not set), and only
such parts are cut here; widths are whole numbers of Pango's units, so sums of them are exact.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import accumulate
from typing import TYPE_CHECKING

from pipeline.write.pdf.quick.shaping import Face, Shape

if TYPE_CHECKING:
    from pipeline.write.pdf.quick.setting import Setting

# Digits and signs have the script of the letters around them: a line without letters would be shaped in another way.
LETTER = re.compile("[A-Za-zÀ-ÖØ-öø-ɏΑ-Ωα-ωЀ-ԯ]")


class Run:
    """A text in one face and direction, shaped. Widths are in Pango's units, height and baseline in CSS pixels.

    `reach[n]` is how wide the first n glyphs are, `at` the first glyph of what begins at a byte; `safe` says of which
    glyphs a line may begin with or end before. `breaks`, `ends`, `end_glyphs` and `end_reach` are of each place where a
    line may be broken: the byte where the next one begins, and where this one ends, without its space.
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

    def __init__(self, setting: Setting, text: str, data: bytes, shape: Shape, face: Face):
        self.setting, self.text, self.data, self.face = setting, text, data, face
        self.glyphs, self.widths, self.clusters, safe = shape
        self.height = self.baseline = 0.0
        self.safe = [*safe, True]
        self.reach = [0, *accumulate(self.widths)]
        count = len(self.clusters)
        self.at = dict(zip(reversed(self.clusters), range(count - 1, -1, -1), strict=True))
        self.at[len(data)] = count
        self.breaks: list[int] = []
        self.ends: list[int] = []
        self.end_glyphs: list[int] = []
        self.end_reach: list[int] = []

    def break_at(self, characters: Iterable[int]) -> bool:
        """Keep the characters before which a line may be broken. False if one of them is within a cluster."""
        starts: list[int] | range = range(len(self.data))
        if len(self.data) != len(self.text):
            one_to_one = len(self.at) == len(self.text) + 1 == len(self.clusters) + 1
            starts = self.clusters if one_to_one else [0, *accumulate(len(c.encode()) for c in self.text)]
        for character in characters:
            after = starts[character]
            end = after - 1 if self.data[after - 1] == 0x20 else after
            if (glyph := self.at.get(end)) is None or after not in self.at:
                return False
            if end:
                self.breaks.append(after)
                self.ends.append(end)
                self.end_glyphs.append(glyph)
                self.end_reach.append(self.reach[glyph])
        return True

    def begins(self, start: int) -> bool:
        """Whether a line that begins with a byte looks the same without what is before it."""
        return start in self.at and self.safe[self.at[start]]

    def alone(self, start: int, end: int) -> bool:
        """Whether the bytes from start to end would look the same without the rest of the text."""
        if start == 0 and end == len(self.data):
            return True
        if not (self.safe[self.at[start]] and self.safe[self.at[end]]):
            return False
        return LETTER.search(self.data[start:end].decode()) is not None
