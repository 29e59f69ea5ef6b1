"""Bad input gets its diagnostic with line and hint, an exit code and no traceback, and loses nothing: a row a case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.vocabulary import post, postpress

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000040001"
    "f61738550000000049454e44ae426082"
)


@dataclass(frozen=True)
class Case:
    name: str
    source: str | bytes | None  # None: the file is not there
    place: str  # how the diagnostic begins
    hint: str
    code: int = 3
    also: Callable[[Path], object] = lambda _: None


CASES = [
    Case("missing", None, "a.rst: error SRC001: no such file", ""),
    Case("empty", "", "a.rst: error SRC003: the file is empty", "write a title"),
    Case("blank", " \n\n", "a.rst: error SRC003: the file is empty", "write a title"),
    Case("binary", b"\x7fELF\x00\x01\x00", "a.rst: error SRC004: a binary file", ""),
    Case(
        "latin-1",
        post("Caf\xe9 life.\n").encode("latin-1"),
        "a.rst:8: error SRC005: byte 0xE9 is not UTF-8",
        "Café life",
    ),
    Case(
        "declared wrongly",
        b".. coding: klingon\n\nT\n=\n",
        "a.rst:1: error SRC005: unknown encoding 'klingon'",
        "UTF-8",
    ),
    Case(
        "unknown directive",
        post(".. standfrist::\n\n   Text.\n"),
        "a.rst:8: error RST101: unknown directive standfrist",
        "did you mean standfirst?",
    ),
    Case(
        "unknown role",
        post("A :emphasys:`word`.\n"),
        "a.rst:8: error RST102: unknown role emphasys",
        "did you mean emphasis?",
    ),
    Case("broken table", post("+---+---+\n| A | B |\n+---+--+\n"), "a.rst:10: error RST103: Malformed table", "width"),
    Case(
        "image missing",
        post(".. image:: no.png\n   :alt: Nothing\n"),
        "a.rst:8: error IMG002: no such picture: no.png",
        "source's folder",
    ),
    Case(
        "image unreadable",
        post(".. image:: bad.png\n   :alt: Noise\n"),
        "a.rst:8: error IMG003: bad.png cannot be read",
        "save it again",
        also=lambda folder: (folder / "bad.png").write_bytes(b"no picture"),
    ),
    Case(
        "svg broken",
        post(".. image:: bad.svg\n   :alt: Noise\n"),
        "a.rst:8: error IMG003: bad.svg cannot be read",
        "save it again",
        also=lambda folder: (folder / "bad.svg").write_text("<svg>"),
    ),
    Case(
        "image without alt",
        post(".. image:: dot.png\n"),
        "a.rst:8: error IMG001: dot.png has no alternative text",
        "add “:alt:”",
        also=lambda folder: (folder / "dot.png").write_bytes(PNG),
    ),
    Case(
        "drawing without alt",
        post(".. drawing:: dot.png\n"),
        "a.rst:8: error IMG001: dot.png has no alternative text",
        "add “:alt:”",
        also=lambda folder: (folder / "dot.png").write_bytes(PNG),
    ),
    Case(
        "image on the network",
        post(".. image:: https://example.org/a.png\n   :alt: A\n"),
        "a.rst:8: error RST107",
        "save the picture beside the source",
    ),
    Case("image outside", post(".. image:: ../a.png\n   :alt: A\n"), "a.rst:8: error RST106", "copy it"),
    Case(
        "duplicate target",
        post(".. _here:\n\nOne.\n\n.. _here:\n\nTwo.\n"),
        "a.rst:12: error RST104: target here is given twice",
        "rename one of the two",
    ),
    Case(
        "unresolved reference",
        post("See `there`_ for more.\n"),
        "a.rst:8: error RST105: nothing is called there",
        "write “.. _there:”",
    ),
    Case("unresolved substitution", post("It is |soon|.\n"), "a.rst:8: error RST105", "replace::"),
    Case(
        "include outside",
        post(".. include:: ../secret.txt\n"),
        "a.rst:8: error RST106: file outside",
        "copy it",
        also=lambda folder: (folder.parent / "secret.txt").write_text("secret"),
    ),
    Case("include absolute", post(".. include:: /etc/passwd\n"), "a.rst:8: error RST106: file outside", "copy it"),
    Case(
        "include through a link",
        post(".. include:: link.txt\n"),
        "a.rst:8: error RST106: file outside",
        "copy it",
        also=lambda folder: (folder / "link.txt").symlink_to("/etc/passwd"),
    ),
    Case("table file outside", post(".. csv-table::\n   :file: /etc/passwd\n"), "a.rst:8: error RST106", "copy it"),
    Case(
        "table on the network",
        post(".. csv-table::\n   :url: https://example.org/a.csv\n"),
        "a.rst:8: error RST107",
        "save",
    ),
    Case(
        "include missing", post(".. include:: no.txt\n"), "a.rst:8: error RST110: no such file: no.txt", "paths start"
    ),
    Case("raw", post(".. raw:: html\n\n   <b>x</b>\n"), "a.rst:8: error RST108", "reStructuredText"),
    Case(
        "bad date",
        "T\n=\n\n:Date: yesterday\n\nText.\n",
        "a.rst:4: error RST121: 'yesterday' is not a date",
        "2025-03-27",
    ),
    Case(
        "bad day",
        "T\n=\n\n:Revised: 2025-02-30\n\nText.\n",
        "a.rst:4: error RST121: '2025-02-30' is not a date",
        "write",
    ),
    Case("bad language", "T\n=\n\n:Language: English!\n\nText.\n", "a.rst:4: error RST122: 'English!'", "en-GB"),
    Case(
        "control character",
        post("A bell \x07 rings.\n"),
        "a.rst:8: error SRC006: control character U+0007",
        "delete it",
    ),
    Case(
        "skipped heading",
        "=\nT\n=\n\nA\n=\n\nB\n-\n\nC\n~\n\nText.\n\nD\n=\n\nE\n~\n\nText.\n",
        "a.rst:19: error RST111: heading skips from level",
        "next level down",
    ),
    Case("no title", "Only a paragraph.\n", "a.rst:1: error RST131: the document has no title", "====="),
    Case(
        "glyph",
        post("A unicorn: \N{UNICORN FACE}.\n"),
        "a.rst:8: error FONT002: no font has \N{UNICORN FACE} (U+1F984",
        "write the character another way",
    ),
    Case(
        "settings unknown",
        post("Text.\n"),
        "postpress.toml:1: error SET002: unknown key 'langauge'",
        "did you mean language?",
        code=2,
        also=lambda folder: (folder / "postpress.toml").write_text('langauge = "en"\n'),
    ),
    Case(
        "settings type",
        post("Text.\n"),
        "postpress.toml:1: error SET003: language must be a text",
        "",
        code=2,
        also=lambda folder: (folder / "postpress.toml").write_text("language = 3\n"),
    ),
    Case(
        "settings syntax",
        post("Text.\n"),
        "postpress.toml: error SET001: not valid TOML",
        "",
        code=2,
        also=lambda folder: (folder / "postpress.toml").write_text("language = \n"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input(case: Case, tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    old = folder / "build" / "a.pdf"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"what was built before")
    if isinstance(case.source, str):
        (folder / "a.rst").write_text(case.source, encoding="utf-8")
    elif case.source is not None:
        (folder / "a.rst").write_bytes(case.source)
    case.also(folder)

    run = postpress("build", "a.rst", "--edition", "print", folder=folder)

    assert run.code == case.code, run.err
    first, *rest = run.err.splitlines()
    assert first.startswith(case.place), run.err
    assert case.hint in "\n".join(rest), run.err
    assert sum(": error " in line for line in run.err.splitlines()) == 1, "and nothing else"
    assert "Traceback" not in run.err
    assert old.read_bytes() == b"what was built before"


def test_all_faults_are_told_at_once_in_order(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text(post("See `no`_.\n\n.. nonsense::\n\n.. image:: x.png\n"))
    run = postpress("build", "a.rst", folder=tmp_path)
    places = [line.split(" ")[0] for line in run.err.splitlines() if " error " in line]
    assert places == ["a.rst:8:", "a.rst:10:", "a.rst:12:", "a.rst:12:"]


def test_a_fault_in_an_included_file_is_placed_there(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text(post(".. include:: b.txt\n"))
    (tmp_path / "b.txt").write_text("Fine.\n\nSee `no`_.\n")
    run = postpress("build", "a.rst", folder=tmp_path)
    assert run.err.startswith("b.txt:3: error RST105"), run.err


def test_a_folder_is_not_a_source(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    run = postpress("build", "a", folder=tmp_path)
    assert (run.code, run.err.splitlines()[0]) == (3, "a: error SRC002: a folder, not a reStructuredText file")


def test_an_output_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text(post("Text.\n"))
    (tmp_path / "build").write_text("a file where the folder should be")
    run = postpress("build", "a.rst", "--edition", "ebook", folder=tmp_path)
    assert run.code == 6
    assert run.err.startswith("build: error OUT001: cannot be written"), run.err
    assert "--output" in run.err


def test_one_bad_source_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text("no title\n")
    (tmp_path / "b.rst").write_text(post("Text.\n"))
    run = postpress("build", "a.rst", "b.rst", "--edition", "ebook", folder=tmp_path)
    assert run.code == 3
    assert run.built == ["b.epub"]


def test_two_sources_for_one_file(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.rst").write_text(post("Text.\n"))
    run = postpress("build", "one/a.rst", "two/a.rst", folder=tmp_path)
    assert (run.code, run.built) == (3, [])
    assert "would both become build/a.pdf" in run.err


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-8-sig", ""), ("utf-16", ""), ("utf-32", ""), ("latin-1", ".. coding: latin-1\n\n")]
)
def test_what_is_certain_is_read(encoding: str, mark: str, tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_bytes((mark + post("Café life.\n")).encode(encoding))
    run = postpress("build", "a.rst", "--edition", "ebook", folder=tmp_path)
    assert (run.code, run.err) == (0, "")
