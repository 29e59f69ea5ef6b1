"""Books: chapters read and laid out alone, by whoever is there to do it, and put together the same."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from lxml import etree
from msgspec import field

from pipeline import build, reading
from pipeline.check.pdf.contents import labels
from pipeline.crew import Crew
from pipeline.editions import EDITIONS, named
from pipeline.errors import PipelineError
from pipeline.settings import Settings
from pipeline.store import Store
from tests.vocabulary import ROOT, Run, post, postpress

BOOK = Path(__file__).parent / "book"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """The folder of a book: an index, two chapters beside it and one in a folder of its own."""
    return Path(shutil.copytree(BOOK, tmp_path / "trees"))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its editions."""
    folder = tmp_path_factory.mktemp("book")
    shutil.copytree(BOOK, folder / "trees")
    run = postpress("build", "trees/index.rst", "--jobs", "2", folder=folder)
    assert (run.code, run.err, run.built) == (0, "", ["trees.epub", "trees.pdf"])
    return folder / "build"


class Watched(Crew, frozen=True):
    """A crew that writes down what it is asked for."""

    asked: list[str] = field(default_factory=list)

    def run(self, function: Any, jobs: Sequence[Any], *, what: Any, **terms: Any) -> Any:
        self.asked.extend(what(job) for job in jobs)
        return Crew.run(self, function, jobs, what=what, **terms)


def watched(folder: Path, source: Path) -> list[str]:
    crew = Watched()
    done, failed = build.build(source, [named("print")], folder, Settings(), crew)
    assert failed == [] and len(done) == 1
    return crew.asked


def test_every_rule_holds_for_both_editions(book: Path) -> None:
    run = postpress("check", "trees/index.rst", folder=book.parent)
    assert (run.code, run.err) == (0, "")
    assert "  0  lines of the contents that lead nowhere (7 lines)" in run.out
    assert "claims PDF/UA-1" in run.out


def test_pages_are_called_what_is_printed_on_them(built: Path) -> None:
    with pikepdf.open(built / "trees.pdf") as pdf:
        called = labels(pdf)
    assert called[:6] == ["i", "ii", "iii", "iv", "v", "vi"]
    assert called[6:] == [str(number) for number in range(1, len(called) - 5)]
    pages = _words(built / "trees.pdf")
    for number, (label, words) in enumerate(zip(called, pages, strict=True)):
        # Neither the title page, an empty page, the opening of a part nor the colophon has a folio.
        bare = number in (0, len(called) - 1) or words in (["Broad", "leaves"], ["Needles"])
        assert words[-1:] in ([label], []) or bare, (number, words)
    assert {len(words) for words in pages[1:6:2]} == {0}


def test_running_heads_name_author_and_section_but_where_a_chapter_opens(built: Path) -> None:
    pages = _words(built / "trees.pdf")
    (opening,) = (number for number, words in enumerate(pages) if words[:2] == ["1", "Oak"])
    heads = [" ".join(words[-6:-1]) for words in pages[opening : opening + 3]]
    # What others wrote has their names on its pages.
    assert [head.endswith(("Bo Li", "1.1 Acorns")) for head in heads] == [False, True, True]
    (elm,) = (number for number, words in enumerate(pages) if words[:2] == ["2", "Elm"])
    assert " ".join(pages[elm + 1][-3:-1]) == "Broad leaves"


def test_the_contents_name_the_pages_where_things_are(built: Path) -> None:
    pages = [" ".join(words) for words in _words(built / "trees.pdf")]
    with pikepdf.open(built / "trees.pdf") as pdf:
        called = labels(pdf)
    contents = pages[2]
    for title, heading in (
        ("1 Oak Bo Li", "1 Oak Bo Li"),
        ("2.1 Leaves", "2.1 Leaves They fall"),
        ("another title", "Pine Back"),
    ):
        (page,) = (label for label, text in zip(called[3:], pages[3:], strict=True) if heading in text)
        assert contents.partition(title)[2].strip(" .").split()[0] == page, (title, contents)


def test_the_file_is_sound(built: Path) -> None:
    with pikepdf.open(built / "trees.pdf") as pdf:
        assert pdf.check_pdf_syntax() == []  # as `qpdf --check` has it


def test_parts_hold_their_chapters_in_the_outline_and_in_the_ebook(built: Path) -> None:
    with pikepdf.open(built / "trees.pdf") as pdf, pdf.open_outline() as outline:
        tree = [(item.title, [child.title for child in item.children]) for item in outline.root]
    assert tree[2:] == [
        ("Preface", []),
        ("Broad leaves", ["1 Oak", "2 Elm"]),
        ("Needles", ["The pine, another title"]),
        ("About this edition", []),
    ]
    with zipfile.ZipFile(built / "trees.epub") as ebook:
        nav = etree.fromstring(ebook.read("EPUB/nav.xhtml"))
    spoken = [" ".join("".join(map(str, item[0].itertext())).split()) for item in nav.iter("{*}li")]
    assert spoken[:9] == [
        *("Title page", "Preface", "Broad leaves", "1 Oak, by Bo Li", "1.1 Acorns"),
        *("1.1.1 Deep", "2 Elm", "2.1 Leaves", "Needles"),
    ]


