"""The pages that postpress itself makes up, as XHTML: title page, contents, the head of a chapter, colophon."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle

from pipeline import fonts, scripts
from pipeline.errors import Location
from pipeline.fetch import address
from pipeline.markup import escape, quoteattr
from pipeline.model import FORMULA, Block, Chapter, ContentsLine, Edition, Metadata, Section
from pipeline.settings import Settings


def titlepage(chapter: Chapter, name: str, ids: Iterable[str] = ()) -> str:
    """The title page; `ids` are other names that it has."""
    foot = _dates(chapter.metadata) + chapter.opening.xhtml
    head = f"<div class='head'>{_names(ids)}{_head(chapter, 'h1')}</div>"
    foot = f"<div class='foot'>{foot}</div>" if foot else ""
    return section(name, "titlepage", head + foot)


def chapter(member: Chapter, number: str, title: str, kind: str = "chapter") -> Section:
    """A member of a book: its own title, authors, standfirst and dates above its text. `title` is its contents'."""
    name = member.place.name
    head = f"<header>{_head(member, 'h2', number)}{_dates(member.metadata)}{member.opening.xhtml}</header>"
    xhtml = head + member.body.xhtml + _credits(member) + member.colophon.xhtml
    return Section(name, kind, title, section(name, "chapter", xhtml, member.metadata.language), path=member.path)


def halftitle(name: str, words: str) -> str:
    """The title alone, on the first page of a book."""
    return section(name, "halftitle", f"<p>{escape(words)}</p>")


def imprint_lines(known: Metadata, settings: Settings) -> tuple[str, ...]:
    """Who published the work, when, and who may do what with it; what is not known has no line."""
    contact = f"{settings.labels['contact']}: {known.contact}" if known.contact else ""
    number = f"ISBN {known.isbn} (ebook)" if known.isbn else ""
    lines = (known.publisher, *known.editions, number, known.rights, contact, known.address, settings.other_formats)
    return tuple(filter(None, lines))


def imprint(name: str, lines: Iterable[str]) -> str:
    return section(name, "imprint", "".join(f"<p>{_linked(line)}</p>" for line in lines))


def part(name: str, caption: str, ids: Iterable[str]) -> str:
    """The opening of a part; `ids` are other names that it has."""
    return section(name, "part", f"<h2>{_names(ids)}{escape(caption)}</h2>")


def listing(name: str, kind: str, title: str, lines: Sequence[ContentsLine]) -> str:
    """The printed contents, and lists like them. The page of a line is a span that names its place; writers of pages
    fill it, and others leave it out.
    """

    def listed(lines: Sequence[ContentsLine]) -> str:
        items = []
        while lines:
            first, *rest = lines
            below = next((i for i, line in enumerate(rest) if line.level <= first.level), len(rest))
            folio = f"<span class='folio' data-of={quoteattr(first.id)}></span>"
            by = f" <span class='by'>{escape(first.by)}</span>" if first.by else ""
            kind = "entry of-part" if first.is_part else "entry"
            title = f"{escape(first.title)}{by}\N{NO-BREAK SPACE}{folio}"
            words = f"<span class='{kind}'><a href={quoteattr('#' + first.id)}>{title}</a></span>"
            items.append(f"<li class='toci'>{words}{listed(rest[:below])}</li>")
            lines = rest[below:]
        return f"<ol class='toc'>{''.join(items)}</ol>" if items else ""

    return section(name, kind, f"<h2>{escape(title)}</h2>{listed(lines)}")


def colophon(chapter: Chapter, name: str, about: str, lines: Iterable[str], labels: Mapping[str, str]) -> str:
    """With nothing of the source's in it, a post's is brief, and needs no page of its own."""
    own = chapter.credits.xhtml or chapter.colophon.xhtml or chapter.parts
    return section(
        name,
        "colophon" if own else "colophon brief",
        _credits(chapter)
        + f"<h2 id='{about}'>{escape(labels['about'])}</h2>"
        + chapter.colophon.xhtml
        + "".join(f"<p>{_linked(line)}</p>" for line in lines),
    )


def closing(
    chapters: Sequence[Chapter], settings: Settings, editions: Iterable[Edition], blocks: Iterable[Block]
) -> tuple[str, ...]:
    """The last lines of the colophon; what is not known has no line."""
    known = chapters[0].metadata
    code = any(re.search(r"<(pre|code)\b|class=\"[^\"]*\bliteral\b", chapter.body.xhtml) for chapter in chapters)
    contact = f"{settings.labels['contact']}: {known.contact}" if known.contact else ""
    signs = sorted(set().union(*(block.text for block in blocks)) - {FORMULA})
    typefaces = (
        _typefaces(edition, settings, code, fonts.needed(signs, edition.fonts, languages(chapters)))
        for edition in editions
        if edition.page
    )
    number = f"ISBN {known.isbn} (ebook)" if known.isbn else ""
    return tuple(filter(None, (known.rights, number, settings.other_formats, contact, known.address, *typefaces)))


