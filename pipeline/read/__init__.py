"""reStructuredText → Chapter: the one door to docutils.

bytes ─decode▶ text ─preamble, parse, titles▶ doctree
                               ├─stated, docinfo▶ Metadata
                               ├─formulas, validate▶ diagnostics
                               ├─references▶ what refers to what, by name
                               ├─notes▶ each in its place
                               ├─facts▶ blocks, headings, pictures
                               └─typography▶ ─xhtml▶ fragments
"""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import Diagnostic, Location, Severity, SourceError, error
from pipeline.model import Chapter, Fragment, Place
from pipeline.settings import Settings

_SAMPLE = """\
A
=

:B: c

*d* ``e`` `f <g:h>`_ [1]_

- i

1. j

.. [1] k
.. note:: l
.. code::

   m

::

   n
"""


def read(path: Path, settings: Settings, place: Place | None = None) -> tuple[Chapter, tuple[Diagnostic, ...]]:
    """A chapter and what was noticed on the way; `place` is its own in a book, if it is a member of one.

    Raises SourceError with every fault that was found.
    """
    if path.suffix == ".toml":
        from pipeline.read import plan

        return plan.read(path, settings)
    try:
        return _read(path, settings, place or Place(path.parent))
    except RecursionError as fault:
        hint = "quotes, lists or markup stand inside each other too many times"
        raise SourceError(error("RST196", "nested too deeply", Location(path), hint)) from fault


def warm() -> None:
    """Have all at hand that reading needs, for processes to be forked from this one.

    docutils loads its directives, and compiles its patterns, when a first text wants them.
    """
    from lxml import etree  # noqa: F401

    from pipeline.read import (  # noqa: F401
        captions,
        code,
        decode,
        docinfo,
        facts,
        lenient,
        members,
        notes,
        parse,
        pictures,
        references,
        stated,
        syntax,
        typography,
        validate,
        xhtml,
    )

    doctree, _ = parse.parse(_SAMPLE, Path("a.rst"), Place(Path()), "en", {})
    typography.apply(doctree, "en", (), Path("a.rst"))
    code.set_lines(doctree, Path("a.rst"))
    syntax.warm()
    xhtml.fragment(doctree, doctree.children, Path("a.rst"))


def _read(path: Path, settings: Settings, place: Place) -> tuple[Chapter, tuple[Diagnostic, ...]]:
    from pipeline.read import (
        captions,
        code,
        conf,
        decode,
        docinfo,
        facts,
        formulas,
        lenient,
        members,
        notes,
        parse,
        pictures,
        references,
        stated,
        typography,
        validate,
        xhtml,
    )

    text, found = decode.decode(path, guess="characters" in settings.lenient)
    found = lenient.forgiven(found, settings.lenient)
    if any(fault.code == "SRC003" for fault in found):
        _stop_at_errors(found)
    settings = conf.completed(settings, place.root)
    settings = settings.in_language(settings.language)
    chosen = (settings.labels, settings.lenient)
    doctree, messages = parse.parse(text, path, place, settings.language, *chosen, lets_raw=settings.raw)
    member = bool(place.name)
    metadata, faults = docinfo.metadata(stated.take(doctree, path, member=member), path, settings, member=member)
    spoken = settings.in_language(metadata.language)
    known = parse.known_language(metadata.language)
    if known != parse.known_language(settings.language) or spoken.labels != settings.labels:
        # The document says that its directives and labels are of another language than the settings say.
        chosen = (spoken.labels, settings.lenient)
        doctree, messages = parse.parse(text, path, place, metadata.language, *chosen, lets_raw=settings.raw)
        metadata, faults = docinfo.metadata(stated.take(doctree, path, member=member), path, spoken, member=member)
    parts, lost = members.parts(doctree, path, place)
    links = members.links(doctree, path, place) if parts or place.name else ()
    referring, indexed = references.recorded(doctree, path), tuple(references.indexed(doctree))
    found += [*messages, *faults, *lost, *formulas.faulty(doctree, path, mend="markup" in settings.lenient)]
    if not member:
        pictures.cover(doctree, settings, path)
    mended = lenient.mended(doctree, path, place.root, settings.lenient)
    found += [*mended, *validate.validate(doctree, path, place.root)]
    found = lenient.forgiven(found, settings.lenient)
    _stop_at_errors(found)

    notes.settle(doctree)
    captions.mark(doctree)
    whole = facts.blocks(doctree.children, path)
    pictures.scaled(doctree, place.root)
    pieces = xhtml.split(doctree)
    blocks = {name: facts.blocks(nodes, path) for name, nodes in pieces.items()}
    found += validate.nothing_lost(whole, blocks.values())
    found += validate.text(blocks["body"], path, silent=bool(parts))
    _stop_at_errors(found)

    added = {name: facts.added(nodes) for name, nodes in pieces.items()}
    images = facts.images(doctree, path)
    drawing, cover = (facts.placed(doctree, path, kind) for kind in ("drawing", "cover"))
    passages = facts.languages(doctree)
    found += typography.apply(doctree, metadata.language, settings.keep_whole, path)
    found += code.set_lines(doctree, path)
    _stop_at_errors(found)
    fragments = {
        name: Fragment(xhtml.fragment(doctree, nodes, path), blocks[name], added[name])
        for name, nodes in pieces.items()
    }
    chapter = Chapter(
        path=path,
        place=place,
        metadata=docinfo.completed(metadata, doctree, blocks["standfirst"]),
        **fragments,
        drawing=drawing,
        cover=cover,
        headings=facts.headings(doctree, path, place.level),
        ids=frozenset(doctree.ids),
        images=images,
        links=links,
        parts=parts,
        opened=parse.opened(doctree, path, place.root, images),
        languages=passages,
        front=(),
        back=(),
        references=referring,
        indexed=indexed,
        targets=tuple(references.targets(doctree, path)),
        counted=tuple(captions.counted(doctree, path)),
        numbering=conf.numbering(settings, place.root),
    )
    return chapter, tuple(found)


def _stop_at_errors(found: list[Diagnostic]) -> None:
    if any(d.severity is Severity.ERROR for d in found):
        faults = {d: None for d in found if d.severity is not Severity.NOTE}
        raise SourceError(sorted(faults, key=lambda d: (str(d.where.path), d.where.line or 0) if d.where else ("", 0)))
