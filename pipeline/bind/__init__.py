"""Chapters → Book: what stands where, under which unique name, and the way to it.

A post is a book with one chapter: title page, article, colophon. A book has a title page, its contents, what its index
says, its chapters, a colophon.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, count
from pathlib import Path

from pipeline.bind import links, pages, references
from pipeline.errors import Diagnostic, SourceError
from pipeline.model import (
    Block,
    Book,
    Chapter,
    ContentsLine,
    Edition,
    Heading,
    NavPoint,
    Part,
    Place,
    Section,
    edition_name,
    slug,
)
from pipeline.settings import Settings

__all__ = ["bind", "lost", "places"]

_TAKEN = {"cover", "nav", "toc", "style"}  # files of the ebook


def places(index: Chapter) -> tuple[Place, ...]:
    """The place of each chapter that an index names, in order."""
    taken = {*_TAKEN, *index.ids}
    return tuple(
        Place(index.place.root, _name(entry.path, index.place.root, taken))
        for part in index.parts
        for entry in part.entries
    )


def lost(index: Chapter, members: Sequence[Chapter]) -> tuple[Diagnostic, ...]:
    """An error for every link and every reference that leads nowhere."""
    return (*links.lost(index, members), *references.lost(index, members))


def bind(chapter: Chapter, settings: Settings, editions: Iterable[Edition], members: Sequence[Chapter] = ()) -> Book:
    """The book of a post, or of an index and its `members`. `editions` are those whose typefaces the colophon names.

    Raises SourceError when a link leads to no chapter of the book, unless such are tolerated.
    """
    settings = settings.in_language(chapter.metadata.language)
    labels = settings.labels
    taken = set(chapter.ids).union(*(member.ids for member in members), (member.place.name for member in members))
    title, contents, body, colophon, about = (
        pages.free(name, taken)
        for name in ("titlepage", "contents", "preface" if chapter.parts else "article", "colophon", "about")
    )
    if (dead := lost(chapter, members)) and "links" not in settings.lenient:
        raise SourceError(dead)
    chapter, members = references.settled(chapter, members, title)
    chapter, members = links.led(chapter, members, title)
    blocks = _blocks(chapter, members)
    closing = pages.closing((chapter, *members), settings, editions, blocks)
    titlepage = Section(title, "titlepage", labels["titlepage"], pages.titlepage(chapter, title))
    end = Section(colophon, "colophon", labels["about"], pages.colophon(chapter, colophon, about, closing, labels))
    first, last = NavPoint(labels["titlepage"], title), NavPoint(labels["about"], f"{colophon}#{about}")
    own = _tree(chapter.headings, body)
    lines: tuple[ContentsLine, ...] = ()
    nav: tuple[NavPoint, ...]
    if not chapter.parts:
        article = Section(body, "article", labels["article"], pages.section(body, "article", chapter.body.xhtml))
        heads = (", ".join(chapter.metadata.authors), chapter.metadata.short_title)
        spine = tuple(replace(section, heads=heads) for section in (titlepage, article, end))
        nav = (first, NavPoint(labels["article"], body, own), last)
    else:
        numbers = tuple(_numbers(chapter.parts))
        titles = tuple(
            entry.title or member.metadata.title
            for entry, member in zip(chain.from_iterable(p.entries for p in chapter.parts), members, strict=True)
        )
        points = tuple(
            NavPoint(f"{number} {title}".strip(), member.place.name, _tree(member.headings, member.place.name))
            for member, title, number in zip(members, titles, numbers, strict=True)
        )
        parts = tuple(_parts(chapter.parts, points))
        lines = tuple(_lines(chapter.parts, points))
        preface = Section(body, "preface", labels["preface"], pages.section(body, "preface", chapter.body.xhtml))
        nav = (first, *([NavPoint(labels["preface"], body, own)] if chapter.body.xhtml else []), *parts, last)
        spine = tuple(
            replace(section, opens=True, heads=(chapter.metadata.short_title, head))
            for section, head in (
                (titlepage, ""),
                (pages.contents(contents, lines, labels), labels["contents"]),
                *([(preface, labels["preface"])] if chapter.body.xhtml else []),
                *(
                    (pages.chapter(member, number, point.title), member.metadata.short_title)
                    for member, number, point in zip(members, numbers, points, strict=True)
                ),
                (end, ""),
            )
        )
    before = _front_added(chapter)
    return Book(
        slug=edition_name(chapter.path),
        path=chapter.path,
        metadata=chapter.metadata,
        spine=spine,
        nav=nav,
        drawing=chapter.drawing,
        images=tuple({image.src: image for c in (chapter, *members) for image in c.images}.values()),
        blocks=blocks,
        added=(*before, *_added(chapter, members, settings, closing)),
        contents=lines,
        contents_at=len(before),
        languages=pages.languages((chapter, *members)),
    )


def _name(path: Path, root: Path, taken: set[str]) -> str:
    """The name of a chapter's file in the ebook, and the beginning of its ids: ASCII, and no other's."""
    whole = slug(Path("-".join(path.relative_to(root).parts)))
    stem = whole if whole.isascii() and whole[0].isalpha() else f"c-{whole}" if whole.isascii() else "chapter"
    name = next(n for n in chain([stem], (f"{stem}-{number}" for number in count(2))) if n not in taken)
    taken.add(name)
    return name


def _numbers(parts: Iterable[Part]) -> Iterator[str]:
    """The number of each chapter, '' for those in parts without numbers; it goes on from part to part."""
    number = 0
    for part in parts:
        for _ in part.entries:
            number += part.numbered
            yield str(number) if part.numbered else ""


def _parts(parts: Iterable[Part], points: Iterable[NavPoint]) -> Iterator[NavPoint]:
    following = iter(points)
    for part in parts:
        chapters = tuple(next(following) for _ in part.entries)
        if part.caption:
            yield NavPoint(part.caption, "", chapters)
        else:
            yield from chapters


def _lines(parts: Iterable[Part], points: Iterable[NavPoint]) -> Iterator[ContentsLine]:
    """The lines of the printed contents: a part's caption, its chapters, their headings, each a level lower."""

    def below(point: NavPoint, level: int, depth: int) -> Iterator[ContentsLine]:
        yield ContentsLine(point.title, point.href.partition("#")[2] or point.href, level)
        for child in point.children if depth != 1 else ():
            yield from below(child, level + 1, depth - 1)

    following = iter(points)
    for part in parts:
        if part.caption:
            yield ContentsLine(part.caption, "", 0)
        for _ in part.entries:
            yield from below(next(following), 1 if part.caption else 0, part.depth)


