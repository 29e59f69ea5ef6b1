"""Lines of a title, evened out. WeasyPrint 70 has no `text-wrap: balance`, and a cover is set by hand anyway."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache


def lines(words: Sequence[str], count: int) -> list[str]:
    """Words in that many lines, as even as can be: the sum of the squares of the lengths is least."""

    @cache
    def best(start: int, count: int) -> tuple[int, list[str]]:
        if count == 1:
            line = " ".join(words[start:])
            return len(line) ** 2, [line]
        options = []
        for end in range(start + 1, len(words) - count + 2):
            line = " ".join(words[start:end])
            cost, rest = best(end, count - 1)
            options.append((len(line) ** 2 + cost, [line, *rest]))
        return min(options, key=lambda option: option[0])

    return best(0, count)[1]
