"""What can go wrong, as values and as exceptions.

A `Diagnostic` is a value: stages collect them. When a stage cannot go on it raises one of

    PipelineError
    ├── SettingsError    exit 2   a settings file or an argument
    ├── SourceError      exit 3   the reStructuredText, or a file it names
    ├── RenderError      exit 4   an engine refused, or is not here
    ├── CheckError       exit 5   an edition was built and breaks a rule
    └── OutputError      exit 6   a result cannot be written

each of which carries the diagnostics that led to it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import ClassVar

from msgspec import Struct


class Severity(StrEnum):
    """How much a diagnostic weighs: an error stops the edition, a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Location(Struct, frozen=True):
    """A place in a file. `line` counts from 1; None means the file as a whole."""

    path: Path
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else str(self.path)


class Diagnostic(Struct, frozen=True):
    """One finding: what is wrong, where, and what to do about it."""

    code: str
    severity: Severity
    message: str
    where: Location | None = None
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        hint = f"\n    {self.hint}" if self.hint else ""
        return f"{place}{self.severity} {self.code}: {self.message}{hint}"


class PipelineError(Exception):
    """A failure that a person can mend; never shown as a traceback."""

    exit_code: ClassVar[int] = 1

    def __init__(self, diagnostics: Iterable[Diagnostic] | Diagnostic):
        self.diagnostics = (diagnostics,) if isinstance(diagnostics, Diagnostic) else tuple(diagnostics)
        super().__init__("\n".join(map(str, self.diagnostics)))

    def __reduce__(self) -> tuple[type[PipelineError], tuple[tuple[Diagnostic, ...]]]:
        """An exception is pickled by its `args`, which here are words; it comes back from a process by its findings."""
        return type(self), (self.diagnostics,)


class SettingsError(PipelineError):
    exit_code = 2


class SourceError(PipelineError):
    exit_code = 3


class RenderError(PipelineError):
    exit_code = 4


class CheckError(PipelineError):
    exit_code = 5


class OutputError(PipelineError):
    exit_code = 6


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint that names the known name most like one that is not, or ''."""
    found = difflib.get_close_matches(name.lower(), sorted(known), n=1, cutoff=0.6)
    return f"did you mean {found[0]}?" if found else ""


def error(code: str, message: str, where: Location | None = None, hint: str = "") -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, message, where, hint)


def warning(code: str, message: str, where: Location | None = None, hint: str = "") -> Diagnostic:
    return Diagnostic(code, Severity.WARNING, message, where, hint)


def note(code: str, message: str, where: Location | None = None, hint: str = "") -> Diagnostic:
    return Diagnostic(code, Severity.NOTE, message, where, hint)
