"""The CPU of building a post, PDF and EPUB together, as a ratio to the naive script's: `make bench`.

Both are measured in the same run, by turns, from nothing cached; the figures are medians of user and system time.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.tools.reproduce import ROOT, copy_tree

TABLE = ROOT / "docs" / "bench.tsv"


def cpu_s(*commands: list[str], cwd: Path) -> float:
    """CPU seconds, user and system, of these commands and all their children. Raises CalledProcessError."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for command in commands:
        subprocess.run([sys.executable, *command], cwd=cwd, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def by_naive(naive: Path, source: str, desk: Path) -> float:
    copy_tree(desk)
    script = [str(naive), source]
    return cpu_s([*script, "naive.pdf", "--ua"], [*script, "naive.epub"], cwd=desk)


def by_postpress(source: str, desk: Path) -> float:
    copy_tree(desk)
    return cpu_s(["-m", "pipeline", "build", source, "--edition", "print", "--edition", "ebook"], cwd=desk)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--naive", type=Path, default=ROOT / "../shared/naive.py")
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("source", nargs="?", help="relative to the root; the first of source/ if not given")
    chosen = options.parse_args()
    naive = chosen.naive.resolve()
    if not naive.is_file():
        print(f"The naive script is not at {chosen.naive}; tell where: make bench NAIVE=PATH", file=sys.stderr)
        return 2
    source = chosen.source or str(min((ROOT / "source").glob("*.rst")).relative_to(ROOT))

    naive_s, postpress_s = [], []
    for _ in range(chosen.runs):
        with tempfile.TemporaryDirectory(prefix="postpress-") as desk:
            naive_s.append(by_naive(naive, source, Path(desk) / "naive"))
            postpress_s.append(by_postpress(source, Path(desk) / "postpress"))
    base = statistics.median(naive_s)
    rows = [("program", "cpu_s", "ratio", "least_s", "most_s")]
    for name, seconds in (("naive", naive_s), ("postpress", postpress_s)):
        middle = statistics.median(seconds)
        rows.append((name, f"{middle:.2f}", f"{middle / base:.2f}", f"{min(seconds):.2f}", f"{max(seconds):.2f}"))
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    for row in rows:
        print("".join(f"{cell:<12}" for cell in row).rstrip())
    return 0


if __name__ == "__main__":
    sys.exit(main())
