"""python -m tests.tools.bench --naive FILE --corpus FOLDER [--runs N] [CASE…]"""

from __future__ import annotations

import argparse
import compileall
import subprocess
import sys
from pathlib import Path

from tests.tools.bench import figures, peers, report
from tests.tools.bench.cases import CASES, PRINCE, TWO, Given, machine
from tests.tools.bench.measure import CommandError
from tests.tools.bench.plot import plot
from tests.tools.reproduce import ROOT

DOCS = ROOT / "docs"
TABLE, REPORT, PLOT = DOCS / "bench.tsv", DOCS / "performance.md", DOCS / "performance.svg"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--naive", type=Path, required=True)
    options.add_argument("--corpus", type=Path, required=True)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("cases", nargs="*", help=f"of {', '.join(CASES)}; all if none is named")
    chosen = options.parse_args()
    if unknown := set(chosen.cases) - CASES.keys():
        options.error(f"no such case: {', '.join(sorted(unknown))}; there are {', '.join(CASES)}")
    if chosen.runs < 1:
        options.error("one run is the least")
    bench = chosen.corpus.resolve() / "bench"
    if not bench.is_dir():
        options.error(f"the corpus is not at {chosen.corpus}; tell where: make bench CORPUS=FOLDER")
    try:
        given = Given(peers.bring(chosen.naive), bench, chosen.runs)
    except (OSError, subprocess.CalledProcessError) as failure:
        print(f"A peer is missing: {failure}", file=sys.stderr)
        return 2
    compileall.compile_dir(ROOT / "pipeline", quiet=1)  # as pip leaves a package
    for name in chosen.cases or CASES:
        try:
            rows = [machine(), *CASES[name](given)]
        except CommandError as failure:
            print(f"{name}: {failure}", file=sys.stderr)
            return 1
        write(figures.merged(figures.load(TABLE), rows))
    return 0


def write(rows: tuple[figures.Row, ...]) -> None:
    """Table, report and plot."""
    figures.save(rows, TABLE)
    rows = figures.load(TABLE)  # so that the report tells what the table has
    REPORT.write_text(report.report(rows), encoding="utf-8")
    known = figures.by_key(rows)
    lines = {
        name: figures.points(known, program, "cpu_s") for name, program in (("postpress", TWO), ("Prince", PRINCE))
    }
    if all(len(points) > 1 for points in lines.values()):
        PLOT.write_text(plot(lines, "pages", "CPU, seconds"), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
