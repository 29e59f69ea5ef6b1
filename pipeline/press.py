"""The press: a book becomes the PDF of a paged edition.

documents ▶ (remembered | composed and laid out by workers) ▶ pages named in the text ▶ merge ▶ claim

Each document is laid out alone, so they can be laid out side by side, and one that is as it was is not laid out again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import NAMESPACE_URL, uuid5

from msgspec import Struct
from msgspec.structs import replace

from pipeline import cache, check, layouts, matter, numbering, write
from pipeline.errors import Diagnostic, Location, RenderError, Severity, SourceError, error, warning
from pipeline.layouts import Commission, Made, Pressed
from pipeline.legible import legible
from pipeline.model import Book, Edition, Page, PageStart
from pipeline.store import digest

_LISTS = {*matter.LISTS, "index"}  # that name pages, and are named on none of a chapter's
_TURNS = 12
_FREE = 3  # turns in which numbers may get shorter


class _Starts(Struct, frozen=True):
    """The starts of pages as a store keeps them."""

    pages: tuple[PageStart, ...]


def identifier(book: Book, edition: Edition) -> str:
    """That of a paged edition: it is another publication than the ebook, which has the work's own."""
    return uuid5(NAMESPACE_URL, f"{book.metadata.identifier}#{edition.name}").urn


def pages(wanted: Commission) -> tuple[PageStart, ...]:
    """Where the pages of a paged edition begin, remembered if they were laid out. Raises SourceError or RenderError."""
    wanted, documents, _ = _prepared(wanted)
    key = layouts.key(documents, wanted)
    known = wanted.store.get(key, _Starts) if wanted.store else None
    return known.pages if known else _starts(key, documents, *_settled(documents, wanted), wanted)


def _prepared(wanted: Commission) -> tuple[Commission, tuple[write.pdf.Document, ...], tuple[Diagnostic, ...]]:
    """The same in families that it can be read in, its documents, and what is to be said of them."""
    book, edition, shown = legible(wanted.book, wanted.edition, wanted.settings)
    assert edition.page is not None
    crowded = _overfull(book, edition.page, lenient="markup" in wanted.settings.lenient)
    documents = write.pdf.documents(book, edition.page)
    return replace(wanted, book=book, edition=edition), documents, (*shown, *crowded)


def _starts(
    key: str,
    documents: Sequence[write.pdf.Document],
    pressed: Sequence[Pressed],
    styles: Mapping[int, str],
    wanted: Commission,
) -> tuple[PageStart, ...]:
    """The start of each page, kept for the ebook; `styles` says how they are numbered."""
    parts = [each.pdf for each in pressed]
    firsts = write.pdf.starts(parts)
    called = numbering.labels(styles, firsts[-1])
    found: list[PageStart] = []
    for document, part, first in zip(documents, parts, firsts, strict=False):
        found += [PageStart(called[page], document.name, 0) for page in range(len(found), first)]
        found += [PageStart(called[first + page], document.name, before) for page, before in enumerate(part.starts)]
    if wanted.store:
        wanted.store.put(key, _Starts(tuple(found)))
    return tuple(found)


def press(wanted: Commission) -> Made:
    """The PDF of a paged edition, and what is to be said of it. Raises SourceError or RenderError."""
    wanted, documents, said = _prepared(wanted)
    book, edition = wanted.book, wanted.edition
    pressed, labels = _settled(documents, wanted)
    wanted.tell("putting the pages together")
    if wanted.store:
        _starts(layouts.key(documents, wanted), documents, pressed, labels, wanted)
    known = replace(book.metadata, identifier=identifier(book, edition))

    parts = [each.pdf for each in pressed]
    faces = _faces(parts, wanted)

    def put_together(*, claim: bool) -> bytes:
        called = numbering.labels(labels, write.pdf.starts(parts)[-1])
        imprint = write.pdf.imprint(known, labels, parts[0].producer, claim=claim)
        return write.pdf.merge(parts, called, [document.depth for document in documents], faces=faces, imprint=imprint)

    doubtful = {formula: code for each in pressed for formula, code in each.doubtful.items()}
    said = (*said, *_amiss(book, doubtful))
    broken = [fault for each in pressed for fault in each.broken]
    if not broken:
        finished = put_together(claim=True)
        judge = check.pdf.as_a_whole if wanted.of_parts else check.pdf.structure
        broken = [d for d in judge(finished) if d.severity is Severity.ERROR]
        if not broken:
            return Made(finished, said)
    why = "; ".join(dict.fromkeys(f"{d.code} {d.message}" for d in broken))
    unclaimed = warning("PDF010", f"the {edition.name} edition does not claim PDF/UA-1: {why}", Location(book.path))
    return Made(put_together(claim=False), (*said, unclaimed))


