"""Where a build's time goes, piece by piece; run by itself, in one process, without limits or workers.

python -m tests.tools.bench.stages SOURCE OUTPUT [--edition NAME]… [--profile]

Prints JSON: processor seconds of each import (by package) and of each stage, without those of what begins inside it;
with --profile instead the own time of the functions of each package, what is built into Python counted where it is
called.
"""

from __future__ import annotations

import functools
import importlib
import importlib.machinery
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cProfile import Profile

IMPORT = "import: "
# The functions that the stages are, in their order. An engine's own are named for what only it does.
STAGES = {
    "read": "pipeline.read:read",
    "bind": "pipeline.bind:bind",
    "characters in fonts": "pipeline.check.source:glyphs",
    "compose": "pipeline.write.pdf:compose",
    "style sheet, and the rest of typesetting": "pipeline.write.pdf:typeset",
    "layout": "weasyprint:HTML.render",
    "draw, tag, subset fonts": "weasyprint.document:Document.write_pdf",
    "take chapters apart": "pipeline.write.pdf:gather",
    "merge": "pipeline.write.pdf:merge",
    "finish": "pipeline.write.pdf:finish",
    "judge the structure": "pipeline.check.pdf:structure",
    "cover's picture": "pipeline.cover:drawn",
    "ebook": "pipeline.write.epub:write",
    "fingerprints": "pipeline.cache:fingerprint",
    "keep for the next build": "pipeline.store:Store.put",
    "write files": "pipeline.cache:write",
}
THE_REST = "the rest"
_TWO_LEVELS = ("pipeline", "weasyprint")


class Clock:
    """Processor seconds by piece; a piece that begins inside another interrupts it."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.inside = [THE_REST]
        self.since = time.process_time()

    def turn(self) -> None:
        now = time.process_time()
        self.seconds[self.inside[-1]] += now - self.since
        self.since = now

    def timed(self, piece: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            self.turn()
            self.inside.append(piece)
            try:
                return function(*args, **kwargs)
            finally:
                self.turn()
                self.inside.pop()

        return call


def time_imports(clock: Clock) -> None:
    """Put the clock round each module that is executed or loaded from here on."""

    def of(module: Any) -> str:
        top = getattr(module, "__name__", None) or module.name
        top = top.partition(".")[0]
        return IMPORT + ("Python's library" if top in sys.stdlib_module_names else top)

    def timed(load: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        return lambda loader, module: clock.timed(of(module), load)(loader, module)

    python, compiled = importlib.machinery.SourceFileLoader, importlib.machinery.ExtensionFileLoader
    for loader, name in ((python, "exec_module"), (compiled, "create_module"), (compiled, "exec_module")):
        setattr(loader, name, timed(getattr(loader, name)))


def time_stages(clock: Clock) -> None:
    """Put the clock round each stage. Raises AttributeError if one is no longer there."""
    for stage, place in STAGES.items():
        owner, name = found(place)
        setattr(owner, name, clock.timed(stage, getattr(owner, name)))


def found(place: str) -> tuple[Any, str]:
    """Where a function is kept that is given as module:path, and its name there. Raises AttributeError."""
    module, _, path = place.partition(":")
    *outer, name = path.split(".")
    owner = functools.reduce(getattr, outer, importlib.import_module(module))
    getattr(owner, name)
    return owner, name


def here() -> None:
    """Let jobs run in this process."""
    from pipeline import work

    run = work.run
    work.run = lambda *args, **options: run(*args, **{**options, "workers": 0})


def build(arguments: list[str]) -> None:
    from pipeline.cli import cli

    sys.stdout, stdout = sys.stderr, sys.stdout
    try:
        cli.main(["build", *arguments], prog_name="postpress", standalone_mode=False)
    finally:
        sys.stdout = stdout


def packages(profile: Profile) -> dict[str, float]:
    """Own seconds of the functions of each package."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for entry in profile.getstats():
        if not isinstance(entry.code, str):
            built_in = sum(call.inlinetime for call in entry.calls or () if isinstance(call.code, str))
            seconds[package(entry.code.co_filename)] += entry.inlinetime + built_in
    return seconds


def package(file: str) -> str:
    """The package of a source file, two levels deep in those that are looked into."""
    path = Path(file)
    parts = path.with_suffix("").parts
    if "site-packages" in parts:
        parts = parts[parts.index("site-packages") + 1 :]
    elif "pipeline" in parts:
        parts = parts[parts.index("pipeline") :]
    else:
        return "Python and its library"
    return ".".join(parts[: 2 if parts[0] in _TWO_LEVELS else 1])


def main(arguments: list[str]) -> None:
    source, output, *options = arguments
    words = [source, "--output", output, *(word for word in options if word != "--profile")]
    clock = Clock()
    time_imports(clock)
    from pipeline.write import pdf

    pdf.warm()  # as the command does, since the engine is not imported in the plain way
    here()
    if "--profile" in options:
        from cProfile import Profile

        profile = Profile()
        profile.runcall(build, words)
        print(json.dumps(packages(profile)))
        return
    time_stages(clock)
    build(words)
    clock.turn()
    print(json.dumps(clock.seconds))


if __name__ == "__main__":
    main(sys.argv[1:])
