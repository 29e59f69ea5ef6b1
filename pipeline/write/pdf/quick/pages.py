"""Pages and their margins: most of them have the styles of another, and most of their sixteen margin boxes are not
there. WeasyPrint 70 computes a style for each, lays it out and copies the state of all counters for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any

import weasyprint.layout
import weasyprint.layout.page
from weasyprint.formatting_structure import boxes, build
from weasyprint.layout.page import (
    _standardize_page_based_counters,
    compute_fixed_dimension,
    compute_variable_dimension,
    margin_box_content_layout,
    resolve_percentages,
)

_set_page_type_computed_styles = weasyprint.layout.page.set_page_type_computed_styles
_make_margin_boxes = weasyprint.layout.page.make_margin_boxes
_layout_fixed_boxes = weasyprint.layout.layout_fixed_boxes

_NOT_THERE = ("normal", "inhibit", "none")
_HORIZONTAL, _VERTICAL = ("left", "center", "right"), ("top", "middle", "bottom")
_SIDES = ("top", "right", "bottom", "left")
_fixed_boxes = attrgetter("fixed_boxes")


def set_page_type_computed_styles(page_type: Any, html: Any, style_for: Any) -> None:
    """WeasyPrint 70's function of that name, for all pages at once that the same `@page` rules are for.

    The first page stays alone: its size is what lengths in vw and vh refer to on the others.
    """
    if page_type.index == 0:
        _set_page_type_computed_styles(page_type, html, style_for)
        return
    matching = tuple(
        (number, rule, place)
        for number, (sheet, _, _) in enumerate(style_for._sheets)
        for rule, (_, selectors, _) in enumerate(sheet.page_rules)
        for place, (_, _, selected) in enumerate(selectors)
        if style_for._page_type_match(selected, page_type)
    )
    known = style_for.__dict__.setdefault("page_styles", {})
    computed = style_for.get_computed_styles()
    if matching not in known:
        _set_page_type_computed_styles(page_type, html, style_for)
        cascaded = style_for.get_cascaded_styles()
        pseudo_types = [pseudo for element, pseudo in cascaded if element == page_type and pseudo]
        known[matching] = {pseudo: computed[page_type, pseudo] for pseudo in (None, *pseudo_types)}
    else:
        for pseudo, style in known[matching].items():
            computed[page_type, pseudo] = style


def make_margin_boxes(context: Any, page: Any, state: Any) -> Iterator[Any]:
    """WeasyPrint 70's function of that name: the laid-out margin boxes of a page that are there."""
    width, height = page.border_width(), page.border_height()
    top, left, bottom, right = page.margin_top, page.margin_left, page.margin_bottom, page.margin_right
    end_x, end_y = left + width, top + height
    there = []
    for prefix, vertical, block, x, y in (
        ("top", False, (width, top), left, 0),
        ("bottom", False, (width, bottom), left, end_y),
        ("left", True, (left, height), 0, top),
        ("right", True, (right, height), end_x, top),
    ):
        names = [f"@{prefix}-{suffix}" for suffix in (_VERTICAL if vertical else _HORIZONTAL)]
        if not any(_is_there(context, page, name) for name in names):
            continue
        side = [_margin_box(context, page, name, block, state) for name in names]
        fixed, variable = block if vertical else reversed(block)
        compute_variable_dimension(context, side, vertical, variable)
        for box, offset in zip(side, (0, 0.5, 1), strict=True):
            if box.is_generated:
                box.position_x, box.position_y = x, y
                if vertical:
                    box.position_y += offset * (variable - box.margin_height())
                else:
                    box.position_x += offset * (variable - box.margin_width())
                compute_fixed_dimension(context, box, fixed, not vertical, prefix in ("top", "left"))
                there.append(box)
    for name, block_width, block_height, x, y in (
        ("@top-left-corner", left, top, 0, 0),
        ("@top-right-corner", right, top, end_x, 0),
        ("@bottom-left-corner", left, bottom, 0, end_y),
        ("@bottom-right-corner", right, bottom, end_x, end_y),
    ):
        if _is_there(context, page, name):
            box = _margin_box(context, page, name, (block_width, block_height), state)
            box.position_x, box.position_y = x, y
            compute_fixed_dimension(context, box, block_height, True, "top" in name)
            compute_fixed_dimension(context, box, block_width, False, "left" in name)
            there.append(box)
    for box in there:
        yield margin_box_content_layout(context, page, box)


def _is_there(context: Any, page: Any, name: str) -> bool:
    style = context.style_for(page.page_type, name)
    return style is not None and style["content"] not in _NOT_THERE


def _margin_box(context: Any, page: Any, name: str, containing_block: tuple[float, float], state: Any) -> Any:
    """A margin box with its content, not laid out yet; one of no size if it only has its place beside others."""
    if not _is_there(context, page, name):
        box = boxes.MarginBox(name, page.style.anonymous_style)
        box.is_generated = False
        box.width = box.height = 0
        for side in _SIDES:
            box._reset_spacing(side)
        return box
    style = context.style_for(page.page_type, name)
    _standardize_page_based_counters(style, name)
    box = boxes.MarginBox(name, style)
    box.is_generated = True
    depth, counters, scopes, groups = state
    # Counters of a margin box are its own.
    depth, counters = list(depth), {counter: list(values) for counter, values in counters.items()}
    scopes = [*map(set, scopes), set()]
    build.update_counters((depth, counters, scopes, groups), style)
    box.children = build.content_to_boxes(
        style,
        box,
        depth,
        counters,
        context.get_image_from_uri,
        context.target_collector,
        context.counter_style,
        context,
        page,
    )
    box.process_whitespace()
    box.process_text_transform()
    box = build.create_anonymous_boxes(box)
    resolve_percentages(box, containing_block)
    return box


def layout_fixed_boxes(context: Any, pages: Sequence[Any], containing_page: Any) -> Iterator[Any]:
    """WeasyPrint 70's function of that name, which goes through all pages for each page."""
    if any(map(_fixed_boxes, pages)):
        yield from _layout_fixed_boxes(context, pages, containing_page)
