"""Work in child processes: a list of jobs in, what became of each out, in the order of the jobs.

    run(function, jobs) ─▶ [value | PipelineError, …]

A source may be hostile, or simply too much, so jobs run in processes of their own, with limits: what one does wrong
ends with it, and its memory goes back. On Linux it is a fork of this process, which should have imported what the
function needs; where that is not safe (another system, or threads here) it is a new interpreter.
"""

from __future__ import annotations

import math
import os
import selectors
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NoReturn, TypeVar

from pipeline.children import LONGEST_S, STOPS, Child, Limits, Order, Terms, attempt, fork, spawn
from pipeline.errors import Location, PipelineError

__all__ = ["Limits", "cores", "forks", "run"]

J = TypeVar("J")
T = TypeVar("T")

_GENEROUS = Limits()


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def run(
    function: Callable[[J], T],
    jobs: Sequence[J],
    *,
    what: Callable[[J], str] = lambda _: "layout",
    where: Callable[[J], Location | None] = lambda _: None,
    workers: int | None = None,
    limits: Limits = _GENEROUS,
    several: bool = False,
    told: Callable[[int, int, int, T | PipelineError], None] = lambda _index, _done, _total, _end: None,
    meanwhile: Callable[[], object] = lambda: None,
) -> list[T | PipelineError]:
    """What the function makes of each job, or why it made nothing; the others run all the same.

    Function, jobs and values are pickled; the function is one that a module has by name. `what` names the work, and
    `where` the place, of a job, for diagnostics: LIM001 wall, LIM002 memory, LIM003 CPU, LIM004 killed, LIM005 nested
    too deeply, BUG001 any other exception. `workers` is how many run at once, `cores()` unless given; with 0 they run
    here, without limits. With `several` a fork whose job ended well may do another: what one leaves behind must not
    matter to the next. `told(index, done, total, end)` is called as each ends. `meanwhile` is called once, when the
    first jobs have begun: what is wanted next can be made ready. Whatever ends this call ends the children.
    """
    ends: dict[int, T | PipelineError] = {}

    def ended(index: int, end: T | PipelineError) -> None:
        ends[index] = end
        told(index, len(ends), len(jobs), end)

    def order(index: int) -> Order:
        job = jobs[index]
        return partial(function, job), Terms(what(job), where(job), limits)

    if workers == 0:
        for index, job in enumerate(jobs):
            ended(index, attempt(partial(function, job), order(index)[1]))
        return list(ends.values())

    abreast = workers or cores()
    running: dict[int, Child] = {}  # by the descriptor that the parent reads
    following = iter(range(len(jobs)))
    with _term_as_exception(), selectors.DefaultSelector() as ears:
        try:
            while True:
                for index in islice(following, abreast - len(running)):
                    with _undisturbed():  # so that a child is either not there or on the list
                        child = fork(index, order, several=several) if forks() else spawn(index, *order(index))
                        running[child.ear] = child
                    ears.register(child.ear, selectors.EVENT_READ)
                meanwhile()
                meanwhile = _nothing
                if not running:
                    return [ends[index] for index in range(len(jobs))]
                patience = min(child.until for child in running.values()) - time.monotonic()
                heard = [key.fd for key, _ in ears.select(min(max(0, patience), LONGEST_S))]
                for ear in heard:
                    child = running[ear]
                    said = os.read(ear, 1 << 20)
                    child.said += said
                    if said and not child.waits():
                        continue
                    index = child.index
                    further = next(following, None) if said else None
                    if further is None:
                        ears.unregister(ear)
                    with _undisturbed():
                        end = child.end()
                        if further is not None:
                            child.begin(further, order(further)[1])
                        else:
                            child.kill()
                            child.reap()
                            del running[ear]
                    ended(index, end)
                for child in running.values():
                    # One that speaks has done its work, and may have waited for us.
                    if child.ear not in heard and child.until <= time.monotonic():
                        child.kill()
                        child.late, child.until = True, math.inf
        finally:
            with _undisturbed():
                for child in running.values():
                    child.kill()
                for child in running.values():
                    child.reap()


def _nothing() -> None:
    pass


def forks() -> bool:
    """Whether a child is a fork: only where nothing else runs, since a lock another thread holds stays locked in it."""
    tasks = Path("/proc/self/task")  # Linux alone has it; on macOS system libraries have threads of their own
    return tasks.is_dir() and sum(1 for _ in tasks.iterdir()) == 1


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl-C and SIGTERM wait until this is over. A child started here has them wait too."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _term_as_exception() -> Iterator[None]:
    """SIGTERM ends this process by an exception, so that its children are reaped, unless somebody has other plans."""

    def leave(number: int, _frame: object) -> NoReturn:
        sys.exit(128 + number)

    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
