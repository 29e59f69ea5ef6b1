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
    Case("missing", None, "a.rst: error SRC001: no such file", "name a reStructuredText file that is there"),
    Case("empty", "", "a.rst: error SRC003: the file is empty", "write a title"),
    Case("blank", " \n\n", "a.rst: error SRC003: the file is empty", "write a title"),
    Case("binary", b"\x7fELF\x00\x01\x00", "a.rst: error SRC004: a binary file", "name its reStructuredText source"),
    Case(
        "latin-1",
        post("Caf\xe9 life.\n").encode("latin-1"),
        "a.rst:8: error SRC005: byte 0xE9 is not UTF-8",
        "Café life",
    ),
    Case(
        "declared wrongly",
        b".. coding: klingon\n\nT\n=\n",
        "a.rst:1: error SRC005: 'klingon' is no encoding of texts",
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
        "a.rst:8: error IMG003: bad.png cannot be used",
        "save it again",
        also=lambda folder: (folder / "bad.png").write_bytes(b"no picture"),
    ),
    Case(
        "svg broken",
        post(".. image:: bad.svg\n   :alt: Noise\n"),
        "a.rst:8: error IMG003: bad.svg cannot be used",
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
    Case(
        "include absolute", post(".. include:: /etc/passwd\n"), "a.rst:8: error RST110: no such file", "with / before"
    ),
    Case(
        "include through a link",
        post(".. include:: link.txt\n"),
        "a.rst:8: error RST106: file outside",
        "copy it",
        also=lambda folder: (folder / "link.txt").symlink_to("/etc/passwd"),
    ),
    Case(
        "table file outside", post(".. csv-table::\n   :file: ../../etc/passwd\n"), "a.rst:8: error RST106", "copy it"
    ),
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
        post("A sign: \N{CUNEIFORM SIGN A}.\n"),
        "a.rst:8: error FONT002: no font has \N{CUNEIFORM SIGN A} (U+12000",
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
        "postpress.toml:1: error SET001: not valid TOML",
        "",
        code=2,
        also=lambda folder: (folder / "postpress.toml").write_text("language = \n"),
    ),
    Case(
        "settings nested",
        post("Text.\n"),
        "postpress.toml: error SET001: nested too deeply",
        "",
        code=2,
        also=lambda folder: (folder / "postpress.toml").write_text("labels = " + "[" * 5000 + "]" * 5000),
    ),
    Case(
        "settings endless number",
        post("Text.\n"),
        "postpress.toml: error SET001: cannot be read",
        "",
        code=2,
        also=lambda folder: (folder / "postpress.toml").write_text("language = " + "9" * 5000),
    ),
    Case(
        "settings endless text",
        post("Text.\n"),
        "postpress.toml:1: error SET003: rights has a text of more than 2000 characters",
        "put it into the source",
        code=2,
        also=lambda folder: (folder / "postpress.toml").write_text(f'rights = "{"All mine. " * 300}"\n'),
    ),
    Case(
        "endless authors",
        f"T\n=\n\n:Author: {'A. Writer; ' * 300}\n\nText.\n",
        "a.rst:4: error RST146: the field 'Author' has more than 2000 characters",
        "say it shorter",
    ),
    Case("rot13", b".. coding: rot13\n\nT\n=\n", "a.rst:1: error SRC005: 'rot13' is no encoding of texts", "UTF-8"),
    Case(
        "an address that is none",
        post("See http://[3ffe:2a00::1 for more.\n"),
        "a.rst:8: error RST133: http://[3ffe:2a00::1 is no address",
        "brackets",
    ),
    Case(
        "an address without a host",
        post("See `this <http:a.html>`_ for more.\n"),
        "a.rst:8: error RST133: http:a.html is no address",
        "two slashes",
    ),
    Case(
        "an address with no such port",
        post("See `this <http://a.example:99999/>`_ for more.\n"),
        "a.rst:8: error RST133: http://a.example:99999/ is no address",
        "two slashes",
    ),
    Case(
        "head of pages",
        post(".. header:: Lost words\n\nText.\n"),
        "a.rst:8: error RST138: the head of pages is made by the edition",
        "say it in the text",
    ),
    Case(
        "two drawings",
        post(".. drawing:: dot.png\n   :alt: One\n\n.. drawing:: dot.png\n   :alt: Two\n"),
        "a.rst:11: error RST132: a second drawing",
        "keep one",
        also=lambda folder: (folder / "dot.png").write_bytes(PNG),
    ),
    Case(
        "half a picture",
        post(".. image:: dot.png\n   :alt: Half\n"),
        "a.rst:8: error IMG003: dot.png cannot be used",
        "save it again",
        also=lambda folder: (folder / "dot.png").write_bytes(PNG[:-30]),
    ),
    Case(
        "wrong ending",
        post(".. image:: dot.jpg\n   :alt: Dot\n"),
        "a.rst:8: error IMG003: dot.jpg cannot be used: it is PNG",
        "save it again",
        also=lambda folder: (folder / "dot.jpg").write_bytes(PNG),
    ),
    Case(
        "picture of links",
        post(".. image:: l.png\n   :alt: A\n"),
        "a.rst:8: error RST106",
        "copy it",
        also=lambda folder: (folder / "l.png").symlink_to("l.png"),
    ),
    Case(
        "svg that loads",
        post(".. image:: a.svg\n   :alt: A\n"),
        "a.rst:8: error IMG003: a.svg cannot be used: it holds a <image>",
        "",
        also=lambda folder: (folder / "a.svg").write_text(
            "<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>"
        ),
    ),
    Case(
        "script as link",
        post("`A <javascript:alert(1)>`_\n"),
        "a.rst:8: error RST133: javascript: is no link",
        "whole address",
    ),
    Case("link to a file", post("`A <b.html>`_\n"), "a.rst:8: error RST133: b.html leads to nothing", "whole address"),
    Case(
        "formula",
        post("So :math:`\\foo`.\n"),
        "a.rst:8: error RST134: the formula \\foo cannot be read: Unknown LaTeX command",
        "mathematics.html",
    ),
    Case(
        "dates twice",
        "T\n=\n\n:Date: 2026-01-01\n:Dates of b: 2026-01-02\n\nText.\n",
        "a.rst:5: error RST127: dates are given twice",
        "keep one",
    ),
    Case(
        "text above the title", "Text.\n\nT\n=\n\nText.\n", "a.rst:1: error RST131: the document has no title", "====="
    ),
    Case(
        "an unfilled date",
        "T\n=\n\n:Date: $Date$\n\nText.\n",
        "a.rst:4: error RST121: '$Date$' is not a date",
        "27 March",
    ),
    Case(
        "nested too deeply",
        post("".join(" " * n + "x\n\n" for n in range(34))),
        "a.rst:74: error RST196: nested too deeply: more than 32 levels",
        "a level of indentation out",
    ),
    Case(
        "lists nested too deeply",
        post("".join("  " * n + "- x\n\n" for n in range(33))),
        "a.rst:72: error RST196: nested too deeply",
        "begin a section",
    ),
    Case(
        "lines nested too deeply",
        post("".join("| " + " " * n + "x\n" for n in range(33))),
        "a.rst:41: error RST196: nested too deeply",
        "begin a section",
    ),
    Case(
        "cells of a table",
        post("One.\n\n.. csv-table::\n\n" + "   a,b\n" * 10_001),
        "a.rst:10: error RST141: more than 20,000 cells in tables",
        "split the table",
    ),
    Case(
        "cells of a table made long by one row",
        post(".. csv-table::\n\n   " + "," * 1000 + "\n" + "   a\n" * 1000),
        "a.rst:8: error RST141: more than 20,000 cells in tables",
        "split the table",
    ),
    Case(
        "cells of a drawn table",
        post("One.\n\n= =\n" + "a b\n" * 10_001 + "= =\n"),
        "a.rst:10: error RST141: more than 20,000 cells in tables",
        "split the table",
    ),
    Case(
        "cells of a list",
        post(".. list-table::\n\n" + "   * - a\n     - b\n" * 10_001),
        "a.rst:8: error RST141: more than 20,000 cells in tables",
        "split the table",
    ),
    Case(
        "items",
        post("- x\n" * 50_001),
        "a.rst:50005: error RST142: more than 50,000 paragraphs, items",
        "split it into several sources",
    ),
    Case(
        "emphasised words",
        post("*a* b\n\n" * 30_000),
        "a.rst:50006: error RST142: more than 50,000 paragraphs",
        "split it into several sources",
    ),
    Case("size", b"x " * (1 << 20) + b"\n", "a.rst: error SRC007: larger than 2 MiB", "split it"),
    Case(
        "substitutions that double",
        post(
            "|a0|\n\n"
            + "".join(f".. |a{n}| replace:: |a{n + 1}| |a{n + 1}|\n" for n in range(24))
            + ".. |a24| replace:: x\n"
        ),
        "a.rst:17: error RST143: substitutions stand for more than 2 MiB",
        "contain each other",
    ),
    Case(
        "a chain of includes",
        post(".. include:: 1.txt\n"),
        "16.txt:1: error RST118: more than 16 files include each other",
        "side by side",
        also=lambda folder: [(folder / f"{n}.txt").write_text(f".. include:: {n + 1}.txt\n") for n in range(1, 40)],
    ),
    Case(
        "a circle of includes",
        post(".. include:: 1.txt\n"),
        "5.txt:3: error RST109: circular inclusion",
        "take out one of the two includes",
        also=lambda folder: [
            (folder / f"{n}.txt").write_text(f"x\n\n.. include:: {n % 5 + 1}.txt\n") for n in range(1, 6)
        ],
    ),
    Case(
        "includes that are too large together",
        post(".. include:: 1.txt\n\n.. include:: 1.txt\n\n.. include:: 1.txt\n"),
        "a.rst:12: error RST119: more than 2 MiB are included",
        "split the source",
        also=lambda folder: (folder / "1.txt").write_text("word " * 180_000),
    ),
    Case(
        "a parser of its own",
        post(".. include:: 1.txt\n   :parser: evil\n"),
        "a.rst:8: error RST116: included files are read as reStructuredText",
        "take “:parser:” out",
        also=lambda folder: [
            (folder / "1.txt").write_text("x\n"),
            (folder / "evil.py").write_text("import pathlib\npathlib.Path('build/a.pdf').write_text('was run')\n"),
        ],
    ),
    Case(
        "the day of the build",
        post("It is |today|.\n\n.. |today| date::\n"),
        "a.rst:10: error RST117: the day of the build is no part of a source",
        "write the date",
    ),
    Case(
        "a drawing that uses itself",
        post(".. image:: a.svg\n   :alt: A\n"),
        "a.rst:8: error IMG003: a.svg cannot be used: more than 100,000 elements are drawn",
        "",
        also=lambda folder: (folder / "a.svg").write_text(
            "<svg xmlns='http://www.w3.org/2000/svg'><g id='a'><use href='#a'/></g></svg>"
        ),
    ),
    Case(
        "a picture of too many bytes",
        post(".. image:: a.svg\n   :alt: A\n"),
        "a.rst:8: error IMG003: a.svg cannot be used: it is larger than 4 MiB",
        "",
        also=lambda folder: (folder / "a.svg").write_bytes(b" " * (4 * 2**20 + 1)),
    ),
    Case(
        "settings label",
        post("Text.\n"),
        "postpress.toml:2: error SET002: unknown label 'abuot'",
        "did you mean about?",
        code=2,
        also=lambda folder: (folder / "postpress.toml").write_text("[labels]\nabuot = 'x'\n"),
    ),
    Case(
        "settings label without its number",
        post("Text.\n"),
        "postpress.toml:3: error SET003: figure lacks {0}",
        'in English it is "Figure {0}"',
        code=2,
        also=lambda folder: (folder / "postpress.toml").write_text(
            "[labels]\ntypefaces = 'Schriften: {fonts}.'\nfigure = 'Abb.'\n"
        ),
    ),
    Case(
        "settings label without one of two numbers",
        post("Text.\n"),
        "postpress.toml:2: error SET003: deprecated_removed lacks {1}",
        "",
        code=2,
        also=lambda folder: (folder / "postpress.toml").write_text("[labels]\ndeprecated_removed = 'bis {0}'\n"),
    ),
    Case(
        "settings language",
        post("Text.\n"),
        "postpress.toml:1: error SET004: 'English!' is not a language tag",
        "en-GB",
        code=2,
        also=lambda folder: (folder / "postpress.toml").write_text("language = 'English!'\n"),
    ),
    Case(
        "settings no table",
        post("Text.\n"),
        "pyproject.toml:3: error SET002: unknown key 'langauge'",
        "did you mean language?",
        code=2,
        also=lambda folder: (folder / "pyproject.toml").write_text("[project]\n[tool.postpress]\nlangauge = 'x'\n"),
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


@pytest.mark.parametrize("tool", ["tool = 3\n", "[tool]\npostpress = 1\n"])
def test_a_pyproject_of_others_is_no_settings_file(tool: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(tool)
    (tmp_path / "a.rst").write_text(post("Text.\n"))
    assert postpress("build", "a.rst", "--edition", "ebook", folder=tmp_path).code == 0


@pytest.mark.parametrize("epoch", ["garbage", "253402300800", "1.5"])
def test_an_epoch_that_is_none(epoch: str, tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text(post("Text.\n"))
    run = postpress("build", "a.rst", folder=tmp_path, SOURCE_DATE_EPOCH=epoch)
    assert (run.code, run.err.count("SOURCE_DATE_EPOCH is")) == (2, 1), run.err


def test_a_decorative_picture_and_odd_names_are_fine(tmp_path: Path) -> None:
    names = ("a b.png", "h#1.png", "q?.png", "per%20cent.png", "ü.png")
    for name in names:
        (tmp_path / name).write_bytes(PNG)
    escaped = (name.replace(" ", "\\ ") for name in names)
    (tmp_path / "a.rst").write_text(
        post("\n\n".join(f".. image:: {name}\n   :alt:" for name in escaped) + "\n\nText.\n")
    )
    run = postpress("build", "a.rst", folder=tmp_path)
    assert (run.code, run.err) == (0, "")


def test_a_control_character_in_an_included_file_is_placed_there(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text(post(".. include:: b.txt\n"))
    (tmp_path / "b.txt").write_text("Fine.\n\nA bell \a.\n")
    run = postpress("build", "a.rst", folder=tmp_path)
    assert (run.code, run.err.splitlines()[0].partition(": error ")[0].endswith("b.txt:3")) == (3, True), run.err


def test_a_runaway_source_ends_and_the_others_are_built(tmp_path: Path) -> None:
    (tmp_path / "postpress.toml").write_text("[limits]\ncpu_s = 2\n")
    doubling = "".join(f".. |s{n}| replace:: |s{n + 1}| |s{n + 1}|\n" for n in range(24)) + ".. |s24| replace:: x\n"
    (tmp_path / "a.rst").write_text(post(f"|s0|\n\n{doubling}"))
    (tmp_path / "b.rst").write_text(post("Text.\n"))
    run = postpress("build", "a.rst", "b.rst", "--edition", "ebook", folder=tmp_path)
    assert (run.built, "Traceback" in run.err) == (["b.epub"], False)
    assert run.err.startswith("a.rst"), run.err


def test_a_runaway_layout_ends_and_the_others_are_built(tmp_path: Path) -> None:
    (tmp_path / "postpress.toml").write_text("[limits]\ncpu_s = 1\n")
    (tmp_path / "a.rst").write_text(post("Many words in a paragraph of its own.\n\n" * 4000))
    (tmp_path / "b.rst").write_text(post("Text.\n"))
    run = postpress("build", "a.rst", "b.rst", "--edition", "print", folder=tmp_path)
    assert (run.code, run.built) == (4, ["b.pdf"])
    assert run.err.startswith("a.rst: error LIM003: layout used more than 1 s of CPU\n    if it has to be so much"), (
        run.err
    )


def test_a_device_is_not_read(tmp_path: Path) -> None:
    run = postpress("build", "/dev/zero", folder=tmp_path)
    assert (run.code, run.err.splitlines()[0]) == (3, "/dev/zero: error SRC002: not a file that can be read to its end")


def test_the_same_file_by_two_names_is_built_once(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text(post("Text.\n"))
    run = postpress("build", "a.rst", "./a.rst", str(tmp_path / "a.rst"), "--edition", "ebook", folder=tmp_path)
    assert (run.code, len(run.out.splitlines())) == (0, 1), run.err


def test_a_word_that_no_page_can_hold(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text(post("x" * 6000 + "\n"))
    run = postpress("build", "a.rst", folder=tmp_path)
    assert (run.code, run.built) == (3, [])
    assert run.err.startswith("a.rst:8: error RST137: more than 5000 characters without a space"), run.err


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
