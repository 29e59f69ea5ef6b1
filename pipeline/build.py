"""The way from a source to its editions. The only room that knows the order of the stages.

read ▶ bind ▶ for each edition: what is stale ▶ press, or the ebook's writer ▶ the file, whole
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from pipeline import cache, style
from pipeline.crew import HERE, Crew
from pipeline.editions import PRINT
from pipeline.errors import Diagnostic, Location, PipelineError, RenderError, SourceError, error, warning
from pipeline.model import Book, ChapterJob, Edition, edition_name
from pipeline.settings import Settings
from pipeline.store import Store, digest

if TYPE_CHECKING:
    from pipeline.cover import Covers
    from pipeline.reading import Bound


class Built(Struct, frozen=True):
    """One output: where it is, whether it had to be made, and what was said of it."""

    path: Path
    edition: Edition
    fresh: bool
    said: tuple[Diagnostic, ...] = ()


def refuse_clashes(sources: Iterable[tuple[Path, Path]], editions: Iterable[Edition]) -> None:
    """Raises SourceError if two of the (source, output folder) pairs would be written to one file."""
    owners: dict[Path, Path] = {}
    wanted = tuple(editions)
    for source, folder in sources:
        for path in (folder / edition.file_name(edition_name(source)) for edition in wanted):
            if owners.setdefault(path, source).resolve() != source.resolve():
                clash = f"{owners[path]} and {source} would both become {path}"
                raise SourceError(error("SRC008", clash, Location(source), "rename one of the two"))


def build(
    source: Path,
    editions: Iterable[Edition],
    folder: Path,
    settings: Settings,
    crew: Crew = HERE,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[list[Built], list[PipelineError]]:
    """Bring the editions of one source up to date. An edition that fails leaves the others, and its old file, alone."""
    done: list[Built] = []
    failed: list[PipelineError] = []
    store = Store(folder)
    made: Bound | None = None
    for edition in sorted(editions, key=lambda edition: edition.page is None):  # which has a list of pages
        path = folder / edition.file_name(edition_name(source))
        styles = _styles(edition)
        if edition.page is None and settings.page_list:
            styles = cache.fingerprint(PRINT, _styles(PRINT), styles)
        now = cache.fingerprint(edition, styles, settings)
        record = cache.recall(path)
        if record and cache.holds(record, now, source):
            done.append(Built(path, edition, fresh=True, said=record.said))
            continue

        def step(words: str, path: Path = path) -> None:
            tell(f"{source} → {path}" + (f": {words}" if words else ""))

        step("")
        try:
            with cache.scratch(folder):
                from pipeline.reading import bound  # what makes editions is loaded where one has to be made

                made = made or bound(source, settings, crew, store, step, partial(_engine, crew))
                # Of the chapters the book holds what matters; of pictures only their names.
                pictures = [made.opened[name] for name in made.opened if not name.endswith((".rst", ".toml"))]
                certified = (settings.certified_by, settings.certifier_credential, settings.certifier_report)
                own = (settings.labels, settings.pictures, settings.page_list, certified)
                told = (made.book, pictures, None if edition.page else own)
                essence = cache.fingerprint(edition, styles, digest(told))
                if record and record.essence == essence:
                    # Something changed that this edition does not depend on: a setting, a comment.
                    cache.remember(path, replace(record, fingerprint=now, inputs=made.opened))
                    done.append(Built(path, edition, fresh=True, said=record.said))
                    continue
                shop: dict[str, bytes] = {}
                if edition.page is None:
                    data, picture, more = ebook_of(made.book, edition, settings, crew, store, step)
                    shop[edition_name(source) + edition.shop_cover] = picture
                else:
                    data, more = edition_of(made.book, edition, settings, crew, store, step)
            said = (*made.said, *more)
            for name, extra in shop.items():
                cache.write(folder / name, extra)
            cache.write(path, data)
            beside = {name: cache.digest(extra) for name, extra in shop.items()}
            cache.remember(path, cache.Record(now, essence, made.opened, cache.digest(data), said, beside))
            done.append(Built(path, edition, fresh=False, said=said))
        except Exception as fault:
            failed.append(_placed(fault, source) if isinstance(fault, PipelineError) else _bug(fault, source))
            if made is None:
                break  # no edition of a source that cannot be read
    store.trim()
    return done, failed


def _styles(edition: Edition) -> str:
    return style.joined((*edition.styles, *edition.dark, *edition.cover, "fonts.conf"))


def _engine(crew: Crew) -> None:
    """Load the engine, and the judge of pages, while a source is read: what is wrong is told when they are wanted."""
    from pipeline import check
    from pipeline.write.pdf import warm

    if crew.forks():
        with suppress(RenderError):
            warm()
            check.pdf.warm()


def _placed(failure: PipelineError, source: Path) -> PipelineError:
    """The failure with the source as the place of what has none of its own; engines know no files.

    An engine that finds the disk full has not failed: the output cannot be written.
    """
    if isinstance(failure.__cause__, OSError) and failure.__cause__.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        return cache.unwritable(source, failure.__cause__)
    return type(failure)(d if d.where else replace(d, where=Location(source)) for d in failure.diagnostics)


def _bug(fault: Exception, source: Path) -> PipelineError:
    """A fault of postpress itself, told like any other; the others of the run are still built."""
    if "POSTPRESS_DEBUG" in os.environ:
        raise fault
    message = f"postpress itself failed: {type(fault).__name__}: {fault}"
    hint = "please report it with this source; POSTPRESS_DEBUG=1 shows the whole story"
    return RenderError(error("BUG001", message, Location(source), hint))


def edition_of(
    book: Book,
    edition: Edition,
    settings: Settings,
    crew: Crew = HERE,
    store: Store | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[bytes, tuple[Diagnostic, ...]]:
    """The bytes of one edition of a book. Raises SourceError or RenderError."""
    from pipeline.layouts import Commission
    from pipeline.press import press

    if edition.page is None:
        data, _, said = ebook_of(book, edition, settings, crew, store, tell)
        return data, said
    settings = settings.in_language(book.metadata.language)
    return press(Commission(book, edition, settings, crew, store, tell))


def ebook_of(
    book: Book,
    edition: Edition,
    settings: Settings,
    crew: Crew = HERE,
    store: Store | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[bytes, bytes, tuple[Diagnostic, ...]]:
    """The EPUB, its cover as shops ask for it (a JPEG), and what is to be said. Raises SourceError or RenderError."""
    from pipeline import check, write
    from pipeline.claims import Certifier
    from pipeline.fetch import Shelf

    settings = settings.in_language(book.metadata.language)
    if settings.page_list:
        from pipeline import bind, press
        from pipeline.layouts import Commission

        pages = press.pages(Commission(book, PRINT, settings, crew, store, tell))
        book = bind.paginate(book, pages, press.identifier(book, PRINT))
    covers = _covers(book, edition, settings, crew, store)
    made = partial(
        write.epub.write,
        book,
        style.sheet(edition),
        Shelf({"source": book.path.parent}),
        covers.inside,
        settings.labels,
        dark=style.joined(edition.dark),
        bounds=settings.pictures,
    )
    certifier = Certifier(settings.certified_by, settings.certifier_credential, settings.certifier_report)
    if not certifier.name:
        return made(), covers.shop, ()
    data = made(certifier=certifier)
    if not (faults := check.epub.check(data)):
        return data, covers.shop, ()
    others = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
    words = f"the ebook does not claim the conformance that {certifier.name} certifies: {faults[0].message}{others}"
    hint = "mend that, or take certified_by out of the settings"
    return made(), covers.shop, (warning("EPB007", words, Location(book.path), hint),)


def _covers(book: Book, edition: Edition, settings: Settings, crew: Crew, store: Store | None) -> Covers:
    """The author's own, or one of the edition's design, remembered if it was drawn before."""
    from pipeline import cover, fonts, legible
    from pipeline.fetch import RefusedError, Shelf, address

    if book.cover:
        try:
            data, _ = Shelf({"source": book.path.parent}).read("book:///source/" + address(book.cover.src))
            return cover.own(data)
        except (RefusedError, ValueError) as fault:
            hint = "is it beside the source, and whole?"
            raise RenderError(
                error("EPB002", f"{book.cover.src} cannot be read: {fault}", book.cover.where, hint)
            ) from fault
    book, edition = legible.cover(book, edition, settings)
    shelf = Shelf({"source": book.path.parent, **fonts.roots(edition.fonts)})
    job = ChapterJob(cover.page(book), style.cover_sheet(edition, legible.spoken(book)), shelf.roots)
    drawing = shelf.read("book:///source/" + address(book.drawing.src))[0] if book.drawing else b""
    key = cache.fingerprint(edition, style.joined(("fonts.conf",)), (job.page, job.css, cache.digest(drawing)))
    if store and (known := store.get(key, cover.Covers)):
        return known
    covers = cover.drawn(_laid_out(job, book, settings, crew))
    if store:
        store.put(key, covers)
    return covers


def _laid_out(job: ChapterJob, book: Book, settings: Settings, crew: Crew) -> bytes:
    """The cover's page, with limits like any other. Raises RenderError."""
    from pipeline import write
    from pipeline.work import Limits

    if crew.forks():
        write.pdf.warm()
    (end,) = crew.run(
        write.pdf.typeset,
        [job],
        what=lambda _: "layout of the cover",
        where=lambda _: Location(book.path),
        limits=Limits(**settings.limits),
    )
    if isinstance(end, PipelineError):
        raise end
    return end.data
