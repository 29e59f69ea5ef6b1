from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import bind, read, settings
from pipeline.editions import EDITIONS
from pipeline.model import Book
from tests.readers.books import Shelf
from tests.vocabulary import POST, ROOT, Run, postpress


@pytest.fixture(scope="session")
def built_post(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The user's post, built once for every test that looks at it."""
    folder = tmp_path_factory.mktemp("post")
    run = postpress("build", str(POST), "--output", str(folder / "build"), folder=ROOT)
    assert (run.code, run.err) == (0, "")
    return Run(run.code, run.out, run.err, folder)


@pytest.fixture(scope="session")
def post_book() -> Book:
    known = settings.load(POST.parent)
    chapter, _ = read.read(POST, known)
    return bind.bind(chapter, known, EDITIONS)


@pytest.fixture(scope="session")
def post_pdf(built_post: Run) -> bytes:
    return _only(built_post, ".pdf")


@pytest.fixture(scope="session")
def post_epub(built_post: Run) -> bytes:
    return _only(built_post, ".epub")


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Books for readers, shared by the processes of a run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shelf"
    folder.mkdir(exist_ok=True)
    return Shelf(folder)


def _only(run: Run, suffix: str) -> bytes:
    found: Iterator[Path] = (run.folder / "build").glob("*" + suffix)
    (path,) = found
    return path.read_bytes()
