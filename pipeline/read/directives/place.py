"""What the directives share: where they stand, words in a line, and a container with a place of its own in the book."""

from __future__ import annotations

from typing import Any, TypeVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives

N = TypeVar("N", bound=nodes.Element)


def number_or_none(written: str | None) -> int | None:
    """What an option says that may be a number; docutils' `value_or` keeps the text."""
    return directives.nonnegative_int(written) if written else None


class AnyOption(dict[str, Any]):
    """The options of a directive that may have others, too: they are for a program, or say how a web page moves."""

    def __missing__(self, _: str) -> Any:
        return directives.unchanged

    def __bool__(self) -> bool:
        return True  # docutils takes an empty one for none


def located(node: N, directive: Directive) -> N:
    """The same node, with the line of the directive."""
    node.source, node.line = directive.state_machine.get_source_and_line(directive.lineno)
    return node


def words(directive: Directive, text: str, kind: Any = nodes.paragraph, **attributes: Any) -> list[nodes.Element]:
    """A text that may have inline markup, as a node of a kind, and what docutils complains of in it."""
    children, messages = directive.state.inline_text(text, directive.lineno)
    return [located(kind(text, "", *children, **attributes), directive), *messages]


def box(directive: Directive, kind: Any = nodes.container, **attributes: Any) -> Any:
    """A node of a kind that holds the directive's content."""
    made = located(kind(directive.block_text, **attributes), directive)
    directive.state.nested_parse(directive.content, directive.content_offset, made)
    return made


def identify(document: Any, node: nodes.Element, name: str) -> None:
    """Give a node an id of its own, made of a name."""
    wanted = document.settings.id_prefix + (nodes.make_id(name) or "object")
    found, number = wanted, 2
    while found in document.ids:
        found, number = f"{wanted}-{number}", number + 1
    document.ids[found] = node
    node["ids"].append(found)


class Placed(Directive):
    """Content that leaves the text's flow and stands in the part of the book called `place` (see model.Chapter)."""

    has_content = True
    place = ""

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        return [box(self, place=self.place)]
