"""Chapters → Book: what stands where, under which unique name, and the way to it.

A post is a book with one chapter: title page, article, colophon. A book has front matter, its chapters and the openings
of its parts, back matter; if its plan does not say which, a title page, its contents and what its index says, and a
colophon.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, chain

from msgspec.structs import replace

from pipeline import matter
from pipeline.bind import counting, holes, index, links, pages, references
from pipeline.bind.leaves import Binder, Leaf
from pipeline.bind.pagination import paginate
from pipeline.bind.spine import MAX_LEVELS, place, repeated, spine, taken
from pipeline.errors import Diagnostic, SourceError
from pipeline.model import Book, Chapter, Edition, Listing, Section
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
    title, last = pages.free("titlepage", names), pages.free("index", names)
    faults = [
        *(lost(chapter, members) if "links" not in settings.lenient else ()),
        *(repeated(chapter, members) if "markup" not in settings.lenient else ()),
    ]
    if faults:
        raise SourceError(faults)
    on_page = settings.labels["on_page"] if settings.page_references else ""
    chapter, members = references.settled(chapter, members, (title, last), settings.labels, on_page)
    chapter, members = links.led(chapter, members, title)
    whole = spine(chapter, members)
    counted = tuple(counting.lines(chapter, whole))
    terms = index.lines((chapter, *members), settings.labels, chapter.metadata.language) if chapter.parts else ()
    captions = counting.captions(counted, chapter, settings.labels)
    chapter = holes.filled(chapter, whole.parts, captions)
    binder = Binder(chapter, whole, names, settings, title, captions, counted, (last, terms))
    text = [*binder.front(), *binder.text()]
    blocks = chain(*(leaf.blocks for leaf in text), chapter.credits.blocks, chapter.colophon.blocks)
    closing = pages.closing((chapter, *members), settings, editions, blocks)
    leaves = [*text, *binder.back(closing)]
    if terms and not any(leaf.section.kind == "index" for leaf in leaves):
        leaves.insert(len(leaves) - (leaves[-1].section.kind == "colophon"), binder.terms_listed())
    lines = tuple(chain.from_iterable(leaf.lines for leaf in leaves))
    leaves = [replace(leaf, listed=lines) if leaf.section.kind == "contents" else leaf for leaf in leaves]
    before = [0, *accumulate(len(leaf.added) for leaf in leaves)]
    return Book(
        path=chapter.path,
        metadata=chapter.metadata,
        spine=tuple(_listing(leaf) for leaf in leaves),
        nav=tuple(chain.from_iterable(leaf.points for leaf in leaves)),
        drawing=chapter.drawing,
        cover=chapter.cover,
        images=tuple({image.src: image for c in (chapter, *members) for image in c.images}.values()),
        blocks=tuple(chain.from_iterable(leaf.blocks for leaf in leaves)),
        added=tuple(chain.from_iterable(leaf.added for leaf in leaves)),
        listings=tuple(
            Listing(leaf.section.kind, leaf.section.title, leaf.listed, at)
            for at, leaf in zip(before, leaves, strict=False)
            if leaf.section.kind in matter.LISTS
        ),
        printed=tuple((at, leaf.printed) for at, leaf in zip(before, leaves, strict=False) if leaf.printed),
        index=terms,
        index_at=next((at for at, leaf in zip(before, leaves, strict=False) if leaf.section.kind == "index"), 0),
        languages=pages.languages((chapter, *members)),
    )


def _listing(leaf: Leaf) -> Section:
    """A section; the contents and the like, once it is known what they list."""
    own = leaf.section
    if own.kind not in matter.LISTS:
        return own
    return replace(own, xhtml=pages.listing(own.name, own.kind, own.title, leaf.listed))
