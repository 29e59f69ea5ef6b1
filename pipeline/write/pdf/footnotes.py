"""Notes at the foot of a page, in place of how WeasyPrint 70 lays them out.

It moves notes to the next page to save lines their place on this one, compares heights to the last bit and so takes
notes for too many that fit, and cannot divide a note (upstream #2437, #2502). Here a line goes to the next page with
its notes; a long note is divided, and its rest is the first thing at the next foot. For each box of each line it goes
through all notes of the document that are still to come; here these are a set.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import weasyprint.layout.block
from weasyprint.formatting_structure import boxes, build
from weasyprint.layout import LayoutContext
from weasyprint.layout.block import _break_line, block_level_layout, collapse_margin, remove_placeholders
from weasyprint.layout.inline import iter_line_boxes

from pipeline.write.pdf.divided import divided

_init = LayoutContext.__init__
_linebox_layout = weasyprint.layout.block._linebox_layout
_create_anonymous_boxes = build.create_anonymous_boxes

_FUDGE = 1 + 1e-9  # WeasyPrint's, against errors of floating point


class Waiting(dict[Any, None]):
    """Notes that are on no page yet, in place of a list of them. `known` are those that have been here before."""

    def __init__(self, notes: Iterable[Any] = (), known: set[Any] | None = None):
        super().__init__(dict.fromkeys(notes))
        self.known = set() if known is None else known

    def append(self, note: Any) -> None:
        self[note] = None
        if note not in self.known:
            self.known.add(note)
            # As it does with all that is not a note: else white space between two paragraphs is a line.
            note.process_whitespace()
            note.process_text_transform()

    def remove(self, note: Any) -> None:
        del self[note]

    def copy(self) -> Waiting:
        return Waiting(self, self.known)


def init(context: Any, *arguments: Any) -> None:
    """WeasyPrint's method. `halves` are of notes that are divided: note → (what is on this page, the rest)."""
    _init(context, *arguments)
    context.footnotes = Waiting()
    context.halves = {}


def create_anonymous_boxes(box: Any) -> Any:
    """WeasyPrint's function; a note that comes here again, with others or as half of one, is left as it is."""
    if not isinstance(box, boxes.FootnoteAreaBox):
        return _create_anonymous_boxes(box)
    box.children = [note if hasattr(note, "made") else _create_anonymous_boxes(note) for note in box.children]
    return box


def update_footnote_area(context: Any) -> bool:
    """WeasyPrint's method: give the foot its height and the page what is left; whether the foot is over-full."""
    area = context.current_footnote_area
    if area.height != "auto" and not context.in_column:
        context.page_bottom += area.margin_height()
    area.children = context.current_page_footnotes
    if not area.children:
        area.height = "auto"  # WeasyPrint would leave its margin to it
        return False
    laid = block_level_layout(context, create_anonymous_boxes(area.deepcopy()), float("-inf"), None, area.page)[0]
    area.height = laid.height
    if not context.in_column:
        context.page_bottom -= laid.margin_height()
    last = laid.children[-1]
    end = last.position_y + last.margin_height() - last.margin_bottom
    return bool(end > (laid.position_y + laid.margin_height() - laid.margin_bottom) * _FUDGE)


def layout_footnote(context: Any, note: Any) -> bool:
    """WeasyPrint's method, called at the top of a page for a note of the page before; what it asks is done here."""
    context.footnotes.remove(note)
    if context.reported_footnotes:
        context.reported_footnotes.append(note)
        return False
    first = not context.current_page_footnotes
    context.current_page_footnotes.append(note)
    over = update_footnote_area(context)
    if over and not _divide(context, note, context.current_footnote_area.max_height, first) and not first:
        _defer(context, note)
    return False


def unlayout_footnote(context: Any, note: Any) -> None:
    """WeasyPrint's method: take a note off the page, as its call is."""
    if note in context.footnotes:
        return
    context.footnotes.append(note)
    parts = context.halves.pop(note, (note,))
    for notes in (context.current_page_footnotes, context.reported_footnotes):
        notes[:] = [other for other in notes if other not in parts]
    update_footnote_area(context)


