"""Sources from the grammar and mutations of sources, read, bound and built, held against what must hold of all.

    python -m tests.tools.fuzz [--cases N] [--builds N] [--seed N] [--corpus FOLDER]

Case N is made from the seed and N alone, so it can be made again: `--only N` prints it. The corpus'
`docutils_cases.jsonl` is mutated, too, if it is there. Prints a table: what was done with which seed, how many cases,
seconds and kinds of findings; each kind is told on stderr, with the lines that are enough for it.
"""

from __future__ import annotations

import argparse
import json
import re
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path
from random import Random
from textwrap import indent
from typing import NoReturn

from pipeline import build
from pipeline.crew import Crew
from pipeline.editions import EDITIONS
from pipeline.errors import Severity
from tests import grammar
from tests.properties import LENIENTLY, NEVER_TOLERATED, broken, furnish
from tests.vocabulary import ROOT

_LONGEST_S = 60  # for one case
_MOST_TRIES = 150  # to make a case smaller
HEADS = ("what", "seed", "cases", "seconds", "kinds_found")
Finding = tuple[int, str, str]  # the number of the case, what it breaks, the fewest lines that do


@cache
def seeds(corpus: Path | None) -> tuple[str, ...]:
    """The sources of tests/cases and of source/, in pieces of about a screen, and those of a corpus."""
    files = sorted([*ROOT.glob("tests/cases/*/in/**/*.rst"), *ROOT.glob("source/*.rst")])
    found = []
    for text in (file.read_text(encoding="utf-8") for file in files):
        parts = text.split("\n\n")
        found += ["\n\n".join(parts[start : start + 6]) for start in range(0, len(parts), 6)]
    cases = corpus / "docutils_cases.jsonl" if corpus else None
    if cases and cases.is_file():
        found += [json.loads(line)["rst"] for line in cases.read_text(encoding="utf-8").split("\n") if line]
    return tuple(found)


def source(seed: int, number: int, corpus: Path | None) -> str:
    random = Random(f"{seed}:{number}")
    return grammar.document(random) if number % 2 else grammar.mutated(random, seeds(corpus))


def examined(numbers: range, seed: int, corpus: Path | None, built: bool) -> list[Finding]:
    """What some cases break, each kind once."""
    found: dict[str, Finding] = {}
    holds = unbuilt if built else broken
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        furnish(folder)
        for number in numbers:
            text = source(seed, number, corpus)
            for said in timed(holds, text, folder):
                if kind(said) not in found:
                    enough = text if built else least(text, kind(said), folder)
                    found[kind(said)] = (number, said, enough)
    return list(found.values())


def unbuilt(text: str, folder: Path) -> Iterator[str]:
    """Why no editions come of a source that can be read with every tolerance."""
    path = folder / "a.rst"
    path.write_text(text, encoding="utf-8")
    _, failed = build.build(path, EDITIONS, folder / "build", LENIENTLY, Crew(1))
    for failure in failed:
        for fault in failure.diagnostics:
            if fault.severity is Severity.ERROR and not NEVER_TOLERATED.match(fault.code):
                yield f"not built: {fault.code} {fault.message}"


def timed(holds: Callable[[str, Path], Iterator[str]], text: str, folder: Path) -> list[str]:
    """What a source breaks; that it takes too long, too."""
    signal.alarm(_LONGEST_S)
    try:
        return list(holds(text, folder))
    except TimeoutError:
        return ["it takes too long"]
    finally:
        signal.alarm(0)


def _late(*_: object) -> NoReturn:
    raise TimeoutError(f"more than {_LONGEST_S} s")


def kind(said: str) -> str:
    """A finding without what is this source's own."""
    return re.sub(r"['\"“`].*?['\"”`]|\bid\S*|\d+|leads to .*?,|line .*", "…", said)[:100]


def least(text: str, of: str, folder: Path) -> str:
    """The fewest lines of a source that break the same, found by leaving out ever smaller parts."""
    lines = text.split("\n")
    size = len(lines) // 2
    tries = 0
    while size and tries < _MOST_TRIES:
        for start in range(0, len(lines), size):
            fewer = lines[:start] + lines[start + size :]
            tries += 1
            if any(kind(said) == of for said in timed(broken, "\n".join(fewer), folder)):
                lines = fewer
                break
        else:
            size //= 2
    return "\n".join(lines)


def run(what: str, cases: int, built: bool, wanted: argparse.Namespace) -> tuple[str, ...]:
    """A row of the table."""
    began_s = time.monotonic()
    kinds: dict[str, Finding] = {}
    step = 10 if built else 250
    chunks = [range(start, min(start + step, cases)) for start in range(0, cases, step)]
    task = partial(examined, seed=wanted.seed, corpus=wanted.corpus, built=built)
    with ProcessPoolExecutor(wanted.jobs, initializer=signal.signal, initargs=(signal.SIGALRM, _late)) as workers:
        for number, found in enumerate(workers.map(task, chunks), 1):
            for finding in found:
                if kind(finding[1]) not in kinds:
                    kinds[kind(finding[1])] = finding
                    print(
                        f"case {finding[0]}: {finding[1]}\n{indent(finding[2], '    ')}\n", file=sys.stderr, flush=True
                    )
            if sys.stderr.isatty():
                print(f"{what}: {number * step} of {cases}, {len(kinds)} kinds", end="\r", file=sys.stderr, flush=True)
    return (what, str(wanted.seed), str(cases), f"{time.monotonic() - began_s:.0f}", str(len(kinds)))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--builds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--only", type=int)
    wanted = parser.parse_args()
    if wanted.only is not None:
        print(source(wanted.seed, wanted.only, wanted.corpus))
        return 0
    print(*HEADS, sep="\t")
    rows = []
    for what, cases, built in (("read and bound", wanted.cases, False), ("built", wanted.builds, True)):
        if cases:
            rows.append(run(what, cases, built, wanted))
            print(*rows[-1], sep="\t", flush=True)
    return 1 if any(row[-1] != "0" for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
