"""The substitutions allowed between the source's text and the page, and no others:

straight quotes become curly; a spaced hyphen becomes a spaced en dash, held to the word before it; a joiner keeps an
unspaced dash on the line of the word before it; words to be kept whole are marked as such.
"""

from __future__ import annotations

import re

from docutils import nodes
from docutils.transforms.universal import SmartQuotes

# A dash between spaces, however the source wrote it; not at a block's start, where it may be a list gone wrong.
_SPACED = re.compile(r"(?<=\S)[ \n](-|–|—)(?=[ \n])")
_UNSPACED = re.compile(r"(?<=\w)(—)(?=\S)")


class _Quotes(SmartQuotes):
    smartquotes_action = "q"  # quotes alone: docutils would also turn -- and ... into other signs


def apply(doctree: nodes.document, language: str, keep_whole: tuple[str, ...]) -> None:
    """Set the type of every text of a doctree, in place."""
    doctree.settings.smart_quotes = True
    doctree.settings.language_code = language
    _Quotes(doctree, startnode=None).apply()
    whole = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, keep_whole))})", re.I) if keep_whole else None
    for text in list(doctree.findall(nodes.Text)):
        if not _is_prose(text):
            continue
        dashed = _SPACED.sub(lambda m: "\N{NO-BREAK SPACE}" + ("–" if m[1] == "-" else m[1]), text)
        dashed = _UNSPACED.sub("\N{WORD JOINER}\\1", dashed)
        pieces = whole.split(dashed) if whole else [dashed]
        if len(pieces) > 1 or dashed != text:
            text.parent.replace(text, [_piece(p, odd=i % 2 == 1) for i, p in enumerate(pieces) if p])


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
