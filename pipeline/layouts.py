"""Documents of a paged edition laid out and judged by workers, each alone, or remembered from when they last were."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from pipeline import cache, check, fonts, style, write
from pipeline.crew import HERE, Crew
from pipeline.errors import Diagnostic, Location, PipelineError, Severity, SourceError, error
from pipeline.fetch import RefusedError, Shelf
from pipeline.legible import spoken
from pipeline.model import Book, ChapterJob, ChapterPdf, Edition, Metadata
from pipeline.settings import Settings
from pipeline.store import Store, digest
from pipeline.work import Limits


class Commission(Struct, frozen=True):
    """What is to be printed, how, and by whom; `store` has what was laid out before."""

    book: Book
    edition: Edition
    settings: Settings
    crew: Crew = HERE
    store: Store | None = None
    tell: Callable[[str], None] = lambda _: None

    @property
    def of_parts(self) -> bool:
        """Whether the book is laid out in parts: a post is not."""
        return any(section.opens for section in self.book.spine)


class Made(Struct, frozen=True):
    """An edition, what is to be said of it, and the files to go beside it, by what follows the slug in their names."""

    data: bytes
    said: tuple[Diagnostic, ...] = ()
    beside: Mapping[str, bytes] = field(default_factory=dict)


class Order(Struct, frozen=True):
    """A document to be laid out, its style, and the folders it may read."""

    document: write.pdf.Document
    css: str
    roots: Mapping[str, Path]


class Pressed(Struct, frozen=True):
    """A document laid out and ready to be bound, and what it breaks of PDF/UA-1 and of good type."""

    pdf: write.pdf.Gathering
    broken: tuple[Diagnostic, ...] = ()
    doubtful: Mapping[str, str] = field(default_factory=dict)  # as ChapterPdf has them


def pressed(documents: Mapping[int, write.pdf.Document], wanted: Commission) -> dict[int, Pressed]:
    """What each document comes to, remembered or made; what is remembered is loaded while the others are made.

    A book's chapters are judged where they are laid out, side by side; a post is judged as a whole, and not kept: what
    changes it changes all of it. Raises RenderError with every fault of all, or SourceError for a picture that is gone.
    """
    store = wanted.store if wanted.of_parts else None
    orders = dict(zip(documents, _orders(documents.values(), wanted), strict=True))
    ground = _ground(wanted)
    keys = {number: _key(ground, order, wanted.book) for number, order in orders.items()}
    kept = [number for number, key in keys.items() if store and store.has(key)]
    laid: dict[int, Pressed] = {}

    def load() -> None:
        while kept:
            number = kept.pop()
            if store and (found := store.get(keys[number], Pressed)):
                laid[number] = found

    def made(numbers: Iterable[int]) -> dict[int, Pressed]:
        # The longest first, or all would wait for it in the end.
        order = sorted(numbers, key=lambda number: (-len(orders[number].document.xhtml), number))
        return _laid_out({n: orders[n] for n in order}, {n: keys[n] for n in order}, len(orders), wanted, load)

    fresh = made(orders.keys() - kept)
    load()  # a cluster has no meanwhile
    laid |= fresh
    return laid | made(orders.keys() - laid.keys())  # what is damaged


def _laid_out(
    orders: Mapping[int, Order],
    keys: Mapping[int, str],
    total: int,
    wanted: Commission,
    meanwhile: Callable[[], object],
) -> dict[int, Pressed]:
    """Orders carried out by workers in their order, each kept as soon as it is there; `total` are wanted in all."""
    book, crew = wanted.book, wanted.crew
    if not orders:
        return {}
    store = wanted.store if wanted.of_parts else None
    if wanted.of_parts and crew.forks():
        check.pdf.warm()
    numbers, pages = list(orders), 0

    def place(order: Order) -> Location:
        return Location(order.document.path or book.path)

    def ended(index: int, done: int, _: int, end: Pressed | PipelineError) -> None:
        nonlocal pages
        if isinstance(end, Pressed):
            if store:
                store.put(keys[numbers[index]], end)
            pages += len(end.pdf.folios)
        if len(orders) > 1:
            wanted.tell(f"{total - len(orders) + done} of {total} chapters, {pages} pages laid out")

    one = next(iter(orders.values()))  # all have one style
    with write.pdf.prepared(one.css, one.roots) if crew.forks() else nullcontext():
        ends = crew.run(
            lay_out_and_judge if wanted.of_parts else lay_out,
            list(orders.values()),
            what=lambda order: f"layout of {order.document.name}" if wanted.of_parts else "layout",
            where=place,
            limits=Limits(**wanted.settings.limits),
            several=True,
            told=ended,
            meanwhile=meanwhile,
        )
    made: dict[int, Pressed] = {}
    faults: dict[Diagnostic, PipelineError] = {}
    for (number, order), end in zip(orders.items(), ends, strict=True):
        if isinstance(end, Pressed):
            made[number] = end
        else:
            faults |= {d if d.where else replace(d, where=place(order)): end for d in end.diagnostics}
    if faults:
        first = next(iter(faults.values()))
        raise type(first)(faults) from first.__cause__
    return made


def lay_out(order: Order) -> Pressed:
    pdf = _typeset(order)
    return Pressed(write.pdf.gather(pdf), doubtful=pdf.doubtful)


def lay_out_and_judge(order: Order) -> Pressed:
    """The same, held to PDF/UA-1 as a file of its own, which stands below a book's title."""
    pdf = _typeset(order)
    alone = write.pdf.finish(pdf.data, Metadata(title=order.document.name, language="en"), claim=True)
    found = check.pdf.structure(alone, above=0 if order.document.kind == "titlepage" else 1)
    broken = tuple(d for d in found if d.severity is Severity.ERROR)
    return Pressed(write.pdf.gather(pdf), broken, pdf.doubtful)


def _typeset(order: Order) -> ChapterPdf:
    return write.pdf.typeset(ChapterJob(write.pdf.compose(order.document), order.css, order.roots))


def key(documents: Iterable[write.pdf.Document], wanted: Commission) -> str:
    """What all layouts together depend on."""
    ground = _ground(wanted)
    return digest([_key(ground, order, wanted.book) for order in _orders(documents, wanted)])


def _orders(documents: Iterable[write.pdf.Document], wanted: Commission) -> Iterator[Order]:
    """All in the style of the edition, with the folders that they may read."""
    roots = {"source": wanted.book.path.parent, **fonts.roots(wanted.edition.fonts)}
    css = style.sheet(wanted.edition, spoken(wanted.book))
    for document in documents:
        yield Order(document, css, roots)


def _ground(wanted: Commission) -> str:
    """Engines and fonts, on which every layout of an edition depends."""
    return cache.fingerprint(wanted.edition, style.joined(("fonts.conf",)), "layout")


def _key(ground: str, order: Order, book: Book) -> str:
    """What a layout depends on: engines and fonts, text and style, and the pictures of the book that it shows."""
    shelf = Shelf(order.roots)
    shown = sorted(set(re.findall(r' src="([^"]*)"', order.document.xhtml)))
    try:
        pictures = [cache.digest(shelf.read(f"book:///source/{src}")[0]) for src in shown]
    except RefusedError as gone:
        raise SourceError(
            error("IMG002", f"no such picture: {gone}", Location(order.document.path or book.path))
        ) from gone
    return digest((ground, order.document, order.css, shown, pictures))
