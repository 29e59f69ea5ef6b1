"""What is asked of nearly every box, many times: whether it is in the flow, and what is beside it."""

from __future__ import annotations

from typing import Any

import weasyprint.layout.float
from weasyprint.formatting_structure.boxes import Box, LineBox

_is_in_normal_flow = Box.is_in_normal_flow
_avoid_collisions = weasyprint.layout.float.avoid_collisions

_IN_FLOW = ("static", "relative")


def is_in_normal_flow(box: Any) -> bool:
    """WeasyPrint 70's method of that name, which asks five questions."""
    style = box.style
    if style["float"] == "none" and style["position"] in _IN_FLOW:
        return True
    in_flow: bool = _is_in_normal_flow(box)
    return in_flow


def avoid_collisions(context: Any, box: Any, containing_block: Any, outer: bool = True) -> tuple[float, float, float]:
    """WeasyPrint 70's function of that name: (x, y, available width), for a line where there are no floats."""
    if (
        outer
        or context.excluded_shapes
        or type(box) is not LineBox
        or box.style["float"] != "none"
        or containing_block.style["direction"] != "ltr"
    ):
        place: tuple[float, float, float] = _avoid_collisions(context, box, containing_block, outer)
        return place
    left = containing_block.content_box_x()
    right = left + containing_block.width
    left, right = left + box.margin_left, right - box.margin_right
    return left - box.margin_left, box.border_box_y() - box.margin_top, right - left
