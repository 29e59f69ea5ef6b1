"""`.. code:: LANGUAGE` (also `code-block`, `sourcecode`) lines of a program. How they are shown, `read/code.py` says.

`:number-lines:` numbers them, from 1 or from the number that it says; so do `:linenos:` and `:lineno-start:`.
`:caption:` stands above them, `:emphasize-lines:` marks some (`1,3-5`, counted from the first), `:dedent:` takes away
what all begin with, or so many columns.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList

from pipeline.read import context
from pipeline.read.directives.place import located, number_or_none, words
from pipeline.read.limits import MAX_DIGITS
from pipeline.read.offline import body


def _spans(written: str) -> tuple[tuple[int, int], ...]:
    return spans(directives.unchanged_required(written))


class Code(body.CodeBlock):
    option_spec: ClassVar[dict[str, Any]] = {
        **body.CodeBlock.option_spec,
        "caption": directives.unchanged_required,
        "dedent": number_or_none,
        "emphasize-lines": _spans,
        "force": directives.flag,
        "lineno-start": int,
        "linenos": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        if "dedent" in self.options:
            self.content = _dedented(self.content, self.options["dedent"])
        language = self.arguments[0] if self.arguments else context.of(self.state.document).language
        name = self.options.pop("name", "") if "caption" in self.options else ""
        (block,) = super().run()  # type: ignore[no-untyped-call]
        assert isinstance(block, nodes.literal_block)
        # docutils puts the language among the classes, where an author's own stand too.
        block["language"] = language
        if "linenos" in self.options or "lineno-start" in self.options:
            block["first"] = self.options.get("lineno-start", 1)
        if "emphasize-lines" in self.options:
            block["emphasized"] = self.options["emphasize-lines"]
        located(block, self)
        if "caption" not in self.options:
            return [block]
        caption, *messages = words(self, self.options["caption"], nodes.caption)
        listing = located(nodes.figure("", caption, block, classes=["listing"]), self)
        if name:
            self.options["name"] = name
            self.add_name(listing)
        return [listing, *messages]


def spans(written: str) -> tuple[tuple[int, int], ...]:
    """First and last of each of the numbers in `1,3-5,8-`. Raises ValueError for what is none."""
    result = []
    for part in written.split(","):
        found = re.fullmatch(r"\s*(\d{0,9})\s*(-?)\s*(\d{0,9})\s*", part)
        if not found or not (found[1] or found[3]) or (found[3] and not found[2]):
            raise ValueError(f"“{part.strip()}” is no line, and no lines from one to another")
        first = int(found[1] or 1)
        last = int(found[3] or 10**MAX_DIGITS) if found[2] else first
        if first < 1 or last < first:
            raise ValueError(f"“{part.strip()}” ends before it begins")
        result.append((first, last))
    return tuple(result)


def _dedented(lines: StringList, columns: int | None) -> StringList:
    if columns is None:
        columns = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    result: Any = lines[:]
    result.disconnect()
    for number, line in enumerate(result):
        result[number] = line[min(columns, len(line) - len(line.lstrip())) :]
    return StringList(initlist=list(result), items=list(result.items))
