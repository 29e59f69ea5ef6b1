"""The substitutions allowed between the source's text and the page, and no others:

straight quotes become curly; a spaced hyphen becomes a spaced en dash, held to the word before it; three hyphens are an
em dash; a joiner keeps an unspaced dash on the line of the word before it; words to be kept whole are marked as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from docutils.transforms.universal import SmartQuotes
from docutils.utils import normalize_language_tag
from docutils.utils.smartquotes import smartchars

from pipeline.errors import Diagnostic, Location, warning
from pipeline.read.facts import below

# A dash between spaces, however the source wrote it; not at a block's start, where it may be a list gone wrong.
_SPACED = re.compile(r"(?<=\S)[ \n](-(?=[ \n])|[–—])")
_ELISION = re.compile(r"(?<=\w)'\"(?=\w)")
_UNSPACED = re.compile(r"(?<=\S)(—)")
_TYPED = re.compile(r"(?<=[^\s-])([ \n]?)(---)(?!-)")  # an em dash, as typewriters, Sphinx and LaTeX write it


# What the transform acts on: quotes, escaped signs, and what it itself makes of those for a while.
_QUOTED = re.compile(r"""['"\\\0]|&#""")


class _Quotes(SmartQuotes):
    smartquotes_action = "q"  # quotes alone: docutils would also turn -- and ... into other signs

    def __init__(self, doctree: nodes.document) -> None:
        super().__init__(doctree, startnode=None)
        self.document = _Quoted(doctree)  # type: ignore[assignment]


class _Quoted:
    """A doctree of those blocks alone that have quotes: docutils 0.23 takes the others apart too."""

    def __init__(self, doctree: nodes.document) -> None:
        self.settings, self.reporter, self._doctree = doctree.settings, doctree.reporter, doctree

    def findall(self, kind: type[nodes.TextElement]) -> Iterator[nodes.TextElement]:
        blocks = list(below(self._doctree, kind))
        return (block for block in blocks if _QUOTED.search("".join(below(block, nodes.Text))))


def apply(doctree: nodes.document, language: str, keep_whole: tuple[str, ...], path: Path) -> tuple[Diagnostic, ...]:
    """Set the type of every text of a doctree, in place; a warning if the language's quotation marks are not known."""
    tags = [tag for tag in normalize_language_tag(language.lower()) if tag in smartchars.quotes]
    known = bool(tags)
    for text in list(below(doctree, nodes.Text)) if known else []:
        if _ELISION.search(text) and _is_prose(text):
            # docutils 0.23 takes the two marks of l'"art" for some that close.
            text.parent.replace(text, nodes.Text(_ELISION.sub(f"’{smartchars.quotes[tags[0]][0]}", text)))
    if known:
        doctree.settings.smart_quotes = True
        doctree.settings.language_code = language.lower()
        _Quotes(doctree).apply()
    whole = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, keep_whole))})", re.I) if keep_whole else None
    for block in list(below(doctree, nodes.TextElement)):
        if not isinstance(block.parent, nodes.TextElement):
            _dashes(block)
    for text in list(below(doctree, nodes.Text)) if whole else []:
        pieces = whole.split(text) if whole and _is_prose(text) else [text]
        if len(pieces) > 1:
            text.parent.replace(text, [_piece(p, odd=i % 2 == 1) for i, p in enumerate(pieces) if p])
    if known:
        return ()
    return (warning("RST125", f"no quotation marks are known for {language}: they stay straight", Location(path)),)


def _dashes(block: nodes.TextElement) -> None:
    """Dashes of one block, seen as a whole: what stands before a dash may be emphasised."""
    texts = list(below(block, nodes.Text))
    whole = "".join(texts)
    marks = {match.start(): "\N{NO-BREAK SPACE}" for match in _SPACED.finditer(whole)}
    marks |= {match.start(1): "–" for match in _SPACED.finditer(whole) if match[1] == "-"}
    marks |= {match.start(): "\N{WORD JOINER}—" for match in _UNSPACED.finditer(whole)}
    for match in _TYPED.finditer(whole):
        start, end = match.span(2)
        marks |= {start - 1: "\N{NO-BREAK SPACE}", start: "—"} if match[1] else {start: "\N{WORD JOINER}—"}
        marks |= dict.fromkeys(range(start + 1, end), "")
    start = 0
    for text in texts if marks else []:
        end = start + len(text)
        inside = [place for place in marks if start <= place < end]
        if inside and _is_prose(text):
            signs = list(text)
            for place in inside:
                signs[place - start] = marks[place]
            text.parent.replace(text, nodes.Text("".join(signs)))
        start = end


def _piece(text: str, *, odd: bool) -> nodes.Node:
    """Splitting on a pattern with one group puts what it matched at the odd places."""
    return nodes.inline("", text, classes=["nowrap"]) if odd else nodes.Text(text)


_HELD = (*SmartQuotes.literal_nodes, nodes.comment, nodes.system_message)


def _is_prose(node: nodes.Node) -> bool:
    while node is not None:
        if isinstance(node, _HELD):
            return False
        node = node.parent
    return True
