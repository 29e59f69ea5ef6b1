"""What pages draw, and under which marks (ISO 32000-1, 14.6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import pikepdf
from msgspec import Struct

from pipeline.check.pdf.instructions import IMAGE, LINE, PAINTS, SHOWS, instructions

_DEEPEST = 20  # forms inside forms; a form that draws itself would never end


class Mark(NamedTuple):
    """An open BMC or BDC. `key` names it as `tree.Marked.key` does; None where it has no id.

    `properties` is a mapping whose keys have slashes, or None where there are none but an id.
    """

    tag: str
    key: tuple[int, int, int] | None
    properties: Any


class Shown(NamedTuple):
    """Something drawn: `kind` is text, path or image. Text has its font, its strings and its render mode.

    Strings are in hexadecimal, each between < and >.
    """

    page: int
    kind: str
    marks: tuple[Mark, ...]
    font: Any = None
    strings: bytes = b""
    mode: int = 0

    @property
    def artifact(self) -> bool:
        return any(mark.tag == "Artifact" for mark in self.marks)


class Content(Struct, frozen=True):
    """Everything the pages draw, in order; every mark that was opened with those around it; how often forms were.

    Of the marks, `nested` are in others, and `described` have properties.
    """

    shown: tuple[Shown, ...]
    nested: tuple[tuple[Mark, ...], ...]
    described: tuple[tuple[Mark, ...], ...]
    forms: dict[int, int]  # object number → times drawn


def read_content(pdf: pikepdf.Pdf) -> Content:
    shown: list[Shown] = []
    marks: list[tuple[Mark, ...]] = []
    forms: Counter[int] = Counter()
    fonts: dict[tuple[int, int], dict[str, Any]] = {}  # of each table of resources, by name: pages share them
    for number, page in enumerate(pdf.pages):
        resources = page.resources
        named = fonts.setdefault(resources.objgen, {}) if resources.is_indirect else {}
        shown += _drawn(page, resources, number, 0, (), marks, forms, named)
    nested = tuple(around for around in marks if len(around) > 1)
    described = tuple(around for around in marks if around[-1].properties is not None)
    return Content(tuple(shown), nested, described, dict(forms))


def _drawn(
    stream: Any,
    resources: Any,
    page: int,
    form: int,
    around: tuple[Mark, ...],
    marks: list[tuple[Mark, ...]],
    forms: Counter[int],
    fonts: dict[str, Any],
    depth: int = 0,
) -> Iterator[Shown]:
    """What a page or form draws. `around` are the marks open where a form is drawn."""
    within = around
    font: Any = None
    mode = 0
    saved: list[tuple[Any, int]] = []
    for name, operand in instructions(stream):
        if name == LINE:
            tag, properties, face, strings = operand
            if face not in fonts:
                fonts[face] = _resource(resources, "/Font", face)
            font = fonts[face]
            line = (*within, _mark((tag, properties), resources, page, form))
            marks.append(line)
            yield Shown(page, "text", line, font, strings, mode)
        elif name in SHOWS:
            yield Shown(page, "text", within, font, operand, mode)
        elif name in PAINTS:
            yield Shown(page, "path", within)
        elif name == "q":
            saved.append((font, mode))
        elif name == "Q":
            font, mode = saved.pop() if saved else (font, mode)
        elif name == "Tf":
            if operand not in fonts:
                fonts[operand] = _resource(resources, "/Font", operand)
            font = fonts[operand]
        elif name == "Tr":
            mode = operand
        elif name in ("BMC", "BDC"):
            within = (*within, _mark(operand, resources, page, form))
            marks.append(within)
        elif name == "EMC":
            if len(within) > len(around):
                within = within[:-1]
        elif name == IMAGE:
            yield Shown(page, "image", within)
        elif name == "Do":
            drawn = _resource(resources, "/XObject", operand)
            if not isinstance(drawn, pikepdf.Stream):
                continue
            if drawn.get("/Subtype") != "/Form":
                yield Shown(page, "image", within)
            elif depth < _DEEPEST:
                inner = drawn.objgen[0]
                forms[inner] += 1
                own = drawn.get("/Resources", resources)
                yield from _drawn(drawn, own, page, inner, within, marks, forms, {}, depth + 1)


def _resource(resources: Any, kind: str, name: str) -> Any:
    found = resources.get(kind) if resources is not None else None
    return found.get(name) if isinstance(found, pikepdf.Dictionary) else None


def _mark(operands: tuple[str, Any], resources: Any, page: int, form: int) -> Mark:
    tag, properties = operands
    if isinstance(properties, int):
        return Mark(tag[1:], (-1 if form else page, form, properties), None)
    if isinstance(properties, str):
        properties = _resource(resources, "/Properties", properties)
    if not isinstance(properties, pikepdf.Dictionary):
        return Mark(tag[1:], None, None)
    mcid = properties.get("/MCID")
    key = (-1 if form else page, form, int(mcid)) if mcid is not None else None
    return Mark(tag[1:], key, properties)
