"""Programs by turns: each of the runs goes once through all, so that what slows the machine slows them alike."""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import zip_longest
from pathlib import Path

from tests.tools.bench import figures, measure, pages
from tests.tools.bench.figures import Row
from tests.tools.bench.measure import Command


@dataclass(frozen=True)
class Act:
    """What is measured: commands, run from a desk. `before` is what happens first, unmeasured.

    If it makes a PDF (`pdf` is a pattern), its pages are counted, and those whose text is not as it was an act before.
    """

    case: str
    steps: tuple[Command, ...]
    pdf: str = ""
    before: Callable[[Path], None] = lambda _: None


@dataclass(frozen=True)
class Program:
    """A program at work: what is put on its desk, and its acts there, one after the other."""

    name: str
    lay: Callable[[Path], object]
    acts: tuple[Act, ...]


def rows(programs: Sequence[Program], runs: int) -> list[Row]:
    """The rows of programs that are run by turns, each time on a fresh desk. Raises CommandError."""
    values: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for run in range(1, runs + 1):
        for program in programs:
            for (case, measured), value in _acted(program, run).items():
                values[case, program.name, measured].append(value)
    return [figures.row(*key, found) for key, found in values.items()]


@contextmanager
def fresh_desk() -> Iterator[Path]:
    """A folder that is gone afterwards, with an empty `out` for what is made."""
    with tempfile.TemporaryDirectory(prefix="postpress-bench-") as name:
        desk = Path(name).resolve() / "desk"  # a book is named after its folder
        (desk / "out").mkdir(parents=True)
        yield desk


def _acted(program: Program, run: int) -> dict[tuple[str, str], float]:
    values: dict[tuple[str, str], float] = {}
    known: list[str] = []
    with fresh_desk() as desk:
        program.lay(desk)
        for act in program.acts:
            act.before(desk)
            cost = measure.cost(act.steps, desk)
            values |= {(act.case, name): value for name, value in asdict(cost).items()}
            print(f"{run}  {act.case:<16} {program.name:<24} {cost.wall_s:7.2f} s", file=sys.stderr, flush=True)
            if act.pdf:
                texts = pages.digests(next(desk.glob(act.pdf)))
                values[act.case, "pages"] = float(len(texts))
                if known:
                    values[act.case, "pages_changed"] = float(sum(a != b for a, b in zip_longest(known, texts)))
                known = texts
    return values
