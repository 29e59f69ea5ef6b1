"""Hostile sources: nothing outside the folder is opened, no limit is passed, and the others of the run are built."""

from __future__ import annotations

import re
import socket
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pypdfium2
import pytest

from pipeline.write.epub.drawings import fitted
from tests.hostile.cases import BOMBS, DOT, ROUTES, SVG, Case
from tests.hostile.watch import noted, watched
from tests.vocabulary import ROOT, TITLE, Run

MARK = "quinquireme"
WALL_S = 20
SETTINGS = f"[limits]\ncpu_s = 3\nwall_s = {WALL_S}\nmemory_mb = 800\n"
# What any run of the interpreter and the engines' libraries may open.
ALLOWED = tuple(
    Path(path).resolve()
    for path in (
        *(ROOT, sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64", "/opt/homebrew"),
        *("/dev/null", "/proc/filesystems"),
        *("/etc/ld.so.cache", "/etc/ld.so.preload", "/etc/locale.alias", "/etc/localtime", "/etc/mime.types"),
        *("/etc/ssl/openssl.cnf", "/etc/pki/tls/openssl.cnf"),
        "/etc/python{}.{}".format(*sys.version_info),  # where Debian keeps its sitecustomize
    )
)
BATCHES = [*(ROUTES[n::4] for n in range(4)), *(BOMBS[n::8] for n in range(8))]
_DISTINCT = list({repr((case.twin, sorted(case.twin_files.items()))): case for case in (*ROUTES, *BOMBS)}.values())
TWINS = [_DISTINCT[n::6] for n in range(6)]  # many cases have the same


def ids(batch: Sequence[Case]) -> str:
    return f"{batch[0].name} and {len(batch) - 1} more"


@pytest.mark.parametrize("batch", BATCHES, ids=ids)
def test_a_hostile_source_gets_a_diagnostic_and_nothing_else(batch: Sequence[Case], tmp_path: Path) -> None:
    began = time.monotonic()
    with server() as (address, asked):
        run = built_and_watched([lay(case, tmp_path, address, twin=False) for case in batch], tmp_path)
        assert not asked()
    took_s = time.monotonic() - began
    assert "Traceback" not in run.err and "BUG001" not in run.err, run.err
    assert run.code in range(2, 7) if any(case.place for case in batch) else run.code == 0
    missed = [case.name for case in batch if not answered(case, run)]
    assert missed == [], run.err
    assert {"good.pdf", "good.epub"} <= set(run.built)
    assert took_s < WALL_S * 2 * len(batch)
    for path in (tmp_path / "build").iterdir():
        if path.suffix in (".epub", ".pdf"):
            assert not re.search(f"{MARK}|{address}|outside/", text_of(path)), path


@pytest.mark.parametrize("batch", TWINS, ids=ids)
def test_its_benign_twin_builds(batch: Sequence[Case], tmp_path: Path) -> None:
    with server() as (address, asked):
        run = built_and_watched([lay(case, tmp_path, address, twin=True) for case in batch], tmp_path)
        assert not asked()
    assert run.code == 0, run.err
    assert set(run.built) >= {f"{case.name}{ending}" for case in batch for ending in (".pdf", ".epub")}


@pytest.mark.parametrize("case", [case for case in ROUTES if case.name.startswith("svg-")], ids=lambda case: case.name)
def test_an_ebook_takes_no_drawing_that_leads_out(case: Case) -> None:
    """The reader refuses these too; the writer of ebooks does not rely on it."""
    drawing = case.files["a.svg"]
    assert not callable(drawing)
    try:
        kept = fitted(drawing if isinstance(drawing, bytes) else drawing.encode())
    except ValueError:
        return
    assert not re.search(b"SERVER|OUTSIDE|outside/", kept)


def test_the_watch_sees_what_is_done(tmp_path: Path) -> None:
    """Or the silence of the others would mean nothing."""
    canaries(tmp_path)
    canary = tmp_path / "outside" / "canary.txt"
    with server() as (address, asked):
        port = address.rpartition(":")[2]
        run, notes = watched(
            "tests.hostile.offender", str(canary), port, folder=tmp_path / "outside", notes=tmp_path / "n"
        )
        assert (run.code, run.err, asked()) == (0, "", True)
    strange = [note for note in notes if not allowed(note, tmp_path)]
    assert f"open {canary.resolve()}" in strange
    assert "open /nowhere/sécret" in strange
    assert [note for note in strange if "connect" in note and port in note]
    assert [note for note in strange if "/bin/sh" in note]


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ('openat(AT_FDCWD</a>, "b", O_RDONLY) = 3</a/b>', "open /a/b"),
        ('openat(AT_FDCWD</a>, "../b", O_RDONLY) = -1 ENOENT (No such file or directory)', "open /b"),
        ('openat(AT_FDCWD</a>, "b", O_RDONLY <unfinished ...>) = ?', "open /a/b"),
        ('openat(5</a/c>, "b", O_WRONLY|O_CREAT, 0666) = 6</d/e>(deleted)', "open /d/e"),
        (r'openat(AT_FDCWD</a\76>, "\303\274 \"q\"", O_RDONLY) = -1 EACCES (Permission denied)', 'open /a>/ü "q"'),
        ('openat2(AT_FDCWD</a>, "/b", {flags=O_RDONLY, resolve=0}, 24) = 3</b>', "open /b"),
        ('open("/b", O_RDONLY) = 3</b>', "open /b"),
        ('creat("b", 0666) = 3</x/b>', "open /x/b"),
        ('execve("/bin/sh", ["sh"], 0x7ff /* 3 vars */) = 0', "execve /bin/sh"),
        ("+++ killed by SIGKILL +++", None),
        (
            "openat(AT_FDCWD</a>, 0xdead, O_RDONLY) = -1 EFAULT (Bad address)",
            "openat(AT_FDCWD</a>, 0xdead, O_RDONLY) = -1 EFAULT (Bad address)",
        ),
        ("connect(3<socket:[1]>, {sa_family=AF_INET}, 16) = 0", "connect(3<socket:[1]>, {sa_family=AF_INET}, 16) = 0"),
    ],
)
def test_lines_of_strace_are_understood(line: str, note: str | None) -> None:
    assert list(noted(line, Path("/x"))) == ([note] if note else [])


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


