"""Chapters → Book: what stands where, under which unique name, and the way to it.

A post is a book with one chapter: title page, article, colophon.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import cycle

from pipeline.errors import Location
from pipeline.fetch import address
from pipeline.markup import escape, quoteattr
from pipeline.model import Block, Book, Chapter, Edition, Heading, Metadata, NavPoint, Section
from pipeline.settings import Settings


def bind(chapter: Chapter, settings: Settings, editions: Iterable[Edition]) -> Book:
    """The book of one chapter. `editions` are those whose typefaces the colophon names."""
    labels = settings.labels
    taken = set(chapter.ids)
    title, article, colophon = (_free(name, taken) for name in ("titlepage", "article", "colophon"))
    about = _free("about", taken)
    spine = (
        Section(title, "titlepage", labels["titlepage"], _titlepage(chapter, title)),
        Section(article, "article", labels["article"], _section(article, "article", chapter.body.xhtml)),
        Section(colophon, "colophon", labels["about"], _colophon(chapter, colophon, about, settings, editions)),
    )
    nav = (
        NavPoint(labels["titlepage"], title),
        NavPoint(labels["article"], article, _tree(chapter.headings, article)),
        NavPoint(labels["about"], f"{colophon}#{about}"),
    )
    return Book(
        slug=chapter.slug,
        path=chapter.path,
        metadata=chapter.metadata,
        spine=spine,
        nav=nav,
        drawing=chapter.drawing,
        images=chapter.images,
        blocks=_blocks(chapter),
        added=_added(chapter, settings, editions),
    )


def _blocks(chapter: Chapter) -> tuple[Block, ...]:
    """What the source says, in the order the book says it."""
    top, known = Location(chapter.path), chapter.metadata
    authors = tuple(Block(name, "author", top) for name in known.authors)
    days = tuple(Block(day, "date", top) for day in known.dates)
    before = (
        *chapter.title.blocks,
        *chapter.subtitle.blocks,
        *authors,
        *chapter.standfirst.blocks,
        *days,
        *chapter.opening.blocks,
    )
    return (*before, *chapter.body.blocks, *chapter.credits.blocks, *chapter.colophon.blocks)


def _added(chapter: Chapter, settings: Settings, editions: Iterable[Edition]) -> tuple[str, ...]:
    """Our own words, in the order the book says them."""
    known = chapter.metadata
    days = [f"{known.dates_label}:", *["·"] * (len(known.dates) - 1)] if known.dates else []
    after = (chapter.opening, chapter.body, chapter.credits, chapter.colophon)
    return (
        *[","] * (len(known.authors) - 1),
        *chapter.standfirst.added,
        *days,
        *(words for fragment in after for words in fragment.added),
        settings.labels["about"],
        *_closing(chapter, settings, editions),
    )


def _titlepage(chapter: Chapter, name: str) -> str:
    known, drawing = chapter.metadata, chapter.drawing
    picture = (
        f"<img class='drawing' src={quoteattr(address(drawing.src))} alt={quoteattr(drawing.alt)}/>" if drawing else ""
    )
    byline = f"<p class='byline'>{escape(', '.join(known.authors))}</p>" if known.authors else ""
    subtitle = f"<p class='subtitle' role='doc-subtitle'>{chapter.subtitle.xhtml}</p>" if chapter.subtitle.xhtml else ""
    standfirst = f"<div class='standfirst'>{chapter.standfirst.xhtml}</div>" if chapter.standfirst.xhtml else ""
    foot = _dates(known) + chapter.opening.xhtml
    return _section(
        name,
        "titlepage",
        f"<div class='head'>{picture}<h1>{chapter.title.xhtml}</h1>{subtitle}{byline}{standfirst}</div>"
        + (f"<div class='foot'>{foot}</div>" if foot else ""),
    )


def _dates(known: Metadata) -> str:
    if not known.dates:
        return ""
    *others, last = known.dates
    days = [f"{day}\N{NO-BREAK SPACE}·" for day in others] + [last]
    return f"<p class='dates'>{escape(known.dates_label)}: {' '.join(map(_whole, days))}</p>"


def _whole(words: str) -> str:
    return f"<span class='nowrap'>{escape(words)}</span>"


def _colophon(chapter: Chapter, name: str, about: str, settings: Settings, editions: Iterable[Edition]) -> str:
    """With nothing of the source's in it, it is brief, and needs no page of its own."""
    own = chapter.credits.xhtml or chapter.colophon.xhtml
    return _section(
        name,
        "colophon" if own else "colophon brief",
        (f"<div class='credits'>{chapter.credits.xhtml}</div>" if chapter.credits.xhtml else "")
        + f"<h2 id='{about}'>{escape(settings.labels['about'])}</h2>"
        + chapter.colophon.xhtml
        + "".join(f"<p>{_linked(line)}</p>" for line in _closing(chapter, settings, editions)),
    )


def _closing(chapter: Chapter, settings: Settings, editions: Iterable[Edition]) -> tuple[str, ...]:
    """The last lines of the colophon; what is not known has no line."""
    known = chapter.metadata
    code = re.search(r"<(pre|code)\b|class=\"[^\"]*\bliteral\b", chapter.body.xhtml) is not None
    contact = f"{settings.labels['contact']}: {known.contact}" if known.contact else ""
    typefaces = (_typefaces(edition, settings, code) for edition in editions if edition.page)
    return tuple(filter(None, (known.rights, settings.other_formats, contact, known.address, *typefaces)))


def _linked(line: str) -> str:
    """A line of the settings as XHTML, its web and mail addresses as links."""
    parts = re.split(r"(https?://[^\s<>]*[^\s<>.,;:!?)]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)", line)
    return "".join(
        f"<a href={quoteattr(part if '://' in part else f'mailto:{part}')}>{escape(part)}</a>" if odd else escape(part)
        for part, odd in zip(parts, cycle((False, True)), strict=False)
    )


def _typefaces(edition: Edition, settings: Settings, code: bool) -> str:
    """The last family is for code, and named where there is some."""
    *others, last = edition.fonts if code else edition.fonts[:-1]
    fonts = f"{', '.join(others)} {settings.labels['and']} {last}"
    return settings.labels["typefaces"].replace("{edition}", edition.name).replace("{fonts}", fonts)


def _section(name: str, kind: str, xhtml: str) -> str:
    return f"<section xmlns='http://www.w3.org/1999/xhtml' id='{name}' class='{kind}'>{xhtml}</section>"


def _tree(headings: Sequence[Heading], section: str) -> tuple[NavPoint, ...]:
    """Headings as a tree by level."""
    points = []
    while headings:
        first, *rest = headings
        below = next((i for i, h in enumerate(rest) if h.level <= first.level), len(rest))
        points.append(NavPoint(first.text, f"{section}#{first.id}", _tree(rest[:below], section)))
        headings = rest[below:]
    return tuple(points)


def _free(name: str, taken: set[str]) -> str:
    """A name nothing else has, and from now on taken."""
    free = next(n for n in (name, *(f"{name}-{i}" for i in range(2, len(taken) + 3))) if n not in taken)
    taken.add(free)
    return free
