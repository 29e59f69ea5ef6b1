"""docutils held below the source's folder, off the network, off the clock and to its limits while it reads."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import docutils.io
from docutils import nodes
from docutils.parsers.rst import states

from pipeline.errors import Diagnostic, Location, SourceError, error
from pipeline.read import decode
from pipeline.read.limits import MAX_BYTES, MAX_FILES, MAX_INCLUDES, held, replaced
from pipeline.read.offline import misc, tables, urlopen

OUTSIDE = "leads outside the source's folder"
NO_PARSER = "an included file is read as reStructuredText"
TOO_MUCH = f"more than {MAX_BYTES // 2**20} MiB are included"
TOO_MANY = f"more than {MAX_FILES} files are included"
TOO_DEEP = f"more than {MAX_INCLUDES} files include each other"


@contextmanager
def rooted(root: Path, faults: list[Diagnostic], *, guess: bool = False) -> Iterator[None]:
    """Every file docutils opens lies below `root` and is decoded as the source is; what is wrong goes to `faults`.

    docutils 0.23 has no setting for either: `root_prefix` only moves absolute paths. Its directives (include,
    csv-table, raw) read files through FileInput and urls through urlopen, under the names patched here. `:parser:`
    would import whatever module it names, one beside the source too. Raises SourceError: see `held`.
    """
    opened: list[Path] = []
    included_bytes = 0
    read_file: Any = misc.Include.read_file
    comment: Any = states.Body.comment
    options: dict[str, Any] = dict(misc.Include.option_spec or {})
    shipped = misc.Include.standard_include_path.resolve()

    class RootedInput(docutils.io.FileInput):
        def __init__(self, source: Any = None, source_path: Any = None, encoding: Any = None, **options: Any) -> None:
            nonlocal included_bytes
            self.file = Path(source_path).resolve()
            self.ours = self.file.is_relative_to(root.resolve())
            if not self.ours and not self.file.is_relative_to(shipped):
                raise docutils.io.InputError(errno.EPERM, OUTSIDE, source_path)
            if self.file.exists() and not self.file.is_file():  # to open a pipe is to wait for its writer
                raise docutils.io.InputError(errno.EINVAL, "not a file", source_path)
            opened.append(self.file)
            included_bytes += self.file.stat().st_size if self.file.exists() else 0
            if len(opened) > MAX_FILES:
                raise docutils.io.InputError(errno.EMFILE, TOO_MANY, source_path)
            if included_bytes > MAX_BYTES:
                raise docutils.io.InputError(errno.EFBIG, TOO_MUCH, source_path)
            self.chosen = encoding not in (None, "utf-8")  # by the directive's `:encoding:`
            try:
                super().__init__(source, source_path, encoding, **options)
                if self.chosen:  # read here, where each directive expects things to go wrong
                    self.text = super().read()
                    self.text.encode()  # unicode_escape, for one, makes surrogates, which no file can hold
                elif self.ours:
                    self.text, found = decode.decoded(Path(str(self.source_path)), guess=guess)
                    faults.extend(found)
            except (LookupError, UnicodeError) as fault:
                self.close()
                raise docutils.io.InputError(errno.EILSEQ, str(fault), source_path) from fault
            except SourceError as fault:
                self.close()
                if not guess:
                    raise
                said = fault.diagnostics[0].message
                raise docutils.io.InputError(errno.EILSEQ, said, source_path) from fault

        def read(self) -> str:
            if not self.chosen and not self.ours:
                return super().read()
            self.close()
            return self.text

    def shallow(include: Any, path: Any) -> str:
        if len(include.state.document.include_log) > MAX_INCLUDES:  # the source and the files that are open
            raise include.severe(TOO_DEEP)
        return str(read_file(include, path))

    def unforged(state: Any, match: Any) -> Any:
        # docutils ends an include by such a comment, and fails where a source writes one with nothing to end.
        ends = match.string[match.end() :].startswith('end of inclusion from "')
        if ends and not state.document.include_log:
            state.document.include_log.append(("", ()))
        return comment(state, match)

    def refused(_: str) -> NoReturn:
        raise ValueError(NO_PARSER)

    def timeless(date: Any) -> list[nodes.Node]:
        if not isinstance(date.state, states.SubstitutionDef):
            raise date.error("Invalid context: a date stands in a substitution definition.")
        source, line = date.state_machine.get_source_and_line(date.lineno)
        faults.append(
            error(
                "RST117", "the day of the build is no part of a source", Location(Path(source), line), "write the date"
            )
        )
        return [nodes.Text("today")]  # or docutils would complain of what it stands for

    with (
        replaced(
            (docutils.io, "FileInput", RootedInput),
            (tables, "FileInput", RootedInput),
            (misc, "urlopen", urlopen),
            (tables, "urlopen", urlopen),
            (misc.Include, "option_spec", {**options, "parser": refused}),
            (misc.Include, "read_file", shallow),
            (misc.Date, "run", timeless),
            (states.Body, "comment", unforged),
        ),
        held(),
    ):
        yield
