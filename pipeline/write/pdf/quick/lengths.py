"""Lengths of boxes: most do not depend on the box around, and are the same for all boxes of a style.

WeasyPrint 70 resolves eighteen of them for each box, each time it is laid out. What is found of a style is kept with
it: where WeasyPrint changes a style after that, it changes a copy, which begins without.
"""

from __future__ import annotations

from typing import Any

import weasyprint.layout.percent
from weasyprint.css.properties import Dimension
from weasyprint.layout.absolute import AbsolutePlaceholder

_resolve_percentages = weasyprint.layout.percent.resolve_percentages
_resolve_one_percentage = weasyprint.layout.percent.resolve_one_percentage

_BORDERS = tuple(f"border_{side}_width" for side in ("top", "right", "bottom", "left"))
_LENGTHS = (
    *(f"{kind}_{side}" for kind in ("margin", "padding") for side in ("left", "right", "top", "bottom")),
    *(f"{limit}{size}" for size in ("width", "height") for limit in ("", "min_", "max_")),
)

_Used = dict[str, float | str]


def resolve_percentages(box: Any, containing_block: Any) -> None:
    """WeasyPrint 70's function of that name: set the used lengths of a box, in CSS pixels."""
    style = box.style
    try:
        used: _Used | None = style.__dict__["used_lengths"]
    except KeyError:
        used = style.__dict__["used_lengths"] = _used_lengths(style)
    if used is None or type(box) is AbsolutePlaceholder:
        _resolve_percentages(box, containing_block)
        return
    lengths = box.__dict__
    if style["border_collapse"] == "collapse":
        # Tables have found the borders of their cells already.
        found = {name: lengths[name] for name in _BORDERS if name in lengths}
        lengths.update(used)
        lengths.update(found)
    else:
        lengths.update(used)


def _used_lengths(style: Any) -> _Used | None:
    """The used lengths of all boxes of a style; None if they depend on the box around."""
    if style["box_sizing"] != "content-box":
        return None
    used: _Used = {}
    for name in _LENGTHS:
        length = style[name]
        if length == "auto":
            used[name] = 0 if name in ("min_width", "min_height") else "auto"
        elif type(length) is Dimension and length.unit == "px":
            used[name] = length.value
        else:
            return None
    return used | {name: style[name] for name in _BORDERS}


def resolve_one_percentage(box: Any, property_name: str, refer_to: Any) -> None:
    """WeasyPrint 70's function of that name: set one used length of a box, of which `refer_to` is 100 %."""
    length = box.style[property_name]
    if type(length) is Dimension and length.unit == "px":
        setattr(box, property_name, length.value)
    else:
        _resolve_one_percentage(box, property_name, refer_to)
