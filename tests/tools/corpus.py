"""Build real documents that nobody here wrote, with every tolerance, and count what goes wrong.

    python -m tests.tools.corpus FOLDER [NAME]... [--cases N] [--ace]

FOLDER holds `dev/` with `expected.tsv` (file, title, authors), `docutils_cases.jsonl` (`rst`: a small source each),
`bench/novel100/` and a book, `bench/peps1000/`; without names all are built. Prints a table, a row a document or
a group of cases, and a last line of totals; what was found is told on stderr. Everything is measured in the finished
editions, against docutils' own doctree of the source. With `--ace` each ebook is judged by Ace, too.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from lxml import etree
from msgspec.structs import replace

from pipeline import build, check
from pipeline.check.epub.container import opened
from pipeline.crew import Crew
from pipeline.editions import EDITIONS
from pipeline.errors import PipelineError, Severity
from pipeline.settings import LENIENT, load
from tests.printed import differences
from tests.tools import ace, epubcheck
from tests.tools.doctree import text_of, words

_DC = "{http://purl.org/dc/elements/1.1/}"
_LEFT = re.compile(r"(?<![\w`]):[a-z][\w:+.-]*:`[^`]+`|^\s*\.\. [\w:+-]+::|System Message: ", re.MULTILINE)


@dataclass
class Row:
    """What came of one document. `words` are (of the doctree, missing in print, missing in the ebook).

    `pages` are those of print, `begun` what is wrong with their marks in the ebook; `chapters` are a book's sources.
    """

    name: str
    source: Path
    chapters: tuple[Path, ...] = ()
    title: str | None = None
    authors: str | None = None
    built: int = 0
    failures: list[str] = field(default_factory=list)
    warnings: int = 0
    pages: int = 0
    outside: list[str] = field(default_factory=list)
    structure: list[str] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    epubcheck: list[str] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)
    ace: list[str] | None = None
    left: list[str] = field(default_factory=list)
    words: tuple[int, int, int] = (0, 0, 0)
    lost: list[str] = field(default_factory=list)
    untitled: list[str] = field(default_factory=list)

    def cells(self) -> tuple[str, ...]:
        return (
            self.name,
            str(self.built),
            str(len(self.failures)),
            str(self.warnings),
            str(self.pages),
            str(len(self.outside)),
            str(len(self.structure)),
            str(len(self.begun)),
            str(len(self.epubcheck)),
            str(len(self.devices)),
            "-" if self.ace is None else str(len(self.ace)),
            str(len(self.left)),
            str(self.words[0]),
            _share(self.words[1], self.words[0]),
            _share(self.words[2], self.words[0]),
            str(len(self.untitled)),
        )


_TOLD = 5  # findings of a kind, of a document
_FINDINGS = ("failures", "outside", "structure", "begun", "epubcheck", "devices", "ace", "left", "untitled", "lost")
HEADS = (
    *("document", "editions", "failures", "warnings", "pages", "outside", "structure", "first_words", "epubcheck"),
    *("devices", "ace", "markup_left", "words", "words_print", "words_ebook", "untitled"),
)


def measured(row: Row, by_ace: bool = False) -> Row:
    """The row with its document built and judged."""
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(load(row.source.parent), lenient=tuple(LENIENT))
        done, failed = build.build(row.source, EDITIONS, Path(folder), settings, Crew(1))
        row.failures += [str(fault) for failure in failed for fault in failure.diagnostics]
        row.built = len(done)
        row.warnings = len({d for item in done for d in item.said if d.severity is Severity.WARNING})
        said = " ".join(map(text_of, row.chapters or [row.source]))
        wanted = Counter(words(said))
        missing = {}
        editions = {item.edition.name: item.path.read_bytes() for item in done}
        for item in done:
            data = editions[item.edition.name]
            try:
                texts = _paged(row, data) if item.edition.page else _ebook(row, data, item.path, by_ace)
            except (PipelineError, RuntimeError, ValueError) as fault:
                row.failures.append(f"cannot be judged: {fault}")
                continue
            gone = wanted - Counter(words(" ".join(texts)))
            missing[item.edition.name] = gone.total()
            if gone:
                row.lost.append(f"{item.edition.name}: {' '.join(list(gone)[:12])}")
        if {"print", "ebook"} <= editions.keys():
            row.begun = differences(editions["print"], editions["ebook"])
        row.left = [mark for mark in row.left if mark.strip() not in said]  # an author may speak of markup
        in_print, in_ebook = (missing.get(name, wanted.total()) for name in ("print", "ebook"))
        row.words = (wanted.total(), in_print, in_ebook)
    return row


def _paged(row: Row, data: bytes) -> Iterable[str]:
    page = next(edition.page for edition in EDITIONS if edition.page)
    margins = (page.top_mm, page.outer_mm, page.inner_mm, page.bottom_mm)
    house = check.pdf.House(margins_mm=margins, furniture_mm=page.furniture_mm)
    counts = check.pdf.page_rules(data, house)
    row.outside += [f"{place}" for count in counts if count.code == "PAGE009" for place in count.places]
    row.structure += [str(fault) for fault in check.pdf.structure(data, claim=check.pdf.claims(data))]
    row.pages = check.pdf.text(data).count("\f") + 1
    return check.pdf.structure_text(data)


def _ebook(row: Row, data: bytes, path: Path, by_ace: bool) -> Iterable[str]:
    row.epubcheck += epubcheck.judged(path)
    row.ace = ace.judged(path) if by_ace else None
    row.epubcheck += [str(said) for said in check.epub.check(data)]
    row.devices += [str(said) for said in check.epub.on_devices(data) if said.severity is Severity.ERROR]
    ebook = opened(data)
    for name in ebook.text:
        root = ebook.documents[name]
        for element in root.iter("{*}*"):
            if {"system-message", "problematic"} & set(element.get("class", "").split()):
                row.left.append(f"{name}: {element.get('class')}")
        for code in [e for e in root.iter("{*}pre", "{*}code", "{*}span") if _literal(e)]:
            code.text = None
            del code[:]
        row.left += [match[0] for match in _LEFT.finditer(" ".join(map(str, root.itertext())))]
    texts = tuple(check.epub.text_blocks(data))
    title, authors = (
        "; ".join(e.text or "" for e in ebook.package.iter(f"{_DC}{name}")) for name in ("title", "creator")
    )
    if row.title and row.title != title:
        row.untitled.append(f"title {title!r}, not {row.title!r}")
    if row.authors is not None and row.authors != authors:
        row.untitled.append(f"authors {authors!r}, not {row.authors!r}")
    return texts


def _literal(element: etree._Element) -> bool:
    return not str(element.tag).endswith("}span") or "literal" in element.get("class", "").split()


def _share(missing: int, all_of: int) -> str:
    return f"{100 * (1 - missing / all_of):.2f}" if all_of else "100.00"


def rows(corpus: Path, cases: int, folder: Path) -> Iterator[Row]:
    """The documents of a corpus; the cases are written to a folder."""
    with (corpus / "dev" / "expected.tsv").open(encoding="utf-8") as table:
        next(table)
        for file, title, authors in csv.reader(table, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield Row(file, corpus / "dev" / file, title=title, authors=authors)
    for novel in sorted((corpus / "bench" / "novel100").glob("*.rst")):
        yield Row(f"novel100/{novel.name}", novel)
    book = corpus / "bench" / "peps1000"
    yield Row("peps1000", book / "index.rst", tuple(sorted(book.glob("chapters/*.rst"))))
    with (corpus / "docutils_cases.jsonl").open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number < cases:
                case = json.loads(line)
                source = folder / f"case-{number}.rst"
                source.write_text(case["rst"], encoding="utf-8")
                yield Row(f"case {number} {case['key']}", source)


def naive(corpus: Path) -> tuple[str, ...]:
    """The cells of what a naive script comes to on `dev/`, as the corpus tells; '-' for what it does not."""
    with (corpus / "dev" / "naive-baseline.tsv").open(encoding="utf-8") as table:
        found = list(csv.DictReader(table, delimiter="\t"))

    def summed(*columns: str) -> str:
        return str(sum(int(row[column] or 0) for row in found for column in columns))

    editions = sum(row[column] == "yes" for row in found for column in ("pdf_ok", "epub_ok"))
    failures = sum(bool(row["exception"]) for row in found)
    judged = (summed("pages_A5"), summed("overflow_pages"), *"--", summed("epubcheck_err", "epubcheck_warn"))
    return (
        f"a naive script on dev ({len(found)}; outside: pages)",
        str(editions),
        str(failures),
        "-",
        *judged,
        *"-------",
    )


def total(name: str, found: list[Row]) -> Row:
    """Rows as one."""
    whole = Row(name, Path())
    for row in found:
        whole.built += row.built
        whole.warnings += row.warnings
        whole.pages += row.pages
        for of in _FINDINGS[:-1]:
            if (of_row := getattr(row, of)) is not None:
                setattr(whole, of, [*(getattr(whole, of) or []), *of_row])
    whole.words = tuple(sum(row.words[n] for row in found) for n in range(3))  # type: ignore[assignment]
    return whole


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--cases", type=int, default=sys.maxsize)
    parser.add_argument("--ace", action="store_true")
    wanted = parser.parse_args()
    found: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(2, mp_context=get_context("spawn")) as workers:
        todo = [
            row
            for row in rows(wanted.corpus, wanted.cases, Path(folder))
            if not wanted.names or any(name in row.name for name in wanted.names)
        ]
        print(*HEADS, sep="\t")
        cases: list[Row] = []
        for row in workers.map(partial(measured, by_ace=wanted.ace), todo):
            found.append(row)
            for of in _FINDINGS:
                for said in (getattr(row, of) or [])[:_TOLD]:
                    print(f"{row.name}: {of}: {said}", file=sys.stderr, flush=True)
            if row.name.startswith("case "):
                cases.append(row)
            else:
                print(*row.cells(), sep="\t", flush=True)
        if cases:
            print(*total(f"docutils cases ({len(cases)})", cases).cells(), sep="\t")
    print(*naive(wanted.corpus), sep="\t")
    print(*total(f"all ({len(found)})", found).cells(), sep="\t")


if __name__ == "__main__":
    main()
