"""Lines of texts and elements that only hold texts, in place of WeasyPrint 70's `split_inline_box`.

It is made for floats, notes, pictures and writing to the left too, and asks for them at each piece of a line.
"""

from __future__ import annotations

from typing import Any

import weasyprint.layout.inline
from weasyprint.formatting_structure.boxes import InlineBox, LineBox, TextBox
from weasyprint.layout.inline import _adjust_line_height, _break_waiting_children, trailing_whitespace_size

from pipeline.write.pdf.quick.flow import is_in_normal_flow
from pipeline.write.pdf.quick.lengths import resolve_percentages
from pipeline.write.pdf.quick.lines import can_break_text, split_text_box

_split_inline_box = weasyprint.layout.inline.split_inline_box

_FUDGE = 1 + 1e-9  # WeasyPrint's, against errors of floating point
_Split = tuple[Any, Any, Any, Any, Any, dict[str, Any]]


def split_inline_box(
    context: Any,
    box: Any,
    position_x: float,
    max_x: float,
    bottom_space: float,
    skip_stack: Any,
    containing_block: Any,
    absolute_boxes: list[Any],
    fixed_boxes: list[Any],
    line_placeholders: list[Any],
    waiting_floats: list[Any],
    line_children: list[Any],
    first_letter_style: Any,
    first_line_style: Any,
) -> _Split:
    """WeasyPrint 70's function of that name: (box, where to resume, whether a line break was preserved, first letter,
    last letter, widths of floats).
    """
    lists = (absolute_boxes, fixed_boxes, line_placeholders, waiting_floats, line_children)
    if not (first_letter_style or first_line_style or context.excluded_shapes) and _is_plain(box):
        return _split(context, box, position_x, max_x, bottom_space, skip_stack, containing_block, lists)
    split: _Split = _split_inline_box(
        context,
        box,
        position_x,
        max_x,
        bottom_space,
        skip_stack,
        containing_block,
        *lists,
        first_letter_style,
        first_line_style,
    )
    return split


def _is_plain(box: Any) -> bool:
    """Whether all that is in a box is text, or elements in which all is."""
    known: dict[str, tuple[Any, bool]] = box.__dict__
    children, plain = known.get("plain", (None, False))
    if children is not box.children:
        style = box.style
        plain = (
            type(box) in (LineBox, InlineBox)
            and style["direction"] == "ltr"
            and style["position"] == "static"
            and not box.is_leader
            and all(
                is_in_normal_flow(child) and (type(child) is TextBox or (type(child) is InlineBox and _is_plain(child)))
                for child in box.children
            )
        )
        known["plain"] = (box.children, plain)
    return plain


def _split(
    context: Any,
    box: Any,
    position_x: float,
    max_x: float,
    bottom_space: float,
    skip_stack: Any,
    containing_block: Any,
    lists: tuple[list[Any], ...],
) -> _Split:
    max_x *= _FUDGE
    style, all_children = box.style, box.children
    line_children = lists[-1]
    is_start = skip_stack is None
    initial_x, initial_skip_stack = position_x, skip_stack
    left_spacing = box.padding_left + box.margin_left + box.border_left_width
    right_spacing = box.padding_right + box.margin_right + box.border_right_width
    is_line = isinstance(box, LineBox)
    unbroken = style["white_space"] in ("pre", "nowrap")
    children: list[Any] = []
    waiting: list[Any] = []
    preserved_line_break = False
    first_letter = last_letter = resume_at = None
    skip = 0
    if not is_start:
        ((skip, skip_stack),) = skip_stack.items()

    for index in range(skip, len(all_children)):
        child = all_children[index]
        child.position_y = box.position_y
        # WeasyPrint 70 takes each text in an element that a line begins with, as a note's is, for the line's beginning,
        # where any word may be broken. It must not be, unless nothing before it can.
        begun = not (is_line or line_children) and position_x > initial_x
        inner = (*lists[:-1], children or waiting) if begun else lists
        place = (context, child, position_x, max_x, bottom_space, skip_stack, containing_block, inner)
        new_child, resume_at, preserved, first, last = _split_level(*place)
        if right_spacing and resume_at is None and index == len(all_children) - 1:
            place = (*place[:3], max_x - right_spacing, *place[4:])
            new_child, resume_at, preserved, first, last = _split_level(*place)
        skip_stack = None
        preserved_before = preserved_line_break
        preserved_line_break = preserved_before or preserved

        # A collapsed space at the end of a child is True, as in WeasyPrint; none of ours ends with False.
        if last_letter is None or first is None or (unbroken and last_letter is not True):
            can_break = False
        else:
            can_break = can_break_text((" " if last_letter is True else last_letter) + first, child.style["lang"])
        if can_break:
            children.extend(waiting)
            waiting = []
        if first_letter is None:
            first_letter = first
        last_letter = True if child.trailing_collapsible_space else last

        if new_child is not None:
            if is_line:
                line_children.append((index, new_child))
            end_x = new_child.position_x + new_child.margin_width()
            if end_x > max_x and end_x - trailing_whitespace_size(context, new_child) > max_x:
                earlier = _break_waiting_children(
                    context,
                    containing_block,
                    max_x,
                    bottom_space,
                    initial_skip_stack,
                    *lists,
                    children,
                    waiting,
                    None,
                    None,
                )
                if earlier:
                    resume_at = earlier
                    break
                if begun:
                    new_child, resume_at, preserved, first, last = _split_level(*place[:-1], lists)
                    preserved_line_break = preserved_before or preserved
                    last_letter = True if child.trailing_collapsible_space else last
                    end_x = new_child.position_x + new_child.margin_width()
            position_x = end_x
            waiting.append((index, new_child, child))
        if resume_at is not None:
            children.extend(waiting)
            resume_at = {index: resume_at}
            break
    else:
        children.extend(waiting)
        resume_at = None

    new_box = box.copy_with_children([new_child for _, new_child, _ in children])
    new_box.remove_decoration(start=not is_start, end=resume_at is not None)
    if not is_line:
        new_box.position_x = initial_x
        if left_spacing and (is_start or style["box_decoration_break"] == "clone"):
            for new_child in new_box.children:
                new_child.translate(dx=left_spacing)
    new_box.width = 0
    if children:
        last_child = new_box.children[-1]
        new_box.width = last_child.position_x + last_child.margin_width() - new_box.content_box_x()
    _adjust_line_height(new_box)
    return new_box, resume_at, preserved_line_break, first_letter, last_letter, {"left": 0, "right": 0}


def _split_level(
    context: Any,
    box: Any,
    position_x: float,
    max_x: float,
    bottom_space: float,
    skip_stack: Any,
    containing_block: Any,
    lists: tuple[list[Any], ...],
) -> tuple[Any, Any, Any, Any, Any]:
    """WeasyPrint 70's `split_inline_level`, for a text or a plain element."""
    resolve_percentages(box, containing_block)
    if type(box) is not TextBox:
        if box.margin_left == "auto":
            box.margin_left = 0
        if box.margin_right == "auto":
            box.margin_right = 0
        return _split(context, box, position_x, max_x, bottom_space, skip_stack, containing_block, lists)[:5]
    box.position_x = position_x
    skip = 0
    if skip_stack is not None:
        ((skip, _),) = skip_stack.items()
    new_box, resume, preserved = split_text_box(context, box, max_x - position_x, skip or 0, not lists[-1])
    text = box.text
    if not text:
        return new_box, None if resume is None else {resume: None}, preserved, None, None
    if resume is None:
        return new_box, None, preserved, text[0], text[-1]
    return new_box, {resume: None}, preserved, text[0], text.encode()[:resume].decode()[-1]