def _blocks(chapter: Chapter, members: Iterable[Chapter]) -> tuple[Block, ...]:
    """What the sources say, in the order the book says it."""
    inner = (block for member in members for block in _blocks(member, ()))
    after = (*chapter.credits.blocks, *chapter.colophon.blocks)
    return (*pages.front_blocks(chapter), *chapter.body.blocks, *inner, *after)


def _front_added(chapter: Chapter) -> tuple[str, ...]:
    """Our own words above a chapter's text, in the order the book says them."""
    known = chapter.metadata
    days = [f"{known.dates_label}:", *["·"] * (len(known.dates) - 1)] if known.dates else []
    return (
        *[","] * (len(known.authors) - 1),
        *chapter.standfirst.added,
        *days,
        *chapter.opening.added,
    )


def _added(chapter: Chapter, members: Sequence[Chapter], settings: Settings, closing: Iterable[str]) -> tuple[str, ...]:
    """Our own words from the text on, in the order the book says them."""
    inner: list[str] = []
    for member, number in zip(members, _numbers(chapter.parts), strict=True):
        inner += [*([number] if number else []), *_front_added(member)]
        inner += [*member.body.added, *member.credits.added, *member.colophon.added]
    after = (*chapter.credits.added, *chapter.colophon.added)
    return (*chapter.body.added, *inner, *after, settings.labels["about"], *closing)


def _tree(headings: Sequence[Heading], section: str) -> tuple[NavPoint, ...]:
    """Headings as a tree by level."""
    points = []
    while headings:
        first, *rest = headings
        below = next((i for i, h in enumerate(rest) if h.level <= first.level), len(rest))
        points.append(NavPoint(first.text, f"{section}#{first.id}", _tree(rest[:below], section)))
        headings = rest[below:]
    return tuple(points)
