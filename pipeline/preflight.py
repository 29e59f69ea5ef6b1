"""Preflight: every edition of a source held against every rule, as a printer does before the presses start.

A rule that is broken is an error; what was counted is printed, zeros too, so that a reader sees what was looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from pipeline import build, cache, check
from pipeline.errors import CheckError, Diagnostic, PipelineError, Severity
from pipeline.model import Book, Edition, Page
from pipeline.settings import Settings


def preflight(
    source: Path, editions: Iterable[Edition], folder: Path, settings: Settings, tell: Callable[[str], None]
) -> tuple[list[str], list[PipelineError]]:
    """The report, line by line, and the failures. Builds what is stale first."""
    built, failures = build.build(source, editions, folder, settings, tell)
    if not built:
        return [], failures
    book, _, said = build.bound(source, settings)
    report = [str(source), *(f"  {d}" for d in (*said, *check.source.notes(book)))]
    for item in built:
        tell(f"checking {item.path}")
        data = item.path.read_bytes()
        with cache.scratch(folder):
            if item.edition.page is None:
                lines, found = _ebook(data, book, item)
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
    claims = check.pdf.claims(data)
    house = check.pdf.House(
        whole=settings.keep_whole,
        families=item.edition.fonts,
        margin_mm=min(page.outer_mm, page.inner_mm, page.top_mm, page.bottom_mm),
        furniture_mm=page.furniture_mm,
    )
    counts = check.pdf.page_rules(data, house)
    structure = check.pdf.structure(data, item.path, claim=claims)
    tree = _parity(book, check.pdf.structure_text(data), item)
    plain = _parity(book, check.parity.plain(data), item, spaced=False)
    lines = [
        *(f"{count.found:3}  {count.rule}" for count in counts),
        f"{len(structure):3}  faults of structure; {'claims' if claims else 'does not claim'} PDF/UA-1",
        f"{len(tree):3}  differences between the source and the structure tree ({len(book.blocks)} blocks)",
        f"{len(plain):3}  differences between the source and plain extraction",
    ]
    return lines, list(dict.fromkeys([*check.pdf.diagnostics(counts, item.path), *structure, *tree, *plain]))


def _ebook(data: bytes, book: Book, item: build.Built) -> tuple[list[str], list[Diagnostic]]:
    own = check.epub.check(data)
    judged = check.epub.epubcheck(item.path)
    text = _parity(book, check.epub.text_blocks(data), item)
    lines = [
        f"{len(judged):3}  messages of EPUBCheck",
        f"{len(own):3}  faults EPUBCheck does not look for",
        f"{len(text):3}  differences between the source and the ebook ({len(book.blocks)} blocks)",
    ]
    return lines, [*judged, *own, *text]


def _parity(book: Book, text: Iterable[str], item: build.Built, *, spaced: bool = True) -> list[Diagnostic]:
    language = book.metadata.language
    return check.parity.compare(book.blocks, text, book.added, item.path, language=language, spaced=spaced)
