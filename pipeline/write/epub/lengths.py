"""Lengths that a source gives in inches or millimetres, for pages that have none: they grow with the reader's type."""

from __future__ import annotations

import re

from lxml import etree

_EM_PT = 12
_POINTS = {"in": 72, "cm": 72 / 2.54, "mm": 72 / 25.4, "pt": 1, "pc": 12, "px": 0.75}  # CSS Values 3, 5.2
_LENGTH = re.compile(rf"(?<![\w.#-])(\d*\.?\d+)({'|'.join(_POINTS)})\b", re.IGNORECASE)


def relative(root: etree._Element) -> None:
    """Turn every absolute length of a style attribute into ems."""
    for element in root.iter(etree.Element):
        if said := element.get("style"):
            element.set("style", _LENGTH.sub(lambda m: f"{float(m[1]) * _POINTS[m[2].lower()] / _EM_PT:.3g}em", said))