def _amiss(book: Book, formulas: Mapping[str, str]) -> Iterator[Diagnostic]:
    """A warning for each formula that did not come out well: alternative text → code."""
    known = {
        "PDF012": ("is printed as LaTeX, since ziamath cannot draw it", "write it another way"),
        "PDF013": ("is smaller than 7 points, to fit its line", "break it into lines with \\\\, or make it two"),
    }
    for block in book.blocks:
        for formula in block.formulas:
            if code := formulas.get(formula):
                words, hint = known[code]
                yield warning(code, f"this formula {words}: {formula[:60]}", block.where, hint)


def _overfull(book: Book, page: Page, *, lenient: bool) -> tuple[Diagnostic, ...]:
    """What is to be said of tables with more columns than a page has room for. Raises SourceError unless `lenient`."""
    told = warning if lenient else error
    hint = "give it fewer columns, or turn it: its rows become columns"
    said = tuple(
        told("TAB001", f"a table of {count} columns: at 7 points there is room for {most}", Location(path, line), hint)
        for section in book.spine
        for path in [section.path or book.path]
        for line, count, most in write.pdf.overfull(section.xhtml, page)
    )
    if said and not lenient:
        raise SourceError(said)
    return said


def _faces(parts: Sequence[write.pdf.Gathering], wanted: Commission) -> write.pdf.Faces:
    """The fonts of all parts, united, or remembered: most edits need no other glyphs."""
    store = wanted.store if wanted.of_parts else None
    key = digest((cache.ground(("fonttools",)), [part.fonts for part in parts])) if store else ""
    known = store.get(key, write.pdf.Faces) if store else None
    if known is None:
        known = write.pdf.unite(parts)
        if store:
            store.put(key, known)
    return known


def _settled(documents: Sequence[write.pdf.Document], wanted: Commission) -> tuple[list[Pressed], dict[int, str]]:
    """The documents laid out, each with the pages it names, and how pages are numbered.

    Chapters come first, again until the pages they name stay where they are; then the lists of pages that move none of
    them (`_late`). From a turn on no number gets shorter (`_widened`), and all figures are as broad, so it comes to an
    end; raises RenderError (PDF008) when it takes more turns than that should.
    """
    front = next((n for n, document in enumerate(documents) if not document.is_front), 0)
    laid: dict[int, Pressed] = {}
    known: dict[int, write.pdf.Document] = {}
    folios: dict[str, str] = {}
    late = _late(documents)
    for turn in range(_TURNS):
        whole = {number: document.filled(folios) for number, document in enumerate(documents)}
        fresh = {number: each for number, each in whole.items() if number not in late and known.get(number) != each}
        if not fresh:
            fresh = {number: whole[number] for number in late if known.get(number) != whole[number]}
        if not fresh:
            return [laid[number] for number in range(len(documents))], _labels(front, laid)
        known |= fresh
        laid |= layouts.pressed(fresh, wanted)
        if len(laid) == len(documents):
            found = _folios(front, laid)
        else:
            # What stands in front is numbered by itself, and what is late behind it moves nothing that is named.
            found = _folios(0, {number: each for number, each in laid.items() if number >= front})
        folios = _widened(folios, found) if turn >= _FREE else found
    hint = "a page that is named moves because it is named; change the text near it"
    raise RenderError(error("PDF008", f"the pages named in the text do not settle in {_TURNS} turns", hint=hint))


def _late(documents: Sequence[write.pdf.Document]) -> set[int]:
    """The lists of pages that no page of a chapter depends on: those in front, and those behind all that is named."""
    named = frozenset().union(*(document.named for document in documents))
    last = max((n for n, each in enumerate(documents) if each.kind not in _LISTS and each.ids & named), default=-1)
    return {n for n, each in enumerate(documents) if each.kind in _LISTS and (each.is_front or n > last)}


def _labels(front: int, laid: dict[int, Pressed]) -> dict[int, str]:
    starts = write.pdf.starts([laid[number].pdf for number in sorted(laid)])
    return {0: "r", starts[front]: "D"} if front else {0: "D"}


def _folios(front: int, laid: dict[int, Pressed]) -> dict[str, str]:
    """id → what the page it is on is called."""
    order = sorted(laid)
    starts = write.pdf.starts([laid[number].pdf for number in order])
    labels = numbering.labels(_labels(front, laid), starts[-1])
    return {
        name: labels[start + page]
        for number, start in zip(order, starts, strict=False)
        for name, page in laid[number].pdf.anchors.items()
    }


def _widened(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """Numbers of pages, none shorter than it was: a figure space stands for what it lacks."""
    return {name: label.rjust(len(before.get(name, "")), "\N{FIGURE SPACE}") for name, label in now.items()}
