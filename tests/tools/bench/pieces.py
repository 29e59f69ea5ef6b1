"""A build taken apart: interpreter, imports, stages."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.tools.bench import measure, turns
from tests.tools.bench.stages import THE_REST
from tests.tools.reproduce import ROOT

POSTPRESS = str(Path(sys.executable).with_name("postpress"))
_IMPORT = re.compile(r"^import time:\s*(\d+) \|\s*\d+ \|\s*([\w.]+)$", re.MULTILINE)
_LEAST_S = 0.005  # what is less is not named
_LIBRARY, _OTHERS = "import: Python's library", "import: other packages"


def of_build(lay: Callable[[Path], object], source: str) -> dict[str, float]:
    """Processor seconds of each piece of a build, of what no piece accounts for, and of all. Raises CommandError."""
    with turns.fresh_desk() as desk:
        lay(desk)
        whole = measure.cost([(POSTPRESS, "build", source, "--output", "out")], desk).cpu_s
        interpreter = measure.cost([(sys.executable, "-c", "pass")], desk).cpu_s
        at_start = {name for _, name in _imports((sys.executable, "-X", "importtime", "-c", "pass"), desk)}
        # The installed command is a script of Python.
        build = (sys.executable, "-X", "importtime", POSTPRESS, "build", source, "--output", "out/imports")
        imported = [(seconds, name) for seconds, name in _imports(build, desk) if name not in at_start]
        stages = _stages(desk, source, "out/stages", [name for _, name in imported])
    pieces = {"interpreter": interpreter, **_by_package(imported)}
    pieces |= {name: seconds for name, seconds in stages.items() if name != THE_REST}
    return {**pieces, "processes, and the rest": whole - sum(pieces.values()), "all": whole}


def shares(lay: Callable[[Path], object], source: str) -> tuple[dict[str, float], dict[str, float]]:
    """The shares, in per cent, of stages and of packages in a build of the print edition, the largest first."""
    with turns.fresh_desk() as desk:
        lay(desk)
        stages = _stages(desk, source, "out/stages", [], "--edition", "print")
        packages = _stages(desk, source, "out/packages", [], "--edition", "print", "--profile")
    return shares_of(stages), shares_of(packages)


def shares_of(seconds: Mapping[str, float]) -> dict[str, float]:
    """Parts as shares of all, in per cent, the largest first; the small ones as one."""
    total = sum(seconds.values())
    named = _largest({name: 100 * part / total for name, part in seconds.items()}, 1)
    return {**named, "less than 1 % each": 100 - sum(named.values())}


def _largest(parts: Mapping[str, float], least: float) -> dict[str, float]:
    """Those that are `least` or more, the largest first."""
    return {name: part for name, part in sorted(parts.items(), key=lambda item: -item[1]) if part >= least}


def _imports(command: tuple[str, ...], desk: Path) -> list[tuple[float, str]]:
    """Seconds that each module took by itself, and its name."""
    ran = subprocess.run(command, cwd=desk, env=measure.environment(desk), capture_output=True, text=True, check=False)
    if ran.returncode:
        raise measure.CommandError(measure.told(command, ran.returncode, ran.stderr))
    return [(int(microseconds) / 1e6, name) for microseconds, name in _IMPORT.findall(ran.stderr)]


def _by_package(imported: list[tuple[float, str]]) -> dict[str, float]:
    seconds: defaultdict[str, float] = defaultdict(float)
    for own, name in imported:
        top = name.partition(".")[0]
        seconds[_LIBRARY if top in sys.stdlib_module_names else f"import: {top}"] += own
    named = _largest(seconds, _LEAST_S)
    return {**named, _OTHERS: sum(seconds.values()) - sum(named.values())}


def _stages(desk: Path, source: str, output: str, modules: list[str], *options: str) -> dict[str, float]:
    command = (sys.executable, "-m", "tests.tools.bench.stages", source, output, *options)
    ran = subprocess.run(
        command,
        cwd=desk,
        env={**measure.environment(desk), "PYTHONPATH": str(ROOT)},
        input="\n".join(modules),
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise measure.CommandError(measure.told(command, ran.returncode, ran.stderr))
    seconds: dict[str, float] = json.loads(ran.stdout)
    return seconds
