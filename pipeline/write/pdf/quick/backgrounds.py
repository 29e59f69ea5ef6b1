"""Backgrounds, borders, rounded corners and outlines, for the many boxes that have none."""

from __future__ import annotations

from typing import Any

import weasyprint.draw.border
import weasyprint.layout.background
from weasyprint.css.properties import ZERO_PIXELS
from weasyprint.draw.color import get_color
from weasyprint.formatting_structure.boxes import Box

_layout_box_backgrounds = weasyprint.layout.background.layout_box_backgrounds
_draw_border = weasyprint.draw.border.draw_border
_draw_outline = weasyprint.draw.border.draw_outline

_CORNERS = tuple(f"border_{corner}_radius" for corner in ("top_left", "top_right", "bottom_right", "bottom_left"))
_SQUARE = dict.fromkeys(_CORNERS, (0, 0))


def layout_box_backgrounds(
    page: Any, box: Any, get_image_from_uri: Any, layout_children: bool = True, style: Any = None
) -> None:
    """WeasyPrint 70's function of that name: find the background and the radii of a box and its descendants."""
    if style is not None or not layout_children or box is page or not isinstance(box, Box) or not _bare(box.style):
        _layout_box_backgrounds(page, box, get_image_from_uri, layout_children, style)
        return
    box.__dict__.update(_SQUARE)
    box.background = None
    for child in box.all_children():
        layout_box_backgrounds(page, child, get_image_from_uri)


def _bare(style: Any) -> bool:
    try:
        bare: bool = style.__dict__["bare"]
    except KeyError:
        bare = style.__dict__["bare"] = (
            all(ZERO_PIXELS in style[corner] for corner in _CORNERS)
            and style["border_image_source"][0] == style["mask_border_source"][0] == "none"
            and all(kind == "none" for kind, _ in style["background_image"])
            and not style["box_shadow"]
            and (style["visibility"] == "hidden" or get_color(style, "background_color").alpha == 0)
        )
    return bare


def draw_outline(stream: Any, box: Any) -> None:
    """WeasyPrint 70's function of that name, for the outlines of a box and its descendants."""
    if box.style["outline_width"]:
        _draw_outline(stream, box)
        return
    for child in box.children:
        if isinstance(child, Box):
            draw_outline(stream, child)


def draw_border(stream: Any, box: Any) -> None:
    """WeasyPrint 70's function of that name, for the borders of a box and the rules between its columns."""
    style = box.style
    widths = box.border_top_width or box.border_right_width or box.border_bottom_width or box.border_left_width
    if widths or style["column_rule_width"] or style["border_image_source"][0] != "none":
        _draw_border(stream, box)
