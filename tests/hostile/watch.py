"""A run of the command, with every file it opens, every program it starts and every connection it makes.

On Linux strace is the watch: it sees what libraries do, and every process. Elsewhere it is Python's own audit hook.
"""

from __future__ import annotations

import codecs
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.vocabulary import ROOT, Run

# A question mark: not every processor's kernel has the call. `sendto` and `sendmsg` reach a server without `connect`.
_CALLS = "trace=?open,?creat,openat,?openat2,execve,?execveat,connect,sendto,sendmsg"
_STRING = r'"((?:[^"\\]|\\.)*)"'
_BRACKETS = r"<((?:[^>\\]|\\.)*)>"  # where -y says what a descriptor is open on
_OPEN = re.compile(rf"(?:open|creat|openat2?)\((?:(?:AT_FDCWD|\d+){_BRACKETS}, )?{_STRING}")
_OPENED = re.compile(rf" = \d+{_BRACKETS}(?:\(deleted\))?$")
_EXECUTED = re.compile(rf"execve\({_STRING}")
_HOOK = """if True:
    import os, sys
    notes = os.open(sys.argv.pop(1), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    def note(event, arguments):
        # A number is a descriptor that is open already. Children made by a fork have this hook too.
        if event == "open" and isinstance(arguments[0], (str, bytes, os.PathLike)):
            os.write(notes, b"open " + os.path.realpath(os.fsencode(arguments[0])) + b"\\n")
        elif event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen"):
            os.write(notes, f"{event} {arguments!r}\\n".encode(errors="replace"))
    sys.path[0] = sys.argv.pop(1)
    import runpy
    sys.addaudithook(note)
    runpy.run_module(sys.argv[1], run_name="__main__", alter_sys=True)
    """


def watched(module: str, *arguments: str, folder: Path, notes: Path) -> tuple[Run, list[str]]:
    """A module run as a program in a folder, and what it did: `open PATH` and `execve PATH`, links resolved, or a call.

    `notes` is a folder to be made, for the watch's own files.
    """
    notes.mkdir()
    if sys.platform != "linux":
        run = _run([sys.executable, "-c", _HOOK, str(notes / "hook"), str(ROOT), module, *arguments], folder)
        return run, (notes / "hook").read_text().splitlines()
    tracer = shutil.which("strace")
    assert tracer, "strace, by which this test watches, is not here: `make test` says how it comes"
    # A file for each process (-ff), so that no call is cut in two by another's.
    watch = [tracer, "-ff", "-y", "-s", "4096", "-e", _CALLS, "-e", "signal=none", "-o", str(notes / "strace")]
    run = _run([*watch, sys.executable, "-m", module, *arguments], folder)
    lines = (line for path in sorted(notes.iterdir()) for line in path.read_text("ascii").splitlines())
    return run, [note for line in lines for note in noted(line, folder)]


def noted(line: str, folder: Path) -> Iterator[str]:
    """What a line of strace's says: the file that was opened or, where the call failed, the one that was asked for."""
    if found := _OPEN.match(line):
        base, name = (_plain(found[1]) if found[1] else folder), _plain(found[2])
        opened = _OPENED.search(line)
        yield f"open {_plain(opened[1]) if opened else os.path.realpath(Path(base, name))}"
    elif found := _EXECUTED.match(line):
        yield f"execve {_plain(found[1])}"
    elif not line.startswith("+++"):  # how a process ended
        yield line


def _plain(quoted: str) -> str:
    """A text without strace's escapes, which are C's."""
    return os.fsdecode(codecs.escape_decode(quoted.encode("ascii"))[0])


def _run(command: Sequence[str], folder: Path) -> Run:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    return Run(done.returncode, done.stdout, done.stderr, folder)