def test_links_lead_from_chapter_to_chapter(built: Path) -> None:
    with zipfile.ZipFile(built / "trees.epub") as ebook:
        oak, pine = (etree.fromstring(ebook.read(f"EPUB/{name}.xhtml")) for name in ("oak", "pine"))
    assert [link.get("href") for link in oak.iter("{*}a")][:2] == [
        "more-elm.xhtml#more-elm",
        "more-elm.xhtml#more-elm.leaves",
    ]
    assert [link.get("href") for link in pine.iter("{*}a")] == ["oak.xhtml#oak.acorns", "titlepage.xhtml#titlepage"]
    with pikepdf.open(built / "trees.pdf") as pdf:
        links = [link for page in pdf.pages for link in page.obj.get("/Annots", [])]
        assert [str(link.A.URI) for link in links if "/A" in link] == []


@pytest.mark.parametrize("jobs", [1, 3])
def test_any_number_of_workers_makes_the_same_bytes(jobs: int, built: Path, book: Path) -> None:
    postpress("build", "trees/index.rst", "--jobs", str(jobs), folder=book.parent)
    for name in ("trees.pdf", "trees.epub"):
        assert (book.parent / "build" / name).read_bytes() == (built / name).read_bytes()


def test_only_what_has_changed_is_read_and_laid_out_again(book: Path) -> None:
    folder, index, elm = book.parent / "build", book / "index.rst", book / "more" / "elm.rst"
    first = watched(folder, index)
    assert len(first) == len(set(first)) == 4 + 9  # the contents come last, and once
    old = (folder / "trees.pdf").read_bytes()
    elm.write_text(elm.read_text().replace("They fall", "They sail"))
    assert watched(folder, index) == ["reading elm.rst", "layout of more-elm"]
    elm.write_text(elm.read_text().replace("They sail", "They fall"))
    assert watched(folder, index) == []
    assert (folder / "trees.pdf").read_bytes() == old


def test_a_chapter_that_goes_is_missed_where_it_is_named(book: Path) -> None:
    folder, index = book.parent / "build", book / "index.rst"
    watched(folder, index)
    (book / "oak.rst").unlink()
    run = postpress("build", "trees/index.rst", folder=book.parent)
    assert run.code == 3
    assert "trees/index.rst:20: error RST150: no such chapter: oak" in run.err


def test_a_chapter_that_grows_moves_the_folios_of_those_after_it_and_no_more(book: Path) -> None:
    folder, index, oak = book.parent / "build", book / "index.rst", book / "oak.rst"
    watched(folder, index)
    before = _words(folder / "trees.pdf")
    oak.write_text(oak.read_text() + "\n\n".join(["More and more of it, line after line. " * 9] * 12))
    assert watched(folder, index) == ["reading oak.rst", "layout of oak", "layout of contents"]
    after = _words(folder / "trees.pdf")
    moved = len(after) - len(before)
    assert moved > 0 and moved % 2 == 0
    (old,), (new,) = ([words for words in pages if words[:2] == ["2", "Elm"]] for pages in (before, after))
    assert (new[:-1], int(new[-1])) == (old[:-1], int(old[-1]) + moved)


