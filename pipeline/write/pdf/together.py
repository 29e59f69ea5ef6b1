"""What no page's end may part: a heading and three lines, what a colon announces, two items, a short quote.

The engine keeps a heading with the block that follows it, which may be one line, and counts lines in a paragraph only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree

_LINES = 3
_SHORT_QUOTE = 8  # lines
_LINE_OF_CONTENTS = "toci"  # which is tagged by this name
_BLOCKS = 8  # more than that cannot be held together: headings under headings have no end
_TEXT = ("p", "dt", "div", "hr")
_WHOLE = ("table", "figure", "pre", "img")


def hold(heading: etree._Element, measure: int) -> None:
    """Mark the blocks after a heading that no page may end with: class `brief`. `measure` is a line's characters.

    The last block of the section is none of them: where a section ends, the next one may begin a page.
    """
    lines = 0
    before = None
    for block in _blocks(heading):
        if before is not None:
            _mark(before)
        if block.tag.rpartition("}")[2] in _WHOLE:
            return
        lines += -(-len(_text(block)) // measure)
        if lines >= _LINES:
            return
        before = block


def announces(paragraph: etree._Element) -> None:
    """Mark a paragraph that ends with a colon: what it announces stands under it."""
    if _text(paragraph).endswith(":"):
        _mark(paragraph)


def listed(items: etree._Element) -> None:
    """Mark the first and the last but one of a list's items: no page begins or ends with a single one."""
    terms = [place for place, child in enumerate(items) if child.tag.endswith(("}li", "}dt"))]
    if len(terms) > 2:
        for after in (terms[1], terms[-1]):
            _mark(items[after - 1])


def quoted(quote: etree._Element, measure: int) -> None:
    """Mark a short quote of several paragraphs: class `whole`."""
    if sum(-(-len(_text(block)) // measure) for block in quote) <= _SHORT_QUOTE:
        quote.set("class", f"{quote.get('class', '')} whole".strip())


def _mark(block: etree._Element) -> None:
    if block.get("class") == _LINE_OF_CONTENTS:
        return
    block.set("class", f"{block.get('class', '')} brief".strip())


def _blocks(heading: etree._Element) -> list[etree._Element]:
    """The blocks after a heading in its section, in document order: those of text alone, and what is in one piece."""
    found: list[etree._Element] = []
    for sibling in heading.itersiblings():
        for element in sibling.iter("*"):
            name = element.tag.rpartition("}")[2]
            outer = [element, *element.iterancestors()]
            if any(box.get("class") == "notes" or box.get("role") == "doc-footnote" for box in outer):
                continue  # it goes to the page's foot
            inner = any(child.tag.rpartition("}")[2] in (*_TEXT, *_WHOLE) for child in element)
            if name in _WHOLE or (name in _TEXT and not inner):
                found.append(element)
                if len(found) == _BLOCKS or name in _WHOLE:
                    return found
    return found


def _text(block: etree._Element) -> str:
    return "".join(map(str, block.itertext())).strip()
