"""Work in child processes: what comes back, what is stopped, and that nothing is left behind.

Under pytest there may be other threads, and then nothing is forked. So each way is tried in a process of its own,
where one run has jobs of every kind side by side.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from pipeline.errors import Location, OutputError, PipelineError, RenderError, SourceError, error, warning
from pipeline.work import Limits, run
from tests.vocabulary import ROOT

LIMITS = Limits(wall_s=60, cpu_s=2, memory_mb=300)
HUGE = 50_000_000
LEFT: list[bytes] = []  # what a job leaves behind
WAYS = ["fork", "spawn"] if sys.platform == "linux" else ["spawn"]


def work(job: str) -> object:
    """A job of each kind, by its name."""
    match job:
        case "slow":
            time.sleep(0.5)
            return job
        case "huge":
            return b"x" * HUGE
        case "source":
            raise SourceError((error("RST001", "a", Location(Path("a.rst"), 3), "b"), warning("RST002", "c")))
        case "full":
            raise OutputError(error("OUT001", "no space")) from OSError(28, "No space left on device")
        case "bug":
            raise ValueError("no such thing")
        case "unpicklable":
            return lambda: None
        case "nested":
            return work(job)
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "crashed":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "gone":
            os._exit(0)
        case "long":
            time.sleep(60)
        case "busy":
            while True:
                pass
        case "greedy":
            hoard = []
            while True:
                hoard.append(bytearray(10_000_000))
        case "heavy":
            LEFT.append(b"x" * 150_000_000)
        case "surroundings":
            return os.getpid(), os.getppid(), os.read(0, 1), signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    return job


JOBS = (
    *("busy", "slow", "quick", "source", "huge", "full", "bug", "unpicklable", "nested"),
    *("killed", "crashed", "gone", "greedy", "surroundings", "last"),
)


@dataclass(frozen=True)
class Seen:
    ends: dict[str, object]
    failures: dict[str, str]
    causes: dict[str, object]
    kinds: dict[str, type]
    told: list[tuple[int, int, int]]
    parent: int
    left: int
    seconds: float


def script(how: str) -> None:
    """One run of all JOBS; what came of it to standard output, pickled. With `how` spawn, a second thread is there."""
    if how == "spawn":
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
    told: list[tuple[int, int, int]] = []
    before, began = sum(1 for _ in Path("/dev/fd").iterdir()), time.monotonic()
    ends = run(work, JOBS, where=place, workers=3, limits=LIMITS, told=lambda *now: told.append(now[:3]))
    ends += run(work, ["long"], where=place, limits=Limits(wall_s=0.3))
    seconds = time.monotonic() - began
    assert sum(1 for _ in Path("/dev/fd").iterdir()) == before, "descriptors are left open"
    try:
        os.waitpid(-1, os.WNOHANG)
        left = 1
    except ChildProcessError:
        left = 0
    by_job = dict(zip((*JOBS, "long"), ends, strict=True))
    failed = {job: end for job, end in by_job.items() if isinstance(end, PipelineError)}
    seen = Seen(
        ends={job: end for job, end in by_job.items() if job not in failed},
        failures={job: str(end) for job, end in failed.items()},
        causes={job: getattr(end.__cause__, "errno", None) for job, end in failed.items()},
        kinds={job: type(end) for job, end in failed.items()},
        told=told,
        parent=os.getpid(),
        left=left,
        seconds=seconds,
    )
    sys.stdout.buffer.write(pickle.dumps(seen))


def place(job: str) -> Location:
    return Location(Path(f"{job}.rst"))


def python(code: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.fixture(scope="module", params=WAYS)
def seen(request: pytest.FixtureRequest) -> Iterator[Seen]:
    with python(f"from tests import test_work; test_work.script({request.param!r})") as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    found = pickle.loads(out)
    assert isinstance(found, Seen)
    yield found


def test_values_come_in_the_order_of_the_jobs(seen: Seen) -> None:
    assert {job: end for job, end in seen.ends.items() if isinstance(end, str)} == {
        job: job for job in ("slow", "quick", "last")
    }


def test_a_large_value_comes_whole(seen: Seen) -> None:
    assert seen.ends["huge"] == b"x" * HUGE


def test_a_pipeline_error_comes_back_as_itself(seen: Seen) -> None:
    assert seen.kinds["source"] is SourceError
    assert seen.failures["source"] == "a.rst:3: error RST001: a\n    b\nwarning RST002: c"
    assert (seen.kinds["full"], seen.causes["full"]) == (OutputError, 28)


@pytest.mark.parametrize(
    ("job", "said"),
    [
        ("bug", "error BUG001: postpress itself failed: ValueError: no such thing"),
        ("unpicklable", "error BUG001: postpress itself failed: "),
        ("nested", "error LIM005: layout found things nested too deeply"),
        ("killed", "error LIM004: layout was killed (signal 9)"),
        ("crashed", "error LIM004: layout was stopped by signal 11"),
        ("gone", "error LIM004: layout ended with status 0 and nothing to show"),
        ("long", "error LIM001: layout took more than 0.3 s"),
        ("busy", "error LIM003: layout used more than 2 s of CPU"),
        ("greedy", "error LIM002: layout needed more than 300 MB of memory"),
    ],
)
def test_what_fails_is_told_with_its_place_and_no_traceback(seen: Seen, job: str, said: str) -> None:
    assert seen.kinds[job] is RenderError
    first, hint = seen.failures[job].split("\n")
    assert first.startswith(f"{job}.rst: {said}")
    assert hint.strip()


def test_a_limit_names_the_setting_that_raises_it(seen: Seen) -> None:
    for job, setting in (("long", "wall_s"), ("busy", "cpu_s"), ("greedy", "memory_mb")):
        assert f"`{setting}`" in seen.failures[job]


def test_each_end_is_told_once(seen: Seen) -> None:
    assert sorted(index for index, _, _ in seen.told) == list(range(len(JOBS)))
    assert [(done, total) for _, done, total in seen.told] == [(n, len(JOBS)) for n in range(1, len(JOBS) + 1)]
    assert seen.told[0][0] != 0  # the first takes longest and is not waited for


def test_a_job_has_a_process_of_its_own_that_reads_nothing_and_minds_no_ctrl_c(seen: Seen) -> None:
    own, *rest = cast(tuple[object, ...], seen.ends["surroundings"])
    assert own != seen.parent
    assert rest == [seen.parent, b"", True]


def test_no_child_is_left(seen: Seen) -> None:
    assert seen.left == 0
    assert seen.seconds < 30


def test_jobs_run_abreast_but_no_more_than_the_workers() -> None:
    spans = run(span, [0.4] * 4, workers=2)
    ends = [end for end in spans if isinstance(end, tuple)]
    assert len(ends) == 4
    together = [sum(a <= start < b for a, b in ends) for start, _ in ends]
    assert max(together) == 2


def span(seconds: float) -> tuple[float, float]:
    began = time.monotonic()
    time.sleep(seconds)
    return began, time.monotonic()


def test_with_no_workers_all_happens_here() -> None:
    told: list[tuple[int, int, int]] = []
    ends = run(work, ["quick", "bug", "source"], where=place, workers=0, told=lambda *now: told.append(now[:3]))
    assert (ends[0], told) == ("quick", [(0, 1, 3), (1, 2, 3), (2, 3, 3)])
    assert str(ends[1]).startswith("bug.rst: error BUG001: postpress itself failed: ValueError: no such thing")
    assert isinstance(ends[2], SourceError)
    assert run(pid, [0], workers=0) == [os.getpid()]


def test_limits_beyond_what_the_system_can_count_are_none() -> None:
    huge = 10**30
    assert run(work, ["quick"], limits=Limits(wall_s=huge, cpu_s=huge, memory_mb=huge)) == ["quick"]


def test_nothing_to_do_is_done() -> None:
    assert run(work, []) == []


def pid(_: int) -> int:
    return os.getpid()


def several(how: str) -> None:
    """Which process did which job, where each may do several; to standard output."""
    if how == "spawn":
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
    jobs = ["surroundings", "surroundings", "bug", "surroundings", "busy", "surroundings", "heavy", "surroundings"]
    ends = run(work, jobs, workers=1, limits=Limits(wall_s=60, cpu_s=1, memory_mb=300), several=True)
    by = [end[0] if isinstance(end, tuple) else str(end).split(": ")[0] for end in ends]
    known = list(dict.fromkeys(who for who in by if isinstance(who, int)))
    print(*("ABCDEF"[known.index(who)] if isinstance(who, int) else who for who in by))


@pytest.mark.parametrize("how", WAYS)
def test_a_fork_may_do_several_jobs_until_one_fails_or_leaves_much_behind(how: str) -> None:
    with python(f"from tests import test_work; test_work.several({how!r})") as process:
        out, err = process.communicate(timeout=60)
    ends = {"fork": "A A error BUG001 B error LIM003 C heavy D", "spawn": "A B error BUG001 C error LIM003 D heavy E"}
    assert (out.decode().strip(), err) == (ends[how], b"")


def wait(_: int) -> None:
    os.write(2, b".")
    time.sleep(600)


def waiting(how: str) -> None:
    """Two long jobs, each of which puts a point on standard error; and how they ended."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has what it runs behind it ignore that
    if how == "spawn":
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
    try:
        run(wait, [0, 1], workers=2)
    except BaseException as stop:
        with pytest.raises(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)
        print(type(stop).__name__, flush=True)
        os._exit(9)


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize(
    ("stop", "code", "out"),
    [
        (signal.SIGINT, 9, b"KeyboardInterrupt\n"),
        (signal.SIGTERM, 9, b"SystemExit\n"),
        (signal.SIGKILL, -signal.SIGKILL, b""),  # the parent can do nothing any more
    ],
)
def test_children_end_with_their_parent(how: str, stop: signal.Signals, code: int, out: bytes) -> None:
    with python(f"from tests import test_work; test_work.waiting({how!r})") as process:
        assert process.stderr
        assert process.stderr.read(2) == b".."
        process.send_signal(stop)
        # Standard error, which the children share, ends when the last of them does.
        assert process.communicate(timeout=20) == (out, b"")
        assert process.returncode == code
