"""The substitutions allowed between the source's text and the page, and no others:

straight quotes become curly; a spaced hyphen becomes a spaced en dash, held to the word before it, as two hyphens are;
three are an em dash; a joiner keeps an unspaced dash on the line of the word before it; words to be kept whole are
marked as such.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Literal

from docutils import nodes
from docutils.transforms.universal import SmartQuotes
from docutils.utils import normalize_language_tag
from docutils.utils.smartquotes import educate_tokens, smartchars

from pipeline import scripts
from pipeline.errors import Diagnostic, Location, warning
from pipeline.read.facts import below

# A dash between spaces, however the source wrote it; not at a block's start, where it may be a list gone wrong.
_SPACED = re.compile(r"(?<=\S)[ \n](--?(?=[ \n])|[–—])")
_ELISION = re.compile(r"(?<=\w)'\"(?=\w)")
_GENITIVE = re.compile(r"(?<=\w)\"'(?=\w)")
_UNSPACED = re.compile(rf"(?<=[^\s{scripts.DENSE}—])(—)(?!—)")
_TYPED = re.compile(r"(?<=[^\s-])([ \n]?)(---)(?!-)")  # an em dash, as typewriters, Sphinx and LaTeX write it


# What the transform acts on: quotes, escaped signs, and what it itself makes of those for a while.
_QUOTED = re.compile(r"""['"\\\0]|&#""")


# Marks that docutils 0.23 does not know: Unicode CLDR, delimiters; of Arabic what most of its books have.
_MARKS = {
    **dict.fromkeys(("hi", "id", "ms", "sw", "th", "ur", "vi", "zh"), "“”‘’"),
    **dict.fromkeys(("zh-hant", "zh-hk", "zh-mo"), "「」『』"),
    **dict.fromkeys(("be", "hy"), "«»„“"),
    "ar": "«»“”",
    "fa": "«»‹›",
    "ka": "„“«»",
}


_Kind = Literal["literal", "plain"]  # docutils' kinds of tokens


class _Quotes(SmartQuotes):
    smartquotes_action = "q"  # quotes alone: docutils would also turn -- and ... into other signs

    def __init__(self, doctree: nodes.document) -> None:
        super().__init__(doctree, startnode=None)
        self.document = _Quoted(doctree)  # type: ignore[assignment]

    def get_tokens(self, txtnodes: Iterable[nodes.Node]) -> Generator[tuple[_Kind, str], None, None]:
        """docutils 0.23 gives a passage its paragraph's marks, and looks for a space before those that open.

        It also takes an escaped space for one, and knows nothing of what comes after a text.
        """
        texts = list(txtnodes)
        opens = True
        following = [*texts[1:], ""]
        for node, after, (kind, text) in zip(texts, following, super().get_tokens(texts), strict=True):
            language = _language(node, self.document.settings.language_code)
            marks = _marks(language)
            if kind == "literal" or not _QUOTED.search(text):
                yield kind, text
                continue
            text = re.sub("\0[ \n]", "", text).replace('"""', r"\"\"\"")  # three are a quotation of programs
            if marks and str(after)[:1].isalnum():
                text = re.sub(r"(?<=[(\[{])\"\Z", marks[0], re.sub(r"(?<=[(\[{])'\Z", marks[2], text))
            if marks and scripts.is_unspaced(language):
                parts = text.split('"')
                whole = parts[0]
                for part in parts[1:]:
                    whole += marks[0 if opens else 1] + part
                    opens = not opens
                yield "literal", re.sub(r"\\([-\\'\".`])", r"\1", whole)
            elif _is_passage(node):
                yield "literal", "".join(educate_tokens([(kind, text)], attr="q", language=_tag(language)))
            else:
                yield kind, text


def _language(node: nodes.Node, document: str) -> str:
    parent = node.parent
    assert isinstance(parent, nodes.Element)
    return parent.get_language_code(document)


def _is_passage(node: nodes.Node) -> bool:
    """Whether a text is in another language than the paragraph around it."""
    parent = node.parent
    while isinstance(parent, nodes.TextElement):
        if isinstance(parent, nodes.Inline) and any(name.startswith("language-") for name in parent["classes"]):
            return True
        parent = parent.parent
    return False


def _tag(language: str) -> str:
    """The tag by which docutils knows a language's marks; '' for none."""
    return next((tag for tag in normalize_language_tag(language.lower()) if tag in smartchars.quotes), "")


def _marks(language: str) -> str | tuple[str, ...]:
    tag = _tag(language)
    return smartchars.quotes[tag] if tag else ""


class _Quoted:
    """A doctree of those blocks alone that have quotes: docutils 0.23 takes the others apart too."""

    def __init__(self, doctree: nodes.document) -> None:
        self.settings, self.reporter, self._doctree = doctree.settings, doctree.reporter, doctree

    def findall(self, kind: type[nodes.TextElement]) -> Iterator[nodes.TextElement]:
        blocks = list(below(self._doctree, kind))
        return (block for block in blocks if _QUOTED.search("".join(below(block, nodes.Text))))


def apply(doctree: nodes.document, language: str, keep_whole: tuple[str, ...], path: Path) -> tuple[Diagnostic, ...]:
    """Set the type of every text of a doctree, in place; a warning if the language's quotation marks are not known."""
    smartchars.quotes |= _MARKS
    main = _marks(language)
    known = bool(main)
    for text in list(below(doctree, nodes.Text)) if known else []:
        if (_ELISION.search(text) or _GENITIVE.search(text)) and _is_prose(text):
            # docutils 0.23 takes the two marks of l'"art" for some that close, and those of "art"'s for some that open.
            text.parent.replace(text, nodes.Text(_GENITIVE.sub(f"{main[1]}’", _ELISION.sub(f"’{main[0]}", text))))
    straight = any('"' in text and _is_prose(text) for text in below(doctree, nodes.Text))
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
    if known or not straight:
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
