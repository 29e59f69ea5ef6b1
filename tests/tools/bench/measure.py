"""What a command costs, its children included.

The figures are the kernel's, from wait4: processor time of the process and of all it has waited for, and the resident
peak of the largest of them. Linux takes the largest over the whole tree (checked with a fork that grows and is reaped),
so workers need no watching from outside. Their shared pages count in each: it is the size of one process, never a sum.

A new process starts with the peak of the one that started it, so this one has to stay smaller than all it measures:
nothing here or in the other modules of the bench loads an engine.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

Command = tuple[str, ...]

_MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024


class CommandError(Exception):
    """A command that failed: how it was called and what it said."""


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock, seconds of the processor (user and system), and the largest process in MB of 1,000,000."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def cost(steps: Iterable[Command], desk: Path) -> Cost:
    """What commands cost that are run one after the other in the folder `desk`. Raises CommandError."""
    costs = [_cost(step, desk) for step in steps]
    return Cost(
        sum(cost.wall_s for cost in costs), sum(cost.cpu_s for cost in costs), max(cost.peak_mb for cost in costs)
    )


def _cost(command: Command, desk: Path) -> Cost:
    said = desk / "said"
    start = time.perf_counter()
    with said.open("wb") as file:
        process = subprocess.Popen(
            command,
            cwd=desk,
            env=environment(desk),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    wall_s = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise CommandError(told(command, process.returncode, said.read_text(encoding="utf-8", errors="replace")))
    return Cost(wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _MAXRSS_BYTES / 1e6)


def told(command: Command, code: int, said: str) -> str:
    """A failed command, as a person is told of it."""
    return f"{shlex.join(command)}\nended with {code}, and said:\n{said[-4000:]}"


def environment(desk: Path) -> dict[str, str]:
    """The variables of a measured process: its home and its caches are on its desk, and start empty."""
    places = {"HOME": "home", "XDG_CACHE_HOME": "home/.cache", "XDG_CONFIG_HOME": "home/.config", "TMPDIR": "tmp"}
    for place in places.values():
        (desk / place).mkdir(parents=True, exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        **{name: str(desk / place) for name, place in places.items()},
    }
