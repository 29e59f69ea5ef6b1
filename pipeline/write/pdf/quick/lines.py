"""Lines cut out of measured text, in place of WeasyPrint 70's `split_first_line` and `split_text_box`."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from typing import Any

import weasyprint.layout.inline
import weasyprint.text.line_break
from weasyprint.text.ffi import FROM_UNITS, TO_UNITS
from weasyprint.text.line_break import Layout

from pipeline.write.pdf.quick.runs import Run
from pipeline.write.pdf.quick.setting import Setting, setting

_split_first_line = weasyprint.text.line_break.split_first_line
_split_text_box = weasyprint.layout.inline.split_text_box
_can_break_text = weasyprint.text.line_break.can_break_text
_strut = weasyprint.text.line_break.strut

_WRAPPED = {"normal", "pre-wrap", "pre-line"}
_COLLAPSED = {"normal", "nowrap", "pre-line"}
_KERNING_EM = 0.25  # no pair of glyphs is kerned by so much
_UNLIMITED = 2**21  # pixels: WeasyPrint 70 tells Pango no width of so much


class Line:
    """A part of a run, in the place of WeasyPrint 70's `Layout`: what is known of it needs no layout of Pango's."""

    __slots__ = ("end", "max_width", "run", "start", "style", "text")

    first_line_direction = 0  # left to right

    def __init__(self, run: Run, start: int, end: int, style: Any, max_width: float | None):
        self.run, self.start, self.end, self.style, self.max_width = run, start, end, style, max_width
        whole = start == 0 and end == len(run.data)
        self.text = run.text if whole else run.data[start:end].decode()

    @property
    def width(self) -> float:
        """In CSS pixels."""
        run = self.run
        width: float = (run.reach[run.at[self.end]] - run.reach[run.at[self.start]]) * FROM_UNITS
        return width

    def glyphs(self) -> tuple[Run, int, int] | None:
        """What to draw: a run, its first glyph, and the one to stop before. None if it takes Pango to tell.

        A space may have been put back at the end since the line was cut.
        """
        run, end = self.run, self.end
        drawn = self.text.encode()
        if len(drawn) == end - self.start:
            return run, run.at[self.start], run.at[end]
        if drawn[-1:] == run.data[end : end + 1] == b" " and run.begins(end) and run.begins(end + 1):
            return run, run.at[self.start], run.at[end + 1]
        other = run.setting.run(self.text)
        return None if other is None else (other, 0, len(other.glyphs))

    def reactivate(self, style: Any) -> None:
        """Nothing: as `Layout.reactivate`."""

    def deactivate(self) -> None:
        """Nothing: as `Layout.deactivate`."""

    def laid_out(self) -> Any:
        """The same line as a layout of Pango's."""
        layout = Layout(self.style, 0, self.max_width)
        layout.set_text(self.text)
        return layout

    def __getattr__(self, name: str) -> Any:
        """Where lines over, under and through the text are: the same for all texts of a setting."""
        return getattr(self.run.setting.layout, name)


def split_first_line(
    text: str,
    style: Any,
    context: Any,
    max_width: float | None,
    justification_spacing: float,
    is_line_start: bool = True,
    minimum: bool = False,
) -> Any:
    """WeasyPrint 70's function of that name: (layout, bytes, bytes to skip, width, height, baseline)."""
    if not justification_spacing and (known := setting(style)) is not None:
        run, skip = known.rest(text)
        if run is not None and (cut := _cut(run, skip, style, max_width, is_line_start, minimum)):
            line, resume = cut
            rest = None if resume is None else resume - skip
            return line, line.end - line.start, rest, line.width, line.run.height, line.run.baseline
    return _split_first_line(text, style, context, max_width, justification_spacing, is_line_start, minimum)


def split_text_box(context: Any, box: Any, available_width: float | None, skip: int, is_line_start: bool = True) -> Any:
    """WeasyPrint 70's function of that name: (box of the line, bytes to skip, whether a line break was preserved)."""
    style = box.style
    known = None if box.justification_spacing or not box.text else setting(style)
    if known is None or (cut := _cut_text(known, box.text, skip or 0, style, available_width, is_line_start)) is None:
        return _split_text_box(context, box, available_width, skip, is_line_start)
    line, resume, preserved = cut
    if line is None:
        return None, resume, preserved
    new_box = box.copy_with_text(line.text)
    new_box.width = line.width
    new_box.pango_layout = line
    new_box.height = height = line.run.height
    line_height, _ = strut(style)
    new_box.margin_top = new_box.margin_bottom = (line_height - height) / 2
    new_box.baseline = line.run.baseline + new_box.margin_top
    return new_box, resume, preserved


def _cut_text(
    known: Setting, text: str, skip: int, style: Any, max_width: float | None, is_line_start: bool
) -> tuple[Line | None, int | None, str | bool] | None:
    """The first line of a text from a byte on, as `split_text_box` wants it; None if it takes Pango to tell."""
    if "\n" not in text:
        run = known.run(text)
        if run is None or skip == len(run.data):
            return None
        if not run.begins(skip):  # kerned with the space before
            if (run := known.run(run.data[skip:].decode())) is None:
                return None
            before, skip = skip, 0
        else:
            before = 0
        if not (cut := _cut(run, skip, style, max_width, is_line_start=is_line_start)):
            return None
        line, resume = cut
        return line, None if resume is None else before + resume, False
    if style["white_space"] not in ("pre", "pre-wrap") or style["hyphens"] == "auto":
        return None
    piece, newline, _ = text.encode()[skip:].decode().partition("\n")
    if not piece:
        return (None, skip + 1, newline) if newline else None
    if (run := known.run(piece)) is None or not (cut := _cut(run, 0, style, max_width, is_line_start=is_line_start)):
        return None
    line, resume = cut
    if resume is not None:
        return line, skip + resume, False
    return line, skip + line.end + 1 if newline else None, newline or False


