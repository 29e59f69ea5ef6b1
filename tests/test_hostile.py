"""Hostile sources: nothing outside the folder is opened, no limit is passed, and the others of the run are built."""

from __future__ import annotations

import ctypes
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pypdfium2
import pytest

from pipeline.write.epub.images import harmless
from tests.hostile.cases import BOMBS, DOT, ROUTES, SVG, Case
from tests.vocabulary import ROOT, TITLE, Run

MARK = "quinquireme"
WALL_S = 20
SETTINGS = f"[limits]\ncpu_s = 3\nwall_s = {WALL_S}\nmemory_mb = 800\n"
# What any run of the interpreter and the engines' libraries may open.
ALLOWED = tuple(
    Path(path).resolve()
    for path in (
        ROOT,
        sys.prefix,
        sys.base_prefix,
        "/usr",
        "/lib",
        "/proc/self",
        "/dev/null",
        "/etc/mime.types",
        "/opt/homebrew",
    )
)
BATCHES = [*(ROUTES[n::4] for n in range(4)), *(BOMBS[n::8] for n in range(8))]
_DISTINCT = list({repr((case.twin, sorted(case.twin_files.items()))): case for case in (*ROUTES, *BOMBS)}.values())
TWINS = [_DISTINCT[n::6] for n in range(6)]  # many cases have the same


def ids(batch: Sequence[Case]) -> str:
    return f"{batch[0].name} and {len(batch) - 1} more"


@pytest.mark.parametrize("batch", BATCHES, ids=ids)
def test_a_hostile_source_gets_a_diagnostic_and_nothing_else(batch: Sequence[Case], tmp_path: Path) -> None:
    with server() as (address, asked), looked_into(tmp_path) as seen:
        began = time.monotonic()
        run, opened = built([lay(case, tmp_path, address, twin=False) for case in batch], tmp_path)
        took_s = time.monotonic() - began
        assert (asked(), seen()) == ([], [])
    strange = [note for note in opened if not allowed(note, tmp_path)]
    assert strange == []
    assert "Traceback" not in run.err and "BUG001" not in run.err, run.err
    assert run.code in range(2, 7) if any(case.place for case in batch) else run.code == 0
    missed = [case.name for case in batch if not answered(case, run)]
    assert missed == [], run.err
    assert {"good.pdf", "good.epub"} <= set(run.built)
    assert took_s < WALL_S * 2 * len(batch)
    for path in (tmp_path / "build").iterdir():
        if path.is_file():
            assert not re.search(f"{MARK}|{address}|outside/", text_of(path)), path


@pytest.mark.parametrize("batch", TWINS, ids=ids)
def test_its_benign_twin_builds(batch: Sequence[Case], tmp_path: Path) -> None:
    with server() as (address, _):
        run, _ = built([lay(case, tmp_path, address, twin=True) for case in batch], tmp_path)
    assert run.code == 0, run.err
    assert set(run.built) >= {f"{case.name}{ending}" for case in batch for ending in (".pdf", ".epub")}


@pytest.mark.parametrize("case", [case for case in ROUTES if case.name.startswith("svg-")], ids=lambda case: case.name)
def test_an_ebook_takes_no_drawing_that_leads_out(case: Case) -> None:
    """The reader refuses these too; the writer of ebooks does not rely on it."""
    drawing = case.files["a.svg"]
    assert not callable(drawing)
    try:
        kept = harmless(drawing if isinstance(drawing, bytes) else drawing.encode())
    except ValueError:
        return
    assert not re.search(b"SERVER|OUTSIDE|outside/", kept)


def test_the_watch_sees_what_is_opened(tmp_path: Path) -> None:
    """Or the silence of the others would mean nothing."""
    with server() as (address, asked), looked_into(tmp_path) as seen:
        (tmp_path / "outside" / "canary.txt").read_bytes()
        socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))).close()
        assert len(asked()) == 1
        assert seen() == ["canary.txt"] or sys.platform != "linux"
    _, opened = built([], tmp_path)
    assert f"open {tmp_path.resolve() / 'good' / 'good.rst'}" in opened
    assert not allowed(f"open {tmp_path / 'outside' / 'canary.txt'}", tmp_path)


