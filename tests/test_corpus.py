"""`make corpus` and the Java it keeps see what is wrong with an edition, and nothing where nothing is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import ebooks
from tests.tools.corpus import Row, measured
from tests.tools.epubcheck import judged
from tests.vocabulary import post


def test_the_java_that_stays_says_what_the_command_says(tmp_path: Path) -> None:
    sound, broken = tmp_path / "sound.epub", tmp_path / "broken.epub"
    sound.write_bytes(ebooks.ebook())
    broken.write_bytes(
        ebooks.broken(ebooks.ebook(), {"EPUB/article.xhtml": lambda text: text.replace("<em>", "<em x='y'>")})
    )
    assert judged(sound) == []
    assert [said.split()[0] for said in judged(broken)] == ["RSC-005"]
    assert judged(sound) == []


@pytest.mark.parametrize(
    "text",
    [
        "Text.\n\n.. blurb::\n\n   The words of it.\n",
        "Text with the words \\:of\\: `it`.\n",  # what an author says of markup is text
        ".. raw:: latex\n\n   Text\n\nMore.\n",
    ],
)
def test_nothing_is_wrong_with_what_is_tolerated(text: str, tmp_path: Path) -> None:
    source = tmp_path / "a.rst"
    source.write_text(post(text))
    row = measured(Row("a.rst", source, title="Title", authors="A. Writer"))
    found = (
        row.failures + row.outside + row.structure + row.begun + row.epubcheck + row.devices + row.left + row.untitled
    )
    assert found == []
    assert row.built == 2
    assert row.words[0] > 0
    assert row.words[1:] == (0, 0)


def test_a_title_and_an_author_that_are_others_are_counted(tmp_path: Path) -> None:
    source = tmp_path / "a.rst"
    source.write_text(post("Text.\n"))
    assert len(measured(Row("a.rst", source, title="Another", authors="Somebody")).untitled) == 2
