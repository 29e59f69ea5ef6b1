"""Lengths that a source gives in inches, or as shares of a window: in an ebook they grow with the reader's type."""

from __future__ import annotations

import re

from lxml import etree

_EM_PT = 12
_MM_PT = 72 / 25.4
_PAGE_MM = {"vw": 148, "vmin": 148, "vh": 210, "vmax": 210}  # what print has for a window
# CSS Values 4, 6. Adobe's engine knows neither the root's em nor a nought's breadth, which is half an em in most faces.
_POINTS = {
    "in": 72,
    "cm": 10 * _MM_PT,
    "mm": _MM_PT,
    "q": _MM_PT / 4,
    "pt": 1,
    "pc": 12,
    "px": 0.75,
    "rem": _EM_PT,
    "ch": _EM_PT / 2,
    **{unit: side / 100 * _MM_PT for unit, side in _PAGE_MM.items()},
}
_LENGTH = re.compile(rf"(?<![\w.#-])(\d*\.?\d+)({'|'.join(_POINTS)})\b", re.IGNORECASE)
_SHARE = re.compile(r"(?<![\w-])(width:\s*\d*\.?\d+)(?:vw|vmin)\b", re.IGNORECASE)


def relative(root: etree._Element) -> None:
    """Turn every absolute length of a style attribute into ems, and a share of a window's breadth into a percentage."""
    for element in root.iter(etree.Element):
        if said := element.get("style"):
            element.set("style", _LENGTH.sub(_ems, _SHARE.sub(r"\1%", said)))


def _ems(length: re.Match[str]) -> str:
    return f"{float(length[1]) * _POINTS[length[2].lower()] / _EM_PT:.3g}em"
