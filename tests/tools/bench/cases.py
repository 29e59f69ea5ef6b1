"""What is measured, as functions from what is given to rows."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from tests.tools.bench import figures, inputs, measure, pieces, turns
from tests.tools.bench.figures import Row
from tests.tools.bench.inputs import Book
from tests.tools.bench.measure import Command, CommandError
from tests.tools.bench.peers import Peers, lay
from tests.tools.bench.turns import Act, Program

OURS, TWO, ONE = "postpress", "postpress, 2 workers", "postpress, 1 worker"
NAIVE, PRINCE, PANDOC, PANDOC_EPUB = "naive script", "docutils, Prince", "pandoc, Typst", "pandoc"
PAGES = (10, 30, 100, 300, 1000, 2000)
PDF = "out/*.pdf"


@dataclass(frozen=True)
class Given:
    """The peers, the folder of the corpus's bench, and how often each program is run."""

    peers: Peers
    corpus: Path
    runs: int


def post(given: Given) -> list[Row]:
    """The post of source/, from nothing: both editions, and print alone. And again, when nothing has changed."""
    peers, source, paper, ebook = given.peers, inputs.post(), "out/post.pdf", "out/post.epub"
    build = (ours(source),)
    acts = {
        OURS: (Act("post/both", build, PDF), Act("post/unchanged", build)),
        PANDOC: (Act("post/both", (*peers.typst(source, paper), *peers.pandoc_epub(source, ebook)), PDF),),
        NAIVE: (Act("post/both", (*peers.naive(source, paper), *peers.naive(source, ebook)), PDF),),
    }
    print_alone = {
        OURS: (ours(source, "print"),),
        PANDOC: peers.typst(source, paper),
        PRINCE: peers.prince(source, paper),
        NAIVE: peers.naive(source, paper),
    }
    lay_all = _with_fonts(inputs.lay_post)
    programs = (
        *(Program(name, lay_all, does) for name, does in acts.items()),
        *(Program(name, lay_all, (Act("post/print", steps, PDF),)) for name, steps in print_alone.items()),
    )
    return turns.rows(programs, given.runs)


def novel(given: Given) -> list[Row]:
    """The novel, print edition."""
    peers, out, source = given.peers, "out/novel.pdf", inputs.NOVEL
    steps = {
        TWO: (ours(source, "print", jobs=2),),
        PRINCE: peers.prince(source, out),
        NAIVE: peers.naive(source, out),
    }
    lay_novel = _with_fonts(partial(inputs.lay_novel, given.corpus))
    return turns.rows(
        [Program(name, lay_novel, (Act("novel", does, PDF),)) for name, does in steps.items()], given.runs
    )


