"""Passages in another language: `.. lang:: fr` for blocks, and for words in a line a role that is named after it.

    .. role:: fr(lang)

    She calls it :fr:`le mot juste`.

The tag is the role's name, or its `:tag:`. docutils' own sign for a language is a class, `language-fr`, which its
writer makes an attribute of, and its quotation marks follow.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.utils import unescape

from pipeline.errors import Location
from pipeline.settings import refused_language

_PREFIX = "language-"


class Lang(Directive):
    has_content = True
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        try:
            language = tag(self.arguments[0])
        except ValueError as fault:
            raise self.error(str(fault)) from fault
        box = nodes.container(self.block_text, classes=[_PREFIX + language])
        box.source, box.line = self.state_machine.get_source_and_line(self.lineno)
        self.state.nested_parse(self.content, self.content_offset, box)
        return [box]


def lang(
    role: str,
    rawtext: str,
    text: str,
    lineno: int,
    inliner: Any,
    options: dict[str, Any] | None = None,
    content: list[str] | None = None,  # noqa: ARG001  # docutils passes it by name
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """The role `lang`, on which an author's own are based."""
    given = options or {}
    try:
        if not given.get("tag") and role == "lang":
            raise ValueError("the role lang has no language: write “.. role:: fr(lang)”, then :fr:`…`")
        language = given.get("tag") or tag(role)
    except ValueError as fault:
        message = inliner.reporter.error(str(fault), line=lineno)
        return [inliner.problematic(rawtext, rawtext, message)], [message]
    # docutils makes a class of each custom role's name, unless it is told others.
    classes = [_PREFIX + language, *(name for name in given.get("classes", ()) if name != role.lower())]
    return [nodes.inline(rawtext, unescape(text, restore_backslashes=False), classes=classes)], []


def tag(written: str) -> str:
    """A language tag as BCP 47 likes it written: `zh-Hant-TW`, though docutils makes role names lower case.

    Raises ValueError for what is none.
    """
    if faults := refused_language(written, Location(Path()), ""):
        raise ValueError(f"{faults[0].message}: {faults[0].hint}")
    main, *parts = written.lower().split("-")
    forms = {2: str.upper, 4: str.title}
    return "-".join([main, *(forms.get(len(part), str)(part) if part.isalpha() else part for part in parts)])


lang.options = {"tag": tag}  # type: ignore[attr-defined]  # docutils reads it there