def test_a_changed_include_or_picture_is_noticed(book: Path) -> None:
    folder, index = book.parent / "build", book / "index.rst"
    watched(folder, index)
    (book / "more" / "extra.txt").write_text("Other words.\n")
    assert watched(folder, index) == ["reading elm.rst", "layout of more-elm"]
    drawing = book / "more" / "elm.svg"
    drawing.write_text(drawing.read_text().replace("red", "blue"))
    assert watched(folder, index) == ["reading elm.rst", "layout of more-elm"]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "index.rst",
            "   oak\n",
            "   oka\n",
            "trees/index.rst:20: error RST150: no such chapter: oka\n    did you mean oak?",
        ),
        ("index.rst", "   oak\n", "   ../oak\n", "trees/index.rst:20: error RST106: ../oak lies outside"),
        (
            "index.rst",
            "   oak\n",
            "   oak\n   ./oak\n",
            "trees/index.rst:21: error RST153: oak.rst is in the book already",
        ),
        ("index.rst", "   oak\n", "   index\n", "trees/index.rst:20: error RST153: index.rst is in the book already"),
        ("index.rst", "   :maxdepth: 2", "   :depth: 2", "trees/index.rst:15: error RST139"),
        (
            "pine.rst",
            "oak.rst#acorns",
            "oak.rst#acrons",
            "trees/pine.rst:5: error RST152: nothing in oak.rst is called",
        ),
        ("pine.rst", "oak.rst#acorns", "ash.rst", "trees/pine.rst:5: error RST152: ash.rst is no chapter"),
        (
            "pine.rst",
            "Back",
            ".. toctree::\n\n   oak\n\nBack",
            "trees/pine.rst:7: error RST153: oak.rst is in the book already",
        ),
        ("more/elm.rst", "   :alt: An elm", "", "trees/more/elm.rst:5: error IMG001: more/elm.svg has no alternative"),
    ],
)
def test_what_is_wrong_in_a_book_is_told_with_its_place(book: Path, file: str, old: str, new: str, said: str) -> None:
    text = (book / file).read_text()
    assert old in text
    (book / file).write_text(text.replace(old, new))
    run = postpress("build", "trees/index.rst", folder=book.parent)
    assert (run.code, run.built) == (3, [])
    assert said.partition("\n")[0] in run.err
    assert said.partition("\n")[2] in run.err


def test_faults_of_all_chapters_are_told_at_once(book: Path) -> None:
    for name in ("oak.rst", "pine.rst"):
        (book / name).write_text((book / name).read_text() + "\nSee `gone`_.\n")
    run = postpress("build", "trees/index.rst", folder=book.parent)
    assert run.err.count("error RST105: nothing is called gone") == 2


def test_a_chapter_that_takes_too_long_is_named_and_the_rest_of_the_run_is_built(book: Path) -> None:
    (book / "postpress.toml").write_text("[limits]\ncpu_s = 3\n")
    pine = book / "pine.rst"
    pine.write_text(pine.read_text() + "\n" + "- a\n\n  - b\n\n" * 9000)
    (book.parent / "good.rst").write_text(post("Text.\n"))
    run = postpress("build", "trees/index.rst", "good.rst", "--edition", "print", folder=book.parent)
    assert run.code == 4
    assert re.search(r"trees/pine.rst: error LIM003: (layout of pine|reading pine.rst) used more than 3 s", run.err)
    assert run.built == ["good.pdf"]


