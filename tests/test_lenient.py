"""`--lenient`: a fault of a text one did not write is a warning, and an edition comes out: a row a case."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.check.epub import text_blocks
from tests.test_bad_input import PNG
from tests.vocabulary import post, postpress


@dataclass(frozen=True)
class Case:
    name: str
    source: str | bytes
    warning: str  # how the diagnostic begins
    shown: str  # what a reader sees
    hidden: str = ""  # what a reader does not


CASES = [
    Case(
        "unknown directive",
        post(".. blurb:: The *title*\n   :class: x\n\n   The text.\n\n   - One.\n"),
        "a.rst:8: warning RST101: unknown directive blurb",
        "The title The text. One.",
        "class",
    ),
    Case(
        "its content at once",
        post(".. blurb::\n   The text.\n"),
        "a.rst:8: warning RST101: unknown directive blurb",
        "The text.",
        "blurb",
    ),
    Case(
        "an argument for programs",
        post(".. youtube:: dQw4w9\n\nThe text.\n"),
        "a.rst:8: warning RST101: unknown directive youtube",
        "The text.",
        "dQw4w9",
    ),
    Case(
        "a directive used wrongly",
        post(".. note:: One.\n\n.. hint::\n\n.. image::\n\n   The text.\n"),
        "a.rst:10: warning RST139: Content block expected",
        "The text.",
        "image",
    ),
    Case(
        "an option that is unknown",
        post(".. code:: python\n   :heading: Sum\n   :class: wide\n\n   1 + 1\n"),
        "a.rst:9: warning RST139: unknown option heading",
        "1 + 1",
        "Sum",
    ),
    Case(
        "unknown role",
        post("See :see:`the other <there>`, :cls:`~a.b.C` and :x:`!d`.\n"),
        "a.rst:8: warning RST102: unknown role see",
        "See the other, C and d.",
        "there",
    ),
    Case(
        "links that lead nowhere",
        post("See `the house <house_>`_, home_, |it|, :x:`him`_, :x:`her`:y: and [1]_.\n"),
        "a.rst:8: warning RST105: ",
        "See the house, home, it, him, her and [1].",
        "house_",
    ),
    Case(
        "a link to no address",
        post("See `the house <house.html>`_.\n"),
        "a.rst:8: warning RST133: house.html leads to nothing",
        "See the house.",
        "house.html",
    ),
    Case(
        "missing picture",
        post(".. figure:: gone.png\n   :alt: A red door\n\n   Our house.\n"),
        "a.rst:8: warning IMG002: no such picture: gone.png",
        "Picture not shown A red door Our house.",
        "gone",
    ),
    Case(
        "missing picture in a line",
        post("Press |it|.\n\n.. |it| image:: gone.png\n   :alt: the red one\n"),
        "a.rst:10: warning IMG002: no such picture: gone.png",
        "Press [the red one].",
        "gone",
    ),
    Case(
        "broken table",
        post("+---+---+\n| A | B |\n+---+--+\n\nThe text.\n"),
        "a.rst:10: warning RST103: Malformed table",
        "| A | B |",
    ),
    Case(
        "heading that skips",
        post("One\n---\n\nTwo\n~~~\n\nAh.\n\nThree\n-----\n\nFour\n....\n\nBe.\n"),
        "a.rst:19: warning RST111: heading skips from level 2 to 4",
        "Three Four Be.",
        "....",
    ),
    Case(
        "heading in a list",
        post("- Ah.\n\n  Head\n  ~~~~\n\n  Cee.\n"),
        "a.rst:11: warning RST100: Unexpected section title",
        "Ah. Head Cee.",
        "~~",
    ),
    Case(
        "markup that is not closed",
        post("A *b and ``c.\n"),
        "a.rst:8: warning RST114: ",
        "A *b and ``c.",
    ),
    Case(
        "header and footer",
        post("Ah.\n\n.. footer:: Be.\n\n.. header:: Cee.\n"),
        "a.rst:10: warning RST138: the foot of pages is made by the edition",
        "Cee. Ah. Be.",
    ),
    Case(
        "latin-1",
        post("Caf\xe9 life.\n").encode("latin-1"),
        "a.rst:8: warning SRC005: byte 0xE9 is not UTF-8",
        "Café life.",
    ),
    Case(
        "an endless word",
        post(f"See {'x' * 6000}.\n"),
        "a.rst:8: warning RST137: more than 5000 characters without a space",
        f"See {'x' * 1000} {'x' * 1000} ",
    ),
    Case(
        "raw markup",
        post(".. raw:: html\n\n   <b>A</b>\n\nBe.\n"),
        "a.rst:8: warning RST108: raw markup is not read",
        "Be.",
        "<b>",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_is_built_with_a_warning_where_it_is_an_error(case: Case, tmp_path: Path) -> None:
    source = tmp_path / "a.rst"
    source.write_bytes(case.source if isinstance(case.source, bytes) else case.source.encode())
    strict = postpress("build", "a.rst", "--edition", "ebook", folder=tmp_path)
    assert strict.code == 3
    assert not strict.built

    lenient = postpress("build", "a.rst", "--edition", "ebook", "--lenient", folder=tmp_path)
    assert lenient.code == 0, lenient.err
    assert case.warning in lenient.err
    assert "error" not in lenient.err
    said = said_by(tmp_path / "build" / "a.epub")
    assert case.shown in said
    assert not case.hidden or case.hidden not in said


def test_a_picture_that_was_missing_is_shown_once_it_is_there(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text(post(".. image:: door.png\n   :alt: A red door\n"))
    arguments = ("build", "a.rst", "--edition", "ebook", "--lenient")
    assert "IMG002" in postpress(*arguments, folder=tmp_path).err
    assert "Picture not shown" in said_by(tmp_path / "build" / "a.epub")
    (tmp_path / "door.png").write_bytes(PNG)
    assert "IMG002" not in postpress(*arguments, folder=tmp_path).err
    assert "Picture not shown" not in said_by(tmp_path / "build" / "a.epub")


def said_by(ebook: Path) -> str:
    return " ".join(text_blocks(ebook.read_bytes()))


@pytest.mark.parametrize(
    "text",
    [
        "[#a]_ _`a` ``_ _`a`\n===================\n\nText.\n",
        ":Date: soon\n\n       .. |a| unicode:: 0x7\n\nText |a| more.\n",
        ".. parsed-literal:: A\n\n     ``$Date$`` |word|_ [1]_ |a-b|_\n",
        "See word_.\n\n.. _word:\n\n.. credits:: To\n\n   them.\n",
        ".. _a:\n.. post:: own\n\nText [#a]_ ]\n",
        "- Item.\n\n  .. toctree:: a.png\n",
        ".. glossary:: One\n   Two : class\n     Both.\n",
        ":ISBN: 12\n\nText.\n",
        ".. class:: details\n\nOne : class\n  First.\n",
        ":Series: A\n:Series number: 3 b\n\nText.\n",
        ".. |a| replace:: b\n   .. |c| replace:: |a| |a| |a|\n\nText |a|.\n",
        "+-----------+-------------+\n+-----------+-----+       |\n+-----------------+-------+\n\nText.\n",
    ],
)
def test_what_fuzzing_found_is_built(text: str, tmp_path: Path) -> None:
    title = "" if "====" in text else "=====\nTitle\n=====\n\n"
    (tmp_path / "a.rst").write_text(title + text)
    run = postpress("build", "a.rst", "--lenient", folder=tmp_path)
    assert (run.code, run.built) == (0, ["a.epub", "a.pdf"]), run.err
