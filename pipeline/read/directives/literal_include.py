"""`.. literalinclude:: FILE` code of a file: all of it, or the lines that its options choose.

`/FILE` starts from the book's folder. `:pyobject:` is a function or a class of Python; then `:start-at:`,
`:start-after:`, `:end-at:` and `:end-before:` are texts in lines; then `:lines:` counts in what is left.
"""

from __future__ import annotations

import ast
import difflib
import posixpath
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import docutils.io
from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList

from pipeline.read import context
from pipeline.read.directives.code import Code, spans

_TEXTS = ("append", "diff", "end-at", "end-before", "prepend", "pyobject", "start-after", "start-at")
_LONGEST_DIFF = 2000  # lines of each file; difflib takes time by their product


class LiteralInclude(Code):
    required_arguments = 1
    optional_arguments = 0
    final_argument_whitespace = True
    has_content = False
    option_spec: ClassVar[dict[str, Any]] = {
        **Code.option_spec,
        **dict.fromkeys(_TEXTS, directives.unchanged_required),
        "caption": directives.unchanged,
        "encoding": directives.encoding,
        "language": directives.unchanged_required,
        "lineno-match": directives.flag,
        "lines": spans,
        "tab-width": directives.nonnegative_int,
    }

    def run(self) -> list[nodes.Node]:
        file = self.arguments[0]
        lines = self._read(file)
        if "diff" in self.options:
            lines = self._changes(file, lines)
        first, lines = self._chosen(lines)
        if "lineno-match" in self.options:
            self.options["lineno-start"] = first
        for option, place in (("prepend", 0), ("append", len(lines) + 1)):
            if option in self.options:
                lines.insert(place, self.options[option])
        if "caption" in self.options and not self.options["caption"]:
            self.options["caption"] = file.rpartition("/")[2].replace("_", "\\_")
        language = "diff" if "diff" in self.options else self.options.get("language", "")
        self.arguments = [language] if language else []
        source, line = self.state_machine.get_source_and_line(self.lineno)
        self.content = StringList(lines, items=[(source or "", (line or 1) - 1)] * len(lines))
        if not any(map(str.strip, lines)):
            raise self.error(f'Error in "{self.name}" directive: nothing is left of {file}.')
        return super().run()

    def _read(self, file: str) -> list[str]:
        """The lines of a file."""
        document = self.state.document
        if file.startswith("/"):
            path = posixpath.join(context.of(document).root.as_posix(), file.lstrip("/"))
        else:
            path = posixpath.join(Path(document.current_source or "").parent.as_posix(), file)
        try:
            read = docutils.io.FileInput(
                source_path=path, encoding=self.options.get("encoding", "utf-8"), error_handler="strict"
            ).read()
        except docutils.io.InputError as fault:
            raise self.severe(f'Problems with "{self.name}" directive path:\n{fault}') from fault
        document.settings.record_dependencies.add(path)
        return read.expandtabs(self.options.get("tab-width", 8)).splitlines()

    def _changes(self, file: str, lines: list[str]) -> list[str]:
        """What the file has that the one named by `:diff:` had not, and the other way round."""
        before = self._read(self.options["diff"])
        if max(len(before), len(lines)) > _LONGEST_DIFF:
            raise self.error(f'Error in "{self.name}" directive: more than {_LONGEST_DIFF} lines to compare.')
        return list(difflib.unified_diff(before, lines, self.options["diff"], file, lineterm=""))

    def _chosen(self, lines: list[str]) -> tuple[int, list[str]]:
        """The number of the first line chosen, from 1, and those lines."""
        first, last = 1, len(lines)
        if name := self.options.get("pyobject"):
            first, last = self._object(lines, name)
        contains: Callable[[str], Callable[[str], bool]] = lambda text: lambda line: text in line  # noqa: E731
        for option, more in (("start-at", 0), ("start-after", 1)):
            if option in self.options:
                first = self._find(lines, option, contains(self.options[option]), first, last) + more
        for option, less in (("end-at", 0), ("end-before", 1)):
            if option in self.options:
                # Where both ends are the same text, the end is the second of it, as it is in Sphinx.
                begin = first + (not less and "start-at" in self.options)
                last = self._find(lines, option, contains(self.options[option]), min(begin, last), last) - less
        part = lines[first - 1 : last]
        if "lines" in self.options:
            wanted = self.options["lines"]
            kept = [n for n in range(1, len(part) + 1) if any(a <= n <= b for a, b in wanted)]
            first, part = first + (kept[0] - 1 if kept else 0), [part[n - 1] for n in kept]
        return first, part

    def _find(self, lines: list[str], option: str, holds: Callable[[str], bool], first: int, last: int) -> int:
        for number in range(first, last + 1):
            if holds(lines[number - 1]):
                return number
        raise self.error(f'Error in "{self.name}" directive: no line has what “:{option}:” says.')

    def _object(self, lines: list[str], name: str) -> tuple[int, int]:
        """First and last line of a function or a class, `Class.method` being one within another."""
        try:
            node: Any = ast.parse("\n".join(lines))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
            raise self.error(f'Error in "{self.name}" directive: the file is not Python.') from fault
        for part in name.split("."):
            found = [child for child in node.body if getattr(child, "name", None) == part and hasattr(child, "body")]
            if not found:
                raise self.error(f'Error in "{self.name}" directive: the file has no object {name}.')
            node = found[0]
        return min([node.lineno, *(mark.lineno for mark in node.decorator_list)]), node.end_lineno


DIRECTIVES = {"literalinclude": LiteralInclude}
