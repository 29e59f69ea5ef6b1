"""Brings what tests of real readers take: `make test-readers`. Run from the root; standard library alone.

Chromium, Node, MuPDF and calibre are the system's: on Debian root has them installed, anyone else, and any other
system, is told the command. What npm has comes into `.readers` from a lock with digests. What is missing in the end is
a failure, since a test that is left out proves nothing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(".readers")
_LISTS = Path("tests/readers")
_RECIPE = ("package.json", "package-lock.json", ".npmrc")
_APT = ("apt-get", "-y", "-o", "DPkg::Lock::Timeout=300")

# A command, and the package of Debian's that has it.
TOOLS = {"chromium": "chromium", "node": "nodejs", "npm": "npm", "mutool": "mupdf-tools", "ebook-convert": "calibre"}


def missing() -> list[str]:
    """The packages whose commands are not here."""
    return [package for command, package in TOOLS.items() if not shutil.which(command)]


def install(packages: list[str]) -> None:
    """Have Debian's packages installed, if root asks and apt-get is here. Raises CalledProcessError."""
    if not packages or os.geteuid() or not shutil.which("apt-get"):
        return
    print("Installing", *packages, flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "--no-install-recommends", *packages]):
        subprocess.run(
            [*_APT, "-qq", *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=quiet, check=True
        )


def unpack() -> None:
    """Make `.readers` of what the lock names, unless it is there and whole. Raises OSError or CalledProcessError."""
    wanted = hashlib.sha256(b"".join((_LISTS / name).read_bytes() for name in _RECIPE)).hexdigest()
    stamp = FOLDER / "made-from.txt"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return
    print(f"Making {FOLDER} from {_LISTS / 'package-lock.json'}", flush=True)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    for name in _RECIPE:
        shutil.copy(_LISTS / name, FOLDER / name)
    subprocess.run(["npm", "ci", "--silent"], cwd=FOLDER, stdin=subprocess.DEVNULL, check=True)
    stamp.write_text(wanted, encoding="utf-8")  # last: a run that was killed midway has none


def main() -> int:
    try:
        install(missing())
        if lacking := missing():
            print(f"not here: {', '.join(lacking)}; on Debian and Ubuntu, as root:", file=sys.stderr)
            print(f"    apt-get install --no-install-recommends {' '.join(lacking)}", file=sys.stderr)
            return 2
        unpack()
    except (OSError, subprocess.CalledProcessError) as failure:
        print(f"The readers could not be brought: {failure}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
