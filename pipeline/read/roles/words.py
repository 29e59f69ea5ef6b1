"""Roles that say what kind of words these are: a command, a file, a key, the label of a button."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from docutils import nodes
from docutils.utils import unescape

Told = tuple[list[nodes.Node], list[nodes.system_message]]  # what a role function returns
Role = Callable[..., Told]

_TITLED = re.compile(r"(.+?)\s*<([^<>]*)>", re.DOTALL)

_ACCELERATOR = re.compile(r"&(?!\s)(&?)")  # the letter that a menu underlines; two stand for the sign itself
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_ARROW = "\N{TRIANGULAR BULLET}"


def titled(text: str) -> tuple[str, str]:
    """The title that `title <target>` gives, or '', and the target."""
    found = _TITLED.fullmatch(text)
    return (found[1], found[2]) if found else ("", text)


def _role(make: Callable[[str, str], list[nodes.Node]]) -> Role:
    """A role function from what makes nodes of its raw text and its text."""

    def role(
        name: str,  # noqa: ARG001  # docutils passes all of it
        raw: str,
        text: str,
        line: int,  # noqa: ARG001
        inliner: Any,  # noqa: ARG001
        options: dict[str, Any] | None = None,
        content: list[str] | None = None,  # noqa: ARG001
    ) -> Told:
        made = make(raw, text)
        for node in made:
            if isinstance(node, nodes.Element):
                node["classes"] += (options or {}).get("classes", [])
        return made, []

    return role


def _in(kind: Any, *classes: str) -> Role:
    return _role(lambda raw, text: [kind(raw, unescape(text), classes=list(classes))])


def _sample(*classes: str) -> Role:
    """A literal in which {words in braces} stand for others."""

    def make(raw: str, text: str) -> list[nodes.Node]:
        literal = nodes.literal(raw, "", classes=list(classes))
        for number, part in enumerate(_PLACEHOLDER.split(unescape(text))):
            if part:
                literal += nodes.emphasis("", part) if number % 2 else nodes.Text(part)
        return [literal]

    return _role(make)


def _menu(raw: str, text: str) -> list[nodes.Node]:
    steps = _ACCELERATOR.sub(r"\1", unescape(text)).split("-->")
    return [nodes.inline(raw, f" {_ARROW} ".join(step.strip() for step in steps), classes=["menuselection"])]


def _label(raw: str, text: str) -> list[nodes.Node]:
    return [nodes.inline(raw, _ACCELERATOR.sub(r"\1", unescape(text)), classes=["guilabel"])]


def _file(raw: str, text: str) -> list[nodes.Node]:
    """A file that no edition brings: its title, or else its name as code."""
    title, target = titled(unescape(text))
    return [nodes.inline(raw, title) if title else nodes.literal(raw, target)]


def _abbreviation(raw: str, text: str) -> list[nodes.Node]:
    """`LIFO (last in, first out)`: what it stands for remains text, for those who cannot point at it."""
    said = unescape(text)
    short, bracket, long = said.partition(" (")
    return [nodes.abbreviation(raw, short), *([nodes.Text(bracket + long)] if bracket else [])]


ROLES: dict[str, Role] = {
    "abbr": _role(_abbreviation),
    **dict.fromkeys(("command", "program", "makevar"), _in(nodes.strong)),
    **dict.fromkeys(("mailheader", "manpage", "mimetype", "newsgroup"), _in(nodes.emphasis)),
    **dict.fromkeys(("download", "source"), _role(_file)),
    "regexp": _in(nodes.literal),
    "dfn": _in(nodes.inline, "dfn"),
    "file": _sample("file"),
    "guilabel": _role(_label),
    "kbd": _in(nodes.literal, "kbd"),
    "menuselection": _role(_menu),
    "samp": _sample(),
}
