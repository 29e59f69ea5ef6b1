"""One child process: how it begins, what it is told and tells, how it ends.

A child says the length of its answer, whether it takes another job, and the answer, pickled.
"""

from __future__ import annotations

import ctypes
import gc
import math
import os
import pickle
import resource
import signal
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, TypeVar

from msgspec import Struct, field

from pipeline.errors import Diagnostic, Location, PipelineError, RenderError, error

T = TypeVar("T")

LONGEST_S = 1_000_000  # eleven days: what clocks and limits of the system can take
STOPS = {signal.SIGINT, signal.SIGTERM}
_TOO_MUCH = "if it has to be so much, raise `{}` in the settings"
_HEAD = struct.Struct("<Q?")  # of an answer
_INDEX = struct.Struct("<I")
_FULL_MB = 96  # a child that holds so much more than at first takes no other job


class Limits(Struct, frozen=True):
    """What one job may use. Memory is what it writes to, in units of 1,000,000 bytes; macOS does not hold it to that.

    The parent watches the clock, the kernel the rest, whatever has become of the parent.
    """

    wall_s: float = 120
    cpu_s: float = 120
    memory_mb: int = 2000


class Terms(Struct, frozen=True):
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


class Child(Struct):
    """A process at work, as its parent sees it."""

    index: int
    pid: int
    ear: int  # gives what the child says, and its end
    terms: Terms
    until: float  # of time.monotonic()
    lifeline: BinaryIO | None = None  # closed when the parent is gone
    orders: int | None = None  # takes the index of a further job
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
            if self.orders is not None:
                os.close(self.orders)
            if self.lifeline:
                with suppress(BrokenPipeError):  # what it never read
                    self.lifeline.close()

    def waits(self) -> bool:
        """Whether it has said all, and that it takes another job."""
        if len(self.said) < _HEAD.size:
            return False
        length, stays = _HEAD.unpack_from(self.said)
        return bool(stays) and len(self.said) == _HEAD.size + length

    def begin(self, index: int, terms: Terms) -> None:
        """Have one that waits do another job."""
        assert self.orders is not None
        self.index, self.terms, self.said, self.until = index, terms, bytearray(), _until(terms)
        with suppress(BrokenPipeError):  # it is dead, and its silence will tell
            os.write(self.orders, _INDEX.pack(index))

    def end(self) -> Any:
        """The value that a child has said, or a PipelineError; one that does not wait has closed its end."""
        if not self.waits():
            self.reap()
        limits = self.terms.limits
        try:
            value, failure = pickle.loads(self.said[_HEAD.size :])
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


Order = tuple[Callable[[], object], Terms]  # a task, and what it is told apart from its work


def _until(terms: Terms) -> float:
    return time.monotonic() + min(terms.limits.wall_s, LONGEST_S)


def fork(index: int, order: Callable[[int], Order], *, several: bool) -> Child:
    """A fork of this process that does a job; with `several` others after it, if it has room."""
    kernel = ctypes.CDLL(None)
    parent = os.getpid()
    ear, mouth = os.pipe()
    orders, writer = os.pipe() if several else (None, None)
    terms = order(index)[1]
    pid = os.fork()
    if pid:
        os.close(mouth)
        if orders is not None:
            os.close(orders)
        return Child(index, pid, ear, terms, _until(terms), orders=writer)
    try:
        gc.freeze()  # or the first collection copies every page shared with the parent
        gc.disable()  # what goes round in circles goes with the process
        kernel.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: die with the parent
        if os.getppid() == parent:  # it may have died before
            _settle()
            before = _written() if several else None
            while True:
                stays = _answer(mouth, *order(index), before=before)
                if not stays or orders is None or len(told := os.read(orders, _INDEX.size)) < _INDEX.size:
                    os._exit(0)
                (index,) = _INDEX.unpack(told)
    finally:
        os._exit(1)


def _written() -> int:
    """Bytes of memory that the kernel holds to RLIMIT_DATA, on Linux."""
    return int(Path("/proc/self/statm").read_bytes().split()[5]) * resource.getpagesize()


# Nothing is imported before sys.path is the parent's, and -P keeps the current folder, which may be hostile, off it.
_BIRTH = """import os, pickle, sys
orders = open(os.dup(0), "rb")
sys.path[:] = pickle.load(orders)
from pipeline.children import _born
_born(orders)"""


def spawn(index: int, task: Callable[[], object], terms: Terms) -> Child:
    """A new interpreter that does a job."""
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
    return Child(index, pid, ear, terms, _until(terms), lifeline)


def _born(orders: BinaryIO) -> NoReturn:
    """The life of a new interpreter, which has its orders from standard input and answers on standard output."""
    mouth = os.dup(1)
    os.dup2(2, 1)
    terms, task = pickle.load(orders), pickle.load(orders)

    def watch() -> None:
        orders.read()  # until the parent is gone
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    _settle()
    _answer(mouth, task, terms)
    os._exit(0)


def _settle() -> None:
    """What a child is before it works: out of reach of Ctrl-C and of its parent's input, without core files."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the parent sees to us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(mouth: int, task: Callable[[], object], terms: Terms, *, before: int | None = None) -> bool:
    """Do a task within limits and say what it came to; whether this process takes another.

    It may if it is told how many bytes of memory it held `before` its first: what is left of others is no task's.
    """
    left = 0 if before is None else _written() - before

    def answer() -> bytes:
        # Not RLIMIT_AS: what is mapped and never written to, such as shared libraries, costs nothing.
        with (
            _held(resource.RLIMIT_CPU, math.ceil(min(terms.limits.cpu_s, LONGEST_S)) + int(time.process_time())),
            _held(resource.RLIMIT_DATA, min(terms.limits.memory_mb * 1_000_000 + left, sys.maxsize)),
        ):
            return pickle.dumps((task(), None))

    end = attempt(answer, terms)
    # One in which a task has failed may not be what it was.
    stays = before is not None and isinstance(end, bytes) and _written() - before < _FULL_MB * 1_000_000
    said = end if isinstance(end, bytes) else pickle.dumps((None, _packed(end)))
    with open(mouth, "wb", closefd=False) as out:
        out.write(_HEAD.pack(len(said), stays) + said)
    return stays


def _packed(fault: PipelineError) -> tuple[type[PipelineError], tuple[Diagnostic, ...], tuple[Any, ...]]:
    """What makes a PipelineError, with the system's error behind it: a pickled exception comes back in pieces."""
    cause = fault.__cause__
    return type(fault), fault.diagnostics, (cause.errno, cause.strerror) if isinstance(cause, OSError) else ()


def _unpacked(kind: type[PipelineError], diagnostics: tuple[Diagnostic, ...], system: tuple[Any, ...]) -> PipelineError:
    fault = kind(diagnostics)
    fault.__cause__ = OSError(*system) if system else None
    return fault


def attempt(task: Callable[[], T], terms: Terms) -> T | PipelineError:
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