def linebox_layout(
    context: Any,
    box: Any,
    index: int,
    child: Any,
    new_children: list[Any],
    page_is_empty: bool,
    absolute_boxes: list[Any],
    fixed_boxes: list[Any],
    adjoining_margins: list[Any],
    bottom_space: float,
    position_y: float,
    skip_stack: Any,
    first_letter_style: Any,
    first_line_style: Any,
    draw_bottom_decoration: bool,
    max_lines: int | None,
) -> tuple[bool, bool, Any, float, list[Any], int | None]:
    """WeasyPrint's function, where there are notes: the lines of a block, each with the notes that it calls.

    (Whether the block is given up, whether the page ends, where to resume, position after it, notes, lines left.)
    """
    no_notes = not (context.footnotes or context.current_page_footnotes or context.reported_footnotes)
    lists = (absolute_boxes, fixed_boxes)
    if no_notes or context.in_column or max_lines is not None:
        found: tuple[bool, bool, Any, float, list[Any], int | None] = _linebox_layout(
            context,
            box,
            index,
            child,
            new_children,
            page_is_empty,
            *lists,
            adjoining_margins,
            bottom_space,
            position_y,
            skip_stack,
            first_letter_style,
            first_line_style,
            draw_bottom_decoration,
            max_lines,
        )
        return found
    if adjoining_margins:
        position_y += collapse_margin(adjoining_margins)
    abort = stop = False
    resume_at = None
    called: list[Any] = []
    lines = iter_line_boxes(
        context, child, position_y, bottom_space, skip_stack, box, *lists, first_letter_style, first_line_style
    )
    for line, resume_at in lines:
        line.resume_at = resume_at
        bottom = line.position_y + line.height
        ends = draw_bottom_decoration or resume_at is None
        below = box.border_bottom_width + box.padding_bottom if ends else 0
        can_wait = bool(new_children or not page_is_empty)
        full = can_wait and context.overflows_page(bottom_space, bottom + below)
        if not full and page_is_empty and context.overflows_page(bottom_space, bottom):
            # As WeasyPrint does with what is higher than a page.
            bottom -= box.margin_top
            line.translate(0, -box.margin_top)
            box.margin_top = 0
        notes = [] if full else [part.footnote for part in line.descendants() if part.footnote in context.footnotes]
        called += notes
        if full or not all(_placed(context, note, bottom + below + bottom_space, can_wait) for note in notes):
            needed = box.style["widows"] - 1
            for following, _ in lines:
                if needed <= 0:
                    break
                needed -= 1
                remove_placeholders(context, following.children, *lists)
            abort, stop, resume_at = _break_line(
                context, box, line, new_children, max(0, needed), page_is_empty, index, skip_stack, resume_at, *lists
            )
            break
        new_children.append(line)
        position_y = bottom
        skip_stack = resume_at
    if new_children:
        resume_at = {index: new_children[-1].resume_at}
    return abort, stop, resume_at, position_y, called, max_lines


def _placed(context: Any, note: Any, end: float, can_wait: bool) -> bool:
    """Put a note of a line that ends there at the foot; False if the line should wait for the next page."""
    if context.reported_footnotes:  # notes keep their order
        if not can_wait:
            context.footnotes.remove(note)
            context.reported_footnotes.append(note)
        return not can_wait
    context.footnotes.remove(note)
    context.current_page_footnotes.append(note)
    area = context.current_footnote_area
    if not update_footnote_area(context) and not context.overflows_page(0, end):
        return True
    room = min(area.max_height, context.page_bottom + area.height - end)
    if _divide(context, note, room, must=False):
        return True
    if not can_wait:
        _defer(context, note)
    return not can_wait


def _defer(context: Any, note: Any) -> None:
    context.current_page_footnotes.remove(note)
    context.reported_footnotes.append(note)
    update_footnote_area(context)


def _divide(context: Any, note: Any, height: float, must: bool) -> bool:
    """Leave as much of the last note as the foot holds in a height, the rest to the next page; False if it cannot be.

    If it `must`, since the page has nothing else, a line is enough.
    """
    area = context.current_footnote_area
    foot = create_anonymous_boxes(area.deepcopy())
    space = context.page_bottom - area.content_box_y() - height
    laid, resume_at, *_ = block_level_layout(context, foot, space, None, area.page, must)
    if laid is None or resume_at is None:
        return False
    ((place, inside),) = resume_at.items()
    if place != len(foot.children) - 1 or not inside or (halves := divided(foot.children[place], inside)) is None:
        return False
    for half in halves:
        half.made = True
    halves[0].divided = True  # in the midst of its text, perhaps
    context.halves[note] = halves
    context.current_page_footnotes[-1] = halves[0]
    context.reported_footnotes.append(halves[1])
    update_footnote_area(context)
    return True


_PLACES = tuple(
    (owner, name, getattr(owner, name), ours)
    for owner, name, ours in (
        (LayoutContext, "__init__", init),
        (LayoutContext, "_update_footnote_area", update_footnote_area),
        (LayoutContext, "layout_footnote", layout_footnote),
        (LayoutContext, "unlayout_footnote", unlayout_footnote),
        (weasyprint.layout.block, "_linebox_layout", linebox_layout),
        (build, "create_anonymous_boxes", create_anonymous_boxes),
    )
)


def correct() -> None:
    """Put them in place, once for all."""
    for owner, name, _, ours in _PLACES:
        setattr(owner, name, ours)
