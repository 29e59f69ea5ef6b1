"""reStructuredText → Chapter: the one door to docutils.

bytes ─decode▶ text ─parse▶ doctree ─docinfo▶ Metadata
                               ├─validate▶ diagnostics
                               ├─facts▶ blocks, headings, pictures
                               └─typography▶ ─xhtml▶ fragments
"""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import Diagnostic, Location, Severity, SourceError, error
from pipeline.model import Chapter, Fragment, slug
from pipeline.settings import Settings


def read(path: Path, settings: Settings) -> tuple[Chapter, tuple[Diagnostic, ...]]:
    """A chapter and what was noticed on the way. Raises SourceError with every fault that was found."""
    try:
        return _read(path, settings)
    except RecursionError as fault:
        hint = "quotes, lists or markup stand inside each other too many times"
        raise SourceError(error("RST196", "nested too deeply", Location(path), hint)) from fault


def _read(path: Path, settings: Settings) -> tuple[Chapter, tuple[Diagnostic, ...]]:
    from pipeline.read import decode, docinfo, facts, parse, typography, validate, xhtml

    text, found = decode.decode(path)
    doctree, messages = parse.parse(text, path, settings.language, settings.labels)
    metadata, faults = docinfo.metadata(docinfo.take(doctree), path, settings)
    if parse.known_language(metadata.language) != parse.known_language(settings.language):
        # The document says that its directives and labels are of another language than the settings say.
        doctree, messages = parse.parse(text, path, metadata.language, settings.labels)
        docinfo.take(doctree)
    found += [*messages, *faults, *validate.validate(doctree, path)]
    _stop_at_errors(found)

    whole = facts.blocks(doctree.children, path)
    parts = xhtml.split(doctree)
    blocks = {place: facts.blocks(nodes, path) for place, nodes in parts.items()}
    found += [*validate.nothing_lost(whole, blocks.values()), *validate.text(blocks["body"], path)]
    _stop_at_errors(found)

    added = {place: facts.added(nodes) for place, nodes in parts.items()}
    images = facts.images(doctree, path)
    drawing = facts.drawing(doctree, path)
    found += typography.apply(doctree, metadata.language, settings.keep_whole, path)
    fragments = {
        place: Fragment(xhtml.fragment(doctree, nodes, path), blocks[place], added[place])
        for place, nodes in parts.items()
    }
    chapter = Chapter(
        slug=slug(path),
        path=path,
        metadata=docinfo.completed(metadata, doctree, blocks["standfirst"]),
        **fragments,
        drawing=drawing,
        headings=facts.headings(doctree, path),
        ids=frozenset(doctree.ids),
        images=images,
        opened=parse.opened(doctree, path, images),
    )
    return chapter, tuple(found)


def _stop_at_errors(found: list[Diagnostic]) -> None:
    if any(d.severity is Severity.ERROR for d in found):
        faults = {d: None for d in found if d.severity is not Severity.NOTE}
        raise SourceError(sorted(faults, key=lambda d: (str(d.where.path), d.where.line or 0) if d.where else ("", 0)))