def lay(case: Case, folder: Path, address: str, *, twin: bool) -> str:
    """Write a case into its folder below this one; its source, relative to this one."""

    def filled(text: str) -> str:
        return text.replace("OUTSIDE", str(folder / "outside")).replace("SERVER", address)

    own = folder / case.name
    own.mkdir()
    for name, asset in (case.twin_files if twin else case.files).items():
        if callable(asset):
            asset(own / name)
        else:
            (own / name).write_bytes(asset if isinstance(asset, bytes) else filled(asset).encode())
    source = case.twin if twin else case.source
    (own / f"{case.name}.rst").write_bytes(source if isinstance(source, bytes) else (TITLE + filled(source)).encode())
    return f"{case.name}/{case.name}.rst"


def built(sources: Sequence[str], folder: Path) -> tuple[Run, list[str]]:
    """The run of the command over these and, last, a good source; what it opened and connected to."""
    (folder / "postpress.toml").write_text(SETTINGS)
    (folder / "good").mkdir()
    (folder / "good" / "good.rst").write_text(TITLE + "Text.\n")
    notes = folder / "opened.txt"
    done = subprocess.run(
        [sys.executable, ROOT / "tests" / "hostile" / "watched.py", "build", *sources, "good/good.rst"],
        cwd=folder,
        env={**os.environ, "WATCHED": str(notes)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return Run(done.returncode, done.stdout, done.stderr, folder), notes.read_text().splitlines()


def answered(case: Case, run: Run) -> bool:
    """Whether a case has its diagnostic, and not both its editions; or, where nothing is wrong with it, has both."""
    whole = {f"{case.name}.pdf", f"{case.name}.epub"} <= set(run.built)
    begin = f"{case.name}{case.place}" if case.place.startswith("/") else f"{case.name}/{case.name}.rst{case.place}"
    return begin in run.err and not whole if case.place else whole


def allowed(note: str, folder: Path) -> bool:
    event, _, name = note.partition(" ")
    path = Path(name)
    if path.is_relative_to(folder.resolve()):
        return event == "open" and not path.is_relative_to(folder.resolve() / "outside")
    scratch = path.is_relative_to(Path(tempfile.gettempdir()).resolve()) and not path.is_relative_to(folder.parent)
    return event == "open" and (scratch or any(path.is_relative_to(known) for known in ALLOWED))


def text_of(path: Path) -> str:
    """All that an output says: the text of its pages, or its entries."""
    if path.suffix == ".pdf":
        with pypdfium2.PdfDocument(path) as document:
            pages = "".join(page.get_textpage().get_text_range() for page in document)
        return pages + path.read_bytes().decode("latin-1")
    with zipfile.ZipFile(path) as archive:
        return "".join(archive.read(name).decode("latin-1") for name in archive.namelist())


@contextmanager
def server() -> Iterator[tuple[str, Callable[[], list[object]]]]:
    """An address, and what has connected to it."""
    with socket.create_server(("127.0.0.1", 0)) as ear:
        ear.setblocking(False)

        def asked() -> list[object]:
            try:
                with ear.accept()[0] as client:
                    return [client]
            except BlockingIOError:
                return []

        yield f"http://127.0.0.1:{ear.getsockname()[1]}", asked


@contextmanager
def looked_into(folder: Path) -> Iterator[Callable[[], list[str]]]:
    """A folder OUTSIDE, and which of its files were opened; an audit hook sees no library do it."""
    outside = folder / "outside"
    outside.mkdir()
    (outside / "canary.txt").write_text(MARK)
    (outside / "canary.png").write_bytes(DOT)
    (outside / "canary.svg").write_text(SVG.format("", f"<text>{MARK}</text>"))
    if sys.platform != "linux":
        yield list
        return
    kernel = ctypes.CDLL(None)
    watch = kernel.inotify_init1(os.O_NONBLOCK)
    kernel.inotify_add_watch(watch, os.fsencode(outside), 0x20)  # IN_OPEN

    def seen() -> list[str]:
        try:
            events = os.read(watch, 65536)
        except BlockingIOError:
            return []
        return [name.decode() for name in re.findall(rb"canary\.\w+", events)]

    try:
        yield seen
    finally:
        os.close(watch)
