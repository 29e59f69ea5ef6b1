"""Chapters → Book: what stands where, under which unique name, and the way to it.

A post is a book with one chapter: title page, article, colophon. A book has front matter, its chapters and the openings
of its parts, back matter; if its plan does not say which, a title page, its contents and what its index says, and a
colophon.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, chain

from msgspec.structs import replace

from pipeline.bind import counting, holes, index, links, pages, references
from pipeline.bind.leaves import Binder
from pipeline.bind.pagination import paginate
from pipeline.bind.spine import MAX_LEVELS, place, repeated, spine, taken
from pipeline.errors import Diagnostic, SourceError
from pipeline.model import Book, Chapter, ContentsLine, Edition, Section
from pipeline.settings import Settings

__all__ = ["MAX_LEVELS", "bind", "lost", "paginate", "place", "repeated", "taken"]


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
    on_page = settings.labels["on_page"] if settings.page_references else ""
    chapter, members = references.settled(chapter, members, title, settings.labels, on_page)
    chapter, members = links.led(chapter, members, title)
    whole = spine(chapter, members)
    counted = tuple(counting.lines(chapter, whole))
    captions = {line.counted.id: counting.caption(line, chapter, settings.labels) for line in counted}
    chapter = holes.filled(chapter, whole.parts, captions)
    binder = Binder(chapter, whole, names, settings, title, captions)
    text = [*binder.front(), *binder.text()]
    blocks = chain(*(leaf.blocks for leaf in text), chapter.credits.blocks, chapter.colophon.blocks)
    closing = pages.closing((chapter, *members), settings, editions, blocks)
    terms = index.lines((chapter, *members), settings.labels, chapter.metadata.language) if chapter.parts else ()
    back = list(binder.back(closing))
    at = len(back) - (back[-1:] != [] and back[-1].section.kind == "colophon")
    leaves = [*text, *back[:at], *([binder.listing(terms)] if terms else []), *back[at:]]
    lines = tuple(chain.from_iterable(leaf.lines for leaf in leaves))
    before = [0, *accumulate(len(leaf.added) for leaf in leaves)]
    return Book(
        path=chapter.path,
        metadata=chapter.metadata,
        spine=tuple(_listing(leaf.section, lines, settings) for leaf in leaves),
        nav=tuple(chain.from_iterable(leaf.points for leaf in leaves)),
        drawing=chapter.drawing,
        cover=chapter.cover,
        images=tuple({image.src: image for c in (chapter, *members) for image in c.images}.values()),
        blocks=tuple(chain.from_iterable(leaf.blocks for leaf in leaves)),
        added=tuple(chain.from_iterable(leaf.added for leaf in leaves)),
        contents=lines if any(leaf.section.kind == "contents" for leaf in leaves) else (),
        contents_at=next((at for at, leaf in zip(before, leaves, strict=False) if leaf.section.kind == "contents"), 0),
        printed=tuple((at, leaf.printed) for at, leaf in zip(before, leaves, strict=False) if leaf.printed),
        index=terms,
        index_at=before[len(text) + at],
        languages=pages.languages((chapter, *members)),
    )


def _listing(section: Section, lines: Sequence[ContentsLine], settings: Settings) -> Section:
    """The contents, once it is known what they list."""
    if section.kind != "contents":
        return section
    return replace(section, xhtml=pages.contents(section.name, lines, settings.labels))
