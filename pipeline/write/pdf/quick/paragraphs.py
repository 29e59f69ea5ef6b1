"""Lines that consist of one text, in place of WeasyPrint 70's `get_next_linebox`, which is made for everything else."""

from __future__ import annotations

from typing import Any

import weasyprint.layout.inline
from weasyprint.formatting_structure.boxes import TextBox
from weasyprint.layout.inline import remove_last_whitespace, text_align

from pipeline.write.pdf.quick.flow import avoid_collisions, is_in_normal_flow
from pipeline.write.pdf.quick.lengths import resolve_percentages
from pipeline.write.pdf.quick.lines import split_text_box, strut

_get_next_linebox = weasyprint.layout.inline.get_next_linebox

_DECORATION = tuple(
    name
    for side in ("top", "right", "bottom", "left")
    for name in (f"margin_{side}", f"padding_{side}", f"border_{side}_width")
)
_FUDGE = 1 + 1e-9  # WeasyPrint's, against errors of floating point


def get_next_linebox(
    context: Any,
    linebox: Any,
    position_y: float,
    bottom_space: float,
    skip_stack: Any,
    containing_block: Any,
    absolute_boxes: list[Any],
    fixed_boxes: list[Any],
    first_letter_style: Any,
    first_line_style: Any,
) -> tuple[Any, Any]:
    """WeasyPrint 70's function of that name: the next line of a box of lines, and where to resume."""
    plain = not (first_letter_style or first_line_style or context.excluded_shapes) and _is_one_text(linebox)
    if plain and containing_block.style["direction"] == "ltr":
        skip = _skip(linebox.children[0].text, skip_stack)
        if skip is not None and (made := _line(context, linebox, position_y, skip, containing_block)) is not None:
            return made
    line: tuple[Any, Any] = _get_next_linebox(
        context,
        linebox,
        position_y,
        bottom_space,
        skip_stack,
        containing_block,
        absolute_boxes,
        fixed_boxes,
        first_letter_style,
        first_line_style,
    )
    return line


def _is_one_text(linebox: Any) -> bool:
    if len(linebox.children) != 1 or type(text := linebox.children[0]) is not TextBox:
        return False
    style = text.style
    return (
        style["white_space"] == "normal"
        and style["vertical_align"] == "baseline"
        and style["font_size"] > 0
        and is_in_normal_flow(text)
        and linebox.style["direction"] == "ltr"
        and linebox.style["position"] == "static"
        and linebox.style["box_decoration_break"] == "slice"
        and not any(map(linebox.__dict__.__getitem__, _DECORATION))
    )


def _skip(text: str, skip_stack: Any) -> int | None:
    """The byte that the next line begins with; None if there is nothing left."""
    start = 0
    if skip_stack is not None:
        ((_, inner),) = skip_stack.items()
        if inner is not None:
            ((start, _),) = inner.items()
    data = text.encode()
    while data[start : start + 1] == b" ":
        start += 1
    return start if start < len(data) else None


def _line(
    context: Any, linebox: Any, position_y: float, skip: int, containing_block: Any
) -> tuple[Any, dict[int, Any] | None] | None:
    """A line from a byte of the text on, and where to resume; None if it is not as simple as that.

    What would be added and subtracted again is left out, but every sum is done in WeasyPrint's order, as it is of
    floating point.
    """
    text = linebox.children[0]
    linebox.position_y = position_y
    linebox.width = linebox.height = 0
    left, position_y, available_width = avoid_collisions(context, linebox, containing_block, outer=False)
    linebox.position_x, linebox.position_y = left, position_y
    start_x = left + linebox.text_indent
    max_x = (left + available_width) * _FUDGE
    resolve_percentages(text, containing_block)
    text.position_x, text.position_y = start_x, position_y
    part, resume, preserved = split_text_box(context, text, max_x - start_x, skip)
    if part is None or preserved or start_x + part.margin_width() > max_x:
        return None

    line = linebox.copy_with_children([part])
    if skip > 0:
        line.remove_decoration_sides.add("top")
    if resume is not None:
        line.remove_decoration_sides.add("bottom")
    line.width = part.position_x + part.margin_width() - line.content_box_x()
    line_height, line.baseline = strut(line.style)
    line.height = line.style["font_size"]
    line.margin_top = line.margin_bottom = (line_height - line.height) / 2
    linebox.width, linebox.height = line.width, line.height
    if part.text.endswith(" "):
        remove_last_whitespace(context, line)
    offset_x = text_align(context, line, available_width, last=resume is None)

    part.position_y = 0 - part.baseline
    top = min(part.position_y, 0 - line.baseline)
    bottom = max(part.position_y + part.margin_height(), 0 - line.baseline + line.margin_height())
    line.baseline = -top
    line.position_y = top
    line.height = bottom - top
    line.margin_top = line.margin_bottom = 0
    line.translate(offset_x, position_y - top)
    line.position_y = position_y
    return line, None if resume is None else {0: {resume: None}}
