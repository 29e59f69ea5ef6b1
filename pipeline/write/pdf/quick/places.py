"""Where the functions of this room take the places of WeasyPrint 70's."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any

from weasyprint.css import ComputedStyle, StyleFor
from weasyprint.formatting_structure.boxes import Box

from pipeline.write.pdf import spaces
from pipeline.write.pdf.quick import (
    backgrounds,
    cascade,
    drawing,
    flow,
    inlines,
    lengths,
    lines,
    pages,
    paragraphs,
    styles,
)
from pipeline.write.pdf.quick.packing import packed

_FUNCTIONS: tuple[tuple[Callable[..., Any], Callable[..., Any]], ...] = (
    (lines._split_first_line, lines.split_first_line),
    (spaces._theirs, lines.split_first_line),  # for the widths of cells, which ask as if nothing had been corrected
    (lines._split_text_box, lines.split_text_box),
    (paragraphs._get_next_linebox, paragraphs.get_next_linebox),
    (inlines._split_inline_box, inlines.split_inline_box),
    (lines._can_break_text, lines.can_break_text),
    (lines._strut, lines.strut),
    (drawing._draw_first_line, drawing.draw_first_line),
    (lengths._resolve_percentages, lengths.resolve_percentages),
    (lengths._resolve_one_percentage, lengths.resolve_one_percentage),
    (styles._check_math, styles.check_math),
    (pages._set_page_type_computed_styles, pages.set_page_type_computed_styles),
    (pages._make_margin_boxes, pages.make_margin_boxes),
    (pages._layout_fixed_boxes, pages.layout_fixed_boxes),
    (flow._avoid_collisions, flow.avoid_collisions),
    (backgrounds._layout_box_backgrounds, backgrounds.layout_box_backgrounds),
    (backgrounds._draw_border, backgrounds.draw_border),
    (backgrounds._draw_outline, backgrounds.draw_outline),
)
_METHODS = (
    (Box, "is_in_normal_flow", flow._is_in_normal_flow, flow.is_in_normal_flow),
    (StyleFor, "__init__", cascade._init, cascade.init),
    (ComputedStyle, "__missing__", styles._missing, styles.missing),
)


@contextmanager
def quick() -> Iterator[None]:
    """While a document is laid out and written, use the functions of this room."""
    with packed(), ExitStack() as replacements:
        for owner, name, theirs, ours in _places():
            setattr(owner, name, ours)
            replacements.callback(setattr, owner, name, theirs)
        yield


@cache
def _places() -> tuple[tuple[Any, str, Any, Any], ...]:
    """(module, name, theirs, ours): modules of WeasyPrint 70 import functions from each other by name."""
    ours = {id(theirs): (theirs, our) for theirs, our in _FUNCTIONS}
    modules = [module for name, module in sys.modules.items() if name.split(".")[0] == "weasyprint"]
    functions = (
        (module, name, *ours[id(value)])
        for module in modules
        for name, value in vars(module).items()
        if id(value) in ours
    )
    return (*functions, *_METHODS)
