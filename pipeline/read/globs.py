"""Patterns of files, for toctrees: `*`, `?` and `[…]` match within a name, `**` any folders."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct, field

MAX_LISTED = 20_000  # files and folders


class TooManyError(Exception):
    """A pattern that looks through more than MAX_LISTED files and folders."""


class Search(Struct):
    """Looks for files below a folder; `folders` are those it has looked into, whose names decide what it finds."""

    root: Path
    folders: list[Path] = field(default_factory=list)
    _listed: int = 0

    def files(self, pattern: str) -> list[str]:
        """The files that match, relative to the root, in the order of their names. Raises TooManyError."""
        *folders, last = pattern.split("/")
        segments = (
            [*folders, "**", "*.rst"] if last == "**" else [*folders, last if last.endswith(".rst") else f"{last}.rst"]
        )
        return sorted(set(self._below("", segments)))

    def _below(self, folder: str, segments: list[str]) -> Iterator[str]:
        first, *rest = segments
        if first != "**" and not re.search(r"[*?[]", first):
            path = f"{folder}{first}"
            if rest and (self.root / path).is_dir():
                yield from self._below(f"{path}/", rest)
            elif not rest and (self.root / path).is_file():
                yield path
            return
        if first == "**":
            yield from self._below(folder, rest)
        for entry in self._entries(folder):
            path = f"{folder}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if first == "**":
                    yield from self._below(f"{path}/", segments)
                elif rest and fnmatch.fnmatchcase(entry.name, first):
                    yield from self._below(f"{path}/", rest)
            elif not rest and first != "**" and fnmatch.fnmatchcase(entry.name, first):
                yield path

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        path = self.root / folder
        with os.scandir(path) as found:
            entries = [entry for entry in found if not entry.name.startswith(".")]
        self._listed += len(entries)
        if self._listed > MAX_LISTED:
            raise TooManyError
        if path not in self.folders:
            self.folders.append(path)
        return entries
