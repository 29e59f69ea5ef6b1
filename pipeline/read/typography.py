"""The substitutions allowed between the source's text and the page, and no others:

straight quotes become curly; a spaced hyphen becomes a spaced en dash, held to the word before it; a joiner keeps an
unspaced dash on the line of the word before it; words to be kept whole are marked as such.
"""

from __future__ import annotations

import re
from pathlib import Path

from docutils import nodes
from docutils.transforms.universal import SmartQuotes
from docutils.utils import normalize_language_tag
from docutils.utils.smartquotes import smartchars

from pipeline.errors import Diagnostic, Location, warning

# A dash between spaces, however the source wrote it; not at a block's start, where it may be a list gone wrong.
_SPACED = re.compile(r"(?<=\S)[ \n](-(?=[ \n])|[–—])")
_ELISION = re.compile(r"(?<=\w)'\"(?=\w)")
_UNSPACED = re.compile(r"(?<=\S)(—)")


class _Quotes(SmartQuotes):
    smartquotes_action = "q"  # quotes alone: docutils would also turn -- and ... into other signs


def apply(doctree: nodes.document, language: str, keep_whole: tuple[str, ...], path: Path) -> tuple[Diagnostic, ...]:
    """Set the type of every text of a doctree, in place; a warning if the language's quotation marks are not known."""
    tags = [tag for tag in normalize_language_tag(language.lower()) if tag in smartchars.quotes]
    known = bool(tags)
    for text in list(doctree.findall(nodes.Text)) if known else []:
        if _ELISION.search(text) and _is_prose(text):
            # docutils 0.23 takes the two marks of l'"art" for some that close.
            text.parent.replace(text, nodes.Text(_ELISION.sub(f"’{smartchars.quotes[tags[0]][0]}", text)))
    if known:
        doctree.settings.smart_quotes = True
        doctree.settings.language_code = language.lower()
        _Quotes(doctree, startnode=None).apply()
    whole = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, keep_whole))})", re.I) if keep_whole else None
    for block in list(doctree.findall(nodes.TextElement)):
        if not isinstance(block.parent, nodes.TextElement):
            _dashes(block)
    for text in list(doctree.findall(nodes.Text)) if whole else []:
        pieces = whole.split(text) if whole and _is_prose(text) else [text]
        if len(pieces) > 1:
            text.parent.replace(text, [_piece(p, odd=i % 2 == 1) for i, p in enumerate(pieces) if p])
    if known:
        return ()
    return (warning("RST125", f"no quotation marks are known for {language}: they stay straight", Location(path)),)


def _dashes(block: nodes.TextElement) -> None:
    """Dashes of one block, seen as a whole: what stands before a dash may be emphasised."""
    texts = list(block.findall(nodes.Text))
    whole = "".join(texts)
    marks = {match.start(): "\N{NO-BREAK SPACE}" for match in _SPACED.finditer(whole)}
    marks |= {match.start(1): "–" for match in _SPACED.finditer(whole) if match[1] == "-"}
    marks |= {match.start(): "\N{WORD JOINER}—" for match in _UNSPACED.finditer(whole)}
    start = 0
    for text in texts:
        if _is_prose(text):
            dashed = "".join(marks.get(place, sign) for place, sign in enumerate(text, start))
            if dashed != text:
                text.parent.replace(text, nodes.Text(dashed))
        start += len(text)


def _piece(text: str, *, odd: bool) -> nodes.Node:
    """Splitting on a pattern with one group puts what it matched at the odd places."""
    return nodes.inline("", text, classes=["nowrap"]) if odd else nodes.Text(text)


def _is_prose(node: nodes.Node) -> bool:
    held = (*SmartQuotes.literal_nodes, nodes.comment, nodes.system_message)
    while node is not None:
        if isinstance(node, held):
            return False
        node = node.parent
    return True