def languages(chapters: Iterable[Chapter]) -> tuple[str, ...]:
    """Those of chapters and of passages in them, each once, the first chapter's own first."""
    return tuple(dict.fromkeys(tag for chapter in chapters for tag in (chapter.metadata.language, *chapter.languages)))


def front_blocks(chapter: Chapter) -> tuple[Block, ...]:
    """What a source says above its text, in the order a book says it."""
    top, known = Location(chapter.path), chapter.metadata
    return (
        *chapter.title.blocks,
        *chapter.subtitle.blocks,
        *(Block(name, "author", top) for name in known.authors),
        *(Block(words, "credited", top) for _, words in known.credited),
        *chapter.standfirst.blocks,
        *(Block(day, "date", top) for day in known.dates),
        *chapter.opening.blocks,
    )


def blocks(chapter: Chapter) -> tuple[Block, ...]:
    """What a chapter says, in the order a book says it."""
    after = (*chapter.credits.blocks, *chapter.colophon.blocks)
    return (*front_blocks(chapter), *chapter.body.blocks, *after)


def front_added(chapter: Chapter) -> tuple[str, ...]:
    """Our own words above a chapter's text, in the order a book says them."""
    known = chapter.metadata
    days = [f"{known.dates_label}:", *["·"] * (len(known.dates) - 1)] if known.dates else []
    return (
        *[","] * (len(known.authors) - 1),
        *(f"{label}:" for label, _ in known.credited),
        *chapter.standfirst.added,
        *days,
        *chapter.opening.added,
    )


def section(name: str, kind: str, xhtml: str, language: str = "") -> str:
    spoken = f" {scripts.attributes(language)}" if language else ""
    return f"<section xmlns='http://www.w3.org/1999/xhtml' id='{name}' class='{kind}'{spoken}>{xhtml}</section>"


def free(name: str, taken: set[str]) -> str:
    """A name nothing else has, and from now on taken."""
    free = next(n for n in (name, *(f"{name}-{i}" for i in range(2, len(taken) + 3))) if n not in taken)
    taken.add(free)
    return free


def _head(chapter: Chapter, heading: str, number: str = "") -> str:
    known, drawing = chapter.metadata, chapter.drawing
    picture = (
        f"<img class='drawing' src={quoteattr(address(drawing.src))} alt={quoteattr(drawing.alt)}/>" if drawing else ""
    )
    counted = f"<span class='number'>{number}</span> " if number else ""
    byline = f"<p class='byline'>{escape(', '.join(known.authors))}</p>" if known.authors else ""
    subtitle = f"<p class='subtitle' role='doc-subtitle'>{chapter.subtitle.xhtml}</p>" if chapter.subtitle.xhtml else ""
    standfirst = f"<div class='standfirst'>{chapter.standfirst.xhtml}</div>" if chapter.standfirst.xhtml else ""
    credited = "".join(f"<p class='credited'>{escape(label)}: {escape(words)}</p>" for label, words in known.credited)
    return f"{picture}<{heading}>{counted}{chapter.title.xhtml}</{heading}>{subtitle}{byline}{credited}{standfirst}"


def _names(ids: Iterable[str]) -> str:
    return "".join(f"<span id={quoteattr(each)}></span>" for each in ids)


def _credits(chapter: Chapter) -> str:
    return f"<div class='credits'>{chapter.credits.xhtml}</div>" if chapter.credits.xhtml else ""


def _dates(known: Metadata) -> str:
    if not known.dates:
        return ""
    # Beside words that are written to the left, 2026-01-02 would be read 02-01-2026 (UAX 9, W2).
    mark = "\N{LEFT-TO-RIGHT MARK}" if scripts.direction(known.language) == scripts.RTL else ""
    *others, last = (f"{mark}{day}" if day[:1].isdigit() else day for day in known.dates)
    days = [f"{day}\N{NO-BREAK SPACE}·" for day in others] + [last]
    return f"<p class='dates'>{escape(known.dates_label)}: {' '.join(map(_whole, days))}</p>"


def _whole(words: str) -> str:
    return f"<span class='nowrap'>{escape(words)}</span>"


def _linked(line: str) -> str:
    """A line of the settings as XHTML, its web and mail addresses as links."""
    parts = re.split(r"(https?://[^\s<>]*[^\s<>.,;:!?)]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)", line)
    return "".join(
        f"<a href={quoteattr(part if '://' in part else f'mailto:{part}')}>{escape(part)}</a>" if odd else escape(part)
        for part, odd in zip(parts, cycle((False, True)), strict=False)
    )


def _typefaces(edition: Edition, settings: Settings, code: bool, more: Iterable[str]) -> str:
    """The edition's last family is for code, and named where there is some; `more` are what this book needs beside."""
    *others, last = *(edition.fonts if code else edition.fonts[:-1]), *more
    named = f"{', '.join(others)} {settings.labels['and']} {last}"
    return settings.labels["typefaces"].replace("{edition}", edition.name).replace("{fonts}", named)
