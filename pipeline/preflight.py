"""Preflight: every edition of a source held against every rule, as a printer does before the presses start.

A rule that is broken is an error; what was counted is printed, zeros too, so that a reader sees what was looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

from pipeline import build, cache, check, matter, numbering, reading
from pipeline.crew import Crew
from pipeline.errors import CheckError, Diagnostic, Location, PipelineError, Severity, error
from pipeline.legible import legible
from pipeline.model import Block, Book, Edition, IndexLine, Page
from pipeline.settings import Settings
from pipeline.store import Store

_Words: TypeAlias = tuple[int, tuple[str, ...]]  # how many of the words of all editions come before, and some of one


def preflight(
    source: Path,
    editions: Iterable[Edition],
    folder: Path,
    settings: Settings,
    crew: Crew,
    tell: Callable[[str], None],
) -> tuple[list[str], list[PipelineError]]:
    """The report, line by line, and the failures. Builds what is stale first."""
    built, failures = build.build(source, editions, folder, settings, crew, tell)
    if not built:
        return [], failures
    made = reading.bound(source, settings, crew, Store(folder))
    book, said = made.book, made.said
    settings = settings.in_language(book.metadata.language)
    report = [str(source), *(f"  {d}" for d in (*said, *check.source.notes(book)))]
    for item in built:
        tell(f"checking {item.path}")
        data = item.path.read_bytes()
        with cache.scratch(folder):
            if item.edition.page is None:
                lines, found = _ebook(data, book, item, settings)
            else:
                lines, found = _paged(data, book, item, item.edition.page, settings)
        report += [str(item.path), *(f"  {line}" for line in lines)]
        found += [d for d in item.said if d not in said]
        errors = [diagnostic for diagnostic in found if diagnostic.severity is Severity.ERROR]
        report += [f"  {diagnostic}" for diagnostic in found if diagnostic not in errors]
        if errors:
            failures.append(CheckError(errors))
    return report, failures


def _paged(
    data: bytes, book: Book, item: build.Built, page: Page, settings: Settings
) -> tuple[list[str], list[Diagnostic]]:
    book, edition, _ = legible(book, item.edition, settings)
    claims = check.pdf.claims(data)
    house = check.pdf.House(
        whole=settings.keep_whole,
        families=edition.fonts,
        margins_mm=(page.top_mm, page.outer_mm, page.inner_mm, page.bottom_mm),
        furniture_mm=page.furniture_mm,
    )
    counts = check.pdf.page_rules(data, house)
    structure = check.pdf.structure(data, item.path, claim=claims)
    called = check.pdf.places(data)
    listings, lost = _listed(book, data, item)
    index = _index(book, [_printed(line, called) for line in book.index], settings)
    added = _woven(book, [*((at, (said,)) for at, said in book.printed), *_lists(book, listings, index)])
    blocks = tuple(check.order.paged(book.blocks, called, settings.labels["on_page"]))
    told, shown = tuple(check.order.told(blocks)), check.order.shown(blocks)
    tree = _parity(book, told, check.pdf.structure_text(data), added, item)
    plain = _parity(book, shown, check.parity.plain(data), added, item, spaced=False)
    formulas = check.parity.formulas(told, check.pdf.formulas(data), item.path)
    lines = [
        *(f"{count.found:3}  {count.rule}" for count in counts),
        f"{len(structure):3}  faults of structure; {'claims' if claims else 'does not claim'} PDF/UA-1",
        *([f"{len(lost):3}  lines of the contents that lead nowhere ({_count(book)} lines)"] * bool(book.listings)),
        f"{len(tree):3}  differences between the source and the structure tree ({len(book.blocks)} blocks)",
        f"{len(plain):3}  differences between the source and plain extraction",
        f"{len(formulas):3}  differences between the formulas of the source and the structure tree",
    ]
    faults = [*check.pdf.diagnostics(counts, item.path), *structure, *lost, *tree, *plain, *formulas]
    return lines, list(dict.fromkeys(faults))


def _ebook(data: bytes, book: Book, item: build.Built, settings: Settings) -> tuple[list[str], list[Diagnostic]]:
    own = check.epub.check(data)
    spoilt = check.epub.on_devices(data)
    judged = check.epub.epubcheck(item.path)
    places = iter(check.epub.index(data))
    index = _index(book, [next(places, "") if line.places else "" for line in book.index], settings)
    lists = [each for each in book.listings if each.kind not in matter.ON_PAPER]
    listings = {each.kind: (each.at, (each.title, *(line.title for line in each.lines))) for each in lists}
    added = _woven(book, _lists(book, listings, index))
    text = _parity(book, book.blocks, check.epub.text_blocks(data), added, item)
    formulas = check.parity.formulas(book.blocks, check.epub.formulas(data), item.path)
    lines = [
        f"{len(judged):3}  messages of EPUBCheck",
        f"{len(own):3}  faults EPUBCheck does not look for",
        f"{len(spoilt):3}  things that Kindle, Kobo, Apple Books, Google Play or Adobe's readers spoil",
        f"{len(text):3}  differences between the source and the ebook ({len(book.blocks)} blocks)",
        f"{len(formulas):3}  differences between the formulas of the source and the ebook",
    ]
    return lines, [*judged, *own, *spoilt, *text, *formulas]


def _index(book: Book, places: Iterable[str], settings: Settings) -> tuple[str, ...]:
    """The words of the index, if there is one: `places` are what each of its lines says of them."""
    lines = zip(book.index, places, strict=True)
    said = (words for line, said in lines for words in (line.letter, line.said(said)) if words)
    return (settings.labels["index"], *said) if book.index else ()


def _printed(line: IndexLine, called: Mapping[str, str]) -> str:
    """The pages of a line of the index, where `called` says what the page of each place is called."""
    pages = numbering.ranges((called.get(place, "?"), main) for place, main in line.places)
    return "".join(f", {words}" for words, _, _ in pages)


def _lists(book: Book, listings: Mapping[str, _Words], index: tuple[str, ...]) -> list[_Words]:
    """The words of lists, by kind, and of the index, as they follow each other: several may be in one place."""
    found = {**listings, "index": (book.index_at, index)}
    return [found[section.kind] for section in book.spine if section.kind in found]


def _listed(book: Book, data: bytes, item: build.Built) -> tuple[dict[str, _Words], list[Diagnostic]]:
    """The words of the contents and of other lists, each line with the page its place is on, as the PDF has it."""
    labels = check.pdf.listed(data)
    where = Location(item.path)
    if len(labels) != _count(book):
        return {}, [error("PDF011", f"{len(labels)} lines of contents, not {_count(book)}", where)]
    found, lost = {}, []
    left = iter(labels)
    for each in book.listings:
        pairs = [(line, next(left)) for line in each.lines]
        lines = (" ".join(filter(None, (line.title, line.by, label))) for line, label in pairs)
        found[each.kind] = each.at, (each.title, *lines)
        lost += [line.title for line, label in pairs if line.id and not label]
    return found, [error("PDF011", f"the contents lead nowhere: {title}", where) for title in lost]


def _count(book: Book) -> int:
    return sum(len(each.lines) for each in book.listings)


def _woven(book: Book, more: Iterable[_Words]) -> tuple[str, ...]:
    """All our own words in an edition, `more` at their places among those of all editions."""
    added: list[str] = []
    last = 0
    for at, words in sorted(more, key=lambda each: each[0]):
        added += [*book.added[last:at], *words]
        last = at
    return (*added, *book.added[last:])


def _parity(
    book: Book,
    blocks: Iterable[Block],
    text: Iterable[str],
    added: Iterable[str],
    item: build.Built,
    *,
    spaced: bool = True,
) -> list[Diagnostic]:
    language, also = book.metadata.language, book.languages
    return check.parity.compare(tuple(blocks), text, added, item.path, language=language, also=also, spaced=spaced)
