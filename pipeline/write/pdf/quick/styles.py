"""Values of properties that no rule sets: inherited, or initial. They are most of what is asked of a style."""

from __future__ import annotations

from typing import Any

import weasyprint.css
import weasyprint.css.functions
from weasyprint.css import ComputedStyle
from weasyprint.css.computed_values import PHYSICAL_FUNCTIONS
from weasyprint.css.properties import INHERITED, INITIAL_NOT_COMPUTED, INITIAL_VALUES, Dimension

_missing = ComputedStyle.__missing__
_check_math = weasyprint.css.functions.check_math

_LOGICAL = {
    (name, direction): logical(block="ttb", inline=direction)
    for name, logical in PHYSICAL_FUNCTIONS.items()
    for direction in ("ltr", "rtl")
}
# Depend on each other, or on more than rule and parent.
_SPECIAL = {"display", "float", "page", "position"}
_WIDTHS = {name: name.removesuffix("width") + "style" for name in INITIAL_NOT_COMPUTED if name.endswith("_width")}
_NO_FUNCTION = {Dimension, float, int, str, type(None)}


def missing(style: Any, key: str) -> Any:
    """WeasyPrint 70's `ComputedStyle.__missing__`: the computed value of a property, when it is first asked for."""
    if key in style.cascaded or key in _SPECIAL or key.startswith(("__", "text_decoration_")):
        return _missing(style, key)
    if key in PHYSICAL_FUNCTIONS and _LOGICAL[key, style["direction"]] in style.cascaded:
        return _missing(style, key)
    if key in INITIAL_NOT_COMPUTED:
        if key not in _WIDTHS or style[_WIDTHS[key]] not in ("none", "hidden"):
            return _missing(style, key)
        value = 0
    elif key in INHERITED and style.parent_style is not None:
        value = style.parent_style[key]
        if check_math(value):
            return _missing(style, key)
    else:
        value = INITIAL_VALUES[key]
    style[key] = value
    return value


def check_math(token: Any) -> Any:
    """WeasyPrint 70's function of that name: whether a value is to be calculated."""
    return None if type(token) in _NO_FUNCTION else _check_math(token)