def _cut(
    run: Run, start: int, style: Any, max_width: float | None, is_line_start: bool, minimum: bool = False
) -> tuple[Line, int | None] | None:
    """The first line of a run from a byte on, and the byte to resume at. None if it takes Pango to tell: words that
    have to be broken, and where shapes depend on what is beyond the line's ends.
    """
    end = len(run.data)
    first = run.at.get(start)
    if first is None or start == end:
        return None
    white_space = style["white_space"]
    if max_width is None or white_space not in _WRAPPED or max_width >= _UNLIMITED:
        return (Line(run, start, end, style, max_width), None) if run.alone(start, end) else None
    if max_width < 0:
        return None
    reach = run.reach[first] + int(max_width * TO_UNITS)
    if run.reach[-1] <= reach:
        return (Line(run, start, end, style, max_width), None) if run.alone(start, end) else None
    if style["hyphens"] == "auto":
        return None
    if minimum and (max_width or style["overflow_wrap"] == "anywhere" or style["word_break"] == "break-all"):
        return None
    if white_space not in _COLLAPSED:
        if minimum:
            return (Line(run, start, end, style, max_width), None) if not run.breaks and start == 0 else None
        bare = len(run.data.rstrip(b" "))
        if start < bare < end and run.reach[run.at[bare]] <= reach:  # all of it but the space
            return None
        return _cut_after_space(run, start, style, max_width, reach)
    if run.text[-1].isspace() and run.reach[-2] <= reach:  # all of it fits for Pango, and not for WeasyPrint
        return None
    if minimum:
        return _cut_word(run, start, style, max_width)
    place = bisect_right(run.end_reach, reach) - 1
    if place < 0 or (end := run.ends[place]) <= start:
        # The first word is too wide, and stays whole unless a line begins with it.
        whole = None if is_line_start or style["word_break"] == "break-all" else _cut_word(run, start, style, max_width)
        return whole if whole and whole[0].width > max_width else None
    # What comes next has to be too wide alone too, up to its end: WeasyPrint 70 tries it without its space.
    following = run.end_glyphs[place + 1] if place + 1 < len(run.ends) else len(run.glyphs)
    if run.safe[following] and run.alone(start, end):
        return Line(run, start, end, style, max_width), run.breaks[place]
    # Kerned with what comes next: what fits is known only where kerning cannot matter.
    kerning = run.face.size * _KERNING_EM * TO_UNITS
    if reach - run.end_reach[place] < kerning or run.reach[following] - reach < kerning:
        return None
    line = _alone(run, start, end, style, max_width)
    return None if line is None else (line, run.breaks[place])


def _cut_after_space(run: Run, start: int, style: Any, max_width: float, reach: int) -> tuple[Line, int | None] | None:
    """A line that keeps the space it is broken after, where all of it fits. `reach` is how wide the run may become."""
    place = bisect_right(run.end_reach, reach) - 1
    if place < 0 or (end := run.ends[place]) <= start or run.data[end - 1] == 0x20:
        return None
    resume = run.breaks[place]
    following = run.end_glyphs[place + 1] if place + 1 < len(run.ends) else len(run.glyphs)
    if run.reach[run.at[resume]] > reach or not run.safe[following] or not run.alone(start, resume):
        return None
    return Line(run, start, resume, style, max_width), resume


def _cut_word(run: Run, start: int, style: Any, max_width: float) -> tuple[Line, int | None] | None:
    """The first word, however narrow the line."""
    if run.data[start] == 0x20:
        return None
    place = bisect_right(run.ends, start)
    if place == len(run.ends):
        end, resume = len(run.data), None
        if run.data[-1] == 0x20:
            return None
    else:
        end, resume = run.ends[place], run.breaks[place]
    line = _alone(run, start, end, style, max_width)
    return None if line is None else (line, resume)


def _alone(run: Run, start: int, end: int, style: Any, max_width: float) -> Line | None:
    """A part of a run as it looks without the rest."""
    if run.alone(start, end):
        return Line(run, start, end, style, max_width)
    part = run.setting.run(run.data[start:end].decode())
    return None if part is None else Line(part, 0, end - start, style, max_width)


def strut(style: Any) -> tuple[float, float]:
    """WeasyPrint 70's function of that name, which makes a text of fifteen values to find what it found before."""
    if (known := setting(style)) is None:
        found: tuple[float, float] = _strut(style)
        return found
    line_height = style["line_height"]
    if line_height not in known.struts:
        known.struts[line_height] = _strut(style)
    return known.struts[line_height]


def can_break_text(text: str, lang: str | None) -> bool:
    """WeasyPrint 70's function of that name, which asks for each two letters between which elements meet."""
    found: bool = _of_pair(text, lang) if len(text) == 2 else _can_break_text(text, lang)
    return found


@lru_cache(maxsize=4096)
def _of_pair(text: str, lang: str | None) -> bool:
    found: bool = _can_break_text(text, lang)
    return found
