"""`.. only:: EXPRESSION` content for some kinds of editions.

All editions of a book say the same, so all are asked at once: an expression (`and`, `or`, `not`, brackets) is about the
tags in TAGS, which are true, and any other, which is not. `ifconfig` asks for settings that only a program has: its
content stays.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList

TAGS = frozenset(("builder_epub", "builder_html", "builder_latex", "epub", "format_html", "format_latex", "html"))
TAGS |= {"latex", "pdf", "print"}
_TOKEN = re.compile(r"\s*([()]|[\w-]+)")
_DEEPEST = 20  # brackets and negations inside each other


class Only(Directive):
    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        try:
            holds = true(self.arguments[0])
        except ValueError as fault:
            raise self.error(f'Error in "only" directive: {fault}.') from fault
        return _read_on(self) if holds else []


class IfConfig(Only):
    def run(self) -> list[nodes.Node]:
        return _read_on(self)


def _read_on(directive: Directive) -> list[nodes.Node]:
    """Have the content read as if it stood where the directive does: a heading in it is one of the text around."""
    machine: Any = directive.state_machine
    if not directive.content:
        return []
    place: Any = directive.content.info(0)
    blank = StringList([""], items=[place])
    lines: Any = directive.content[:]
    lines.disconnect()
    machine.input_lines.insert(machine.line_offset + 1, blank + lines + blank)
    return []


def true(expression: str) -> bool:
    """Whether an expression is true of TAGS. Raises ValueError for what is none."""
    tokens = _TOKEN.findall(expression)
    if _TOKEN.sub("", expression).strip() or not tokens:
        raise ValueError(f"{expression!r} is no expression of tags")
    value, rest = _either(tokens, 0)
    if rest:
        raise ValueError(f"{expression!r} is no expression of tags: {rest[0]!r} follows its end")
    return value


def _either(tokens: list[str], depth: int) -> tuple[bool, list[str]]:
    value, tokens = _both(tokens, depth)
    while tokens[:1] == ["or"]:
        other, tokens = _both(tokens[1:], depth)
        value = value or other
    return value, tokens


def _both(tokens: list[str], depth: int) -> tuple[bool, list[str]]:
    value, tokens = _one(tokens, depth)
    while tokens[:1] == ["and"]:
        other, tokens = _one(tokens[1:], depth)
        value = value and other
    return value, tokens


def _one(tokens: list[str], depth: int) -> tuple[bool, list[str]]:
    if not tokens or tokens[0] in ("and", "or", ")") or depth > _DEEPEST:
        raise ValueError("a tag is missing" if depth <= _DEEPEST else "brackets stand inside each other too many times")
    if tokens[0] == "not":
        value, rest = _one(tokens[1:], depth + 1)
        return not value, rest
    if tokens[0] == "(":
        value, rest = _either(tokens[1:], depth + 1)
        if rest[:1] != [")"]:
            raise ValueError("a bracket is not closed")
        return value, rest[1:]
    return tokens[0] in TAGS, tokens[1:]


DIRECTIVES = {"ifconfig": IfConfig, "only": Only}
