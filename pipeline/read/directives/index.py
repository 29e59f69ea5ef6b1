"""`.. index::` what the index has of this place, a line each, and the role `index`, for words of the text.

    .. index:: ! oak, acorn
       single: tree; old
       pair: leaf; fall
       triple: ring; of; a year
       see: quercus; oak
       seealso: oak; elm

A `!` makes it the place where most is said. `module`, `keyword`, `operator`, `object`, `exception`, `statement` and
`builtin`, as older texts have them, are pairs with those words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, count
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from docutils.utils import unescape

_PAIRS = {
    "module": "module",
    "keyword": "keyword",
    "operator": "operator",
    "object": "object",
    "exception": "exception",
    "statement": "statement",
    "builtin": "built-in function",
}
_KINDS = ("single", "pair", "double", "triple", "see", "seealso")
_Told = tuple[str, str, bool]  # a kind, what is written after it, whether it is a main place


class Index(Directive):
    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {"name": directives.unchanged}  # noqa: RUF012  # docutils declares it so

    def run(self) -> list[nodes.Node]:
        mark = nodes.target(self.block_text, "")
        mark.source, mark.line = self.state_machine.get_source_and_line(self.lineno)
        told = [*chain.from_iterable(_told(unescape(line)) for line in self.arguments[0].splitlines())]
        marked(self.state.document, mark, told)
        self.add_name(mark)
        return [mark]


def index(name: str, raw: str, text: str, line: int, inliner: Any, *_: Any, **__: Any) -> Any:  # noqa: ARG001
    """The role: its words are in the text and in the index, or what stands in <…> is."""
    said = unescape(text)
    if titled := re.fullmatch(r"(.+?)\s*<(.*)>", said, re.DOTALL):
        words, told = titled[1], list(_told(" ".join(titled[2].split())))
    else:
        words = said.removeprefix("!").strip()
        told = [("single", " ".join(words.split()), said.startswith("!"))]
    mark = nodes.inline(raw, words)
    marked(inliner.document, mark, told)
    return [mark], []


def marked(document: nodes.document, mark: nodes.Element, told: Sequence[_Told]) -> None:
    """Make a node a place of the index: give it an id, and `indexed`, what is said there of it."""
    stem = f"{document.settings.id_prefix}index-"
    # Where ids are looked for from the beginning each time, thousands of them take minutes.
    numbers = document.__dict__.setdefault("index_numbers", count(1))
    name = next(f"{stem}{number}" for number in numbers if f"{stem}{number}" not in document.ids)
    document.ids[name] = mark
    mark["ids"].append(name)
    mark["indexed"] = [(name, *entry) for entry in told]


def _told(line: str) -> Iterator[_Told]:
    entry = line.strip()
    main = entry.startswith("!")
    entry = entry.removeprefix("!").lstrip()
    kind, colon, rest = entry.partition(":")
    if colon and kind in _PAIRS:
        yield "pair", f"{_PAIRS[kind]}; {rest.strip()}", main
    elif colon and kind in _KINDS:
        main = main or rest.lstrip().startswith("!")
        yield {"double": "pair"}.get(kind, kind), rest.strip().removeprefix("!").strip(), main
    else:
        for number, words in enumerate(entry.split(",")):
            own = words.strip()
            if bare := own.removeprefix("!").strip():
                yield "single", bare, own.startswith("!") or (main and not number)
