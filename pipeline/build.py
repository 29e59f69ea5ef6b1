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
from pipeline.errors import Diagnostic, Location, PipelineError, RenderError, SourceError, error
from pipeline.model import Edition, edition_name
from pipeline.settings import Settings
from pipeline.store import Store, digest

if TYPE_CHECKING:
    from pipeline.layouts import Commission, Made
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
                # What makes editions is loaded where one has to be made.
                from pipeline.layouts import Commission
                from pipeline.reading import bound

                made = made or bound(source, settings, crew, store, step, partial(_engine, crew))
                # Of the chapters, and of conf.py, the book holds what matters; of pictures only their names.
                texts = (".rst", ".toml", "conf.py")
                pictures = [made.opened[name] for name in made.opened if not name.endswith(texts)]
                certified = (settings.certified_by, settings.certifier_credential, settings.certifier_report)
                own = (settings.labels, settings.pictures, settings.page_list, certified)
                told = (made.book, pictures, settings.lenient, None if edition.page else own)
                essence = cache.fingerprint(edition, styles, digest(told))
                if record and record.essence == essence:
                    # Something changed that this edition does not depend on: a setting, a comment.
                    cache.remember(path, replace(record, fingerprint=now, inputs=made.opened))
                    done.append(Built(path, edition, fresh=True, said=record.said))
                    continue
                result = edition_of(Commission(made.book, edition, settings, crew, store, step))
            said = (*made.said, *result.said)
            beside = {edition_name(source) + suffix: data for suffix, data in result.beside.items()}
            for name, data in (*beside.items(), (path.name, result.data)):
                cache.write(folder / name, data)
            digests = {name: cache.digest(data) for name, data in beside.items()}
            cache.remember(path, cache.Record(now, essence, made.opened, cache.digest(result.data), said, digests))
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


def edition_of(wanted: Commission) -> Made:
    """One edition of a book. Raises SourceError or RenderError."""
    from pipeline import ebook, press

    settings = wanted.settings.in_language(wanted.book.metadata.language)
    return (press.press if wanted.edition.page else ebook.ebook)(replace(wanted, settings=settings))
