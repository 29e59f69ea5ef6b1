"""Pages set for a test, and what someone who cannot see them gets: the structure tree with the text it leads to."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import fontpkg
import pikepdf

from pipeline.fetch import Shelf
from pipeline.model import ChapterJob, ChapterPdf
from pipeline.write import pdf

_FILES = fontpkg.family("Source Serif 4").files
_FACES = "".join(
    f"@font-face {{ font-family: S; font-style: {file.style}; src: url('book:///fonts/{quote(file.path.name)}') }}\n"
    for file in _FILES
)
CSS = (
    _FACES + "@page { size: 100mm 80mm; margin: 10mm } html { font: 12pt/16pt S } body { margin: 0 } a { color: #000 }"
)


def page(body: str, lang: str = "en") -> str:
    head = "<head><title>Title</title></head>"
    return f'<html xmlns="http://www.w3.org/1999/xhtml" lang="{lang}">{head}<body>{body}</body></html>'


def shelf(source: Path) -> Shelf:
    return Shelf({"fonts": Path(_FILES[0].path).parent, "source": source})


def lay_out(body: str, css: str = "", source: Path = Path(__file__).parent) -> bytes:
    return pdf.layout(page(body), CSS + css, shelf(source))


def set_chapter(body: str, css: str = "", source: Path = Path(__file__).parent) -> ChapterPdf:
    return pdf.typeset(ChapterJob(page(body), CSS + css, shelf(source).roots))


def uncorrected(_document: object) -> AbstractContextManager[object]:
    """In place of `tags.tagged`: WeasyPrint's own structure tree."""
    from pipeline.write.pdf.leaves import Leaves

    return nullcontext(Leaves())


@dataclass
class Element:
    """A structure element as a reader meets it. `pieces` are (page, text) of its own content, pages from 0."""

    role: str
    kids: list[Element | str] = field(default_factory=list)
    pieces: list[tuple[int, str]] = field(default_factory=list)
    links: list[pikepdf.Object] = field(default_factory=list)
    entry: pikepdf.Object = None  # type: ignore[assignment]

    @property
    def text(self) -> str:
        return "".join(kid if isinstance(kid, str) else kid.text for kid in self.kids)

    def all(self, role: str) -> list[Element]:
        return [element for element in self if element.role == role]

    def __iter__(self) -> Iterator[Element]:
        yield self
        for kid in self.kids:
            if isinstance(kid, Element):
                yield from kid

    def __str__(self) -> str:
        """As P(text Span(text)), with an element that has none as its bare role."""
        inner = " ".join(text for kid in self.kids if (text := " ".join(str(kid).split())))
        return f"{self.role}({inner})" if inner else self.role


@dataclass
class Document:
    file: pikepdf.Pdf
    tree: Element
    artifacts: list[str]
    stray: list[str]  # text that is neither


def read(data: bytes) -> Document:
    file = pikepdf.open(io.BytesIO(data))
    marked: dict[tuple[int, int], str] = {}
    artifacts: list[str] = []
    stray: list[str] = []
    for number, leaf in enumerate(file.pages):
        for tag, mcid, text in _shown(leaf):
            if mcid is not None:
                marked[number, mcid] = marked.get((number, mcid), "") + text
            elif text:
                (artifacts if tag == "/Artifact" else stray).append(text)
    numbers = {leaf.obj.objgen: number for number, leaf in enumerate(file.pages)}

    def element(entry: pikepdf.Object) -> Element:
        found = Element(str(entry.S)[1:], entry=entry)
        for kid in entry.get("/K", []):
            if isinstance(kid, int):
                piece = (numbers[entry.Pg.objgen], int(str(kid)))
            elif kid.get("/Type") == "/MCR":
                piece = (numbers[kid.Pg.objgen], int(str(kid.MCID)))
            elif kid.get("/Type") == "/OBJR":
                found.links.append(kid.Obj)
                continue
            else:
                found.kids.append(element(kid))
                continue
            text = marked.pop(piece)
            found.pieces.append((piece[0], text))
            found.kids.append(text)
        return found

    tree = element(file.Root.StructTreeRoot.K[0])
    return Document(file, tree, artifacts, stray + [text for text in marked.values() if text])


def _shown(leaf: pikepdf.Page) -> Iterator[tuple[str, int | None, str]]:
    """Tag and id of each marked content, and again with the text of each operator that shows some in it."""
    stack: list[tuple[str, int | None]] = []
    letters: dict[int, str] = {}
    for instruction in pikepdf.parse_content_stream(leaf):
        operands, operator = instruction.operands, str(instruction.operator)
        if operator in ("BMC", "BDC"):
            content = operator == "BDC" and "/MCID" in operands[1]
            stack.append((str(operands[0]), int(operands[1].MCID) if content else None))
            yield (*stack[-1], "")
        elif operator == "EMC":
            stack.pop()
        elif operator == "Tf":
            letters = _letters(leaf.resources.Font[str(operands[0])])
        elif operator in ("Tj", "TJ"):
            strings = operands[0] if operator == "TJ" else operands
            codes = b"".join(bytes(s) for s in strings if isinstance(s, pikepdf.String))
            text = "".join(letters[int.from_bytes(codes[i : i + 2], "big")] for i in range(0, len(codes), 2))
            yield (*(stack[-1] if stack else ("", None)), text)


def _letters(font: pikepdf.Object) -> dict[int, str]:
    pairs = re.findall(rb"<([0-9a-f]{4})> <([0-9a-f]+)>\n", font.ToUnicode.read_bytes().partition(b"beginbfchar")[2])
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}
