"""`.. toctree::` the chapters of a book, in order: a file a line, without `.rst` if you like, or `Title <file>`.

`/file` starts from the book's folder; `self` and what is an address on the web are no chapters. `:caption:` names them
all, `:numbered:` numbers them, and their headings, as many levels deep as it says. `:maxdepth:` is how many levels the
printed contents show, of which `:titlesonly:` leaves headings out. With `:glob:` a line may be a pattern, for files in
the order of their names; `:reversed:` turns the order round. `:hidden:` shows no list of chapters where it stands.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive, directives

from pipeline.read.facts import toctree

ALL = 99  # levels


def _levels(argument: str | None) -> int:
    return directives.nonnegative_int(argument) if argument and argument.strip() else ALL


class Toctree(Directive):
    has_content = True
    option_spec = {  # noqa: RUF012  # docutils declares it so
        "caption": directives.unchanged_required,
        "class": directives.class_option,
        "glob": directives.flag,
        "hidden": directives.flag,
        "includehidden": directives.flag,  # for a site: a book's contents show all that is in it
        "maxdepth": int,
        "name": directives.unchanged,
        "numbered": _levels,
        "reversed": directives.flag,
        "titlesonly": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        entries: list[Any] = []
        for offset, line in enumerate(self.content):
            if written := line.strip():
                titled = re.fullmatch(r"(.+?)\s*<([^<>]+)>", written, re.DOTALL)
                title, file = titled.groups() if titled else ("", written)
                entries.append((title, file, *self.content.info(offset)))
        node = toctree(
            caption=self.options.get("caption", ""),
            numbered=self.options.get("numbered", 0),
            depth=max(0, self.options.get("maxdepth", 0)),
            entries=entries,
            glob="glob" in self.options,
            hidden="hidden" in self.options,
            reversed="reversed" in self.options,
            titlesonly="titlesonly" in self.options,
        )
        node.source, node.line = self.state_machine.get_source_and_line(self.lineno)
        self.add_name(node)
        return [node]
