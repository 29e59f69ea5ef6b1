"""Programs that read ebooks in their own ways, on our books: `make test-readers`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.ebooks import parts
from tests.readers.books import NAMES, OURS, Shelf
from tests.readers.ebook import Ebook, close
from tests.vocabulary import ROOT

pytestmark = pytest.mark.readers

_COMPLAINTS = re.compile("error|warning|warn:|exception|traceback|failed|invalid|cannot|could not", re.IGNORECASE)

# MuPDF 1.21 says the first of Debian's build of it, and the second of every book that is not of EPUB 2.
_MUPDF_SAYS = {"warning: ICC support is not available", "warning: unknown epub version: 3.0"}


def _ran(*command: str | Path, home: Path) -> tuple[str, str]:
    """What a program says, in a home folder of its own. It must end well."""
    # Qt has no screen here, and no need of one.
    known = {"HOME": str(home), "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(home), "LC_ALL": "C.UTF-8"}
    known |= {"CALIBRE_CONFIG_DIRECTORY": str(home / "calibre"), "QTWEBENGINE_DISABLE_SANDBOX": "1"}
    done = subprocess.run(
        [*map(str, command)], env={**os.environ, **known}, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_mupdf_reads_it_all(shelf: Shelf, tmp_path: Path, name: str) -> None:
    ebook = Ebook(shelf.brought(name))
    text, complaints = _ran("mutool", "draw", "-F", "txt", "-o", "-", ebook.path, home=tmp_path)
    assert set(complaints.splitlines()) <= _MUPDF_SAYS
    assert not [word for word in _words_of(ebook) if word not in text]


@pytest.mark.parametrize("name", NAMES)
def test_calibre_converts_it_without_complaint(shelf: Shelf, tmp_path: Path, name: str) -> None:
    ebook = Ebook(shelf.brought(name))
    for target in ("book.txt", "book.epub"):
        said = "".join(_ran("ebook-convert", ebook.path, tmp_path / target, home=tmp_path))
        assert not [line for line in said.splitlines() if _COMPLAINTS.search(line)]
    text = (tmp_path / "book.txt").read_text(encoding="utf-8")
    assert not [word for word in _words_of(ebook) if word not in text]
    with ZipFile(tmp_path / "book.epub") as archive:
        (package,) = (name for name in archive.namelist() if name.endswith(".opf"))
        assert close(ebook.said("title")[0].replace("&", "&amp;")) in close(archive.read(package).decode())


def _words_of(ebook: Ebook) -> set[str]:
    """Words of five letters at least, which no program divides where a line ends, or puts a note's number to."""
    return {
        word
        for file in ebook.spine
        for text in ebook.body(file).itertext()
        for word in re.findall(r"\b[^\W\d_]{5,}\b", str(text))
    }


@pytest.mark.parametrize("name", OURS)
def test_another_zlib_gives_the_same_entries(shelf: Shelf, tmp_path: Path, name: str) -> None:
    """zlib-ng packs otherwise: what is packed, and in which order, must not be its affair."""
    (tmp_path / "sitecustomize.py").write_text(
        textwrap.dedent(
            """
            import sys
            import zlib

            from zlib_ng import zlib_ng

            for name in ("compress", "compressobj"):
                setattr(zlib, name, getattr(zlib_ng, name))
            """
        ),
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "pipeline", "build", str(OURS[name]), "--output", str(tmp_path / "build")]
    paths = os.pathsep.join((str(tmp_path), str(ROOT)))
    subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, timeout=300, check=True
    )
    (other,) = (tmp_path / "build").glob("*.epub")
    ours = shelf.brought(name)
    assert other.read_bytes() != ours.read_bytes(), "zlib-ng packed as zlib does: this proves nothing"
    with ZipFile(ours) as one, ZipFile(other) as two:
        assert [(a.filename, a.CRC, a.date_time, a.external_attr) for a in one.infolist()] == [
            (b.filename, b.CRC, b.date_time, b.external_attr) for b in two.infolist()
        ]
    assert parts(other.read_bytes()) == parts(ours.read_bytes())
