"""Work in child processes: a list of jobs in, what became of each out, in the order of the jobs.

    run(function, jobs) ─▶ [value | PipelineError, …]

A source may be hostile, or simply too much, so each job has a process of its own, with limits: what one does wrong
ends with it, and its memory goes back. On Linux it is a fork of this process, which should have imported what the
function needs; where that is not safe (another system, or threads here) it is a new interpreter.
"""

from __future__ import annotations

import ctypes
import gc
import math
import os
import pickle
import resource
import selectors
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, TypeVar

from pipeline.errors import Diagnostic, Location, PipelineError, RenderError, error

J = TypeVar("J")
T = TypeVar("T")

_LONGEST_S = 1_000_000  # eleven days: what clocks and limits of the system can take
_STOPS = {signal.SIGINT, signal.SIGTERM}
_TOO_MUCH = "if it has to be so much, raise `{}` in the settings"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may use. Memory is what it writes to, in units of 1,000,000 bytes; macOS does not hold it to that.

    The parent watches the clock, the kernel the rest, whatever has become of the parent.
    """

    wall_s: float = 120
    cpu_s: float = 120
    memory_mb: int = 2000


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
    limits: Limits = Limits(),
    told: Callable[[int, int, int, T | PipelineError], None] = lambda _index, _done, _total, _end: None,
    meanwhile: Callable[[], object] = lambda: None,
) -> list[T | PipelineError]:
    """What the function makes of each job, or why it made nothing; the others run all the same.

    Function, jobs and values are pickled; the function is one that a module has by name. `what` names the work, and
    `where` the place, of a job, for diagnostics: LIM001 wall, LIM002 memory, LIM003 CPU, LIM004 killed, LIM005 nested
    too deeply, BUG001 any other exception. `workers` is how many run at once, `cores()` unless given; with 0 they run
    here, without limits. `told(index, done, total, end)` is called as each ends. `meanwhile` is
    called once, when the first jobs have begun: what is wanted next can be made ready. Whatever ends this call ends the
    children.
    """
    ends: dict[int, T | PipelineError] = {}

    def ended(index: int, end: T | PipelineError) -> None:
        ends[index] = end
        told(index, len(ends), len(jobs), end)

    if workers == 0:
        for index, job in enumerate(jobs):
            ended(index, _attempt(partial(function, job), _Terms(what(job), where(job), limits)))
        return list(ends.values())

    abreast = workers or cores()
    running: dict[int, _Child] = {}  # by the descriptor that the parent reads
    following = iter(enumerate(jobs))
    with _term_as_exception(), selectors.DefaultSelector() as ears:
        try:
            while True:
                for index, job in islice(following, abreast - len(running)):
                    terms = _Terms(what(job), where(job), limits)
                    with _undisturbed():  # so that a child is either not there or on the list
                        child = (_fork if forks() else _spawn)(index, partial(function, job), terms)
                        running[child.ear] = child
                    ears.register(child.ear, selectors.EVENT_READ)
                meanwhile()
                meanwhile = _nothing
                if not running:
                    return [ends[index] for index in range(len(jobs))]
                patience = min(child.until for child in running.values()) - time.monotonic()
                heard = [key.fd for key, _ in ears.select(min(max(0, patience), _LONGEST_S))]
                for ear in heard:
                    if said := os.read(ear, 1 << 20):
                        running[ear].said += said
                        continue
                    ears.unregister(ear)
                    with _undisturbed():
                        child = running[ear]
                        end = child.end()
                        del running[ear]
                    ended(child.index, end)
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


@dataclass(frozen=True, slots=True)
class _Terms:
    """What a job is told apart from its work: what it is called, and what it may use."""

    what: str
    where: Location | None
    limits: Limits

    def broken(self, code: str, message: str, hint: str) -> RenderError:
        return RenderError(error(code, f"{self.what} {message}", self.where, hint))

    def bug(self, fault: Exception) -> RenderError:
        if "POSTPRESS_DEBUG" in os.environ:
            traceback.print_exception(fault)
        message = f"postpress itself failed: {type(fault).__name__}: {fault}"
        hint = "please report it with this source; POSTPRESS_DEBUG=1 shows the whole story"
        return RenderError(error("BUG001", message, self.where, hint))


@dataclass(slots=True)
class _Child:
    """A process at work, as its parent sees it."""

    index: int
    pid: int
    ear: int  # gives what the child says, and its end
    terms: _Terms
    until: float  # of time.monotonic()
    lifeline: BinaryIO | None = None  # closed when the parent is gone
    said: bytearray = field(default_factory=bytearray)
    late: bool = False  # and killed for it
    status: int | None = None  # as subprocess gives it

    def kill(self) -> None:
        if self.status is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def reap(self) -> None:
        if self.status is None:
            try:
                self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            except ChildProcessError:  # who started us has SIGCHLD ignored: the kernel has reaped it
                self.status = 0
            os.close(self.ear)
            if self.lifeline:
                with suppress(BrokenPipeError):  # what it never read
                    self.lifeline.close()

    def end(self) -> Any:
        """The value of a child that has closed its end, or a PipelineError."""
        self.reap()
        limits = self.terms.limits
        try:
            value, failure = pickle.loads(self.said)
            return _unpacked(*failure) if failure else value
        except (EOFError, pickle.UnpicklingError):
            pass  # it died before it had spoken, or while it spoke
        except Exception as fault:
            return self.terms.bug(fault)
        if self.late:
            message = f"took more than {limits.wall_s:g} s"
            return self.terms.broken("LIM001", message, _TOO_MUCH.format("wall_s"))
        if self.status == -signal.SIGXCPU:
            message = f"used more than {limits.cpu_s:g} s of CPU"
            return self.terms.broken("LIM003", message, _TOO_MUCH.format("cpu_s"))
        if self.status == -signal.SIGKILL:
            hint = "if nobody killed it, the machine ran out of memory: have fewer workers, or a lower `memory_mb`"
            return self.terms.broken("LIM004", "was killed (signal 9)", hint)
        if self.status and self.status < 0:
            hint = f"libraries end so when they find no memory: see `memory_mb` in the settings, now {limits.memory_mb}"
            return self.terms.broken("LIM004", f"was stopped by signal {-self.status}", hint)
        return self.terms.broken("LIM004", f"ended with status {self.status} and nothing to show", "please report it")


def forks() -> bool:
    """Whether a child is a fork: only where nothing else runs, since a lock another thread holds stays locked in it."""
    tasks = Path("/proc/self/task")  # Linux alone has it; on macOS system libraries have threads of their own
    return tasks.is_dir() and sum(1 for _ in tasks.iterdir()) == 1


def _fork(index: int, task: Callable[[], object], terms: _Terms) -> _Child:
    kernel = ctypes.CDLL(None)
    parent = os.getpid()
    ear, mouth = os.pipe()
    pid = os.fork()
    if pid:
        os.close(mouth)
        return _Child(index, pid, ear, terms, time.monotonic() + min(terms.limits.wall_s, _LONGEST_S))
    try:
        gc.freeze()  # or the first collection copies every page shared with the parent
        gc.disable()  # a job is short, and its memory goes with its process
        kernel.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: die with the parent
        if os.getppid() == parent:  # it may have died before
            _live(mouth, task, terms)
    finally:
        os._exit(1)


# Nothing is imported before sys.path is the parent's, and -P keeps the current folder, which may be hostile, off it.
_BIRTH = """import os, pickle, sys
orders = open(os.dup(0), "rb")
sys.path[:] = pickle.load(orders)
from pipeline.work import _born
_born(orders)"""


def _spawn(index: int, task: Callable[[], object], terms: _Terms) -> _Child:
    orders = b"".join(map(pickle.dumps, (sys.path, terms, task)))
    ear, mouth = os.pipe()
    reader, writer = os.pipe()
    streams = [(os.POSIX_SPAWN_DUP2, reader, 0), (os.POSIX_SPAWN_DUP2, mouth, 1)]
    pid = os.posix_spawn(sys.executable, [sys.executable, "-P", "-c", _BIRTH], os.environ, file_actions=streams)
    os.close(reader)
    os.close(mouth)
    lifeline = os.fdopen(writer, "wb")
    with suppress(BrokenPipeError):  # it is dead already, and its silence will tell
        lifeline.write(orders)
        lifeline.flush()
    return _Child(index, pid, ear, terms, time.monotonic() + min(terms.limits.wall_s, _LONGEST_S), lifeline)


def _born(orders: BinaryIO) -> NoReturn:
    """The life of a new interpreter, which has its orders from standard input and answers on standard output."""
    mouth = os.dup(1)
    os.dup2(2, 1)
    terms, task = pickle.load(orders), pickle.load(orders)

    def watch() -> None:
        orders.read()  # until the parent is gone
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    _live(mouth, task, terms)


def _live(mouth: int, task: Callable[[], object], terms: _Terms) -> NoReturn:
    """The life of a child: limits, the task, its answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the parent sees to us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def answer() -> bytes:
        # Not RLIMIT_AS: what is mapped and never written to, such as shared libraries, costs nothing.
        with (
            _held(resource.RLIMIT_CPU, math.ceil(min(terms.limits.cpu_s, _LONGEST_S))),
            _held(resource.RLIMIT_DATA, min(terms.limits.memory_mb * 1_000_000, sys.maxsize)),
        ):
            return pickle.dumps((task(), None))

    end = _attempt(answer, terms)
    with open(mouth, "wb") as out:
        out.write(end if isinstance(end, bytes) else pickle.dumps((None, _packed(end))))
    os._exit(0)


