"""What pages draw, and under which marks (ISO 32000-1, 14.6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf

_PAINTS = frozenset(["S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh"])
_SHOWS = frozenset(["Tj", "TJ", "'", '"'])
_DEEPEST = 20  # forms inside forms; a form that draws itself would never end


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """An open BMC or BDC. `key` names it as `tree.Marked.key` does; None where it has no id."""

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
    font: Any = None
    mode = 0
    saved: list[tuple[Any, int]] = []
    for instruction in pikepdf.parse_content_stream(stream):
        operands, name = instruction.operands, str(instruction.operator)
        if name == "q":
            saved.append((font, mode))
        elif name == "Q" and saved:
            font, mode = saved.pop()
        elif name == "Tf":
            font = _resource(resources, "/Font", operands[0])
        elif name == "Tr":
            mode = int(operands[0])
        elif name in ("BMC", "BDC"):
            open_marks.append(_mark(operands, resources, page, form))
            marks.append(tuple(open_marks))
        elif name == "EMC" and len(open_marks) > len(around):
            open_marks.pop()
        elif name in _SHOWS:
            yield Shown(page, "text", tuple(open_marks), font, _codes(operands[-1]), mode)
        elif name in _PAINTS:
            yield Shown(page, "path", tuple(open_marks))
        elif name == "INLINE IMAGE":
            yield Shown(page, "image", tuple(open_marks))
        elif name == "Do":
            drawn = _resource(resources, "/XObject", operands[0])
            if not isinstance(drawn, pikepdf.Stream):
                continue
            if drawn.get("/Subtype") != "/Form":
                yield Shown(page, "image", tuple(open_marks))
            elif depth < _DEEPEST:
                inner = drawn.objgen[0]
                forms[inner] += 1
                own = drawn.get("/Resources", resources)
                yield from _drawn(drawn, own, page, inner, tuple(open_marks), marks, forms, depth + 1)


def _resource(resources: Any, kind: str, name: Any) -> Any:
    found = resources.get(kind) if resources is not None else None
    return found.get(str(name)) if isinstance(found, pikepdf.Dictionary) else None


def _mark(operands: Any, resources: Any, page: int, form: int) -> Mark:
    properties = operands[1] if len(operands) > 1 else None
    if isinstance(properties, pikepdf.Name):
        properties = _resource(resources, "/Properties", properties)
    if not isinstance(properties, pikepdf.Dictionary):
        properties = None
    mcid = properties.get("/MCID") if properties is not None else None
    key = (-1 if form else page, form, int(mcid)) if mcid is not None else None
    return Mark(str(operands[0])[1:], key, properties)


def _codes(operand: Any) -> bytes:
    """The string or strings of a text-showing operator, without the adjustments between them."""
    if isinstance(operand, pikepdf.Array):
        return b"".join(bytes(item) for item in operand if isinstance(item, pikepdf.String))
    return bytes(operand) if isinstance(operand, pikepdf.String) else b""
