"""A correction to WeasyPrint 70, which breaks some pieces of text after their first word.

Pango lets a space hang out of a line's end. Where a piece of text (up to the next element) fits but for that space,
WeasyPrint finds it too wide, and nowhere to break it; then it tries what is left to it, the first word.
"""

from __future__ import annotations

from typing import Any

import weasyprint.layout.inline
import weasyprint.text.line_break

_WIDEST = 2**21  # pixels: WeasyPrint 70 tells Pango no width of so much
_theirs = weasyprint.text.line_break.split_first_line


def split_first_line(
    text: str,
    style: Any,
    context: Any,
    max_width: float | None,
    justification_spacing: float,
    is_line_start: bool = True,
    minimum: bool = False,
) -> Any:
    """WeasyPrint's function of that name: (layout, bytes, bytes to skip, width, height, baseline)."""
    cut = _theirs(text, style, context, max_width, justification_spacing, is_line_start, minimum)
    skip = cut[2]
    if style["white_space"] == "pre-wrap" and max_width is not None and not minimum:
        return _hanging(text, style, context, max_width, justification_spacing) or cut
    if skip is None or max_width is None or minimum or style["white_space"] not in ("normal", "pre-line"):
        return cut
    if text[-1:] != " " or " " in text.encode()[:skip].decode(errors="ignore").rstrip(" "):
        return cut
    _, _, rest, width, _, _ = _theirs(text.rstrip(" "), style, context, max_width, justification_spacing, is_line_start)
    if rest is None and width <= max_width:
        return _theirs(text, style, context, None, justification_spacing, is_line_start)
    return cut


def _hanging(text: str, style: Any, context: Any, max_width: float, justification_spacing: float) -> Any:
    """The same of text that keeps its spaces, where all but the last of a line fit; None where that is not so."""
    # No line has more: an em does not hold eight letters. To lay out all that is left for each line would take minutes.
    enough = text[: 64 + int(8 * min(max_width, _WIDEST) / style["font_size"])]
    layout = weasyprint.text.line_break.create_layout(enough, style, context, max_width, justification_spacing)
    _, skip = layout.get_first_line()
    if skip is None and enough != text:
        return None
    first = enough.encode()[:skip].decode()
    bare = first.rstrip(" ")
    if not bare or bare == first or "\n" in first:
        return None
    whole, drawn = (_theirs(part, style, context, None, justification_spacing) for part in (first, bare))
    if whole[3] <= max_width or drawn[3] > max_width:
        return None
    # The space is not drawn: WeasyPrint 70 lets none hang that is kept.
    return (*drawn[:2], len(first.encode()), *drawn[3:])


def correct() -> None:
    """Put it in place, once for all."""
    for module in (weasyprint.text.line_break, weasyprint.layout.inline):
        module.split_first_line = split_first_line