def book(given: Given) -> list[Row]:
    """The book of PEPs, print edition: from nothing; then unchanged, with a letter changed, with pages added."""
    whole, left_out = sound(given.corpus)
    lay_whole = _with_fonts(partial(inputs.lay_book, whole))
    build = (ours("index.rst", "print", jobs=2),)
    middle = whole.names[len(whole.names) // 2]
    acts = (
        Act("book", build, PDF),
        Act("book/unchanged", build, PDF),
        Act("book/letter", build, PDF, before=lambda desk: inputs.change_a_letter(desk / f"{middle}.rst")),
        Act("book/pages-moved", build, PDF, before=lambda desk: inputs.add_pages(desk / f"{whole.names[0]}.rst")),
    )
    programs = (
        Program(TWO, lay_whole, acts),
        Program(ONE, lay_whole, (Act("book", (ours("index.rst", "print", jobs=1),), PDF),)),
        Program(PRINCE, lay_whole, (Act("book", given.peers.prince("book.rst", "out/book.pdf"), PDF),)),
    )
    gone = [figures.row("book/left-out", Path(name).name, code, [n]) for (name, code), n in left_out.items()]
    return [*turns.rows(programs, given.runs), *gone]


def ebook(given: Given) -> list[Row]:
    """The ebook alone, without a list of pages, from nothing: of the post, the novel and the book of PEPs."""
    peers, out = given.peers, "out/book.epub"
    whole, _ = sound(given.corpus)
    programs = []
    for case, lay_input, source, one_file in (
        ("ebook/post", inputs.lay_post, inputs.post(), inputs.post()),
        ("ebook/novel", partial(inputs.lay_novel, given.corpus), inputs.NOVEL, inputs.NOVEL),
        ("ebook/book", partial(inputs.lay_book, whole), "index.rst", "book.rst"),
    ):
        steps = {
            OURS: (ours(source, "ebook"),),
            PANDOC_EPUB: peers.pandoc_epub(one_file, out),
            NAIVE: peers.naive(one_file, out),
        }
        programs += [
            Program(name, _with_fonts(_unpaged(lay_input)), (Act(case, does),)) for name, does in steps.items()
        ]
    return turns.rows(programs, given.runs)


def pages(given: Given) -> list[Row]:
    """Books of more and more pages."""
    whole, _ = sound(given.corpus)
    programs = []
    for size in PAGES:
        lay_some = _with_fonts(partial(inputs.lay_book, whole.of_pages(size)))
        case = f"pages/{size:04}"
        programs += [
            Program(TWO, lay_some, (Act(case, (ours("index.rst", "print", jobs=2),), PDF),)),
            Program(PRINCE, lay_some, (Act(case, given.peers.prince("book.rst", "out/book.pdf"), PDF),)),
        ]
    return turns.rows(programs, given.runs)


def floor(given: Given) -> list[Row]:
    """What the post's two editions are made of, piece by piece."""
    found = [pieces.of_build(inputs.lay_post, inputs.post()) for _ in range(given.runs)]
    return [
        figures.row("floor", piece, "cpu_ms", [once.get(piece, 0.0) * 1000 for once in found])
        for piece in dict.fromkeys(piece for once in found for piece in once)
    ]


def profile(given: Given) -> list[Row]:
    """What the novel's print edition is made of: stages by the processor's clock, packages under the profiler."""
    stages, packages = pieces.shares(partial(inputs.lay_novel, given.corpus), inputs.NOVEL)
    return [
        *(figures.row("profile/stages", name, "share_pct", [share]) for name, share in stages.items()),
        *(figures.row("profile/packages", name, "share_pct", [share]) for name, share in packages.items()),
    ]


CASES: dict[str, Callable[[Given], list[Row]]] = {
    function.__name__: function for function in (post, novel, book, ebook, pages, floor, profile)
}


def machine() -> Row:
    """What the figures come from; a row like the others, so that it stays with them."""
    cpuinfo = Path("/proc/cpuinfo")
    text = cpuinfo.read_text(encoding="utf-8") if cpuinfo.is_file() else ""
    model = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    name = f"{model[1] if model else platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    return figures.row("machine", name, "cores", [os.cpu_count() or 1])


def ours(source: str, *editions: str, jobs: int | None = None) -> Command:
    """Our command, as it is installed."""
    chosen = (word for edition in editions for word in ("--edition", edition))
    workers = ("--jobs", str(jobs)) if jobs else ()
    return (pieces.POSTPRESS, "build", source, *chosen, *workers, "--output", "out")


@cache
def sound(corpus: Path) -> tuple[Book, Counter[tuple[str, str]]]:
    """The book of PEPs without the chapters that we do not read, and how often which error stood in each.

    Raises CommandError if the build fails for another reason.
    """
    book, left_out = inputs.book(corpus / "peps1000"), Counter[tuple[str, str]]()
    while True:
        with turns.fresh_desk() as desk:
            inputs.lay_book(book, desk)
            command = ours("index.rst", "print", jobs=2)
            ran = subprocess.run(
                command, cwd=desk, env=measure.environment(desk), capture_output=True, text=True, check=False
            )
        if not ran.returncode:
            return book, left_out
        faults = inputs.faults(ran.stderr)
        if not faults:
            raise CommandError(measure.told(command, ran.returncode, ran.stderr))
        left_out += faults
        book = book.without(name for name, _ in faults)


def _unpaged(lay_input: Callable[[Path], object]) -> Callable[[Path], None]:
    """With a setting that spares the ebook the layout of the print edition."""

    def lay_and_set(desk: Path) -> None:
        lay_input(desk)
        settings = desk / "postpress.toml"
        before = settings.read_text(encoding="utf-8") if settings.is_file() else ""
        settings.write_text(f"page_list = false\n{before}", encoding="utf-8")

    return lay_and_set


def _with_fonts(lay_input: Callable[[Path], object]) -> Callable[[Path], None]:
    def lay_both(desk: Path) -> None:
        lay(desk)
        lay_input(desk)

    return lay_both
