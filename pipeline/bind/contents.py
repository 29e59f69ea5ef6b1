"""The ways into a book: nav, and the lines of the printed contents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from pipeline.bind.spine import Member
from pipeline.model import ContentsLine, Heading, NavPoint, Part

DEPTH = 2  # levels that the printed contents show where a toctree does not say


def point(member: Member) -> NavPoint:
    """A chapter with its headings, and the chapters below it."""
    own = tree(member.chapter.headings, member.name, member.numbers)
    return NavPoint(member.called, member.name, (*own, *(point(each) for part in member.below for each in part)))


def tree(headings: Sequence[Heading], section: str, numbers: Mapping[str, str]) -> tuple[NavPoint, ...]:
    """Headings as a tree by level."""
    points: list[tuple[int, str, str, list[NavPoint]]] = []  # those that are still open
    top: list[NavPoint] = []

    def close(level: int) -> None:
        while points and points[-1][0] >= level:
            _, title, href, children = points.pop()
            (points[-1][3] if points else top).append(NavPoint(title, href, tuple(children)))

    for heading in headings:
        close(heading.level)
        title = f"{numbers.get(heading.id, '')} {heading.text}".strip()
        points.append((heading.level, title, f"{section}#{heading.id}", []))
    close(0)
    return tuple(top)


def lines(part: Part, members: Sequence[Member], level: int) -> Mapping[str, tuple[ContentsLine, ...]]:
    """The lines that a toctree's chapters have, by their names: their own, and a level lower those of their headings.

    The chapters below them have theirs a level lower, too.
    """
    found: dict[str, tuple[ContentsLine, ...]] = {}

    def add(member: Member, level: int, depth: int) -> None:
        own = [ContentsLine(member.called, member.name, level)]
        first = member.chapter.place.level + 1
        for heading in member.chapter.headings if not part.titles_only else ():
            lower = heading.level - first + 1
            if lower < depth:
                title = f"{member.numbers.get(heading.id, '')} {heading.text}".strip()
                own.append(ContentsLine(title, heading.id, level + lower))
        found[member.name] = tuple(own)
        for each in chain.from_iterable(member.below) if depth > 1 else ():
            add(each, level + 1, depth - 1)

    for member in members:
        add(member, level, part.depth or DEPTH)
    return found