def _packed(fault: PipelineError) -> tuple[type[PipelineError], tuple[Diagnostic, ...], tuple[Any, ...]]:
    """What makes a PipelineError, with the system's error behind it: a pickled exception comes back in pieces."""
    cause = fault.__cause__
    return type(fault), fault.diagnostics, (cause.errno, cause.strerror) if isinstance(cause, OSError) else ()


def _unpacked(kind: type[PipelineError], diagnostics: tuple[Diagnostic, ...], system: tuple[Any, ...]) -> PipelineError:
    fault = kind(diagnostics)
    fault.__cause__ = OSError(*system) if system else None
    return fault


def _attempt(task: Callable[[], T], terms: _Terms) -> T | PipelineError:
    """The task's value, or why there is none."""
    try:
        return task()
    except PipelineError as fault:
        return fault
    except MemoryError:
        megabytes = terms.limits.memory_mb
        amount = f"{megabytes / 1000:g} GB" if megabytes >= 1000 else f"{megabytes} MB"
        return terms.broken("LIM002", f"needed more than {amount} of memory", _TOO_MUCH.format("memory_mb"))
    except RecursionError:
        return terms.broken("LIM005", "found things nested too deeply", "make the nesting flatter")
    except Exception as fault:
        return terms.bug(fault)


@contextmanager
def _held(kind: int, most: int) -> Iterator[None]:
    """A limit of the kernel's, lifted afterwards: telling that it was reached takes some of the same."""
    soft, hard = resource.getrlimit(kind)
    known = [limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY]
    with suppress(OSError, ValueError):  # macOS refuses some
        resource.setrlimit(kind, (min(most, *known) if known else most, hard))
    try:
        yield
    finally:
        with suppress(OSError, ValueError):
            resource.setrlimit(kind, (soft, hard))


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl-C and SIGTERM wait until this is over. A child started here has them wait too."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
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
