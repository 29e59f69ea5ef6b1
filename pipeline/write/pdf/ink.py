"""What stands beside lines of code and is no text: their numbers, and a sign where a line goes on. It is drawn in lines
and curves, as an artifact: glyphs could be copied, found and read out, whatever the structure tree says of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from msgspec import Struct

from pipeline.fonts import upright

_FAMILY = "Source Code Pro"
_COLUMN_EM = 0.6
_SMALLER = 0.85  # than the code beside it
GREY, GREEN = (0.31, 0.31, 0.31), (0.12, 0.30, 0.23)
# An arrow that comes from the line before, in em from the left end of the baseline, upward.
_TURN = (((0.18, 0.5), (0.18, 0.2), (0.78, 0.2)), ((0.62, 0.34), (0.78, 0.2), (0.62, 0.06)))
_PEN_EM = 0.055

Operation = tuple[str, tuple[tuple[float, float], ...]]  # of PDF, and its points in em


class Mark(Struct, frozen=True):
    """A number, or "" for the sign that a line goes on; where it ends and its baseline, and the size of the code beside
    it, in CSS pixels.
    """

    number: str
    right: float
    y: float
    size: float


def draw(stream: Any, mark: Mark) -> None:
    """Draw a mark into the content of a page of WeasyPrint 70."""
    with stream.artifact(), stream.stacked():
        if mark.number:
            stream.set_color_rgb(*GREY)
            size = mark.size * _SMALLER
            for place, digit in enumerate(reversed(mark.number), 1):
                left = mark.right - place * _COLUMN_EM * size
                for operator, points in outlines()[digit]:
                    _operate(stream, operator, ((left + x * size, mark.y - y * size) for x, y in points))
            stream.fill()
        else:
            stream.set_color_rgb(*GREEN, stroke=True)
            stream.set_line_width(_PEN_EM * mark.size)
            left = mark.right - 2 * _COLUMN_EM * mark.size
            for line in _TURN:
                for operator, (x, y) in zip("mll", line, strict=True):
                    _operate(stream, operator, [(left + x * mark.size, mark.y - y * mark.size)])
            stream.stroke()


def _operate(stream: Any, operator: str, points: Any) -> None:
    numbers = " ".join(f"{number:.2f}" for point in points for number in point)
    stream.stream.append(f"{numbers} {operator}".strip().encode())


@cache
def outlines() -> dict[str, tuple[Operation, ...]]:
    """The digits, as what PDF draws paths with."""
    from fontTools.pens.basePen import BasePen
    from fontTools.ttLib import TTFont

    class Pen(BasePen):  # type: ignore[misc]
        def __init__(self, glyphs: Any, em: float):
            super().__init__(glyphs)
            self.em, self.operations = em, list[Operation]()

        def add(self, operator: str, *points: tuple[float, float]) -> None:
            self.operations.append((operator, tuple((x / self.em, y / self.em) for x, y in points)))

        def _moveTo(self, point: Any) -> None:  # noqa: N802 - fontTools' names
            self.add("m", point)

        def _lineTo(self, point: Any) -> None:  # noqa: N802
            self.add("l", point)

        def _curveToOne(self, *points: Any) -> None:  # noqa: N802
            self.add("c", *points)

        def _closePath(self) -> None:  # noqa: N802
            self.add("h")

    def drawn() -> Iterator[tuple[str, tuple[Operation, ...]]]:
        with TTFont(upright(_FAMILY)) as font:
            glyphs, names = font.getGlyphSet(location={"wght": 400}), font.getBestCmap()
            for digit in "0123456789":
                pen = Pen(glyphs, font["head"].unitsPerEm)
                glyphs[names[ord(digit)]].draw(pen)
                yield digit, tuple(pen.operations)

    return dict(drawn())
