"""How broad the line is that each block has, and indents that leave one however deep blocks are in each other.

The millimetres here are those of styles/edition/print.css and styles/area.css.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree

_INDENTED = {"ul": 6.0, "ol": 6.0, "dd": 6.0, "blockquote": 6.0}
_PANELS = {"admonition": 5.4, "topic": 5.4, "sidebar": 5.4, "described": 5.4, "footnote": 5.0}
_LEVELS = 6  # that are indented in full
_DEEP_MM = 2.0  # each level below
_PT_PER_MM = 72 / 25.4
_TEXT_PT = 12
_PADDING = re.compile(r"padding-left: ([\d.]+)em")  # of a list with wide numbers


def rooms(root: etree._Element, width_pt: float) -> Iterator[tuple[etree._Element, float]]:
    """Each element with the points its lines have, those around it first; indents below the sixth are marked."""
    waiting = [(root, width_pt, 0)]
    while waiting:
        element, room, level = waiting.pop()
        indent = _indent(element)
        if indent:
            level += 1
            if level > _LEVELS:
                element.set("class", f"{element.get('class', '')} deep".strip())
                indent = _DEEP_MM
            elif numbers := _PADDING.search(element.get("style", "")):
                indent = float(numbers[1]) * _TEXT_PT / _PT_PER_MM
            room -= indent * _PT_PER_MM
        yield element, room
        waiting += [(child, room, level) for child in reversed(element) if isinstance(child.tag, str)]


def _indent(element: etree._Element) -> float:
    kinds = element.get("class", "").split()
    if "line-block" in kinds:
        parent = element.getparent()
        return 6.4 if parent is not None and "line-block" in parent.get("class", "").split() else 0.0
    for kind in kinds:
        if kind in _PANELS:
            return _PANELS[kind]
    return _INDENTED.get(element.tag.rpartition("}")[2], 0.0)
