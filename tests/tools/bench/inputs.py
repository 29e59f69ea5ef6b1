"""What is built: the post of source/, and the corpus's novel and its book of PEPs, whole or as long as one likes."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from tests.tools.reproduce import ROOT

NOVEL = "academy-boys-sections.rst"
_PARTS = re.compile(r"^   :caption: (.+)$|^   (chapters/[\w-]+)$", re.MULTILINE)
_FAULT = re.compile(r"^(chapters/[\w-]+)\.rst:\d+: error (\w+):", re.MULTILINE)
# Too long for a heading, at the margin, without markup.
_N_IN_TEXT = re.compile(r"^(?=[A-Za-z ,.;()'-]{50,}$)[^\n]*?[a-z](n)[a-z]", re.MULTILINE)
LINES_A_PAGE = 27  # of source, about


@dataclass(frozen=True)
class Book:
    """Chapters in parts. `parts` is (caption, (name, …)), a name is a path without its suffix; `texts` is by name."""

    front: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]
    texts: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for _, names in self.parts for name in names)

    def index(self) -> str:
        """The book as a toctree, for those who know it."""
        trees = (
            f".. toctree::\n   :caption: {caption}\n   :maxdepth: 2\n   :numbered:\n\n"
            + "".join(f"   {n}\n" for n in names)
            for caption, names in self.parts
        )
        return "\n".join((self.front, *trees))

    def one_file(self) -> str:
        """The same book by docutils' own means, with contents as deep: of parts, chapters and sections."""
        parts = (
            f"{'*' * len(caption)}\n{caption}\n{'*' * len(caption)}\n\n"
            + "".join(f".. include:: {n}.rst\n" for n in names)
            for caption, names in self.parts
        )
        return "\n".join((self.front, ".. contents:: Table of Contents\n   :depth: 3\n", *parts))

    def without(self, names: Iterable[str]) -> Book:
        """The book with chapters taken out, and parts that are empty then."""
        gone = set(names)
        left = ((caption, tuple(n for n in names if n not in gone)) for caption, names in self.parts)
        return replace(self, parts=tuple(part for part in left if part[1]))

    def of_pages(self, pages: int) -> Book:
        """A book of about so many pages, in one part: the chapters in their order that still fit, again if need be."""
        room = pages * LINES_A_PAGE
        texts: dict[str, str] = {}
        for turn in count(1):
            fitting: dict[str, str] = {}
            for name in self.names:
                lines = self.texts[name].count("\n")
                if lines <= room:
                    room -= lines
                    fitting |= _again(name, self.texts[name], turn)
            if not fitting:
                break
            texts |= fitting
        return replace(self, parts=(("Chapters", tuple(texts)),), texts=texts)


def _again(name: str, text: str, turn: int) -> dict[str, str]:
    """A chapter by its name, from the second time on with a name and a label of its own."""
    if turn == 1:
        return {name: text}
    label = f"_chapter-{Path(name).name}:"
    return {f"{name}-{turn}": text.replace(label, f"{label[:-1]}-{turn}:")}


def book(folder: Path) -> Book:
    """The book whose index.rst is in a folder. Raises OSError."""
    index = (folder / "index.rst").read_text(encoding="utf-8")
    parts: list[tuple[str, tuple[str, ...]]] = []
    for caption, name in _PARTS.findall(index):
        if caption:
            parts.append((caption, ()))
        else:
            parts[-1] = (parts[-1][0], (*parts[-1][1], name))
    front = index.partition(".. toctree::")[0]
    texts = {n: (folder / f"{n}.rst").read_text(encoding="utf-8") for _, names in parts for n in names}
    return Book(front, tuple(parts), texts)


def lay_book(book: Book, desk: Path) -> None:
    """Put a book on a desk: index.rst, book.rst, chapters/."""
    (desk / "chapters").mkdir()
    for name in book.names:
        (desk / f"{name}.rst").write_text(book.texts[name], encoding="utf-8")
    (desk / "index.rst").write_text(book.index(), encoding="utf-8")
    (desk / "book.rst").write_text(book.one_file(), encoding="utf-8")


def change_a_letter(path: Path) -> None:
    """Another letter, as wide, in running text past the middle of a chapter. Raises ValueError if there is none."""
    text = path.read_text(encoding="utf-8")
    found = _N_IN_TEXT.search(text, len(text) // 2)
    if found is None:
        raise ValueError(f"{path.name} has no running text past its middle")
    place = found.start(1)
    path.write_text(f"{text[:place]}u{text[place + 1 :]}", encoding="utf-8")


def add_pages(path: Path) -> None:
    """Some pages more at the end of a chapter."""
    with path.open("a", encoding="utf-8") as file:
        file.write("\n\n" + 3 * (60 * "This moves what follows. " + "\n\n"))


def faults(said: str) -> Counter[tuple[str, str]]:
    """How often which error stood in which chapter, by what a build said."""
    return Counter(_FAULT.findall(said))


def post() -> str:
    """The name of the post, the first if there are several."""
    return min(path.name for path in (ROOT / "source").glob("*.rst"))


def lay_post(desk: Path) -> None:
    """Put the post on a desk, with what it needs."""
    shutil.copytree(ROOT / "source", desk, dirs_exist_ok=True)


def lay_novel(corpus: Path, desk: Path) -> None:
    """Put the novel on a desk. Raises OSError."""
    shutil.copy(corpus / "novel100" / NOVEL, desk)
