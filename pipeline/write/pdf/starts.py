"""What stands under a heading: three lines at least, so that none is left at a page's foot with less.

The engine keeps a heading with the block that follows it, which may be one line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree

_LINES = 3
_BLOCKS = 8  # more than that cannot be held together: headings under headings have no end
_TEXT = ("p", "dt", "div")
_WHOLE = ("table", "figure", "pre", "img")


def hold(heading: etree._Element, measure: int) -> None:
    """Mark the blocks after a heading that no page may end with: class `brief`. `measure` is a line's characters."""
    lines = blocks = 0
    for block in _following(heading):
        name = block.tag.rpartition("}")[2]
        if name in _WHOLE or blocks == _BLOCKS:
            return
        if name in _TEXT and not any(child.tag.rpartition("}")[2] in (*_TEXT, "img") for child in block):
            blocks += 1
            lines += -(-len("".join(map(str, block.itertext())).strip()) // measure)
            if lines >= _LINES:
                return
            block.set("class", f"{block.get('class', '')} brief".strip())


def _following(heading: etree._Element) -> list[etree._Element]:
    """The elements after a heading in its section, in document order."""
    found: list[etree._Element] = []
    for sibling in heading.itersiblings():
        found += sibling.iter("*")
        if len(found) > 100:
            break
    return found
