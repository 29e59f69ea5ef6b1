"""The way from a source file to its editions. The only room that knows the order of the stages.

read ▶ bind ▶ for each edition: style ▶ write ▶ check ▶ the file, whole
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from pipeline import bind, cache, check, cover, fonts, read, style, work, write
from pipeline.editions import EDITIONS
from pipeline.errors import Diagnostic, Location, PipelineError, RenderError, Severity, SourceError, error, warning
from pipeline.fetch import Shelf
from pipeline.model import Block, Book, Chapter, ChapterJob, Edition, slug
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class Built:
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
        for path in (folder / edition.file_name(slug(source)) for edition in wanted):
            if owners.setdefault(path, source).resolve() != source.resolve():
                clash = f"{owners[path]} and {source} would both become {path}"
                raise SourceError(error("SRC008", clash, Location(source), "rename one of the two"))


def bound(source: Path, settings: Settings) -> tuple[Book, tuple[Path, ...], tuple[Diagnostic, ...]]:
    """The book of a source, the files it was read from, and what was noticed. Raises SourceError or RenderError."""
    limits = work.Limits(**settings.limits)
    (end,) = work.run(_read, [(source, settings)], what="reading", where=lambda _: Location(source), limits=limits)
    if isinstance(end, PipelineError):
        raise end
    chapter, said = end
    return bind.bind(chapter, settings, EDITIONS), chapter.opened, said


def _read(order: tuple[Path, Settings]) -> tuple[Chapter, tuple[Diagnostic, ...]]:
    return read.read(*order)


def build(
    source: Path,
    editions: Iterable[Edition],
    folder: Path,
    settings: Settings,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[list[Built], list[PipelineError]]:
    """Bring the editions of one source up to date. An edition that fails leaves the others, and its old file, alone."""
    done: list[Built] = []
    failed: list[PipelineError] = []
    book: Book | None = None
    for edition in editions:
        path = folder / edition.file_name(slug(source))
        styles = style.joined((*edition.styles, *edition.cover, "fonts.conf"))
        now = cache.fingerprint(edition, styles, settings)
        record = cache.recall(path)
        if record and cache.holds(record, now, source):
            done.append(Built(path, edition, fresh=True, said=record.said))
            continue
        tell(f"{source} → {path}")
        try:
            if book is None:
                book, opened, said = bound(source, settings)
                inputs = cache.digests(opened)  # now: a change from here on makes the outputs stale
            pictures = [inputs[str(name)] for name in opened[1:]]
            essence = cache.fingerprint(edition, styles, (book, pictures, None if edition.page else settings.labels))
            if record and record.essence == essence:
                # Something changed that this edition does not depend on: a setting, a comment.
                cache.remember(path, replace(record, fingerprint=now, inputs=inputs))
                done.append(Built(path, edition, fresh=True, said=record.said))
                continue
            with cache.scratch(folder):
                data, more = edition_of(book, edition, settings)
            cache.write(path, data)
            cache.remember(path, cache.Record(now, essence, inputs, cache.digest(data), (*said, *more)))
            done.append(Built(path, edition, fresh=False, said=(*said, *more)))
        except Exception as fault:
            failed.append(_placed(fault, source) if isinstance(fault, PipelineError) else _bug(fault, source))
            if book is None:
                break  # no edition of a source that cannot be read
    return done, failed


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


def edition_of(book: Book, edition: Edition, settings: Settings) -> tuple[bytes, tuple[Diagnostic, ...]]:
    """The bytes of one edition of a book. Raises SourceError or RenderError."""
    shelf = Shelf({"source": book.path.parent, **fonts.roots(edition.fonts)})
    if edition.page is None:
        _drawable(book.blocks[: 1 + len(book.metadata.authors)], (), edition)  # the cover says these
        picture = cover.raster(_typeset(cover.page(book), style.cover_sheet(edition), shelf, book, settings))
        return write.epub.write(book, style.sheet(edition), shelf, picture, settings.labels), ()
    _drawable(book.blocks, (*book.added, book.metadata.short_title), edition)
    laid_out = _typeset(write.pdf.compose(book, edition.page), style.sheet(edition), shelf, book, settings)
    # Another edition is another publication: it has an identifier of its own.
    known = replace(book.metadata, identifier=uuid5(NAMESPACE_URL, f"{book.metadata.identifier}#{edition.name}").urn)
    claiming = write.pdf.finish(laid_out, known, claim=True)
    broken = [d for d in check.pdf.structure(claiming) if d.severity is Severity.ERROR]
    if not broken:
        return claiming, ()
    why = "; ".join(dict.fromkeys(f"{d.code} {d.message}" for d in broken))
    return (
        write.pdf.finish(laid_out, known, claim=False),
        (warning("PDF010", f"the {edition.name} edition does not claim PDF/UA-1: {why}", Location(book.path)),),
    )


def _typeset(page: str, css: str, shelf: Shelf, book: Book, settings: Settings) -> bytes:
    """A layout in a process of its own, with limits: a page can be made to take all there is. Raises RenderError."""
    if work.forks():
        write.pdf.warm()
    job = ChapterJob(page, css, shelf.roots)
    limits = work.Limits(**settings.limits)
    (end,) = work.run(write.pdf.typeset, [job], where=lambda _: Location(book.path), limits=limits)
    if isinstance(end, PipelineError):
        raise end
    return end


def _drawable(blocks: Iterable[Block], added: Iterable[str], edition: Edition) -> None:
    if faults := check.source.glyphs(blocks, added, edition.fonts):
        raise SourceError(faults)
