"""Code as it fits on paper: in smaller type where that saves a break, and with places to break at where none does.

Widths are estimated here, in columns, each as wide as any letter of the type for code; that a line was broken, and
where, is the engine's to say (`leaves`), and shown by `ink`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise
from unicodedata import east_asian_width

from lxml import etree

XHTML = "{http://www.w3.org/1999/xhtml}"
COLUMN_EM = 0.6  # Source Code Pro
BREAK = "\N{ZERO WIDTH SPACE}"
TURN = 2  # columns that what a line goes on with is further in

# What is tried, the larger first: points, and the class that styles/edition/print-code.css has for it.
_SIZES = ((9.5, ""), (8.0, "fine"), (7.4, "finer"))
_FINEST = (7.0, "finest")  # for what is drawn with signs: to break its lines would be to break it
_WHOLE = 6  # lines that are not parted
_INDENT_PT = 8.6  # of a block of code itself, 3 mm
# What stands further in than the text around it, and about how far.
_INSET_PT = {"li": 17.1, "dd": 17.1, "blockquote": 17.1, "aside": 17.1}
_INSET_CLASSES_PT = {"admonition": 16.0, "topic": 16.0, "sidebar": 16.0, "described": 16.0, "footnote": 17.1}
_CELLS = (f"{XHTML}td", f"{XHTML}th")
_IN_A_CELL = 12  # columns: how broad a cell is, nobody knows before it is laid out

_DRAWING = re.compile("[\u2500-\u259f]|[+|][-=]{2}|[-=]{2}[+>|]|^\\s*[|].*[|]\\s*$", re.M)
_AFTER = re.compile(r"(?<=[^\W_])(?:[^\w\s]|_)+(?=[^\W_])|[,;)\]}]+(?=\S)")


def fit(root: etree._Element, room_pt: float) -> None:
    """Prepare all code in a document whose lines of text are that wide."""
    for mark in list(root.iter(f"{XHTML}wbr")):
        _replace(mark, BREAK)
    for block in root.iter(f"{XHTML}pre"):
        lines = [line for line in block.iter(f"{XHTML}span") if "codeline" in line.get("class", "").split()]
        before = block.getprevious()
        if before is not None and before.tag == f"{XHTML}p" and "".join(map(str, before.itertext())).endswith(":"):
            before.set("class", f"{before.get('class', '')} introduces".strip())
        if lines:
            _fit(block, lines, room_pt - _INDENT_PT - sum(map(_inset, block.iterancestors())))


def _fit(block: etree._Element, lines: list[etree._Element], room_pt: float) -> None:
    texts = ["".join(map(str, line.itertext())).rstrip("\n") for line in lines]
    widths = [*map(columns, texts)]
    gutter = len(lines[-1].get("data-number", "")) + 2 if "data-number" in lines[-1].attrib else 0
    cell = any(parent.tag in _CELLS for parent in block.iterancestors())

    def most(size_pt: float) -> int:
        """Columns that a line takes."""
        return _IN_A_CELL if cell else max(_IN_A_CELL, int(room_pt / (COLUMN_EM * size_pt)) - gutter)

    drawn = 2 * sum(bool(_DRAWING.search(text)) for text in texts) > len(texts)
    sizes = (*_SIZES, _FINEST) if drawn else _SIZES
    rows = [
        sum(-(-(width - TURN) // (most(size) - TURN)) for width in widths if width > most(size)) for size, _ in sizes
    ]
    chosen = 0
    for smaller, left in enumerate(rows):
        # Smaller type is worse to read: it has to save half of the breaks, and the smallest more than a few.
        if 2 * left <= rows[chosen] and rows[chosen] - left > 2 * (smaller > 1 and not drawn):
            chosen = smaller
    size, name = sizes[chosen]
    classes = [name] * bool(name) + ["whole"] * (len(lines) <= _WHOLE)
    if classes:
        block.set("class", " ".join([block.get("class", ""), *classes]))
    if gutter:
        block.set("style", f"margin-left: {gutter * COLUMN_EM:g}em")
    for line, text, width in zip(lines, texts, widths, strict=True):
        if gutter and not text:
            line.text = f"{BREAK}{line.text or ''}"  # a number needs a text to stand beside
        if width > most(size):
            # Half of a line is left at least for what goes on.
            within = min(len(text) - len(text.lstrip()), most(size) // 2) + TURN
            shift = within * COLUMN_EM
            line.set("style", f"padding-left: {shift:.2f}em; text-indent: {-shift:.2f}em")
            _insert(line, _breaks(text, most(size), within))


def columns(text: str) -> int:
    """How broad a text is set, in columns."""
    return len(text) if text.isascii() else sum(1 + (east_asian_width(sign) in "WF") for sign in text)


def _breaks(text: str, most: int, within: int) -> list[int]:
    """Where a line may break though it has no space there: after a sign, where a space would come too early to break
    at; anywhere, where no sign is either.
    """
    if most == _IN_A_CELL:
        return sorted({*(found.end() for found in _AFTER.finditer(text)), *range(most // 2, len(text), most // 2)})
    signs = [found.end() for found in _AFTER.finditer(text)]
    found, start, room = [], 0, most
    while columns(text[start : start + room + 1]) > room:
        end = start + room
        while columns(text[start:end]) > room:
            end -= 1
        space = text.rfind(" ", start + room // 2, end - 1) + 1  # it takes a column itself
        if not text[start:space].strip():
            last = bisect_right(signs, end) - 1
            space = signs[last] if last >= 0 and signs[last] > start + room // 3 else end
            found.append(space)
        start, room = space, most - within
    return found


def _insert(line: etree._Element, places: list[int]) -> None:
    """Put BREAK into a line's text, before the characters of those numbers."""
    start = 0
    for element, part in list(_texts(line)):
        text = getattr(element, part) or ""
        first, last = bisect_right(places, start), bisect_right(places, start + len(text))
        inside = [place - start for place in places[first:last]]
        ends = [0, *inside, len(text)]
        if inside:
            setattr(element, part, BREAK.join(text[one:other] for one, other in pairwise(ends)))
        start += len(text)


def _texts(element: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    yield element, "text"
    for child in element:
        yield from _texts(child)
        yield child, "tail"


def _replace(mark: etree._Element, text: str) -> None:
    """Put a text in an element's place."""
    parent, before, rest = mark.getparent(), mark.getprevious(), mark.tail or ""
    assert parent is not None
    if before is None:
        parent.text = (parent.text or "") + text + rest
    else:
        before.tail = (before.tail or "") + text + rest
    mark.tail = None
    parent.remove(mark)


def _inset(element: etree._Element) -> float:
    """How far an element's content stands further in, in points."""
    name = str(element.tag).removeprefix(XHTML)
    classes = element.get("class", "").split()
    return _INSET_PT.get(name, 0) or max((_INSET_CLASSES_PT.get(name, 0) for name in classes), default=0)
