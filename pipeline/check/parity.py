"""Parity: every block of the source is in the edition, once, in order, and nothing else is.

Both sides are brought to one canonical form first, which undoes exactly the substitutions that are allowed between a
source's text and a page: curly quotes, the en dash for a spaced hyphen, joiners, white space. What is left must be
equal, code point by code point.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.check import pdf as paged
from pipeline.errors import Diagnostic, Location, error
from pipeline.model import Block

_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "‚": "'"})
_JOINERS = str.maketrans(dict.fromkeys("\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}\N{SOFT HYPHEN}"))


def canonical(text: str) -> str:
    """A text with the allowed substitutions undone and all white space gone."""
    straight = text.translate(_JOINERS).translate(_QUOTES)
    words = straight.split()  # str.split takes no-break spaces for white space too
    return "".join("-" if word == "–" else word for word in words)


def compare(blocks: Sequence[Block], edition: Iterable[str], added: Iterable[str], where: Path) -> list[Diagnostic]:
    """What is missing from an edition's text, out of order, or in it without being in the source.

    `edition` is its text in reading order, in pieces of any size; `added` are the words postpress itself puts there
    (labels, the colophon's lines): each may stand between blocks, as often as it is listed.
    """
    text = "".join(map(canonical, edition))
    rest: list[str] = []
    found: list[Diagnostic] = []
    at = 0
    for block in blocks:
        wanted = canonical(block.text)
        start = text.find(wanted, at)
        if start < 0:
            kind = "out of order" if wanted in text else "missing"
            found.append(error("PAR001", f"{where.name}: {kind}: “{_brief(block.text)}”", block.where))
            continue
        rest.append(text[at:start])
        at = start + len(wanted)
    rest.append(text[at:])
    if found:
        return found
    return [error("PAR002", f"not in the source: “{_brief(extra)}”", Location(where)) for extra in _extra(rest, added)]


def _extra(rest: Iterable[str], added: Iterable[str]) -> list[str]:
    """What remains of the texts between the blocks once the known additions are taken out, each once."""
    left = list(rest)
    for words in sorted(map(canonical, added), key=len, reverse=True):
        for number, piece in enumerate(left):
            if words and words in piece:
                before, _, after = piece.partition(words)
                left[number : number + 1] = [before, after]
                break
    return [piece for piece in left if piece]


def _brief(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


def plain(pdf: bytes) -> list[str]:
    """Plain extraction of a PDF, page by page, without its running heads and folios.

    Each of these takes one line out of its page: the last that says just that, since furniture is drawn after the
    page's own text.
    """
    pages = [page.splitlines() for page in paged.text(pdf).split("\f")]
    for number, said in [(line.page, line.text) for line in paged.lines(pdf) if line.artifact]:
        lines = pages[number - 1]
        places = [place for place, line in enumerate(lines) if canonical(line) == canonical(said)]
        if places:
            del lines[places[-1]]
    return ["\n".join(lines) for lines in pages]
