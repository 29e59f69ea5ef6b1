"""reStructuredText → Chapter: the one door to docutils.

bytes ─decode▶ text ─parse▶ doctree ─validate▶ diagnostics
                             ├─docinfo▶ Metadata
                             └─typography▶ ─xhtml▶ fragments
"""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import Diagnostic, Severity, SourceError
from pipeline.model import Chapter, Fragment, slug
from pipeline.settings import Settings


def read(path: Path, settings: Settings) -> tuple[Chapter, tuple[Diagnostic, ...]]:
    """A chapter and what was noticed on the way. Raises SourceError with every fault that was found."""
    from pipeline.read import decode, docinfo, facts, parse, typography, validate, xhtml

    text, found = decode.decode(path)
    doctree, messages = parse.parse(text, path, settings)
    found += messages
    metadata, messages = docinfo.metadata(docinfo.take(doctree), path, settings)
    found += messages
    found += validate.validate(doctree, path)
    if any(d.severity is Severity.ERROR for d in found):
        faults = {d: None for d in found if d.severity is not Severity.NOTE}
        raise SourceError(sorted(faults, key=lambda d: (d.where.line or 0) if d.where else 0))

    parts = xhtml.split(doctree)
    blocks = {place: facts.blocks(nodes, path) for place, nodes in parts.items()}
    added = {place: facts.added(nodes) for place, nodes in parts.items()}
    images = facts.images(doctree, path)
    drawing = facts.drawing(doctree, path)
    typography.apply(doctree, metadata.language, settings.keep_whole)
    fragments = {
        place: Fragment(xhtml.fragment(doctree, nodes, path), blocks[place], added[place])
        for place, nodes in parts.items()
    }
    chapter = Chapter(
        slug=slug(path),
        path=path,
        metadata=docinfo.with_title(metadata, doctree),
        **fragments,
        drawing=drawing,
        headings=facts.headings(doctree, path),
        images=images,
        opened=parse.opened(doctree, path, images),
    )
    return chapter, tuple(found)
