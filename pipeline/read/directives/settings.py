"""Directives of Sphinx' dialect that show nothing: they tell those after them something, or a program."""

from __future__ import annotations

from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives

from pipeline.read import context
from pipeline.read.directives.place import AnyOption, identify, located, number_or_none


class highlight(nodes.Invisible, nodes.Element):  # noqa: N801 - docutils' nodes are named so
    """From here on code that names no language is in `language`; from `threshold` lines on, if any, it is numbered."""


class Highlight(Directive):
    """`.. highlight:: LANGUAGE`, with `:linenothreshold:`."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {
        "linenothreshold": number_or_none,
        "force": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        node = highlight(language=self.arguments[0], threshold=self.options.get("linenothreshold"))
        return [located(node, self)]


class Unseen(Directive):
    """What only an index, a style or a program would read: whose text this is, how wide a column shall be in LaTeX."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = {
        "platform": directives.unchanged,
        "synopsis": directives.unchanged,
        **dict.fromkeys(("deprecated", "no-index", "no-index-entry", "noindex"), directives.flag),
    }

    def run(self) -> list[nodes.Node]:
        return []


class Module(Unseen):
    """The module that what follows belongs to; `None` for none. What it has to say is text."""

    def run(self) -> list[nodes.Node]:
        name = "".join(self.arguments).strip()
        context.of(self.state.document).module = "" if name == "None" else name
        holder = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, holder)
        if not name or not self.name.endswith("module") or self.name.endswith("currentmodule"):
            return list(holder.children)
        target = located(nodes.target(gives=("py", "mod", name)), self)
        identify(self.state.document, target, f"py-{name}")
        return [target, *holder.children]


class Crossref(Directive):
    """A name for the place where it stands, which no reader sees."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = AnyOption()

    def run(self) -> list[nodes.Node]:
        name = " ".join(self.arguments[0].split())
        target = located(nodes.target(gives=("std", self.name, name)), self)
        identify(self.state.document, target, f"{self.name}-{name}")
        return [target]


class Program(Unseen):
    """The program whose options follow."""

    def run(self) -> list[nodes.Node]:
        context.of(self.state.document).program = "".join(self.arguments)
        return []


class DefaultDomain(Unseen):
    def run(self) -> list[nodes.Node]:
        context.of(self.state.document).domain = "".join(self.arguments)
        return []


# What the books of Django and Scrapy name, by programs of their own.
NAMED = ("fieldlookup", "reqmeta", "setting", "signal", "templatefilter", "templatetag")

DIRECTIVES = {
    **dict.fromkeys(("currentmodule", "js:module", "module", "py:currentmodule", "py:module"), Module),
    **dict.fromkeys(("codeauthor", "moduleauthor", "sectionauthor", "tabularcolumns", "todolist"), Unseen),
    "default-domain": DefaultDomain,
    **dict.fromkeys(("highlight", "highlightlang"), Highlight),
    "program": Program,
    **dict.fromkeys(NAMED, Crossref),
}
