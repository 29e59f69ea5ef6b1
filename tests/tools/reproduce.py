"""Builds every edition of every source under other conditions, and compares the bytes: `make reproduce`."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PARTS = ("pipeline", "source", "styles", "pyproject.toml")


@dataclass(frozen=True)
class Condition:
    """What differs from the first build, which is made in a plain folder with the settings of that row."""

    name: str
    env: Mapping[str, str] = field(default_factory=dict)
    folder: str = "plain"
    umask: int = 0o022
    one_core: bool = False


PLAIN = {"TZ": "UTC0", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}
CONDITIONS = (
    Condition("plain"),
    Condition("again, a while later"),
    Condition("a folder with a space", folder="another folder/über"),
    Condition("14 hours east", {"TZ": "EAST-14"}),
    Condition("locale C", {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    Condition("a locale that is not there", {"LC_ALL": "xx_XX.UTF-8"}),
    Condition("umask 077", umask=0o077),
    Condition("another hash seed", {"PYTHONHASHSEED": "4242"}),
    Condition("an empty home", {"HOME": "{here}", "XDG_CACHE_HOME": "{here}", "XDG_CONFIG_HOME": "{here}"}),
    Condition("a single core", one_core=True),
    Condition(
        "all of it",
        {"TZ": "WEST12", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONHASHSEED": "7", "HOME": "{here}"},
        folder="x y/z",
        umask=0o077,
        one_core=True,
    ),
)


def copy_tree(target: Path) -> None:
    """A copy of what a build reads, and of nothing that a build has made."""
    for name in PARTS:
        part = ROOT / name
        if part.is_dir():
            shutil.copytree(part, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif part.is_file():
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(part, target / name)


def build(condition: Condition, desk: Path) -> dict[str, str]:
    """The SHA-256 of each file that a fresh build gives, by its address. Ends the run if there is none."""
    tree = desk / condition.folder
    copy_tree(tree)
    env = {**os.environ, **PLAIN, **{name: value.format(here=desk) for name, value in condition.env.items()}}
    # `-m` puts the working folder first, so that the copy's pipeline runs and not the checkout's.
    for name in ("PYTHONPATH", "PYTHONSAFEPATH"):
        env.pop(name, None)
    command = [sys.executable, "-m", "pipeline", "build"]
    cores = os.sched_getaffinity(0) if sys.platform == "linux" else set()
    if condition.one_core and sys.platform == "linux":
        os.sched_setaffinity(0, {min(cores)})  # the child inherits it
    try:
        ran = subprocess.run(command, cwd=tree, env=env, umask=condition.umask, capture_output=True, check=False)
    finally:
        if condition.one_core and sys.platform == "linux":
            os.sched_setaffinity(0, cores)
    if ran.returncode:
        sys.stdout.buffer.write(ran.stdout + ran.stderr)
        sys.exit(f"no build under this condition: {condition.name}")
    made = tree / "build"
    files = sorted(path for path in made.rglob("*") if path.is_file() and ".cache" not in path.parts)
    return {str(path.relative_to(made)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def main() -> int:
    first: dict[str, str] = {}
    alike = True
    for condition in CONDITIONS:
        with tempfile.TemporaryDirectory(prefix="postpress-") as desk:
            made = build(condition, Path(desk))
        first = first or made
        other = sorted(name for name in first.keys() | made.keys() if first.get(name) != made.get(name))
        alike = alike and bool(made) and not other
        verdict = f"differs: {', '.join(other)}" if other else f"{len(made)} files alike"
        print(f"{condition.name:<28} {verdict}", flush=True)
    print("\n".join(f"{digest}  {name}" for name, digest in first.items()))
    return 0 if alike else 1


if __name__ == "__main__":
    sys.exit(main())
