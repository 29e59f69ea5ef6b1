"""A book and an edition made to fit: the families that the text needs, and no sign that none of them draws."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec.structs import replace

from pipeline import fonts
from pipeline.check import source
from pipeline.errors import Diagnostic, Severity, SourceError
from pipeline.model import FORMULA, Block, Book, Edition
from pipeline.settings import Settings


def legible(book: Book, edition: Edition, settings: Settings) -> tuple[Book, Edition, tuple[Diagnostic, ...]]:
    """What is to be printed, in what, and a warning for each character that is printed as its number.

    Raises SourceError for characters that no font has, unless the settings are lenient with them.
    """
    shown = [*book.added, book.metadata.short_title, settings.labels["on_page"]]
    shown += [words for each in book.listings for words in (each.title, *(line.title for line in each.lines))]
    shown += [f"{line.letter}{line.said(', 0–')}" for line in book.index]
    return _fitted(book, edition, settings, book.blocks, shown)


def cover(book: Book, edition: Edition, settings: Settings) -> tuple[Book, Edition]:
    """The same for a cover, which says title and authors alone."""
    fitted, edition, _ = _fitted(book, edition, settings, (), (book.metadata.title, *book.metadata.authors))
    return fitted, edition


def _fitted(
    book: Book, edition: Edition, settings: Settings, blocks: Iterable[Block], added: Iterable[str]
) -> tuple[Book, Edition, tuple[Diagnostic, ...]]:
    blocks, added, languages = tuple(blocks), tuple(added), spoken(book)
    signs = sorted(set().union(*(block.text for block in blocks), *added) - {FORMULA})
    edition = replace(edition, fonts=(*edition.fonts, *fonts.needed(signs, edition.fonts, languages)))
    faults = source.glyphs(blocks, added, edition.fonts, languages)
    if not faults:
        return book, edition, ()
    if "characters" not in settings.lenient:
        raise SourceError(faults)
    numbers = {sign: f"[U+{ord(sign):04X}]" for sign in fonts.missing("".join(signs), edition.fonts)}
    said = tuple(replace(fault, severity=Severity.WARNING, hint="printed as its number") for fault in faults)
    return _spelled(book, numbers), edition, said


def spoken(book: Book) -> tuple[str, ...]:
    """The languages of a book, its own first."""
    return tuple(dict.fromkeys((book.metadata.language, *book.languages)))


def _spelled(book: Book, numbers: dict[str, str]) -> Book:
    """A book with some characters written as their numbers, wherever it shows them."""
    table = str.maketrans(numbers)
    shown = re.compile(rf"<[^>]*>|[{re.escape(''.join(numbers))}]")
    known = book.metadata
    return replace(
        book,
        metadata=replace(
            known,
            title=known.title.translate(table),
            short_title=known.short_title.translate(table),
            authors=tuple(name.translate(table) for name in known.authors),
        ),
        spine=tuple(
            replace(
                section,
                xhtml=shown.sub(lambda found: numbers.get(found[0], found[0]), section.xhtml),
                title=section.title.translate(table),
                heads=(section.heads[0].translate(table), section.heads[1].translate(table)),
            )
            for section in book.spine
        ),
        blocks=tuple(replace(block, text=block.text.translate(table)) for block in book.blocks),
        added=tuple(words.translate(table) for words in book.added),
        listings=tuple(
            replace(each, lines=tuple(replace(line, title=line.title.translate(table)) for line in each.lines))
            for each in book.listings
        ),
        index=tuple(
            replace(
                line,
                term=line.term.translate(table),
                letter=line.letter.translate(table),
                see=tuple((words.translate(table), term.translate(table), to) for words, term, to in line.see),
            )
            for line in book.index
        ),
    )
