"""What a laid-out document is about to draw: each text and picture as a leaf of its DOM element, or as an artifact.

Engine: WeasyPrint 70, whose boxes know their element but not which of its texts they hold.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from itertools import accumulate
from typing import Any
from xml.etree.ElementTree import Element

from msgspec import Struct, field
from msgspec.structs import replace
from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder

from pipeline.model import Folio
from pipeline.write.pdf import roles
from pipeline.write.pdf.code import COLUMN_EM
from pipeline.write.pdf.folios import FIGURES
from pipeline.write.pdf.formulas import EM
from pipeline.write.pdf.ink import Mark
from pipeline.write.pdf.pagestarts import Starts
from pipeline.write.pdf.roles import AFTER, BEFORE, MARKER, Leaf

_DRAWN = (boxes.TextBox, boxes.ReplacedBox)
LEAST_PT = 6.95  # of the type of formulas: 7 points, but for what widths are rounded by
_PLACES = {"before": BEFORE, "after": AFTER, "marker": MARKER, "footnote-marker": MARKER, "footnote-call": MARKER}


Artifact = dict[str, str]  # a property list in PDF's notation (ISO 32000-1, table 330)
LAYOUT: Artifact = {"Type": "/Layout"}
_PAGINATION: Artifact = {"Type": "/Pagination"}


class Leaves(Struct, frozen=True):
    """`runs` has what is content, by element and place in it; `artifacts` what is not: box → what it is instead."""

    runs: dict[Element, dict[int, list[Leaf]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    artifacts: dict[Any, Artifact] = field(default_factory=dict)
    places: dict[Any, tuple[int, str]] = field(default_factory=dict)  # box of a folio → page, what CSS calls its margin
    folios: dict[int, Folio] = field(default_factory=dict)  # page → what was taken off it when it was drawn
    starts: tuple[int, ...] = ()  # of each page the signs of the text before it
    marks: dict[Any, Mark] = field(default_factory=dict)  # the first text of a line of code → what stands beside it
    silent: list[str] = field(default_factory=list)  # pictures without alternative text
    doubtful: dict[str, str] = field(default_factory=dict)  # a formula's alternative text → code of what is amiss


def gather(document: Any) -> Leaves:
    """The leaves of a laid-out document. Second annotations within a link, and those of page furniture, are taken out.

    The white space that layout dropped between two words at a line's end is put back, so that no reader joins them.
    """
    walk = _Walk(document._html.etree_element)
    for number, page in enumerate(document.pages):
        walk.links = set()
        walk.box(number, page._page_box, None, None)
        page.links = [link for link in page.links if link[3] in walk.links]
    return replace(walk.leaves, starts=walk.pages.of(len(document.pages)))


class _Drawn(str):
    """White space that WeasyPrint 70 draws: it leaves out a run of nothing else, and two words are read as one."""

    def strip(self, chars: str | None = None) -> str:  # noqa: ARG002
        return self


class _Walk:
    """A walk through the boxes of page after page, that remembers how far into the document's text it is."""

    def __init__(self, root: Element):
        self.leaves = Leaves()
        self.pages = Starts(root)
        self.links: set[Any] = set()  # boxes of this page whose annotation is kept
        self.parents = {child: parent for parent in root.iter() for child in parent}
        self.repeated: dict[Element, Any] = {}  # head or foot of a table → its first box
        self.read: dict[Element, int] = defaultdict(int)  # characters met of an element's own text
        self.place: dict[Element, int] = defaultdict(int)  # of the last of them
        self.ends: dict[Element, list[int]] = {}  # of each of its texts, in such characters
        self.coded: set[Element] = set()  # lines of code that have begun
        self.last_element: Element | None = None
        self.last_text: Any = None  # box
        self.position = 0  # after it, in characters of the document
        # White space is never counted, because layout drops some; `spaced` says which characters it stands before.
        self.starts: dict[tuple[Element, int], int] = {}
        self.spaced: list[bool] = []
        space = False
        for element, place, text in _texts(root):
            self.starts[element, place] = len(self.spaced)
            space = space or element.tag == "br" or text[:1].isspace()
            for word in text.split():
                self.spaced.append(space)
                self.spaced.extend([False] * (len(word) - 1))
                space = True
            space = text[-1:].isspace() if text else space
        self.spaced.append(True)

    def box(self, page: int, box: Any, artifact: Artifact | None, link: Element | None) -> None:
        """Sort what a box and its descendants draw. `link` is the a[href] they are in."""
        if isinstance(box, AbsolutePlaceholder):
            box = box._box
        element = box.element
        if isinstance(box, boxes.MarginBox):
            artifact = _furniture(box.at_keyword)
            for line in box.descendants():
                if isinstance(line, boxes.TextBox) and line.text == FIGURES:
                    self.leaves.places[line] = (page, box.at_keyword)
        elif isinstance(box, boxes.TableRowGroupBox) and (box.is_header or box.is_footer):
            if self.repeated.setdefault(element, box) is not box:
                artifact = _PAGINATION
        elif artifact is None and (box.is_leader or (element is not None and roles.is_decorative(element))):
            artifact = LAYOUT
        link = element if box.link and artifact is None else link
        # WeasyPrint 70 gives every box within a link an annotation; only a picture's reaches beyond the link's own.
        if link is not None and artifact is None and (box.link or isinstance(box, boxes.ReplacedBox)):
            self.leaves.runs[link][AFTER].append(Leaf(page, box, annotation=True))
            self.links.add(box)
        if isinstance(box, _DRAWN):
            if isinstance(box, boxes.ReplacedBox) and artifact in (None, LAYOUT):
                self.pages.begin(page, element, 0, 0)
            if artifact is None and box.style["visibility"] != "visible":
                artifact = LAYOUT
            if artifact is None:
                self.content(page, box)
            else:
                self.leaves.artifacts[box] = artifact
            return
        if isinstance(box, boxes.LineBox) and element is not None and "codeline" in element.get("class", ""):
            self.mark(box)
        for child in box.children:
            self.box(page, child, artifact, link)
        broken = isinstance(box, boxes.LineBox) and getattr(box, "resume_at", None) is not None
        if (broken or hasattr(box, "divided")) and artifact is None:
            self.end_line()

    def mark(self, line: Any) -> None:
        """Have a number drawn beside a line of code, or a sign if it only goes on."""
        text = next((box for box in line.descendants() if isinstance(box, boxes.TextBox)), None)
        goes_on, number = line.element in self.coded, line.element.get("data-number", "")
        self.coded.add(line.element)
        if text is not None and (goes_on or number):
            size = text.style["font_size"]
            right = text.position_x - (0 if goes_on else COLUMN_EM * size)
            self.leaves.marks[text] = Mark("" if goes_on else number, right, text.position_y + text.baseline, size)

    def content(self, page: int, box: Any) -> None:
        element, pseudo = box.element, box.element_tag.partition("::")[2]
        place = _PLACES.get(pseudo)
        if isinstance(box, boxes.ReplacedBox):
            place = place or 0
            if not roles.alternative(element):
                self.leaves.silent.append(element.get("src") or element.tag)
            if element.get("role") == "math" and (code := element.get("data-amiss") or _too_small(box)):
                self.leaves.doubtful[roles.alternative(element)] = code
            self.last_text = None  # a space after a picture is none of the text's before it
        else:
            if not box.text.strip():
                box.text = _Drawn(box.text or " ")
            place = self.text_place(page, box) if place is None else place
            self.last_text = box
        self.leaves.runs[element][place].append(Leaf(page, box, numbering=str(box.style["list_style_type"])))
        self.last_element = element

    def text_place(self, page: int, box: Any) -> int:
        """Which of its element's texts (before, between and after its children) a text box is from.

        Floats and notes are not where they are in the DOM; but an element's own text is drawn in order, so the count
        of its characters so far tells. A run of white space only follows what was drawn just before it.
        """
        element, count = box.element, _count(box.text)
        if not count:
            child = self.last_element
            while child is not None and self.parents.get(child) is not element:
                child = self.parents.get(child)
            return self.place[element] if child is None else list(element).index(child) + 1
        if (ends := self.ends.get(element)) is None:
            texts = (element.text, *(child.tail for child in element))
            ends = self.ends[element] = [0, *accumulate(_count(text or "") for text in texts)]
        place = min(bisect_right(ends, self.read[element], 1) - 1, len(element))
        inside = self.read[element] - ends[place]
        self.pages.begin(page, element, place, inside)
        self.position = self.starts[element, place] + inside + count
        self.read[element] += count
        self.place[element] = place
        return place

    def end_line(self) -> None:
        """Draw the space that a line was broken at."""
        box = self.last_text
        if box is None or box.text[-1:].isspace() or box.pango_layout.first_line_direction % 2:
            return
        if self.spaced[min(self.position, len(self.spaced) - 1)] and not box.pango_layout.text.endswith(" "):
            box.pango_layout.text += " "


