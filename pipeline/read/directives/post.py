"""`.. post:: DATE` is how ABlog is told of a post: its date, `:tags:`, `:category:`, `:language:`.

Its `:author:` is a key of the blog's own settings, not a name; its content is text, unless `:exclude:` says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive, directives

_TOLD = ("tags", "category", "language")
_UNUSED = ("author", "location", "redirect", "title", "image", "excerpt", "external_link", "nocomments")
_OPTIONS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys((*_TOLD, *_UNUSED), directives.unchanged),
    "exclude": directives.flag,
}


class Post(Directive):
    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = _OPTIONS

    def run(self) -> list[nodes.Node]:
        told = {"date": " ".join(self.arguments)}
        told |= {name: self.options.get(name, "") for name in _TOLD}
        source, line = self.state_machine.get_source_and_line(self.lineno)
        for name, value in reversed(told.items()):
            if value:
                meta = nodes.meta("", name=name, content=value, blog=True)
                meta.source, meta.line = source, line
                # Among the text it would be given the name of a target before it.
                self.state.document.insert(0, meta)
        text = nodes.Element()
        if "exclude" not in self.options:
            self.state.nested_parse(self.content, self.content_offset, text)
        return text.children
