"""A note in two: WeasyPrint 70 lays out each note whole, so what goes to the next page is made a note of its own."""

from __future__ import annotations

from typing import Any

from weasyprint.css.properties import Dimension
from weasyprint.formatting_structure.boxes import TextBox


def divided(note: Any, resume_at: Any) -> tuple[Any, Any] | None:
    """What comes before and after the place where a layout of a note would resume (indices, then bytes of a text).

    None where that is more than one place, as in the cells of a row.
    """
    place = resume_at
    while place:
        if len(place) > 1:
            return None
        (place,) = place.values()
    return _before(note, resume_at), _after(note, resume_at)


def _before(box: Any, place: Any) -> Any:
    ((index, inside),) = place.items()
    if isinstance(box, TextBox):
        return box.copy_with_text(box.text.encode()[:index].decode())
    whole = box.children[:index]
    return box.copy_with_children([*whole, *([_before(box.children[index], inside)] if inside else [])])


def _after(box: Any, place: Any) -> Any:
    ((index, inside),) = place.items()
    if isinstance(box, TextBox):
        return box.copy_with_text(box.text.encode()[index:].decode())
    first, *others = box.children[index:]
    rest = box.copy_with_children([_after(first, inside) if inside else first, *others])
    rest.style = box.style.copy()
    # What stands only where something begins: its name, its space above, its first line's indent.
    rest.style["anchor"] = None
    rest.style["text_indent"] = rest.style["margin_top"] = Dimension(0, "px")
    return rest
