"""Builds killed at random moments: `make kills` (ROUNDS=100) writes docs/kills.tsv, a line for each tenth of the build.

Ten sources have been built; each then says something else, is built again, and that build is killed. Of every output
the old or the new file must be there, whole; no process of the build may be left; and the next build must succeed.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from tests.vocabulary import ROOT, post

SEED = 20261124
TABLE = ROOT / "docs" / "kills.tsv"
SOURCES = [f"{letter}.rst" for letter in "abcdefghij"]
PATIENCE_S = 1  # for the kernel to end the children of a process that was killed


@dataclass(frozen=True)
class Project:
    """A folder whose sources are newer than what was built of them; `old` and `new` are the outputs, by name."""

    folder: Path
    old: dict[str, bytes]
    new: dict[str, bytes]
    length_s: float  # of the build from the one to the other


@dataclass(frozen=True)
class Seen:
    """What was there after kills: outputs of either edition, others, processes left; and next builds that failed."""

    kills: int = 0
    old: int = 0
    new: int = 0
    torn: int = 0
    children_left: int = 0
    failed_after: int = 0

    def __add__(self, other: Seen) -> Seen:
        return Seen(*map(sum, zip(astuple(self), astuple(other), strict=True)))


def prepare(folder: Path) -> Project:
    """Build ten sources, change them all, and build them again, to know what may be found."""
    _say(folder, "What was said first.")
    assert _build(folder).wait() == 0
    old = _outputs(folder)
    shutil.copytree(folder / "build", folder / "built before")
    _say(folder, "Quite another thing.")
    began = time.monotonic()
    assert _build(folder).wait() == 0
    project = Project(folder, old, _outputs(folder), time.monotonic() - began)
    assert len(project.new) == 2 * len(SOURCES)
    assert not set(old.values()) & set(project.new.values())
    return project


def moments(project: Project, rounds: int) -> Iterator[float]:
    """When to kill, in seconds after the start: one moment at random in each of so many parts of a build."""
    chance = random.Random(SEED)
    return (project.length_s * (part + chance.random()) / rounds for part in range(rounds))


def kill(project: Project, moment_s: float) -> Seen:
    """One build from the old edition to the new, killed; what was there then; and the build after it."""
    begin_again(project)
    process = _build(project.folder)
    time.sleep(moment_s)
    process.kill()
    process.wait()
    left = _left(process.pid)
    found = _outputs(project.folder)
    old = sum(found.get(name) == data for name, data in project.old.items())
    new = sum(found.get(name) == data for name, data in project.new.items())
    others = len(project.old) - old - new + len(found.keys() - project.old.keys())
    return Seen(1, old, new, others, left, not whole_after(project))


def begin_again(project: Project) -> None:
    """Put the old edition back, with its records."""
    shutil.rmtree(project.folder / "build", ignore_errors=True)
    shutil.copytree(project.folder / "built before", project.folder / "build")


def start(project: Project) -> subprocess.Popen[bytes]:
    """A build of all sources, leader of a group of processes of its own."""
    return _build(project.folder)


def whole_after(project: Project) -> bool:
    """Whether one more build succeeds, and leaves the new edition and nothing that a killed one was making."""
    ended = _build(project.folder).wait()
    drafts = list((project.folder / "build" / ".cache").glob("draft-*"))
    return (ended, _outputs(project.folder), drafts) == (0, project.new, [])


def _say(folder: Path, words: str) -> None:
    for source in SOURCES:
        (folder / source).write_text(post(f"{words}\n\nThis is {source}.\n"))


def _build(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline", "build", *SOURCES],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def _outputs(folder: Path) -> dict[str, bytes]:
    """The editions. The covers beside the ebooks are left out: they say nothing that changes here."""
    beside = {".cache", *(f"{Path(source).stem}-cover.jpg" for source in SOURCES)}
    return {path.name: path.read_bytes() for path in (folder / "build").iterdir() if path.name not in beside}


def _left(group: int) -> int:
    """How many processes of a group are still there after PATIENCE_S; they are ended then."""
    patience = time.monotonic() + PATIENCE_S
    while (number := _number(group)) and time.monotonic() < patience:
        time.sleep(0.02)
    if number:
        os.killpg(group, signal.SIGKILL)
    return number


def _number(group: int) -> int:
    if sys.platform != "linux":
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return 0
        return 1  # at least
    number = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of_group = stat.read_text().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            continue
        number += int(of_group) == group and state not in "ZX"  # a dead one that init has yet to reap
    return number


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=100)
    rounds = options.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="postpress-") as folder:
        project = prepare(Path(folder))
        tenths = [Seen() for _ in range(10)]
        for number, moment_s in enumerate(moments(project, rounds)):
            tenths[number * 10 // rounds] += kill(project, moment_s)
            print(f"\r{number + 1} of {rounds}", end="", file=sys.stderr, flush=True)
    total = sum(tenths, Seen())
    rows = [("tenth", "seed", *(field.name for field in fields(Seen)))]
    rows += [(str(n), str(SEED), *map(str, astuple(seen))) for n, seen in enumerate(tenths, 1)]
    rows.append(("all", str(SEED), *map(str, astuple(total))))
    TABLE.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    print(f"\n{total}", file=sys.stderr)
    return 1 if total.torn or total.children_left or total.failed_after else 0


if __name__ == "__main__":
    sys.exit(main())
