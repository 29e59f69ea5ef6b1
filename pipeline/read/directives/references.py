"""Roles that lead to something by its name, as Sphinx has them: `:ref:`, `:doc:`, `:term:`, those of programs' parts.

What they lead to may be in another chapter, so that here they only say what they are looking for (read/references.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from docutils import nodes
from docutils.utils import unescape

_TITLED = re.compile(r"(.+?)\s*(?<!\x00)<(.*?)>", re.DOTALL)

# Of parts of programs (Sphinx' domains): those of Python have a name without its domain, too.
_PYTHON = ("attr", "class", "const", "data", "deco", "exc", "func", "meth", "mod", "obj", "prop", "type")
_C = ("data", "enum", "enumerator", "expr", "func", "macro", "member", "struct", "texpr", "type", "union", "var")
_CPP = ("any", "class", "concept", "enum", "enumerator", "expr", "func", "member", "texpr", "type", "var")
_JS = ("attr", "class", "data", "func", "meth", "mod")
_CALLED = frozenset(("func", "meth"))  # shown with brackets
_PARTS = (
    *_PYTHON,
    *(f"py:{name}" for name in _PYTHON),
    *(f"c:{name}" for name in _C),
    *(f"cpp:{name}" for name in _CPP),
    *(f"js:{name}" for name in _JS),
    *("rst:dir", "rst:role"),
)
_LITERAL = ("confval", "envvar", "keyword", "option", "token")
_WORDS = ("any", "doc", "eq", "numref", "ref", "term")


def _role(kind: str, *, literal: bool) -> Callable[..., Any]:
    def role(name: str, raw: str, text: str, line: int, inliner: Any, *_: Any, **__: Any) -> Any:  # noqa: ARG001
        titled = _TITLED.fullmatch(text)
        said = unescape(titled[1]) if titled else ""
        form = said if kind == "numref" else ""
        said = "" if form else said
        wanted = " ".join(unescape(titled[2] if titled else text).split())
        link = not (titled[2] if titled else text).startswith("!")
        wanted = wanted.removeprefix("!")
        plain = said
        if not said:
            plain = _shown(kind, wanted) if literal else wanted
        wanted = wanted.removeprefix("~")
        words: list[nodes.Node] = [nodes.literal(raw, plain)] if literal else [nodes.Text(plain)]
        if not link:
            return words, []
        looked_for = kind, wanted, said, plain, form
        return [nodes.reference(raw, "", *words, refuri=SCHEME, member=True, wanted=looked_for)], []

    return role


def _shown(kind: str, wanted: str) -> str:
    """What a reader sees of the name of a program's part: of a dotted one after `~` the last part alone."""
    short = wanted.startswith("~")
    shown = wanted.removeprefix("~")
    if kind.rpartition(":")[2] in _CALLED and not shown.endswith(")"):
        shown += "()"
    head, bracket, arguments = shown.partition("(")
    return (head.rpartition(".")[2] if short else head.removeprefix(".")) + bracket + arguments


SCHEME = "xref:?"  # what an address begins with that is a number of a reference


def named(kind: str) -> Callable[..., Any]:
    """The role of a kind of things that a book makes for itself."""
    return _role(kind, literal=True)


ROLES: dict[str, Any] = {
    **{f"{domain}{name}": _role(name, literal=False) for name in _WORDS for domain in ("", "std:")},
    **{f"{domain}{name}": _role(name, literal=True) for name in _LITERAL for domain in ("", "std:")},
    **{name: _role(name if ":" in name else f"py:{name}", literal=True) for name in _PARTS},
}