def test_a_damaged_result_is_made_again_and_the_oldest_go_first(book: Path) -> None:
    folder, index = book.parent / "build", book / "index.rst"
    watched(folder, index)
    kept = sorted((folder / ".cache" / "store").glob("??/*"))
    for path in kept:
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2] + b"\xff\xff" + data[len(data) // 2 :])
    (folder / "trees.pdf").unlink()
    assert len(watched(folder, index)) == 4 + 9
    store = Store(folder)
    store.put("ab" * 32, b"x" * 1000)
    store.trim(most_bytes=1100)
    left = [path.name for path in (folder / ".cache" / "store").glob("??/*")]
    assert left == ["ab" * 31]


def test_names_that_meet_stay_apart(book: Path) -> None:
    """The index's title is called as a chapter, another chapter as the title page, a third has a sign of addresses."""
    index = book / "index.rst"
    words = index.read_text().replace("The Book of Trees", "Oak").replace("==================", "===", 2)
    index.write_text(words.replace("   oak\n", "   oak\n   titlepage\n   Q&A\n"))
    (book / "titlepage.rst").write_text("Titles\n======\n\nLeads to `the index <index.rst>`_ and `it <Q&A.rst>`_.\n")
    (book / "Q&A.rst").write_text("Questions\n=========\n\nWhy?\n")
    run = postpress("check", "trees/index.rst", folder=book.parent)
    assert (run.code, run.err) == (0, "")
    with zipfile.ZipFile(book.parent / "build" / "trees.epub") as ebook:
        names = [name for name in ebook.namelist() if name.endswith(".xhtml")]
        text = etree.fromstring(ebook.read(next(name for name in names if b"Leads to" in ebook.read(name))))
        (first, second) = (link.get("href", "") for link in text.iter("{*}a"))
        assert b"What oaks and elms" in ebook.read("EPUB/" + first.partition("#")[0])
        assert b"Why?" in ebook.read("EPUB/" + second.partition("#")[0])


def test_a_chapter_after_the_parts_is_in_none(book: Path) -> None:
    index = book / "index.rst"
    index.write_text(index.read_text() + "\n.. toctree::\n\n   after\n")
    (book / "after.rst").write_text("Afterwards\n==========\n\nText.\n")
    bound = reading.bound(index, Settings()).book
    (contents,) = (etree.fromstring(section.xhtml) for section in bound.spine if section.kind == "contents")
    top = [item[0].xpath("string()") for item in contents.findall("{*}ol/{*}li")]
    assert [str(title).strip() for title in top] == ["Broad leaves", "Needles", "Afterwards"]


def test_a_chapter_in_another_language_says_so(book: Path) -> None:
    (book / "pine.rst").write_text('Kiefer\n======\n\n:Language: de\n\nSie sagt: "Ja."\n')
    run = postpress("check", "trees/index.rst", folder=book.parent)
    assert (run.code, run.err) == (0, "")
    with zipfile.ZipFile(book.parent / "build" / "trees.epub") as ebook:
        pine = etree.fromstring(ebook.read("EPUB/pine.xhtml"))
    assert [part.get("lang") for part in pine.iter("{*}section")] == ["de"]
    with pikepdf.open(book.parent / "build" / "trees.pdf") as pdf:
        spoken = {str(kid.get("/Lang", "")) for kid in pdf.Root.StructTreeRoot.K[0].K}
    assert "de" in spoken


def test_a_cluster_makes_the_same_bytes_though_a_worker_is_lost(
    built: Path, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with cluster() as (address, workers):
        monkeypatch.chdir(book.parent)

        class Struck(Crew, frozen=True):
            """A crew that loses one of its workers while it lays out chapters."""

            def run(self, function: Any, jobs: Sequence[Any], *, told: Any = None, **terms: Any) -> Any:
                def tell(index: int, done: int, total: int, end: Any) -> None:
                    if total > 3 and done == 2:
                        workers[0].send_signal(signal.SIGKILL)
                    if told:
                        told(index, done, total, end)

                return Crew.run(self, function, jobs, told=tell, **terms)

        done, failed = build.build(
            Path("trees/index.rst"), EDITIONS, book.parent / "build", Settings(), Struck(scheduler=address)
        )
        assert failed == []
        assert workers[0].wait() == -signal.SIGKILL
    assert [item.path.read_bytes() for item in done] == [(built / item.path.name).read_bytes() for item in done]


def test_a_scheduler_that_is_not_there_is_told(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.cluster._PATIENCE_S", 1)
    crew = Crew(scheduler=f"tcp://127.0.0.1:{_free_port()}")
    _, (failure,) = build.build(book / "index.rst", EDITIONS, book.parent / "build", Settings(), crew)
    assert isinstance(failure, PipelineError)
    assert "CLU002: no Dask scheduler answers at tcp://127.0.0.1" in str(failure)


def test_a_folder_gives_its_book_its_name(book: Path) -> None:
    run: Run = postpress("build", "index.rst", "--edition", "ebook", folder=book)
    assert run.built == ["trees.epub"]


@contextmanager
def cluster() -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A Dask scheduler's address, and two workers."""
    address = f"tcp://127.0.0.1:{_free_port()}"
    dask = [sys.executable, "-m", "dask"]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    quiet |= {"env": {**os.environ, "PYTHONPATH": str(ROOT)}}
    host, port = address.removeprefix("tcp://").split(":")
    scheduler = subprocess.Popen([*dask, "scheduler", "--host", host, "--port", port, "--no-dashboard"], **quiet)
    worker = [*dask, "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    workers = [subprocess.Popen(worker, **quiet) for _ in range(2)]
    try:
        _until(lambda: _workers(address) == 2)
        yield address, workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


def _workers(address: str) -> int:
    from distributed import Client

    try:
        with Client(address, timeout=1, set_as_default=False) as client:
            return len(client.scheduler_info()["workers"])
    except OSError:
        return 0


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _words(pdf: Path) -> list[list[str]]:
    """What is printed on each page, word by word."""
    from pipeline.check.pdf import text

    return [page.split() for page in text(pdf.read_bytes()).split("\f")]


def test_a_chapter_speaks_the_language_of_its_book_unless_it_says_another(tmp_path: Path) -> None:
    (tmp_path / "index.rst").write_text(
        "Baum\n====\n\n:Author: A. B.\n:Date: 2026-01-02\n:Language: de\n\n.. toctree::\n\n   a\n   b\n"
    )
    (tmp_path / "a.rst").write_text('Eiche\n=====\n\nEin "Baum".\n')
    (tmp_path / "b.rst").write_text('Oak\n===\n\n:Language: en\n\nA "tree".\n')
    run = postpress("build", "index.rst", "--edition", "ebook", "--output", "out", folder=tmp_path)
    assert (run.code, run.err) == (0, "")
    with zipfile.ZipFile(next((tmp_path / "out").glob("*.epub"))) as epub:
        first, second = (epub.read(f"EPUB/{name}.xhtml").decode() for name in ("a", "b"))
    assert "„Baum“" in first and 'xml:lang="de"' in first and 'xml:lang="en"' not in first
    assert "“tree”" in second and 'xml:lang="en"' in second
