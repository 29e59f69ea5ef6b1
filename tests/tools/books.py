"""Real books as books, held against their own pages: `make books BOOKS="folder …"`, as docs/books-checked.tsv.

    python -m tests.tools.books FOLDER…

Each folder has an index.rst; both editions are made with every tolerance and checked. Contents and index are read off
the pages with PDFium, and each page that they name is looked at: its number in print, its headings, its words.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from pipeline.crew import Crew
from pipeline.editions import EDITIONS
from pipeline.preflight import preflight
from pipeline.settings import LENIENT, load
from tests.printed import Row, rows_of
from tests.tools.beside import epub, pdf

_NUMBER = r"(?:[ivxlcdm]+|\d+)"
_FOLIO = re.compile(_NUMBER)
_ENTRY = re.compile(rf"(.+?)((?:, {_NUMBER}(?:–{_NUMBER})?)+)(?:;.*)?")
_HEADS = {"H1", "H2", "H3", "H4", "H5", "H6"}
_LISTED = re.compile(r"(?:\s\s[ivxlcdm]+|\s\d+)$")
_TOLD = re.compile(r"^ *(\d+)  (.*?)(?: \(.*\)|;.*)?$")


class Sheet(NamedTuple):
    """A page: the label that programs show, the number printed at its foot ('' for none), and its rows of text."""

    label: str
    folio: str
    rows: tuple[Row, ...]

    def said(self, roles: set[str] | None = None) -> str:
        """The letters and figures that are read on it, all or those in some roles."""
        return bare("".join(row.text for row in self.rows if row.roles and (roles is None or roles & {*row.roles})))


def bare(text: str) -> str:
    """Letters and figures alone, small: extraction makes up spaces, and loses hyphens at a line's end."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text).casefold() if sign.isalnum())


def sheets(data: bytes) -> tuple[Sheet, ...]:
    found = []
    for label, rows in rows_of(data):
        loose = [row.text.strip() for row in rows if not row.roles]
        found.append(Sheet(label, next((text for text in reversed(loose) if _FOLIO.fullmatch(text)), ""), rows))
    return tuple(found)


def contents(pages: tuple[Sheet, ...]) -> Iterator[tuple[str, str]]:
    """The lines of the printed contents: (title, page)."""
    title = ""
    for row in (row for page in pages for row in page.rows if "TOCI" in row.roles):
        title += f"{row.text} "
        if _LISTED.search(row.text):
            *words, number = title.split()
            yield " ".join(words), number
            title = ""


def wrong_lines(pages: tuple[Sheet, ...]) -> Iterator[tuple[bool, str]]:
    """Of each line of the contents whether the page it names has that heading, and no other number at its foot."""
    known = {page.label: page for page in pages}
    for title, number in contents(pages):
        page = known.get(number)
        headings = page.said(_HEADS) if page else ""
        # Behind a title may stand who wrote the chapter.
        there = bare(title) in headings or any(
            bare(" ".join(title.split()[:count])) in headings for count in range(len(title.split()) - 1, 1, -1)
        )
        yield page is not None and there and page.folio in ("", number), f"contents: {title} {number}"


def _opening(pages: tuple[Sheet, ...]) -> int:
    """The page that the index begins on, or the number of all."""
    named = [at for at, page in enumerate(pages) if page.said(_HEADS) == "index"]
    return named[-1] if named else len(pages)


def wrong_entries(pages: tuple[Sheet, ...]) -> Iterator[tuple[bool, str]]:
    """Of each page that the index names whether it has a word of the term, or of the one it is under."""
    known = {page.label: page for page in pages}
    above = ""
    for row in (row for page in pages[_opening(pages) :] for row in page.rows if "LI" in row.roles):
        entry = _ENTRY.fullmatch(" ".join(row.text.split()))
        term = entry[1] if entry else row.text
        words = [bare(word) for word in f"{above} {term}".split() if len(bare(word)) > 2] or [bare(term)]
        above = term if not entry else above
        for number in re.findall(_NUMBER, entry[2]) if entry else ():
            page = known.get(number)
            yield page is not None and any(word in page.said() for word in words), f"index: {term} {number}"


def facts(book: Path, desk: Path) -> tuple[dict[str, int], list[str]]:
    """What is counted of a book, and each line that is wrong. Raises SystemExit if an edition fails."""
    settings = replace(load(book), lenient=tuple(LENIENT))
    start = time.monotonic()
    source = book / "index.rst" if book.is_dir() else book
    report, failures = preflight(source, EDITIONS, desk, settings, Crew(2), lambda _: None)
    seconds = round(time.monotonic() - start)
    paper, ebook = (next(desk.glob(f"*{edition.suffix}"), None) for edition in EDITIONS)
    if paper is None or ebook is None:
        raise SystemExit("\n".join(str(fault) for failure in failures for fault in failure.diagnostics))
    pages = sheets(paper.read_bytes())
    lines, entries = list(wrong_lines(pages)), list(wrong_entries(pages))
    folios = [page for page in pages if page.folio]
    printed, electronic = dict(pdf.facts(paper)), dict(epub.facts(ebook))
    told = Counter[str]()
    for line in report:
        if found := _TOLD.match(line):
            told[found[2]] += int(found[1])
    counts = {
        "files": sum(1 for _ in book.rglob("*.rst")) if book.is_dir() else 1,
        "warnings": sum(": warning " in line for line in report),
        "pages": len(pages),
        "outline": int(printed["lines of the outline"]),
        "nav": int(electronic["lines of the contents"]),
        "contents": len(lines),
        "contents wrong": sum(not right for right, _ in lines),
        "index": len(entries),
        "index wrong": sum(not right for right, _ in entries),
        "folios": len(folios),
        "folios wrong": sum(page.folio != page.label for page in folios),
        "links": int(printed["links inside the book"]),
        "dead": int(printed["of them dead"]),
        "ebook links": int(electronic["links inside the book"]),
        "ebook dead": int(electronic["of them dead"]),
        "EPUBCheck": told["messages of EPUBCheck"],
        "structure": told["faults of structure"],
        "lost": sum(count for rule, count in told.items() if rule.startswith(("differences", "lines of the contents"))),
        "faults of check": sum(len(failure.diagnostics) for failure in failures),
        "seconds": seconds,
    }
    wrong = [words for right, words in (*lines, *entries) if not right]
    return counts, wrong + [str(fault) for failure in failures for fault in failure.diagnostics]


def main() -> int:
    rows: list[dict[str, str | int]] = []
    for book in map(Path, sys.argv[1:]):
        with tempfile.TemporaryDirectory() as desk:
            counts, wrong = facts(book, Path(desk))
        rows.append({"book": book.parent.name if book.name in ("docs", "source", "en") else book.stem, **counts})
        print(*(f"{rows[-1]['book']}: {words}" for words in wrong), sep="\n", file=sys.stderr)
    if not rows:
        raise SystemExit("say which books: BOOKS='folder …'")
    print(*("\t".join(map(str, row)) for row in (rows[0], *(row.values() for row in rows))), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
