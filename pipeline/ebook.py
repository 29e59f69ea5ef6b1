"""The ebook: a book becomes an EPUB that knows the pages of the print edition, with a cover in it and one beside it.

where pages begin ▶ marks in the text ▶ covers (remembered | drawn) ▶ EPUB ▶ what it may claim
"""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace

from pipeline import bind, cache, check, cover, fonts, legible, press, style, write
from pipeline.claims import Certifier
from pipeline.cover import Covers
from pipeline.editions import PRINT
from pipeline.errors import Location, PipelineError, RenderError, SourceError, error, warning
from pipeline.fetch import RefusedError, Shelf, address
from pipeline.layouts import Commission, Made
from pipeline.model import Book, ChapterJob, Image
from pipeline.work import Limits


def ebook(wanted: Commission) -> Made:
    """The EPUB, beside it its cover as shops ask for it, and what is to be said. Raises SourceError or RenderError."""
    book, settings = wanted.book, wanted.settings
    if settings.page_list:
        printed = replace(wanted, edition=PRINT)
        try:
            book = bind.paginate(book, press.pages(printed), press.identifier(book, PRINT))
        except (SourceError, RenderError) as fault:
            words = "the ebook cannot say where pages begin: the print edition cannot be laid out"
            hint = "mend that, or write page_list = false into postpress.toml"
            raise type(fault)(
                (*fault.diagnostics, error("EPB060", words, Location(book.path), hint))
            ) from fault.__cause__
    covers = _covers(wanted)
    written = partial(
        write.epub.write,
        book,
        style.sheet(wanted.edition),
        Shelf({"source": book.path.parent}),
        covers.inside,
        settings.labels,
        dark=style.joined(wanted.edition.dark),
        bounds=settings.pictures,
    )
    beside = {wanted.edition.shop_cover: covers.shop}
    certifier = Certifier(settings.certified_by, settings.certifier_credential, settings.certifier_report)
    if not certifier.name:
        return Made(written(), beside=beside)
    data = written(certifier=certifier)
    if not (faults := check.epub.check(data)):
        return Made(data, beside=beside)
    others = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
    words = f"the ebook does not claim the conformance that {certifier.name} certifies: {faults[0].message}{others}"
    hint = "mend that, or take certified_by out of the settings"
    return Made(written(), (warning("EPB007", words, Location(book.path), hint),), beside)


def _covers(wanted: Commission) -> Covers:
    """The author's own, or one of the edition's design, remembered if it was drawn before."""
    book, store = wanted.book, wanted.store
    if book.cover:
        try:
            return cover.own(_read(book.cover, book))
        except ValueError as fault:
            raise _unreadable(book.cover, fault) from fault
    book, edition = legible.cover(book, wanted.edition, wanted.settings)
    shelf = Shelf({"source": book.path.parent, **fonts.roots(edition.fonts)})
    job = ChapterJob(cover.page(book), style.cover_sheet(edition, legible.spoken(book)), shelf.roots)
    drawing = _read(book.drawing, book) if book.drawing else b""
    key = cache.fingerprint(edition, style.joined(("fonts.conf",)), (job.page, job.css, cache.digest(drawing)))
    if store and (known := store.get(key, Covers)):
        return known
    covers = cover.drawn(_laid_out(job, wanted))
    if store:
        store.put(key, covers)
    return covers


def _read(picture: Image, book: Book) -> bytes:
    """A picture beside the source. Raises RenderError."""
    try:
        return Shelf({"source": book.path.parent}).read("book:///source/" + address(picture.src))[0]
    except RefusedError as fault:
        raise _unreadable(picture, fault) from fault


def _unreadable(picture: Image, fault: Exception) -> RenderError:
    hint = "is it beside the source, and whole?"
    return RenderError(error("EPB002", f"{picture.src} cannot be read: {fault}", picture.where, hint))


def _laid_out(job: ChapterJob, wanted: Commission) -> bytes:
    """The cover's page, with limits like any other. Raises RenderError."""
    if wanted.crew.forks():
        write.pdf.warm()
    (end,) = wanted.crew.run(
        write.pdf.typeset,
        [job],
        what=lambda _: "layout of the cover",
        where=lambda _: Location(wanted.book.path),
        limits=Limits(**wanted.settings.limits),
    )
    if isinstance(end, PipelineError):
        raise end
    return end.data
