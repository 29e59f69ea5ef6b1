"""`.. toctree::` the chapters of a book, in order: a file a line, without `.rst` if you like, or `Title <file>`.

`:caption:` makes them a part of the book, `:numbered:` numbers them, `:maxdepth:` is how many levels of their headings
the printed contents show.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive, directives


class toctree(nodes.Invisible, nodes.Element):  # noqa: N801 - docutils' nodes are named so
    """The place of a toctree. `entries` are (title or '', file as written, source, line)."""


class Toctree(Directive):
    has_content = True
    option_spec = {  # noqa: RUF012  # docutils declares it so
        "caption": directives.unchanged_required,
        "maxdepth": directives.nonnegative_int,
        "numbered": directives.flag,
        "name": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        entries: list[Any] = []
        for offset, line in enumerate(self.content):
            if written := line.strip():
                titled = re.fullmatch(r"(.+?)\s*<([^<>]+)>", written)
                title, file = titled.groups() if titled else ("", written)
                entries.append((title, file, *self.content.info(offset)))
        return [
            toctree(
                caption=self.options.get("caption", ""),
                numbered="numbered" in self.options,
                depth=self.options.get("maxdepth", 0),
                entries=entries,
            )
        ]