def built_and_watched(sources: Sequence[str], folder: Path) -> Run:
    """The run of the command over these and, last, a good source, which did nothing that is not allowed."""
    canaries(folder)
    (folder / "postpress.toml").write_text(SETTINGS)
    (folder / "good").mkdir()
    (folder / "good" / "good.rst").write_text(TITLE + "Text.\n")
    run, notes = watched("pipeline", "build", *sources, "good/good.rst", folder=folder, notes=folder / "watch")
    assert f"open {folder.resolve() / 'good' / 'good.rst'}" in notes
    assert [note for note in notes if not allowed(note, folder)] == []
    return run


def answered(case: Case, run: Run) -> bool:
    """Whether a case has its diagnostic, and not both its editions; or, where nothing is wrong with it, has both."""
    whole = {f"{case.name}.pdf", f"{case.name}.epub"} <= set(run.built)
    begin = f"{case.name}{case.place}" if case.place.startswith("/") else f"{case.name}/{case.name}.rst{case.place}"
    return begin in run.err and not whole if case.place else whole


def allowed(note: str, folder: Path) -> bool:
    act, _, name = note.partition(" ")
    if act == "execve":
        return name == sys.executable
    path = Path(name)
    within = path.is_relative_to(folder.resolve()) and not path.is_relative_to(folder.resolve() / "outside")
    own = re.fullmatch(r"/proc/\d+/(task|statm)", name)  # whether there are threads, and how much memory is used
    return act == "open" and (within or bool(own) or any(path.is_relative_to(known) for known in ALLOWED))


def text_of(path: Path) -> str:
    """All that an output says: the text of its pages, or its entries."""
    if path.suffix == ".pdf":
        with pypdfium2.PdfDocument(path) as document:
            pages = "".join(page.get_textpage().get_text_range() for page in document)
        return pages + path.read_bytes().decode("latin-1")
    with zipfile.ZipFile(path) as archive:
        return "".join(archive.read(name).decode("latin-1") for name in archive.namelist())


@contextmanager
def server() -> Iterator[tuple[str, Callable[[], bool]]]:
    """An address, and whether anything has connected to it."""
    with socket.create_server(("127.0.0.1", 0)) as ear:
        ear.setblocking(False)

        def asked() -> bool:
            try:
                ear.accept()[0].close()
            except BlockingIOError:
                return False
            return True

        yield f"http://127.0.0.1:{ear.getsockname()[1]}", asked


def canaries(folder: Path) -> None:
    """Make the folder OUTSIDE, whose files must not be opened."""
    outside = folder / "outside"
    outside.mkdir()
    (outside / "canary.txt").write_text(MARK)
    (outside / "canary.png").write_bytes(DOT)
    (outside / "canary.svg").write_text(SVG.format("", f"<text>{MARK}</text>"))
