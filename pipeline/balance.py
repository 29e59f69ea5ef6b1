"""Lines of a title, evened out. WeasyPrint 70 has no `text-wrap: balance`, and a cover is set by hand anyway."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import accumulate

from pipeline.scripts import breadth


def lines(pieces: Sequence[str], count: int) -> list[str]:
    """Pieces of a text in that many lines, as even as can be: the sum of the squares of the breadths is least.

    A piece ends in a space if one follows it (`scripts.pieces`).
    """
    ends = [0, *accumulate(map(breadth, pieces))]
    spaces = [piece.endswith(" ") for piece in pieces]

    @cache
    def best(start: int, count: int) -> tuple[float, tuple[int, ...]]:
        """The least sum from a piece on, and where the lines end."""
        if count == 1:
            return (ends[-1] - ends[start] - spaces[-1]) ** 2, (len(pieces),)
        least: tuple[float, tuple[int, ...]] = (float("inf"), ())
        for end in range(start + 1, len(pieces) - count + 2):
            own = (ends[end] - ends[start] - spaces[end - 1]) ** 2
            if own > least[0]:
                break  # longer lines are worse still
            cost, rest = best(end, count - 1)
            if own + cost < least[0]:
                least = own + cost, (end, *rest)
        return least

    _, places = best(0, count)
    return ["".join(pieces[start:end]).strip() for start, end in zip((0, *places), places, strict=False)]


def needed(pieces: Sequence[str], measure: float) -> int:
    """How many lines of a measure, in characters, pieces take when each line is filled."""
    count, room = 1, measure
    for piece in pieces:
        own = breadth(piece.rstrip())
        if own > room and room < measure:
            count, room = count + 1, measure
        room -= own + piece.endswith(" ")
    return count
