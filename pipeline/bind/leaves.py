"""What a book is put together of: sections, each with the words in it and the ways to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from pipeline.bind import contents, pages
from pipeline.bind.holes import filled
from pipeline.bind.spine import Member, Spine, walked
from pipeline.errors import Location
from pipeline.model import Block, Chapter, ContentsLine, NavPoint, Part, Section
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class Leaf:
    """A section; its lines in nav and in the printed contents; the words of sources in it, and our own, in order."""

    section: Section
    points: tuple[NavPoint, ...] = ()
    lines: tuple[ContentsLine, ...] = ()
    blocks: tuple[Block, ...] = ()
    added: tuple[str, ...] = ()


def titlepage(chapter: Chapter, name: str, settings: Settings) -> Leaf:
    label = settings.labels["titlepage"]
    # What leads to a section that only held the book's chapters leads to the book.
    ids = [] if has_parts(chapter) else [each for part in chapter.parts for each in part.ids]
    section = Section(name, "titlepage", label, pages.titlepage(chapter, name, ids))
    return Leaf(
        _headed(section, chapter),
        (NavPoint(label, name),),
        blocks=pages.front_blocks(chapter),
        added=pages.front_added(chapter),
    )


def colophon(chapter: Chapter, names: set[str], settings: Settings, closing: tuple[str, ...]) -> Leaf:
    label = settings.labels["about"]
    name, about = pages.free("colophon", names), pages.free("about", names)
    section = Section(name, "colophon", label, pages.colophon(chapter, name, about, closing, settings.labels))
    return Leaf(
        _headed(section, chapter),
        (NavPoint(label, f"{name}#{about}"),),
        blocks=(*chapter.credits.blocks, *chapter.colophon.blocks),
        added=(*chapter.credits.added, *chapter.colophon.added, label, *closing),
    )


def _headed(section: Section, chapter: Chapter) -> Section:
    """The first and the last section of a book are laid out apart; those of a post run with its text."""
    if chapter.parts:
        return replace(section, opens=True, heads=(chapter.metadata.short_title, ""))
    return replace(section, heads=(", ".join(chapter.metadata.authors), chapter.metadata.short_title))


def chapters(index: Chapter, whole: Spine, names: set[str]) -> Iterator[Leaf]:
    """The chapters of a book, and before those of a part its opening."""
    parts = [(part, members) for part, members in zip(index.parts, whole.parts, strict=True) if members]
    parted = has_parts(index)
    for caption, group in groupby(parts, key=lambda each: each[0].caption if parted else ""):
        below = tuple(group)
        top = int(bool(caption))
        if caption:
            yield _opening(caption, below, pages.free("part", names), index)
        for part, members in below:
            listed = contents.lines(part, members, top)
            for member in walked(members):
                leaf = _chapter(member, index, caption, top + member.depth)
                points = () if caption or member.depth else (contents.point(member),)
                yield replace(leaf, points=points, lines=listed.get(member.name, ()))


def has_parts(index: Chapter) -> bool:
    """Whether the toctrees of an index are parts of the book: one name over all its chapters is not a part's."""
    return len({part.caption for part in index.parts if part.chapters}) > 1


def _opening(caption: str, below: tuple[tuple[Part, tuple[Member, ...]], ...], name: str, index: Chapter) -> Leaf:
    """The page that a part opens with: its name alone."""
    ids = [each for part, _ in below for each in part.ids]
    first = below[0][0].chapters[0].where
    points = tuple(contents.point(member) for _, members in below for member in members)
    section = Section(name, "part", caption, pages.part(name, caption, ids), opens=True)
    return Leaf(
        replace(section, heads=(index.metadata.short_title, "")),
        (NavPoint(caption, name, points),),
        (ContentsLine(caption, name, 0, is_part=True),),
        (Block(caption, "title", Location(first.path, first.line)),),
    )


def _chapter(member: Member, index: Chapter, caption: str, depth: int) -> Leaf:
    chapter = filled(member.chapter, member.below, member.numbers)
    known = chapter.metadata
    section = pages.chapter(chapter, member.number, member.called)
    # What others wrote is known by its author, on each page.
    authors = ", ".join(known.authors) if known.authors != index.metadata.authors else ""
    verso = authors or caption or index.metadata.short_title
    return Leaf(
        replace(section, opens=True, depth=depth, heads=(verso, known.short_title)),
        blocks=pages.blocks(chapter),
        added=(
            *([member.number] if member.number else []),
            *pages.front_added(chapter),
            *chapter.body.added,
            *chapter.credits.added,
            *chapter.colophon.added,
        ),
    )
