"""docutils' own tests, run against the docutils that is installed with our directives and patches in it.

    python -m tests.tools.docutils_suite

Once with our names registered, and once more held as a source is (`read.rooted`). What we refuse must fail, and nothing
else may. Exits 1 and says what is otherwise. The tests come from docutils' sdist.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import subprocess
import sys
import tarfile
import tempfile
import unittest
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import partial
from importlib.metadata import version
from pathlib import Path

from pipeline.read import directives
from pipeline.read.rooted import rooted
from pipeline.read.transitions import remembered

_PINNED = Path(__file__).with_name("docutils.txt")
_CACHE = Path("build/.cache/docutils")
_SUITES = ("test_parsers", "test_transforms", "test_readers")

_OFFLINE = frozenset(("test_tables totest['csv_table'][14]",))  # an address on the network, which nothing here follows
# What `read.rooted` is there for: the clock, other parsers, files in another encoding than they say.
_REFUSED = _OFFLINE | frozenset(
    (
        *(f"test_date totest['date'][{number}]" for number in range(3)),
        "test_date totest['decode_date'][0]",
        *(f"test_include totest['include'][{number}]" for number in (6, 12, 16, 18, 19)),
        "test_include totest['include_parsed_code'][8]",
        *(f"test_include totest['with transforms'][{number}]" for number in range(2)),
        "test_root_prefix totest['include-root'][1]",
        "test_raw totest['raw'][6]",
    )
)


def sdist() -> Path:
    """The folder of docutils' tests, brought once. Raises CalledProcessError, OSError."""
    home = _CACHE / f"docutils-{version('docutils')}" / "test"
    if not home.is_dir():
        _CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_CACHE) as folder:
            command = [sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check", "--no-input"]
            command += ["--no-deps", "--no-binary=docutils", "--require-hashes", f"--requirement={_PINNED}"]
            subprocess.run([*command, f"--dest={folder}"], stdin=subprocess.DEVNULL, check=True)
            (archive,) = Path(folder).glob("*.tar.gz")
            with tarfile.open(archive) as packed:
                packed.extractall(folder, filter="data")
            (Path(folder) / home.parent.name).rename(home.parent)
    return home.resolve()


def failing(home: Path, held: bool) -> dict[str, str]:
    """What the tests that fail say, by their names."""
    sys.path.insert(0, str(home))
    directives.register()
    with ExitStack() as stack, contextlib.chdir(home):
        stack.enter_context(remembered())
        if held:
            stack.enter_context(rooted(home.parent, []))
        suite = unittest.TestSuite(
            unittest.defaultTestLoader.discover(name, top_level_dir=str(home)) for name in _SUITES
        )
        result = unittest.TextTestRunner(stream=stack.enter_context(Path(os.devnull).open("w")), verbosity=0).run(suite)
    found = {_name(test.id()): said for test, said in (*result.failures, *result.errors)}
    return found if result.testsRun > 100 else {**found, "discovery": f"{result.testsRun} tests are all there are"}


def _name(test: str) -> str:
    """The module of a test, and its case."""
    whole, _, case = test.partition(" (id=")
    return f"{whole.split('.')[-3]} {case[1:-2]}" if case else whole


def main() -> int:
    home = sdist()
    # In a process each: docutils' tests change its tables, and not back.
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as workers:
        free, held = workers.map(partial(failing, home), (False, True))
    wrong = 0
    for found, refused in ((free, _OFFLINE), (held, _REFUSED)):
        for name in sorted(found.keys() ^ refused):
            print(f"{name}\n{found.get(name, 'passes, and should be refused')}")
            wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
