"""Chapters → Book: what stands where, under which unique name, and the way to it.

A post is a book with one chapter: title page, article, colophon. A book has a title page, its contents, what its index
says, its chapters and the openings of its parts, a colophon.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

from pipeline.bind import contents, holes, links, pages, references
from pipeline.bind.leaves import Leaf, chapters, colophon, titlepage
from pipeline.bind.spine import MAX_LEVELS, Spine, place, repeated, spine, taken
from pipeline.errors import Diagnostic, SourceError
from pipeline.model import Book, Chapter, ContentsLine, Edition, NavPoint, Section, edition_name
from pipeline.settings import Settings

__all__ = ["MAX_LEVELS", "bind", "lost", "place", "repeated", "taken"]


def lost(index: Chapter, members: Sequence[Chapter]) -> tuple[Diagnostic, ...]:
    """An error for every link and every reference that leads nowhere."""
    return (*links.lost(index, members), *references.lost(index, members))


def bind(chapter: Chapter, settings: Settings, editions: Iterable[Edition], members: Sequence[Chapter] = ()) -> Book:
    """The book of a post, or of an index and its `members`. `editions` are those whose typefaces the colophon names.

    Raises SourceError when a link leads to no chapter of the book, or a chapter is named twice, unless such are
    tolerated.
    """
    settings = settings.in_language(chapter.metadata.language)
    names = set(chapter.ids).union(*(member.ids for member in members), (member.place.name for member in members))
    title = pages.free("titlepage", names)
    faults = [
        *(lost(chapter, members) if "links" not in settings.lenient else ()),
        *(repeated(chapter, members) if "markup" not in settings.lenient else ()),
    ]
    if faults:
        raise SourceError(faults)
    chapter, members = references.settled(chapter, members, title)
    chapter, members = links.led(chapter, members, title)
    whole = spine(chapter, members)
    chapter = holes.filled(chapter, whole.parts, {})
    inner = _inner(chapter, whole, names, settings)
    known = [block for leaf in inner for block in leaf.blocks] + [*chapter.credits.blocks, *chapter.colophon.blocks]
    known += pages.front_blocks(chapter)
    leaves = [
        titlepage(chapter, title, settings),
        *inner,
        colophon(chapter, names, settings, pages.closing((chapter, *members), settings, editions, known)),
    ]
    lines = tuple(chain.from_iterable(leaf.lines for leaf in leaves))
    return Book(
        slug=edition_name(chapter.path),
        path=chapter.path,
        metadata=chapter.metadata,
        spine=tuple(_listing(leaf.section, lines, settings) for leaf in leaves),
        nav=tuple(chain.from_iterable(leaf.points for leaf in leaves)),
        drawing=chapter.drawing,
        cover=chapter.cover,
        images=tuple({image.src: image for c in (chapter, *members) for image in c.images}.values()),
        blocks=tuple(chain.from_iterable(leaf.blocks for leaf in leaves)),
        added=tuple(chain.from_iterable(leaf.added for leaf in leaves)),
        contents=lines,
        contents_at=len(leaves[0].added),
        languages=pages.languages((chapter, *members)),
    )


def _inner(chapter: Chapter, whole: Spine, names: set[str], settings: Settings) -> list[Leaf]:
    """What stands between title page and colophon."""
    labels = settings.labels
    kind = "preface" if chapter.parts else "article"
    listed, body = (pages.free(name, names) for name in ("contents", kind))
    point = NavPoint(labels[kind], body, contents.tree(chapter.headings, body, {}))
    section = Section(body, kind, labels[kind], pages.section(body, kind, chapter.body.xhtml))
    text = Leaf(section, (point,), blocks=chapter.body.blocks, added=chapter.body.added)
    if not chapter.parts:
        heads = (", ".join(chapter.metadata.authors), chapter.metadata.short_title)
        return [replace(text, section=replace(section, heads=heads))]
    title = chapter.metadata.short_title
    text = replace(text, section=replace(section, opens=True, heads=(title, labels["preface"])))
    list_ = Section(listed, "contents", labels["contents"], "", opens=True, heads=(title, labels["contents"]))
    return [Leaf(list_), *([text] if chapter.body.xhtml else []), *chapters(chapter, whole, names)]


def _listing(section: Section, lines: Sequence[ContentsLine], settings: Settings) -> Section:
    """The contents, once it is known what they list."""
    if section.kind != "contents":
        return section
    return replace(section, xhtml=pages.contents(section.name, lines, settings.labels))
