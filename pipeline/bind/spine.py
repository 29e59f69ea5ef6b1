"""The chapters of a book in their order, with numbers: each followed by those that its own toctrees name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, count
from pathlib import Path

from msgspec import Struct

from pipeline.errors import Diagnostic, error
from pipeline.model import Chapter, Entry, Heading, Matter, Place, slug

MAX_LEVELS = 12  # of chapters below each other

_TAKEN = {"cover", "nav", "toc", "style"}  # files of the ebook


class Member(Struct, frozen=True):
    """A chapter in its place.

    `title` is the one it has in the contents, `number` '' if it has none. `depth` is how many chapters it is below.
    `numbers` are those of its headings, id → number. `below` are the chapters that its toctrees name, of each its own.
    """

    chapter: Chapter
    title: str
    number: str
    depth: int
    numbers: Mapping[str, str]
    below: tuple[tuple[Member, ...], ...] = ()

    @property
    def name(self) -> str:
        return self.chapter.place.name

    @property
    def called(self) -> str:
        """Its title with its number."""
        return f"{self.number} {self.title}".strip()


class Spine(Struct, frozen=True):
    """The chapters that each toctree of the index names, and an error for each that a toctree names again.

    `front` and `back` are those written for front and back matter, None for what has no file.
    """

    front: tuple[Member | None, ...]
    parts: tuple[tuple[Member, ...], ...]
    back: tuple[Member | None, ...]
    faults: tuple[Diagnostic, ...]


def walked(members: Sequence[Member]) -> Iterator[Member]:
    """Chapters, each followed by those below it."""
    for member in members:
        yield member
        for part in member.below:
            yield from walked(part)


def taken(index: Chapter) -> set[str]:
    """The names that no chapter of a book can have."""
    return {*_TAKEN, *index.ids}


def place(path: Path, root: Path, names: set[str]) -> Place:
    """The place of a chapter: its name begins its ids and is its file's in the ebook, ASCII, and from now on taken."""
    whole = slug(Path("-".join(path.relative_to(root).parts)))
    stem = whole if whole.isascii() and whole[0].isalpha() else f"c-{whole}" if whole.isascii() else "chapter"
    name = next(n for n in chain([stem], (f"{stem}-{number}" for number in count(2))) if n not in names)
    names.add(name)
    return Place(root, name)


def repeated(index: Chapter, chapters: Sequence[Chapter]) -> tuple[Diagnostic, ...]:
    """An error for every chapter that a second toctree names."""
    return spine(index, chapters).faults


def spine(index: Chapter, chapters: Sequence[Chapter]) -> Spine:
    """The chapters in their order. What several toctrees name stands where it is named first."""
    known = {chapter.path: chapter for chapter in chapters}
    faults: list[Diagnostic] = []
    seen = {index.path}

    def members(entries: Iterable[Entry], numbers: _Numbers, depth: int) -> Iterator[Member]:
        for entry in entries:
            if entry.path in seen:
                said = f"{entry.path.relative_to(index.place.root)} is in the book already"
                faults.append(error("RST153", said, entry.where, "name a chapter once"))
                continue
            seen.add(entry.path)
            yield member(known[entry.path], entry.title, numbers, depth)

    def member(chapter: Chapter, title: str, numbers: _Numbers, depth: int) -> Member:
        number = numbers.next()
        own = numbers.below(number)
        headings = dict(_numbered(chapter.headings, own))
        below = []
        for part in chapter.parts:
            # Numbers that begin here begin with 1.
            counted = own if numbers.levels else _Numbers("", part.numbered)
            below.append(tuple(members(part.chapters, counted, depth + 1)))
        return Member(chapter, title or chapter.metadata.title, number, depth, headings, tuple(below))

    def written(matter: Sequence[Matter]) -> tuple[Member | None, ...]:
        entries = ([piece.entry] if piece.entry else [] for piece in matter)
        return tuple(next(members(entry, _Numbers("", 0), 0), None) for entry in entries)

    front = written(index.front)
    parts = []
    first = 0
    for part in index.parts:
        numbers = _Numbers("", part.numbered, first if part.numbered else 0)
        parts.append(tuple(members(part.chapters, numbers, 0)))
        first = numbers.last if part.numbered else first
    return Spine(front, tuple(parts), written(index.back), tuple(faults))


class _Numbers(Struct):
    """Counts what stands side by side, as long as there are `levels` that have numbers."""

    prefix: str
    levels: int
    last: int = 0

    def next(self) -> str:
        if not self.levels:
            return ""
        self.last += 1
        return f"{self.prefix}{self.last}"

    def below(self, number: str) -> _Numbers:
        return _Numbers(f"{number}.", max(0, self.levels - 1))


def _numbered(headings: Sequence[Heading], top: _Numbers) -> Iterator[tuple[str, str]]:
    """(id, number) of each heading that has one."""
    counters: list[tuple[int, _Numbers, str]] = []  # of the headings around: level, that which counts it, its number
    for heading in headings:
        while counters and counters[-1][0] > heading.level:
            counters.pop()
        if counters and counters[-1][0] == heading.level:
            counting = counters.pop()[1]
        else:
            counting = counters[-1][1].below(counters[-1][2]) if counters else top
        number = counting.next()
        counters.append((heading.level, counting, number))
        if number:
            yield heading.id, number
