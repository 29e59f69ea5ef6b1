"""docutils held below the source's folder and off the network while it reads."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docutils.io

from pipeline.errors import Diagnostic
from pipeline.read import decode
from pipeline.read.offline import misc, tables, urlopen

MAX_FILES = 1000
OUTSIDE = "leads outside the source's folder"


@contextmanager
def rooted(root: Path, faults: list[Diagnostic]) -> Iterator[None]:
    """Every file docutils opens lies below `root` and is decoded as the source is; what is wrong goes to `faults`.

    docutils 0.23 has no setting for either: `root_prefix` only moves absolute paths. Its directives (include,
    csv-table, raw) read files through FileInput and urls through urlopen, under the names patched here.
    """
    opened: list[Path] = []
    shipped = misc.Include.standard_include_path.resolve()

    class RootedInput(docutils.io.FileInput):
        def __init__(self, source: Any = None, source_path: Any = None, encoding: Any = None, **options: Any) -> None:
            self.file = Path(source_path).resolve()
            self.ours = self.file.is_relative_to(root.resolve())
            if not self.ours and not self.file.is_relative_to(shipped):
                raise docutils.io.InputError(errno.EPERM, OUTSIDE, source_path)
            if self.file.exists() and not self.file.is_file():  # to open a pipe is to wait for its writer
                raise docutils.io.InputError(errno.EINVAL, "not a file", source_path)
            opened.append(self.file)
            if len(opened) > MAX_FILES:
                raise docutils.io.InputError(errno.EMFILE, f"more than {MAX_FILES} files are included", source_path)
            self.chosen = encoding not in (None, "utf-8")  # by the directive's `:encoding:`
            try:
                super().__init__(source, source_path, encoding, **options)
                if self.chosen:  # read here, where each directive expects things to go wrong
                    self.text = super().read()
                    self.text.encode()  # unicode_escape, for one, makes surrogates, which no file can hold
            except (LookupError, UnicodeError) as fault:
                raise docutils.io.InputError(errno.EILSEQ, str(fault), source_path) from fault

        def read(self) -> str:
            if self.chosen:
                return self.text
            if not self.ours:
                return super().read()
            self.close()
            text, found = decode.decoded(Path(str(self.source_path)))
            faults.extend(found)
            return text

    patched: tuple[tuple[Any, str, Any], ...] = (
        (docutils.io, "FileInput", RootedInput),
        (tables, "FileInput", RootedInput),
        (misc, "urlopen", urlopen),
        (tables, "urlopen", urlopen),
    )
    kept = [getattr(module, name) for module, name, _ in patched]
    for module, name, ours in patched:
        setattr(module, name, ours)
    try:
        yield
    finally:
        for (module, name, _), theirs in zip(patched, kept, strict=True):
            setattr(module, name, theirs)