def _too_small(formula: Any) -> str:
    """PDF013 if a formula had to be drawn in smaller type than can well be read."""
    size_px, across = float(formula.style["font_size"]), float(formula.element.get("viewBox").split()[2])
    size_pt = 0.75 * size_px * min(1.0, float(formula.width) / (across / EM * size_px))
    return "PDF013" if size_pt < LEAST_PT else ""


def _furniture(margin: str) -> Artifact:
    """A running head or foot; `margin` is what CSS calls its place: @top-left, @right-middle …"""
    side = margin.removeprefix("@").partition("-")[0]
    kind = {"top": {"Subtype": "/Header"}, "bottom": {"Subtype": "/Footer"}}.get(side, {})
    return {**_PAGINATION, **kind, "Attached": f"[/{side.title()}]"}


def _texts(root: Element) -> Iterator[tuple[Element, int, str]]:
    """The texts in an element in document order, each with the element it is directly in and its place there.

    Those of notes at the foot of a page come last: a line that calls one goes on with what is behind it.
    """
    notes: list[Element] = []
    yield from _flow(root, notes)
    for note in notes:  # which a note adds to that has some itself
        yield from _flow(note, notes)


def _flow(element: Element, notes: list[Element]) -> Iterator[tuple[Element, int, str]]:
    yield element, 0, element.text or ""
    for place, child in enumerate(element, 1):
        if child.tag == "aside" and "at-foot" in child.get("class", ""):
            notes.append(child)
        else:
            yield from _flow(child, notes)
        yield element, place, child.tail or ""


def _count(text: str) -> int:
    return len("".join(text.split()))
