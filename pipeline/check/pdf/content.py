"""What pages draw, and under which marks (ISO 32000-1, 14.6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf

from pipeline.check.pdf.instructions import IMAGE, PAINTS, SHOWS, instructions

_DEEPEST = 20  # forms inside forms; a form that draws itself would never end


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """An open BMC or BDC. `key` names it as `tree.Marked.key` does; None where it has no id.

    `properties` is a mapping whose keys have slashes, or None.
    """

    tag: str
    key: tuple[int, int, int] | None
    properties: Any


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Something drawn: `kind` is text, path or image. Text has its font, its codes and its render mode."""

    page: int
    kind: str
    marks: tuple[Mark, ...]
    font: Any = None
    codes: bytes = b""
    mode: int = 0

    @property
    def artifact(self) -> bool:
        return any(mark.tag == "Artifact" for mark in self.marks)


@dataclass(frozen=True, slots=True)
class Content:
    """Everything the pages draw, in order; every mark that was opened with those around it; how often forms were."""

    shown: tuple[Shown, ...]
    marks: tuple[tuple[Mark, ...], ...]
    forms: dict[int, int]  # object number → times drawn


def read_content(pdf: pikepdf.Pdf) -> Content:
    shown: list[Shown] = []
    marks: list[tuple[Mark, ...]] = []
    forms: Counter[int] = Counter()
    for number, page in enumerate(pdf.pages):
        shown += _drawn(page, page.resources, number, 0, (), marks, forms)
    return Content(tuple(shown), tuple(marks), dict(forms))


def _drawn(
    stream: Any,
    resources: Any,
    page: int,
    form: int,
    around: tuple[Mark, ...],
    marks: list[tuple[Mark, ...]],
    forms: Counter[int],
    depth: int = 0,
) -> Iterator[Shown]:
    """What a page or form draws. `around` are the marks open where a form is drawn."""
    open_marks = list(around)
    within = around
    font: Any = None
    mode = 0
    saved: list[tuple[Any, int]] = []
    fonts: dict[str, Any] = {}
    for name, operand in instructions(stream):
        if name in SHOWS:
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
            open_marks.append(_mark(operand, resources, page, form))
            within = tuple(open_marks)
            marks.append(within)
        elif name == "EMC":
            if len(open_marks) > len(around):
                open_marks.pop()
                within = tuple(open_marks)
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
                yield from _drawn(drawn, own, page, inner, within, marks, forms, depth + 1)


def _resource(resources: Any, kind: str, name: str) -> Any:
    found = resources.get(kind) if resources is not None else None
    return found.get(name) if isinstance(found, pikepdf.Dictionary) else None


def _mark(operands: tuple[str, Any], resources: Any, page: int, form: int) -> Mark:
    tag, properties = operands
    if isinstance(properties, str):
        properties = _resource(resources, "/Properties", properties)
    if not isinstance(properties, dict | pikepdf.Dictionary):
        properties = None
    mcid = properties.get("/MCID") if properties is not None else None
    key = (-1 if form else page, form, int(mcid)) if mcid is not None else None
    return Mark(tag[1:], key, properties)
