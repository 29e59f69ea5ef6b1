"""Text → doctree, with everything docutils complained about as diagnostics."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn
from urllib.error import URLError

import docutils.io
from docutils import nodes
from docutils.core import publish_doctree
from docutils.parsers.rst.directives import misc, tables
from docutils.transforms.writer_aux import Admonitions
from docutils.utils import DependencyList
from docutils.writers.html5_polyglot import Writer

from pipeline.errors import Diagnostic
from pipeline.fetch import RefusedError, inside
from pipeline.model import Image
from pipeline.read import directives, messages
from pipeline.settings import Settings


def parse(text: str, path: Path, settings: Settings) -> tuple[nodes.document, list[Diagnostic]]:
    """The doctree of a source text, substitutions, footnotes and references resolved."""
    directives.register()
    overrides = {
        "_disable_config": True,  # or a stray docutils.conf changes the book
        "report_level": 1,
        "halt_level": 5,
        "warning_stream": False,
        "raw_enabled": False,
        "file_insertion_enabled": True,  # rooted below
        "record_dependencies": DependencyList(),
        "language_code": settings.language,
        "smart_quotes": False,  # typography.py's part, after the facts are taken
        "syntax_highlight": "none",
        "initial_header_level": 2,
        "trim_footnote_reference_space": True,
        "math_output": "MathML",
        "docinfo_xform": False,  # its nodes carry no lines; docinfo.py reads the field list itself
        "embed_stylesheet": False,
        "section_self_link": False,
        "labels": settings.labels,
    }
    with _rooted(path.parent):
        doctree: nodes.document = publish_doctree(
            text, source_path=str(path), settings_spec=Writer(), settings_overrides=overrides
        )
    found = messages.diagnostics([*doctree.parse_messages, *doctree.transform_messages], path)
    for message in list(doctree.findall(nodes.system_message)):
        message.parent.remove(message)
    # What docutils' html writer does to a doctree before it translates it, less what concerns its messages.
    Admonitions(doctree).apply()
    return doctree, found


def opened(doctree: nodes.document, path: Path, images: Iterable[Image]) -> tuple[Path, ...]:
    """Every file a chapter was read from, the source itself first."""
    included = [Path(name) for name in doctree.settings.record_dependencies.list]
    pictures = [path.parent / image.src for image in images]
    return tuple(dict.fromkeys([path, *included, *pictures]))


@contextmanager
def _rooted(root: Path) -> Iterator[None]:
    """Hold every file docutils opens below the source's folder, and keep it off the network.

    docutils 0.23 has no setting for either: `root_prefix` only moves absolute paths. Its directives (include,
    csv-table, raw) read files through FileInput and urls through urlopen, under the names patched here.
    """
    shipped = misc.Include.standard_include_path.resolve()

    class RootedInput(docutils.io.FileInput):
        def __init__(self, source: Any = None, source_path: Any = None, **options: Any) -> None:
            if source_path and not Path(source_path).resolve().is_relative_to(shipped):
                try:
                    inside(root, Path(source_path).resolve().relative_to(root.resolve()).as_posix())
                except (RefusedError, ValueError) as refusal:
                    outside = "leads outside the source's folder"
                    raise docutils.io.InputError(errno.EPERM, outside, source_path) from refusal
            super().__init__(source, source_path, **options)

    def offline(*_: Any, **__: Any) -> NoReturn:
        raise URLError("no network while building")

    patched: tuple[tuple[Any, str, Any], ...] = (
        (docutils.io, "FileInput", RootedInput),
        (tables, "FileInput", RootedInput),
        (misc, "urlopen", offline),
        (tables, "urlopen", offline),
    )
    kept = [getattr(module, name) for module, name, _ in patched]
    for module, name, ours in patched:
        setattr(module, name, ours)
    try:
        yield
    finally:
        for (module, name, _), theirs in zip(patched, kept, strict=True):
            setattr(module, name, theirs)
