"""Panels: `seealso` of Sphinx, and what its extensions show as tabs, cards and grids.

A page has no tabs to press: each is a panel with its title, in order.
"""

from __future__ import annotations

import re

from docutils import nodes
from docutils.parsers.rst import Directive, directives

from pipeline.read import context
from pipeline.read.directives.place import AnyOption, box, located, words


class SeeAlso(Directive):
    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        made = box(self, nodes.admonition, classes=["seealso"])
        said = words(self, self.arguments[0]) if self.arguments else []
        made[:0] = [located(nodes.title("", self.state.document.settings.labels["seealso"]), self), *said]
        return [made]


class Todo(Directive):
    """A note of the author's to the author: left out, unless the book's conf.py says otherwise."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec = {"class": directives.class_option, "name": directives.unchanged}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        if context.of(self.state.document).conf.values.get("todo_include_todos") is not True:
            return []
        made = box(self, nodes.admonition, classes=["todo"])
        said = words(self, self.arguments[0]) if self.arguments else []
        made[:0] = [located(nodes.title("", self.state.document.settings.labels["todo"]), self), *said]
        return [made]


class Panel(Directive):
    """A title, and content under it; without a title, or a border to be seen, it is content alone."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec = AnyOption()

    def run(self) -> list[nodes.Node]:
        title = self.arguments[0] if self.arguments else self.options.get("title", "")
        if not title:
            return [box(self, classes=["panel"])]
        made = box(self, nodes.admonition, classes=["panel"])
        made[:0] = words(self, title, nodes.title)
        return [made]


class Layout(Directive):
    """What only says how its content is laid out beside each other, and has an argument that says so, too."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec = AnyOption()

    def run(self) -> list[nodes.Node]:
        made = box(self)
        return list(made.children)


class CodeTab(Directive):
    """`.. code-tab:: LANGUAGE TITLE` lines of a program under a title."""

    has_content = True
    required_arguments = 1
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec = AnyOption()

    def run(self) -> list[nodes.Node]:
        language, title = self.arguments[0], " ".join(self.arguments[1:]) or self.arguments[0]
        text = "\n".join(self.content)
        block = located(nodes.literal_block(text, text, classes=["code"], language=language), self)
        return [nodes.admonition("", *words(self, title, nodes.title), block, classes=["panel"])]


class Button(Directive):
    """A link with room around it."""

    has_content = True
    required_arguments = 1
    final_argument_whitespace = True
    option_spec = AnyOption()

    def run(self) -> list[nodes.Node]:
        target = self.arguments[0]
        said = " ".join(self.content) or target
        if not re.match(r"[\w+.-]+:", target):
            return list(words(self, said))
        return [located(nodes.paragraph("", "", nodes.reference("", said, refuri=target)), self)]


DIRECTIVES = {
    **dict.fromkeys(("seealso",), SeeAlso),
    "todo": Todo,
    **dict.fromkeys(("card", "collapse", "details", "dropdown", "grid-item-card", "group-tab", "tab"), Panel),
    **dict.fromkeys(("tab-item", "toggle"), Panel),
    **dict.fromkeys(("acks", "card-carousel", "div", "grid", "grid-item", "hlist"), Layout),
    **dict.fromkeys(("tab-set", "tab-set-code", "tabs"), Layout),
    **dict.fromkeys(("button-link", "button-ref"), Button),
    "code-tab": CodeTab,
}
