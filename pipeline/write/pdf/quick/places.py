"""Where the functions of this room take the places of WeasyPrint 70's."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any

from pipeline.write.pdf.quick import drawing, lines

_FUNCTIONS: tuple[tuple[Callable[..., Any], Callable[..., Any]], ...] = (
    (lines._split_first_line, lines.split_first_line),
    (lines._split_text_box, lines.split_text_box),
    (lines._can_break_text, lines.can_break_text),
    (lines._strut, lines.strut),
    (drawing._draw_first_line, drawing.draw_first_line),
)


@contextmanager
def quick() -> Iterator[None]:
    """While a document is laid out and written, use the functions of this room."""
    with ExitStack() as replacements:
        for owner, name, theirs, ours in _places():
            setattr(owner, name, ours)
            replacements.callback(setattr, owner, name, theirs)
        yield


@cache
def _places() -> tuple[tuple[Any, str, Any, Any], ...]:
    """(module, name, theirs, ours): modules of WeasyPrint 70 import functions from each other by name."""
    ours = {id(theirs): (theirs, our) for theirs, our in _FUNCTIONS}
    modules = [module for name, module in sys.modules.items() if name.split(".")[0] == "weasyprint"]
    return tuple(
        (module, name, *ours[id(value)])
        for module in modules
        for name, value in vars(module).items()
        if id(value) in ours
    )
