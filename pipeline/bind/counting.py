"""Numbers of figures, tables, code and equations: counted through the book, or through each numbered chapter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from msgspec import Struct

from pipeline.bind.spine import Member, Spine, walked
from pipeline.counted import KINDS, Counted
from pipeline.model import Chapter


class Number(Struct, frozen=True):
    """A number, and of what: a Counted.kind, or section."""

    kind: str
    number: str

    def words(self, index: Chapter, labels: Mapping[str, str]) -> str:
        """`Figure 1.2`, `(1.2)`; what the author calls the kind, or else the label of the language."""
        if self.kind == "equation":
            return f"({self.number})"
        own = index.numbering.words.get(self.kind)
        return own.replace("%s", self.number) if own else labels[self.kind].replace("{0}", self.number)


class Line(Struct, frozen=True):
    """What may be counted, with its number, which is '' where the book does not count it."""

    counted: Counted
    number: Number

    @property
    def called(self) -> str:
        """Its title with its number, as lists have it."""
        return f"{self.number.number} {self.counted.title}".strip()


def captions(found: Iterable[Line], index: Chapter, labels: Mapping[str, str]) -> dict[str, str]:
    """What stands before a caption, or beside an equation, by its id; '' for what a list leads to and has no number."""
    listed = {KINDS.get(piece.kind) for piece in (*index.front, *index.back)}

    def words(number: Number) -> str:
        said = number.words(index, labels)
        is_whole = number.kind == "equation" or not said[-1:].isalnum()  # an author's “Figure %s:” ends by itself
        return said if is_whole else labels["numbered"].replace("{0}", said)

    return {
        line.counted.id: words(line.number) if line.number.number else ""
        for line in found
        if line.number.number or line.number.kind in listed
    }


def sections(whole: Spine) -> Iterator[tuple[str, Number]]:
    """(id, number) of every chapter, by its name, and heading that has one."""
    for member in _members(whole):
        if member.number:
            yield member.name, Number("section", member.number)
        yield from ((name, Number("section", number)) for name, number in member.numbers.items())


def lines(index: Chapter, whole: Spine) -> Iterator[Line]:
    """All that may have a number, in the order of the book."""
    asked = index.numbering
    depth = asked.depth if asked.kinds else 0
    last: Counter[tuple[str, ...]] = Counter()
    nothing: Mapping[str, str] = {}
    own = ((index, "", nothing),)
    for chapter, number, headings in chain(own, ((m.chapter, m.number, m.numbers) for m in _members(whole))):
        for each in chapter.counted:
            if each.kind not in asked.kinds and each.kind != "equation":
                yield Line(each, Number(each.kind, ""))
                continue
            around = next((headings[name] for name in reversed(each.under) if name in headings), number)
            before = around.split(".")[:depth] if around else []
            place = each.kind, *before
            last[place] += 1
            yield Line(each, Number(each.kind, ".".join((*before, str(last[place])))))


def _members(whole: Spine) -> Iterator[Member]:
    for written in whole.front:
        yield from walked([written] if written else [])
    for part in whole.parts:
        yield from walked(part)
    for written in whole.back:
        yield from walked([written] if written else [])
