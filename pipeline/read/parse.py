"""Text → doctree, with everything docutils complained about as diagnostics."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from docutils import nodes
from docutils.core import publish_doctree
from docutils.transforms.writer_aux import Admonitions
from docutils.utils import DependencyList, normalize_language_tag

from pipeline import scripts
from pipeline.errors import Diagnostic
from pipeline.fetch import inside
from pipeline.model import Image, Place
from pipeline.read import (
    addresses,
    code,
    conf,
    dialect,
    directives,
    lenient,
    members,
    messages,
    preamble,
    raw,
    slips,
    titles,
)
from pipeline.read.context import Context
from pipeline.read.facts import below
from pipeline.read.offline import html5_polyglot
from pipeline.read.rooted import rooted
from pipeline.read.transitions import remembered


@slips.alone()
def parse(
    text: str,
    path: Path,
    place: Place,
    language: str,
    labels: dict[str, str],
    tolerances: Collection[str] = (),
    *,
    lets_raw: bool = False,
) -> tuple[nodes.document, list[Diagnostic]]:
    """The doctree of a source text, substitutions, footnotes and references resolved. Raises SourceError."""
    directives.register()
    said = conf.of(place.root)
    dialect.register(said)
    overrides = {
        "_disable_config": True,  # or a stray docutils.conf changes the book
        "report_level": 1,
        "halt_level": 5,
        "warning_stream": False,
        "traceback": True,  # else docutils prints what it did not expect, and exits
        "raw_enabled": lets_raw,
        "line_length_limit": 1_000_000,  # docutils stops at 10,000 characters; paragraphs have more
        "file_insertion_enabled": True,  # rooted below
        "root_prefix": str(place.root),
        "record_dependencies": DependencyList(),
        "language_code": known_language(language),
        "language_tag": language,
        "smart_quotes": False,  # typography.py's part, after the facts are taken
        "syntax_highlight": "none",
        "id_prefix": place.prefix,
        "initial_header_level": place.level + 1,
        "toc_backlinks": False,
        "math_output": "MathML",
        "docinfo_xform": False,  # its nodes carry no lines; docinfo.py reads the field list itself
        "embed_stylesheet": False,
        "section_self_link": False,
        "labels": labels,
        "comments": preamble.comments(text),
        "context": Context(place.root, said, said.text("highlight_language") or ("default" if said.path else "")),
    }
    found: list[Diagnostic] = []
    guess = "characters" in tolerances
    with (
        rooted(place.root, found, guess=guess),
        slips.caught(),
        lenient.forgiving(tolerances),
        remembered(),
        _uncollected(),
    ):
        doctree: nodes.document = publish_doctree(
            preamble.fielded(text),
            source_path=str(path),
            reader=titles.Reader(),
            parser=dialect.Parser(said),
            settings_spec=html5_polyglot.Writer(),
            settings_overrides=overrides,
        )
    if watched := conf.place(place.root):  # also where there is none: it may come
        doctree.settings.record_dependencies.add(str(watched))
    found += messages.diagnostics([*doctree.parse_messages, *doctree.transform_messages], path)
    if tolerances:
        lenient.restored(doctree)
    for message in list(below(doctree, nodes.system_message)):
        message.parent.remove(message)
    code.unnumber(doctree)
    code.named(doctree, doctree.settings.context.language)
    for call in list(below(doctree, nodes.footnote_reference)):
        # A note's number stands close to its word; docutils' own setting would close up two numbers too.
        at = call.parent.index(call)
        before = call.parent[at - 1] if at else None
        numbers = at > 1 and isinstance(call.parent[at - 2], nodes.footnote_reference)
        if isinstance(before, nodes.Text) and (before.strip() or not numbers):
            before.parent.replace(before, nodes.Text(before.rstrip()))
    found += raw.admitted(doctree, path) if lets_raw else []
    if "links" in tolerances:
        found += lenient.unlinked(doctree, path)
    addresses.spell(doctree)
    # What docutils' html writer does to a doctree before it translates it, less what concerns its messages.
    Admonitions(doctree).apply()
    for box in below(doctree, nodes.admonition):
        title = box.children[0] if box.children else None
        if isinstance(title, nodes.title) and not title.rawsource:  # one of docutils' own: “Caution!”, “!DANGER!”
            bare = title.astext().strip("!¡ ")
            title[:] = [nodes.Text(bare.capitalize() if bare.isupper() else bare)]
    members.rebase(doctree, path, place.root)
    return doctree, found


@contextmanager
def _uncollected() -> Iterator[None]:
    """Nodes are many and live on: to look for dead ones among them takes a sixth of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def known_language(tag: str) -> str:
    """The language in which docutils can name directives and labels, for a language tag; English for all others."""
    tags = normalize_language_tag(tag)
    tags += {"pt": ["pt_br"], "zh": ["zh_tw" if scripts.is_traditional(tag) else "zh_cn"]}.get(tags[-1], [])
    return next(
        (known for known in tags if known.isidentifier() and find_spec(f"docutils.parsers.rst.languages.{known}")), "en"
    )


def opened(doctree: nodes.document, path: Path, root: Path, images: Iterable[Image]) -> tuple[Path, ...]:
    """Every file a chapter was read from, the source itself first."""
    included = [Path(name) for name in doctree.settings.record_dependencies.list]
    pictures = [inside(root, image.src) for image in images]
    return tuple(dict.fromkeys([path, *included, *pictures]))
