"""What the directives of a source tell those after them; docutils carries it among its settings, as `context`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec import Struct, field

from pipeline.read.conf import Conf


class Context(Struct):
    """`root` is the folder of the book: what `/path` starts from; `conf` is what its conf.py says.

    `language` is that of code which names none, `module`, `objects` (outer first) and `program` are what a directive
    stands in, `domain` is that of API directives and roles which name none.
    """

    root: Path
    conf: Conf = field(default_factory=Conf)
    language: str = ""
    domain: str = "py"
    module: str = ""
    program: str = ""
    objects: list[str] = field(default_factory=list)

    def around(self, domain: str) -> str:
        """The full name of what a directive or a role stands in, or ''."""
        outer = self.objects[-1] if self.objects else ""
        if domain != "py" or not self.module or outer.startswith(f"{self.module}."):
            return outer
        return f"{self.module}.{outer}" if outer else self.module


def of(document: Any) -> Context:
    """The context of a document that is being read."""
    return document.settings.context  # type: ignore[no-any-return]
