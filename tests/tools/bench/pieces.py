"""A build taken apart: interpreter, imports, stages."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.tools.bench import measure, turns
from tests.tools.bench.stages import IMPORT, STAGES
from tests.tools.reproduce import ROOT

POSTPRESS = str(Path(sys.executable).with_name("postpress"))
_LEAST_S = 0.005  # what is less is not named


def of_build(lay: Callable[[Path], object], source: str) -> dict[str, float]:
    """Processor seconds of each piece of a build, of what no piece accounts for, and of all. Raises CommandError."""
    with turns.fresh_desk() as desk:
        lay(desk)
        whole = measure.cost([(POSTPRESS, "build", source, "--output", "out")], desk).cpu_s
        interpreter = measure.cost([(sys.executable, "-c", "pass")], desk).cpu_s
        found = _stages(desk, source, "out/stages")
    imports = {name: seconds for name, seconds in found.items() if name.startswith(IMPORT)}
    named = _largest(imports, _LEAST_S)
    pieces = {"interpreter": interpreter, **named, f"{IMPORT}others": sum(imports.values()) - sum(named.values())}
    pieces |= {name: found[name] for name in STAGES if name in found}
    return {**pieces, "processes, and the rest": whole - sum(pieces.values()), "all": whole}


def shares(lay: Callable[[Path], object], source: str) -> tuple[dict[str, float], dict[str, float]]:
    """The shares, in per cent, of stages and of packages in a build of the print edition, the largest first."""
    with turns.fresh_desk() as desk:
        lay(desk)
        found = _stages(desk, source, "out/stages", "--edition", "print")
        packages = _stages(desk, source, "out/packages", "--edition", "print", "--profile")
    stages = {name: seconds for name, seconds in found.items() if not name.startswith(IMPORT)}
    return shares_of({**stages, "imports": sum(found.values()) - sum(stages.values())}), shares_of(packages)


def shares_of(seconds: Mapping[str, float]) -> dict[str, float]:
    """Parts as shares of all, in per cent, the largest first; the small ones as one."""
    total = sum(seconds.values())
    named = _largest({name: 100 * part / total for name, part in seconds.items()}, 1)
    return {**named, "less than 1 % each": 100 - sum(named.values())}


def _largest(parts: Mapping[str, float], least: float) -> dict[str, float]:
    """Those that are `least` or more, the largest first."""
    return {name: part for name, part in sorted(parts.items(), key=lambda item: -item[1]) if part >= least}


def _stages(desk: Path, source: str, output: str, *options: str) -> dict[str, float]:
    command = (sys.executable, "-m", "tests.tools.bench.stages", source, output, *options)
    env = {**measure.environment(desk), "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, cwd=desk, env=env, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise measure.CommandError(measure.told(command, ran.returncode, ran.stderr))
    seconds: dict[str, float] = json.loads(ran.stdout)
    return seconds
