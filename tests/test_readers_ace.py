"""Ace by DAISY on our books: `make test-readers`. EPUBCheck is `make test`'s."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ebooks import broken
from tests.readers.books import NAMES, Shelf
from tests.tools.ace import judged
from tests.tools.corpus import Row, measured
from tests.vocabulary import post

pytestmark = pytest.mark.readers


@pytest.mark.parametrize("name", NAMES)
def test_ace_finds_no_violation(shelf: Shelf, name: str) -> None:
    assert not judged(shelf.brought(name))


def test_ace_finds_what_is_wrong(shelf: Shelf, tmp_path: Path) -> None:
    path = tmp_path / "broken.epub"
    whole = shelf.brought("kitchen-sink").read_bytes()
    path.write_bytes(broken(whole, {"EPUB/article.xhtml": lambda text: text.replace('alt="leaf"', "", 1)}))
    (found,) = judged(path)
    assert found.startswith("article.xhtml: image-alt:")


def test_the_corpus_is_judged_by_ace_panels_of_one_name_too(tmp_path: Path) -> None:
    source = tmp_path / "a.rst"
    source.write_text(post(".. warning:: One.\n\nText.\n\n.. warning:: Two.\n"))
    assert measured(Row("a.rst", source), by_ace=True).ace == []
    assert measured(Row("a.rst", source)).ace is None
