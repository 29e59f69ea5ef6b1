"""Preflight: every edition of a source held against every rule, as a printer does before the presses start.

A rule that is broken is an error; what was counted is printed, zeros too, so that a reader sees what was looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from msgspec.structs import replace

from pipeline import build, cache, check, numbering, reading
from pipeline.crew import Crew
from pipeline.errors import CheckError, Diagnostic, Location, PipelineError, Severity, error
from pipeline.legible import legible
from pipeline.model import Block, Book, Edition, IndexLine, Page
from pipeline.settings import Settings
from pipeline.store import Store


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
    index = _index(book, [_printed(line, called) for line in book.index], settings)
    book = replace(book, added=(*book.added[: book.index_at], *index, *book.added[book.index_at :]))
    added, lost = _with_contents(book, data, item, settings)
    blocks = tuple(check.order.paged(book.blocks, called, settings.labels["on_page"]))
    told, shown = tuple(check.order.told(blocks)), check.order.shown(blocks)
    tree = _parity(book, told, check.pdf.structure_text(data), added, item)
    plain = _parity(book, shown, check.parity.plain(data), added, item, spaced=False)
    formulas = check.parity.formulas(told, check.pdf.formulas(data), item.path)
    lines = [
        *(f"{count.found:3}  {count.rule}" for count in counts),
        f"{len(structure):3}  faults of structure; {'claims' if claims else 'does not claim'} PDF/UA-1",
        *(
            [f"{len(lost):3}  lines of the contents that lead nowhere ({len(book.contents)} lines)"]
            * bool(book.contents)
        ),
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
    added = (*book.added[: book.index_at], *index, *book.added[book.index_at :])
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


def _index(book: Book, places: Iterable[str], settings: Settings) -> Iterator[str]:
    """The words of the index, if there is one: `places` are what each of its lines says of them."""
    if book.index:
        yield settings.labels["index"]
    for line, said in zip(book.index, places, strict=True):
        yield from filter(None, (line.letter, line.said(said)))


def _printed(line: IndexLine, called: Mapping[str, str]) -> str:
    """The pages of a line of the index, where `called` says what the page of each place is called."""
    pages = numbering.ranges((called.get(place, "?"), main) for place, main in line.places)
    return "".join(f", {words}" for words, _, _ in pages)


def _with_contents(
    book: Book, data: bytes, item: build.Built, settings: Settings
) -> tuple[tuple[str, ...], list[Diagnostic]]:
    """All our own words on the pages: of the contents each line with the page its place is on, as the PDF has it."""
    if not book.contents:
        return _with_printed(book, []), []
    labels = check.pdf.listed(data)
    where = Location(item.path)
    if len(labels) != len(book.contents):
        return _with_printed(book, []), [
            error("PDF011", f"{len(labels)} lines of contents, not {len(book.contents)}", where)
        ]
    lines = [
        " ".join(filter(None, (line.title, line.by, label))) for line, label in zip(book.contents, labels, strict=True)
    ]
    lost = [line.title for line, label in zip(book.contents, labels, strict=True) if line.id and not label]
    words = (settings.labels["contents"], *lines)
    return _with_printed(book, [(book.contents_at, words)]), [
        error("PDF011", f"the contents lead nowhere: {title}", where) for title in lost
    ]


def _with_printed(book: Book, more: list[tuple[int, tuple[str, ...]]]) -> tuple[str, ...]:
    """Our own words, with what only pages say at its place among them."""
    added = list(book.added)
    for at, words in sorted([*((at, (said,)) for at, said in book.printed), *more], reverse=True):
        added[at:at] = words
    return tuple(added)


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
